// Package setup prepares an organization of Zoho Books: the field that carries our key on six
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

// Found is what the set-up read of the organization or made there, so that nobody reads it again.
type Found struct {
	KeyFields  map[string]string // api name by entity, of those that can carry a key
	Taxes      []zoho.Tax        // nil where they could not be read
	Groups     []zoho.Tax        // those that no list shows
	Currencies []zoho.Currency   // nil where they could not be read
}

// Plan is what a set-up is to do.
type Plan struct {
	wire.SetupRequest
	OwnNumbers bool              // documents bear the numbers that QloApps prints
	Groups     []zoho.Tax        // tax groups known from before, as not every edition lists them
	Target     string            // what stands for a hotel: item, tag, location
	Country    string            // of the organization, alpha-2; "" = not known
	KeyFields  map[string]string // known from before; what cannot be read now is not gone
	// Told is given what was done so far, and how many steps there will be; nil = nobody listens.
	Told func(result wire.SetupResult, total int)
}

// Run does every step. Only trouble that stops all of them is an error.
func Run(ctx context.Context, plan Plan, books *zoho.Client, hotel *qloapps.Reader) (wire.SetupResult, Found, error) {
	s := &steps{ctx: ctx, books: books, plan: plan, found: Found{KeyFields: map[string]string{}, Groups: plan.Groups}, result: wire.SetupResult{Steps: []wire.SetupStep{}}}
	err := s.all(hotel)
	return s.result, s.found, err
}

func (s *steps) all(hotel *qloapps.Reader) error {
	rates, err := hotel.TaxRates(s.ctx)
	if err != nil {
		return err
	}
	currencies, err := hotel.ListCurrencies(s.ctx, "", 200)
	if err != nil {
		return err
	}
	rates = slices.DeleteFunc(rates, func(u qloapps.RateUse) bool { return u.Key == qloapps.Untaxed.Key })
	s.total = len(zoho.Resources) + len(rates) + len(currencies)
	if s.plan.OwnNumbers {
		s.total += 2
	}
	if err := s.keyFields(); err != nil {
		return err
	}
	if err := s.numbers(hotel, s.plan.OwnNumbers); err != nil {
		return err
	}
	if err := s.taxes(rates); err != nil {
		return err
	}
	if err := s.hotelTag(hotel); err != nil {
		return err
	}
	return s.currencies(currencies)
}

type steps struct {
	ctx    context.Context
	books  *zoho.Client
	plan   Plan
	found  Found
	total  int
	result wire.SetupResult
}

func (s *steps) add(name, status, detail, action string) {
	s.result.Steps = append(s.result.Steps, wire.SetupStep{Name: name, Status: status, Detail: detail, Action: action})
	if s.plan.Told != nil {
		s.plan.Told(s.result, max(s.total, len(s.result.Steps)))
	}
}

