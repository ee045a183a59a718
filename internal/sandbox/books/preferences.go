package books

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Preferences are what the people of an organization switch on and off in the web application.
type Preferences struct {
	// Approval is the status in which new invoices, sales orders and credit notes wait for somebody's
	// approval; "" = nothing waits.
	Approval string `json:"approval"`
	// Journals is the status in which new journals wait for somebody's approval, whatever was asked; "" = nothing waits.
	Journals string `json:"journals"`
	// WholeUnits rounds the totals of sales to whole units.
	WholeUnits bool `json:"whole_units"`
	// LineDiscounts keeps discounts on lines only: one of the whole document is not taken.
	LineDiscounts bool `json:"line_discounts"`
	// PortalOnce gives the portal to one contact for each e-mail address.
	PortalOnce bool `json:"portal_once"`
	// StrictEmail wants the ending of an address to have two letters or more.
	StrictEmail bool `json:"strict_email"`
	// PlainNames refuses characters of four bytes.
	PlainNames bool `json:"plain_names"`
	// Refuses are words with which each write of a module is refused, as for a mandatory field.
	Refuses map[string]string `json:"refuses"`
	// RefundsAs are fields with which refunds are booked whatever was asked.
	RefundsAs map[string]any `json:"refunds_as"`
	// PaymentsSettle is what new payments settle, by the invoice's id, in the place of what was asked, as credits do
	// that are applied by themselves; nil = what was asked.
	PaymentsSettle map[string]string `json:"payments_settle"`
	// NotesApply is what a credit note settles of an invoice whatever was asked; "" = what was asked.
	NotesApply string `json:"notes_apply"`
	// Idle are changes of a status, as "invoices/sent", and deletions, as "customerpayments/delete" or
	// "creditnotes/refunds/delete", that are answered as done and are not.
	Idle []string `json:"idle"`
	// Wordless answers changes that have no record to show, such as a status, a credit applied or a deletion, with HTTP 204
	// and nothing.
	Wordless bool `json:"wordless"`
	// Listed shows one sales order, one tax and one refund of a payment as a list of one, as their documentation has it.
	Listed bool `json:"listed"`
	// Uncoded leaves the code out of what is answered about reporting tags, as their documentation has it.
	Uncoded bool `json:"uncoded"`
	// Codeless leaves the code out of every answer, refusals too: HTTP's status and the message are all there is.
	Codeless bool `json:"codeless"`
	// Alone shows a list of one row as that row, as the documentation has the list of credit notes.
	Alone bool `json:"alone"`
	// TaxOnTop takes the lines of sales as without tax whatever was asked, and says so.
	TaxOnTop bool `json:"tax_on_top"`
	// Pages is how many rows a page of a list has at most, whatever was asked; none tells then whether another follows.
	Pages int `json:"pages"`
	// Marked writes the mark of its byte order in front of each answer.
	Marked bool `json:"marked"`
	// Capitals writes each status as people read it, "Partially Invoiced", instead of "partially_invoiced".
	Capitals bool `json:"capitals"`
	// Grouped writes each amount as a text whose thousands are set off by commas, "1,234.50".
	Grouped bool `json:"grouped"`
	// EitherDay refuses that money or a credit settles an invoice where the day of one of both is locked.
	EitherDay bool `json:"either_day"`
	// Moments is the form in which moments are written, as Go has it; "" = as documented.
	Moments string `json:"moments"`
	// RateDigits is how many decimals of an exchange rate are kept; 0 = all.
	RateDigits int32 `json:"rate_digits"`
	// Silent are fields that the answers to writes of a module do not tell.
	Silent map[string][]string `json:"silent"`
	// Short are fields that the lists of a module do not show.
	Short map[string][]string `json:"short"`
	// Unlisted is what becomes of the parts of a list's query that no documentation names for that list: "" = they act,
	// "ignored" or "refused".
	Unlisted string `json:"unlisted"`
	// HomeState refuses a single tax of this name on sales, as one of the state's own is wanted.
	HomeState string `json:"home_state"`
}

// Prefer changes the preferences, as a person does in the settings.
func (s *Server) Prefer(change func(*Preferences)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.prefer)
}

// mark is what each answer begins with.
func (s *Server) mark() string {
	if s.prefer.Marked {
		return "\ufeff"
	}
	return ""
}

// rate is an exchange rate as it is kept.
func (s *Server) rate(rate decimal.Decimal) json.Number {
	if s.prefer.RateDigits > 0 {
		rate = rate.Round(s.prefer.RateDigits)
	}
	return n(rate)
}

// inclusive reports that the lines of a sale include tax.
func (s *Server) inclusive(body object) bool {
	return body.flag("is_inclusive_tax") && !s.prefer.TaxOnTop
}

// ApproveAll approves whatever waits for it.
func (s *Server) ApproveAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.byID {
		if s.waits(d) {
			d.Status, d.Modified = "approved", s.now()
		}
	}
	for _, j := range s.journals {
		j.body["status"] = "published"
	}
}

// waits reports a document that nobody may use before it is approved.
func (s *Server) waits(d *doc) bool {
	switch d.Status {
	case "pending_approval", "pending_signature", "rejected":
		return true
	}
	return false
}

var errWaits = refuse(400, 4031, "The transaction is pending approval.")

// first is the status of a document that was just made.
func (s *Server) first(usual string) string {
	if s.prefer.Approval != "" {
		return s.prefer.Approval
	}
	return usual
}

// rounded applies the preference for whole units to a total.
func (s *Server) rounded(t totals) (totals, decimal.Decimal) {
	if !s.prefer.WholeUnits {
		return t, decimal.Zero
	}
	whole := t.Total.Round(0)
	off := whole.Sub(t.Total)
	t.Total = whole
	return t, off
}

