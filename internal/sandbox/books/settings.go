package books

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

type field struct {
	ID, Entity, Label, APIName string
	Unique, Inactive           bool
	Type                       string // "" = string
}

type currency struct {
	ID, Code  string
	Precision int32
	Base      bool
	Rate      decimal.Decimal
}

type tax struct {
	ID, Name string
	Percent  decimal.Decimal
	Compound bool
	Parts    []*tax // of a group
}

type account struct{ ID, Name, Type, Status string }

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// organizations tells of the organization what its documentation names; how taxes are rounded is no part of that.
func (s *Server) organizations(r *request) (int, object, *refusal) {
	base := s.currencies[0]
	org := object{"organization_id": s.opts.OrganizationID, "name": s.opts.Name, "is_default_org": true, "plan_name": s.opts.Plan, "plan_type": 1,
		"time_zone": s.opts.TimeZone, "currency_id": base.ID, "currency_code": base.Code, "price_precision": base.Precision, "country_code": s.country(),
		"fiscal_year_start_month": 0, "language_code": "en"}
	if r.method != http.MethodGet {
		return 0, nil, errMethod
	}
	if len(r.path) > 1 && r.path[1] != "" {
		if r.path[1] != s.opts.OrganizationID {
			return 0, nil, refuse(404, 1002, "The organization does not exist.")
		}
		delete(org, "plan_name")
		return 200, object{"organization": org}, nil
	}
	return 200, object{"organizations": []object{org}}, nil
}

func (s *Server) country() string {
	if c := countries[s.opts.Edition]; c != "" {
		return c
	}
	return "US"
}

func (s *Server) settings(r *request) (int, object, *refusal) {
	if len(r.path) < 2 {
		return 0, nil, errURL
	}
	switch r.path[1] {
	case "currencies":
		return s.currencyCalls(r)
	case "taxes":
		return s.taxCalls(r)
	case "taxgroups":
		return s.groupCalls(r)
	case "taxexemptions":
		return s.exemptionCalls(r)
	case "fields":
		return s.fieldCalls(r)
	case "paymentmodes":
		modes := []object{}
		for i, name := range s.modes {
			modes = append(modes, object{"payment_mode_id": fmt.Sprintf("4600000000009%02d", i), "name": name})
		}
		return 200, object{"payment_modes": modes}, nil
	default:
		return 0, nil, errURL
	}
}

func (c *currency) show() object {
	return object{"currency_id": c.ID, "currency_code": c.Code, "currency_name": c.Code, "currency_symbol": c.Code, "price_precision": c.Precision,
		"is_base_currency": c.Base, "exchange_rate": n(c.Rate), "effective_date": ""}
}

func (s *Server) currencyCalls(r *request) (int, object, *refusal) {
	if len(r.path) == 2 && r.method == http.MethodGet {
		rows := []object{}
		for _, c := range s.currencies {
			rows = append(rows, c.show())
		}
		return paged(r, "currencies", rows)
	}
	if len(r.path) == 2 && r.method == http.MethodPost {
		code := r.body.text("currency_code")
		if bad := (spec{"currency_code": "s3", "currency_symbol": "s4", "price_precision": "n", "currency_format": "s20", "currency_name": "s100"}).check(r.body); bad != nil {
			return 0, nil, bad
		}
		if code == "" || r.body.text("currency_format") == "" {
			return 0, nil, refuse(400, 4, "Invalid value passed for currency_code or currency_format")
		}
		if s.currencyByCode(code) != nil {
			return 0, nil, refuse(400, 1001, "The currency %s already exists.", code)
		}
		c := s.addCurrency(code)
		if _, given := r.body["price_precision"]; given {
			c.Precision = int32(r.body.number("price_precision").IntPart())
		}
		return 201, object{"currency": c.show()}, nil
	}
	c := s.currencyByID(r.path[2])
	if c == nil {
		return 0, nil, refuse(404, 1002, "Currency does not exist.")
	}
	if len(r.path) == 4 && r.path[3] == "exchangerates" && r.method == http.MethodPost {
		if bad := (spec{"effective_date": "d", "rate": "n"}).check(r.body); bad != nil {
			return 0, nil, bad
		}
		if s.opts.Contrary {
			return 0, nil, refuse(400, 11100, "Exchange rates are fetched automatically.")
		}
		c.Rate = r.body.number("rate")
		return 201, object{"exchange_rate": object{"effective_date": r.body.text("effective_date"), "rate": n(c.Rate)}}, nil
	}
	if len(r.path) == 3 && r.method == http.MethodGet {
		return 200, object{"currency": c.show()}, nil
	}
	return 0, nil, errMethod
}

