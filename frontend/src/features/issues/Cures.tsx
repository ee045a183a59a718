import { Button, Group } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call, ifUnchanged } from "@/api/client";
import type { Cure, IssueGroup, Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone, notifyProblem } from "@/components/notify";
import { ReasonDialog } from "@/features/records/ReasonDialog";
import { runStarted } from "@/features/runs/runs.api";
import { linkOf } from "@/lib/link";
import type { Role } from "@/lib/sections";
import { t } from "@/lib/texts";

/** who may send a cure; the server decides, this only says it before */
function roleOf(cure: Cure): Role {
  const path = cure.path ?? "";
  if (path.includes("/settings/") || path.endsWith("/setup")) return "admin";
  return path.endsWith("/release") || path.endsWith("/payments/import") || path.includes("/periods/") ? "accountant" : "operator";
}

/** the ways out of one cause, best first; the first is the loudest */
export function Cures({ item, most = 4, without }: { item: IssueGroup; most?: number; without?: (cure: Cure) => boolean }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Cure | null>(null);
  const send = useMutation({
    mutationFn: ({ cure, reason }: { cure: Cure; reason?: string }) =>
      call<Partial<Run> | undefined>(cure.method ?? "POST", (cure.path ?? "").replace("/api/v1", ""), reason === undefined ? (cure.body ?? undefined) : { ...(cure.body as object | null), reason }, undefined, ifUnchanged(cure.if_match)),
    onSuccess: (answer) => {
      if (answer?.kind && answer.created_at) runStarted(client, answer as Run);
      notifyDone(
        answer?.kind && answer.id ? (
          <>
            {t.issues.cureDone} <Link to={`/runs/${answer.id}`}>{t.schedule.showRun}</Link>
          </>
        ) : (
          t.issues.cureDone
        ),
      );
    },
    onError: notifyProblem,
    onSettled: () => {
      for (const key of ["issues", "overview", "runs", "settings", "records", "periods"]) client.invalidateQueries({ queryKey: [key] });
    },
  });
  const cures = (item.cures ?? []).filter((cure) => !without?.(cure)).slice(0, most);
  if (cures.length === 0) return null;
  return (
    <Group gap="sm" mt="xs">
      {cures.map((cure, at) =>
        cure.link ? (
          <Button key={cure.label} component={Link} {...(linkOf(cure.link) as object)} size="compact-sm" variant={at === 0 ? "filled" : "default"}>
            {cure.label}
          </Button>
        ) : (
          <ActionButton
            key={cure.label}
            needs={roleOf(cure)}
            size="compact-sm"
            variant={at === 0 ? "filled" : "default"}
            loading={send.isPending && send.variables.cure === cure}
            onClick={() => (cure.asks_reason ? setAsked(cure) : send.mutate({ cure }))}
          >
            {cure.label}
          </ActionButton>
        ),
      )}
      {asked ? <ReasonDialog title={asked.label} text={item.title} confirm={asked.label} close={() => setAsked(null)} act={(reason) => send.mutateAsync({ cure: asked, reason })} /> : null}
    </Group>
  );
}
