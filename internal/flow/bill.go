package flow

import (
	"fmt"
	"sort"

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
	excl, incl := money.Zero, money.Zero
	for _, d := range discounts {
		excl, incl = excl.Add(d.Excl), incl.Add(d.Incl)
	}
	b.discount = money.RoundHalfUp(incl, precision)
	total := money.RoundHalfUp(t.incl, precision)
	if len(lines) == 0 {
		if total.IsZero() {
			return nil, fault.New(fault.Skipped, "skipped_export_off", "There is nothing on it: every line is 0.")
		}
		return nil, fault.New(fault.Held, "totals_differ", "The document costs %s but has no lines.", t.incl).Do("Check the order in QloApps.")
	}
	if err := addsUp(lines, total.Add(b.discount), precision, r); err != nil {
		return nil, err
	}
	roundLines(lines, total.Add(b.discount), precision)
	b.split = restricted(lines, discounts, b.discount, precision)
	b.totals = oracle.Compute(b.document(precision, r))
	unit := money.Unit(precision)
	if !b.discount.IsZero() {
		b.closeGap(incl.Sub(excl), unit, precision, r)
	}
	if !b.totals.Total.Equal(total) {
		return nil, fault.New(fault.Held, "totals_differ", "QloApps' total is %s, Zoho Books would compute %s.", total, b.totals.Total).Do("Check the order's lines in QloApps.")
	}
	return b, b.judge(t, discounts, unit, r)
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

// restricted splits discounts that belong to one product over that product's lines only.
func restricted(lines []sold, discounts []qloapps.Discount, whole money.Decimal, precision int32) []money.Decimal {
	product := ""
	for _, d := range discounts {
		if d.ProductID == "" || product != "" && d.ProductID != product {
			return nil
		}
		product = d.ProductID
	}
	amounts := make([]money.Decimal, len(lines))
	found := money.Zero
	for i, l := range lines {
		if product != "" && l.ProductID == product {
			amounts[i] = l.amount
			found = found.Add(l.amount)
		}
	}
	if product == "" || found.LessThan(whole) {
		return nil
	}
	return oracle.Shares(amounts, whole, precision)
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
		split = oracle.Shares(amounts, b.discount, precision)
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

// judge compares the predicted tax with QloApps', in all and, where discounts do not mix rate
// sets, for each set. One unit per tax is silent, a little more is a notice, beyond the limit
// the document is held.
func (b *bill) judge(t truth, discounts []qloapps.Discount, unit money.Decimal, r *rules.Rules) error {
	wanted := t.incl.Sub(t.excl)
	off := b.totals.Tax.Sub(wanted).Abs()
	singles := map[string]bool{}
	for _, l := range b.lines {
		for _, tax := range l.taxes {
			singles[tax.ID] = true
		}
	}
	if len(discounts) == 0 {
		off = maximum(off, b.worstSet())
	}
	limit := unit.Mul(money.MustParse(fmt.Sprint(r.Settings.Orders.RoundingLimit)))
	silent := unit.Mul(money.MustParse(fmt.Sprint(max(1, len(singles)))))
	words := fmt.Sprintf("QloApps computes a tax of %s, Zoho Books one of %s (both of a total of %s).", wanted, b.totals.Tax, b.totals.Total)
	switch {
	case off.LessThanOrEqual(silent) && (off.LessThanOrEqual(limit) || off.LessThan(unit)):
		return nil
	case off.LessThanOrEqual(limit):
		b.notices = append(b.notices, engine.Notice{Code: "tax_differs", Detail: words})
		return nil
	default:
		return fault.New(fault.Held, "totals_differ", "%s", words).Do("Correct the order in QloApps, check the tax mapping, or raise the allowed rounding difference.")
	}
}

// worstSet is the largest difference between QloApps' and Zoho's tax of one rate set.
func (b *bill) worstSet() money.Decimal {
	wanted, ids := map[string]money.Decimal{}, map[string]map[string]bool{}
	users := map[string]map[string]bool{} // tax id → rate sets that share it
	for _, l := range b.lines {
		wanted[l.set.Key] = wanted[l.set.Key].Add(l.Incl.Sub(l.Excl))
		if ids[l.set.Key] == nil {
			ids[l.set.Key] = map[string]bool{}
		}
		for _, tax := range l.taxes {
			ids[l.set.Key][tax.ID] = true
			if users[tax.ID] == nil {
				users[tax.ID] = map[string]bool{}
			}
			users[tax.ID][l.set.Key] = true
		}
	}
	worst := money.Zero
	for key, taxes := range ids {
		got, shared := money.Zero, false
		for id := range taxes {
			got = got.Add(b.totals.ByTax[id])
			shared = shared || len(users[id]) > 1
		}
		if !shared { // Zoho sums a tax over all lines, so sets that share one are judged together only
			worst = maximum(worst, got.Sub(wanted[key]).Abs())
		}
	}
	return worst
}

func maximum(a, b money.Decimal) money.Decimal {
	if b.GreaterThan(a) {
		return b
	}
	return a
}
