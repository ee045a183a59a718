package books

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// What follows is what a person does in the web application, without a call of the API. The web
// application lets its user do more than the API does: delete with consequences, change what is
// paid, merge contacts.

// ChangeByHand changes fields of a record; body is a JSON object with only these fields. Amounts
// are computed anew.
func (s *Server) ChangeByHand(id, body string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID[id]
	if d == nil {
		return errNoRecord
	}
	var fields object
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return err
	}
	whole := maps.Clone(d.body)
	if d.Module == "customerpayments" {
		whole["invoices"] = rowsOf(d) // the page shows what the payment settles now, and saves it with the rest
	}
	maps.Copy(whole, fields)
	uses := d.uses
	if d.Module != "customerpayments" {
		d.uses = nil // in the web application what is paid may be edited
	}
	bad := modules[d.Module].apply(s, d, whole, &request{method: http.MethodPut, query: map[string][]string{"ignore_auto_number_generation": {"true"}}})
	if d.Module != "customerpayments" {
		d.uses = uses
	}
	if bad != nil {
		return bad
	}
	d.Modified = s.now()
	return nil
}

// rowsOf are the rows of a payment's body that say what it settles now.
func rowsOf(d *doc) []any {
	rows := []any{}
	for _, u := range d.uses {
		rows = append(rows, map[string]any{"invoice_id": u.Invoice, "amount_applied": json.Number(u.Amount.String())})
	}
	return rows
}

// MatchByHand matches a payment with a line of the bank's statement: it cannot be deleted any more.
func (s *Server) MatchByHand(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID[id]
	if d == nil {
		return errNoRecord
	}
	d.matched = true
	return nil
}

var errMatched = refuse(400, 24030, "The transaction is matched with a bank statement line. Unmatch it first.")

// DeleteByHand removes a record for good. Money that settled a removed invoice becomes unused.
func (s *Server) DeleteByHand(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID[id]
	if d == nil {
		return errNoRecord
	}
	if d.Module == "invoices" {
		s.freeMoney(d)
	} else {
		s.release(d)
	}
	s.forget(d)
	return nil
}

// freeMoney makes whatever settles an invoice unused.
func (s *Server) freeMoney(d *doc) {
	for _, u := range d.uses {
		if source := s.byID[u.Source]; source != nil {
			source.uses = slices.DeleteFunc(source.uses, func(o use) bool { return o.Invoice == d.ID })
			source.Modified = s.now()
		}
	}
	d.uses = nil
}

// RefundByHand gives unused money of a payment or credit note back to the guest.
func (s *Server) RefundByHand(id, amount string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID[id]
	if d == nil {
		return errNoRecord
	}
	paid, err := decimal.NewFromString(amount)
	if err != nil || paid.GreaterThan(unused(d)) {
		return refuse(400, 12008, "The refund is more than what is unused.")
	}
	d.refunds = append(d.refunds, refund{ID: s.id(), body: object{"amount": json.Number(amount), "date": s.now().Format("2006-01-02")}})
	d.Modified = s.now()
	return nil
}

// ChangeRefundByHand changes a refund of a payment or credit note that bears a reference, or deletes it where
// nothing is given.
func (s *Server) ChangeRefundByHand(id, reference string, fields map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID[id]
	if d == nil {
		return errNoRecord
	}
	n := slices.IndexFunc(d.refunds, func(r refund) bool { return r.body.text("reference_number") == reference })
	if n < 0 {
		return errNoRecord
	}
	if d.Modified = s.now(); fields == nil {
		d.refunds = slices.Delete(d.refunds, n, n+1)
	}
	for name, value := range fields {
		d.refunds[n].body[name] = value
	}
	return nil
}

// SettleByHand has a payment or credit note settle invoices by amounts, and whatever else it settled no
// more.
func (s *Server) SettleByHand(id string, amounts map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID[id]
	if d == nil {
		return errNoRecord
	}
	s.release(d)
	d.Modified = s.now()
	for invoice, amount := range amounts {
		to := s.byID[invoice]
		part, err := decimal.NewFromString(amount)
		if to == nil || err != nil || part.GreaterThan(unused(d)) {
			return errNoRecord
		}
		s.settle(d, to, part)
	}
	return nil
}

// SetStatusByHand makes a document void or draft, or a master active or inactive.
func (s *Server) SetStatusByHand(id, status string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID[id]
	if d == nil {
		return errNoRecord
	}
	if status == "void" && d.Module == "invoices" {
		s.freeMoney(d)
	}
	d.Status, d.Modified = status, s.now()
	return nil
}

// MergeByHand makes one contact of two: loser is gone, and its documents are winner's.
func (s *Server) MergeByHand(winner, loser string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, to := s.byID[loser], s.byID[winner]
	if from == nil || to == nil || from.Module != "contacts" || to.Module != "contacts" || from == to {
		return errNoRecord
	}
	for _, module := range []string{"invoices", "salesorders", "creditnotes", "customerpayments"} {
		for _, d := range s.docs[module] {
			if d.body.text("customer_id") == loser {
				d.body["customer_id"], d.Modified = winner, s.now()
			}
		}
	}
	s.forget(from)
	return nil
}

var errNoRecord = refuse(404, 1002, "There is no such record.")

// handRoutes offers the same to people and tests beside the books' page.
func (s *Server) handRoutes(mux *http.ServeMux) {
	done := func(w http.ResponseWriter, err error) {
		if err != nil {
			writeJSON(w, 400, object{"message": err.Error()})
			return
		}
		writeJSON(w, 200, object{"message": "Done by hand."})
	}
	type wish struct {
		Module, Status, Winner string
		Body                   json.RawMessage
	}
	read := func(r *http.Request) (in wish) {
		_ = json.NewDecoder(r.Body).Decode(&in)
		return in
	}
	mux.HandleFunc("POST /sandbox/accounts", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Name, Type string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Name == "" || in.Type == "" {
			writeJSON(w, 400, object{"message": "An account has a name and a type."})
			return
		}
		writeJSON(w, 201, object{"id": s.AddAccount(in.Name, in.Type)})
	})
	mux.HandleFunc("POST /sandbox/records", func(w http.ResponseWriter, r *http.Request) {
		in := read(r)
		if modules[in.Module] == nil {
			done(w, errNoRecord)
			return
		}
		id, err := s.AddByHand(in.Module, string(in.Body))
		if err != nil {
			done(w, err)
			return
		}
		writeJSON(w, 201, object{"id": id})
	})
	mux.HandleFunc("PUT /sandbox/records/{id}", func(w http.ResponseWriter, r *http.Request) {
		done(w, s.ChangeByHand(r.PathValue("id"), string(read(r).Body)))
	})
	mux.HandleFunc("DELETE /sandbox/records/{id}", func(w http.ResponseWriter, r *http.Request) { done(w, s.DeleteByHand(r.PathValue("id"))) })
	mux.HandleFunc("POST /sandbox/records/{id}/status", func(w http.ResponseWriter, r *http.Request) {
		done(w, s.SetStatusByHand(r.PathValue("id"), read(r).Status))
	})
	mux.HandleFunc("POST /sandbox/records/{id}/match", func(w http.ResponseWriter, r *http.Request) { done(w, s.MatchByHand(r.PathValue("id"))) })
	mux.HandleFunc("POST /sandbox/records/{id}/merge", func(w http.ResponseWriter, r *http.Request) {
		done(w, s.MergeByHand(read(r).Winner, r.PathValue("id")))
	})
}
