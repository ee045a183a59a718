package engine

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestAnotherTaxOfTheSameRateIsTold tells that a document came out with another tax than was sent, though its
// amount is right; a group of what was sent, and what the mapping does not know, are no other tax.
func TestAnotherTaxOfTheSameRateIsTold(t *testing.T) {
	t.Parallel()

	part := func(id string) rules.TaxPart { return rules.TaxPart{ID: id, Percent: "4"} }
	b := &batch{Engine: &Engine{}, rules: &rules.Rules{Mappings: rules.Mappings{Taxes: map[string]rules.Tax{
		"4": {ID: "4", Name: "VAT 4%", Parts: []rules.TaxPart{part("4")}}, "5": {ID: "5", Name: "VAT 4% (old)", Parts: []rules.TaxPart{part("5")}}, "9": {ID: "9", Name: "Both", Parts: []rules.TaxPart{part("4"), part("6")}},
	}}}}
	amount := money.MustParse("4.80")
	want := Facts{HasTotal: true, Currency: "USD", Total: money.MustParse("124.80"), Tax: amount, Taxes: map[string]money.Decimal{"4": amount}}
	for id, told := range map[string]bool{"4": false, "5": true, "9": false, "77": false} {
		a := &attempt{}
		err := b.differs(a, Answer{Total: want.Total, Tax: amount, HasTax: true, Taxes: map[string]money.Decimal{id: amount}}, want)
		if err != nil || told != (len(a.plan.notices) == 1 && a.plan.notices[0].Code == "tax_differs") {
			t.Errorf("tax %s: %v, notices %+v, want one: %t", id, err, a.plan.notices, told)
		}
	}
}
