package flow

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// pass is one change of an order, whose documents are attempted in any sequence until all are at rest. Its links wait as the
// engine's do.
type pass struct {
	known  links
	moving map[string]bool
	order  *qloapps.Order
}

func (p *pass) Look(flow, id string) engine.Link {
	switch flow {
	case RoomType, ServiceProduct, Customer:
		return engine.Link{Ref: ref(flow, id), ID: "z-" + flow, Status: engine.Synced}
	}
	return p.known.Look(flow, id)
}

func (p *pass) Settled(flow, id string) (engine.Link, error) {
	if p.moving[flow+":"+id] {
		return engine.Link{}, fault.New(fault.Blocked, "waiting", "%s:%s", flow, id)
	}
	return p.Look(flow, id), nil
}

func (p *pass) Of(flow, id string) (engine.Link, error) {
	link := p.Look(flow, id)
	if link.Exists() && len(link.Done) == len(link.Steps) {
		return link, nil
	}
	if p.moving[flow+":"+id] {
		return engine.Link{}, fault.New(fault.Blocked, "waiting", "%s:%s", flow, id)
	}
	return engine.Link{}, fault.New(fault.Blocked, "not_queued", "%s:%s", flow, id)
}

// attempt maps a document, and has what it wants stand.
func (p *pass) attempt(t *rapid.T, key string) (rests bool, why error) {
	flow, id, _ := strings.Cut(key, ":")
	me, r := p.Look(flow, id), chosen()
	i := qloapps.Invoice{InvoiceHead: p.order.Invoices[0], Order: p.order}
	var end func() // takes the steps
	var err error
	switch flow {
	case Invoice:
		var m engine.Mapped[zoho.Invoice]
		m, err = mapInvoice(i, me, p, r)
		end = func() { p.stands(key, me, m.Nothing, "", m.Steps, m.Facts.Total, m.Wakes) }
	case Cancellation:
		var m engine.Mapped[zoho.CreditNote]
		m, err = mapCancellation(i, me, p, r)
		end = func() { p.stands(key, me, m.Nothing, "", m.Steps, m.Facts.Total, m.Wakes) }
	case CreditNote:
		var m engine.Mapped[zoho.CreditNote]
		s := slipOf("232.10", "220.00")
		s.ID, s.Order = id, p.order
		s.Details = []qloapps.SlipDetail{{DetailID: "1", Name: "Garden Room", Quantity: money.Whole(1), Excl: s.TotalExcl, Incl: s.TotalIncl}}
		m, err = mapSlip(s, me, p, r)
		end = func() { p.stands(key, me, m.Nothing, "", m.Steps, m.Facts.Total, m.Wakes) }
	case Payment:
		var m engine.Mapped[zoho.CustomerPayment]
		n := slices.IndexFunc(p.order.Shares, func(s qloapps.Share) bool { return s.PaymentID == id })
		share := p.order.Shares[n]
		m, err = mapPayment(qloapps.Payment{ID: id, Currency: "USD", Amount: share.Amount, Rate: money.Whole(1), Method: "Cash", Added: noon, Shares: []qloapps.Share{share}, Orders: map[string]*qloapps.Order{"7": p.order}}, me, p, r)
		end = func() {
			made := destination.Money{Settles: map[string]money.Decimal{}, Back: map[string]money.Decimal{}}
			for _, a := range m.Doc.Invoices {
				made.Settles[a.InvoiceID] = a.AmountApplied.Decimal
			}
			if !me.Exists() && m.Stands == "" {
				me.Sent = []byte(`{}`)
				me.Extra, _ = json.Marshal(map[string]any{"money": made})
			}
			p.stands(key, me, m.Nothing, m.Stands, m.Steps, m.Facts.Total, m.Wakes)
		}
	}
	link := p.known[key]
	switch f := fault.Of(err); {
	case err == nil:
		end()
		return true, nil
	case f.Code == "waiting":
		return false, err
	case f.Kind == fault.Held || f.Kind == fault.Blocked:
		link.Status = engine.Held
		p.known[key] = link
		return true, err
	default:
		t.Fatalf("%s: %v", key, err)
		return true, err
	}
}

