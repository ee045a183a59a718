package fault

// requests are codes with which a request, a command or a start is answered; no record stands still for
// them. Each code is named once, here or in the list of causes.
var requests = map[string]Words{
	"already_linked":                  {"Linked already", "The record is linked to something in Zoho Books already.", "Unpair it first."},
	"already_paired":                  {"Paired already", "Another record is paired with this one of Zoho Books.", "Unpair that one first, or choose another."},
	"body_too_large":                  {"Too large", "The request is larger than what is taken.", "Send less at once."},
	"busy":                            {"Being synchronized", "The record is being synchronized right now.", "Try again in a moment."},
	"choose_organization":             {"No organization chosen", "Zoho Books shows several organizations.", "Choose whose books these are."},
	"client_missing":                  {"Application missing", "There is no client ID and secret to ask Zoho with.", "Enter those of an application from Zoho's API console, or let the host configure one."},
	"consent_refused":                 {"Consent refused", "Zoho did not grant access.", "Connect again and allow the access."},
	"contacts_not_loaded":             {"Contacts not loaded", "The contacts of Zoho Books were not read yet.", "Load them on the page Pairing first."},
	"csrf":                            {"Page is out of date", "The request did not carry the mark of your session.", "Load the page again."},
	"database_address":                {"Database address", "The address of the database cannot be read.", "Correct QLOBOOKS_MYSQL_DSN."},
	"forbidden":                       {"Not allowed", "Your role does not allow this.", "Ask an administrator."},
	"invalid_state":                   {"Consent is out of date", "The answer of Zoho belongs to no consent that was begun here in the last ten minutes.", "Connect again."},
	"invalid_token":                   {"Token is wrong", "The token is not known, or ended.", "Use a token that is listed under Tokens."},
	"malformed":                       {"Cannot be read", "The request is not well formed.", "Correct it and send it again."},
	"method_not_allowed":              {"Method not allowed", "There is no such request at this address.", "See the API's documentation."},
	"month_changed":                   {"Changed since it was read", "Documents of the month changed in QloApps, or were sent or taken back from here, after both sides were read.", "Read both sides of the month again, then close it."},
	"month_closed":                    {"Month is closed", "Somebody closed the month before.", "Open it again first if it has to be closed anew."},
	"month_not_closed":                {"Month is open", "The month is not closed, so it cannot be opened again.", "Nothing."},
	"month_not_ended":                 {"Month goes on", "The month has not ended in the hotel's time zone.", "Close it when its last day is over."},
	"not_accepted":                    {"Differences without a reason", "The month has differences that nobody accepted with a reason.", "Cure each difference, or accept it with a reason."},
	"unread":                          {"Not read since it ended", "Not every day of the month was read in both systems since the month ended.", "Read both sides of the month again, then close it."},
	"no_webhook":                      {"No address", "No address is saved to which a message could go.", "Save one under Configuration, Alerts."},
	"no_document":                     {"No document", "The record has no document in Zoho Books.", "Sync it, or pair it with one that stands."},
	"no_draft":                        {"No draft", "Nothing of it stands in Zoho Books as a draft.", "Nothing."},
	"no_refresh_token":                {"No lasting access", "Zoho gave access for an hour only.", "Remove QloBooks from the connected apps of your Zoho account, then connect again."},
	"no_right_to_read":                {"May not read", "The database user may not read all tables that are needed.", "Grant it the rights that «api grants» prints."},
	"not_built":                       {"Pages not built", "This build carries no pages.", "Use an image or a build with pages."},
	"not_found":                       {"Not found", "There is no such thing.", "Check the address or the id."},
	"not_initialized":                 {"Not initialized", "The section was not listed yet.", "Use Initialize first; it asks Zoho Books nothing."},
	"paired_otherwise":                {"Paired otherwise", "The customer is paired with another contact than the one that was named.", "Look at the pair as it is now, then unpair again."},
	"not_linked":                      {"Not linked", "The record is linked to nothing in Zoho Books.", "Sync it, or pair it."},
	"not_pairable":                    {"Cannot be paired", "A record of this kind cannot be paired.", "Sync it instead."},
	"not_qloapps":                     {"No QloApps here", "The database holds no QloApps installation.", "Correct QLOBOOKS_MYSQL_DSN."},
	"not_waiting":                     {"Does not wait", "The run does not wait at a brake.", "Nothing."},
	"nothing_changed":                 {"Nothing changed", "It is being synchronized right now, or is already so.", "Try again in a moment."},
	"nothing_to_release":              {"Nothing to release", "Nothing about it waits for a release.", "Nothing."},
	"nothing_to_retry":                {"Nothing to retry", "Nothing of it waits to be tried again.", "Nothing."},
	"nothing_to_send":                 {"Nothing may be sent", "Zoho Books lets none of these documents be changed.", "Leave them as they stand, or correct them by hand."},
	"organization_change_needs_reset": {"Another organization", "Records are linked to the organization that is connected now.", "Reset the links under Tools before another organization is chosen."},
	"prefix":                          {"Table prefix", "The prefix of QloApps' tables cannot be one.", "Correct QLOBOOKS_QLOAPPS_PREFIX."},
	"prefix_ambiguous":                {"Several installations", "The database holds several QloApps installations.", "Set QLOBOOKS_QLOAPPS_PREFIX."},
	"run_ended":                       {"Run has ended", "The run has ended already.", "Nothing."},
	"not_undoable":                    {"Nothing to undo", "The run posted nothing to Zoho Books.", "Choose a run that synchronized records."},
	"run_active":                      {"Run goes on", "The run has not ended yet.", "Wait until it has ended, or cancel it; then undo it."},
	"runs_active":                     {"Runs are active", "A run goes on.", "Wait until it has ended, or cancel it."},
	"session_ended":                   {"Session has ended", "Your session has ended.", "Sign in again."},
	"sign_in_off":                     {"Sign-in is off", "Employees cannot sign in, as QloApps' cookie key is not known here.", "Set QLOBOOKS_QLOAPPS_COOKIE_KEY."},
	"still_there":                     {"Still there", "The record still stands in Zoho Books.", "Delete it there first, or pair with another."},
	"time_zone":                       {"Time zone unknown", "QloApps' time zone is no zone.", "Choose one in QloApps, Localization."},
	"too_many_requests":               {"Too many requests", "Too many requests came from here.", "Wait a minute."},
	"unauthenticated":                 {"Not signed in", "The request says not who asks.", "Sign in, or send a token."},
	"unknown_document":                {"No such document", "There is no such document.", "Check the id."},
	"unknown_flow":                    {"No such kind", "There is no such kind of document.", "Check the address."},
	"unknown_record":                  {"No such record", "There is no such record in the section.", "Initialize the section if the record is new."},
	"unknown_run":                     {"No such run", "There is no run of that kind.", "Check the address."},
	"unsupported_media_type":          {"Wrong type", "The request's type is not taken.", "Send JSON, or CSV where that is asked for."},
	"validation":                      {"Not valid", "A field of the request is not as it must be.", "Correct the fields that are named."},
	"wrong_credentials":               {"Wrong e-mail or password", "QloApps knows no active employee with these.", "Check both, or reset the password in QloApps."},
	"zoho_record_void":                {"Void in Zoho Books", "The record in Zoho Books is void.", "Choose one that is not."},
}

func init() {
	for code, words := range requests {
		if _, twice := explained[code]; twice {
			panic("fault: two explanations of " + code)
		}
		explained[code] = words
	}
}
