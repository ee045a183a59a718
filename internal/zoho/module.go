package zoho

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/secret"
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
	{"/journals", "manual journals", ""},
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
	wait, first := later, "Zoho Books has no %s in this organisation's plan or edition%s."
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

// Standing remembers for a short time whether the grant works at all, and what this organisation's
// edition does not take. It is shared by the clients of one organisation.
type Standing struct {
	mu     sync.Mutex
	asked  map[string]time.Time
	dead   map[string]error
	fields map[string]time.Time
	absent map[string]time.Time // addresses that this edition does not have, and since when that is known

	glances  map[string]glance
	seen     map[string]seen
	listings map[Setting]listing
	shapes   map[string]shape
	asleep   map[string]bool // what documents name that is out of use
}

const standingLife = time.Minute

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

// known tells what was found out within the last minute.
func (s *Standing) known(probe string, now time.Time) (dead error, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, asked := s.asked[probe]
	return s.dead[probe], asked && now.Sub(at) < standingLife
}

func (s *Standing) note(probe string, now time.Time, dead error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked == nil {
		s.asked, s.dead = map[string]time.Time{}, map[string]error{}
	}
	s.asked[probe], s.dead[probe] = now, dead
}

// revive forgets that everything was refused, and tells whether it was.
func (s *Standing) revive() (was bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for probe, dead := range s.dead {
		if dead != nil {
			was = true
			delete(s.asked, probe)
			delete(s.dead, probe)
		}
	}
	return was
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

// teller is told when an organisation begins to refuse everything, and when it ends.
type teller interface {
	Refused(ctx context.Context, words string)
	Accepted(ctx context.Context)
}

// accepted tells that a call went well: whatever was refused of everything is over.
func (c *Client) accepted(ctx context.Context) {
	if told, ok := c.c.Tokens.(teller); c.c.Standing.revive() && ok {
		told.Accepted(context.WithoutCancel(ctx))
	}
}

// judged looks whether a refusal of the access, or of a module, is about one part of Zoho Books or
// about everything. Whatever is not proved to be about everything is about the part alone.
func (c *Client) judged(ctx context.Context, req Request, token secret.String, err error) error {
	a := answered{}
	switch {
	case !errors.As(err, &a):
		return err
	case a.code == "6041":
		return c.stranger(ctx, token, a, err)
	case a.within(req):
		return c.withoutModule(ctx, req, token, a, err)
	case !a.unauthorized() && a.code != "6018":
		return err
	}
	probe := Request{Method: http.MethodGet, Path: "/organizations"}
	if a.code == "6018" { // of a user who is inactive in this organisation alone
		probe = Request{Method: http.MethodGet, Path: CurrenciesPath, Query: url.Values{"page": {"1"}, "per_page": {"1"}}}
	}
	if req.Path == probe.Path {
		return refusedGrant(a)
	}
	dead, known := c.c.Standing.known(probe.Path, c.c.Now())
	if !known {
		answer, failed := c.once(ctx, probe, token)
		switch {
		case failed == nil:
		case answer.unauthorized(), answer.code == "6018", answer.code == "6041":
			dead = failed
		default:
			return moduleMissing(req.Path, a) // nobody knows; it is tried again soon
		}
		c.c.Standing.note(probe.Path, c.c.Now(), dead)
		if told, ok := c.c.Tokens.(teller); ok && dead != nil {
			told.Refused(context.WithoutCancel(ctx), refusedGrant(a).Detail)
		}
	}
	if dead != nil {
		return refusedGrant(a)
	}
	return moduleMissing(req.Path, a)
}

// stranger proves that the user has no part in the organisation: the list of those she may work in says so. One
// number alone does not end the work of a whole hotel.
func (c *Client) stranger(ctx context.Context, token secret.String, a answered, refusal error) error {
	probe := Request{Method: http.MethodGet, Path: "/organizations"}
	answer, failed := c.once(ctx, probe, token)
	var mine struct {
		List []Organization `json:"organizations"`
	}
	if failed != nil || json.Unmarshal(answer.body, &mine) != nil || !slices.ContainsFunc(mine.List, func(o Organization) bool { return string(o.ID) == c.c.Organization }) {
		return refusal
	}
	return fault.New(fault.Unavailable, "zoho_unavailable", "Zoho Books refused the call as from somebody outside of the organisation, and lists the organisation for the same user%s.", said(a)).
		Do("It is tried again by itself. If this goes on, connect again on the Configuration page.").By(a)
}

// within reports that the address of something in a module is answered as not being there, which may be the
// module's own absence.
func (a answered) within(req Request) bool {
	path := modulePath(req.Path)
	if path == "" || path == req.Path {
		return false
	}
	return a.code == "5" || a.code == "37" || a.status == http.StatusMethodNotAllowed || a.foreign() && element(a.message) == strings.TrimPrefix(path, "/")
}

// modulePath is the address of the module that an address belongs to, "" when it is of none.
func modulePath(path string) string {
	for _, m := range modules {
		if path == m.path || strings.HasPrefix(path, m.path+"/") {
			return m.path
		}
	}
	return ""
}

// withoutModule looks whether the module itself is there, when something in it is not.
func (c *Client) withoutModule(ctx context.Context, req Request, token secret.String, a answered, refusal error) error {
	probe := Request{Method: http.MethodGet, Path: modulePath(req.Path), Query: url.Values{"page": {"1"}, "per_page": {"1"}}}
	answer, failed := c.once(ctx, probe, token)
	if failed == nil || !answer.absent(probe) {
		return refusal
	}
	return moduleMissing(probe.Path, a)
}
