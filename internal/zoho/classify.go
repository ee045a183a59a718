package zoho

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Zoho publishes no list of codes; these are the ones its pages and other integrations show.
// Messages follow the language of the organization, so only codes decide.
const (
	codeMinute = "44"
	codeDay    = "45"
	codeAtOnce = "1070"
)

// tooMany reports a refusal for the number of calls a minute or at once.
func (a answered) tooMany() bool {
	return a.code == codeMinute || a.code == codeAtOnce || a.status == http.StatusTooManyRequests && a.code != codeDay
}

// unauthorized reports that a fresh token may help.
func (a answered) unauthorized() bool {
	return a.status == http.StatusUnauthorized || a.code == "57" || a.code == "14" || a.code == "INVALID_OAUTHTOKEN"
}

// classify is the one place that judges an answer.
func classify(req Request, a answered) error {
	switch {
	case a.err != nil && !a.whole:
		return lost(req, a)
	case a.code == codeDay:
		q, _ := quota(a.header)
		return fault.New(fault.Limited, "daily_limit", "The calls that Zoho Books allows for today are used up.").
			Do("Work goes on by itself when the day ends in the organization's time zone; Zoho raises the limit on request.").
			After(max(q.ResetIn, time.Minute)).By(a)
	case a.tooMany():
		pause := minutePause
		if a.code == codeAtOnce {
			pause = shortPause
		}
		return fault.New(fault.Limited, "minute_limit", "Zoho Books refused the call because too many were made at once.").
			Do("Nothing needs to be done: all calls pause and go on by themselves.").After(max(pause, retryAfter(a.header))).By(a)
	case a.unauthorized():
		return refusedForNow(a)
	case a.status >= 500:
		return lost(req, a)
	case !a.whole && a.status >= 400 && a.status != http.StatusRequestTimeout && json.Valid(a.body):
		return codeless(req, a)
	case !a.whole:
		return lost(req, a)
	case a.code != "0":
		return refused(req, a)
	case a.status >= 300:
		return lost(req, a)
	}
	return nil
}

// codeless is for a refusal that carries no code of Zoho's: something on the way may have made it. A change was
// certainly not made, and made again for ever it would be refused for ever, so that a person looks; what was only
// asked for is not known.
func codeless(req Request, a answered) error {
	if req.Method != http.MethodGet {
		return fault.New(fault.Rejected, "zoho_refused", "Zoho Books, or something on the way to it, refused the call without a code (HTTP %d)%s.", a.status, said(answered{message: wordsOf(a.body)})).
			Do("Check the data center and what lies between this server and Zoho, such as a proxy or a firewall, then use Retry.").By(a)
	}
	return fault.New(fault.Unavailable, "zoho_unavailable", "Zoho Books, or something on the way to it, refused the call without giving a reason (HTTP %d).", a.status).
		Do("It is tried again by itself. If this goes on, check the data center and the network between this server and Zoho.").By(a)
}

// wordsOf are the words of an answer that is none of Zoho Books', by the names that others use.
func wordsOf(body json.RawMessage) string {
	var says map[string]json.RawMessage
	_ = json.Unmarshal(body, &says)
	for _, name := range []string{"message", "error_description", "detail", "error", "title"} {
		var words Text
		if _ = words.UnmarshalJSON(says[name]); words != "" {
			return string(words)
		}
	}
	return ""
}

// lost is for calls without an answer that can be trusted.
func lost(req Request, a answered) error {
	if errors.Is(a.err, context.Canceled) && !a.sent {
		return a.err
	}
	if a.sent && req.Method != http.MethodGet {
		unknown := fault.New(fault.Unknown, "outcome_unknown", "The call was sent to Zoho Books, but no answer came that can be trusted.").
			Do("Nothing needs to be done: what became of it is found out before anything else is sent.").By(a)
		if a.status >= 300 && a.status < 500 {
			unknown.Detail = fmt.Sprintf("The call was sent to Zoho Books, but something on the way, or Zoho Books itself, answered with a page that says nothing of it (HTTP %d).", a.status)
			unknown.Action = "What became of it is found out before anything else is sent. If this goes on, check the data center and the network between this server and Zoho."
		}
		return unknown
	}
	return fault.New(fault.Unavailable, "zoho_unavailable", "Zoho Books does not answer properly; nothing was changed there.").
		Do("It is tried again by itself.").By(a)
}

