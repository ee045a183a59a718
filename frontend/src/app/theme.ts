// The look: bottle green on paper-like neutrals, one typeface with tabular figures.

import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const bottle: MantineColorsTuple = [
  "#eef6f2", "#d8eae1", "#b1d5c4", "#86bea4", "#5fa688", "#3f8d6f", "#2a7659", "#1f6149", "#184d3a", "#0f3528",
];

const gray: MantineColorsTuple = [
  "#f8f9f8", "#f1f3f1", "#e6eae7", "#d6dcd8", "#bcc5c0", "#93a099", "#5f6c66", "#48544e", "#2f3934", "#19201d",
];

const dark: MantineColorsTuple = [
  "#dde4e0", "#bdc8c2", "#9aa8a1", "#6b7a73", "#3d4843", "#2e3833", "#232b27", "#171d1a", "#111613", "#0b0f0d",
];

const red: MantineColorsTuple = [
  "#fdf0ee", "#f9dcd8", "#f2b5ae", "#ea8b81", "#de655a", "#cb4539", "#b23328", "#96281f", "#7a2019", "#571611",
];

const focus = { styles: { label: { fontWeight: 550 } } };

export const theme = createTheme({
  colors: { bottle, gray, dark, red },
  primaryColor: "bottle",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.28,
  fontFamily: "'IBM Plex Sans Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace",
  headings: {
    fontFamily: "'IBM Plex Sans Variable', system-ui, sans-serif",
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.25" },
      h2: { fontSize: "1.125rem", lineHeight: "1.35" },
      h3: { fontSize: "0.95rem", lineHeight: "1.4" },
    },
  },
  fontSizes: { xs: "0.78rem", sm: "0.875rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  defaultRadius: "sm",
  radius: { xs: "2px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    TextInput: { defaultProps: focus },
    PasswordInput: { defaultProps: focus },
    NumberInput: { defaultProps: focus },
    Select: { defaultProps: { ...focus, checkIconPosition: "right" } },
    TagsInput: { defaultProps: focus },
    MultiSelect: { defaultProps: focus },
    Tooltip: { defaultProps: { openDelay: 300, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } } },
    Drawer: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" }, centered: true } },
  },
});

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#fbfcfb",
    "--mantine-color-text": "#19201d",
    "--mantine-color-dimmed": "#55625c",
    "--mantine-color-placeholder": "#65726c",
    "--mantine-color-error": "#96281f",
    "--mantine-color-anchor": "#1f6149",
    "--q-surface": "#ffffff",
    "--q-sunken": "#f3f5f3",
    "--q-line": "#dde3df",
    "--q-line-strong": "#aab5af",
    "--q-rail": "#103a2c",
    "--q-rail-line": "#24523f",
    "--q-hover": "#f2f6f4",
  },
  dark: {
    "--mantine-color-body": "#151b18",
    "--mantine-color-text": "#dde4e0",
    "--mantine-color-dimmed": "#a3b0aa",
    "--mantine-color-placeholder": "#95a29b",
    "--mantine-color-error": "#f2a59d",
    "--mantine-color-anchor": "#86c7a9",
    "--q-surface": "#1b221f",
    "--q-sunken": "#121815",
    "--q-line": "#2f3935",
    "--q-line-strong": "#56635d",
    "--q-rail": "#0e1613",
    "--q-rail-line": "#26312c",
    "--q-hover": "#202925",
  },
});
