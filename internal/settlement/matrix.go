// Package settlement says what settles what in an order: which money of it settles which invoice, what is
// unused, and what went back to the guest.
//
// It is pure. Wanted is a matrix made of the order's rows in QloApps' own sequence, Standing the same
// matrix as the books have it, Moves the shortest way from one to the other that the books accept.
package settlement

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Matrix is what settles what: of each source of money what settles which invoice, and what of it went
// back to the guest. What a source has beyond that is unused. Wanted and Standing are two of them.
type Matrix struct {
	Settles map[Cell]money.Decimal // to an invoice
	Back    map[Cell]money.Decimal // for the record by which QloApps says so
}

// Cell is one place of a matrix. A source is the key of a payment or a credit note ("payment:7").
type Cell struct{ Source, To string }

// NewMatrix is one in which nothing is settled.
func NewMatrix() Matrix {
	return Matrix{Settles: map[Cell]money.Decimal{}, Back: map[Cell]money.Decimal{}}
}

// Clone is a copy that may be changed.
func (m Matrix) Clone() Matrix {
	c := Matrix{Settles: maps.Clone(m.Settles), Back: maps.Clone(m.Back)}
	if c.Settles == nil {
		c.Settles = map[Cell]money.Decimal{}
	}
	if c.Back == nil {
		c.Back = map[Cell]money.Decimal{}
	}
	return c
}

// On is what settles an invoice.
func (m Matrix) On(invoice string) money.Decimal {
	return sum(m.Settles, func(c Cell) bool { return c.To == invoice })
}

// Of is what a source gives: to invoices, and back.
func (m Matrix) Of(source string) money.Decimal {
	from := func(c Cell) bool { return c.Source == source }
	return sum(m.Settles, from).Add(sum(m.Back, from))
}

// For is what went back for a record.
func (m Matrix) For(record string) money.Decimal {
	return sum(m.Back, func(c Cell) bool { return c.To == record })
}

func (m Matrix) add(kind Kind, at Cell, amount money.Decimal) {
	switch kind {
	case Apply:
		m.Settles[at] = m.Settles[at].Add(amount)
	case TakeBack:
		m.Settles[at] = m.Settles[at].Sub(amount)
	case GiveBack:
		m.Back[at] = m.Back[at].Add(amount)
	}
}

func sum(cells map[Cell]money.Decimal, counts func(Cell) bool) money.Decimal {
	total := money.Zero
	for at, amount := range cells {
		if counts(at) {
			total = total.Add(amount)
		}
	}
	return total
}

// Words tell a source's row to a person; name turns an invoice into a word.
func (m Matrix) Words(source string, name func(invoice string) string) string {
	var parts []string
	for _, at := range sorted(m.Settles) {
		if at.Source == source && m.Settles[at].IsPositive() {
			parts = append(parts, fmt.Sprintf("%s on %s", m.Settles[at], name(at.To)))
		}
	}
	back := sum(m.Back, func(c Cell) bool { return c.Source == source })
	if back.IsPositive() {
		parts = append(parts, back.String()+" given back")
	}
	if len(parts) == 0 {
		return "nothing settled"
	}
	return strings.Join(parts, ", ")
}

func sorted(cells map[Cell]money.Decimal) []Cell {
	return slices.SortedFunc(maps.Keys(cells), func(a, b Cell) int {
		return strings.Compare(a.Source+"\x00"+a.To, b.Source+"\x00"+b.To)
	})
}
