import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { LinkTabs } from "@/components/LinkTabs";
import { Page } from "@/components/Page";
import { AlertsPanel } from "@/features/alerts/AlertsPanel";
import { AutomaticForm } from "@/features/automatic/AutomaticForm";
import { ConnectionPanels } from "@/features/connection/ConnectionPanels";
import { SchedulePanel } from "@/features/schedule/SchedulePanel";
import { SignInsPanel } from "@/features/session/SignIns";
import { settingsSections, t } from "@/lib/texts";
import classes from "./ConfigurationPage.module.css";
import { SettingsForm } from "./SettingsForm";

type Place = { key: string; label: string };

const titleOf = (key: string) => settingsSections.find((section) => section.key === key)?.title ?? key;

/** the sections that users of the commercial connector know, in four groups, one address each */
const groups: { name: string; places: Place[] }[] = [
  { name: t.settings.groups.connection, places: [{ key: "api", label: t.settings.api }] },
  { name: t.settings.groups.sent, places: ["currencies", "customers", "hotels", "room_types", "service_products", "orders", "payments", "revenue"].map((key) => ({ key, label: titleOf(key) })) },
  { name: t.settings.groups.automatic, places: [{ key: "automatic", label: t.automatic.title }, { key: "schedule", label: titleOf("schedule") }] },
  { name: t.settings.groups.safety, places: ["limits", "access", "alerts", "logs"].map((key) => ({ key, label: titleOf(key) })) },
];

/** a section that is newer than the groups stands with what is sent, so that it can be reached */
const known = new Set(groups.flatMap((group) => group.places.map((place) => place.key)));
groups[1]?.places.push(...settingsSections.filter((section) => !known.has(section.key)).map((section) => ({ key: section.key, label: section.title })));

const addressOf = (key: string) => (key === "api" ? "/configuration" : `/configuration/${key}`);

export function ConfigurationPage(props: { section: string; answer: { connected?: string; error?: string } }) {
  const narrow = useMediaQuery("(max-width: 61.99em)", false, { getInitialValueInEffect: false });
  const section = settingsSections.find((s) => s.key === props.section);
  const automatic = props.section === "automatic";
  const current = automatic ? "automatic" : (section?.key ?? "api");
  const label = groups.flatMap((group) => group.places).find((place) => place.key === current)?.label;
  return (
    <Page title={t.settings.title} tab={label} intro={automatic ? t.automatic.intro : section?.intro}>
      <div className={classes.page}>
        {narrow ? (
          <LinkTabs label={t.settings.sections} current={current} tabs={groups.flatMap((group) => group.places.map((place) => ({ ...place, link: { to: addressOf(place.key) } })))} />
        ) : (
          <nav aria-label={t.settings.sections} className={classes.list}>
            {groups.map((group, at) => (
              <div key={group.name}>
                <p id={`group-${at}`}>{group.name}</p>
                <ul aria-labelledby={`group-${at}`}>
                  {group.places.map((place) => (
                    <li key={place.key}>
                      <Link to={addressOf(place.key)} activeProps={{}} activeOptions={{ exact: true }} aria-current={place.key === current ? "page" : undefined}>
                        {place.label}
                      </Link>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </nav>
        )}
        <div className={classes.body}>
          {section?.key === "schedule" ? <SchedulePanel /> : null}
          {section?.key === "access" ? <SignInsPanel /> : null}
          {section?.key === "alerts" ? <AlertsPanel /> : null}
          {automatic ? <AutomaticForm /> : section ? <SettingsForm key={section.key} section={section} /> : <ConnectionPanels answer={props.answer} />}
        </div>
      </div>
    </Page>
  );
}
