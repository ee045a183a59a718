// The words around the settings forms, and why some choices work against each other.

/** what a name pattern may be made of */
export const nameVariables = ["{id}", "{login}", "{email}", "{firstname}", "{lastname}", "{name}", "{company}"];

export const settingsTexts = {
  title: "Configuration",
  sections: "Sections",
  api: "API",
  groups: { connection: "Connection", sent: "What is sent", automatic: "Automatic work", safety: "Safety and access" },
  scheduleOff:
    "The schedule is switched off, so nothing is sent by itself. The switches under Automatic work take effect once it is on.",
  openSchedule: "Open the schedule",
  notInitialized: (section: string) => `${section} were never initialized, so there is no automatic work on them yet.`,
  initialize: "Open Synchronization",
  unsaved: "You have unsaved changes.",
  empty: "Empty",
  hotelsMissing: "Initialize the Hotels section to choose from a list, or enter hotel ids.",
  wrong: "Some fields are not right yet",
  notChosen: "Not chosen",
  choicesMissing: "Refresh the mapping lists to choose by name.",
  secretKept: "Leave empty to keep the stored secret",
  profile: "Profile ID",
  role: "Role",
  addProfile: "Add a profile",
  newProfile: "ID of another profile",
  remove: "Remove",
  removeProfile: (id: string) => `Remove profile ${id}`,
  noProfiles: "No profile has a role of its own.",
  conflictTitle: "Good to know before you save",
  conflict: {
    tickNothing: "The schedule is on, but no automatic switch and no daily pass is: it only lists what is new.",
    dailyNoTime: "Kinds are chosen for the daily pass, but it has no launch time: it never runs.",
    dailyNoKind: "The daily pass has a launch time, but no kind is chosen: it has nothing to do.",
    dailyNoDate: "The daily pass needs a start date. Choose Export from under Configuration, Orders, first.",
    dailyNoPayments: "The daily pass takes payments, but Post payments is off under Configuration, Payments: none is sent.",
    ordersWithoutSalesOrders: "Sync new orders sends sales orders, and Create sales orders is off: it sends nothing.",
    salesOrdersByHand: "Create sales orders is on, but Sync new orders is off: an order stays in Order Sync until somebody sends it by hand.",
    paymentsWithoutInvoices: "New payments are sent, but new invoices are not: such a payment waits as Blocked until its order is queued.",
    creditsWithoutInvoices: "Credit notes are sent, but new invoices are not: such a credit note waits as Blocked until its order is queued.",
    paymentsNotPosted: "Sync new payments is on, but Post payments is off under Configuration, Payments: payments are skipped.",
    postOff: "Post payments is off: payments are skipped, also when a person asks and whatever Orders and Schedule say.",
    importNever: "Import payments in the daily pass needs the schedule with a launch time, and Payments chosen there.",
    importOff: "Create payments always then only concerns imports that a person starts: the daily pass imports nothing.",
    currencyOff: "Contacts would get a currency of their own, but documents in foreign currencies are off: it cannot be saved unless that is Zoho's base currency.",
    portalMail: "Zoho may invite each contact to the portal by e-mail. QloBooks itself asks Zoho to mail nobody.",
    reserveAll: "With this reserve nothing is left for history: a first run over old orders would never end.",
    secretWithoutAddress: "Events are chosen, but there is no address: nobody is told.",
  },
  namesUnknown: (unknown: string[]) => `There is no variable ${unknown.join(", ")}. Use one of ${nameVariables.join(" ")}.`,
  namesWrong: (message: string) => `The name ${message}.`,
  namesTitle: "Names of guests in Zoho Books",
  namesNone: "QloApps has no guests yet to show names of.",
  namesSum: (looked: number, cut: number, namesakes: number) =>
    `Of the newest ${looked} guests: ${cut} cut to what Zoho Books takes, ${namesakes} taken already. Nothing is changed before you save.`,
  namesGuest: "Guest in QloApps",
  namesName: "Name in Zoho Books",
  namesCut: "Cut: Zoho Books takes 200 characters.",
  namesTaken: (who: string) => (who === "contact" ? "Another contact of Zoho Books has this name." : `Customer ${who.replace("customer:", "")} has this name too.`),
  portalTitle: "Open the portal for contacts that are in Zoho Books already",
  portalText: (n: number) =>
    n === 1
      ? "1 customer is synced. One run opens the portal for them. Zoho may send an invitation by e-mail."
      : `${n} customers are synced. One run opens the portal for all of them. Zoho may send each an invitation by e-mail.`,
  portalRun: (n: number) => (n === 1 ? "Open it for 1 customer" : `Open it for ${n} customers`),
};
