package qloapps

import (
	"github.com/qlobooks/qlobooks/internal/money"
)

var (
	one   = money.One
	penny = Penny
)

// sure reports that one of the line's candidates makes its tax to the cent, so that no others need be looked
// for: what the rounding of each unit may add up to hides another rate of small amounts.
func (l Line) sure() bool {
	set, fits := l.Set()
	return fits && l.apart(set).LessThanOrEqual(money.Max(penny, l.Unit))
}

// apart is how far a rate set is from making the line's tax.
func (l Line) apart(set RateSet) money.Decimal { return l.Excl.Mul(set.Factor()).Sub(l.Incl).Abs() }

// Set is the first of the line's candidates that makes its tax of its amounts: to the cent, else
// within what QloApps' rounding may add up to, per unit and per room. Where QloApps works in whole units, its
// unit stands for the cent, so that none further down the list is its own for fitting more closely.
func (l Line) Set() (RateSet, bool) {
	unit := penny
	if l.Unit.GreaterThan(unit) {
		unit = l.Unit
	}
	units := one
	if l.Quantity.GreaterThan(units) {
		units = l.Quantity
	}
	for _, allowed := range []money.Decimal{unit, unit.Mul(units).Add(unit)} {
		for _, set := range l.Rates {
			if l.apart(set).LessThanOrEqual(allowed) {
				return set, true
			}
		}
	}
	return RateSet{}, false
}
