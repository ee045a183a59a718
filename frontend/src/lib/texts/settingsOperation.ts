// The settings of how QloBooks works: schedule, payments, limits, access, alerts, logs.

import { alertEvents } from "./alerts";
import type { SettingsSection } from "./settingsField";

export const operationSections: SettingsSection[] = [
  {
    key: "schedule",
    title: "Schedule",
    intro: "What works by itself, and when.",
    groups: [
      {
        title: "Looking for changes",
        fields: [
          {
            name: "enabled",
            kind: "switch",
            label: "Work by itself",
            effect: "Off: nothing is sent by itself, whatever the other switches say. On: QloBooks looks for changes at the interval and queues what the automatic switches of each section allow.",
          },
          { name: "interval_minutes", kind: "number", label: "Interval", min: 1, max: 1440, unit: "minutes", effect: "How often it looks. 5 minutes is usual; a look without changes costs no call to Zoho Books." },
        ],
      },
      {
        title: "Daily pass",
        note: "Once a day it queues everything unsent or changed of the kinds chosen here, dated on or after Export from (Configuration, Orders). Only sections that were initialized take part.",
        fields: [
          { name: "launch_time", kind: "time", label: "Launch time", effect: "In the hotel's time zone. Empty: there is no daily pass." },
          { name: "customers", kind: "switch", label: "Customers", effect: "Customers that are unsent or changed are sent." },
          { name: "invoices", kind: "switch", label: "Invoices", effect: "Invoices that are unsent or changed are sent, with their sales orders when those are switched on." },
          { name: "credit_notes", kind: "switch", label: "Credit notes", effect: "Credit slips and refunds that are unsent are sent." },
          { name: "payments", kind: "switch", label: "Payments", effect: "Payments that are unsent are sent. With Import payments on, payments made in Zoho Books are brought back too." },
        ],
      },
    ],
  },
  {
    key: "payments",
    title: "Payments",
    intro: "Which payments travel, and into which account.",
    groups: [
      {
        title: "From QloApps to Zoho Books",
        fields: [
          {
            name: "export_enabled",
            kind: "switch",
            label: "Post payments",
            effect: "Off: no payment is sent, also when a person asks. Switch it off if your bank feed already brings them.",
          },
          {
            name: "allowed_methods",
            kind: "methods",
            label: "Payment methods to post",
            placeholder: "All methods",
            effect: "Names exactly as QloApps stores them, one at a time. Empty: all methods. Payments by other methods are skipped; allowed again, they are sent.",
          },
          {
            name: "payment_modes",
            kind: "tags",
            label: "Further payment modes",
            placeholder: "None",
            effect: "Offered on the mapping page beside those that Zoho Books lists. Zoho Books takes any text of up to 100 characters.",
          },
          {
            name: "default_payment_mode",
            kind: "mapped",
            mapping: "payment-modes",
            label: "Default payment mode",
            placeholder: "None: unmapped methods wait",
            effect: "Used for methods without a mapping of their own. The mapping page shows the same row as “Default”.",
          },
          {
            name: "default_deposit_account_id",
            kind: "mapped",
            mapping: "deposit-accounts",
            label: "Default deposit account",
            placeholder: "None: unmapped methods wait",
            effect: "Where the money of methods without an account of their own goes. Never Undeposited Funds unless you choose it.",
          },
        ],
      },
      {
        title: "From Zoho Books to QloApps",
        fields: [
          { name: "import_enabled", kind: "switch", label: "Import payments in the daily pass", effect: "The daily pass brings payments recorded in Zoho Books to QloApps. The page Payments from Zoho imports them at any time, also while this is off." },
          { name: "import_from_date", kind: "date", label: "Import from", effect: "Payments dated earlier are left alone." },
          { name: "import_method_label", kind: "text", label: "Method shown in QloApps", effect: "The payment method that imported payments carry." },
          { name: "create_payment_always", kind: "switch", label: "Create payments always", effect: "A payment is written to QloApps also when its order owes less there; the order then says that it is overpaid. Off: it waits for a person, as the desk may have entered the same money." },
          {
            name: "statement_grouping",
            kind: "choice",
            label: "Group statements",
            effect: "How imported payments are listed together.",
            choices: [
              { value: "daily", label: "By day" },
              { value: "monthly", label: "By month" },
            ],
          },
        ],
      },
    ],
  },
  {
    key: "limits",
    title: "Limits",
    intro: "Protects Zoho's call quota and stops surprising runs.",
    groups: [
      {
        title: "Calls to Zoho Books",
        fields: [
          { name: "calls_per_minute", kind: "number", label: "Calls per minute", min: 1, max: 100, unit: "calls", effect: "Zoho allows 100 per organization. Leave room for other applications." },
          { name: "calls_per_day", kind: "number", label: "Calls per day", min: 1, nullable: true, unit: "calls", effect: "Empty: learned from Zoho's own answers." },
          { name: "reserve_for_live_percent", kind: "number", label: "Reserve for today's work", min: 0, max: 100, unit: "%", effect: "History stops when this share of the daily calls is left." },
        ],
      },
      {
        title: "Brakes",
        note: "They stop scheduled work and ask. A person confirms the count instead. Empty: no brake.",
        fields: [
          { name: "brake_max_records", kind: "number", label: "Records in one run", min: 1, nullable: true, unit: "records", effect: "A scheduled run over more records waits for a person." },
          { name: "brake_max_voids", kind: "number", label: "Voided documents in one run", min: 1, nullable: true, unit: "documents", effect: "A scheduled run that would void more waits for a person." },
          { name: "brake_max_amount", kind: "amount", label: "Amount in one run", nullable: true, effect: "A scheduled run over a larger sum, in QloApps' default currency, waits for a person." },
        ],
      },
    ],
  },
  {
    key: "access",
    title: "Access",
    intro: "What employees of QloApps may do here.",
    groups: [
      {
        title: "Roles of QloApps' profiles",
        note: "Employees sign in with their QloApps e-mail and password. QloApps' SuperAdmin is always an administrator; profiles not named here may look at everything and change nothing.",
        fields: [
          {
            name: "profile_roles",
            kind: "roles",
            label: "Profiles",
            effect: "The profiles of QloApps' page Administration, Profiles.",
          },
        ],
      },
    ],
  },
  {
    key: "alerts",
    title: "Alerts",
    intro: "Who is told when something needs a person.",
    groups: [
      {
        title: "Webhook",
        fields: [
          { name: "webhook_url", kind: "text", label: "Address", nullable: true, placeholder: "https://", effect: "Receives a message for each event chosen below, signed where a secret is saved. Empty: nobody is told." },
          { name: "webhook_secret", kind: "secret", label: "Secret", effect: "Signs each message, so that the receiver can trust it. At least 12 characters. It is never shown again; leave it empty to keep the stored one." },
          { name: "events", kind: "several", label: "Events", effect: "What a message is sent for.", choices: alertEvents },
        ],
      },
    ],
  },
  {
    key: "revenue",
    title: "Revenue",
    intro: "QloApps invoices at the deposit, the hotel earns at the stay. A journal for each hotel and day moves the difference into an account of deferred revenue and back; documents stay as they are.",
    groups: [
      {
        title: "Revenue by the night",
        note: "Choose the first day and save: what was billed before and not earned yet is reckoned and shown on the page Guest ledger. Then choose the account, switch it on, and connect again, as the access must allow journals.",
        fields: [
          { name: "from", kind: "date", label: "First day", effect: "The first day that has a journal. What is deferred by then comes in with it. Empty: nothing is reckoned." },
          {
            name: "deferred_account_id",
            kind: "text",
            label: "Account of deferred revenue",
            nullable: true,
            placeholder: "The number at the end of the account's address in Zoho Books",
            effect: "A liability account that is used for nothing else, such as Guest deposits: its balance is what the guest ledger says.",
          },
          {
            name: "period",
            kind: "choice",
            label: "A journal for",
            effect: "A month's journal is dated on its last day.",
            choices: [
              { value: "day", label: "Each day" },
              { value: "month", label: "Each month" },
            ],
          },
          { name: "post_after", kind: "number", label: "Posted after", min: 0, max: 23, unit: "o'clock", effect: "Hour of the next day in the hotel's time zone, so that the day's invoices are there." },
          {
            name: "enabled",
            kind: "switch",
            label: "Move revenue to the nights",
            effect: "Journals are made by the schedule, one call for each hotel and period in which something is to be moved. Switched off again, what was posted stays.",
          },
        ],
      },
    ],
  },
  {
    key: "logs",
    title: "Logs",
    intro: "How long the trace of calls is kept.",
    groups: [
      {
        title: "Kept for",
        fields: [
          { name: "body_days", kind: "number", label: "Full messages", min: 1, max: 3650, unit: "days", effect: "What was sent to Zoho Books and what it answered, word for word. They hold guests' names and addresses." },
          { name: "line_days", kind: "number", label: "Lines", min: 1, max: 3650, unit: "days", effect: "One line per call: when, what, how long, how it ended." },
        ],
      },
    ],
  },
];
