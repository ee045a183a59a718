// Package books is a strict stand-in for Zoho Books: OAuth, documents, limits and refusals, all
// in memory. Hotels rehearse on it, and tests drive the product against it.
//
// Where Zoho's own statements are open, the strict reading is taken: an unknown field is refused,
// the key field is not filled in by itself, a paid document may not change, a page has ten rows
// unless more are asked for. It shares no code with the client that it judges.
package books

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

// Options describe one organization and its limits; zero fields take the defaults.
type Options struct {
	Seed           uint64
	Clock          func() time.Time
	OrganizationID string
	Name           string
	BaseCurrency   string // ISO code; USD
	TimeZone       string // America/Chicago
	Plan           string
	TaxRounding    string // entity_level, item_level
	UntoldRounding bool   // no answer tells it, as in Zoho's documentation of most documents
	PerMinute      int    // 100
	PerDay         int    // 2000
	NoLimits       bool   // no call is refused for its number, and tokens may be renewed at will
	FixedWindow    bool   // the minute is that of the clock, instead of any 60 seconds
	Concurrent     int    // 10
	ClientID       string // sandbox-client
	ClientSecret   string // sandbox-secret
	Latency        time.Duration
	// AnyCurrency lets a document have another currency than its contact (the largest plans).
	AnyCurrency bool
	// Contrary takes the other answer wherever Zoho's documents leave two open: codes that nobody
	// knows, another name for the fields of payments, fields of other editions refused, rates that
	// its own feed keeps, no negative line, updates of void invoices.
	Contrary bool
	// Exclusive is an edition whose invoices take no lines that include tax.
	Exclusive bool
	// TaxPerLine is an edition that demands a tax or an exemption on every line.
	TaxPerLine bool
	// Edition is the country's edition: one of Editions; "" = one that knows everything.
	Edition string
	// PublicURL is the origin named in token answers; "" = the origin of the request.
	PublicURL string
}

func (o *Options) defaults() {
	text := func(v *string, to string) {
		if *v == "" {
			*v = to
		}
	}
	number := func(v *int, to int) {
		if *v == 0 {
			*v = to
		}
	}
	text(&o.OrganizationID, "10234695")
	text(&o.Name, "Rehearsal Hotels")
	text(&o.BaseCurrency, "USD")
	text(&o.TimeZone, "America/Chicago")
	text(&o.Plan, "Professional")
	text(&o.TaxRounding, "entity_level")
	text(&o.ClientID, "sandbox-client")
	text(&o.ClientSecret, "sandbox-secret")
	if o.NoLimits {
		o.PerMinute, o.PerDay = 10000000, 10000000 // the headers say so, too
	}
	number(&o.PerMinute, 100)
	number(&o.PerDay, 2000)
	number(&o.Concurrent, 10)
	if o.Clock == nil {
		o.Clock = time.Now
	}
}

// Server is one organization's books. It is safe for concurrent use.
type Server struct {
	opts Options
	zone *time.Location

	mu         sync.Mutex
	lastID     uint64
	grants     grants
	limits     limits
	faults     faults
	calls      []Call
	fields     []*field
	currencies []*currency
	taxes      []*tax
	exemptions []exemption
	accounts   []*account
	modes      []string
	tags       []*tag
	locations  []*location
	locks      map[string]lock // by module
	journals   []*journal
	prefer     Preferences
	lacks      map[string]Way            // what is not there
	altered    map[string]map[string]any // fields of answers by module
	docs       map[string][]*doc         // by module, in the order of creation
	byID       map[string]*doc
	index      index
	lateness   lateness
	handler    http.Handler
}

var _ http.Handler = (*Server)(nil)

