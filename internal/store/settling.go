package store

import (
	"strings"

	"github.com/qlobooks/qlobooks/internal/money"
)

const (
	// ApplyStep begins the name of a step by which money settles an invoice: its id at the destination and the
	// sum reached follow.
	ApplyStep = "apply:"
	// CreditStep begins the name of a step by which a credit note pays an invoice as a voucher: its id follows.
	CreditStep = "credit:"
	// GiveBackStep begins the name of a step by which money of a payment goes back: the payment's id at the
	// destination and the amount follow.
	GiveBackStep = "giveback:"
)

// AppliedBy reads from steps that were taken what they settle of which invoice, by its id at the destination.
func AppliedBy(done []string) map[string]money.Decimal {
	settles := map[string]money.Decimal{}
	for _, name := range done {
		rest, is := strings.CutPrefix(name, ApplyStep)
		last := strings.LastIndex(rest, ":")
		if !is || last < 0 {
			continue
		}
		sum, _, _ := strings.Cut(rest[last+1:], "#")
		if reached, err := money.Parse(sum); err == nil && reached.GreaterThan(settles[rest[:last]]) {
			settles[rest[:last]] = reached
		}
	}
	return settles
}

// VouchersUsed reads from an invoice's steps that were taken how much of which credit note, by its id at the
// destination, pays it; nil where the destination never told.
func VouchersUsed(done []string, told map[string]money.Decimal) map[string]*money.Decimal {
	used := map[string]*money.Decimal{}
	for _, name := range done {
		plain, _, _ := strings.Cut(name, "#")
		note, is := strings.CutPrefix(plain, CreditStep)
		if !is {
			continue
		}
		used[note] = nil
		if amount, known := told[note]; known {
			used[note] = &amount
		}
	}
	return used
}

// Taken are the names of the steps that were taken.
func (d Document) Taken() (names []string) {
	for _, s := range d.Steps {
		if s.Done {
			names = append(names, s.Name)
		}
	}
	return names
}
