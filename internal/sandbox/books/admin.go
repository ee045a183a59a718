package books

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Call is one API call as it arrived.
type Call struct {
	Method   string        `json:"method"`
	Path     string        `json:"path"`
	Query    string        `json:"query"`
	Status   int           `json:"status"`
	Code     int           `json:"code"`
	Fault    string        `json:"fault,omitempty"`
	Duration time.Duration `json:"duration"`
	At       time.Time     `json:"at"`
}

// Writes reports whether a call asked to change something.
func (c Call) Writes() bool { return c.Method != http.MethodGet }

// Record is one record of the books as snapshots show it.
type Record struct {
	Module    string            `json:"module"`
	ID        string            `json:"id"`
	Key       string            `json:"key"`
	Name      string            `json:"name"` // number of a document, name of a master
	Status    string            `json:"status"`
	Contact   string            `json:"contact,omitempty"`
	Currency  string            `json:"currency,omitempty"`
	Date      string            `json:"date,omitempty"`
	Reference string            `json:"reference,omitempty"`
	Total     decimal.Decimal   `json:"total"`
	Tax       decimal.Decimal   `json:"tax"`
	Balance   decimal.Decimal   `json:"balance"`           // of an invoice; what is unused of a payment or credit note
	Applied   map[string]string `json:"applied,omitempty"` // invoice id → amount
	Refunded  decimal.Decimal   `json:"refunded"`
	Refunds   []Refunded        `json:"refunds,omitempty"`
	Account   string            `json:"account,omitempty"`
	Mode      string            `json:"mode,omitempty"`
	Body      json.RawMessage   `json:"body"`
}

// Refunded is money given back from a payment or credit note.
type Refunded struct {
	Reference string          `json:"reference"`
	Amount    decimal.Decimal `json:"amount"`
	Account   string          `json:"account"`
	Date      string          `json:"date"`
}

// Snapshot is every record, in the order of creation by module.
func (s *Server) Snapshot() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Record{}
	for _, module := range []string{"items", "contacts", "salesorders", "invoices", "customerpayments", "creditnotes"} {
		for _, d := range s.docs[module] {
			out = append(out, s.record(d))
		}
	}
	return out
}

// Rates are the exchange rates of the currencies that exist, by ISO code.
func (s *Server) Rates() map[string]decimal.Decimal {
	s.mu.Lock()
	defer s.mu.Unlock()
	rates := map[string]decimal.Decimal{}
	for _, c := range s.currencies {
		rates[c.Code] = c.Rate
	}
	return rates
}

func (s *Server) record(d *doc) Record {
	r := Record{Module: d.Module, ID: d.ID, Key: d.Key, Status: d.Status, Date: d.body.text("date"), Reference: d.body.text("reference_number"), Total: d.totals.Total, Tax: d.totals.Tax}
	r.Body, _ = json.Marshal(modules[d.Module].show(s, d))
	if c := s.byID[d.body.text("customer_id")]; c != nil {
		r.Contact = c.body.text("contact_name")
	}
	if d.currency != nil {
		r.Currency = d.currency.Code
	}
	for _, f := range d.refunds {
		r.Refunded = r.Refunded.Add(f.body.number("amount"))
		r.Refunds = append(r.Refunds, Refunded{Reference: f.body.text("reference_number"), Amount: f.body.number("amount"), Account: s.accountName(f.body.text("from_account_id")), Date: f.body.text("date")})
	}
	if len(d.uses) > 0 && d.Module != "invoices" {
		r.Applied = map[string]string{}
		for _, u := range d.uses {
			r.Applied[u.Invoice] = u.Amount.String()
		}
	}
	switch d.Module {
	case "contacts":
		r.Name = d.body.text("contact_name")
	case "items":
		r.Name = d.body.text("name")
	case "invoices":
		r.Name, r.Status, r.Balance = d.Number, s.invoiceStatus(d), balance(d)
	case "customerpayments":
		r.Name, r.Total, r.Balance, r.Mode = d.Number, d.body.number("amount"), unused(d), d.body.text("payment_mode")
		r.Account = s.accountName(d.body.text("account_id"))
	case "creditnotes":
		r.Name, r.Balance = d.Number, unused(d)
	default:
		r.Name = d.Number
	}
	return r
}

func (s *Server) accountName(id string) string {
	for _, a := range s.accounts {
		if a.ID == id {
			return a.Name
		}
	}
	return id
}

// Calls lists every API call so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call{}, s.calls...)
}

// ForgetCalls empties the call list; the books stay.
func (s *Server) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// AddByHand makes a record without a key, as a person does in the web application. body is a
// normal create body as JSON.
func (s *Server) AddByHand(module, body string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &request{method: http.MethodPost, path: []string{module}, query: map[string][]string{"ignore_auto_number_generation": {"true"}}}
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&r.body); err != nil {
		return "", err
	}
	d, bad := s.make(modules[module], r)
	if bad != nil {
		return "", bad
	}
	return d.ID, nil
}

// Error makes a refusal an error for Go callers.
func (r *refusal) Error() string { return r.message }

func (s *Server) adminRoutes(mux *http.ServeMux) {
	s.handRoutes(mux)
	mux.HandleFunc("GET /sandbox/state", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, 200, object{"records": s.Snapshot(), "rates": s.Rates(), "journals": s.Journals()})
	})
	mux.HandleFunc("GET /sandbox/calls", func(w http.ResponseWriter, _ *http.Request) {
		calls, writes := s.Calls(), 0
		for _, c := range calls {
			if c.Writes() {
				writes++
			}
		}
		writeJSON(w, 200, object{"calls": calls, "total": len(calls), "writes": writes})
	})
	mux.HandleFunc("POST /sandbox/reset", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		s.reset()
		s.mu.Unlock()
		writeJSON(w, 200, object{"message": "The books are empty."})
	})
	mux.HandleFunc("POST /sandbox/faults", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Rules []Rule }
		err := json.NewDecoder(r.Body).Decode(&in)
		if err == nil {
			err = s.SetFaults(in.Rules...)
		}
		if err != nil {
			writeJSON(w, 400, object{"message": err.Error()})
			return
		}
		writeJSON(w, 200, object{"rules": len(in.Rules)})
	})
	mux.HandleFunc("DELETE /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		_ = s.SetFaults()
		writeJSON(w, 200, object{"rules": 0})
	})
	mux.HandleFunc("GET /sandbox/census", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, 200, s.Census()) })
	mux.HandleFunc("GET /sandbox/load", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, 200, s.Load()) })
	mux.HandleFunc("DELETE /sandbox/calls", func(w http.ResponseWriter, _ *http.Request) {
		s.ForgetCalls()
		writeJSON(w, 200, object{"total": 0})
	})
	mux.HandleFunc("POST /sandbox/others", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.URL.Query().Get("calls"))
		if err != nil || n < 0 {
			writeJSON(w, 400, object{"message": "calls must be a number"})
			return
		}
		s.UsedByOthers(n)
		writeJSON(w, 200, s.Load())
	})
	mux.HandleFunc("POST /sandbox/revoke", func(w http.ResponseWriter, _ *http.Request) {
		s.RevokeAll()
		writeJSON(w, 200, object{"message": "All grants are revoked."})
	})
	mux.HandleFunc("POST /sandbox/lock", func(w http.ResponseWriter, r *http.Request) {
		module := r.URL.Query().Get("module")
		if module == "" {
			module = "sales"
		}
		if err := s.SetLock(module, r.URL.Query().Get("day")); err != nil {
			writeJSON(w, 400, object{"message": err.Error()})
			return
		}
		writeJSON(w, 200, object{"message": "locked"})
	})
}
