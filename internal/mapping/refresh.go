package mapping

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// RateKey names a Zoho tax by its rates as QloApps' rate sets are named: "5+2.5", "10*5".
func RateKey(t rules.Tax) string {
	var simple, all []money.Decimal
	compound := false
	for _, p := range t.Parts {
		rate, err := money.Parse(p.Percent)
		if err != nil {
			return ""
		}
		if p.Compound {
			compound = true
			all = append(all, rate)
		} else {
			simple = append(simple, rate)
		}
	}
	if compound && len(simple) == 0 {
		return "" // taken on nothing but itself: no tax of QloApps' is of this type
	}
	return qloapps.NewRateSet(append(simple, all...), compound).Key
}

// Fetch reads one kind from both sides.
func (s *Service) Fetch(ctx context.Context, kind rules.Kind, hotel *qloapps.Reader, books *zoho.Client) error {
	sources, err := offered(ctx, kind, hotel)
	if err != nil {
		return err
	}
	choices, err := choicesOf(ctx, kind, books)
	if err != nil {
		return err
	}
	if kind == rules.Taxes && !slices.ContainsFunc(choices, Choice.group) {
		known, err := s.Groups(ctx)
		if err != nil {
			return err
		}
		for _, g := range known { // no list shows groups here: those known stay while they stand
			if _, err := books.TaxGroup(ctx, string(g.ID)); !fault.Is(err, fault.NotFound) {
				choices = append(choices, taxChoice(g))
			}
		}
	}
	return s.Replace(ctx, kind, sources, choices)
}

func (c Choice) group() bool { return c.Tax != nil && len(c.Tax.Parts) > 1 }

func taxChoice(t zoho.Tax) Choice {
	flat := flatten(t)
	return Choice{ID: flat.ID, Name: flat.Name, Detail: t.Percent.String() + " %", Tax: &flat}
}

// Groups are the tax groups among the choices.
func (s *Service) Groups(ctx context.Context) ([]zoho.Tax, error) {
	_, choices, err := s.read(ctx, string(rules.Taxes))
	var groups []zoho.Tax
	for _, c := range choices {
		flat := c.facts().Tax
		if flat == nil || len(flat.Parts) < 2 {
			continue
		}
		group := zoho.Tax{ID: zoho.Text(c.ZohoID), Name: zoho.Text(c.Name), Type: "tax_group"}
		for _, p := range flat.Parts {
			part := zoho.Tax{ID: zoho.Text(p.ID), Type: "tax"}
			if p.Compound {
				part.Type = "compound_tax"
			}
			if part.Percent.Decimal, err = money.Parse(p.Percent); err != nil {
				return nil, err
			}
			group.Parts = append(group.Parts, part)
			group.Percent.Decimal = group.Percent.Add(part.Percent.Decimal)
		}
		groups = append(groups, group)
	}
	return groups, err
}

// Keep adds tax groups to the choices that no list shows.
func (s *Service) Keep(ctx context.Context, groups []zoho.Tax) error {
	for _, g := range groups {
		choice := taxChoice(g)
		f, err := json.Marshal(facts{Detail: choice.Detail, Tax: choice.Tax})
		if err != nil {
			return err
		}
		if err := s.DB.WithContext(ctx).Exec("INSERT IGNORE INTO qlobooks_mapping_choices (kind, zoho_id, name, facts, position) VALUES (?, ?, ?, ?, 1000)", string(rules.Taxes), choice.ID, choice.Name, string(f)).Error; err != nil {
			return err
		}
	}
	return nil
}

