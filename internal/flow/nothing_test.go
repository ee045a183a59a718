package flow

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestWhatComesToNothingHoldsNothing: a payment or a slip of 0.00 has no document, and nothing about it waits for anybody,
// whatever its rows lack. What is left out by a filter still says so.
func TestWhatComesToNothingHoldsNothing(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(*qloapps.Payment, *rules.Rules){
		"as it comes": func(*qloapps.Payment, *rules.Rules) {},
		"without shares, of several orders": func(p *qloapps.Payment, _ *rules.Rules) {
			p.Shares, p.OfReference = nil, []string{"7", "8"}
		},
		"in a currency that is off": func(p *qloapps.Payment, r *rules.Rules) {
			p.Orders["7"].Currency, r.Settings.Currencies.MultiCurrency = "EUR", false
		},
		"in another currency without a rate": func(p *qloapps.Payment, _ *rules.Rules) {
			p.Currency, p.Rate, p.Shares[0].Currency, p.Shares[0].Rate = "EUR", money.Zero, "EUR", money.Zero
		},
		"without a date": func(p *qloapps.Payment, _ *rules.Rules) { p.Added = time.Time{} },
		"by a method that is not mapped": func(_ *qloapps.Payment, r *rules.Rules) {
			r.Mappings.Rows[rules.DepositAccounts] = nil
		},
	} {
		p, r := pay("0"), chosen()
		change(&p, r)
		if got, err := mapPayment(p, engine.Link{}, books{done: done{ref(Invoice, "9"): m("232.10")}}, r); err != nil || !got.Nothing {
			t.Errorf("a payment %s: %v, nothing %v", name, err, got.Nothing)
		}
	}
	p, r := pay("0"), chosen()
	r.Settings.Payments.ExportEnabled = false
	if _, err := mapPayment(p, engine.Link{}, done{}, r); fault.Of(err).Code != "skipped_export_off" {
		t.Errorf("payments are off: %v", err)
	}

	for name, change := range map[string]func(*qloapps.Slip, *rules.Rules){
		"as it comes": func(*qloapps.Slip, *rules.Rules) {},
		"on an order without an invoice": func(s *qloapps.Slip, _ *rules.Rules) {
			s.Order.Invoices = nil
		},
		"in a currency that is off": func(s *qloapps.Slip, r *rules.Rules) {
			s.Order.Currency, r.Settings.Currencies.MultiCurrency = "EUR", false
		},
	} {
		s, r := slipOf("0", "0"), chosen()
		change(&s, r)
		if got, err := mapSlip(s, engine.Link{}, done{ref(Invoice, "9"): m("232.10")}, r); err != nil || !got.Nothing {
			t.Errorf("a slip %s: %v, nothing %v", name, err, got.Nothing)
		}
	}
}
