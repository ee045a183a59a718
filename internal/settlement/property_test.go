package settlement

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/qlobooks/qlobooks/internal/money"
)

// TestEveryOrderEndsSettled posts the documents of generated orders in any sequence, each with a view
// of the books that may be old, while rows are added, invoices come late and change, answers are lost,
// and people and automatic credits move money in the books. Every invoice ends with the balance that
// QloApps' rows say, or the source is named whose money is used otherwise.
func TestEveryOrderEndsSettled(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(5, 60).Draw(t, "happenings") {
			w.happen(rapid.IntRange(0, 99).Draw(t, "what"))
		}
		w.rest()
		w.check()
	})
}

// TestTheSequenceOfArrivalDoesNotMatter ends every sequence of the same rows with the same balances
// and the same money given back from the same payments.
func TestTheSequenceOfArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(1, 8).Draw(t, "rows") {
			w.addRow()
		}
		w.invoice(true)
		other := w.again()
		w.rest()
		for _, key := range rapid.Permutation(other.keys()).Draw(t, "sequence") {
			other.attempt(key)
		}
		other.rest()
		for _, i := range w.order.Invoices {
			if a, b := w.books.balance(i.ID), other.books.balance(i.ID); !a.Equal(b) {
				t.Fatalf("invoice %s ends with %s or with %s", i.ID, a, b)
			}
		}
		for key, s := range w.books.sources {
			if !sum(w.books.read(w.order, w.keys()).Back, func(c Cell) bool { return c.Source == key }).Equal(sum(other.books.read(w.order, w.keys()).Back, func(c Cell) bool { return c.Source == key })) {
				t.Fatalf("%s gave back %v or %v", key, s.back, other.books.sources[key].back)
			}
		}
	})
}

// world is an order, the books, and what is known of them.
type world struct {
	t      *rapid.T
	order  Order
	books  *strict
	known  Standing // as it was last seen, or made by ourselves
	unsure bool
	hands  bool
	told   map[string]bool
	next   int
}

func newWorld(t *rapid.T) *world {
	w := &world{t: t, books: &strict{invoices: map[string]money.Decimal{"other": money.MustParse("500")}, sources: map[string]*source{}}, known: NewStanding(), told: map[string]bool{}}
	for n := range rapid.IntRange(1, 3).Draw(t, "invoices") {
		id := fmt.Sprint("i", n)
		w.order.Invoices = append(w.order.Invoices, Invoice{ID: id, Total: w.amount(200), Absent: true})
	}
	return w
}

// again is the same order in empty books.
func (w *world) again() *world {
	return &world{t: w.t, order: Order{Invoices: slices.Clone(w.order.Invoices), Rows: slices.Clone(w.order.Rows)}, known: NewStanding(), told: map[string]bool{},
		books: &strict{invoices: maps.Clone(w.books.invoices), sources: map[string]*source{}}}
}

func (w *world) amount(most int) money.Decimal {
	return money.MustParse(fmt.Sprint(rapid.IntRange(1, most).Draw(w.t, "amount")))
}

func (w *world) keys() []string {
	var keys []string
	for _, row := range w.order.Rows {
		if !slices.Contains(keys, row.Key) {
			keys = append(keys, row.Key)
		}
	}
	return keys
}

func (w *world) happen(what int) {
	switch {
	case what < 25:
		w.addRow()
	case what < 30:
		w.invoice(false)
	case what < 35:
		w.edit()
	case what < 41:
		w.slipBecomesVoucher()
	case what < 48:
		w.hand()
	case len(w.order.Rows) > 0:
		w.attempt(rapid.SampledFrom(w.keys()).Draw(w.t, "record"))
	}
}

func (w *world) addRow() {
	w.next++
	row := Row{Key: fmt.Sprint("payment:", w.next), Amount: w.amount(150)}
	switch rapid.IntRange(0, 9).Draw(w.t, "sort") {
	case 0, 1, 2:
		row.Sort = Cash
	case 3, 9:
		row.Sort, row.Key, row.Invoice = Credit, fmt.Sprint("credit_note:", w.next), w.order.Invoices[0].ID
	case 4, 5:
		row.Invoice = rapid.SampledFrom(w.order.Invoices).Draw(w.t, "meant").ID
	}
	if row.Sort == Credit && len(w.order.Invoices) > 1 && rapid.Bool().Draw(w.t, "lowers two") {
		other := row
		other.Invoice, other.Amount = w.order.Invoices[1].ID, w.amount(150)
		row.Most = money.Min(w.amount(200), row.Amount.Add(other.Amount)) // a part may have been given back
		other.Most = row.Most
		w.order.Rows = append(w.order.Rows, other)
	}
	w.order.Rows = append(w.order.Rows, row)
}

// total is what the document of a row is over.
func (r Row) total() money.Decimal {
	if r.Most.IsPositive() {
		return r.Most
	}
	return r.Amount
}

// invoice makes one, or all, stand.
func (w *world) invoice(all bool) {
	for n := range w.order.Invoices {
		if i := &w.order.Invoices[n]; i.Absent {
			i.Absent, w.books.invoices[i.ID] = false, i.Total
			if !all {
				return
			}
		}
	}
}

// edit changes an invoice to what it costs now; a cheaper one only where no less is settled.
func (w *world) edit() {
	i := &w.order.Invoices[0]
	total := w.amount(250)
	if i.Absent || total.LessThan(i.Total.Sub(w.books.balance(i.ID))) {
		return
	}
	i.Total, w.books.invoices[i.ID] = total, total
}

