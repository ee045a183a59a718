// All words a person reads, in one place.

import type { DataCenter, MappingKind, Section } from "../sections";
import { alertsTexts } from "./alerts";
import { automaticTexts } from "./automatic";
import { closingTexts } from "./closing";
import { comparisonTexts } from "./comparison";
import { connectionTexts } from "./connection";
import { healthTexts } from "./health";
import { issuesTexts } from "./issues";
import { keysTexts } from "./keys";
import { locksTexts } from "./locks";
import { logsTexts } from "./logs";
import { overviewTexts } from "./overview";
import { pairingTexts } from "./pairing";
import { paymentsTexts } from "./payments";
import { ledgerTexts } from "./ledger";
import { reconciliationTexts } from "./reconciliation";
import { draftTexts } from "./draft";
import { detailTexts, syncTexts } from "./records";
import { runsTexts } from "./runs";
import { scheduleTexts } from "./schedule";
import { settingsTexts } from "./settingsForm";
import { signInsTexts } from "./signIns";
import { startTexts } from "./start";
import { tokensTexts, toolsTexts } from "./tools";
import { undoTexts } from "./undo";
import { unsavedTexts } from "./unsaved";
import { verbTexts } from "./verbs";

export * from "./codes";
export { auditActionName } from "./logs";
export { bulkActions, type DocumentKind, documentKinds, documentName, sectionAdvice } from "./records";
export * from "./settings";
export { setupStepName } from "./start";
export * from "./states";

export const sectionName: Record<Section, string> = {
  hotels: "Hotels",
  "room-types": "Room Types",
  "service-products": "Service Products",
  customers: "Customers",
  currencies: "Currencies",
  orders: "Orders",
};

export const sectionOne: Record<Section, string> = {
  hotels: "Hotel",
  "room-types": "Room type",
  "service-products": "Service product",
  customers: "Customer",
  currencies: "Currency",
  orders: "Order",
};

export const sectionBecomes: Record<Section, string> = {
  hotels: "Each hotel becomes an item (service) in Zoho Books.",
  "room-types": "Each room type becomes an item (service) that invoice lines refer to.",
  "service-products": "Each service product becomes an item (service) that invoice lines refer to.",
  customers: "Each customer becomes a contact. One more contact is made per further currency, when a document needs it.",
  currencies: "Each currency is found in Zoho Books by its ISO code, or added there.",
  orders: "Each order brings its invoices and payments, and later its sales order and credit notes.",
};

export const dataCenterName: Record<DataCenter, string> = {
  us: "United States (zoho.com)",
  eu: "Europe (zoho.eu)",
  in: "India (zoho.in)",
  au: "Australia (zoho.com.au)",
  jp: "Japan (zoho.jp)",
  ca: "Canada (zohocloud.ca)",
  cn: "China (zoho.com.cn)",
  sa: "Saudi Arabia (zoho.sa)",
  uk: "United Kingdom (zoho.uk)",
  ae: "United Arab Emirates (zoho.ae)",
  custom: "Custom addresses",
};

export const mappingName: Record<MappingKind, string> = {
  taxes: "Taxes",
  "payment-modes": "Payment modes",
  "deposit-accounts": "Deposit accounts",
  items: "Items",
  accounts: "Income accounts",
  tags: "Reporting tags",
  locations: "Locations",
};

export const mappingIntro: Record<MappingKind, string> = {
  taxes: "Each set of tax rates that QloApps charges needs a tax or tax group in Zoho Books with the same rates.",
  "payment-modes": "What a payment method of QloApps is called in Zoho Books. Methods without a row of their own use the default.",
  "deposit-accounts": "The bank, cash or clearing account that receives the money of each payment method.",
  items: "Which item stands for a facility, for a product that no longer exists, and for anything else.",
  accounts: "The income account of each room type, service and facility. Rows without one use the default.",
  tags: "Which option of a reporting tag each hotel is, where Configuration, Hotels says that a hotel becomes a tag; and one option for all documents of each other tag that your organization demands.",
  locations: "Which location each hotel is, where Configuration, Hotels says that a hotel becomes a location.",
};

export const checkName: Record<string, string> = {
  token: "Access to Zoho",
  organization: "Organization",
  plan: "Plan and call limits",
  base_currency: "Base currency",
  time_zone: "Time zone",
  custom_field: "Key field",
  taxes: "Taxes",
  deposit_account: "Deposit account",
  lock_dates: "Locked periods",
  rounding: "Rounding of totals",
  reminders: "Payment reminders",
};

export const fieldName: Record<string, string> = {
  reference: "Reference",
  guest: "Guest",
  hotel: "Hotel",
  room_types: "Room types",
  check_in: "Check-in",
  check_out: "Check-out",
  total: "Total",
  paid: "Paid",
  currency: "Currency",
  source: "Booking source",
  order_state: "Order state",
  zoho_customer_id: "Zoho Customer ID",
  zoho_sales_order_number: "Zoho Sales Order Number",
  zoho_invoice_number: "Zoho Invoice Number",
  zoho_payment_number: "Zoho Payment Number",
  zoho_credit_note_number: "Zoho Credit Note Number",
  email: "E-mail",
  company: "Company",
  iso: "ISO code",
  iso_code: "ISO code",
  rate: "Rate",
  city: "City",
  country: "Country",
  price: "Price",
};

