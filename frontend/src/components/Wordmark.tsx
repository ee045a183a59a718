import { t } from "@/lib/texts";

/** the sign: two accounts ruled off with the double line that closes a page of books */
export function Wordmark({ onRail = false }: { onRail?: boolean }) {
  const ink = onRail ? "#eef6f2" : "var(--mantine-color-text)";
  const green = onRail ? "#86bea4" : "var(--mantine-color-anchor)";
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 10, color: ink }}>
      <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
        <path d="M3 5h20M3 10h20M3 15h11" stroke={green} strokeWidth="2.2" strokeLinecap="round" fill="none" />
        <path d="M14 20h9M14 23.4h9" stroke={ink} strokeWidth="1.6" strokeLinecap="round" fill="none" />
      </svg>
      <span style={{ fontWeight: 650, fontSize: "1.2rem", letterSpacing: "-0.01em" }}>{t.product}</span>
    </span>
  );
}
