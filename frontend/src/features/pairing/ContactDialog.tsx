import { Group, Loader, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "@/components/Dialog";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone } from "@/components/notify";
import { Outside } from "@/components/Outside";
import { Failure } from "@/components/states";
import { zohoID } from "@/features/records/ReasonDialog";
import { t } from "@/lib/texts";
import classes from "./PairingPage.module.css";
import { type Contact, contactsQuery, type PairingItem, usePair } from "./pairing.api";

/** looks for the contact of a guest among all that were loaded, or takes its id */
export function ContactDialog({ item, close }: { item: PairingItem; close: () => void }) {
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 250);
  const id = zohoID(q);
  const contacts = useQuery(contactsQuery(id ?? q));
  const pair = usePair();
  const found = contacts.data?.items ?? [];
  const take = (contact: { zoho_contact_id: string; name: string }) =>
    pair.mutateAsync({ id: item.customer_id, zohoID: contact.zoho_contact_id }).then(
      () => {
        notifyDone(t.pairing.paired(item.name, contact.name));
        close();
      },
      () => undefined, // it is shown in the dialog
    );
  return (
    <Dialog onClose={close} title={t.pairing.contacts(item.name)} size="lg">
      <Stack gap="sm">
        <Text size="sm">{t.pairing.contactsText}</Text>
        <TextInput
          label={t.pairing.contactsSearch}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          rightSection={contacts.isFetching ? <Loader size="xs" /> : null}
          autoComplete="off"
          data-autofocus
        />
        {contacts.isError ? <Failure error={contacts.error} retry={() => contacts.refetch()} /> : null}
        {pair.isError ? <Failure error={pair.error} /> : null}
        {found.length > 0 ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <ul className={classes.found} aria-label={t.pairing.contactsFound} tabIndex={0}>
            {found.map((contact) => (
              <Found key={contact.zoho_contact_id} contact={contact} guest={item.name} busy={pair.isPending && pair.variables.zohoID === contact.zoho_contact_id} take={() => take(contact)} />
            ))}
          </ul>
        ) : null}
        <Text size="sm" c="dimmed" role="status">
          {contacts.data && found.length === 0 ? t.pairing.contactsNone : contacts.data?.more ? t.pairing.contactsMore : ""}
        </Text>
        {id && contacts.data && found.length === 0 ? (
          <Group>
            <ActionButton needs="accountant" variant="default" loading={pair.isPending} onClick={() => take({ zoho_contact_id: id, name: id })}>
              {t.pairing.byID(id)}
            </ActionButton>
          </Group>
        ) : null}
      </Stack>
    </Dialog>
  );
}

function Found({ contact, guest, busy, take }: { contact: Contact; guest: string; busy: boolean; take: () => void }) {
  const state = [contact.customer_id ? t.pairing.taken(contact.customer_id) : "", contact.status === "inactive" ? t.pairing.inactive : ""].filter(Boolean).join(", ");
  const facts = [contact.company, contact.email, contact.phone, contact.currency, contact.zoho_contact_id].filter(Boolean).join(" · ");
  return (
    <li className={classes.suggestion}>
      <div style={{ minWidth: 0, overflowWrap: "anywhere" }}>
        <Outside href={contact.zoho_url} wrap>{contact.name}</Outside>
        <div className={classes.facts}>{facts}</div>
        {state ? <div className={classes.why}>{state}</div> : null}
      </div>
      <ActionButton
        needs="accountant"
        variant="default"
        size="compact-sm"
        loading={busy}
        because={contact.customer_id !== null && state}
        aria-label={t.pairing.pairWith(guest, contact.name)}
        onClick={take}
      >
        {t.pairing.pair}
      </ActionButton>
    </li>
  );
}
