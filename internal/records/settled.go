package records

import (
	"encoding/json"
	"strings"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// settledOf is what an order's payments and credit notes settle of one of its invoices, as far as their last
// answers tell; nil when the invoice does not stand, or a voucher settles a part that no answer told.
func settledOf(invoice store.Document, of []store.Document) *money.Decimal {
	if invoice.ZohoID == "" || invoice.Total == nil {
		return nil
	}
	var own struct {
		Credits map[string]money.Decimal `json:"credits"`
	}
	_ = json.Unmarshal(invoice.Extra, &own)
	sum, seen := money.Zero, map[string]bool{}
	for _, d := range of {
		var kept struct {
			Money struct {
				Settles map[string]money.Decimal `json:"settles"`
			} `json:"money"`
		}
		if d.ZohoID == "" || seen[d.ZohoID] || json.Unmarshal(d.Extra, &kept) != nil {
			continue
		}
		seen[d.ZohoID] = true // money given back stands on the payment that it came from
		sum = sum.Add(kept.Money.Settles[invoice.ZohoID])
	}
	for _, s := range invoice.Steps {
		plain, _, _ := strings.Cut(s.Name, "#")
		note, is := strings.CutPrefix(plain, store.CreditStep)
		if !is || !s.Done || seen[note] {
			continue
		}
		part, told := own.Credits[note]
		if !told {
			return nil
		}
		sum = sum.Add(part)
	}
	return &sum
}
