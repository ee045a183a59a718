package settlement

import (
	"fmt"
	"maps"
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
)

// strict is a small set of books that keeps its own sums and refuses what Zoho Books refuses.
type strict struct {
	invoices map[string]money.Decimal // totals
	sources  map[string]*source
}

type source struct {
	total   money.Decimal
	settles map[string]money.Decimal
	back    map[string]money.Decimal
}

func (s *source) unused() money.Decimal {
	left := s.total
	for _, list := range []map[string]money.Decimal{s.settles, s.back} {
		for _, amount := range list {
			left = left.Sub(amount)
		}
	}
	return left
}

func (b *strict) balance(invoice string) money.Decimal {
	left := b.invoices[invoice]
	for _, s := range b.sources {
		left = left.Sub(s.settles[invoice])
	}
	return left
}

// post makes a source with what it settles at once.
func (b *strict) post(key string, total money.Decimal, settles []Move) error {
	if b.sources[key] != nil {
		return fmt.Errorf("%s stands twice", key)
	}
	b.sources[key] = &source{total: total, settles: map[string]money.Decimal{}, back: map[string]money.Decimal{}}
	for _, m := range settles {
		if err := b.make(m); err != nil {
			delete(b.sources, key)
			return err
		}
	}
	return nil
}

// make carries out a move, or refuses it.
func (b *strict) make(m Move) error {
	s := b.sources[m.Source]
	switch {
	case s == nil:
		return fmt.Errorf("%s does not stand", m.Source)
	case !m.Amount.IsPositive():
		return fmt.Errorf("%v moves nothing", m)
	case m.Kind == TakeBack && m.Amount.GreaterThan(s.settles[m.To]):
		return fmt.Errorf("%v takes back more than is applied", m)
	case m.Kind != TakeBack && m.Amount.GreaterThan(s.unused()):
		return fmt.Errorf("%v is more than %s unused", m, s.unused())
	case m.Kind == Apply && m.Amount.GreaterThan(b.balance(m.To)):
		return fmt.Errorf("%v is more than the balance %s", m, b.balance(m.To))
	}
	switch m.Kind {
	case TakeBack:
		s.settles[m.To] = s.settles[m.To].Sub(m.Amount)
	case GiveBack:
		s.back[m.To] = s.back[m.To].Add(m.Amount)
	case Apply:
		s.settles[m.To] = s.settles[m.To].Add(m.Amount)
	}
	return nil
}

// read is what stands, of the sources that are known and of what else settles the order's invoices.
func (b *strict) read(o Order, known []string) Standing {
	s := NewStanding()
	for _, key := range slices.Sorted(maps.Keys(b.sources)) {
		if !slices.Contains(known, key) {
			for _, i := range o.Invoices {
				s.Others[i.ID] = s.Others[i.ID].Add(b.sources[key].settles[i.ID])
			}
			continue
		}
		s.Totals[key] = b.sources[key].total
		for invoice, amount := range b.sources[key].settles {
			s.Settles[Cell{key, invoice}] = amount
		}
		for record, amount := range b.sources[key].back {
			s.Back[Cell{key, record}] = amount
		}
	}
	return s
}
