package fault

import "maps"

// Words explain a code to an accountant, for lists that group records by cause.
type Words struct{ Title, Explanation, Action string }

// Explain gives the words of a code; an unknown code is shown as it is.
func Explain(code string) Words {
	if w, ok := explained[code]; ok {
		return w
	}
	return Words{Title: code, Explanation: "QloBooks has no longer text for this cause.", Action: "Read the detail of the record."}
}

// Codes are all codes with their words.
func Codes() map[string]Words { return maps.Clone(explained) }

var explained = map[string]Words{
	"not_connected":          {"Not connected", "QloBooks is not connected to Zoho Books, so nothing can be sent. Nothing is lost.", "Connect on the Configuration page; these records then go on by themselves."},
	"key_wrong":              {"Sealed with another key", "The stored access to Zoho Books does not open with the key this installation runs with.", "Give it the key that sealed it (QLOBOOKS_SECRET_KEY, while rotating QLOBOOKS_SECRET_KEY_OLD), or enter the secrets again and connect anew; what waits then goes on."},
	"grant_revoked":          {"Access was revoked", "Zoho Books no longer accepts the access that was granted.", "Reconnect on the Configuration page."},
	"setup_required":         {"Set-up is missing", "The field that carries QloBooks' key does not exist in Zoho Books yet.", "Run Set up on the Configuration page."},
	"mapping_missing":        {"Mapping missing", "Nothing in Zoho Books is chosen yet for something this record uses.", "Choose it on the Mapping page."},
	"not_queued":             {"Its invoice was not asked for", "A payment or credit note waits for an invoice that nobody has queued.", "Queue the order."},
	"currency_off":           {"Foreign currencies are off", "The document is in another currency than Zoho Books' base currency, and several currencies are switched off.", "Switch «Post documents in foreign currencies» on in Configuration, Currencies."},
	"currency_disabled":      {"Currency is disabled", "The currency was disabled or deleted in QloApps.", "Enable it in QloApps, or sync the record by hand."},
	"currency_gone":          {"Currency is gone", "QloApps no longer has the row of the order's currency.", "Restore it in QloApps' database, or make the document by hand and skip this one."},
	"no_rate":                {"No exchange rate", "QloApps has no rate between this currency and Zoho Books' base currency, or keeps 0 with the record.", "Add Zoho Books' base currency in QloApps, with its rate; or correct the record's."},
	"period_locked":          {"Period is locked", "Its date lies in a period that is locked in Zoho Books.", "Unlock the period, or choose another policy for locked periods."},
	"totals_differ":          {"Totals differ", "QloApps' total or tax cannot be reached by Zoho Books' arithmetic within the allowed difference.", "Compare both computations on the record."},
	"tax_differs":            {"Tax differs", "The total is equal; the tax differs by a few smallest units.", "Nothing, if the difference is acceptable."},
	"invoice_stale":          {"Invoice older than the order", "QloApps changed the order after invoicing and left the invoice row behind; the order's amounts are used.", "Nothing, or print the invoice again in QloApps."},
	"order_incomplete":       {"Order is not finished", "QloApps is still writing this order, or broke off and never finished it.", "Nothing while it is being written; one that was never finished can be released on its invoice."},
	"order_stale":            {"Order is one edit behind", "QloApps changed lines and invoice and left the order's total behind; the invoice's amounts are used.", "Nothing."},
	"no_date":                {"Has no date", "Its row in QloApps has no date, and nothing is dated by guessing.", "Enter the date in QloApps' database, or make the document by hand and skip this one."},
	"rate_replaced":          {"Exchange rate replaced", "The rate that QloApps kept cannot be one: it is the column's default, or far from the currency's own.", "Nothing; the record shows both rates."},
	"shares_differ":          {"Shares differ from the payment", "QloApps divides the payment into shares that do not come to what was paid.", "Correct the payment in QloApps, or release it: what was paid is posted, the rest as the guest's credit."},
	"shares_missing":         {"Payment without shares", "QloApps does not say which of several orders was paid.", "Release it as the guest's credit, or record it by hand and skip it."},
	"paid_differs":           {"Paid otherwise than the payments say", "What QloApps says was paid on the order is not what its payments come to.", "Correct the payments in QloApps, or settle the difference by hand."},
	"slip_differs":           {"Credit slip says two amounts", "One of the slip's columns holds less than its amount; the longer one is used.", "Nothing."},
	"slips_exceed":           {"More credited than billed", "The order's credit slips come to more than its invoices.", "Check the slips in QloApps."},
	"invoices_do_not_add_up": {"Invoices do not add up", "The order's invoices together differ from the order's total.", "Correct the invoices in QloApps; or use Release on each that is right and Skip on the others."},
	"overpaid":               {"Paid more than billed", "The guest paid more than the invoice; the rest stands as credit in Zoho Books.", "Refund or use the credit."},
	"overpaid_after_edit":    {"Edited below what was paid", "The order was made cheaper than what is already paid on its invoice.", "Make a credit note for the difference."},
	"negative_payment":       {"Money given back", "A negative payment must be taken from credit or from an allocation.", "Check the payments of the order."},
	"precision":              {"Too many decimals", "An amount has more decimals than its currency in Zoho Books.", "Set the currency's decimals in Zoho Books."},
	"split_contact":          {"Payment of several guests", "One payment belongs to orders of different customers.", "Split it by hand."},
	"number_taken":           {"Number is taken", "The document number belongs to another document in Zoho Books.", "Change the other document's number, or let Zoho Books number."},
	"name_taken":             {"Name is taken", "Zoho Books has other records under every name this one may have.", "Rename the other record, or pair this one with it."},
	"module_missing":         {"Not in this plan or role", "Zoho Books does not have a part that this needs, in this organisation's plan or edition, or for the user who granted access. The rest works.", "Give the user's role the right, choose a plan that has it, or switch off what needs it; it goes on by itself."},
	"awaits_approval":        {"Waits for approval", "The document stands in Zoho Books, but somebody there must approve it before it can be sent, opened or settled.", "Approve it in Zoho Books; it goes on by itself within the hour."},
	"answer_differs":         {"Zoho Books took something else", "The document in Zoho Books has another contact, currency, date or number than was sent.", "Correct it in Zoho Books, or sync it again."},
	"paid_document":          {"Document is paid", "Zoho Books does not let a paid document be changed this way.", "Decide by hand: credit note, or keep it."},
	"invoice_voided_by_hand": {"Voided by hand", "Somebody voided this invoice in Zoho Books.", "Decide whether it stays void."},
	"zoho_record_gone":       {"Gone from Zoho Books", "The record was deleted or merged in Zoho Books.", "Pair it with another record, or create it again."},
	"zoho_record_inactive":   {"Inactive in Zoho Books", "The contact or item was made inactive in Zoho Books.", "Make it active again."},
	"zoho_refused":           {"Zoho Books refused", "Zoho Books refused the document; its own words stand on the record.", "Follow Zoho Books' words."},
	"waiting":                {"Waits for another record", "It belongs to a record that has no document in Zoho Books yet.", "Nothing; it goes on by itself once that stands."},
	"refused_alike":          {"Refused alike", "Zoho Books refused five documents of this kind in a row for the same reason, so the rest was not sent.", "Cure what Zoho Books names, then use Retry: one is tried first, and the others follow by themselves. One is tried from time to time in any case."},
	"outcome_unknown":        {"Outcome unknown", "A call was sent and its answer was lost. QloBooks finds out before it sends anything else.", "Nothing; it is resolved by itself."},
	"daily_limit":            {"Daily limit reached", "Zoho Books' call limit of the day is used up.", "Nothing; work goes on after the reset."},
	"zoho_unavailable":       {"Zoho Books does not answer", "Zoho Books or its sign-in could not be reached, or answered with an error of its own. Nothing is lost.", "Nothing; it is tried again by itself. If it lasts, look at Zoho's status page."},
	"token_pause":            {"Zoho asked for a pause", "Zoho wants no new access for some minutes, as access was renewed often.", "Nothing; work goes on by itself."},
	"endless":                {"A list without an end", "Zoho Books answered the same page of a list again and again.", "Try again later. If it lasts, tell whoever runs QloBooks."},
	"database_down":          {"Database does not answer", "QloApps' database could not be reached for a while.", "Nothing; work goes on when it is back."},
	"worker_silent":          {"No worker reports", "No worker was seen lately, so nothing is sent.", "Start a worker; what waits then goes on."},
	"drifted_after_closing":  {"Changed after closing", "A month that was closed is not as it was then.", "Open the reconciliation of that month, and open the month again or put it right."},
	"redis_unavailable":      {"Redis does not answer", "Redis, which counts the calls, could not be reached. Nothing is lost.", "Start Redis; work then goes on by itself."},
	"minute_limit":           {"Too many calls", "Zoho Books asked for a pause.", "Nothing; work goes on by itself."},
	"brake":                  {"Stopped by a brake", "An automatic run wanted more than the brake allows.", "Release the run after a look at its sample."},
	"skipped_hotel":          {"Hotel is ignored", "Its hotel is on the list of ignored hotels.", "Remove the hotel from the list to send it."},
	"skipped_inactive":       {"Inactive customer", "Inactive customers are ignored.", "Change the setting to send them."},
	"skipped_method":         {"Payment method left out", "Its method is not among the allowed ones.", "Allow the method to send it."},
	"skipped_export_off":     {"Export is off", "This kind of document is switched off.", "Switch it on to send it."},
	"skipped_before_date":    {"Before the start date", "It is dated before the date from which documents are sent.", "Change the date to send it."},
	"skipped_by_person":      {"Skipped by a person", "Somebody took it out of scope.", "Use Unskip to bring it back."},
	"before_export_invoice":  {"Payment of an older invoice", "Its invoice is dated before the start date.", "Send it without allocation, if wanted."},
	"settled_otherwise":      {"Settled otherwise in Zoho Books", "Money of the order settles something else in Zoho Books than QloApps says, and that was not done from here: somebody moved it, or Zoho Books applied it by itself. It was left as it is.", "Release it to have it as QloApps says, skip it to leave it as it stands, or put it right in Zoho Books and retry."},
	"voucher_credit":         {"Paid in part by credit", "A voucher made from a credit slip pays a part: the invoice stands without it in Zoho Books, and the slip's credit note settles that part.", "Nothing; the record shows both totals."},
	"rate_not_taken":         {"Exchange rate not taken", "Zoho Books fetches exchange rates by itself and did not take QloApps' rate.", "Nothing, or switch Zoho's own feed off."},
	"edited_in_zoho":         {"Changed in Zoho Books", "Somebody changed a part of this contact in Zoho Books, so that part was left alone.", "Nothing, or change it in Zoho Books by hand."},
	"field_not_taken":        {"Sent without a field", "This edition of Zoho Books does not know a field of little weight, so the document was sent without it.", "Nothing."},
	"exclusive_only":         {"Lines without tax", "This edition of Zoho Books takes no invoices whose lines include tax.", "Nothing; the invoice is sent again with lines without tax."},
	"unassigned":             {"Belongs to no order yet", "A guest's payment in Zoho Books settles no invoice of QloApps.", "Assign it to an order, or leave it."},
	"payment_changed":        {"Changed in Zoho Books after import", "A payment that came to QloApps was made smaller, moved, un-applied or given back in Zoho Books.", "Compare both versions and correct the side that is wrong, or leave it."},
	"payment_gone":           {"Deleted in Zoho Books after import", "A payment that came to QloApps no longer stands in Zoho Books.", "Take it back in QloApps or record it again in Zoho Books, or leave it."},
	"stands_elsewhere":       {"Stands in QloApps already", "Other rows of QloApps carry this payment's transaction ID, so that writing it again would be too much.", "Look at those payments in QloApps."},
	"other_guest":            {"Order of another guest", "The payment is of another contact in Zoho Books than the order's guest.", "Choose an order of that guest, or confirm it."},
	"nothing_unused":         {"Nothing is unused", "All of the payment settles invoices in Zoho Books, or was given back.", "Look in Zoho Books what it settles."},
	"came_from_qloapps":      {"Came from QloApps", "This payment was posted from QloApps.", "Nothing."},
	"came_from_zoho":         {"Came from Zoho Books", "This payment was brought to QloApps from Zoho Books and is never sent there.", "Decide about it on the page Payments."},
	"apply_in_zoho":          {"To be applied in Zoho Books", "A payment was assigned to this order, and is still unused in Zoho Books.", "Apply it to the order's invoice there."},
	"already_imported":       {"Stands in QloApps", "The payment stands in QloApps already, or is being written right now.", "Nothing."},
	"nothing_waits":          {"Nothing waits", "Nothing about it waits for a person.", "Nothing."},
	"already_paid":           {"Perhaps entered twice", "The order owes less in QloApps than this payment from Zoho Books.", "Look whether the desk entered it already; assign it if it did not."},
	"other_currency":         {"Another currency", "The payment is in another currency than the order.", "Enter it in QloApps by hand."},
	"no_right_to_write":      {"May not write payments", "The database user may not add payments to QloApps.", "Grant it the rights that the manual names."},
	"source_gone":            {"Gone from QloApps", "Its row no longer exists in QloApps.", "Nothing is changed in Zoho Books by itself."},
	"changed_after_posting":  {"Changed after posting", "A payment or credit slip was changed in QloApps after it was posted.", "Compare both versions and correct Zoho Books by hand if the change is right."},
	"unavailable":            {"Could not reach", "A service did not answer; nothing was sent.", "Nothing; it is tried again."},
	"internal":               {"A defect of QloBooks", "Something went wrong inside QloBooks.", "Tell whoever looks after QloBooks, with the id of the record."},
}
