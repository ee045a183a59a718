package qloapps

import (
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
)

// TestWhichInvoicesAreOver lists those that bill nothing any more, each for itself: they may have a cancellation.
func TestWhichInvoicesAreOver(t *testing.T) {
	t.Parallel()

	m := money.MustParse
	two := []InvoiceHead{{ID: "9", TotalIncl: m("211")}, {ID: "10"}}
	room, service := Line{InvoiceID: "9", Incl: m("211"), Excl: m("200")}, Line{InvoiceID: "10"}
	free := Line{InvoiceID: "10", Excl: m("5")}
	for name, tt := range map[string]struct {
		order Order
		over  []string
	}{
		"one of two set to 0":           {Order{TotalIncl: m("211"), Invoices: two, Lines: []Line{room, service}}, []string{"10"}},
		"a line of it costs something":  {Order{TotalIncl: m("211"), Invoices: two, Lines: []Line{room, free}}, nil},
		"the order is canceled":         {Order{Canceled: true, TotalIncl: m("211"), Invoices: two, Lines: []Line{room, service}}, []string{"9", "10"}},
		"the only one, set to 0":        {Order{Invoices: two[:1], Lines: []Line{service}}, []string{"9"}},
		"the only one, of which a line": {Order{Invoices: two[:1], Lines: []Line{room}}, nil},
	} {
		if l := listOrder(&tt.order, guest{}); !slices.Equal(l.OverIDs, tt.over) {
			t.Errorf("%s: over are %v, want %v", name, l.OverIDs, tt.over)
		}
	}
}
