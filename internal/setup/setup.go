// Package setup prepares an organisation of Zoho Books: the field that carries our key on six
// modules, the hotel's taxes, and its currencies.
//
// It only adds. What stands is adopted when it fits and never touched. Every step says what was
// done, what existed, what Zoho refused, and what a person must do.
package setup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/mapping"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Outcomes of a step.
const (
	done    = "done"
	existed = "existed"
	refused = "refused"
	needed  = "needed"
)

// Run does every step. Only trouble that stops all of them is an error. ownNumbers says that
// documents bear the numbers that QloApps prints; groups are tax groups known from before, and come
// back with those that were made, as not every edition lists them.
func Run(ctx context.Context, in wire.SetupRequest, ownNumbers bool, groups []zoho.Tax, books *zoho.Client, hotel *qloapps.Reader) (wire.SetupResult, []zoho.Tax, error) {
	s := &steps{ctx: ctx, books: books, groups: groups, result: wire.SetupResult{Steps: []wire.SetupStep{}}}
	err := s.all(in, ownNumbers, hotel)
	return s.result, s.groups, err
}

func (s *steps) all(in wire.SetupRequest, ownNumbers bool, hotel *qloapps.Reader) error {
	if err := s.keyFields(); err != nil {
		return err
	}
	if err := s.numbers(hotel, ownNumbers); err != nil {
		return err
	}
	if err := s.taxes(hotel, in.CreateTaxes); err != nil {
		return err
	}
	return s.currencies(hotel, in.CreateCurrencies)
}

type steps struct {
	ctx    context.Context
	books  *zoho.Client
	groups []zoho.Tax // tax groups known without a list
	result wire.SetupResult
}

func (s *steps) add(name, status, detail, action string) {
	s.result.Steps = append(s.result.Steps, wire.SetupStep{Name: name, Status: status, Detail: detail, Action: action})
}

// refusal notes a step that Zoho did not allow, and passes on what stops everything.
func (s *steps) refusal(name string, err error, action string) error {
	f := fault.Of(err)
	switch f.Kind {
	case fault.Rejected, fault.NotFound:
		s.add(name, refused, f.Detail, action)
		return nil
	default:
		return err
	}
}

func (s *steps) keyFields() error {
	for _, r := range zoho.Resources {
		if err := s.keyField(r); err != nil {
			return err
		}
	}
	return nil
}

func (s *steps) keyField(r zoho.Resource) error {
	name := "key_field_" + r.Entity
	byHand := fmt.Sprintf("In Zoho Books, Settings, add a single-line field «%s» to this module and tick «Prevent duplicate values».", zoho.KeyLabel)
	fields, err := s.books.Fields(s.ctx, r.Entity)
	if err != nil {
		return s.refusal(name, err, byHand)
	}
	for _, f := range fields {
		if !strings.EqualFold(string(f.Label), zoho.KeyLabel) {
			continue
		}
		if f.Unique {
			s.add(name, existed, "The field stands.", "")
			return nil
		}
		if err := s.books.MakeUnique(s.ctx, string(f.ID)); err != nil {
			return s.refusal(name, err, byHand)
		}
		s.add(name, done, "The field stood and now allows no doubles.", "")
		return nil
	}
	made, err := s.books.CreateField(s.ctx, r.Entity, zoho.KeyLabel)
	if err != nil {
		return s.refusal(name, err, byHand)
	}
	if !made.Unique {
		if err := s.books.MakeUnique(s.ctx, string(made.ID)); err != nil {
			return s.refusal(name, err, byHand)
		}
	}
	s.add(name, done, "The field was added.", "")
	return nil
}

// taxes adopts taxes whose rates and kind are equal, and creates missing ones when asked to.
func (s *steps) taxes(hotel *qloapps.Reader, create bool) error {
	uses, err := hotel.TaxRates(s.ctx)
	if err != nil {
		return err
	}
	known, err := s.books.Taxes(s.ctx)
	if err != nil {
		return s.refusal("taxes", err, "Switch sales tax on in Zoho Books.")
	}
	known = append(known, missing(s.groups, known)...)
	for _, u := range uses {
		if u.Key == qloapps.Untaxed.Key {
			continue
		}
		if known, err = s.tax(u.RateSet, known, create); err != nil {
			return err
		}
	}
	return nil
}