// Unread is the fault of an answer that says it went well but lacks what it must tell: after a
// write, nobody knows what stands.
func Unread(method string, cause error) error {
	return lost(Request{Method: method}, answered{err: cause, sent: true})
}

// refused turns Zoho's codes into ours. A code that is not listed is Rejected/zoho_refused: for a locked
// period, an inactive record or a settled document no source shows one, so whoever sent the call looks.
func refused(req Request, a answered) error {
	switch a.code {
	case "6041":
		return fault.New(fault.Auth, "grant_revoked", "The user who granted access may not work in the chosen organization%s.", said(a)).
			Do("Choose another organization, or connect again with a user of this one.").After(later).By(a)
	case "1002":
		return gone(a)
	case "3062":
		return nameTaken(a)
	case "1001":
		if strings.HasPrefix(req.Path, Contacts.Path) || strings.HasPrefix(req.Path, Items.Path) {
			return nameTaken(a)
		}
		return reject(a, "number_taken", "Another document in Zoho Books has this number already").
			Do("Find the document with this number in Zoho Books, renumber it or pair it, then try again.")
	case "110802":
		return fault.New(fault.Blocked, "mapping_missing", "This edition of Zoho Books demands a tax or an exemption on every line%s.", said(a)).
			Do("Choose a tax of 0 % or an exemption for «No tax» on the Mapping page; this record then continues by itself.").By(a)
	case "12006", "36023":
		return reject(a, "paid_document", "Zoho Books does not change a document that is already settled").
			Do("Decide by hand: correct it with a credit note, or keep it as it stands.")
	case "1000":
		return lost(req, a)
	}
	if strings.HasPrefix(req.Path, Invoices.Path) && ForeignField(a, InclusiveTax) != "" && !Falsely(req.Body, InclusiveTax) {
		return fault.New(fault.Limited, ExclusiveOnly, "This edition of Zoho Books takes no invoices whose lines include tax%s.", said(a)).
			Do("Nothing needs to be done: the invoice is sent with lines without tax.").By(a)
	}
	if a.status == http.StatusNotFound && a.code != "5" && a.code != "37" && a.code != "6018" && !a.within(req) && !a.absent(req) {
		return gone(a)
	}
	if a.absent(req) {
		return moduleMissing(req.Path, a)
	}
	return reject(a, "zoho_refused", "Zoho Books refused the call").
		Do("Read Zoho's reason, correct the cause in QloApps, Zoho Books or the mapping, then try again.")
}

// ExclusiveOnly is the code of the refusal that teaches that invoices must have lines without tax.
// The document is mapped again at once.
const ExclusiveOnly = "exclusive_only"

func nameTaken(a answered) error {
	return reject(a, "name_taken", "Another record in Zoho Books has this name already").
		Do("Rename one of the two, or pair this record with the one in Zoho Books.")
}

func reject(a answered, code, detail string) *fault.Error {
	return fault.New(fault.Rejected, code, "%s%s.", detail, said(a)).By(a)
}

func gone(a answered) error {
	return fault.New(fault.NotFound, "zoho_record_gone", "The record does not exist in Zoho Books any more%s.", said(a)).
		Do("If it was deleted or merged there on purpose, pair this record with another one or create it again.").By(a)
}

// said quotes Zoho, cut to a readable length and without a stop of its own.
func said(a answered) string {
	text := strings.TrimRight(strings.TrimSpace(a.message), ".")
	if text == "" && a.code != "" && a.code != "0" { // without words, the number is all that tells two refusals apart
		return " (code " + a.code + ")"
	}
	if text == "" {
		return ""
	}
	if r := []rune(text); len(r) > 400 {
		text = string(r[:400]) + "…"
	}
	return ": " + text
}

// Error makes the answer the cause of a fault, for the log.
func (a answered) Error() string {
	if a.err != nil {
		return fmt.Sprintf("HTTP %d: %v", a.status, a.err)
	}
	return fmt.Sprintf("HTTP %d, code %q", a.status, a.code)
}

func (a answered) Unwrap() error { return a.err }
