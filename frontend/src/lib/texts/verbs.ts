// What can be done with one record or document, and what will happen, said before it is done.

import type { Status } from "../sections";

export const verbTexts = {
  menu: (name: string) => `More for ${name}`,
  name: {
    sync: "Sync",
    preview: "Preview",
    retry: "Retry",
    skip: "Skip",
    unskip: "Unskip",
    pair: "Pair",
    unpair: "Unpair",
    recreate: "Recreate",
    release: "Release",
    "take-change": "Take change",
    "mark-sent": "Mark as sent",
  },
  done: {
    sync: "queued.",
    preview: "previewed.",
    retry: "queued again.",
    skip: "skipped.",
    unskip: "included again.",
    pair: "paired.",
    unpair: "no longer paired.",
    recreate: "will be made again.",
    release: "goes on as QloApps has it.",
    "take-change": "counts here as it stands in Zoho Books.",
    "mark-sent": "marked as sent; what waited for it follows.",
  },
  queueOrder: "Queue the order",
  /** what Sync does in each state */
  before: {
    not_synced: "Sync sends it to Zoho Books.",
    pending: "It is queued already; a worker takes it soon.",
    syncing: "A worker is sending it now.",
    synced: "Sync compares it again. Unchanged, it costs no call; changed, Zoho Books is updated.",
    blocked: "It goes on by itself as soon as what it waits for is there. Retry only looks again now; until then it stays Blocked.",
    held: "Retry checks the rule again. As long as its cause stands it is held again, and nothing is posted.",
    failed: "It is tried again by itself. Retry tries at once.",
    unknown: "QloBooks first finds out what became of the last call. It can never make a second document.",
    rejected: "It was refused. Sent unchanged it will be refused again: cure the cause first, then Retry.",
    skipped: "It is left out by a filter, and filters bind people too. Sync leaves it out again until the filter changes.",
    disabled: "It is withdrawn in QloApps and inactive in Zoho Books. Sync only compares it again.",
  } satisfies Record<Status, string>,
  skippedByPerson: "Somebody left it out. Sync leaves it out again: use Unskip first.",
  askTitle: (name: string, status: string) => `${name} is ${status}`,
  syncAnyway: "Sync anyway",
  retryNow: "Retry now",
  reason: "Reason",
  reasonHint: "Kept in the history and in the audit log.",
  reasonMissing: "Say why, so that a colleague understands it later.",
  skip: {
    title: (name: string) => `Skip ${name}?`,
    text: "It is left out of Zoho Books until somebody includes it again with Unskip. What stands there already stays.",
  },
  unpair: {
    title: (name: string) => `Unpair ${name}?`,
    text: "QloBooks forgets which record in Zoho Books belongs to it. Nothing is deleted or changed there. Documents that need it wait until it is paired or made again.",
  },
  recreate: {
    title: (name: string) => `Recreate ${name}?`,
    text: "Use this when its record was deleted, merged or voided in Zoho Books by hand. It is made to stand there again under the same key, so nothing is made twice. If the old one still exists, pair with it instead.",
  },
  release: {
    title: (name: string) => `Release ${name}?`,
    text: "It goes on although the rules ask about it: what is certain of it is posted, and what its cause says of the rest is done.",
  },
  "take-change": {
    title: (name: string) => `Take the change of ${name}?`,
    text: "From now on the number and the reference that it bears in Zoho Books count as its own, and of a payment the deposit account and the mode. Nothing is sent.",
  },
  pair: {
    title: (name: string) => `Pair ${name}`,
    text: "Names the record in Zoho Books that stands for it. From then on QloBooks updates that record instead of making one.",
    id: "Zoho ID or address",
    idHint: "Open the record in Zoho Books and paste its address, or the number at the end of it.",
    idMissing: "Enter the id of the record in Zoho Books: a long number.",
  },
  preview: {
    title: (name: string) => `Preview: ${name}`,
    ask: "Preview the effect",
    asking: "Working it out. Nothing is sent.",
    records: (n: number, documents: number | null) => {
      const records = n === 1 ? "1 record would be synchronized" : `${n} records would be synchronized`;
      if (documents === null) return records;
      return documents === 1 ? `${records}, with 1 document` : `${records}, with ${documents} documents`;
    },
    body: "The exact body that would be sent",
    both: "What stands in Zoho Books now, and what would be sent",
    stands: "In Zoho Books now",
    wouldSend: "Would be sent",
    amounts: "Amounts",
    none: "No amounts",
    calls: "Calls to Zoho Books",
    hours: "Time at the present budget",
    noTime: "None, as nothing would be sent",
    soon: "Less than an hour",
    hoursOf: (n: string) => (n === "1" ? "about 1 hour" : `about ${n} hours`),
    held: "Would be held",
    unchanged: "Unchanged, no call",
    refused: "Would be refused",
    skipped: "Left out",
    overdue: (n: number) =>
      n === 1
        ? "1 invoice would be overdue on arrival: check the payment reminders in Zoho Books first."
        : `${n} invoices would be overdue on arrival: check the payment reminders in Zoho Books first.`,
    action: {
      nothing: "Stands as wanted; nothing would be sent.",
      create: "Would be made in Zoho Books.",
      update: "Would be updated in Zoho Books.",
      steps: "Only its next step would be done.",
    },
    heldNone: "Nothing would be held.",
    nothing: "Nothing was sent.",
    failed: "The preview could not be made",
    wait: "The preview goes on in the background.",
    notYet: "The answer of this preview holds no figures.",
  },
};
