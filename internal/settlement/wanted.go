package settlement

import (
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Order is what of an order moves money: its invoices, and its rows in QloApps' own sequence.
type Order struct {
	Invoices []Invoice
	Rows     []Row
}

// Invoice is one of an order's.
type Invoice struct {
	ID    string
	Total money.Decimal // as it stands; zero of one that is void or rightly has no document
	// Absent says that it cannot take money yet: what is for it stays unused until it can.
	Absent bool
}

// Sort says what a row does.
type Sort int

const (
	Paid   Sort = iota // a payment's share of the order
	Cash               // money given back from its payments
	Credit             // a credit note, also one that pays as a voucher
)

// Row is one row that moves money.
type Row struct {
	Key     string // of the payment or credit note; of money given back that of the record that says so
	Sort    Sort
	Amount  money.Decimal // never negative
	Invoice string        // the one it is meant for, "" = none in particular
	// Most is what all rows of a credit note that lowers several invoices give together, where that is less
	// than their amounts; zero = no less.
	Most money.Decimal
}

// Wanted is what settles what by QloApps' rows. A payment settles the invoice that it is meant for
// first, then the others in turn, and stops at one that does not stand yet, so that what it settled
// before stays right when that comes. A credit note settles the invoice that it is meant for and no
// other. Cash comes from the unused credit of the order's payments, newest first, then from the newest
// allocations, whose invoices are open again for it. What went back already, gone, came from where it
// came: nobody can take it back from the guest.
//
// missing is the money given back for which the payments have nothing left, by its record.
func (o Order) Wanted(gone map[Cell]money.Decimal) (want Matrix, missing map[string]money.Decimal) {
	p := replay{want: NewMatrix(), left: map[string]money.Decimal{}, missing: map[string]money.Decimal{}, order: o, gone: gone, kept: map[string]money.Decimal{}, waits: map[string]money.Decimal{}}
	for _, i := range o.Invoices {
		p.left[i.ID] = i.Total
	}
	for at, amount := range gone {
		p.kept[at.Source] = p.kept[at.Source].Add(amount)
	}
	for _, row := range o.Rows {
		switch row.Sort {
		case Cash:
			p.giveBack(row)
		default:
			p.settle(row)
		}
	}
	return p.want, p.missing
}

// Until is the order as it was after the row of a record, later ones left out. Its invoices stand as
// they do now.
func (o Order) Until(key string) Order {
	last := -1
	for n, row := range o.Rows {
		if row.Key == key {
			last = n
		}
	}
	o.Rows = o.Rows[:last+1]
	return o
}

type replay struct {
	order   Order
	want    Matrix
	left    map[string]money.Decimal // of each invoice
	given   []given                  // by the payments so far
	gone    map[Cell]money.Decimal   // what went back already
	kept    map[string]money.Decimal // of each payment, for what went back of it for other rows
	waits   map[string]money.Decimal // of each credit note, for invoices that cannot take it yet
	missing map[string]money.Decimal
}

// given is what one share did.
type given struct {
	source string
	spare  money.Decimal
	cells  []part
}

type part struct {
	invoice string
	amount  money.Decimal
}

func (p *replay) settle(row Row) {
	g := given{source: row.Key, spare: row.Amount}
	if row.Most.IsPositive() {
		g.spare = money.Min(g.spare, money.Max(row.Most.Sub(p.want.Of(row.Key)).Sub(p.waits[row.Key]), money.Zero))
	}
	for _, i := range p.order.For(row) {
		if i.Absent {
			if row.Sort == Credit { // its other invoices do not take what is for this one
				p.waits[row.Key] = p.waits[row.Key].Add(g.spare)
			}
			break
		}
		take := money.Min(g.spare, p.left[i.ID])
		if !take.IsPositive() {
			continue
		}
		p.left[i.ID], g.spare = p.left[i.ID].Sub(take), g.spare.Sub(take)
		g.cells = append(g.cells, part{i.ID, take})
		p.want.add(Apply, Cell{row.Key, i.ID}, take)
	}
	if row.Sort == Paid {
		p.given = append(p.given, g)
	}
}

// For gives the invoices that a row may settle, in its order.
func (o Order) For(row Row) []Invoice {
	meant := slices.IndexFunc(o.Invoices, func(i Invoice) bool { return i.ID == row.Invoice && row.Invoice != "" })
	switch {
	case row.Sort == Cash || row.Sort == Credit && meant < 0:
		return nil
	case row.Sort == Credit:
		return o.Invoices[meant : meant+1]
	case meant < 0:
		return o.Invoices
	}
	list := []Invoice{o.Invoices[meant]}
	return append(append(list, o.Invoices[:meant]...), o.Invoices[meant+1:]...)
}

func (p *replay) giveBack(row Row) {
	amount := row.Amount
	for n := len(p.given) - 1; n >= 0; n-- { // as it went
		source := p.given[n].source
		at := Cell{source, row.Key}
		went := money.Min(amount, p.gone[at].Sub(p.want.Back[at]))
		part := p.take(&p.given[n], at, went, true)
		part = part.Add(p.take(&p.given[n], at, went.Sub(part), false))
		amount, p.kept[source] = amount.Sub(part), p.kept[source].Sub(part)
	}
	for _, spare := range []bool{true, false} {
		for n := len(p.given) - 1; n >= 0; n-- {
			source := p.given[n].source
			free := p.has(source).Sub(p.kept[source])
			amount = amount.Sub(p.take(&p.given[n], Cell{source, row.Key}, money.Min(amount, free), spare))
		}
	}
	if amount.IsPositive() {
		p.missing[row.Key] = p.missing[row.Key].Add(amount)
	}
}

// has is what a payment still has, applied or not.
func (p *replay) has(source string) money.Decimal {
	sum := money.Zero
	for _, g := range p.given {
		if g.source != source {
			continue
		}
		sum = sum.Add(g.spare)
		for _, c := range g.cells {
			sum = sum.Add(c.amount)
		}
	}
	return sum
}

// take gives up to an amount back, of what a share has unused, or of what it settles, newest first.
func (p *replay) take(g *given, at Cell, most money.Decimal, spare bool) (taken money.Decimal) {
	from := []*money.Decimal{&g.spare}
	if !spare {
		from = nil
		for n := range slices.Backward(g.cells) {
			from = append(from, &g.cells[n].amount)
		}
	}
	for n, f := range from {
		part := money.Min(most.Sub(taken), *f)
		if !part.IsPositive() {
			continue
		}
		*f, taken = f.Sub(part), taken.Add(part)
		p.want.add(GiveBack, at, part)
		if !spare {
			invoice := g.cells[len(g.cells)-1-n].invoice
			p.left[invoice] = p.left[invoice].Add(part)
			p.want.add(TakeBack, Cell{g.source, invoice}, part)
		}
	}
	return taken
}