// New opens empty books.
func New(o Options) *Server {
	o.defaults()
	zone, err := time.LoadLocation(o.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	s := &Server{opts: o, zone: zone}
	s.reset()
	s.handler = s.routes()
	return s
}

func (s *Server) reset() {
	s.lastID = 460000000000000 + s.opts.Seed%1000*1000000
	s.grants = grants{codes: map[string]*grant{}, refresh: map[string]*grant{}, access: map[string]*access{}}
	s.limits = limits{}
	s.faults = faults{}
	s.calls, s.fields, s.taxes, s.exemptions, s.tags, s.locations, s.journals = nil, nil, nil, nil, nil, nil, nil
	s.locks = map[string]lock{}
	s.prefer, s.lacks, s.altered = Preferences{}, nil, map[string]map[string]any{}
	s.docs, s.byID, s.index = map[string][]*doc{}, map[string]*doc{}, newIndex()
	s.modes = []string{"Cash", "Check", "Credit Card", "Bank Transfer", "Bank Remittance"}
	s.accounts = []*account{
		{s.id(), "Sales", "income", "active"}, {s.id(), "Other Charges", "income", "active"}, {s.id(), "Room revenue", "income", "active"},
		{s.id(), "Operating account", "bank", "active"}, {s.id(), "Card clearing", "bank", "active"},
		{s.id(), "Petty Cash", "cash", "active"}, {s.id(), "Undeposited Funds", "other_current_asset", "active"},
	}
	s.currencies = []*currency{{ID: s.id(), Code: s.opts.BaseCurrency, Precision: precisions(s.opts.BaseCurrency), Base: true}}
}

func precisions(code string) int32 {
	switch code {
	case "JPY", "KRW", "VND", "CLP":
		return 0
	case "KWD", "BHD", "OMR", "TND", "JOD":
		return 3
	default:
		return 2
	}
}

// id makes the next record id: fifteen digits, never reused.
func (s *Server) id() string {
	s.lastID += 7
	return fmt.Sprintf("%015d", s.lastID)
}

func (s *Server) now() time.Time { return s.opts.Clock() }

// ServeHTTP answers as Zoho's accounts and API hosts would, and shows the books at /.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.handler.ServeHTTP(w, r)
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	s.oauthRoutes(mux)
	s.pageRoutes(mux)
	s.adminRoutes(mux)
	s.preferenceRoutes(mux)
	s.lateRoutes(mux)
	mux.HandleFunc("/books/v3/", s.api)
	return mux
}

// request is one API call being answered, with the lock held.
type request struct {
	method string
	path   []string // behind /books/v3/
	query  url.Values
	header http.Header
	body   object
	raw    []byte
	lags   bool // lists lack what is new
	ends   bool // a page says that no other follows
	alone  bool // a list of one row is that row
	most   int  // rows of a page, whatever is asked, which then does not tell whether another follows; 0 = as asked
}

// object is a JSON object whose numbers keep their digits.
type object map[string]any

// refusal is Zoho's error envelope with its HTTP status.
type refusal struct {
	status, code int
	message      string
	page         bool // the message is a web page and all of the answer
}

func refuse(status, code int, format string, args ...any) *refusal {
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

var (
	errURL    = refuse(404, 5, "Invalid URL Passed")
	errMethod = refuse(405, 37, "The HTTP method is not allowed for the requested resource")
)

func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	raw, _ := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	req := &request{method: r.Method, path: strings.Split(strings.TrimPrefix(r.URL.Path, "/books/v3/"), "/"), query: r.URL.Query(), header: r.Header, raw: raw}
	s.mu.Lock()
	wrong := s.faults.pick(r.Method, r.URL.Path)
	headers, refused := s.limits.arrive(s, wrong)
	fault, mark, codeless := wrong.Fault, s.mark(), s.prefer.Codeless
	s.mu.Unlock()
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	var answer object
	status, wordless := 200, false
	if refused == nil {
		if fault == FaultDropBefore {
			s.leave(r, 0, 0, start, fault)
			hangUp(w)
			return
		}
		if s.opts.Latency > 0 {
			time.Sleep(s.opts.Latency)
		}
		if fault == FaultLate {
			s.lateness.wait(wrong.delay)
			wrong.delay = 0
		}
		s.mu.Lock()
		status, answer, refused = s.answer(req, fault)
		if refused == nil && s.prefer.Listed {
			asListed(answer)
		}
		if refused == nil && s.prefer.Uncoded && req.path[0] == "reportingtags" {
			delete(answer, "code")
		}
		if refused == nil && s.prefer.Capitals {
			answer = capitals(answer).(object)
		}
		if refused == nil && s.prefer.Grouped {
			answer = grouped(answer).(object)
		}
		wordless = refused == nil && s.prefer.Wordless && req.method != http.MethodGet && len(answer) == 2 && fault == ""
		s.mu.Unlock()
	}
	if refused != nil {
		status, answer = refused.status, object{"code": s.codeOf(refused), "message": refused.message}
	}
	code, _ := answer["code"].(int)
	if codeless {
		delete(answer, "code")
	}
	if wordless { // code and message are all there would be
		status = http.StatusNoContent
	}
	time.Sleep(wrong.delay)
	s.leave(r, status, code, start, fault)
	if refused != nil && refused.page {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, refused.message)
		return
	}
	if wordless {
		w.WriteHeader(status)
		return
	}
	s.write(w, status, answer, mark, fault)
}

// asListed makes lists of what the documentation shows as such.
func asListed(answer object) {
	for _, name := range []string{"salesorder", "tax"} {
		if one, ok := answer[name].(object); ok {
			answer[name] = []object{one}
		}
	}
	if one, ok := answer["payment_refund"].(object); ok {
		delete(answer, "payment_refund")
		answer["payment_refunds"] = []object{one}
	}
}

