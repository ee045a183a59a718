package bill

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// TestSlipOfAProductThatIsGone has no tax, because QloApps takes none off it.
func TestSlipOfAProductThatIsGone(t *testing.T) {
	t.Parallel()

	five := qloapps.NewRateSet([]money.Decimal{money.MustParse("5.5")}, false)
	o := &qloapps.Order{Lines: []qloapps.Line{{ID: "1", DetailID: "71", Kind: qloapps.RoomLine, Rates: []qloapps.RateSet{five}}}}
	fifty := money.MustParse("50")
	if _, set, err := SoldAs(o, "71", "1", fifty, fifty); err != nil || set.Key != qloapps.Untaxed.Key {
		t.Errorf("%v %v", set, err)
	}
	if _, set, err := SoldAs(o, "71", "1", fifty, money.MustParse("52.75")); err != nil || set.Key != "5.5" {
		t.Errorf("%v %v", set, err)
	}
}

// TestTheRoundingLineStandsWhereItWasChosen takes the item, else the account, that a person chose.
func TestTheRoundingLineStandsWhereItWasChosen(t *testing.T) {
	t.Parallel()

	r := &rules.Rules{Settings: settings.Default(), Mappings: rules.Mappings{Rows: map[rules.Kind]map[string]rules.Choice{
		rules.Accounts: {"line:other": {ZohoID: "account-9"}}, rules.Taxes: {qloapps.Untaxed.Key: {ZohoID: "ex-1", Detail: rules.Exemption}}}}}
	if l := roundingLine(qloapps.Penny, r); l.AccountID != "account-9" || l.ItemID != "" || l.Name == "" || l.TaxExemptionID != "ex-1" || l.TaxID != "" {
		t.Errorf("by account: %+v", l)
	}
	item := "item-9"
	r.Settings.Orders.RoundingItemID = &item
	if l := roundingLine(qloapps.Penny, r); l.ItemID != "item-9" || l.AccountID != "" {
		t.Errorf("by item: %+v", l)
	}
}

// TestNoLineOfACreditNoteIsNegative takes the tax out of every amount up to 30.00.
func TestNoLineOfACreditNoteIsNegative(t *testing.T) {
	t.Parallel()

	r := &rules.Rules{Settings: settings.Default(), Org: rules.Organization{TaxRounding: "entity_level"}}
	taxes := []oracle.Tax{{ID: "a", Percent: money.MustParse("5")}, {ID: "b", Percent: money.MustParse("2.5")}, {ID: "c", Percent: money.MustParse("3"), Compound: true}}
	gaveWay := 0
	for cents := int64(1); cents <= 3000; cents++ {
		total := money.Whole(int(cents)).Mul(qloapps.Penny)
		c := CreditOf([]CreditLine{{Amount: total, Taxes: taxes}}, total, 2, r)
		if !c.Totals.Total.Equal(total) {
			t.Fatalf("%s comes to %s", total, c.Totals.Total)
		}
		for _, l := range c.Lines {
			if l.Rate.IsNegative() {
				t.Fatalf("%s has a line over %s", total, l.Rate)
			}
		}
		if !c.Lines[0].Rate.Equal(netOf(total, taxes, 2)) {
			gaveWay++
		}
	}
	if gaveWay == 0 {
		t.Error("no amount was tried whose lines come too dear")
	}
}