// plainNames refuses characters that the database of the books does not keep.
func (s *Server) plainNames(body object) *refusal {
	if !s.prefer.PlainNames {
		return nil
	}
	raw, _ := json.Marshal(body)
	var all any
	_ = json.Unmarshal(raw, &all)
	for _, c := range fmt.Sprint(all) {
		if c > 0xffff {
			return refuse(400, 2, "Invalid value passed for name")
		}
	}
	return nil
}

// emails refuses addresses that are none, and a portal that another contact has.
func (s *Server) emails(d *doc, body object) *refusal {
	for _, p := range body.objects("contact_persons") {
		email := p.text("email")
		if at := strings.LastIndex(email, "."); s.prefer.StrictEmail && email != "" && (at < 0 || len(email)-at < 3 || !strings.Contains(email, "@")) {
			return refuse(400, 2, "Invalid value passed for email")
		}
		if portal := body.flag("is_portal_enabled"); portal && s.portalTaken(d, email) {
			return refuse(400, 3070, "The portal is enabled already for the e-mail address %s.", email)
		}
	}
	return nil
}

func (s *Server) portalTaken(self *doc, email string) bool {
	if !s.prefer.PortalOnce || email == "" {
		return false
	}
	for _, d := range s.docs["contacts"] {
		if d == self || !d.body.flag("is_portal_enabled") {
			continue
		}
		for _, p := range d.body.objects("contact_persons") {
			if strings.EqualFold(p.text("email"), email) {
				return true
			}
		}
	}
	return false
}

// Alter changes fields of every answer about a record of a module, as when the books took something
// else than was sent; nil ends it.
func (s *Server) Alter(module string, fields map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fields == nil {
		delete(s.altered, module)
		return
	}
	s.altered[module] = fields
}

// alter applies it.
func (s *Server) alter(r *request, answer object) {
	m := modules[r.path[0]]
	if m == nil {
		return
	}
	if record, ok := answer[m.envelope].(object); ok {
		record = maps.Clone(record)
		maps.Copy(record, object(s.altered[m.path]))
		for _, name := range s.prefer.Silent[m.path] {
			if r.method != http.MethodGet {
				delete(record, name)
			}
		}
		answer[m.envelope] = record
	}
}

// AddTaxByHand makes a single tax exist, as a person does in the settings, and gives its id.
func (s *Server) AddTaxByHand(name string, percent decimal.Decimal) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tax{ID: s.id(), Name: name, Percent: percent}
	s.taxes = append(s.taxes, t)
	return t.ID
}

// AddTaxGroupByHand makes a group of single taxes exist, and gives its id.
func (s *Server) AddTaxGroupByHand(name string, ids ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	group := &tax{ID: s.id(), Name: name, Parts: []*tax{}}
	for _, t := range s.taxes {
		if slices.Contains(ids, t.ID) {
			group.Parts = append(group.Parts, t)
		}
	}
	s.taxes = append(s.taxes, group)
	return group.ID
}

// ChangeTaxByHand gives a tax another rate; documents that stand keep theirs.
func (s *Server) ChangeTaxByHand(id string, percent decimal.Decimal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.taxes {
		if t.ID == id {
			t.Percent = percent
			return nil
		}
	}
	return errNoRecord
}

// DeleteSettingByHand removes a tax or an account.
func (s *Server) DeleteSettingByHand(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, t := range s.taxes {
		if t.ID == id {
			s.taxes = append(s.taxes[:i:i], s.taxes[i+1:]...)
			return nil
		}
	}
	for i, a := range s.accounts {
		if a.ID == id {
			s.accounts = append(s.accounts[:i:i], s.accounts[i+1:]...)
			return nil
		}
	}
	return errNoRecord
}

// ChangeFieldByHand makes a custom field inactive or active, or gives it another type.
func (s *Server) ChangeFieldByHand(entity, label string, active bool, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.fields {
		if f.Entity == entity && f.Label == label {
			f.Inactive, f.Type = !active, kind
			return
		}
	}
	name := "cf_" + strings.ReplaceAll(strings.ToLower(label), " ", "_")
	s.fields = append(s.fields, &field{ID: s.id(), Entity: entity, Label: label, APIName: name, Unique: true, Inactive: !active, Type: kind})
}

func (s *Server) preferenceRoutes(mux *http.ServeMux) {
	mux.HandleFunc("PUT /sandbox/preferences", func(w http.ResponseWriter, r *http.Request) {
		var p Preferences
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
			writeJSON(w, 400, object{"message": err.Error()})
			return
		}
		s.Prefer(func(all *Preferences) { *all = p })
		writeJSON(w, 200, p)
	})
	mux.HandleFunc("POST /sandbox/approve", func(w http.ResponseWriter, _ *http.Request) {
		s.ApproveAll()
		writeJSON(w, 200, object{"message": "Approved."})
	})
	mux.HandleFunc("PUT /sandbox/lacks", func(w http.ResponseWriter, r *http.Request) {
		lacks := map[string]Way{}
		err := json.NewDecoder(r.Body).Decode(&lacks)
		if err == nil {
			err = s.Lack(lacks)
		}
		if err != nil {
			writeJSON(w, 400, object{"message": err.Error()})
			return
		}
		writeJSON(w, 200, lacks)
	})
	mux.HandleFunc("PUT /sandbox/answers/{module}", func(w http.ResponseWriter, r *http.Request) {
		var fields map[string]any
		decoder := json.NewDecoder(r.Body)
		decoder.UseNumber()
		if err := decoder.Decode(&fields); err != nil || modules[r.PathValue("module")] == nil {
			writeJSON(w, 400, object{"message": "a module and an object of fields are needed"})
			return
		}
		s.Alter(r.PathValue("module"), fields)
		writeJSON(w, 200, fields)
	})
}
