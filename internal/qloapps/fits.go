package qloapps

import (
	"github.com/qlobooks/qlobooks/internal/money"
)

var (
	one   = money.One
	penny = Penny
)

// sure reports that one of the line's candidates makes its tax, so that no others need be looked for.
// Where whole units hide much, more than one of them apart is not sure.
func (l Line) sure() bool {
	set, fits := l.Set()
	return fits && (!l.Unit.GreaterThan(penny) || l.Excl.Mul(set.Factor()).Sub(l.Incl).Abs().LessThanOrEqual(l.Unit))
}

// Set is the first of the line's candidates that makes its tax of its amounts: to the cent, else
// within what QloApps' rounding may add up to, once or per unit and per room. Where QloApps works in
// whole units, its unit stands for the cent.
func (l Line) Set() (RateSet, bool) {
	unit := penny
	if l.Unit.GreaterThan(unit) {
		unit = l.Unit
	}
	units := one
	if l.Quantity.GreaterThan(units) {
		units = l.Quantity
	}
	for _, allowed := range []money.Decimal{penny, unit, unit.Mul(units).Add(unit)} {
		for _, set := range l.Rates {
			if l.Excl.Mul(set.Factor()).Sub(l.Incl).Abs().LessThanOrEqual(allowed) {
				return set, true
			}
		}
	}
	return RateSet{}, false
}