export const t = {
  product: "QloBooks",
  tagline: "QloApps and Zoho Books in step",
  skip: "Skip to the content",
  close: "Close",
  cancel: "Cancel",
  copy: "Copy",
  copied: "Copied",
  retry: "Try again",
  save: "Save",
  discard: "Discard changes",
  saved: "Saved",
  none: "None",
  loading: "Loading",
  more: "Load more",
  menu: "Menu",
  optional: "optional",
  /** of a field whose content is hidden: "Client secret" is shown as the client secret, "API token" as the API token */
  show: (label: string) => `Show or hide the ${label.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}`,
  shownIn: (zone: string) => `shown in the hotel's time, ${zone}`,
  stale: "These figures are from before the connection to QloBooks was lost. Trying again.",
  problem: {
    title: "This did not work",
    network: "QloBooks cannot be reached. Check that its API is running and that you are online.",
    unreadable: "The answer was not from QloBooks. A proxy in between may have answered instead.",
    marked: "What is wrong stands at the field.",
    requestId: "Request",
    forbidden: "Your role does not allow this",
    forbiddenHint: (role: string) => `Ask an administrator for the ${role} role.`,
    page: "This page could not be shown",
    pageHint: "QloBooks cannot be reached, or was updated meanwhile. Check that you are online, then try again. What was saved is safe.",
    noPage: "The address may be mistyped, or be of an older version.",
    notFound: "There is no such page",
    home: "Go to the overview",
  },
  nav: {
    label: "Main",
    overview: "Overview",
    sync: "Synchronization",
    mapping: "Mapping",
    configuration: "Configuration",
    connection: "Connection",
    runs: "Runs",
    issues: "Issues",
    reconciliation: "Reconciliation",
    logs: "Logs",
  },
  theme: { label: "Colors", light: "Light", dark: "Dark", auto: "As the system" },
  session: {
    title: "Sign in",
    token: "API token",
    tokenHint: "Whoever runs QloBooks makes one on its server:",
    commandName: "the command",
    command: "go run ./api token create --name YOUR-NAME --role admin",
    roles: "Roles: viewer, operator, accountant, admin. A viewer can look at everything and change nothing.",
    keep: "Keep me signed in while this tab is open",
    keepHint: "Off: the token is forgotten when the page is reloaded.",
    submit: "Sign in",
    missing: "Enter the token.",
    refused: "This token is not known, or it was withdrawn.",
    ended: "You were signed out because the token is no longer accepted.",
    sessionEnded: "Your session has ended. Sign in again.",
    email: "E-mail address",
    password: "Password",
    employeeHint: "The e-mail address and password of QloApps' back office.",
    missingEmail: "Enter the e-mail address.",
    missingPassword: "Enter the password.",
    useToken: "Use an API token instead",
    useEmail: "Use e-mail and password instead",
    here: "On this device",
    everywhere: "On every device",
    out: "Sign out",
    as: "Signed in as",
    role: { viewer: "Viewer", operator: "Operator", accountant: "Accountant", admin: "Administrator" } as Record<string, string>,
  },
  overview: overviewTexts,
  start: startTexts,
  alerts: alertsTexts,
  signIns: signInsTexts,
  automatic: automaticTexts,
  unsaved: unsavedTexts,
  keys: keysTexts,
  health: healthTexts,
  connection: connectionTexts,
  settings: settingsTexts,
  pairing: pairingTexts,
  payments: paymentsTexts,
  tools: toolsTexts,
  tokens: tokensTexts,
  mapping: {
    title: "Mapping",
    kinds: "Kinds of mapping",
    source: "In QloApps",
    usedBy: "Used by",
    target: "In Zoho Books",
    suggestion: "Suggestion",
    exact: "Same",
    similar: "Similar",
    accept: (name: string) => `Use ${name}`,
    acceptAll: (n: number) => (n === 1 ? "Use the exact suggestion" : `Use all ${n} exact suggestions`),
    refresh: "Refresh from Zoho Books",
    refreshAll: "Refresh all lists",
    waits: (n: number) => (n === 1 ? "1 document waits for it" : `${n} documents wait for it`),
    refreshedAt: "Lists read",
    never: "The lists were not read from Zoho Books yet.",
    missing: (n: number) => (n === 1 ? "1 row has no mapping and no default." : `${n} rows have no mapping and no default.`),
    complete: "Every row in use has a mapping or a default, or needs none.",
    missingHint: "Records that need them wait as Blocked until you save.",
    usesDefault: "Uses the default",
    choose: "Choose…",
    withoutTax: "Goes without a tax",
    byName: "Goes by its name",
    searchNone: "Nothing in Zoho Books matches",
    default: "Default",
    save: (n: number) => (n === 0 ? "Save" : n === 1 ? "Save 1 change" : `Save ${n} changes`),
    saved: (freed: number) => (freed === 1 ? "Saved. 1 document that waited goes on now." : `Saved. ${freed} documents that waited go on now.`),
    none: "QloApps uses nothing of this kind.",
    noneHint: "Rows appear once QloApps has records that use them.",
    changed: "Changed",
    uses: (n: number) => (n === 1 ? "1 record" : `${n} records`),
    unused: "Not used",
    former: (n: number, choice: string, row: string) =>
      `${n === 1 ? "1 document stands" : `${n} documents stand`} under «${choice}», which «${row}» had before. Another choice changes nothing that stands.`,
    sendAgain: (n: number) => (n === 1 ? "Send 1 again" : `Send ${n} again`),
  },
  draft: draftTexts,
  sync: syncTexts,
  detail: detailTexts,
  runs: runsTexts,
  undo: undoTexts,
  verb: verbTexts,
  locks: locksTexts,
  schedule: scheduleTexts,
  comparison: comparisonTexts,
  issues: issuesTexts,
  logs: logsTexts,
  ledger: ledgerTexts,
  closing: closingTexts,
  reconciliation: reconciliationTexts,
};