func offered(ctx context.Context, kind rules.Kind, hotel *qloapps.Reader) ([]Source, error) {
	last := Source{ID: rules.Default, Name: "Everything else"}
	switch kind {
	case rules.Taxes:
		uses, err := hotel.TaxRates(ctx)
		var rows []Source
		for _, u := range uses {
			rows = append(rows, Source{u.Key, rateWords(u.RateSet), u.UsedBy})
		}
		return rows, err
	case rules.PaymentModes, rules.DepositAccounts:
		uses, err := hotel.PaymentMethods(ctx)
		var rows []Source
		for _, u := range uses {
			rows = append(rows, Source{u.Method, u.Method, u.UsedBy})
		}
		return append(rows, last), err
	}
	facilities, err := hotel.Facilities(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Source
	if kind == rules.Accounts {
		for flow, list := range map[string]func(context.Context, string, int) ([]qloapps.Listing, error){"room_type": hotel.ListRoomTypes, "service_product": hotel.ListServiceProducts} {
			products, err := every(ctx, list)
			if err != nil {
				return nil, err
			}
			for _, p := range products {
				rows = append(rows, Source{ID: flow + ":" + p.ID, Name: p.Name})
			}
		}
	}
	for _, f := range facilities {
		rows = append(rows, Source{"facility:" + f.ID, f.Name, f.UsedBy})
	}
	if kind == rules.Items {
		rows = append(rows, Source{ID: "line:other", Name: "Products that no longer exist"})
	}
	return append(rows, last), nil
}

func every(ctx context.Context, list func(context.Context, string, int) ([]qloapps.Listing, error)) ([]qloapps.Listing, error) {
	var all []qloapps.Listing
	after := ""
	for {
		page, err := list(ctx, after, 500)
		if err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
		after = page[len(page)-1].ID
	}
}

func rateWords(s qloapps.RateSet) string {
	switch {
	case len(s.Rates) == 0:
		return "No tax"
	case len(s.Rates) == 1:
		return s.Key + " %"
	}
	words := make([]string, len(s.Rates))
	for i, r := range s.Rates {
		words[i] = r.String() + " %"
	}
	if s.Compound {
		return strings.Join(words, ", then ")
	}
	return strings.Join(words, " and ")
}

func choicesOf(ctx context.Context, kind rules.Kind, books *zoho.Client) ([]Choice, error) {
	var out []Choice
	switch kind {
	case rules.Taxes:
		taxes, err := books.Taxes(ctx)
		for _, t := range taxes {
			out = append(out, taxChoice(t))
		}
		if err != nil {
			return out, err
		}
		exemptions, err := books.Exemptions(ctx)
		for _, e := range exemptions {
			out = append(out, Choice{ID: string(e.ID), Name: string(e.Code), Detail: rules.Exemption})
		}
		return out, err
	case rules.PaymentModes:
		names, err := books.PaymentModes(ctx)
		if len(names) == 0 {
			names = []string{"cash", "check", "creditcard", "banktransfer", "bankremittance", "autotransaction", "others"} // what Zoho documents
		}
		for _, n := range names {
			out = append(out, Choice{ID: n, Name: n})
		}
		return out, err
	case rules.Items:
		names, err := books.ItemNames(ctx)
		for id, name := range names {
			out = append(out, Choice{ID: id, Name: name})
		}
		return out, err
	}
	accounts, err := books.Accounts(ctx)
	for _, a := range accounts {
		income := strings.Contains(string(a.Type), "income")
		if kind == rules.Accounts && income || kind == rules.DepositAccounts && zoho.Deposit(string(a.Type)) {
			out = append(out, Choice{ID: string(a.ID), Name: string(a.Name), Detail: strings.ReplaceAll(string(a.Type), "_", " ")})
		}
	}
	return out, err
}

func flatten(t zoho.Tax) rules.Tax {
	flat := rules.Tax{ID: string(t.ID), Name: string(t.Name)}
	parts := t.Parts
	if len(parts) == 0 {
		parts = []zoho.Tax{t}
	}
	for _, p := range parts {
		flat.Parts = append(flat.Parts, rules.TaxPart{ID: string(p.ID), Percent: p.Percent.String(), Compound: p.Compound()})
	}
	return flat
}

// Kinds are the tables in the order in which they are read.
var Kinds = []rules.Kind{rules.Taxes, rules.DepositAccounts, rules.PaymentModes, rules.Accounts, rules.Items}

// FetchAll reads the named kinds, or all of them, and tells how many choices there are.
func (s *Service) FetchAll(ctx context.Context, kinds []string, hotel *qloapps.Reader, books *zoho.Client) (int, error) {
	done := 0
	for _, kind := range Kinds {
		wanted := len(kinds) == 0
		for _, k := range kinds {
			wanted = wanted || k == string(kind)
		}
		if !wanted {
			continue
		}
		if err := s.Fetch(ctx, kind, hotel, books); err != nil {
			return done, fmt.Errorf("read %s: %w", kind, err)
		}
		done++
	}
	return done, nil
}