func (s *steps) tax(set qloapps.RateSet, known []zoho.Tax, create bool) ([]zoho.Tax, error) {
	name := "tax_" + set.Key
	if t := find(known, set); t != nil {
		s.add(name, existed, "«"+string(t.Name)+"» has these rates.", "")
		return known, nil
	}
	if !create {
		s.add(name, needed, "No tax or group of Zoho Books has the rates "+set.Key+".", "Add it in Zoho Books, or run Set up with «create taxes».")
		return known, nil
	}
	var ids []string
	for i, rate := range set.Rates {
		compound := set.Compound && i > 0
		t := single(known, rate, compound)
		if t == nil {
			label := "Tax " + rate.String() + "%"
			if compound {
				label = "Compound tax " + rate.String() + "%"
			}
			id, err := s.books.CreateTax(s.ctx, label, rate.String(), compound)
			if err != nil {
				return known, s.refusal(name, err, "Add the tax in Zoho Books by hand.")
			}
			fresh, err := s.books.Taxes(s.ctx)
			if err != nil {
				return known, err
			}
			known = append(fresh, missing(s.groups, fresh)...)
			if t = single(known, rate, compound); t == nil && id != "" { // the list lags behind
				t = &zoho.Tax{ID: zoho.Text(id)}
			}
			if t == nil {
				s.add(name, refused, "Zoho Books does not show the new tax.", "Add it by hand.")
				return known, nil
			}
		}
		ids = append(ids, string(t.ID))
	}
	if len(ids) > 1 {
		id, err := s.books.CreateTaxGroup(s.ctx, "Tax group "+set.Key, ids)
		if err != nil {
			return known, s.refusal(name, err, "Add the group in Zoho Books by hand.")
		}
		fresh, err := s.books.Taxes(s.ctx)
		if err != nil {
			return known, err
		}
		known = append(fresh, missing(s.groups, fresh)...)
		if find(known, set) == nil && id == "" {
			s.add(name, refused, "Zoho Books does not show the new group.", "Add it by hand.")
			return known, nil
		}
		if find(known, set) == nil { // no list shows groups, or it lags behind
			group := zoho.Tax{ID: zoho.Text(id), Name: zoho.Text("Tax group " + set.Key), Type: "tax_group"}
			for i, rate := range set.Rates {
				kind := zoho.Text("tax")
				if set.Compound && i > 0 {
					kind = "compound_tax"
				}
				group.Parts = append(group.Parts, zoho.Tax{ID: zoho.Text(ids[i]), Percent: zoho.Amount{Decimal: rate}, Type: kind})
			}
			s.groups, known = append(s.groups, group), append(known, group)
		}
	}
	s.add(name, done, "The tax was added.", "")
	return known, nil
}

// missing are the groups that a list does not show.
func missing(groups, listed []zoho.Tax) []zoho.Tax {
	return slices.DeleteFunc(slices.Clone(groups), func(g zoho.Tax) bool {
		return slices.ContainsFunc(listed, func(t zoho.Tax) bool { return t.ID == g.ID })
	})
}

func find(known []zoho.Tax, set qloapps.RateSet) *zoho.Tax {
	for i, t := range known {
		if mapping.RateKey(flat(t)) == set.Key {
			return &known[i]
		}
	}
	return nil
}

func single(known []zoho.Tax, rate money.Decimal, compound bool) *zoho.Tax {
	for i, t := range known {
		if len(t.Parts) == 0 && t.Type != "tax_group" && t.Compound() == compound && t.Percent.Equal(rate) {
			return &known[i]
		}
	}
	return nil
}

func flat(t zoho.Tax) rules.Tax {
	out := rules.Tax{}
	parts := t.Parts
	if len(parts) == 0 {
		parts = []zoho.Tax{t}
	}
	for _, p := range parts {
		out.Parts = append(out.Parts, rules.TaxPart{Percent: p.Percent.String(), Compound: p.Compound()})
	}
	return out
}

// currencies makes those in which orders may be; they matter only with several currencies on.
func (s *steps) currencies(hotel *qloapps.Reader, create bool) error {
	used, err := hotel.ListCurrencies(s.ctx, "", 200)
	if err != nil {
		return err
	}
	known, err := s.books.Currencies(s.ctx)
	if err != nil {
		return s.refusal("currencies", err, "Check that the plan includes several currencies.")
	}
	have := map[string]bool{}
	for _, c := range known {
		have[string(c.Code)] = true
	}
	for _, c := range used {
		code := c.Currency
		name := "currency_" + code
		switch {
		case have[code]:
			s.add(name, existed, code+" stands in Zoho Books.", "")
		case !create:
			s.add(name, needed, code+" does not exist in Zoho Books.", "Needed only for documents in this currency: add it in Zoho Books, or run Set up with «create currencies».")
		default:
			if err := s.books.CreateCurrency(s.ctx, code); err != nil {
				if err := s.refusal(name, err, "Add the currency in Zoho Books by hand; the plan may not include several currencies."); err != nil {
					return err
				}
				continue
			}
			s.add(name, done, code+" was added.", "")
		}
		have[code] = true
	}
	return nil
}
