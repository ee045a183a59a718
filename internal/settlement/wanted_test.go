package settlement

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

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

// TestCashOlderThanItsPayment reads money given back whose row comes before those of the payments that it came from: it
// comes from them all the same, and what is open is what no payment paid.
func TestCashOlderThanItsPayment(t *testing.T) {
	t.Parallel()

	o := Order{
		Invoices: []Invoice{{ID: "8", Total: m("124.80")}},
		Rows: []Row{{Key: "payment:1", Sort: Cash, Amount: m("50")}, {Key: "payment:2", Amount: m("20")}, {Key: "payment:3", Sort: Cash, Amount: m("10")},
			{Key: "payment:4", Amount: m("124.80")}, {Key: "payment:5", Amount: m("40")}},
	}
	want, missing := o.Wanted(nil)
	for at, amount := range map[Cell]string{{"payment:2", "payment:1"}: "20", {"payment:4", "payment:1"}: "30", {"payment:4", "payment:3"}: "10"} {
		if have := want.Back[at]; !have.Equal(m(amount)) {
			t.Errorf("%s of %s went back for %s, want %s", have, at.Source, at.To, amount)
		}
	}
	if on := want.On("8"); len(missing) > 0 || !on.Equal(m("124.80")) {
		t.Errorf("the invoice has %s, missing %v", on, missing)
	}
	keys := func(o Order) (list []string) {
		for _, row := range o.Rows {
			list = append(list, row.Key)
		}
		return list
	}
	for record, until := range map[string][]string{"payment:1": {"payment:1", "payment:2", "payment:4"}, "payment:3": {"payment:1", "payment:2", "payment:3", "payment:4"}} {
		if have := keys(o.Until(record, nil)); !slices.Equal(have, until) {
			t.Errorf("%s is decided by %v, want %v", record, have, until)
		}
	}
	o.Rows = o.Rows[:3]
	if _, missing := o.Wanted(nil); !missing["payment:1"].Equal(m("30")) || !missing["payment:3"].Equal(m("10")) {
		t.Errorf("of what is not paid yet is missing %v", missing)
	}
}

// TestWhatIsOpenDoesNotDependOnTheSequenceOfRows reads the same payments and the same money given back in any sequence of
// their rows: as much is open, as much went back, and what a record takes is decided once and for all when it can go back.
func TestWhatIsOpenDoesNotDependOnTheSequenceOfRows(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		amount := func(most int) money.Decimal { return money.Whole(rapid.IntRange(1, most).Draw(t, "amount")) }
		var o Order
		bill, paid, cash := money.Zero, money.Zero, money.Zero
		for n := range rapid.IntRange(1, 3).Draw(t, "invoices") {
			o.Invoices = append(o.Invoices, Invoice{ID: fmt.Sprint("i", n), Total: amount(200)})
			bill = bill.Add(o.Invoices[n].Total)
		}
		for n := range rapid.IntRange(1, 8).Draw(t, "rows") {
			row := Row{Key: fmt.Sprint("payment:", n), Amount: amount(150)}
			if rapid.IntRange(0, 2).Draw(t, "sort") == 0 {
				row.Sort, cash = Cash, cash.Add(row.Amount)
			} else {
				row.Invoice, paid = rapid.SampledFrom(append(o.Invoices, Invoice{})).Draw(t, "meant").ID, paid.Add(row.Amount)
			}
			o.Rows = append(o.Rows, row)
		}
		want, missing := o.Wanted(nil)
		lacks := money.Zero
		for _, part := range missing {
			lacks = lacks.Add(part)
		}
		if should := money.Max(cash.Sub(paid), money.Zero); !lacks.Equal(should) {
			t.Fatalf("%s is missing of %s that went back of %s: %v", lacks, cash, paid, o.Rows)
		}
		settled := money.Zero
		for _, i := range o.Invoices {
			settled = settled.Add(want.On(i.ID))
		}
		if should := money.Min(bill, money.Max(paid.Sub(cash), money.Zero)); !settled.Equal(should) {
			t.Fatalf("%s of %s settle, want %s: %v", settled, bill, should, o.Rows)
		}
		for _, row := range o.Rows {
			if row.Sort != Cash {
				continue
			}
			then, _ := o.Until(row.Key, nil).Wanted(nil)
			for at, part := range want.Back {
				if at.To == row.Key && !then.Back[at].Equal(part) {
					t.Fatalf("%s gives %s back for %s, and %s when that was decided: %v", at.Source, part, row.Key, then.Back[at], o.Rows)
				}
			}
		}
	})
}
