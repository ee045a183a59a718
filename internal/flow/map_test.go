package flow

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, doc any) {
	t.Helper()
	got, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; got\n%s", name, got)
	}
}

func m(text string) money.Decimal { return money.MustParse(text) }

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// stay is two nights and breakfasts at 5.5 %, billed by one invoice.
func stay() qloapps.Invoice {
	rates := []qloapps.RateSet{set("5.5")}
	o := &qloapps.Order{ID: "7", Reference: "BOOKINGXY", CustomerID: "3", Complete: true, Added: noon, Currency: "USD", Rate: m("1"), TotalIncl: m("232.10"), TotalExcl: m("220.00"), HotelID: "1", HotelName: "Larkspur", Lines: []qloapps.Line{
		{Kind: qloapps.RoomLine, ID: "1", ProductID: "11", Name: "Garden Room", Quantity: m("2"), Excl: m("200.00"), Incl: m("211.00"), Rates: rates, RoomNumber: "102", HotelName: "Larkspur", Adults: 2, Children: 1, From: noon.AddDate(0, 0, 3), To: noon.AddDate(0, 0, 5)},
		{Kind: qloapps.ServiceLine, ID: "2", ProductID: "21", Name: "Breakfast", Quantity: m("2"), Excl: m("20.00"), Incl: m("21.10"), Rates: rates},
	}}
	head := qloapps.InvoiceHead{ID: "9", Number: "4", Printed: "#IN000004", Date: noon, TotalIncl: m("232.10"), TotalExcl: m("220.00")}
	o.Invoices = []qloapps.InvoiceHead{head}
	return qloapps.Invoice{InvoiceHead: head, Order: o}
}

func discount(excl, incl string) qloapps.Discount {
	return qloapps.Discount{ID: "1", Name: "Voucher", Excl: m(excl), Incl: m(incl)}
}

// cost sets what the order and its invoice come to.
func cost(i *qloapps.Invoice, incl, excl string) {
	i.Order.TotalIncl, i.Order.TotalExcl = m(incl), m(excl)
	i.TotalIncl, i.TotalExcl = m(incl), m(excl)
	i.Order.Invoices[0] = i.InvoiceHead
}