// grouped is an answer in which each amount is a text with a comma after each thousand.
func grouped(v any) any {
	switch v := v.(type) {
	case object:
		shown := object{}
		for name, inner := range v {
			shown[name] = grouped(inner)
		}
		return shown
	case []object:
		rows := make([]any, len(v))
		for i := range v {
			rows[i] = grouped(v[i])
		}
		return rows
	case []any:
		rows := make([]any, len(v))
		for i := range v {
			rows[i] = grouped(v[i])
		}
		return rows
	case json.Number:
		whole, rest, decimals := strings.Cut(v.String(), ".")
		for at := len(whole) - 3; at > len(whole)-len(strings.TrimPrefix(whole, "-")); at -= 3 {
			whole = whole[:at] + "," + whole[at:]
		}
		if decimals {
			whole += "." + rest
		}
		return whole
	default:
		return v
	}
}

// capitals is an answer in which each status is written as people read it.
func capitals(v any) any {
	switch v := v.(type) {
	case object:
		shown := object{}
		for name, inner := range v {
			shown[name] = capitals(inner)
			if word, ok := inner.(string); ok && name == "status" {
				words := strings.Split(word, "_")
				for i, w := range words {
					words[i] = strings.ToUpper(w[:min(1, len(w))]) + w[min(1, len(w)):]
				}
				shown[name] = strings.Join(words, " ")
			}
		}
		return shown
	case []object:
		rows := make([]any, len(v))
		for i := range v {
			rows[i] = capitals(v[i])
		}
		return rows
	case []any:
		rows := make([]any, len(v))
		for i := range v {
			rows[i] = capitals(v[i])
		}
		return rows
	default:
		return v
	}
}

func (s *Server) leave(r *http.Request, status, code int, start time.Time, fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.running--
	s.calls = append(s.calls, Call{Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, "/books/v3"), Query: r.URL.RawQuery, Status: status, Code: code,
		Fault: string(fault), Duration: time.Since(start), At: s.now()})
}

func (s *Server) write(w http.ResponseWriter, status int, answer object, mark string, fault Fault) {
	body, _ := json.Marshal(answer)
	body = append([]byte(mark), body...)
	switch fault {
	case FaultCommitDrop:
		hangUp(w)
		return
	case FaultCommit500:
		status, body = 500, []byte(`{"code":1000,"message":"Internal Error"}`)
	case FaultHTML:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><body>We are improving our services.</body></html>"))
		return
	case FaultTruncated:
		body = body[:len(body)/2]
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}

// answer checks who asks and finds the handler.
func (s *Server) answer(r *request, fault Fault) (int, object, *refusal) {
	if bad := s.authorize(r, fault); bad != nil {
		return 0, nil, bad
	}
	if fault == FaultRefuse {
		return 0, nil, refuse(400, 4, "Invalid value passed.")
	}
	if fault == FaultReadOnly {
		return 0, nil, refuse(403, 110999, "Your subscription has expired. Your organization is in read-only mode.")
	}
	if len(r.raw) > 0 && (r.method == http.MethodPost || r.method == http.MethodPut) {
		decoder := json.NewDecoder(strings.NewReader(string(r.raw)))
		decoder.UseNumber()
		if err := decoder.Decode(&r.body); err != nil {
			return 0, nil, refuse(400, 1038, "JSON is not well formed")
		}
	}
	r.lags, r.ends, r.most, r.alone = fault == FaultListLag, fault == FaultListEnds, s.prefer.Pages, s.prefer.Alone
	if bad := s.lacksAddress(r); bad != nil {
		return 0, nil, bad
	}
	status, answer, bad := s.route(r)
	if bad != nil {
		return 0, nil, bad
	}
	s.alter(r, answer)
	answer["code"] = 0
	if _, ok := answer["message"]; !ok {
		answer["message"] = "success"
	}
	return status, answer, nil
}

func (s *Server) route(r *request) (int, object, *refusal) {
	head := r.path[0]
	switch head {
	case "organizations":
		return s.organizations(r)
	case "users":
		return 200, object{"user": object{"user_id": "460000000000001", "name": "Rehearsal", "user_role": "admin"}}, nil
	case "settings":
		return s.settings(r)
	case "chartofaccounts", "bankaccounts":
		return s.listAccounts(r)
	case "reportingtags":
		return s.tagCalls(r)
	case "locations":
		return s.locationCalls(r)
	case "transactionlocks":
		return s.listLocks(r)
	case "journals":
		return s.journalCalls(r)
	}
	if m := modules[head]; m != nil {
		return s.module(m, r)
	}
	return 0, nil, errURL
}

// n is an amount as a bare JSON number.
func n(d decimal.Decimal) json.Number { return json.Number(d.String()) }

func (s *Server) today() string { return s.now().In(s.zone).Format(time.DateOnly) }

func (s *Server) stamp(t time.Time) string {
	if s.prefer.Moments != "" {
		return t.In(s.zone).Format(s.prefer.Moments)
	}
	return t.In(s.zone).Format("2006-01-02T15:04:05-0700")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
