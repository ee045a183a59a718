package zoho

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// ModuleMissing is the code of a refusal that is about one part of Zoho Books which the plan, the
// edition or the user's role does not have, while the rest is there.
const ModuleMissing = "module_missing"

// modules are the parts of Zoho Books by the first words of their addresses, longest first, in
// words for people.
var modules = []struct{ path, words, cure string }{
	{"/settings/currencies", "currencies", ""},
	{"/settings/taxexemptions", "tax exemptions", ""},
	{"/settings/taxgroups", "tax groups", ""},
	{"/settings/taxes", "taxes", "Switch sales tax on in Zoho Books, Settings, Taxes."},
	{"/settings/fields", "custom fields", ""},
	{"/settings/paymentmodes", "payment modes", ""},
	{"/salesorders", "sales orders", "Switch «Create sales orders» off in Configuration, Orders"},
	{"/invoices", "invoices", ""},
	{"/customerpayments", "payments received", ""},
	{"/creditnotes", "credit notes", ""},
	{"/contacts", "customers", ""},
	{"/items", "items", ""},
	{"/chartofaccounts", "the chart of accounts", ""},
	{"/bankaccounts", "bank accounts", ""},
	{"/transactionlocks", "locked periods", ""},
	{"/journals", "journals", "If QloBooks was connected before revenue by the night was switched on, connect again on the Configuration page: the access from then does not include journals"},
	{"/reportingtags", "reporting tags", ""},
	{"/locations", "locations", ""},
}

// module are the words for what an address belongs to, and what helps without it.
func module(path string) (words, cure string) {
	for _, m := range modules {
		if path == m.path || strings.HasPrefix(path, m.path+"/") {
			return m.words, m.cure
		}
	}
	return "what stands at " + path, ""
}

// whole reports the address of a part of Zoho Books itself, not of something in it.
func whole(path string) bool {
	for _, m := range modules {
		if path == m.path {
			return true
		}
	}
	return false
}

// soon is when a refusal that may pass is tried again first, by itself; the waits grow to an hour.
const (
	soon  = 10 * time.Second
	later = time.Hour
)

// moduleMissing names the part that is refused. After a refusal of the user it may pass in seconds;
// what a plan does not have is looked at again after an hour. Both go on by themselves.
func moduleMissing(path string, a answered) *fault.Error {
	words, cure := module(path)
	wait, first := later, "Zoho Books has no %s in this organization's plan or edition%s."
	if a.unauthorized() {
		wait, first = soon, "Zoho Books does not let the user who granted access work with %s%s."
	}
	action := "Give the user's role in Zoho Books this right, or choose a plan that has it; what waits then goes on by itself."
	if cure != "" {
		action = strings.TrimRight(cure, ".") + ", or give the plan or the user's role in Zoho Books what is missing; what waits then goes on by itself."
	}
	return fault.New(fault.Held, ModuleMissing, first, words, said(a)).Do(action).After(wait).By(a)
}

// absent reports that an address itself is answered as not being there.
func (a answered) absent(req Request) bool {
	switch {
	case a.code == "6018":
		return true
	case !whole(req.Path):
		return false
	case a.code == "5", a.code == "37", a.status == http.StatusMethodNotAllowed:
		return true
	case !a.coded && req.Method == http.MethodGet && a.status == http.StatusNotFound:
		return true
	default: // an element that is the address itself
		return a.foreign() && element(a.message) == strings.TrimPrefix(req.Path, "/")
	}
}

// element is the first thing that a refusal of an unknown element names, without what it says of it.
func element(message string) string {
	words := strings.FieldsFunc(message, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'«».,:;()", r) })
	for n, word := range words {
		if strings.EqualFold(word, "element") && n+1 < len(words) {
			return strings.Trim(words[n+1], "/")
		}
	}
	if len(words) == 0 {
		return ""
	}
	return strings.Trim(words[len(words)-1], "/")
}

// NotThere reports how Zoho answers where an edition, a plan or a role does not have something, or
// where there is no such address or list. What is only read beside something else is then left out.
func NotThere(err error) bool {
	return fault.Is(err, fault.Rejected) || fault.Is(err, fault.NotFound) || Missing(err) || errors.Is(err, errNoList)
}

// Unreadable reports that a page, or nothing, was answered where a list should be, while Zoho Books answers:
// no outage, and no reason to leave other lists unread.
func Unreadable(err error) bool {
	var a answered
	return fault.Is(err, fault.Unavailable) && errors.As(err, &a) && (a.status == http.StatusNoContent || a.status >= 400 && a.status < 500)
}

// Missing reports a refusal that is about one part of Zoho Books.
func Missing(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Code == ModuleMissing
}

// Standing remembers for a short time whether the grant works at all, and what this organization's
// edition does not take. It is shared by the clients of one organization.
type Standing struct {
	mu     sync.Mutex
	asked  map[string]time.Time
	dead   map[string]error
	since  time.Time            // everything has been refused from then on; zero = it is not
	parts  map[string]time.Time // parts that a fresh access was refused, by their words
	fields map[string]time.Time
	absent map[string]time.Time // addresses that this edition does not have, and since when that is known

	nameless map[string]bool // lists of which a row could not be read when they were read last
	uncoded  atomic.Bool     // its answers come without a code, as the last did: what they mean is told by HTTP's status
	glances  recent[Record]
	seen     recent[Stands]
	listings recent[map[string]Stands]
	shapes   recent[[]Field]   // the custom fields of an entity
	asleep   map[string]Asleep // what documents name that is out of use
	outside  struct {          // the user was proved to have no part in the organization
		err error
		at  time.Time
	}
}

// lackLife is how long an address that an edition does not have is not asked for again.
const lackLife = time.Hour

// lacks tells that an address was refused for good within the last hour.
func (c *Client) lacks(path string) bool {
	if c.c.Standing == nil {
		return false
	}
	s := c.c.Standing
	s.mu.Lock()
	defer s.mu.Unlock()
	at, refused := s.absent[path]
	return refused && c.c.Now().Sub(at) < lackLife
}

func (c *Client) lacking(path string) {
	if c.c.Standing == nil {
		return
	}
	s := c.c.Standing
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.absent == nil {
		s.absent = map[string]time.Time{}
	}
	s.absent[path] = c.c.Now()
}

// passed keeps whether a row of a list could not be read.
func (s *Standing) passed(path string, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.nameless == nil {
		s.nameless = map[string]bool{}
	}
	s.nameless[path] = over
}

func (s *Standing) passedOver(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nameless[path]
}

// lacks reports that a field of a resource was refused within the last hour: an edition may be changed,
// and asking again costs one call.
func (s *Standing) lacks(path, field string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, refused := s.fields[path+" "+field]
	return refused && now.Sub(at) < later
}

// refused keeps that a field of a resource is not taken.
func (s *Standing) refused(path, field string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fields == nil {
		s.fields = map[string]time.Time{}
	}
	s.fields[path+" "+field] = now
}

// Lacks reports that a field of a resource was refused lately, NotTaken keeps that it was: the next
// call is made without it at once.
func (c *Client) Lacks(r Resource, field string) bool {
	return c.c.Standing.lacks(r.Path, field, c.c.Now())
}

// NotTaken keeps that a field of a resource is not known to this edition.
func (c *Client) NotTaken(r Resource, field string) {
	c.c.Standing.refused(r.Path, field, c.c.Now())
}