func TestMapInvoice(t *testing.T) {
	t.Parallel()

	posted := engine.Link{ID: "z-1", Number: "#IN000004", Status: engine.Synced, Total: m("232.10")}
	may := "2026-06-01"
	tests := []struct {
		name    string
		self    engine.Link
		change  func(*qloapps.Invoice, *rules.Rules)
		golden  string
		fault   fault.Kind
		code    string
		notice  string
		nothing bool
		keep    bool
	}{
		{name: "a stay becomes inclusive lines, nights as quantity", golden: "invoice.json"},
		{name: "a discount is sent once, before tax", golden: "invoice_discount.json", change: func(i *qloapps.Invoice, _ *rules.Rules) {
			i.Order.Discounts = []qloapps.Discount{discount("23.70", "25.00")}
			cost(i, "207.10", "196.30")
		}},
		{name: "a discount on one product is taken from its lines alone", golden: "invoice_product_discount.json", change: func(i *qloapps.Invoice, _ *rules.Rules) {
			d := discount("9.48", "10.00")
			d.ProductID = "21"
			i.Order.Discounts = []qloapps.Discount{d, discount("4.74", "5.00")}
			cost(i, "217.10", "205.78")
		}},
		{name: "yen have no decimals", golden: "invoice_yen.json", change: func(i *qloapps.Invoice, _ *rules.Rules) {
			i.Order.Currency, i.Order.Rate = "JPY", m("149.53")
		}},
		{name: "Zoho numbers when told to, ours becomes the reference", golden: "invoice_zoho_number.json", change: func(_ *qloapps.Invoice, r *rules.Rules) { r.Settings.Orders.InvoiceNumbering = "zoho" }},
		{name: "a stale invoice row is told", notice: "invoice_stale", change: func(i *qloapps.Invoice, _ *rules.Rules) {
			i.Order.Invoices[0].TotalIncl, i.TotalIncl = m("200"), m("200")
		}},
		{name: "an order being written waits", fault: fault.Held, code: "order_incomplete", change: func(i *qloapps.Invoice, _ *rules.Rules) { i.Order.Complete = false }},
		{name: "a canceled order never posted needs no document", nothing: true, change: func(i *qloapps.Invoice, _ *rules.Rules) { i.Order.Canceled = true }},
		{name: "everything set to nothing needs no document", nothing: true, change: func(i *qloapps.Invoice, _ *rules.Rules) {
			for n := range i.Order.Lines {
				i.Order.Lines[n].Excl, i.Order.Lines[n].Incl = money.Zero, money.Zero
			}
			cost(i, "0", "0")
		}},
		{name: "an ignored hotel is left out", fault: fault.Skipped, code: "skipped_hotel", change: func(_ *qloapps.Invoice, r *rules.Rules) { r.Settings.Hotels.IgnoredHotels = []string{"1"} }},
		{name: "a hotel ignored later leaves what was posted as it stands", self: posted, keep: true, change: func(_ *qloapps.Invoice, r *rules.Rules) { r.Settings.Hotels.IgnoredHotels = []string{"1"} }},
		{name: "an invoice before the start date is left out", fault: fault.Skipped, code: "skipped_before_date", change: func(_ *qloapps.Invoice, r *rules.Rules) { r.Settings.Orders.ExportFromDate = &may }},
		{name: "lines that miss the total by more than rounding are held", fault: fault.Held, code: "totals_differ", change: func(i *qloapps.Invoice, _ *rules.Rules) { cost(i, "282.10", "267.39") }},
		{name: "invoices that do not add up are held", fault: fault.Held, code: "invoices_do_not_add_up", change: func(i *qloapps.Invoice, _ *rules.Rules) {
			i.Order.Invoices = append(i.Order.Invoices, qloapps.InvoiceHead{ID: "10", TotalIncl: m("5")})
		}},
		{name: "a tax that fits no rate is held", fault: fault.Held, code: "totals_differ", change: func(i *qloapps.Invoice, _ *rules.Rules) { i.Order.Lines[0].Incl = m("240") }},
		{name: "an unmapped rate waits and is named", fault: fault.Blocked, code: "mapping_missing", change: func(_ *qloapps.Invoice, r *rules.Rules) { delete(r.Mappings.Rows[rules.Taxes], "5.5") }},
		{name: "a rate mapped to another tax is held", fault: fault.Held, code: "totals_differ", change: func(_ *qloapps.Invoice, r *rules.Rules) {
			r.Mappings.Rows[rules.Taxes]["5.5"] = rules.Choice{ZohoID: "tax-21"}
		}},
		{name: "another currency waits while several are off", fault: fault.Held, code: "currency_off", change: func(i *qloapps.Invoice, r *rules.Rules) {
			i.Order.Currency, r.Settings.Currencies.MultiCurrency = "EUR", false
		}},
		{name: "a base currency unknown to QloApps has no rate", fault: fault.Held, code: "no_rate", change: func(i *qloapps.Invoice, r *rules.Rules) {
			i.Order.Currency, r.Org.BaseCurrency = "EUR", "CHF"
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			i, r := stay(), chosen()
			if tt.change != nil {
				tt.change(&i, r)
			}
			got, err := mapInvoice(i, tt.self, done{}, r)
			if kind := fault.KindOf(err); kind != tt.fault || err != nil && fault.Of(err).Code != tt.code {
				t.Fatalf("fault = %v, want %s/%s", err, tt.fault, tt.code)
			}
			if got.Nothing != tt.nothing || got.Keep != tt.keep {
				t.Errorf("nothing %v, keep %v", got.Nothing, got.Keep)
			}
			if tt.notice != "" && (len(got.Notices) != 1 || got.Notices[0].Code != tt.notice) {
				t.Errorf("notices = %v, want %s", got.Notices, tt.notice)
			}
			if tt.golden != "" {
				golden(t, tt.golden, got.Doc)
			}
		})
	}
}

// TestAnInvoiceIsDueAtTheFirstStayThatItBills: a canceled room, which QloApps sets to nothing, brings no day forward.
func TestAnInvoiceIsDueAtTheFirstStayThatItBills(t *testing.T) {
	t.Parallel()

	canceled := qloapps.Line{Kind: qloapps.RoomLine, ID: "3", ProductID: "11", Name: "Garden Room", From: noon.AddDate(0, 0, 1), To: noon.AddDate(0, 0, 2)}
	another := canceled
	another.Excl, another.Incl = m("100"), m("105.50")
	undated := stay() // breakfasts are billed, and the room is for nothing
	undated.Order.Lines[0].Excl, undated.Order.Lines[0].Incl = money.Zero, money.Zero
	cost(&undated, "21.10", "20.00")
	if got, err := mapInvoice(undated, engine.Link{}, done{}, chosen()); err != nil || got.Doc.DueDate != "2026-05-07" {
		t.Errorf("a free room: due %s, %v", got.Doc.DueDate, err)
	}
	for name, tt := range map[string]struct {
		more *qloapps.Line
		due  string
	}{"its only room": {nil, "2026-05-07"}, "a canceled one before": {&canceled, "2026-05-07"}, "another before": {&another, "2026-05-05"}} {
		i := stay()
		if tt.more != nil {
			i.Order.Lines = append(i.Order.Lines, *tt.more)
			i.Order.Lines[2].Rates = i.Order.Lines[0].Rates
			cost(&i, i.TotalIncl.Add(tt.more.Incl).String(), i.TotalExcl.Add(tt.more.Excl).String())
		}
		if got, err := mapInvoice(i, engine.Link{}, done{}, chosen()); err != nil || got.Doc.DueDate != tt.due {
			t.Errorf("%s: due %s, want %s, %v", name, got.Doc.DueDate, tt.due, err)
		}
	}
}

