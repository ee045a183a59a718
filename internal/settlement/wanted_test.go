package settlement

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
)

func m(text string) money.Decimal { return money.MustParse(text) }

// TestASharesAllocationNeverMoves lets a second invoice come after the first was paid: what
// was applied before is what is wanted after.
func TestASharesAllocationNeverMoves(t *testing.T) {
	t.Parallel()

	o := Order{
		Invoices: []Invoice{{ID: "9", Total: m("100")}, {ID: "10", Total: m("60")}},
		Rows:     []Row{{Key: "payment:1", Amount: m("150"), Invoice: "10"}},
	}
	want, _ := o.Wanted(nil)
	if named, other := want.Settles[Cell{"payment:1", "10"}], want.Settles[Cell{"payment:1", "9"}]; !named.Equal(m("60")) || !other.Equal(m("90")) {
		t.Errorf("the named invoice takes %s first, then the other %s", named, other)
	}
	o.Invoices[1].Absent = true
	if want, _ := o.Wanted(nil); want.Of("payment:1").IsPositive() {
		t.Errorf("money went elsewhere before its own invoice stood: %v", want.Settles)
	}
}

// TestACreditOverTwoInvoicesWaitsForBoth: what a slip lowers an invoice by that does not stand yet is not given to its
// other one, as it would have to be moved when that comes.
func TestACreditOverTwoInvoicesWaitsForBoth(t *testing.T) {
	t.Parallel()

	o := Order{
		Invoices: []Invoice{{ID: "9", Total: m("100"), Absent: true}, {ID: "10", Total: m("100")}},
		Rows:     []Row{{Key: "credit_note:1", Sort: Credit, Amount: m("40"), Invoice: "9", Most: m("50")}, {Key: "credit_note:1", Sort: Credit, Amount: m("30"), Invoice: "10", Most: m("50")}},
	}
	for _, absent := range []bool{true, false} {
		o.Invoices[0].Absent = absent
		if want, _ := o.Wanted(nil); !want.On("10").Equal(m("10")) || want.On("9").IsPositive() == absent {
			t.Errorf("absent %v: %v", absent, want.Settles)
		}
	}
}

// TestMoves names the cases that once came out wrong.
func TestMoves(t *testing.T) {
	t.Parallel()

	invoice := func(total string) []Invoice { return []Invoice{{ID: "8", Total: m(total)}} }
	tests := []struct {
		name  string
		order Order
		stand map[string]string // of each source that stands, what it settles of the invoice
		moves []Move
	}{
		{
			name: "money paid after cash back",
			order: Order{Invoices: invoice("40.31"), Rows: []Row{{Key: "payment:7", Amount: m("40.31")},
				{Key: "payment:901", Sort: Cash, Amount: m("18.56")}, {Key: "payment:902", Amount: m("18.56")}}},
			stand: map[string]string{"payment:7": "40.31", "payment:902": "0"},
			moves: []Move{
				{Kind: TakeBack, Cell: Cell{"payment:7", "8"}, Amount: m("18.56"), For: "payment:901"},
				{Kind: GiveBack, Cell: Cell{"payment:7", "payment:901"}, Amount: m("18.56")},
				{Kind: Apply, Cell: Cell{"payment:902", "8"}, Amount: m("18.56")},
			},
		},
		{
			name: "a dearer order whose extra payment went back",
			order: Order{Invoices: invoice("431.41"), Rows: []Row{{Key: "payment:10", Amount: m("166.02")},
				{Key: "payment:911", Amount: m("300")}, {Key: "payment:912", Sort: Cash, Amount: m("300")}}},
			stand: map[string]string{"payment:10": "166.02", "payment:911": "0"},
			moves: []Move{{Kind: GiveBack, Cell: Cell{"payment:911", "payment:912"}, Amount: m("300")}},
		},
		{
			name:  "a slip that became a voucher",
			order: Order{Invoices: invoice("230.98"), Rows: []Row{{Key: "payment:9", Amount: m("46.20")}, {Key: "credit_note:50", Sort: Credit, Invoice: "8"}}},
			stand: map[string]string{"payment:9": "46.20", "credit_note:50": "50"},
			moves: []Move{{Kind: TakeBack, Cell: Cell{"credit_note:50", "8"}, Amount: m("50")}},
		},
		{
			name:  "a payment that comes late moves no other",
			order: Order{Invoices: invoice("250"), Rows: []Row{{Key: "payment:1", Amount: m("100")}, {Key: "payment:2", Amount: m("200")}}},
			stand: map[string]string{"payment:1": "0", "payment:2": "200"},
			moves: []Move{{Kind: Apply, Cell: Cell{"payment:1", "8"}, Amount: m("50")}},
		},
		{
			name:  "room is kept for a payment that does not stand yet",
			order: Order{Invoices: invoice("250"), Rows: []Row{{Key: "payment:1", Amount: m("100")}, {Key: "payment:2", Amount: m("200")}}},
			stand: map[string]string{"payment:2": "0"},
			moves: []Move{{Kind: Apply, Cell: Cell{"payment:2", "8"}, Amount: m("150")}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			stand := NewStanding()
			for source, settles := range tt.stand {
				stand.Settles[Cell{source, "8"}] = m(settles)
				stand.Totals[source] = m(settles)
				for _, row := range tt.order.Rows {
					if row.Key == source && row.Sort != Credit {
						stand.Totals[source] = row.Amount
					}
				}
			}
			want, _ := tt.order.Wanted(nil)
			got := tt.order.Moves(want, stand)
			same := len(got) == len(tt.moves)
			for n := 0; same && n < len(got); n++ {
				a, b := got[n], tt.moves[n]
				same = a.Kind == b.Kind && a.Cell == b.Cell && a.For == b.For && a.Amount.Equal(b.Amount)
			}
			if !same {
				t.Errorf("moves %v, want %v", got, tt.moves)
			}
		})
	}
}
