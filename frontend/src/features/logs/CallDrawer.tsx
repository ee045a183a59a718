import { Drawer, Stack, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { LogDetail, LogLine } from "@/api/types";
import { Copy } from "@/components/Copy";
import { Failure, Note, Rows } from "@/components/states";
import { When } from "@/components/When";
import { prettyJSON } from "@/lib/pretty";
import { useLack, useMay } from "@/lib/role";
import { codeName, t } from "@/lib/texts";
import { CallStatus, shortPath } from "./CallStatus";
import classes from "./Logs.module.css";
import { callQuery } from "./logs.api";
import { RecordOf } from "./RecordOf";

/** one call with what was sent and answered; the bodies are for accountants */
export function CallDrawer({ id, line, close }: { id: string; line: LogLine | undefined; close: () => void }) {
  const may = useMay("accountant");
  const lack = useLack("accountant");
  const found = useQuery({ ...callQuery(id), enabled: may });
  const narrow = useMediaQuery("(max-width: 47.99em)", false, { getInitialValueInEffect: false });
  useEffect(
    () => () => {
      const back = () => (document.querySelector<HTMLElement>(`[data-call="${CSS.escape(id)}"]`) ?? document.getElementById("content"))?.focus();
      setTimeout(back, 0);
    },
    [id],
  );
  const shown = found.data ?? line;
  const title = shown ? `${shown.method} ${shortPath(shown.path)}` : t.logs.detail;
  return (
    <Drawer opened onClose={close} returnFocus={false} position="right" size={narrow ? "100%" : 760} title={<span className={classes.title}>{title}</span>}>
      <Stack gap="lg">
        {shown ? <Facts line={shown} /> : null}
        {lack ? <Note>{t.logs.bodiesFor}</Note> : null}
        {may && found.isPending ? <Rows count={8} /> : null}
        {found.isError ? <Failure error={found.error} retry={() => found.refetch()} /> : null}
        {found.data ? <Bodies of={found.data} /> : null}
      </Stack>
    </Drawer>
  );
}

function Facts({ line }: { line: LogLine }) {
  return (
    <dl className={classes.facts}>
      <dt>{t.logs.at}</dt>
      <dd>
        <When at={line.at} />
      </dd>
      <dt>{t.logs.status}</dt>
      <dd>
        <CallStatus line={line} /> {line.code && line.code !== "0" ? t.logs.zohoCode(line.code) : ""}
      </dd>
      {line.error ? (
        <>
          <dt>{t.logs.error}</dt>
          <dd>{codeName(line.error)}</dd>
        </>
      ) : null}
      <dt>{t.logs.took}</dt>
      <dd>{t.logs.ms(line.ms)}</dd>
      <dt>{t.logs.record}</dt>
      <dd>
        <RecordOf of={line.ref} record={line.record} />
        {line.also.length > 0 ? <div>{t.logs.also(line.also)}</div> : null}
      </dd>
      {line.query ? (
        <>
          <dt>{t.logs.query}</dt>
          <dd>{line.query.split("&").map((one) => <div key={one}>{readable(one)}</div>)}</dd>
        </>
      ) : null}
    </dl>
  );
}

function readable(parameter: string): string {
  try {
    return decodeURIComponent(parameter.replaceAll("+", " ")).replace("=", " = ");
  } catch {
    return parameter;
  }
}

function Bodies({ of }: { of: LogDetail }) {
  return (
    <>
      <Body title={t.logs.request} text={of.request} />
      <Body title={t.logs.response} text={of.response} />
    </>
  );
}

function Body({ title, text }: { title: string; text: string | null }) {
  return (
    <section aria-label={title}>
      <div className={classes.bodyHead}>
        <Title order={2}>{title}</Title>
        {text ? <Copy value={text} what={title} /> : null}
      </div>
      {text ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre className={classes.body} tabIndex={0} aria-label={title}>
          {prettyJSON(text)}
        </pre>
      ) : (
        <p className={classes.quiet}>{t.logs.noBody}</p>
      )}
    </section>
  );
}
