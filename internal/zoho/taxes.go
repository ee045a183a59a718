package zoho

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// Tax is a single tax or a group.
type Tax struct {
	ID      Text    `json:"tax_id"`
	Name    Text    `json:"tax_name"`
	Percent *Amount `json:"tax_percentage"`
	Type    Text    `json:"tax_type"` // tax, compound_tax, tax_group
	Parts   []Tax   `json:"taxes"`    // of a group
	activity
}

// Rate is its percentage, "" where that is not told, which is not 0.
func (t Tax) Rate() string {
	if !t.Percent.Told() {
		return ""
	}
	return t.Percent.String()
}

// Compound reports a tax on the amount with the others.
func (t Tax) Compound() bool { return t.Type == "compound_tax" }

// Where single taxes, and groups of them, are listed and made.
const (
	taxesPath  = "/settings/taxes"
	groupsPath = "/settings/taxgroups"
)

// Taxes lists single taxes and groups. Groups whose parts the list leaves out are read one by one;
// where it leaves out the groups themselves they are asked for at an address of their own, which
// not every edition has.
func (c *Client) Taxes(ctx context.Context) ([]Tax, error) {
	taxes, err := rows[Tax](ctx, c, taxesPath, "taxes", nil)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(taxes, Tax.Group) && !c.lacks(groupsPath) {
		groups, err := read[taxGroup](ctx, c, groupsPath, "tax_groups", nil)
		if err != nil && !NotThere(err) {
			return nil, err
		}
		if err != nil {
			c.lacking(groupsPath)
		}
		for _, g := range groups {
			taxes = append(taxes, g.tax())
		}
	}
	for i, t := range taxes {
		if t.Type != groupType || len(t.Parts) > 0 {
			continue
		}
		if taxes[i], err = c.TaxGroup(ctx, string(t.ID)); err != nil {
			return nil, err
		}
		taxes[i].ID, taxes[i].Name, taxes[i].Percent = t.ID, t.Name, t.Percent.Or(taxes[i].Percent)
	}
	return taxes, c.rates(ctx, taxes)
}

// rates reads alone the single taxes of which a list does not tell the rate, and gives groups those of their parts.
func (c *Client) rates(ctx context.Context, taxes []Tax) error {
	known := map[Text]*Amount{}
	for i, t := range taxes {
		if !t.Group() && !t.Percent.Told() {
			var answer struct {
				Tax Tax `json:"tax"`
			}
			if err := c.get(ctx, "/settings/taxes/"+string(t.ID), &answer); err != nil && !NotThere(err) {
				return err
			}
			taxes[i].Percent = answer.Tax.Percent
		}
		known[t.ID] = taxes[i].Percent
	}
	for _, t := range taxes {
		for n, part := range t.Parts {
			t.Parts[n].Percent = part.Percent.Or(known[part.ID])
		}
	}
	return nil
}

const groupType = "tax_group"

// Group reports a group of taxes.
func (t Tax) Group() bool { return t.Type == groupType || len(t.Parts) > 0 }

// taxGroup is a group as its own address gives it.
type taxGroup struct {
	ID      Text    `json:"tax_group_id"`
	Name    Text    `json:"tax_group_name"`
	Percent *Amount `json:"tax_group_percentage"`
	Taxes   []Tax   `json:"taxes"`
}

func (g taxGroup) tax() Tax {
	return Tax{ID: g.ID, Name: g.Name, Percent: g.Percent, Type: groupType, Parts: g.Taxes}
}

// TaxGroup reads one group.
func (c *Client) TaxGroup(ctx context.Context, id string) (Tax, error) {
	var answer struct {
		Group taxGroup `json:"tax_group"`
	}
	err := c.get(ctx, "/settings/taxgroups/"+id, &answer)
	return answer.Group.tax(), err
}

// Exemption is a reason why no tax is due.
type Exemption struct {
	ID   Text `json:"tax_exemption_id"`
	Code Text `json:"tax_exemption_code"`
}

// Exemptions lists the reasons why no tax is due; editions without them have none.
func (c *Client) Exemptions(ctx context.Context) ([]Exemption, error) {
	list, err := read[Exemption](ctx, c, "/settings/taxexemptions", "tax_exemptions", nil)
	if NotThere(err) {
		return nil, nil
	}
	return list, err
}

// CreateTax adds a single tax and gives its id. percent is a plain decimal; specific is what kind of
// tax it is where an edition tells them apart, "" = none.
func (c *Client) CreateTax(ctx context.Context, name, percent string, compound bool, specific string) (string, error) {
	if err := c.Complete(taxesPath); err != nil {
		return "", err
	}
	kind := "tax"
	if compound {
		kind = "compound_tax"
	}
	var answer struct{ Tax Tax }
	body := map[string]any{"tax_name": name, "tax_percentage": json.Number(percent), "tax_type": kind}
	if specific != "" {
		body["tax_specific_type"] = specific
	}
	err := c.post(ctx, taxesPath, body, &answer)
	if ForeignField(err, "tax_specific_type") != "" {
		delete(body, "tax_specific_type")
		err = c.post(ctx, taxesPath, body, &answer)
	}
	return string(answer.Tax.ID), err
}

// CreateTaxGroup adds a group of single taxes and gives its id.
func (c *Client) CreateTaxGroup(ctx context.Context, name string, ids []string) (string, error) {
	for _, path := range []string{taxesPath, groupsPath} {
		if err := c.Complete(path); err != nil {
			return "", err
		}
	}
	var answer struct {
		Group taxGroup `json:"tax_group"`
	}
	err := c.post(ctx, groupsPath, map[string]any{"tax_group_name": name, "taxes": strings.Join(ids, ",")}, &answer)
	return string(answer.Group.ID), err
}

func (t Tax) id() Text       { return t.ID }
func (g taxGroup) id() Text  { return g.ID }
func (e Exemption) id() Text { return e.ID }
