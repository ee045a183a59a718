package books

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/shopspring/decimal"
)

// journal is an entry in the books without a document. Nothing of it must be unique.
type journal struct {
	ID, Number string
	body       object
}

var journalSpec = spec{
	"journal_date": "d", "reference_number": "s100", "notes": "s500", "journal_type": "s20", "status": "s20", "currency_id": "id", "exchange_rate": "n", "location_id": "id", "tags": tagFields,
	"line_items": list{"account_id": "id", "customer_id": "id", "description": "s500", "amount": "n", "debit_or_credit": "s10", "location_id": "id", "tags": tagFields, "tax_id": "id"},
}

// Journal is a journal as it stands.
type Journal struct {
	ID        string        `json:"id"`
	Number    string        `json:"number"`
	Date      string        `json:"date"`
	Reference string        `json:"reference"`
	Notes     string        `json:"notes"`
	Location  string        `json:"location,omitempty"`
	Status    string        `json:"status"`
	Lines     []JournalLine `json:"lines"`
}

// JournalLine is a line of it. Debit and Credit are amounts of the base currency, one of them zero.
type JournalLine struct {
	Account  string          `json:"account"` // its name
	Debit    decimal.Decimal `json:"debit"`
	Credit   decimal.Decimal `json:"credit"`
	Options  []string        `json:"options,omitempty"` // of reporting tags
	Location string          `json:"location,omitempty"`
}

// AddAccount makes an account exist, as a person does in the chart of accounts, and gives its id.
func (s *Server) AddAccount(name, kind string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &account{s.id(), name, kind, "active"}
	s.accounts = append(s.accounts, a)
	return a.ID
}

// Journals are all that were entered, in their order.
func (s *Server) Journals() []Journal {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Journal
	for _, j := range s.journals {
		shown := Journal{ID: j.ID, Number: j.Number, Date: j.body.text("journal_date"), Reference: j.body.text("reference_number"), Notes: j.body.text("notes"), Location: j.body.text("location_id"), Status: j.body.text("status")}
		for _, row := range j.body.objects("line_items") {
			l := JournalLine{Account: s.accountName(row.text("account_id")), Location: row.text("location_id")}
			if row.text("debit_or_credit") == "debit" {
				l.Debit = row.number("amount")
			} else {
				l.Credit = row.number("amount")
			}
			for _, t := range row.objects("tags") {
				l.Options = append(l.Options, t.text("tag_option_id"))
			}
			shown.Lines = append(shown.Lines, l)
		}
		out = append(out, shown)
	}
	return out
}

// Balance is what the published journals up to a day, "" = all, come to in an account: of income and liabilities
// credits less debits, of others the other way round.
func (s *Server) Balance(account, day string) decimal.Decimal {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		if a.ID == account {
			return s.balanceOf(a, day)
		}
	}
	return decimal.Zero
}

func (s *Server) balanceOf(a *account, day string) decimal.Decimal {
	sum := decimal.Zero
	for _, j := range s.journals {
		if j.body.text("status") != "published" || day != "" && j.body.text("journal_date") > day {
			continue
		}
		for _, row := range j.body.objects("line_items") {
			switch {
			case row.text("account_id") != a.ID:
			case (row.text("debit_or_credit") == "credit") == (a.Type == "income" || a.Type == "other_current_liability"):
				sum = sum.Add(row.number("amount"))
			default:
				sum = sum.Sub(row.number("amount"))
			}
		}
	}
	return sum
}

func (j *journal) total() decimal.Decimal {
	sum := decimal.Zero
	for _, row := range j.body.objects("line_items") {
		if row.text("debit_or_credit") == "debit" {
			sum = sum.Add(row.number("amount"))
		}
	}
	return sum
}

func (j *journal) row() object {
	return object{"journal_id": j.ID, "entry_number": j.Number, "reference_number": j.body.text("reference_number"), "journal_date": j.body.text("journal_date"),
		"notes": j.body.text("notes"), "status": j.body.text("status"), "total": n(j.total()), "bcy_total": n(j.total())}
}