func (s *Server) addCurrency(code string) *currency {
	c := &currency{ID: s.id(), Code: code, Precision: precisions(code)}
	s.currencies = append(s.currencies, c)
	return c
}

// AddCurrency makes a currency exist, as a person does in the settings, and gives its id.
func (s *Server) AddCurrency(code string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.currencyByCode(code); c != nil {
		return c.ID
	}
	return s.addCurrency(code).ID
}

func (s *Server) currencyByCode(code string) *currency {
	for _, c := range s.currencies {
		if c.Code == code {
			return c
		}
	}
	return nil
}

func (s *Server) currencyByID(id string) *currency {
	for _, c := range s.currencies {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (t *tax) show() object {
	o := object{"tax_id": t.ID, "tax_name": t.Name, "tax_percentage": n(t.total()), "tax_type": t.kind(), "is_value_added": false, "is_editable": true}
	if t.Parts != nil {
		o["tax_group_id"] = t.ID
		o["tax_group_name"] = t.Name
		o["tax_group_percentage"] = n(t.total())
		parts := []object{}
		for _, p := range t.Parts {
			parts = append(parts, p.show())
		}
		o["taxes"] = parts
	}
	return o
}

func (t *tax) kind() string {
	switch {
	case t.Parts != nil:
		return "tax_group"
	case t.Compound:
		return "compound_tax"
	default:
		return "tax"
	}
}

func (t *tax) total() decimal.Decimal {
	if t.Parts == nil {
		return t.Percent
	}
	simple, compound := decimal.Zero, decimal.Zero
	for _, p := range t.Parts {
		if p.Compound {
			compound = compound.Add(p.Percent)
		} else {
			simple = simple.Add(p.Percent)
		}
	}
	return simple.Add(compound).Add(simple.Mul(compound).Div(hundred))
}

// parts are the single taxes behind a line's tax id.
func (s *Server) parts(id string) ([]taxPart, bool) {
	for _, t := range s.taxes {
		if t.ID != id {
			continue
		}
		singles := t.Parts
		if singles == nil {
			singles = []*tax{t}
		}
		out := make([]taxPart, len(singles))
		for i, p := range singles {
			out[i] = taxPart{p.ID, p.Name, p.Percent, p.Compound}
		}
		return out, true
	}
	return nil, false
}

func (s *Server) taxCalls(r *request) (int, object, *refusal) {
	switch {
	case len(r.path) == 2 && r.method == http.MethodGet:
		rows := []object{}
		for _, t := range s.taxes {
			if t.Parts == nil || !s.opts.Contrary {
				rows = append(rows, without(t.show(), s.prefer.Short["taxes"]))
			}
		}
		return paged(r, "taxes", rows)
	case len(r.path) == 2 && r.method == http.MethodPost:
		if bad := (spec{"tax_name": "s100", "tax_percentage": "n", "tax_type": "s20", "tax_specific_type": "s30"}).check(r.body); bad != nil {
			return 0, nil, bad
		}
		if _, given := r.body["tax_specific_type"]; given && s.opts.Edition != "in" && s.opts.Edition != "mx" && s.opts.Edition != "za" {
			return 0, nil, refuse(400, 11, "Invalid Element tax_specific_type")
		}
		kind := r.body.text("tax_type")
		if kind != "tax" && kind != "compound_tax" {
			return 0, nil, refuse(400, 4, "Invalid value passed for tax_type")
		}
		return s.newTax(&tax{Name: r.body.text("tax_name"), Percent: r.body.number("tax_percentage"), Compound: kind == "compound_tax"}, "tax")
	case len(r.path) == 3 && r.method == http.MethodPut:
		if bad := (spec{"tax_name": "s100", "tax_percentage": "n", "tax_type": "s20"}).check(r.body); bad != nil {
			return 0, nil, bad
		}
		for _, t := range s.taxes {
			if t.ID == r.path[2] && t.Parts == nil {
				t.Name = cmp.Or(r.body.text("tax_name"), t.Name)
				if _, given := r.body["tax_percentage"]; given {
					t.Percent = r.body.number("tax_percentage")
				}
				return 200, object{"tax": t.show()}, nil
			}
		}
		return 0, nil, refuse(404, 1002, "Tax does not exist.")
	case len(r.path) == 3 && r.method == http.MethodGet:
		for _, t := range s.taxes {
			if t.ID == r.path[2] {
				return 200, object{"tax": without(t.show(), s.prefer.Silent["taxes"])}, nil
			}
		}
		return 0, nil, refuse(404, 1002, "Tax does not exist.")
	}
	return 0, nil, errMethod
}

// without is a tax, and the taxes of a group, without fields.
func without(o object, fields []string) object {
	for _, name := range fields {
		delete(o, name)
		if parts, ok := o["taxes"].([]object); ok {
			for _, p := range parts {
				delete(p, name)
			}
		}
	}
	return o
}

func (s *Server) newTax(t *tax, envelope string) (int, object, *refusal) {
	if t.Name == "" {
		return 0, nil, refuse(400, 4, "Invalid value passed for tax_name")
	}
	for _, other := range s.taxes {
		if strings.EqualFold(other.Name, t.Name) {
			return 0, nil, refuse(400, 1001, "The tax %s already exists.", t.Name)
		}
	}
	t.ID = s.id()
	s.taxes = append(s.taxes, t)
	return 201, object{envelope: t.show()}, nil
}

func (s *Server) groupCalls(r *request) (int, object, *refusal) {
	switch {
	case len(r.path) == 2 && r.method == http.MethodPost:
		if bad := (spec{"tax_group_name": "s100", "taxes": "s2000"}).check(r.body); bad != nil {
			return 0, nil, bad
		}
		group := &tax{Name: r.body.text("tax_group_name"), Parts: []*tax{}}
		for _, id := range strings.Split(r.body.text("taxes"), ",") {
			i := slices.IndexFunc(s.taxes, func(t *tax) bool { return t.ID == strings.TrimSpace(id) && t.Parts == nil })
			if i < 0 {
				return 0, nil, refuse(400, 4, "Invalid value passed for taxes")
			}
			if slices.Contains(group.Parts, s.taxes[i]) {
				return 0, nil, refuse(400, 4, "Invalid value passed for taxes: a group holds each tax once")
			}
			group.Parts = append(group.Parts, s.taxes[i])
		}
		return s.newTax(group, "tax_group")
	case len(r.path) == 2 && r.method == http.MethodGet && !s.opts.Contrary:
		rows := []object{}
		for _, t := range s.taxes {
			if t.Parts != nil {
				rows = append(rows, t.show())
			}
		}
		return 200, object{"tax_groups": rows}, nil
	case len(r.path) == 3 && r.method == http.MethodGet:
		for _, t := range s.taxes {
			if t.ID == r.path[2] && t.Parts != nil {
				return 200, object{"tax_group": t.show()}, nil
			}
		}
		return 0, nil, refuse(404, 1002, "Tax group does not exist.")
	}
	return 0, nil, errMethod
}

func (f *field) show() object {
	return object{"field_id": f.ID, "customfield_id": f.ID, "api_name": f.APIName, "label": f.Label, "data_type": cmp.Or(f.Type, "string"), "is_unique": f.Unique, "is_active": !f.Inactive, "entity": f.Entity, "is_custom_field": true}
}

var entities = []string{"contact", "item", "salesorder", "invoice", "customerpayment", "customer_payment", "creditnote"}

func (s *Server) fieldCalls(r *request) (int, object, *refusal) {
	switch {
	case len(r.path) == 2 && r.method == http.MethodGet:
		rows := []object{}
		for _, f := range s.fields {
			if f.Entity == entityOf(r.query.Get("entity")) && s.paymentEntity(r.query.Get("entity")) {
				rows = append(rows, f.show())
			}
		}
		return 200, object{"fields": rows}, nil
	case len(r.path) == 2 && r.method == http.MethodPost:
		if bad := (spec{"label": "s100", "data_type": "s20", "entity": "s30", "show_on_pdf": "b", "is_mandatory": "b", "help_text": "s255", "is_unique": "b", "value_length": "n"}).check(r.body); bad != nil {
			return 0, nil, bad
		}
		if _, given := r.body["is_unique"]; given && s.opts.Contrary {
			return 0, nil, refuse(400, 8, "Invalid Element is_unique")
		}
		if !slices.Contains(entities, r.body.text("entity")) || !s.paymentEntity(r.body.text("entity")) || r.body.text("label") == "" || r.body.text("data_type") == "" {
			return 0, nil, refuse(400, 4, "Invalid value passed for entity, label or data_type")
		}
		name := "cf_" + strings.ReplaceAll(strings.ToLower(r.body.text("label")), " ", "_")
		if s.opts.Contrary && entityOf(r.body.text("entity")) == "item" {
			name += "_1"
		}
		f := &field{ID: s.id(), Entity: entityOf(r.body.text("entity")), Label: r.body.text("label"), APIName: name, Unique: r.body.flag("is_unique")}
		if s.field(f.Entity, name) != nil {
			return 0, nil, refuse(400, 1001, "The field %s already exists.", f.Label)
		}
		s.fields = append(s.fields, f)
		return 201, object{"field": f.show()}, nil
	case len(r.path) == 3:
		i := slices.IndexFunc(s.fields, func(f *field) bool { return f.ID == r.path[2] })
		if i < 0 {
			return 0, nil, refuse(404, 1002, "The field does not exist.")
		}
		if r.method == http.MethodPut {
			if _, given := r.body["is_unique"]; given {
				s.fields[i].Unique = r.body.flag("is_unique")
			}
			if _, given := r.body["is_active"]; given {
				s.fields[i].Inactive = !r.body.flag("is_active")
			}
		}
		return 200, object{"field": s.fields[i].show()}, nil
	}
	return 0, nil, errMethod
}

func entityOf(name string) string { return strings.ReplaceAll(name, "_", "") }

// field is a custom field in use.
func (s *Server) field(entity, apiName string) *field {
	for _, f := range s.fields {
		if f.Entity == entity && f.APIName == apiName && !f.Inactive {
			return f
		}
	}
	return nil
}

func (s *Server) listAccounts(r *request) (int, object, *refusal) {
	rows := []object{}
	if len(r.path) > 1 {
		return s.oneAccount(r)
	}
	for _, a := range s.accounts {
		row := object{"account_id": a.ID, "account_name": a.Name, "account_type": a.Type, "is_active": true, "currency_code": s.opts.BaseCurrency}
		switch {
		case r.path[0] == "chartofaccounts":
			rows = append(rows, row)
		case a.Type == "bank" || a.Type == "cash":
			rows = append(rows, row)
		}
	}
	return paged(r, r.path[0], rows)
}

// oneAccount is what an account's own page tells: its balance too.
func (s *Server) oneAccount(r *request) (int, object, *refusal) {
	for _, a := range s.accounts {
		if a.ID == r.path[1] && len(r.path) == 2 && r.method == http.MethodGet {
			return 200, object{"chart_of_account": object{"account_id": a.ID, "account_name": a.Name, "account_type": a.Type, "is_active": true, "closing_balance": n(s.balanceOf(a, ""))}}, nil
		}
	}
	return 0, nil, refuse(404, 1002, "Account does not exist.")
}

func (s *Server) accountExists(id string) bool {
	return slices.ContainsFunc(s.accounts, func(a *account) bool { return a.ID == id })
}

func (s *Server) accountByName(name string) string {
	for _, a := range s.accounts {
		if a.Name == name {
			return a.ID
		}
	}
	return ""
}
