package fault

// Words explain a code to an accountant, for lists that group records by cause.
type Words struct{ Title, Explanation, Action string }

// Explain gives the words of a code; an unknown code is shown as it is.
func Explain(code string) Words {
	if w, ok := explained[code]; ok {
		return w
	}
	return Words{Title: code, Explanation: "QloBooks has no longer text for this cause.", Action: "Read the detail of the record."}
}

var explained = map[string]Words{
	"not_connected":          {"Not connected", "QloBooks is not connected to Zoho Books, so nothing can be sent. Nothing is lost.", "Connect on the Configuration page; these records then go on by themselves."},
	"grant_revoked":          {"Access was revoked", "Zoho Books no longer accepts the access that was granted.", "Reconnect on the Configuration page."},
	"setup_required":         {"Set-up is missing", "The field that carries QloBooks' key does not exist in Zoho Books yet.", "Run Set up on the Configuration page."},
	"mapping_missing":        {"Not mapped yet", "Nothing in Zoho Books is chosen yet for something this record uses.", "Choose it on the Mapping page."},
	"not_queued":             {"Belongs to something not sent", "A payment or credit note waits for an invoice that nobody has queued.", "Queue the order."},
	"currency_off":           {"Other currencies are off", "The document is in another currency than Zoho Books' base currency, and several currencies are switched off.", "Switch «Several currencies» on in Configuration, Currencies."},
	"currency_disabled":      {"Currency is disabled", "The currency was disabled or deleted in QloApps.", "Enable it in QloApps, or sync the record by hand."},
	"no_rate":                {"No exchange rate", "QloApps has no rate between this currency and Zoho Books' base currency.", "Add Zoho Books' base currency in QloApps, with its rate."},
	"period_locked":          {"Period is locked", "Its date lies in a period that is locked in Zoho Books.", "Unlock the period, or choose another policy for locked periods."},
	"totals_differ":          {"Totals differ", "QloApps' total or tax cannot be reached by Zoho Books' arithmetic within the allowed difference.", "Compare both computations on the record."},
	"tax_differs":            {"Tax differs a little", "The total is equal; the tax differs by a few smallest units.", "Nothing, if the difference is acceptable."},
	"invoice_stale":          {"Invoice row is out of date", "QloApps changed the order after invoicing and left the invoice row behind; the order's amounts are used.", "Nothing, or print the invoice again in QloApps."},
	"order_incomplete":       {"Order is not finished", "QloApps is still writing this order.", "Nothing; it is read again."},
	"invoices_do_not_add_up": {"Invoices do not add up", "The order's invoices together differ from the order's total.", "Correct the invoices in QloApps."},
	"overpaid":               {"Paid more than billed", "The guest paid more than the invoice; the rest stands as credit in Zoho Books.", "Refund or use the credit."},
	"overpaid_after_edit":    {"Edited below what was paid", "The order was made cheaper than what is already paid on its invoice.", "Make a credit note for the difference."},
	"negative_payment":       {"Money given back", "A negative payment must be taken from credit or from an allocation.", "Check the payments of the order."},
	"precision":              {"Too many decimals", "An amount has more decimals than its currency in Zoho Books.", "Set the currency's decimals in Zoho Books."},
	"split_contact":          {"Payment of several guests", "One payment belongs to orders of different customers.", "Split it by hand."},
	"number_taken":           {"Number is taken", "The document number belongs to another document in Zoho Books.", "Change the other document's number, or let Zoho Books number."},
	"name_taken":             {"Name is taken", "Zoho Books has other records under every name this one may have.", "Rename the other record, or pair this one with it."},
	"paid_document":          {"Document is paid", "Zoho Books does not let a paid document be changed this way.", "Decide by hand: credit note, or keep it."},
	"invoice_voided_by_hand": {"Voided by hand", "Somebody voided this invoice in Zoho Books.", "Decide whether it stays void."},
	"zoho_record_gone":       {"Gone from Zoho Books", "The record was deleted or merged in Zoho Books.", "Pair it with another record, or create it again."},
	"zoho_record_inactive":   {"Inactive in Zoho Books", "The contact or item was made inactive in Zoho Books.", "Make it active again."},
	"zoho_refused":           {"Zoho Books refused", "Zoho Books refused the document; its own words stand on the record.", "Follow Zoho Books' words."},
	"outcome_unknown":        {"Outcome unknown", "A call was sent and its answer was lost. QloBooks finds out before it sends anything else.", "Nothing; it is resolved by itself."},
	"daily_limit":            {"Daily limit reached", "Zoho Books' call limit of the day is used up.", "Nothing; work goes on after the reset."},
	"minute_limit":           {"Too many calls", "Zoho Books asked for a pause.", "Nothing; work goes on by itself."},
	"brake":                  {"Stopped by the brake", "An automatic run wanted more than the brake allows.", "Release the run after a look at its sample."},
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
