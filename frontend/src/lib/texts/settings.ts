// Every setting, described once: the form, its words and its choices come from here.
// `effect` says what happens when a switch is on, in an accountant's words.

import type { SettingsSection } from "./settingsField";
import { nameVariables } from "./settingsForm";
import { operationSections } from "./settingsOperation";

export type { Field, SettingsSection } from "./settingsField";

const schedulerOnly =
  "These switches bind only the schedule. What a person queues by hand is sent whatever they say.";

/** what following a deleted record does; customers and currencies differ from items */
function master(
  one: string,
  many: string,
  deleted = `When a linked ${one} is deleted or disabled in QloApps, its record in Zoho Books is made inactive. Enabled again, it is made active again. Nothing is ever deleted there.`,
): SettingsSection["groups"][number] {
  return {
    title: "Automatic work",
    note: schedulerOnly,
    fields: [
      {
        name: "auto_sync_new",
        kind: "switch",
        label: `Sync new ${many}`,
        effect: `${upper(many)} added in QloApps after Initialize are sent to Zoho Books by the schedule.`,
      },
      {
        name: "auto_update",
        kind: "switch",
        label: `Update changed ${many}`,
        effect: `When a linked ${one} changes in QloApps, its record in Zoho Books is updated.`,
      },
      {
        name: "auto_delete",
        kind: "switch",
        label: `Follow deleted ${many}`,
        effect: deleted,
      },
    ],
  };
}

