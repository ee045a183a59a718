package flow

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// late are links of which one flow's documents had a call without an answer, which may still be done.
type late struct {
	done
	flow   string
	unread bool
}

func (l late) Look(flow, id string) engine.Link {
	link := l.done.Look(flow, id)
	if flow == SalesOrder {
		link, _ = bookedLines{quantities: []string{"2", "2"}}.Settled(flow, id)
	}
	if flow == l.flow {
		link.Late, link.Unread = 30*time.Second, l.unread
	}
	return link
}

func (l late) Of(flow, id string) (engine.Link, error) { return l.Look(flow, id), nil }

func (l late) Settled(flow, id string) (engine.Link, error) { return l.Look(flow, id), nil }

// TestWhatALateCallMayChangeIsWaitedFor: the lines of a sales order are not named, and money is not taken out of a
// payment, while an unanswered call of it may still make them anew or put the money back.
func TestWhatALateCallMayChangeIsWaitedFor(t *testing.T) {
	t.Parallel()

	waits := func(what string, err error, want bool) {
		t.Helper()
		f := fault.Of(err)
		if is := f != nil && f.Kind == fault.Limited && f.RetryAfter > 0; is != want || err != nil && !want {
			t.Errorf("%s ends with %v", what, err)
		}
	}
	_, err := mapInvoice(stay(), engine.Link{}, late{flow: SalesOrder, unread: true}, chosen())
	waits("an invoice of lines that are to be read", err, true)
	got, err := mapInvoice(stay(), engine.Link{}, late{flow: SalesOrder}, chosen())
	waits("an invoice of lines that were read", err, false)
	if got.Doc.Lines[0].SalesOrderItemID != "a" {
		t.Errorf("it is tied to %q", got.Doc.Lines[0].SalesOrderItemID)
	}
	p := pay("-30")
	o := p.Orders["7"]
	o.Shares = append([]qloapps.Share{{ID: "1", PaymentID: "1", OrderID: "7", InvoiceID: "9", Amount: m("250"), Currency: "USD", Rate: m("1"), Added: noon}}, o.Shares...)
	for flow, want := range map[string]bool{Payment: true, CreditNote: false} {
		_, err := mapPayment(p, engine.Link{}, late{done: done{ref(Invoice, "9"): m("232.10")}, flow: flow}, chosen())
		waits("cash out of a payment while a "+flow+" is late", err, want)
	}
}