// TestWhatStandsIsNotSentAgain changes what a person may change and QloApps overwrites.
func TestWhatStandsIsNotSentAgain(t *testing.T) {
	t.Parallel()

	print := func(i qloapps.Invoice, r *rules.Rules) string {
		t.Helper()
		got, err := mapInvoice(i, engine.Link{ID: "z-1", Number: "#IN000004"}, done{}, r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(got.Compare)
		return string(text)
	}
	first := print(stay(), chosen())
	i, r := stay(), chosen()
	i.Order.Rate, i.Printed, r.Settings.Orders.InvoiceNumbering = m("1.07"), "#2026/000004", "zoho"
	if again := print(i, r); again != first {
		t.Errorf("rate, prefix or numbering would send the invoice again:\n%s\n%s", first, again)
	}
}

// pay is a payment of the stay above.
func pay(amount string) qloapps.Payment {
	o := stay().Order
	share := qloapps.Share{ID: "50", PaymentID: "5", OrderID: "7", InvoiceID: "9", Amount: m(amount), Currency: "USD", Rate: m("1"), Added: noon}
	o.Shares, o.TotalPaid = []qloapps.Share{share}, share.Amount
	return qloapps.Payment{ID: "5", Currency: "USD", Amount: m(amount), Rate: m("1"), Method: "Bank wire", TransactionID: "W-1", Added: noon, Shares: o.Shares, Orders: map[string]*qloapps.Order{"7": o}}
}

// books are links of which invoice 9 stands with 232.10, unless it is given another status.
type books struct {
	done
	status engine.Status
	why    string // the code of one that is blocked
}

func (b books) Look(flow, id string) engine.Link {
	if flow == Invoice && b.status != "" {
		return engine.Link{Status: b.status}
	}
	return b.done.Look(flow, id)
}

func (b books) Settled(flow, id string) (engine.Link, error) { return b.Look(flow, id), nil }

func (b books) Of(flow, id string) (engine.Link, error) {
	link := b.Look(flow, id)
	if !link.Exists() {
		if b.status == engine.Blocked {
			return link, fault.New(fault.Blocked, b.why, "Waits for credit slip 3.")
		}
		return link, fault.New(fault.Blocked, "not_queued", "Nobody has queued it.")
	}
	return link, nil
}

func TestMapPayment(t *testing.T) {
	t.Parallel()

	posted := engine.Link{ID: "z-5", Status: engine.Synced, Total: m("54.35"), Done: []string{"apply:z-invoice:9:54.35"}}
	tests := []struct {
		name        string
		amount      string
		self        engine.Link
		invoice     engine.Status
		why         string
		change      func(*qloapps.Payment, *rules.Rules)
		golden      string
		allocations string
		fault       fault.Kind
		code        string
		notice      string
		nothing     bool
	}{
		{name: "settles its invoice", amount: "232.10", golden: "payment.json", allocations: "232.1"},
		{name: "more than the invoice is the guest's credit", amount: "250", allocations: "232.1", notice: "overpaid"},
		{name: "an earlier share goes first", amount: "100", allocations: "32.1", notice: "overpaid", change: func(p *qloapps.Payment, _ *rules.Rules) {
			o := p.Orders["7"]
			o.Shares = append(o.Shares, qloapps.Share{ID: "8", OrderID: "7", InvoiceID: "9", Amount: m("200"), Currency: "USD", Rate: m("1")})
		}},
		{name: "two shares of one order settle it once", amount: "100", allocations: "100", change: func(p *qloapps.Payment, _ *rules.Rules) { twoShares(p, "60", "40") }},
		{name: "an invoice nobody queued is waited for", amount: "10", invoice: engine.NotSynced, fault: fault.Blocked, code: "not_queued"},
		{name: "a held invoice leaves the money unallocated", amount: "10", invoice: engine.Held},
		{name: "one that waits for something held does so too", amount: "10", invoice: engine.Blocked, why: "no_date"},
		{name: "one that waits for a choice is waited for", amount: "10", invoice: engine.Blocked, why: "mapping_missing", fault: fault.Blocked, code: "mapping_missing"},
		{name: "one that waits for what is about to come is waited for", amount: "10", invoice: engine.Blocked, why: engine.Waiting, fault: fault.Blocked, code: engine.Waiting},
		{name: "money before an invoice is an advance", amount: "10", golden: "payment_advance.json", change: func(p *qloapps.Payment, _ *rules.Rules) { p.Orders["7"].Invoices = nil }},
		{name: "nothing is not posted", amount: "0", nothing: true},
		{name: "more cash back than was ever paid is held", amount: "-20", fault: fault.Held, code: "negative_payment"},
		{name: "50 EUR on a dollar order are 54.35 USD", amount: "50", golden: "payment_euro.json", allocations: "54.35", change: inEuro},
		{name: "an order's rate overwritten later changes nothing that was posted", amount: "50", self: posted, allocations: "54.35", change: func(p *qloapps.Payment, r *rules.Rules) {
			inEuro(p, r)
			p.Orders["7"].Rate = m("1.1")
		}},
		{name: "a single share in another currency is what QloApps says was paid beyond the others", amount: "50", allocations: "56", change: func(p *qloapps.Payment, r *rules.Rules) {
			inEuro(p, r)
			p.Orders["7"].TotalPaid = m("56")
		}},
		{name: "however far that is from what it converts to", amount: "50", allocations: "90", notice: "paid_differs", change: func(p *qloapps.Payment, r *rules.Rules) {
			inEuro(p, r)
			p.Orders["7"].TotalPaid = m("90")
		}},
		{name: "payments that miss what QloApps says was paid are held", amount: "50", fault: fault.Held, code: "paid_differs", change: func(p *qloapps.Payment, r *rules.Rules) {
			inEuro(p, r)
			p.Orders["7"].TotalPaid = m("0")
		}},
		{name: "orders of two guests are held", amount: "50", fault: fault.Held, code: "split_contact", change: func(p *qloapps.Payment, _ *rules.Rules) {
			p.Orders["8"] = &qloapps.Order{ID: "8", Complete: true, CustomerID: "4", Currency: "USD"}
			p.Shares, p.Amount = append(p.Shares, qloapps.Share{ID: "51", OrderID: "8", Amount: m("1"), Currency: "USD"}), m("51")
		}},
		{name: "a share of a removed order is not lost", amount: "50", fault: fault.Held, code: "order_incomplete", change: func(p *qloapps.Payment, _ *rules.Rules) {
			p.Shares, p.Amount = append(p.Shares, qloapps.Share{ID: "51", OrderID: "99", Amount: m("1"), Currency: "USD"}), m("51")
		}},
		{name: "a share of nothing of a removed order holds nothing", amount: "50", allocations: "50", change: func(p *qloapps.Payment, _ *rules.Rules) {
			p.Shares = append([]qloapps.Share{{ID: "51", OrderID: "99", Currency: "USD"}}, p.Shares...)
		}},
		{name: "nor does one of another guest's order", amount: "50", allocations: "50", change: func(p *qloapps.Payment, _ *rules.Rules) {
			p.Orders["8"] = &qloapps.Order{ID: "8", Complete: true, CustomerID: "4", Currency: "EUR"}
			p.Shares = append([]qloapps.Share{{ID: "51", OrderID: "8", Currency: "USD"}}, p.Shares...)
		}},
		{name: "a payment of nothing with nothing but such a share is of the order all the same", amount: "0", nothing: true},
		{name: "nothing for an order that is gone is nothing all the same", amount: "0", nothing: true, change: func(p *qloapps.Payment, _ *rules.Rules) { p.Shares[0].OrderID = "99" }},
		{name: "a method left out", amount: "50", fault: fault.Skipped, code: "skipped_method", change: func(_ *qloapps.Payment, r *rules.Rules) { r.Settings.Payments.AllowedMethods = []string{"Cash"} }},
		{name: "export off", amount: "50", fault: fault.Skipped, code: "skipped_export_off", change: func(_ *qloapps.Payment, r *rules.Rules) { r.Settings.Payments.ExportEnabled = false }},
		{name: "no account is chosen silently", amount: "50", fault: fault.Blocked, code: "mapping_missing", change: func(_ *qloapps.Payment, r *rules.Rules) { delete(r.Mappings.Rows, rules.DepositAccounts) }},
		{name: "money for an invoice before the start date", amount: "50", fault: fault.Skipped, code: "before_export_invoice", change: func(p *qloapps.Payment, r *rules.Rules) {
			start := "2026-06-01"
			p.Added, r.Settings.Orders.ExportFromDate = noon.AddDate(0, 2, 0), &start
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			p, r := pay(tt.amount), chosen()
			if tt.change != nil {
				tt.change(&p, r)
			}
			links := books{done: done{ref(Invoice, "9"): m("232.10")}, status: tt.invoice, why: tt.why}
			got, err := mapPayment(p, tt.self, links, r)
			if kind := fault.KindOf(err); kind != tt.fault || err != nil && fault.Of(err).Code != tt.code {
				t.Fatalf("fault = %v, want %s/%s", err, tt.fault, tt.code)
			}
			var applied []string
			for _, a := range got.Doc.Invoices {
				applied = append(applied, a.AmountApplied.String())
			}
			if tt.self.Exists() { // what was posted is only moved
				applied = []string{got.Facts.Applied.String()}
			}
			if have := strings.Join(applied, " "); have != tt.allocations || got.Nothing != tt.nothing {
				t.Errorf("allocations %q, nothing %v; want %q", have, got.Nothing, tt.allocations)
			}
			if noticed := len(got.Notices) > 0; noticed != (tt.notice != "") || noticed && got.Notices[0].Code != tt.notice {
				t.Errorf("notices = %v, want %q", got.Notices, tt.notice)
			}
			if tt.golden != "" {
				golden(t, tt.golden, got.Doc)
			}
		})
	}
}

// TestSharesOfBothSignsAreNamed: what QloApps took out of one order for another went back to nobody.
func TestSharesOfBothSignsAreNamed(t *testing.T) {
	t.Parallel()

	p := pay("100")
	p.Shares[0].Amount = m("124.80")
	other := *p.Orders["7"]
	other.ID, other.Reference = "8", "OTHERROOM"
	other.Shares = []qloapps.Share{{ID: "51", PaymentID: "5", OrderID: "8", Amount: m("-24.80"), Currency: "USD", Rate: m("1"), Added: noon}}
	p.Orders["8"], p.Shares = &other, append(p.Shares, other.Shares...)
	_, err := mapPayment(p, engine.Link{}, books{done: done{ref(Invoice, "9"): m("232.10")}}, chosen())
	holds(t, "more paid than taken", err, "negative_payment", "100.00", "124.80 for order 7 (BOOKINGXY)", "-24.80 for order 8 (OTHERROOM)", "both signs")
	if words := err.Error(); strings.Contains(words, "given back") {
		t.Errorf("nothing went back: %s", words)
	}
	p.Amount, p.Shares[0].Amount, p.Shares[1].Amount = m("-100"), m("24.80"), m("-124.80")
	_, err = mapPayment(p, engine.Link{}, books{done: done{ref(Invoice, "9"): m("232.10")}}, chosen())
	holds(t, "more taken than paid", err, "negative_payment", "-100.00", "-124.80")
}

// twoShares divides a payment for one order over two rows.
func twoShares(p *qloapps.Payment, first, second string) {
	one := p.Shares[0]
	two := one
	one.Amount, two.Amount, two.ID = m(first), m(second), one.ID+"1"
	p.Shares = []qloapps.Share{one, two}
	o := p.Orders["7"]
	o.Shares = append(slices.DeleteFunc(slices.Clone(o.Shares), func(s qloapps.Share) bool { return s.PaymentID == p.ID }), p.Shares...)
}

func inEuro(p *qloapps.Payment, _ *rules.Rules) {
	o := p.Orders["7"]
	p.Currency, p.Rate = "EUR", m("0.92")
	p.Shares[0].Currency, p.Shares[0].Rate = "EUR", m("0.92")
	o.Shares, o.TotalPaid = p.Shares, m("54.35")
}

// TestOrdersOfNobodyStandUnderNobodysName, whatever the pattern of names.
func TestOrdersOfNobodyStandUnderNobodysName(t *testing.T) {
	t.Parallel()

	for _, pattern := range []string{"{name}", "{firstname} {lastname} ({id})", "{email}"} {
		r := chosen()
		r.Settings.Customers.NamePattern = pattern
		got, err := mapCustomer(guest{Customer: qloapps.Customer{ID: qloapps.Nobody, Active: true, Gone: true}}, engine.Link{}, links{}, r)
		if err != nil || len(got.Names) == 0 || got.Names[0] != nobody || len(got.Doc.Persons) > 0 {
			t.Errorf("%s: it is called %q, with %+v, %v", pattern, got.Names, got.Doc.Persons, err)
		}
	}
}