func (p *pass) stands(key string, me engine.Link, nothing bool, on string, steps []engine.Step, total money.Decimal, wakes []engine.Ref) {
	link := me
	link.Status, link.Total = engine.Synced, total
	moved := false
	if !nothing {
		if link.ID = cmp.Or(me.ID, on, "z-"+key); !me.Exists() {
			moved = true
		}
		kept := map[string]any{}
		_ = json.Unmarshal(me.Extra, &kept)
		link.Done, link.Steps = nil, nil
		for _, s := range steps {
			link.Done, link.Steps = append(link.Done, s.Name), append(link.Steps, s.Name)
			if slices.Contains(me.Done, s.Name) {
				continue
			}
			moved = true
			var after map[string]any
			if json.Unmarshal(s.After, &after) == nil {
				for name, value := range after {
					into, rest := kept, name
					for outer, inner, within := strings.Cut(rest, "/"); within; outer, inner, within = strings.Cut(rest, "/") {
						next, _ := into[outer].(map[string]any)
						if next == nil {
							next = map[string]any{}
							into[outer] = next
						}
						into, rest = next, inner
					}
					into[rest] = value
				}
			}
		}
		link.Extra, _ = json.Marshal(kept)
	}
	p.known[key] = link
	for _, w := range wakes {
		if other := p.known[w.Key()]; moved && w.Key() != key && (other.Exists() && other.Status == engine.Synced || other.Status == engine.Held) {
			p.moving[w.Key()] = true
		}
	}
}

// comeToRest attempts documents in any sequence, those that others wake again, and gives why each is held.
func (p *pass) comeToRest(t *rapid.T, queue []string) (held map[string]error) {
	for _, key := range queue {
		p.moving[key] = true
	}
	held = map[string]error{}
	for round := 0; ; round++ {
		var due []string
		for _, key := range queue {
			if p.moving[key] {
				due = append(due, key)
			}
		}
		if len(due) == 0 {
			return held
		}
		progress, waits := false, map[string]error{}
		for _, key := range rapid.Permutation(due).Draw(t, "sequence") {
			p.moving[key] = false // a wish that comes meanwhile moves it again
			rests, why := p.attempt(t, key)
			if p.moving[key] = p.moving[key] || !rests; rests {
				progress, held[key] = true, why
			} else {
				waits[key] = why
			}
		}
		if !progress || round > 30 {
			t.Fatalf("they wait for each other: %v", waits)
		}
	}
}

// TestADecisionDoesNotDependOnTheSequenceOfArrival attempts what one change of an order queued in every sequence: all of it
// comes to rest, as no two documents wait for each other, and what becomes of the invoice is always the same.
func TestADecisionDoesNotDependOnTheSequenceOfArrival(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		paid, change, slip bool // paid before, an amount that comes with the change, a slip over all
		back               string
		canceled           bool
		total              string // "" = as it was
		voucher            string
		void               bool
		cancellation       string // the code with which it is held
		open               string // of the invoice
		lowered            string // the code with which that is held
	}{
		"paid and canceled":                {change: true, canceled: true, cancellation: "paid_document", open: "0"},
		"paid, given back and canceled":    {paid: true, back: "232.10", canceled: true, void: true, open: "232.1"},
		"all of it in one pass":            {change: true, back: "232.10", canceled: true, void: true, open: "232.1"},
		"a part given back and canceled":   {paid: true, back: "100", canceled: true, cancellation: "paid_document", open: "100"},
		"credited whole and canceled":      {slip: true, canceled: true, open: "0"},
		"paid, credited whole, canceled":   {paid: true, slip: true, canceled: true, open: "0"},
		"cheaper and given back":           {paid: true, back: "32.10", total: "200", open: "0"},
		"cheaper, and less given back":     {paid: true, back: "10", total: "200", open: "10", lowered: "overpaid_after_edit"},
		"a voucher and as much given back": {paid: true, back: "50", voucher: "50", open: "0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			rapid.Check(t, func(t *rapid.T) {
				i := stay()
				o := i.Order
				p := &pass{known: links{}, moving: map[string]bool{}, order: o}
				sent := []byte(`{"customer_id":"z-customer","date":"2026-05-04","is_inclusive_tax":true,"line_items":[{"item_id":"z-room_type","rate":232.10,"quantity":1,"tax_id":"tax-5.5"}]}`)
				p.known["invoice:9"] = engine.Link{ID: "z-9", Status: engine.Synced, Total: m("232.10"), Currency: "USD", Sent: sent, Done: []string{"sent"}, Steps: []string{"sent"}, Day: "2026-05-04"}
				queue := []string{"invoice:9", "cancellation:9"}
				share := func(id, amount string) {
					o.Shares = append(o.Shares, qloapps.Share{ID: id, PaymentID: id, OrderID: "7", InvoiceID: "9", Amount: m(amount), Currency: "USD", Rate: m("1"), Added: noon})
					o.TotalPaid = o.TotalPaid.Add(m(amount))
					queue = append(queue, "payment:"+id)
				}
				if tt.paid || tt.change {
					share("1", "232.10")
				}
				if tt.paid {
					p.known["payment:1"] = engine.Link{ID: "z-payment:1", Status: engine.Synced, Total: m("232.10"), Currency: "USD", Sent: []byte(`{}`), Extra: []byte(`{"money":{"settles":{"z-9":"232.1"},"back":{}}}`), Done: []string{"apply:z-9:232.1"}, Steps: []string{"apply:z-9:232.1"}}
				}
				if tt.back != "" {
					share("2", "-"+tt.back)
				}
				if tt.slip {
					o.SlipIDs = []string{"3"}
					queue = append(queue, "credit_note:3")
				}
				if tt.voucher != "" {
					p.known["credit_note:30"] = engine.Link{ID: "z-note", Number: "30", Status: engine.Synced, Total: m(tt.voucher), Currency: "USD", Sent: []byte(`{"customer_id":"z-customer"}`)}
					d := discount("47.39", "50")
					d.FromSlip, d.FromSlipCurrency = "30", "USD"
					o.Discounts = []qloapps.Discount{d}
					cost(&i, "182.10", "172.61")
				}
				if tt.total != "" {
					o.Lines = o.Lines[:1]
					o.Lines[0].Incl, o.Lines[0].Excl = m("200"), m("189.57")
					cost(&i, "200", "189.57")
				}
				if tt.canceled {
					o.Canceled, o.CanceledAt = true, noon.AddDate(0, 0, 5)
				}
				held := p.comeToRest(t, queue)
				invoice := p.Look(Invoice, "9")
				if void := slices.Contains(invoice.Done, engine.StepVoid); void != tt.void {
					t.Errorf("the invoice is void: %v; %v", void, held)
				}
				if code := faultCode(held["cancellation:9"]); code != tt.cancellation {
					t.Errorf("the cancellation ends with %v", held["cancellation:9"])
				}
				if tt.void {
					return
				}
				s, err := settle(o, asked{}, 2, p)
				if err != nil {
					t.Fatal(err)
				}
				if open := invoice.Total.Sub(s.stand.On("9")).Sub(s.stand.Others["9"]); open.String() != tt.open {
					t.Errorf("%s open of the invoice over %s, want %s: %v", open, invoice.Total, tt.open, held)
				}
				if faultCode(held["invoice:9"]) != tt.lowered {
					t.Errorf("the invoice ends with %v", held["invoice:9"])
				}
			})
		})
	}
}