function upper(text: string) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const recordSections: SettingsSection[] = [
  {
    key: "currencies",
    title: "Currencies",
    intro: "Which currencies documents may have.",
    groups: [
      {
        title: "Documents",
        fields: [
          {
            name: "multi_currency",
            kind: "switch",
            label: "Post documents in foreign currencies",
            effect:
              "Off: a document in another currency than Zoho's base currency is held. On: it is posted in its own currency, at the rate QloApps stored with the order.",
          },
          {
            name: "default_currency",
            kind: "text",
            label: "Currency of new contacts",
            placeholder: "Zoho's base currency",
            nullable: true,
            effect:
              "ISO code, for example EUR: a guest who is synchronized before any document gets a contact in this currency. A document in another currency makes its own contact when it comes, and contacts that stand already stay as they are. Needs foreign currencies on, and a currency that is enabled in QloApps. Empty: Zoho's base currency.",
          },
        ],
      },
      master(
        "currency",
        "currencies",
        "When a linked currency is disabled or deleted in QloApps, its record here reads Disabled, and Synced once it is enabled again. In Zoho Books it stays as it is: a currency cannot be made inactive there. With this on or off, the schedule holds new documents in a disabled currency.",
      ),
    ],
  },
  {
    key: "customers",
    title: "Customers",
    intro: "How guests become contacts. Synchronize customers before orders; one that is missing is made when an order needs it.",
    groups: [
      {
        title: "Contacts",
        fields: [
          {
            name: "name_pattern",
            kind: "text",
            label: "Contact name",
            effect:
              `Variables: ${nameVariables.join(" ")}. {name} is both names, with the company in front when there is one. A name already taken in Zoho Books gets “ (QLO-id)”.`,
          },
          {
            name: "ignore_inactive",
            kind: "switch",
            label: "Leave out inactive customers",
            effect: "Customers disabled in QloApps who were never sent to Zoho Books, nor paired, are left out with their orders, also when a person asks. Whoever was sent or paired before stays, with all documents. Switched off, what it left out is sent.",
          },
          {
            name: "check_before_update",
            kind: "switch",
            label: "Look before updating",
            effect: "Reads the contact in Zoho Books before an update and leaves alone what people changed there; the record says what. One more call per update. Off: QloApps' values overwrite.",
          },
          {
            name: "customer_portal",
            kind: "switch",
            label: "Customer portal",
            effect: "Opens Zoho's customer portal for contacts. Those that are in Zoho Books already need one run, which is offered after you save. Zoho may invite each of them by e-mail.",
          },
        ],
      },
      master(
        "customer",
        "customers",
        "When a guest is deleted in QloApps, also when anonymized, the contact in Zoho Books is made inactive and otherwise left as it is. Restored, it is made active again. Disabling a customer changes nothing there. Nothing is ever deleted there.",
      ),
    ],
  },
  {
    key: "hotels",
    title: "Hotels",
    intro: "Which hotels are kept in Zoho Books.",
    groups: [
      {
        title: "Scope",
        fields: [
          {
            name: "ignored_hotels",
            kind: "hotels",
            label: "Ignored hotels",
            effect: "Orders of these hotels are skipped, also when a person asks for them. Taken off the list, what it left out is sent.",
          },
          {
            name: "target",
            kind: "choice",
            label: "A hotel becomes",
            effect:
              "Every hotel is an item. As a tag or location it is also on every line, so that profit and loss can be read by hotel. Set up makes the tag «Hotel» with one option for each hotel; locations are chosen on the Mapping page. What stands already stays as it is.",
            choices: [
              { value: "item", label: "An item (service)" },
              { value: "tag", label: "And an option of a reporting tag" },
              { value: "location", label: "And a location" },
            ],
          },
        ],
      },
      master("hotel", "hotels"),
    ],
  },
  {
    key: "room_types",
    title: "Room Types",
    intro: "Room types become items (services).",
    groups: [master("room type", "room types")],
  },
  {
    key: "service_products",
    title: "Service Products",
    intro: "Service products become items (services).",
    groups: [master("service product", "service products")],
  },
  {
    key: "orders",
    title: "Orders",
    intro: "How orders become sales orders, invoices and credit notes. Customers come first; each switch works without the others.",
    groups: [
      {
        title: "Documents",
        fields: [
          {
            name: "create_sales_orders",
            kind: "switch",
            label: "Create sales orders",
            effect: "On: each order first becomes a sales order. Off: only invoices, payments and credit notes are posted.",
          },
          {
            name: "export_from_date",
            kind: "date",
            label: "Export from",
            effect: "Documents dated earlier are skipped, also when a person asks. Choose an earlier date, and what it left out is sent. The daily pass needs this date.",
          },
          {
            name: "invoice_numbering",
            kind: "choice",
            label: "Invoice numbers",
            effect: "A number once sent never changes.",
            choices: [
              { value: "qloapps", label: "As printed by QloApps" },
              { value: "zoho", label: "Zoho's own series, QloApps' number as reference" },
            ],
          },
          {
            name: "post_as",
            kind: "choice",
            label: "Invoices are posted as",
            effect:
              "As drafts they are in no ledger until somebody chooses Mark as sent, of one order or of all. Until then payments wait as the guest's credit and credit notes wait for them. What stands already stays as it is.",
            choices: [
              { value: "sent", label: "Sent" },
              { value: "draft", label: "Drafts, for a person to mark as sent" },
            ],
          },
          {
            name: "cancel_policy",
            kind: "choice",
            label: "When an invoiced order is canceled",
            effect: "Invoices with money on them are always held for a person.",
            choices: [
              { value: "void_or_credit_note", label: "Void if unpaid and this month, else credit note" },
              { value: "credit_note", label: "Always a credit note" },
              { value: "hold", label: "Hold and ask" },
            ],
          },
          {
            name: "locked_period_policy",
            kind: "choice",
            label: "When the period is locked",
            effect: "Changing or voiding a document in a locked period is always held.",
            choices: [
              { value: "hold", label: "Hold the document" },
              { value: "first_open_day", label: "Post new documents on the first open day" },
            ],
          },
        ],
      },
      {
        title: "Rounding",
        fields: [
          {
            name: "rounding_limit",
            kind: "number",
            label: "Rounding limit",
            min: 0,
            unit: "smallest units",
            effect:
              "How far tax may differ from QloApps, in cents or the like. Beyond it the document is held. 0 holds every difference. Totals are always exact.",
          },
          {
            name: "rounding_item_id",
            kind: "mapped",
            mapping: "items",
            label: "Rounding item",
            placeholder: "A line with name and account",
            effect: "The item of a rounding line, where one is needed.",
          },
        ],
      },
      {
        title: "Automatic work",
        note: `${schedulerOnly} They act only on orders that are new since Initialize, or that a person queued once.`,
        fields: [
          { name: "auto_sync_new_orders", kind: "switch", label: "Sync new orders", effect: "New orders are sent as sales orders." },
          { name: "auto_update_orders", kind: "switch", label: "Update changed orders", effect: "Linked documents follow changes and cancellations made in QloApps." },
          { name: "auto_sync_new_invoices", kind: "switch", label: "Sync new invoices", effect: "Invoices are sent when QloApps makes them." },
          { name: "auto_sync_new_payments", kind: "switch", label: "Sync new payments", effect: "Payments are sent when QloApps records them." },
          { name: "auto_sync_credit_notes", kind: "switch", label: "Sync credit notes", effect: "Credit slips and refunds are sent when QloApps makes them." },
        ],
      },
    ],
  },
];

/** the order in which users of such connectors know the sections; what keeps the service safe follows */
const order = ["currencies", "customers", "hotels", "room_types", "service_products", "orders", "schedule", "payments"];

export const settingsSections: SettingsSection[] = [...recordSections, ...operationSections].sort((a, b) => place(a) - place(b));

function place(section: SettingsSection): number {
  const at = order.indexOf(section.key);
  return at < 0 ? order.length : at;
}
