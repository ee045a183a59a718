import { ActionIcon, Anchor, Button, Drawer, Menu, Text, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconArrowsExchange,
  IconFileSearch,
  IconHome,
  IconInbox,
  IconListDetails,
  IconMenu2,
  IconMoon,
  IconPlugConnected,
  IconPlugConnectedX,
  IconScale,
  IconSettings,
  IconTableAlias,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { type ReactNode, Suspense, useEffect, useRef } from "react";
import { Page } from "@/components/Page";
import { Rows } from "@/components/states";
import { Wordmark } from "@/components/Wordmark";
import { connectionQuery } from "@/features/connection/connection.api";
import { HealthBar } from "@/features/health/HealthBar";
import { IssueBadge } from "@/features/issues/IssueBadge";
import { PauseButton, PausedBar } from "@/features/live/Pause";
import { useLiveEvents } from "@/features/live/live.api";
import { useHotelZone } from "@/features/overview/overview.api";
import { ActiveRuns } from "@/features/runs/ActiveRuns";
import { SignOut } from "@/features/session/SignOut";
import { sessionQuery } from "@/features/session/session.api";
import { Keys } from "@/features/keys/Keys";
import { StartChip } from "@/features/start/StartChip";
import { drafts } from "@/lib/draft";
import { RoleContext } from "@/lib/role";
import { connectionStatusName, t } from "@/lib/texts";
import { ZoneContext } from "@/lib/zone";
import { bookPlaces } from "./bookRoutes";
import { useKeptFocus } from "./keptFocus";
import classes from "./Shell.module.css";

/** the menu */
export const places: { to: string; label: string; icon: ReactNode; badge?: ReactNode; holds?: string }[] = [
  { to: "/", label: t.nav.overview, icon: <IconHome size={19} stroke={1.7} aria-hidden /> },
  { to: "/issues", label: t.nav.issues, icon: <IconInbox size={19} stroke={1.7} aria-hidden />, badge: <IssueBadge /> },
  { to: "/synchronization", label: t.nav.sync, icon: <IconArrowsExchange size={19} stroke={1.7} aria-hidden /> },
  { to: "/mapping", label: t.nav.mapping, icon: <IconTableAlias size={19} stroke={1.7} aria-hidden /> },
  bookPlaces.pairing,
  bookPlaces.payments,
  { to: "/configuration", label: t.nav.configuration, icon: <IconSettings size={19} stroke={1.7} aria-hidden /> },
  { to: "/reconciliation", label: t.nav.reconciliation, icon: <IconScale size={19} stroke={1.7} aria-hidden />, holds: "/guest-ledger" },
  { to: "/runs", label: t.nav.runs, icon: <IconListDetails size={19} stroke={1.7} aria-hidden /> },
  { to: "/logs", label: t.nav.logs, icon: <IconFileSearch size={19} stroke={1.7} aria-hidden /> },
  bookPlaces.tools,
  bookPlaces.tokens,
];

/** everything around a page: where one can go, who one is, what runs */
export function Shell() {
  const session = useQuery(sessionQuery);
  const zone = useHotelZone();
  useLiveEvents();
  const who = session.data ? `${session.data.email ?? ""} ${session.data.name}` : undefined;
  useEffect(() => {
    if (who !== undefined) drafts.claim(who);
  }, [who]);
  const [open, drawer] = useDisclosure();
  const location = useLocation();
  const frame = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLElement>(null);
  useKeptFocus(frame, content);
  const path = location.pathname;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page was opened
  useEffect(() => drawer.close(), [path]);
  return (
    <ZoneContext.Provider value={zone}>
    <RoleContext.Provider value={session.data?.role}>
      <a className="q-skip" href="#content" onClick={() => content.current?.focus()}>
        {t.skip}
      </a>
      <div ref={frame} className={classes.frame}>
        <section className={classes.bar} aria-label={t.product}>
          <Wordmark />
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.menu} onClick={drawer.open}>
            <IconMenu2 size={22} />
          </ActionIcon>
        </section>
        <aside className={classes.rail}>
          <Rail onRail path={path} />
        </aside>
        <Drawer opened={open} onClose={drawer.close} size={280} title={t.menu} padding="md">
          <Rail path={path} />
        </Drawer>
        <div className={classes.main}>
          <HealthBar />
          <PausedBar />
          <ActiveRuns />
          <main id="content" ref={content} tabIndex={-1} className={classes.content}>
            <Suspense fallback={<Rows />}>
              <Outlet />
            </Suspense>
          </main>
        </div>
      </div>
      <Keys />
    </RoleContext.Provider>
    </ZoneContext.Provider>
  );
}

function Rail({ onRail = false, path }: { onRail?: boolean; path: string }) {
  return (
    <div className={onRail ? classes.onRail : classes.inDrawer}>
      {onRail ? (
        <div className={classes.brand}>
          <Wordmark onRail />
        </div>
      ) : null}
      <nav aria-label={t.nav.label}>
        <ul className={classes.list}>
          {places.map((place) => {
            const here = place.to === "/" ? path === "/" : path.startsWith(place.to);
            const within = place.holds !== undefined && path.startsWith(place.holds);
            return (
              <li key={place.to}>
                <Link to={place.to} className={classes.link} data-here={here || within || undefined} aria-current={here ? "page" : within ? "true" : undefined}>
                  {place.icon}
                  {place.label}
                  {place.badge}
                </Link>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className={classes.foot}>
        <StartChip className={classes.state} />
        <ConnectionState />
        <Person />
      </div>
    </div>
  );
}

function ConnectionState() {
  const { data } = useQuery(connectionQuery);
  if (!data) return null;
  const on = data.status === "connected";
  return (
    <Link to="/configuration" className={classes.state}>
      {on ? <IconPlugConnected size={18} aria-hidden /> : <IconPlugConnectedX size={18} aria-hidden />}
      <span>
        {on ? (data.organization_name ?? t.connection.connected) : connectionStatusName[data.status]}
        <small>{on ? connectionStatusName.connected : t.connection.title}</small>
      </span>
    </Link>
  );
}

function Person() {
  const { data } = useQuery(sessionQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={classes.person}>
      <Text size="sm" inherit>
        {data?.name}
        <small>{data ? (t.session.role[data.role] ?? data.role) : ""}</small>
      </Text>
      <div style={{ display: "flex", gap: 4 }}>
        <PauseButton />
        <Menu position="top-end">
          <Menu.Target>
            <ActionIcon variant="transparent" c="inherit" aria-label={t.theme.label}>
              <IconMoon size={19} stroke={1.7} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {(["light", "dark", "auto"] as const).map((key) => (
              <Menu.Item key={key} onClick={() => setColorScheme(key)} fw={colorScheme === key ? 650 : undefined}>
                {t.theme[key]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <SignOut />
      </div>
    </div>
  );
}

export function Lost() {
  return (
    <Page title={t.problem.notFound}>
      <Text>{t.problem.noPage}</Text>
      <Anchor component={Link} to="/">
        {t.problem.home}
      </Anchor>
    </Page>
  );
}


/** a page that cannot be fetched or fails; reading it anew fetches what is there now, as after an upgrade */
export function Broken() {
  return (
    <Page title={t.problem.page}>
      <Text role="alert">{t.problem.pageHint}</Text>
      <Button w="fit-content" onClick={() => window.location.reload()}>
        {t.retry}
      </Button>
    </Page>
  );
}
