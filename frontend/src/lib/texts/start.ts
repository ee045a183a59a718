// The words of the way in: six steps from a fresh installation to work that goes on by itself.

export const startTexts = {
  title: "Start",
  intro: "Six steps. Each is looked up anew whenever you come here, so you may leave and go on at any time.",
  chip: (done: number, all: number) => `Set-up ${done} of ${all}`,
  steps: "Steps",
  goOn: "Go on",
  goOnSetup: "Go on with the set-up",
  overview: "To the overview",
  allDone: "Everything is set up.",
  name: {
    check: "Check",
    connect: "Connect",
    set_up: "Set up",
    map: "Map what is missing",
    rehearse: "Rehearse",
    switch_on: "Switch on",
  } as Record<string, string>,
  what: {
    check: "Does everything answer that QloBooks needs?",
    connect: "Zoho Books gives QloBooks access, with an application of your own.",
    set_up: "QloBooks prepares Zoho Books: a field that keeps every document apart, and the taxes.",
    map: "Only what has no place in Zoho Books yet.",
    rehearse: "What would be sent of last month. Nothing is sent.",
    switch_on: "What goes on by itself from now on.",
  } as Record<string, string>,
  state: { done: "done", open: "open", blocked: "comes later" } as Record<string, string>,
  blocked: "An earlier step comes first.",
  check: {
    address: "Public address",
    addressOk: (url: string) => `This page was opened at ${url}, where Zoho sends you back to.`,
    addressOther: (here: string, there: string) => `You are at ${here}, but Zoho sends people back to ${there}. Open QloBooks there, or change QLOBOOKS_PUBLIC_URL.`,
    name: { database: "Database", redis: "Redis", worker: "Worker", qloapps: "QloApps" } as Record<string, string>,
  },
  connect: {
    steps: "In Zoho's API console",
    open: (address: string) => `Open ${address}`,
    kind: "Add a client of the kind “Server-based Application”.",
    paste: "Paste the redirect URL below as its Authorized Redirect URI.",
    copy: "Copy its client ID and client secret into the fields below.",
    prepare: "Prepare Zoho Books right after the consent",
  },
  setUp: {
    run: "Set up Zoho Books",
    again: "Run it again",
    now: "Zoho Books is being prepared",
    takes: "About 40 to 120 calls; Zoho allows so many a minute, so this takes one to two minutes. You may leave this page.",
    plan: ["Field that carries QloBooks' key, on six kinds of record", "Numbers of credit notes and payments", "Taxes and tax groups of equal rate", "Lists of accounts, payment modes, items and currencies"],
    since: (time: string) => `at work for ${time}`,
    yours: "You must do this",
    made: "Made",
    existed: "Was there already",
    list: "QloApps' records are listed on the way; that asks Zoho nothing.",
  },
  map: {
    none: "Nothing is missing.",
    kinds: {
      taxes: "Taxes",
      "deposit-accounts": "Where the money of each payment method goes",
      "payment-modes": "What each payment method is called in Zoho Books",
      accounts: "Income accounts",
      items: "Items",
    } as Record<string, string>,
    everything: "Everything else",
    everythingHint: "Settles every row that has no choice of its own.",
    optional: "May stay empty",
    currencies: (list: string, n: number) => (n === 1 ? `1 order is in ${list}. Post it in its own currency?` : `${n} orders are in ${list}. Post them in their own currency?`),
    currenciesYes: "Post documents in foreign currencies",
    save: "Save and go on",
    reading: "Zoho's lists are being read.",
    read: "Read the lists from Zoho Books",
    account: "Account",
    tax: "Tax",
    place: "In Zoho Books",
  },
  rehearse: {
    month: (name: string) => `Orders of ${name}`,
    noneIn: "No order is dated in the last month; all orders are looked at.",
    again: "Look again",
    all: "All orders",
    held: "What would be held",
    heldNone: "Nothing would be held.",
    one: "One invoice as it will look",
    oneNone: "None of these orders gets an invoice now.",
    oneStands: "The invoices of the newest orders stand in Zoho Books as they are.",
    billTo: "Bill to",
    item: "Item",
    quantity: "Quantity",
    rate: "Rate",
    amount: "Amount",
    total: "Total",
    totalInclusive: "Total, tax included",
  },
  on: {
    preset: "How should QloBooks work?",
    from: "Documents dated before this day are left alone",
    fromLabel: "Export from",
    save: "Save",
    first: (n: number) => `Send the first ${n} orders now`,
    firstOne: "Send the first order now",
    firstHint: "The newest orders, with their guests, invoices and payments. You see each arrive.",
    sent: "The first orders",
    watching: "Being sent",
    open: "Show the orders",
  },
};

const modules: Record<string, string> = { contact: "contacts", item: "items", salesorder: "sales orders", invoice: "invoices", customer_payment: "payments", payment: "payments", creditnote: "credit notes", credit_note: "credit notes" };

/** a step of the set-up in words; one that is newer than these words is shown as it is called, readably */
export function setupStepName(name: string): string {
  const [, kind = "", rest = ""] = /^(key_field|tax_group|tax|currency)_(.+)$/.exec(name) ?? [];
  if (kind === "key_field") return `Field that carries the key, on ${modules[rest] ?? rest.replaceAll("_", " ")}`;
  if (kind === "tax" || kind === "tax_group") return `Tax ${rest.split("+").map((rate) => `${rate} %`).join(" + ")}`;
  if (kind === "currency") return `Currency ${rest}`;
  if (name === "slip_numbers") return "Numbers of credit notes";
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
