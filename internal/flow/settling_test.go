package flow

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// oneLeftOut are links of which invoice 8 is left out, and of payment 4 whether it stands.
type oneLeftOut struct {
	done
	posted bool
}

func (l oneLeftOut) Look(flow, id string) engine.Link {
	if flow == Invoice && id == "8" || flow == Payment && id == "4" && !l.posted {
		return engine.Link{Ref: ref(flow, id), Status: engine.Skipped}
	}
	return l.done.Look(flow, id)
}

func (l oneLeftOut) Of(flow, id string) (engine.Link, error) {
	if link := l.Look(flow, id); link.Exists() {
		return link, nil
	}
	return engine.Link{}, fault.New(fault.Skipped, "skipped_before_date", "It is too old.")
}

func (l oneLeftOut) Settled(flow, id string) (engine.Link, error) { return l.Look(flow, id), nil }

// TestMoneyOfAnInvoiceLeftOutTakesNoRoom: a payment that is left out with its invoice settles no other one of the
// order; one that was posted before does, as its money is in the books.
func TestMoneyOfAnInvoiceLeftOutTakesNoRoom(t *testing.T) {
	t.Parallel()

	for posted, want := range map[bool]string{false: "232.1", true: "32.1"} {
		p := pay("232.10")
		o := p.Orders["7"]
		o.Invoices = append([]qloapps.InvoiceHead{{ID: "8", Number: "3", Date: noon, TotalIncl: m("200"), TotalExcl: m("190")}}, o.Invoices...)
		o.Shares = append([]qloapps.Share{{ID: "49", PaymentID: "4", OrderID: "7", InvoiceID: "8", Amount: m("200"), Currency: "USD", Rate: m("1"), Added: noon}}, o.Shares...)
		got, err := mapPayment(p, engine.Link{}, oneLeftOut{done{ref(Invoice, "9"): m("232.10"), ref(Payment, "4"): m("200")}, posted}, chosen())
		if err != nil {
			t.Fatal(err)
		}
		if have := got.Facts.Applied.String(); have != want {
			t.Errorf("the other one posted: %t; %s of the payment settle its invoice, want %s", posted, have, want)
		}
	}
}
