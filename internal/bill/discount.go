package bill

import (
	"sort"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// closeEnough is how far, in smallest units, the discount's effect on tax may be off before the
// discount is split by hand.
var closeEnough = money.MustParse("2")

// ownSplit is the split of discounts of which at least one belongs to one product's lines only;
// nil when all belong to the whole document.
func ownSplit(lines []Line, discounts []qloapps.Discount, whole money.Decimal, precision int32) []money.Decimal {
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
	given, last := money.Zero, -1
	split := money.Spread(shares, precision)
	for i := range split {
		if given = given.Add(split[i]); !shares[i].IsZero() {
			last = i
		}
	}
	if last < 0 { // of no line
		return nil
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
func amountsOf(lines []Line, product string) ([]money.Decimal, money.Decimal) {
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
func (b *Bill) closeGap(wanted, unit money.Decimal, precision int32, r *rules.Rules) {
	plain := *b
	plain.discount, plain.split = money.Zero, nil
	full := oracle.Compute(plain.document(precision, r)).Tax
	gap := wanted.Sub(full.Sub(b.Totals.Tax))
	if gap.Abs().LessThanOrEqual(unit.Mul(closeEnough)) {
		return
	}
	amounts := make([]money.Decimal, len(b.Lines))
	for i, l := range b.Lines {
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
	moved.Totals = oracle.Compute(moved.document(precision, r))
	if left := wanted.Sub(full.Sub(moved.Totals.Tax)); left.Abs().LessThan(gap.Abs()) {
		*b = moved
	}
}

// move shifts discount from the lines with the least tax to those with the most (or back, when
// the gap is negative), never below nothing nor beyond a line's amount.
func (b *Bill) move(split, amounts []money.Decimal, gap money.Decimal, precision int32) {
	order := make([]int, len(b.Lines))
	share := make([]money.Decimal, len(b.Lines)) // tax within an amount that includes it
	for i, l := range b.Lines {
		order[i] = i
		f := l.Set.Factor()
		share[i] = f.Sub(money.One).DivRound(f, 20)
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
		step := money.Min(want, split[from], amounts[to].Sub(split[to]))
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