func (s *Server) journalCalls(r *request) (int, object, *refusal) {
	switch {
	case len(r.path) == 1 && r.method == http.MethodPost:
		return s.enter(r)
	case len(r.path) == 1 && r.method == http.MethodGet:
		rows := []object{}
		for i := len(s.journals) - 1; i >= 0; i-- {
			j := s.journals[i]
			if reference := r.query.Get("reference_number"); reference != "" && j.body.text("reference_number") != reference {
				continue
			}
			if date := r.query.Get("date"); date != "" && j.body.text("journal_date") != date {
				continue
			}
			rows = append(rows, j.row())
		}
		return paged(r, "journals", rows)
	case len(r.path) == 2 && r.method == http.MethodGet:
		for _, j := range s.journals {
			if j.ID == r.path[1] {
				full := j.row()
				full["line_items"] = j.body["line_items"]
				return 200, object{"journal": full}, nil
			}
		}
		return 0, nil, refuse(404, 1002, "Journal does not exist.")
	}
	return 0, nil, errMethod
}

// enter takes a journal whose debits and credits come to the same.
func (s *Server) enter(r *request) (int, object, *refusal) {
	if bad := journalSpec.check(r.body); bad != nil {
		return 0, nil, bad
	}
	if r.body.text("journal_date") == "" {
		return 0, nil, refuse(400, 4, "Invalid value passed for journal_date")
	}
	if status := r.body.text("status"); status != "" && status != "draft" && status != "published" {
		return 0, nil, refuse(400, 4, "Invalid value passed for status")
	}
	if bad := s.frozen([]string{"all", "accountant"}, []string{r.body.text("journal_date")}); bad != nil {
		return 0, nil, bad
	}
	rows := r.body.objects("line_items")
	if len(rows) < 2 {
		return 0, nil, refuse(400, 4, "Invalid value passed for line_items: a journal has two lines at least")
	}
	if bad := s.divided(r.body); bad != nil {
		return 0, nil, bad
	}
	left := decimal.Zero
	for _, row := range rows {
		amount := row.number("amount")
		if !amount.IsPositive() || !fits(amount, precisions(s.opts.BaseCurrency)) {
			return 0, nil, refuse(400, 4, "Invalid value passed for amount")
		}
		if !slices.ContainsFunc(s.accounts, func(a *account) bool { return a.ID == row.text("account_id") }) {
			return 0, nil, s.notThere("Account", "account_id")
		}
		switch row.text("debit_or_credit") {
		case "debit":
			left = left.Add(amount)
		case "credit":
			left = left.Sub(amount)
		default:
			return 0, nil, refuse(400, 4, "Invalid value passed for debit_or_credit")
		}
	}
	if !left.IsZero() {
		return 0, nil, refuse(400, 16001, "Please ensure that the debits and credits are equal.")
	}
	j := &journal{ID: s.id(), Number: fmt.Sprint(len(s.journals) + 1), body: r.body}
	if r.body.text("status") == "" {
		j.body["status"] = "published"
	}
	if s.prefer.Journals != "" {
		j.body["status"] = s.prefer.Journals
	}
	s.journals = append(s.journals, j)
	status := 201
	if s.opts.Contrary {
		status = 200
	}
	return status, object{"journal": j.row(), "message": "The journal entry has been created."}, nil
}

// Nets are the lines of a document without tax, after their share of its discount, unrounded.
func (s *Server) Nets(id string) []decimal.Decimal {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.byID[id]
	if d == nil {
		return nil
	}
	amounts, whole := make([]decimal.Decimal, len(d.lines)), decimal.Zero
	for i, l := range d.lines {
		amounts[i] = d.totals.Lines[i]
		if d.body.text("discount_type") == "item_level" {
			amounts[i] = amounts[i].Sub(l.body.number("discount"))
		}
		whole = whole.Add(amounts[i])
	}
	if d.body.text("discount_type") != "item_level" {
		amounts = spread(amounts, d.body.number("discount"), whole, d.currency.Precision)
	}
	if !s.inclusive(d.body) {
		return amounts
	}
	for i, l := range d.lines {
		for _, tax := range (sum{Inclusive: true}).lineTax(amounts[i], l.taxes) {
			amounts[i] = amounts[i].Sub(tax)
		}
	}
	return amounts
}

// EnterByHand makes a journal as a person does: credit is given amount, debit is taken it from.
func (s *Server) EnterByHand(day, credit, debit, amount string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := func(account, side string) any {
		return map[string]any{"account_id": account, "debit_or_credit": side, "amount": json.Number(amount)}
	}
	s.journals = append(s.journals, &journal{ID: s.id(), Number: fmt.Sprint(len(s.journals) + 1),
		body: object{"journal_date": day, "status": "published", "line_items": []any{line(credit, "credit"), line(debit, "debit")}}})
}
