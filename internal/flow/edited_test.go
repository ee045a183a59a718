package flow

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
)

// TestSalesOrderAfterItsInvoice lets sales orders be switched on after an order was invoiced: the
// sales order is whole, and one that stands is left alone.
func TestSalesOrderAfterItsInvoice(t *testing.T) {
	t.Parallel()

	o := stay().Order
	known := done{ref(Invoice, "9"): m("232.10")}
	got, err := mapSalesOrder(o, engine.Link{}, known, chosen())
	if err != nil || got.Keep || got.Doc.CustomerID == "" || len(got.Doc.Lines) != 2 || got.Facts.Total.String() != "232.1" {
		t.Errorf("a new one: keep %v, %+v %v", got.Keep, got.Doc, err)
	}
	got, err = mapSalesOrder(o, engine.Link{ID: "z-so", Total: m("232.10")}, known, chosen())
	if err != nil || !got.Keep {
		t.Errorf("one that stands: keep %v %v", got.Keep, err)
	}
}
