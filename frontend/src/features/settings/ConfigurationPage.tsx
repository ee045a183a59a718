import { LinkTabs } from "@/components/LinkTabs";
import { Page } from "@/components/Page";
import { ConnectionPanels } from "@/features/connection/ConnectionPanels";
import { settingsSections, t } from "@/lib/texts";
import { SchedulePanel } from "@/features/schedule/SchedulePanel";
import { SettingsForm } from "./SettingsForm";

/** the sections that users of the commercial connector know, one address each */
export function ConfigurationPage(props: { section: string; answer: { connected?: string; error?: string } }) {
  const tabs = [
    { key: "api", label: t.settings.api, link: { to: "/configuration" } },
    ...settingsSections.map((s) => ({ key: s.key, label: s.title, link: { to: `/configuration/${s.key}` } })),
  ];
  const section = settingsSections.find((s) => s.key === props.section);
  return (
    <Page title={t.settings.title} intro={section?.intro}>
      <LinkTabs label={t.settings.sections} current={section?.key ?? "api"} tabs={tabs} />
      {section?.key === "schedule" ? <SchedulePanel /> : null}
      {section ? <SettingsForm key={section.key} section={section} /> : <ConnectionPanels answer={props.answer} />}
    </Page>
  );
}
