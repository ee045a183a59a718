package flow

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// TestCashBack gives money back in the order the books want it: unused credit of the newest payment
// first, then the newest allocations.
func TestCashBack(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name  string
		paid  []string // earlier shares, oldest first, each a payment of its own
		back  string
		two   [2]string // shares of the same order that it is written in; none = one
		done  []string
		steps string
	}{
		{name: "from the only payment", paid: []string{"232.10"}, back: "-100", steps: "giveback:z-payment:1:100"},
		{name: "from unused credit first", paid: []string{"300", "50"}, back: "-60", steps: "giveback:z-payment:2:50 giveback:z-payment:1:10"},
		{name: "then from the newest allocation", paid: []string{"100", "132.10"}, back: "-150", steps: "giveback:z-payment:2:132.1 giveback:z-payment:1:17.9"},
		{name: "unused and allocated of one payment are one refund", paid: []string{"250"}, back: "-30", steps: "giveback:z-payment:1:30"},
		{name: "two shares of one order are one refund over both", paid: []string{"232.10"}, back: "-50", two: [2]string{"-30", "-20"}, steps: "giveback:z-payment:1:50"},
		{name: "what was given back stays so", paid: []string{"250"}, back: "-30", done: []string{"giveback:z-payment:1:30"}, steps: "giveback:z-payment:1:30"},
		{name: "a half done one goes on", paid: []string{"100", "132.10"}, back: "-150", done: []string{"giveback:z-payment:2:132.1"}, steps: "giveback:z-payment:2:132.1 giveback:z-payment:1:17.9"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			p := pay(tt.back)
			o := p.Orders["7"]
			own := o.Shares[0]
			o.Shares = nil
			for i, amount := range tt.paid {
				id := string(rune('1' + i))
				o.Shares = append(o.Shares, qloapps.Share{ID: id, PaymentID: id, OrderID: "7", InvoiceID: "9", Amount: m(amount), Currency: "USD", Rate: m("1"), Added: noon})
			}
			o.Shares = append(o.Shares, own)
			if tt.two[0] != "" {
				twoShares(&p, tt.two[0], tt.two[1])
			}
			self := engine.Link{}
			if tt.done != nil {
				self = engine.Link{ID: "z-payment:2", Status: engine.Synced, Total: m(tt.back), Done: tt.done}
			}
			got, err := mapPayment(p, self, done{ref(Invoice, "9"): m("232.10")}, chosen())
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, s := range got.Steps {
				names = append(names, s.Name)
			}
			if have := strings.Join(names, " "); have != tt.steps || got.Stands == "" {
				t.Errorf("steps %q on %q, want %q", have, got.Stands, tt.steps)
			}
		})
	}
}

// TestCashBackLowersOnlyWhatItLacks gives money back of a payment of two orders: what is unused of the order's own share goes
// first, and what is unused of the other's share is not touched.
func TestCashBackLowersOnlyWhatItLacks(t *testing.T) {
	t.Parallel()

	for paid, stays := range map[string]string{"232.10": "202.1", "242.10": "212.1", "300": ""} {
		p := pay("-30")
		o := p.Orders["7"]
		o.Shares = append([]qloapps.Share{{ID: "1", PaymentID: "1", OrderID: "7", InvoiceID: "9", Amount: m(paid), Currency: "USD", Rate: m("1"), Added: noon}}, o.Shares...)
		payment := engine.Link{ID: "z-payment:1", Status: engine.Synced, Total: m(paid).Add(m("50")), Sent: []byte("{}"), Done: []string{"apply:z-invoice:9:232.1"}}
		got, err := mapPayment(p, engine.Link{}, self{done{ref(Invoice, "9"): m("232.10")}, ref(Payment, "1"), payment}, chosen())
		if err != nil || len(got.Steps) != 1 {
			t.Fatalf("%d steps, %v", len(got.Steps), err)
		}
		var want destination.Refunding
		if err := json.Unmarshal(got.Steps[0].Body, &want); err != nil {
			t.Fatal(err)
		}
		have := ""
		for _, kept := range want.Kept {
			have += kept.AmountApplied.String()
		}
		if have != stays {
			t.Errorf("of %s paid, %q stays on the invoice, want %q", paid, have, stays)
		}
	}
}