func (w *world) slipBecomesVoucher() {
	key := ""
	for n := range w.order.Rows {
		if row := &w.order.Rows[n]; row.Sort == Credit && (key == "" || key == row.Key) {
			key, row.Invoice = row.Key, ""
		}
	}
}

// hand is what a person or an automatic credit does, of which nobody tells us.
func (w *world) hand() {
	if len(w.books.sources) == 0 {
		return
	}
	key := rapid.SampledFrom(slices.Sorted(maps.Keys(w.books.sources))).Draw(w.t, "hand")
	s := w.books.sources[key]
	to := rapid.SampledFrom(slices.Sorted(maps.Keys(w.books.invoices))).Draw(w.t, "to")
	kind := Kind(rapid.IntRange(0, 2).Draw(w.t, "does"))
	m := Move{Kind: kind, Cell: Cell{key, to}, Amount: money.Min(w.amount(100), s.unused())}
	switch kind {
	case TakeBack:
		m.Amount = s.settles[to]
	case GiveBack:
		m.To = "hand"
	case Apply:
		m.Amount = money.Min(m.Amount, w.books.balance(to))
	}
	if m.Amount.IsPositive() && w.books.make(m) == nil {
		w.hands = true
	}
}

// look reads what stands.
func (w *world) look() { w.known, w.unsure = w.books.read(w.order, w.keys()), false }

// attempt brings one record to what is wanted of it, as its document would be.
func (w *world) attempt(key string) (moved bool) {
	if w.unsure {
		w.look()
	}
	want, _ := w.order.Wanted(w.known.Back)
	row := w.order.Rows[slices.IndexFunc(w.order.Rows, func(r Row) bool { return r.Key == key })]
	if _, stands := w.known.Totals[key]; !stands && row.Sort != Cash {
		w.known.Totals[key] = row.total()
		first := w.order.Ready(w.order.Moves(want, w.known), w.known, func(m Move) bool { return m.Kind == Apply && m.Source == key })
		err := w.books.post(key, row.total(), first)
		if err != nil { // the invoice takes less than is known: read, it is posted with that
			w.refused(err)
			w.known.Totals[key] = row.total()
			first = w.order.Ready(w.order.Moves(want, w.known), w.known, func(m Move) bool { return m.Kind == Apply && m.Source == key })
			if err := w.books.post(key, row.total(), first); err != nil {
				w.t.Fatalf("%s after a look: %v", key, err)
			}
		}
		w.made(first)
		return true
	}
	for range 50 {
		mine := w.order.Ready(w.order.Moves(want, w.known), w.known, func(m Move) bool {
			if row.Sort == Cash {
				return m.To == key || m.For == key
			}
			return m.Source == key && m.Kind != GiveBack && m.For == ""
		})
		if len(mine) == 0 {
			return moved
		}
		if err := w.books.make(mine[0]); err != nil {
			w.refused(err)
			continue
		}
		w.made(mine[:1])
		moved = true
		if w.unsure {
			w.look()
		}
	}
	w.t.Fatalf("%s never comes to an end", key)
	return moved
}

// refused looks; only what people did may be the cause.
func (w *world) refused(err error) {
	if !w.hands {
		w.t.Fatalf("refused: %v\nrows %+v\nknown %+v", err, w.order, w.known)
	}
	w.look()
}

// made takes down what was made; when its answer is lost it is not known.
func (w *world) made(moves []Move) {
	if rapid.IntRange(0, 9).Draw(w.t, "answer") == 0 {
		w.unsure = true
		return
	}
	for _, m := range moves {
		w.known.add(m.Kind, m.Cell, m.Amount)
	}
}

// rest attempts everything until nothing moves.
func (w *world) rest() {
	for range 100 {
		moved := false
		for _, key := range w.keys() {
			moved = w.attempt(key) || moved
		}
		if !moved {
			if !w.hands {
				return
			}
			before := w.known
			if w.look(); equal(before.Matrix, w.known.Matrix) { // as reconciliation does
				return
			}
		}
	}
	w.t.Fatal("the order never comes to rest")
}

func equal(a, b Matrix) bool {
	same := func(x, y map[Cell]money.Decimal) bool {
		for at, amount := range x {
			if !amount.Equal(y[at]) {
				return false
			}
		}
		return true
	}
	return same(a.Settles, b.Settles) && same(b.Settles, a.Settles) && same(a.Back, b.Back) && same(b.Back, a.Back)
}

func (w *world) check() {
	want, missing := w.order.Wanted(w.known.Back)
	for key := range want.Back {
		if have := w.books.sources[key.Source].back[key.To]; !w.hands && !have.Equal(want.Back[key]) {
			w.t.Fatalf("%s gave %s back for %s, wanted %s", key.Source, have, key.To, want.Back[key])
		}
	}
	_ = missing
	astray := w.order.Astray(want, w.known)
	for _, i := range w.order.Invoices {
		if i.Absent {
			continue
		}
		due, balance := i.Total.Sub(want.On(i.ID)), w.books.balance(i.ID)
		if due.Equal(balance) || len(astray) > 0 { // money that settles another invoice since before an edit is named, and asked about
			continue
		}
		if w.hands && balance.LessThan(due) { // somebody settled more of it than QloApps knows
			continue
		}
		w.t.Fatalf("invoice %s: %s open, due %s\nrows %+v\nbooks %+v\nastray %v", i.ID, balance, due, w.order, w.known, astray)
	}
}
