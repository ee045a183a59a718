import { Group, Text } from "@mantine/core";
import { useState } from "react";
import { ActionButton } from "@/components/ActionButton";
import { Chip, StatusChip } from "@/components/Chip";
import { notifyDone, notifyProblem } from "@/components/notify";
import { Outside } from "@/components/Outside";
import { ReasonDialog } from "@/features/records/ReasonDialog";
import { t } from "@/lib/texts";
import { IconCircleCheck, IconHelpCircle } from "@tabler/icons-react";
import { ContactDialog } from "./ContactDialog";
import classes from "./PairingPage.module.css";
import { type PairingItem, type Suggestion, usePair, useUnpair } from "./pairing.api";

/** one guest beside the contact that stands for them, or those that may */
export function PairingRow({ item, loaded }: { item: PairingItem; loaded: boolean }) {
  const facts = [t.pairing.customer(item.customer_id), item.email, item.phone].filter(Boolean).join(" · ");
  return (
    <div className={classes.row}>
      <div className={classes.guest}>
        <Group gap="xs">
          <span className={classes.name}>{item.name}</span>
          <StatusChip status={item.status} plain />
        </Group>
        <div className={classes.facts}>{facts}</div>
      </div>
      <div className={classes.contact}>{item.zoho_contact_id ? <Linked item={item} /> : <Open item={item} loaded={loaded} />}</div>
    </div>
  );
}

function Linked({ item }: { item: PairingItem }) {
  const unpair = useUnpair();
  const [asking, setAsking] = useState(false);
  return (
    <div className={classes.suggestion}>
      <div>
        <Outside href={item.zoho_url} label={t.payments.openZoho} wrap>
          {item.zoho_contact_name ?? item.zoho_contact_id}
        </Outside>
        <div className={classes.facts}>
          {item.paired ? t.pairing.byPerson : t.pairing.byQlobooks} · {item.zoho_contact_id}
        </div>
      </div>
      <ActionButton needs="accountant" variant="default" size="compact-sm" aria-label={t.pairing.unpairOf(item.name)} onClick={() => setAsking(true)}>
        {t.pairing.unpair}
      </ActionButton>
      {asking ? (
        <ReasonDialog
          title={t.verb.unpair.title(item.name)}
          text={t.verb.unpair.text}
          confirm={t.pairing.unpair}
          close={() => setAsking(false)}
          act={(reason) => unpair.mutateAsync({ id: item.customer_id, reason }).then(() => notifyDone(t.pairing.unpaired(item.name)))}
        />
      ) : null}
    </div>
  );
}

function Open({ item, loaded }: { item: PairingItem; loaded: boolean }) {
  const [searching, setSearching] = useState(false);
  return (
    <>
      <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
        {item.suggestions.length === 0 ? (
          <Text size="sm" c="dimmed">
            {loaded ? t.pairing.noSuggestion : t.pairing.none}
          </Text>
        ) : (
          <ul className={classes.suggestions} aria-label={t.pairing.suggestions(item.name)} style={{ flex: 1 }}>
            {item.suggestions.map((one) => (
              <Suggested key={one.zoho_contact_id} item={item} one={one} />
            ))}
          </ul>
        )}
        {item.suggestions.length === 0 ? <SearchButton item={item} open={() => setSearching(true)} /> : null}
      </Group>
      {item.suggestions.length > 0 ? (
        <Group justify="flex-end" mt={6}>
          <SearchButton item={item} open={() => setSearching(true)} />
        </Group>
      ) : null}
      {searching ? <ContactDialog item={item} close={() => setSearching(false)} /> : null}
    </>
  );
}

function SearchButton({ item, open }: { item: PairingItem; open: () => void }) {
  return (
    <ActionButton needs="accountant" variant="default" size="compact-sm" aria-label={t.pairing.anotherFor(item.name)} onClick={open} style={{ flex: "none" }}>
      {t.pairing.another}
    </ActionButton>
  );
}

function Suggested({ item, one }: { item: PairingItem; one: Suggestion }) {
  const pair = usePair();
  const exact = one.confidence === "exact";
  return (
    <li className={classes.suggestion}>
      <div>
        <Group gap="xs">
          <Outside href={one.zoho_url} wrap>{one.name}</Outside>
          <Chip plain tone={exact ? "good" : "quiet"} icon={exact ? IconCircleCheck : IconHelpCircle}>
            {t.pairing.confidence[one.confidence] ?? one.confidence}
          </Chip>
        </Group>
        <div className={classes.why}>
          <b>{one.why.map((key) => t.pairing.why[key] ?? key).join(", ")}</b>
          <span className={classes.facts}>{[one.company, one.email, one.phone, one.currency].filter(Boolean).map((fact) => ` · ${fact}`)}</span>
        </div>
      </div>
      <ActionButton
        needs="accountant"
        variant={exact ? "filled" : "default"}
        size="compact-sm"
        loading={pair.isPending}
        aria-label={t.pairing.pairWith(item.name, one.name)}
        onClick={() =>
          // said also where the row has gone meanwhile, as a list that came first shows the pair already
          pair.mutateAsync({ id: item.customer_id, zohoID: one.zoho_contact_id }).then(() => notifyDone(t.pairing.paired(item.name, one.name)), notifyProblem)
        }
      >
        {t.pairing.pair}
      </ActionButton>
    </li>
  );
}