// TestMoneyBackComesToRestInAnySequenceOfRows attempts payments and money given back, whose rows QloApps may show in any
// sequence, some of them a pass later than others: none waits for ever, what went back went once, and what is open is what
// QloApps says is due.
func TestMoneyBackComesToRestInAnySequenceOfRows(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		o := stay().Order
		p := &pass{known: links{}, moving: map[string]bool{}, order: o}
		p.known["invoice:9"] = engine.Link{ID: "z-9", Status: engine.Synced, Total: m("232.10"), Currency: "USD", Sent: []byte(`{}`), Done: []string{"sent"}, Steps: []string{"sent"}, Day: "2026-05-04"}
		paid, cash := money.Zero, money.Zero
		var all []string
		var shares []qloapps.Share
		for n := range rapid.IntRange(1, 7).Draw(t, "rows") {
			id, amount := fmt.Sprint(n+1), money.Whole(rapid.IntRange(1, 200).Draw(t, "amount"))
			if rapid.IntRange(0, 2).Draw(t, "back") == 0 {
				cash, amount = cash.Add(amount), amount.Neg()
			} else {
				paid = paid.Add(amount)
			}
			shares = append(shares, qloapps.Share{ID: id, PaymentID: id, OrderID: "7", InvoiceID: "9", Amount: amount, Currency: "USD", Rate: m("1"), Added: noon})
			all = append(all, "payment:"+id)
		}
		held := map[string]error{}
		come := rapid.Permutation(shares).Draw(t, "come")
		for first := rapid.IntRange(1, len(come)).Draw(t, "first"); len(o.Shares) < len(come); first = len(come) {
			o.Shares = slices.Clone(come[:first])
			var queue []string
			for _, s := range o.Shares {
				queue = append(queue, "payment:"+s.PaymentID)
			}
			held = p.comeToRest(t, queue)
		}
		s, err := settle(o, asked{}, 2, p)
		if err != nil {
			t.Fatal(err)
		}
		back := money.Zero
		for _, key := range all {
			went := s.stand.For(key)
			if back = back.Add(went); held[key] != nil && (went.IsPositive() || cash.LessThanOrEqual(paid)) {
				t.Fatalf("%s is held though %s were paid and %s went back: %v", key, paid, cash, held[key])
			}
		}
		if len(held) != len(all) || cash.LessThanOrEqual(paid) && !back.Equal(cash) {
			t.Fatalf("%s of %s went back: %v", back, cash, held)
		}
		due := money.Max(m("232.10").Sub(paid).Add(cash), money.Zero)
		if open := m("232.10").Sub(s.stand.On("9")); cash.LessThanOrEqual(paid) && !open.Equal(due) {
			t.Fatalf("%s open, %s due: %v", open, due, s.stand)
		}
	})
}