// refusal notes a step that Zoho did not allow, and passes on what stops everything.
func (s *steps) refusal(name string, err error, action string) error {
	if !zoho.NotThere(err) {
		return err
	}
	s.add(name, refused, fault.Of(err).Detail, action)
	return nil
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
	known := s.plan.KeyFields[r.Entity]
	if err != nil && (known != "" || !zoho.Unlisted(err)) {
		if known != "" { // what cannot be read is not gone
			s.found.KeyFields[r.Entity] = known
		}
		return s.refusal(name, err, byHand)
	}
	for _, f := range fields {
		if strings.EqualFold(string(f.Label), zoho.KeyLabel) {
			return s.standing(r, f, name, byHand)
		}
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
	s.carries(r, made)
	s.add(name, done, "The field was added.", "")
	return nil
}

// standing makes a field that stands one that can carry the key: in use, and without doubles. Its
// type cannot be changed.
func (s *steps) standing(r zoho.Resource, f zoho.Field, name, byHand string) error {
	if !f.HoldsText() {
		s.add(name, refused, fmt.Sprintf("A field «%s» stands, but it holds a %s instead of a single line of text.", zoho.KeyLabel, f.Type),
			"Rename or delete that field in Zoho Books, Settings, then run Set up again.")
		return nil
	}
	words := ""
	if !f.InUse() {
		if err := s.books.Activate(s.ctx, string(f.ID)); zoho.NotThere(err) {
			s.add(name, needed, "The field stands, but somebody made it inactive, and Zoho Books does not let QloBooks change that: "+fault.Of(err).Detail,
				fmt.Sprintf("Make the field «%s» of this module active again in Zoho Books, Settings, then run Set up again.", zoho.KeyLabel))
			return nil
		} else if err != nil {
			return err
		}
		words = "The field stood inactive and is in use again."
	}
	if !f.Unique {
		if err := s.books.MakeUnique(s.ctx, string(f.ID)); err != nil {
			return s.refusal(name, err, byHand)
		}
		words = strings.TrimSpace(words + " The field stood and now allows no doubles.")
	}
	s.carries(r, f)
	if words == "" {
		s.add(name, existed, "The field stands.", "")
	} else {
		s.add(name, done, words, "")
	}
	return nil
}

func (s *steps) carries(r zoho.Resource, f zoho.Field) {
	name := string(f.APIName)
	if name == "" {
		name = zoho.KeyField
	}
	s.found.KeyFields[r.Entity] = name
}

// taxes adopts taxes whose rates and kind are equal, and creates missing ones when asked to.
func (s *steps) taxes(uses []qloapps.RateUse) error {
	known, err := s.books.Taxes(s.ctx)
	if err != nil {
		return s.refusal("taxes", err, "Switch sales tax on in Zoho Books.")
	}
	s.found.Taxes = append(append([]zoho.Tax{}, known...), missing(s.found.Groups, known)...) // none is read, too
	for _, u := range uses {
		if err := s.tax(u.RateSet); err != nil {
			return err
		}
	}
	for _, g := range wrongWayRound(s.found.Taxes, uses) {
		s.add("tax_"+mapping.RateKey(flat(g)), needed, "«"+string(g.Name)+"» has the hotel's compound taxes the wrong way round, so that each authority gets a wrong amount.",
			"Choose the right group on the Mapping page, correct what was posted with this one in Zoho Books, then make it inactive there.")
	}
	return nil
}

// wrongWayRound are groups whose compound taxes stand in the opposite order of the hotel's own, which
// has no such taxes: an earlier QloBooks took their order from ids.
func wrongWayRound(known []zoho.Tax, uses []qloapps.RateUse) (wrong []zoho.Tax) {
	used := func(key string) bool {
		return slices.ContainsFunc(uses, func(u qloapps.RateUse) bool { return u.Key == key })
	}
	for _, u := range uses {
		rates := slices.Clone(u.Rates)
		slices.Reverse(rates)
		if turned := qloapps.NewRateSet(rates, true); u.Compound && turned.Key != u.Key && !used(turned.Key) {
			if g := find(known, turned, false); g != nil {
				wrong = append(wrong, *g)
			}
		}
	}
	return wrong
}

func (s *steps) tax(set qloapps.RateSet) error {
	name := "tax_" + set.Key
	halved := s.plan.Country == mapping.India && len(set.Rates) == 1
	if t := find(s.found.Taxes, set, halved); t != nil {
		s.add(name, existed, "«"+string(t.Name)+"» has these rates.", "")
		return nil
	}
	if i := slices.IndexFunc(s.found.Taxes, func(t zoho.Tax) bool {
		return slices.ContainsFunc(flat(t).Parts, func(p rules.TaxPart) bool { return p.Percent == "" })
	}); i >= 0 {
		s.add(name, needed, "Zoho Books does not tell the rate of «"+string(s.found.Taxes[i].Name)+"», so it is not known whether a tax of the rates "+set.Key+" stands.", "Choose the tax on the Mapping page; add it in Zoho Books if there is none.")
		return nil
	}
	if !s.plan.CreateTaxes {
		s.add(name, needed, "No tax or group of Zoho Books has the rates "+set.Key+".", "Add it in Zoho Books, or run Set up with «create taxes».")
		return nil
	}
	group := zoho.Tax{Name: zoho.Text("Tax group " + set.Key), Type: "tax_group"}
	rates, specific := set.Rates, []string{"", ""}
	if halved { // within a state one tax is two equal halves
		half := set.Rates[0].Div(money.MustParse("2"))
		rates, specific, group.Name = []money.Decimal{half, half}, []string{"cgst", "sgst"}, zoho.Text("GST "+set.Key+"%")
	}
	for i, rate := range rates {
		t, err := s.part(rate, set.Compound && i > 0, specific[min(i, 1)], group.Parts)
		if err != nil {
			return s.refusal(name, err, "Add the tax in Zoho Books by hand.")
		}
		if t == nil {
			s.add(name, refused, "Zoho Books does not show the new tax.", "Add it by hand.")
			return nil
		}
		group.Parts = append(group.Parts, *t)
	}
	if len(group.Parts) > 1 {
		if made, err := s.group(group); err != nil {
			return s.refusal(name, err, "Add the group in Zoho Books by hand.")
		} else if !made {
			s.add(name, refused, "Zoho Books does not show the new group.", "Add it by hand.")
			return nil
		}
	}
	s.add(name, done, "The tax was added.", "")
	return nil
}

// part is a single tax of a rate, made where none stands besides those that the group holds already, as a group names
// each tax once; nil where Zoho does not show it. Its own answer tells its id, so that the list is only read where that
// does not. specific is what India calls the half that it is.
func (s *steps) part(rate money.Decimal, compound bool, specific string, held []zoho.Tax) (*zoho.Tax, error) {
	label, kind := "Tax "+rate.String()+"%", zoho.Text("tax")
	switch {
	case compound:
		label, kind = "Compound tax "+rate.String()+"%", "compound_tax"
	case specific != "":
		label = strings.ToUpper(specific) + " " + rate.String() + "%"
	}
	if t := single(s.found.Taxes, rate, compound, func(t zoho.Tax) bool {
		return (specific == "" || string(t.Name) == label) && !slices.ContainsFunc(held, func(h zoho.Tax) bool { return h.ID == t.ID })
	}); t != nil {
		return t, nil
	}
	named := func(name string) bool {
		return slices.ContainsFunc(s.found.Taxes, func(t zoho.Tax) bool { return strings.EqualFold(string(t.Name), name) })
	}
	for n, first := 2, label; named(label); n++ {
		label = fmt.Sprintf("%s (%d)", first, n)
	}
	id, err := s.books.CreateTax(s.ctx, label, rate.String(), compound, specific)
	if err != nil {
		return nil, err
	}
	if id == "" {
		if err := s.reread(); err != nil {
			return nil, err
		}
		i := slices.IndexFunc(s.found.Taxes, func(t zoho.Tax) bool { return string(t.Name) == label && !t.Group() })
		if i < 0 {
			return nil, nil
		}
		return &s.found.Taxes[i], nil
	}
	made := zoho.Tax{ID: zoho.Text(id), Name: zoho.Text(label), Percent: &zoho.Amount{Decimal: rate}, Type: kind}
	s.found.Taxes = append(s.found.Taxes, made)
	return &made, nil
}

// together is the percentage that several taxes make of a price; a compound one is taken of the price with
// the taxes before it.
func together(parts []zoho.Tax) money.Decimal {
	hundred, sum := money.MustParse("100"), money.Zero
	for _, p := range parts {
		part := p.Percent.Decimal
		if p.Compound() {
			part = part.Mul(hundred.Add(sum)).Div(hundred)
		}
		sum = sum.Add(part)
	}
	return sum
}

// group makes a group of single taxes; false where Zoho does not show it.
func (s *steps) group(group zoho.Tax) (bool, error) {
	ids := make([]string, len(group.Parts))
	for i, p := range group.Parts {
		ids[i] = string(p.ID)
	}
	group.Percent = &zoho.Amount{Decimal: together(group.Parts)}
	id, err := s.books.CreateTaxGroup(s.ctx, string(group.Name), ids)
	if err != nil {
		return false, err
	}
	if id == "" {
		if err := s.reread(); err != nil {
			return false, err
		}
		return slices.ContainsFunc(s.found.Taxes, func(t zoho.Tax) bool { return t.Name == group.Name && t.Group() }), nil
	}
	group.ID = zoho.Text(id)
	s.found.Taxes, s.found.Groups = append(s.found.Taxes, group), append(s.found.Groups, group)
	return true, nil
}

// reread reads the taxes again; groups that no list shows stay known.
func (s *steps) reread() error {
	fresh, err := s.books.Taxes(s.ctx)
	if err == nil {
		s.found.Taxes = append(fresh, missing(s.found.Groups, fresh)...)
	}
	return err
}

// missing are the groups that a list does not show.
func missing(groups, listed []zoho.Tax) []zoho.Tax {
	return slices.DeleteFunc(slices.Clone(groups), func(g zoho.Tax) bool {
		return slices.ContainsFunc(listed, func(t zoho.Tax) bool { return t.ID == g.ID })
	})
}

// find is a tax of these rates; halved wants a group of two equal halves.
func find(known []zoho.Tax, set qloapps.RateSet, halved bool) *zoho.Tax {
	for i, t := range known {
		if halved && mapping.Halves(flat(t)) == set.Key || !halved && mapping.RateKey(flat(t)) == set.Key {
			return &known[i]
		}
	}
	return nil
}

func single(known []zoho.Tax, rate money.Decimal, compound bool, fits func(zoho.Tax) bool) *zoho.Tax {
	for i, t := range known {
		if len(t.Parts) == 0 && t.Type != "tax_group" && t.Compound() == compound && t.Percent.Told() && t.Percent.Equal(rate) && fits(t) {
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
		out.Parts = append(out.Parts, rules.TaxPart{Percent: p.Rate(), Compound: p.Compound()})
	}
	return out
}

// currencies makes those in which orders may be; they matter only with several currencies on.
func (s *steps) currencies(used []qloapps.Listing) error {
	known, err := s.books.Currencies(s.ctx)
	if err != nil {
		return s.refusal("currencies", err, "Check that the plan includes several currencies.")
	}
	have, made := map[string]bool{}, false
	for _, c := range known {
		have[string(c.Code)] = true
	}
	for _, c := range used {
		code := c.Currency
		name := "currency_" + code
		switch {
		case have[code]:
			s.add(name, existed, code+" stands in Zoho Books.", "")
		case !s.plan.CreateCurrencies:
			s.add(name, needed, code+" does not exist in Zoho Books.", "Needed only for documents in this currency: add it in Zoho Books, or run Set up with «create currencies».")
		default:
			if err := s.books.CreateCurrency(s.ctx, code); err != nil {
				if err := s.refusal(name, err, "Add the currency in Zoho Books by hand; the plan may not include several currencies."); err != nil {
					return err
				}
				continue
			}
			made = true
			s.add(name, done, code+" was added.", "")
		}
		have[code] = true
	}
	if !made { // the decimals of a new one are Zoho's to say
		s.found.Currencies = known
	}
	return nil
}
