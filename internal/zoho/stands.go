package zoho

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// activity is how a row says whether it may be used; by which name depends on the list.
type activity struct {
	Active *Truth `json:"is_active"` // nil where Zoho does not tell
	Idle   Truth  `json:"is_inactive"`
	Status State  `json:"status"`
}

// Inactive reports what Zoho Books says is out of use. What it does not tell of is in use.
func (a activity) Inactive() bool {
	return a.Active != nil && !bool(*a.Active) || bool(a.Idle) || a.Status == "inactive"
}

// Stands is how one thing that a mapping names stands in Zoho Books.
type Stands struct {
	Gone     bool // it certainly does not exist any more
	Inactive bool
	Name     string // "" where the answer does not tell
}

// SettingStands reads one thing alone. A tax may be a group or an exemption, too. What cannot be read this way
// is not known to be gone.
func (c *Client) SettingStands(ctx context.Context, kind Setting, id string) (Stands, error) {
	paths := []string{string(kind)}
	if kind == TaxSetting {
		paths = append(paths, "/settings/taxgroups/", "/settings/taxexemptions/")
	}
	for n, path := range paths {
		resp, err := c.Do(ctx, Request{Method: http.MethodGet, Path: path + id})
		switch {
		case err == nil:
			return standsIn(resp.Body), nil
		case kind == ItemSetting && !notFound(err): // the list shows only active ones
			return Stands{}, err
		case n == 0 && !fault.Is(err, fault.NotFound): // a refusal tells of no tax or account that it is gone
			return Stands{}, err
		case !NotThere(err):
			return Stands{}, err
		}
	}
	return Stands{Gone: true}, nil
}

// standsIn finds the thing in an answer, whatever its envelope is called.
func standsIn(body json.RawMessage) (found Stands) {
	var envelope map[string]json.RawMessage
	_ = json.Unmarshal(body, &envelope)
	for _, raw := range envelope {
		var thing struct {
			activity
			Tax       Text `json:"tax_name"`
			Group     Text `json:"tax_group_name"`
			Exemption Text `json:"tax_exemption_code"`
			Account   Text `json:"account_name"`
			Item      Text `json:"name"`
		}
		if json.Unmarshal(raw, &thing) != nil {
			continue
		}
		for _, name := range []Text{thing.Tax, thing.Group, thing.Exemption, thing.Account, thing.Item} {
			if name != "" {
				return Stands{Name: string(name), Inactive: thing.Inactive()}
			}
		}
	}
	return found
}
