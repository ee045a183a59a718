package flow

import (
	"fmt"
	"sort"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// bill is a document whose prediction was found to be right.
type bill struct {
	lines    []sold
	discount money.Decimal
	split    []money.Decimal // item-level discounts; nil when the document's one discount will do
	totals   oracle.Totals
	notices  []engine.Notice
}

// closeEnough is how far, in smallest units, the discount's effect on tax may be off before the
// discount is split by hand.
var closeEnough = money.MustParse("2")

// balanceBill rounds the lines to the exact total and finds a split of the discount whose tax is
// QloApps'. Beyond the allowed difference the document is held with both computations.
func balanceBill(lines []sold, discounts []qloapps.Discount, t truth, precision int32, r *rules.Rules) (*bill, error) {
	b := &bill{lines: lines}
	if err := b.balance(discounts, t, precision, r); err != nil {
		return nil, b.compared(err, discounts, t)
	}
	return b, nil
}

func (b *bill) balance(discounts []qloapps.Discount, t truth, precision int32, r *rules.Rules) error {
	lines := b.lines
	unit, total := money.Unit(precision), money.RoundHalfUp(t.incl, precision)
	goods, goodsTax := money.Zero, money.Zero
	for _, l := range lines {
		goods, goodsTax = goods.Add(l.Incl), goodsTax.Add(l.Incl.Sub(l.Excl))
	}
	off, offTax := money.Zero, money.Zero
	for _, d := range discounts {
		off, offTax = off.Add(d.Incl), offTax.Add(d.Incl.Sub(d.Excl))
	}
	if off.GreaterThan(goods) { // QloApps lets no total fall below zero
		off, offTax = goods, goodsTax
	}
	b.discount = money.RoundHalfUp(off, precision)
	if len(lines) == 0 {
		return fault.New(fault.Held, "totals_differ", "The document costs %s %s but has no lines.", t.incl, t.currency).Do("Check the order in QloApps.")
	}
	if err := addsUp(lines, total.Add(b.discount), precision, r); err != nil {
		return err
	}
	roundLines(lines, total.Add(b.discount), precision)
	b.split = ownSplit(lines, discounts, b.discount, precision)
	b.totals = oracle.Compute(b.document(precision, r))
	if !b.discount.IsZero() {
		b.closeGap(offTax, unit, precision, r)
	}
	if !b.totals.Total.Equal(total) {
		return fault.New(fault.Held, "totals_differ", "QloApps' total is %s %s, Zoho Books would compute %s.", total, t.currency, b.totals.Total).Do("Check the order's lines in QloApps.")
	}
	return b.judge(t, len(discounts) > 0, t.unit(precision), r)
}

// addsUp refuses to hide a wrong line in the last one: QloApps may round each line and the total,
// and anything more than that and the allowed difference is not rounding.
func addsUp(lines []sold, whole money.Decimal, precision int32, r *rules.Rules) error {
	sum := money.Zero
	for _, l := range lines {
		sum = sum.Add(l.Incl)
	}
	allowed := money.Unit(precision).Mul(money.MustParse(fmt.Sprint(r.Settings.Orders.RoundingLimit + len(lines) + 1)))
	if whole.Sub(sum).Abs().LessThanOrEqual(allowed) {
		return nil
	}
	return fault.New(fault.Held, "totals_differ", "The lines come to %s, but the total and the discounts to %s.", sum, whole).Do("Check the order's lines in QloApps.")
}

// unit is the smallest amount in which both systems can agree on a tax: where Zoho counts finer
// than QloApps wrote its amounts, QloApps' own.
func (t truth) unit(precision int32) money.Decimal {
	if precision > 2 && t.incl.Equal(t.incl.Round(2)) && t.excl.Equal(t.excl.Round(2)) {
		return penny
	}
	return money.Unit(precision)
}

func limitOf(r *rules.Rules) money.Decimal { return count(r.Settings.Orders.RoundingLimit) }

func count(n int) money.Decimal { return decimal.NewFromInt(int64(n)) }

// ownSplit is the split of discounts of which at least one belongs to one product's lines only;
// nil when all belong to the whole document.
func ownSplit(lines []sold, discounts []qloapps.Discount, whole money.Decimal, precision int32) []money.Decimal {
	shares := make([]money.Decimal, len(lines))
	named := false
	for _, d := range discounts {
		of, found := amountsOf(lines, d.ProductID)
		if d.ProductID != "" && found.GreaterThanOrEqual(d.Incl) {
			named = true
		} else {
			of, found = amountsOf(lines, "")
		}
		for i := range lines {
			if !found.IsZero() {
				shares[i] = shares[i].Add(d.Incl.Mul(of[i]).DivRound(found, 20))
			}
		}
	}
	if !named {
		return nil
	}
	given, last := money.Zero, 0
	split := money.Spread(shares, precision)
	for i := range split {
		if given = given.Add(split[i]); !split[i].IsZero() {
			last = i
		}
	}
	split[last] = split[last].Add(whole.Sub(given))
	for i := range split {
		if split[i].IsNegative() || split[i].GreaterThan(lines[i].amount) {
			return nil
		}
	}
	return split
}

// proportional splits a discount over amounts, rounded cumulatively: unlike Zoho's own shares, none
// is ever negative.
func proportional(amounts []money.Decimal, discount money.Decimal, precision int32) []money.Decimal {
	sum := money.Zero
	for _, a := range amounts {
		sum = sum.Add(a)
	}
	exact := make([]money.Decimal, len(amounts))
	for i, a := range amounts {
		if !sum.IsZero() {
			exact[i] = discount.Mul(a).DivRound(sum, 20)
		}
	}
	return money.Spread(exact, precision)
}

// amountsOf are the amounts of a product's lines, of all lines without one, and their sum.
func amountsOf(lines []sold, product string) ([]money.Decimal, money.Decimal) {
	amounts, sum := make([]money.Decimal, len(lines)), money.Zero
	for i, l := range lines {
		if product == "" || l.ProductID == product {
			amounts[i] = l.amount
			sum = sum.Add(l.amount)
		}
	}
	return amounts, sum
}

// closeGap moves parts of the discount between lines of high and of low tax until its effect on
// tax is what QloApps computed. It leaves the proportional split when that is close enough.
func (b *bill) closeGap(wanted, unit money.Decimal, precision int32, r *rules.Rules) {
	plain := *b
	plain.discount, plain.split = money.Zero, nil
	full := oracle.Compute(plain.document(precision, r)).Tax
	gap := wanted.Sub(full.Sub(b.totals.Tax))
	if gap.Abs().LessThanOrEqual(unit.Mul(closeEnough)) {
		return
	}
	amounts := make([]money.Decimal, len(b.lines))
	for i, l := range b.lines {
		amounts[i] = l.amount
	}
	split := b.split
	if split == nil {
		split = proportional(amounts, b.discount, precision)
	}
	split = append([]money.Decimal{}, split...)
	b.move(split, amounts, gap, precision)
	moved := *b
	moved.split = split
	moved.totals = oracle.Compute(moved.document(precision, r))
	if left := wanted.Sub(full.Sub(moved.totals.Tax)); left.Abs().LessThan(gap.Abs()) {
		*b = moved
	}
}

// move shifts discount from the lines with the least tax to those with the most (or back, when
// the gap is negative), never below nothing nor beyond a line's amount.
func (b *bill) move(split, amounts []money.Decimal, gap money.Decimal, precision int32) {
	order := make([]int, len(b.lines))
	share := make([]money.Decimal, len(b.lines)) // tax within an amount that includes it
	for i, l := range b.lines {
		order[i] = i
		f := factor(l.set)
		share[i] = f.Sub(unity).DivRound(f, 20)
	}
	sort.SliceStable(order, func(i, j int) bool { return share[order[i]].LessThan(share[order[j]]) })
	if gap.IsNegative() {
		for i, j := 0, len(order)-1; i < j; i, j = i+1, j-1 {
			order[i], order[j] = order[j], order[i]
		}
	}
	for low, high := 0, len(order)-1; low < high; {
		from, to := order[low], order[high]
		slope := share[to].Sub(share[from])
		if slope.IsZero() {
			return
		}
		want := money.RoundHalfUp(gap.DivRound(slope, 20), precision)
		step := minimum(want, split[from], amounts[to].Sub(split[to]))
		if !step.IsPositive() {
			if split[from].IsZero() {
				low++
			} else {
				high--
			}
			if want.IsPositive() {
				continue
			}
			return
		}
		split[from], split[to] = split[from].Sub(step), split[to].Add(step)
		gap = gap.Sub(step.Mul(slope))
		if step.Equal(want) {
			return
		}
	}
}

func minimum(values ...money.Decimal) money.Decimal {
	least := values[0]
	for _, v := range values[1:] {
		if v.LessThan(least) {
			least = v
		}
	}
	return least
}

// judge compares the predicted tax with QloApps', in all and tax by tax. One unit per tax is
// silent, a little more is a notice, beyond the limit the document is held.
func (b *bill) judge(t truth, discounted bool, unit money.Decimal, r *rules.Rules) error {
	wanted := t.incl.Sub(t.excl)
	worst := b.totals.Tax.Sub(wanted).Abs()
	silent := worst.LessThanOrEqual(unit.Mul(count(max(1, len(b.totals.ByTax)))))
	for id, own := range b.ownTaxes(wanted, discounted) {
		off := b.totals.ByTax[id].Sub(own).Abs()
		silent = silent && off.LessThanOrEqual(unit)
		worst = maximum(worst, off)
	}
	limit := limitOf(r)
	words := fmt.Sprintf("QloApps computes a tax of %s %s, Zoho Books one of %s, both of a total of %s.", wanted, t.currency, b.totals.Tax, b.totals.Total)
	switch {
	case worst.LessThan(unit), silent && limit.IsPositive():
		return nil
	case worst.LessThanOrEqual(unit.Mul(limit)):
		b.notices = append(b.notices, engine.Notice{Code: "tax_differs", Detail: words})
		return nil
	default:
		return fault.New(fault.Held, "totals_differ", "%s", words).Do("Correct the order in QloApps, check the tax mapping, or raise the allowed rounding difference.")
	}
}

// ownTaxes is QloApps' tax by Zoho's single taxes: a line's tax is divided among the taxes of
// its group as these divide it. It is empty when a discount mixes rate sets, as QloApps does
// not say then how much of each tax it took away.
func (b *bill) ownTaxes(whole money.Decimal, discounted bool) map[string]money.Decimal {
	own := map[string]money.Decimal{}
	for _, l := range b.lines {
		if discounted && l.set.Key != b.lines[0].set.Key {
			return nil
		}
		divide(own, l.Incl.Sub(l.Excl), l.taxes)
	}
	if discounted {
		own = map[string]money.Decimal{}
		divide(own, whole, b.lines[0].taxes)
	}
	return own
}

// divide adds tax to own in proportion to what each of taxes makes of one unit.
func divide(own map[string]money.Decimal, tax money.Decimal, taxes []oracle.Tax) {
	weights, sum := oracle.Exact(unity, taxes, false), money.Zero
	for _, w := range weights {
		sum = sum.Add(w)
	}
	for id, w := range weights {
		if !sum.IsZero() {
			own[id] = own[id].Add(tax.Mul(w).DivRound(sum, 20))
		}
	}
}

func maximum(a, b money.Decimal) money.Decimal {
	if b.GreaterThan(a) {
		return b
	}
	return a
}
