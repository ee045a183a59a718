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
// allocations, whose invoices are open again for it. What they have not comes from the payments after it, before
// these settle anything beyond: the row of cash may be older than that of the payment it came from. What went back
// already, gone, came from where it came: nobody can take it back from the guest.
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
		if row.Sort == Cash {
			p.owed = append(p.owed, row)
		} else {
			p.settle(row)
		}
		p.giveBacks()
	}
	for _, row := range p.owed {
		p.missing[row.Key] = p.missing[row.Key].Add(row.Amount)
	}
	return p.want, p.missing
}

// Until is the order as it was when all of a record's cash could go back: after its own row, or after the payment that
// had what was missing then. Later rows are left out, but for what went back already for them of the payments so far. Its
// invoices stand as they do now.
func (o Order) Until(key string, gone map[Cell]money.Decimal) Order {
	own := -1
	for n, row := range o.Rows {
		if row.Key == key {
			own = n
		}
	}
	so := o
	so.Rows = slices.Clip(o.Rows[:own+1])
	end := own + 1
	for ; end < len(o.Rows); end++ {
		if _, missing := so.Wanted(gone); !missing[key].IsPositive() {
			break
		}
		if row := o.Rows[end]; row.Sort != Cash {
			so.Rows = append(so.Rows, row)
		}
	}
	sources, went := so.Sources(), map[string]money.Decimal{}
	for at, amount := range gone {
		if slices.Contains(sources, at.Source) {
			went[at.To] = went[at.To].Add(amount)
		}
	}
	for _, row := range o.Rows[:own+1] {
		went[row.Key] = went[row.Key].Sub(row.Amount)
	}
	so.Rows = slices.Clip(o.Rows[:own+1])
	for n, row := range o.Rows[own+1:] {
		if row.Sort == Cash {
			row.Amount = money.Min(row.Amount, went[row.Key])
			went[row.Key] = went[row.Key].Sub(row.Amount)
		}
		if row.Amount.IsPositive() && (row.Sort == Cash || own+1+n < end) {
			so.Rows = append(so.Rows, row)
		}
	}
	return so
}

type replay struct {
	order   Order
	want    Matrix
	left    map[string]money.Decimal // of each invoice
	given   []given                  // by the payments so far
	gone    map[Cell]money.Decimal   // what went back already
	kept    map[string]money.Decimal // of each payment, for what went back of it for other rows
	waits   map[string]money.Decimal // of each credit note, for invoices that cannot take it yet
	owed    []Row                    // cash that the payments so far do not have, with what is missing of it
	missing map[string]money.Decimal
}

// given is what one share did.
type given struct {
	row    Row
	source string
	spare  money.Decimal
	cells  []part
}

type part struct {
	invoice string
	amount  money.Decimal
}

func (p *replay) settle(row Row) {
	g := given{row: row, source: row.Key, spare: row.Amount}
	if row.Most.IsPositive() {
		g.spare = money.Min(g.spare, money.Max(row.Most.Sub(p.want.Of(row.Key)).Sub(p.waits[row.Key]), money.Zero))
	}
	p.use(&g)
	if row.Sort == Paid {
		p.given = append(p.given, g)
	}
}

// use settles invoices with what is spare.
func (p *replay) use(g *given) {
	for _, i := range p.order.For(g.row) {
		if i.Absent {
			if g.row.Sort == Credit { // its other invoices do not take what is for this one
				p.waits[g.source] = p.waits[g.source].Add(g.spare)
			}
			break
		}
		take := money.Min(g.spare, p.left[i.ID])
		if !take.IsPositive() {
			continue
		}
		p.left[i.ID], g.spare = p.left[i.ID].Sub(take), g.spare.Sub(take)
		g.cells = append(g.cells, part{i.ID, take})
		p.want.add(Apply, Cell{g.source, i.ID}, take)
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

// giveBacks give back what the payments so far have of the cash that is owed, oldest first.
func (p *replay) giveBacks() {
	for n := range p.owed {
		p.owed[n].Amount = p.giveBack(p.owed[n])
	}
	p.owed = slices.DeleteFunc(p.owed, func(row Row) bool { return !row.Amount.IsPositive() })
	for n := range p.given { // an invoice may be open again while one has something to spare: what went, went from where it came
		p.use(&p.given[n])
	}
}

// giveBack gives the amount of a row back, and says what is missing of it.
func (p *replay) giveBack(row Row) (missing money.Decimal) {
	amount := row.Amount
	for n := len(p.given) - 1; n >= 0; n-- { // as it went
		source := p.given[n].source
		at := Cell{source, row.Key}
		went := money.Min(amount, p.gone[at].Sub(p.want.Back[at]))
		part := p.take(&p.given[n], at, went, true)
		part = part.Add(p.take(&p.given[n], at, went.Sub(part), false))
		amount, p.kept[source] = amount.Sub(part), p.kept[source].Sub(part)
	}
	ahead := p.ahead(row.Key)
	for _, spare := range []bool{true, false} {
		for n := len(p.given) - 1; n >= 0; n-- {
			source := p.given[n].source
			free := p.has(source).Sub(p.kept[source])
			amount = amount.Sub(p.take(&p.given[n], Cell{source, row.Key}, money.Min(amount.Sub(ahead), free), spare))
		}
	}
	return amount
}

// ahead is what went back already for a record of payments whose rows are still to come.
func (p *replay) ahead(record string) money.Decimal {
	return sum(p.gone, func(at Cell) bool { return at.To == record }).Sub(p.went(record))
}

// went is what of a record's cash came from where it went already.
func (p *replay) went(record string) money.Decimal {
	went := money.Zero
	for at, back := range p.want.Back {
		if at.To == record {
			went = went.Add(money.Min(back, p.gone[at]))
		}
	}
	return went
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
