package settlement

import (
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Standing is what settles what as the books have it.
type Standing struct {
	Matrix
	Totals map[string]money.Decimal // what each source that stands is over
	Others map[string]money.Decimal // what else settles an invoice, of which no row of the order knows
	Fixed  map[string]bool          // sources that are not moved from here, as those that people entered
}

// NewStanding is one in which nothing stands.
func NewStanding() Standing {
	return Standing{Matrix: NewMatrix(), Totals: map[string]money.Decimal{}, Others: map[string]money.Decimal{}, Fixed: map[string]bool{}}
}

// Clone is a copy that may be changed.
func (s Standing) Clone() Standing {
	c := NewStanding()
	c.Matrix = s.Matrix.Clone()
	for k, v := range s.Totals {
		c.Totals[k] = v
	}
	for k, v := range s.Others {
		c.Others[k] = v
	}
	for k, v := range s.Fixed {
		c.Fixed[k] = v
	}
	return c
}

// Unused is what a source has neither applied nor given back.
func (s Standing) Unused(source string) money.Decimal { return s.Totals[source].Sub(s.Of(source)) }

// Room is what an invoice still takes.
func (s Standing) Room(i Invoice) money.Decimal {
	if i.Absent {
		return money.Zero
	}
	return money.Max(i.Total.Sub(s.On(i.ID)).Sub(s.Others[i.ID]), money.Zero)
}

// Kind says what a move does.
type Kind int

// In this order moves are made: what is taken back can be given back or applied.
const (
	TakeBack Kind = iota
	GiveBack
	Apply
)

// Move changes one cell by an amount.
type Move struct {
	Kind Kind
	Cell
	Amount money.Decimal
	For    string // of what is taken back: the record for which it goes back to the guest, "" = none
}

// Moves lead from what stands to what is wanted, in an order that the books accept: nothing is given
// back that is still applied, nothing applied beyond what a source has unused or an invoice takes.
//
// They are as few as possible. Which payment settles an invoice matters only where money goes back; as
// long as an invoice is settled to the amount wanted, no allocation is moved to another payment. Sources
// that do not stand yet keep the room that is wanted for them.
func (o Order) Moves(want Matrix, stand Standing) []Move {
	d := diff{order: o, want: want, now: stand.Clone()}
	d.giveBacks()
	d.excess()
	d.applies()
	slices.SortStableFunc(d.moves, func(a, b Move) int { return int(a.Kind) - int(b.Kind) })
	return d.moves
}

// Ready are those of the moves that somebody may make now, before anybody else has made one: cut to
// what is unused and what the invoices take at this moment.
func (o Order) Ready(moves []Move, stand Standing, mine func(Move) bool) []Move {
	now := stand.Clone()
	var ready []Move
	for _, m := range moves {
		if !mine(m) {
			continue
		}
		switch m.Kind {
		case GiveBack:
			if m.Amount.GreaterThan(now.Unused(m.Source)) {
				continue
			}
		case Apply:
			m.Amount = money.Min(m.Amount, money.Min(now.Unused(m.Source), now.Room(o.invoice(m.To))))
		}
		if m.Amount.IsPositive() {
			now.add(m.Kind, m.Cell, m.Amount)
			ready = append(ready, m)
		}
	}
	return ready
}

func (o Order) invoice(id string) Invoice {
	for _, i := range o.Invoices {
		if i.ID == id {
			return i
		}
	}
	return Invoice{ID: id, Absent: true}
}

// Sources are those of the order's rows, each once, in their sequence.
func (o Order) Sources() []string {
	var list []string
	for _, row := range o.Rows {
		if row.Sort != Cash && !slices.Contains(list, row.Key) {
			list = append(list, row.Key)
		}
	}
	return list
}

type diff struct {
	order Order
	want  Matrix
	now   Standing
	moves []Move
}

func (d *diff) move(m Move) {
	if m.Amount.IsPositive() {
		d.now.add(m.Kind, m.Cell, m.Amount)
		d.moves = append(d.moves, m)
	}
}

func (d *diff) stands(source string) bool {
	_, there := d.now.Totals[source]
	return there && !d.now.Fixed[source]
}

// over is what a source settles of an invoice beyond what is wanted.
func (d *diff) over(at Cell) money.Decimal {
	return money.Max(d.now.Settles[at].Sub(d.want.Settles[at]), money.Zero)
}

// giveBacks free what goes back where it is applied. One that cannot be freed whole is left to people. What is unused
// goes back first for whom it is enough: a record that freed its part already must not free another one, because an
// earlier record wants more than that.
func (d *diff) giveBacks() {
	d.giveBack(false)
	d.giveBack(true)
}

func (d *diff) giveBack(freeing bool) {
	for _, row := range d.order.Rows {
		if row.Sort != Cash {
			continue
		}
		for _, source := range slices.Backward(d.order.Sources()) {
			at := Cell{source, row.Key}
			open := d.want.Back[at].Sub(d.now.Back[at])
			if !open.IsPositive() || !d.stands(source) {
				continue
			}
			lack, can := open.Sub(d.now.Unused(source)), money.Zero
			for _, i := range d.order.Invoices {
				can = can.Add(d.over(Cell{source, i.ID}))
			}
			if lack.GreaterThan(can) || lack.IsPositive() && !freeing {
				continue
			}
			for _, i := range slices.Backward(d.order.Invoices) {
				part := money.Min(lack, d.over(Cell{source, i.ID}))
				if part.IsPositive() {
					lack = lack.Sub(part)
					d.move(Move{Kind: TakeBack, Cell: Cell{source, i.ID}, Amount: part, For: row.Key})
				}
			}
			d.move(Move{Kind: GiveBack, Cell: at, Amount: open})
		}
	}
}

// excess takes back what settles an invoice beyond what is wanted of all together, newest first.
func (d *diff) excess() {
	for _, i := range d.order.Invoices {
		more := d.now.On(i.ID).Sub(d.want.On(i.ID))
		for _, source := range slices.Backward(d.order.Sources()) {
			part := money.Min(more, d.over(Cell{source, i.ID}))
			if part.IsPositive() && d.stands(source) {
				more = more.Sub(part)
				d.move(Move{Kind: TakeBack, Cell: Cell{source, i.ID}, Amount: part})
			}
		}
	}
}

// applies settle what is still open of each invoice, oldest source first.
func (d *diff) applies() {
	for _, i := range d.order.Invoices {
		// What others settle of it is not wanted once more, nor is what only another source settles.
		need := money.Min(d.want.On(i.ID).Sub(d.now.On(i.ID)), d.now.Room(i))
		for _, source := range d.order.Sources() {
			at := Cell{source, i.ID}
			part := money.Min(need, d.want.Settles[at].Sub(d.now.Settles[at]))
			if d.stands(source) {
				part = money.Min(part, d.now.Unused(source))
			}
			if !part.IsPositive() {
				continue
			}
			need = need.Sub(part)
			if d.stands(source) {
				d.move(Move{Kind: Apply, Cell: at, Amount: part})
			}
		}
	}
}

// Astray are the sources whose money the books use otherwise, with what of them is missing to an
// invoice that they should settle.
func (o Order) Astray(want Matrix, stand Standing) map[string]money.Decimal {
	astray := map[string]money.Decimal{}
	for at, amount := range o.lost(want, stand.With(o.Moves(want, stand)...)) {
		astray[at.Source] = astray[at.Source].Add(amount)
	}
	return astray
}

// Due is what should be open of an invoice once the money that stands settles what it is wanted to settle,
// also what of it the books use otherwise now.
func (o Order) Due(invoice string, want Matrix, stand Standing) money.Decimal {
	after := stand.With(o.Moves(want, stand)...)
	due := o.invoice(invoice).Total.Sub(after.On(invoice))
	for at, amount := range o.lost(want, after) {
		if at.To == invoice {
			due = due.Sub(amount)
		}
	}
	return money.Max(due, money.Zero)
}

// lost is what is missing to invoices after every move that can be made, by the source that should settle it.
func (o Order) lost(want Matrix, after Standing) map[Cell]money.Decimal {
	lost := map[Cell]money.Decimal{}
	for _, i := range o.Invoices {
		open := money.Min(want.On(i.ID).Sub(after.On(i.ID)), after.Room(i))
		for _, source := range o.Sources() {
			at := Cell{source, i.ID}
			_, stands := after.Totals[source]
			part := money.Min(open, want.Settles[at].Sub(after.Settles[at]))
			if stands && part.IsPositive() {
				lost[at] = part
				open = open.Sub(part)
			}
		}
	}
	return lost
}

// With is the standing after moves.
func (s Standing) With(moves ...Move) Standing {
	after := s.Clone()
	for _, m := range moves {
		after.add(m.Kind, m.Cell, m.Amount)
	}
	return after
}
