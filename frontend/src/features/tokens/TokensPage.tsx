import { useQuery } from "@tanstack/react-query";
import { ActionButton } from "@/components/ActionButton";
import { confirm } from "@/components/confirm";
import { notifyDone, told } from "@/components/notify";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { Empty, Failure, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import { sessionQuery } from "@/features/session/session.api";
import { t } from "@/lib/texts";
import { NewTokenPanel } from "./NewTokenPanel";
import classes from "./TokensPage.module.css";
import { type Token, tokensQuery, useRevokeToken, useTakeOver } from "./tokens.api";

/** the API tokens there are, and how to make and revoke one */
export function TokensPage() {
  const tokens = useQuery(tokensQuery);
  return (
    <Page title={t.tokens.title} intro={t.tokens.intro}>
      {tokens.isPending ? <Rows count={6} /> : null}
      {tokens.isError && !tokens.data ? <Failure error={tokens.error} retry={() => tokens.refetch()} /> : null}
      {tokens.isError && tokens.data ? <Stale retry={() => tokens.refetch()} /> : null}
      {tokens.data ? (
        <>
          <NewTokenPanel />
          {tokens.data.items.length === 0 ? <Empty title={t.tokens.none}>{t.tokens.noneHint}</Empty> : <Tokens items={tokens.data.items} />}
        </>
      ) : null}
    </Page>
  );
}

function Tokens({ items }: { items: Token[] }) {
  return (
    <Panel title={t.tokens.list}>
      <ul className={classes.list}>
        {items.map((token) => (
          <Row key={token.id} token={token} />
        ))}
      </ul>
    </Panel>
  );
}

function Row({ token }: { token: Token }) {
  const revoke = useRevokeToken();
  const take = useTakeOver();
  const { data: me } = useQuery(sessionQuery);
  const mine = (me?.employee_id ?? null) === token.employee_id;
  const askToTake = () =>
    confirm({
      title: t.tokens.takeOverTitle(token.name),
      text: t.tokens.takeOverText,
      confirm: t.tokens.takeOver,
      cancel: t.cancel,
      act: () => told(take.mutateAsync(token.id), () => notifyDone(t.tokens.takenOver(token.name))),
    });
  const ask = () =>
    confirm({
      title: t.tokens.revokeTitle(token.name),
      text: t.tokens.revokeText,
      confirm: t.tokens.revoke,
      cancel: t.cancel,
      color: "red",
      act: () => told(revoke.mutateAsync(token.id), () => notifyDone(t.tokens.revoked(token.name))),
    });
  return (
    <li className={classes.row}>
      <div className={classes.name}>
        {token.name}
        <span>{t.session.role[token.role] ?? token.role}</span>
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>{t.tokens.prefix}</dt>
          <dd>
            <code>{token.prefix}…</code>
          </dd>
        </div>
        <div>
          <dt>{t.tokens.made}</dt>
          <dd>
            <When at={token.created_at} /> {t.tokens.by(token.created_by)}
          </dd>
        </div>
        <div>
          <dt>{t.tokens.used}</dt>
          <dd>
            <When at={token.last_used_at} never={t.tokens.never} />
          </dd>
        </div>
        <div>
          <dt>{t.tokens.ends[token.state]}</dt>
          <dd>
            <When at={token.expires_at} never={t.tokens.endless} />
            <small>{token.employee_id === null ? t.tokens.nobodys : mine ? t.tokens.mine : t.tokens.theirs}</small>
          </dd>
        </div>
      </dl>
      <div className={classes.act}>
        {me && !mine && token.state !== "expired" ? (
          <ActionButton needs="admin" variant="default" size="compact-sm" loading={take.isPending} aria-label={t.tokens.takeOverOf(token.name)} onClick={askToTake}>
            {t.tokens.takeOver}
          </ActionButton>
        ) : null}
        <ActionButton needs="admin" variant="default" size="compact-sm" loading={revoke.isPending} aria-label={t.tokens.revokeOf(token.name)} onClick={ask}>
          {t.tokens.revoke}
        </ActionButton>
      </div>
    </li>
  );
}
