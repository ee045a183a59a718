package bill

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
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

// TestWhatIsGivenBackIsFoundByItsBooking: a room keeps its booking when its order line becomes another or is gone, and its
// tax is that of the sale, whatever QloApps takes for it today.
func TestWhatIsGivenBackIsFoundByItsBooking(t *testing.T) {
	t.Parallel()

	m := money.MustParse
	rate := func(percent string) []qloapps.RateSet {
		return []qloapps.RateSet{qloapps.NewRateSet([]money.Decimal{m(percent)}, false)}
	}
	o := &qloapps.Order{Reference: "MOVEDROOM", Lines: []qloapps.Line{
		{Kind: qloapps.RoomLine, ID: "961", DetailID: "61", Excl: m("100"), Incl: m("121"), Rates: rate("21")},
		{Kind: qloapps.RoomLine, ID: "962", DetailID: "62", Excl: m("120"), Incl: m("124.80"), Rates: rate("4")},
		{Kind: qloapps.ServiceLine, ID: "63/4", DetailID: "63", Excl: m("10"), Incl: m("10.40"), Rates: rate("4")},
		{Kind: qloapps.ServiceLine, ID: "63/7.5", DetailID: "63", Excl: m("10"), Incl: m("10.75"), Rates: rate("7.5")},
	}}
	for name, tt := range map[string]struct {
		detail, booking, excl, incl string
		line, set                   string
	}{
		"its order line is gone":             {"6299", "962", "117.74", "124.80", "962", "4"},
		"and QloApps keeps no net amount":    {"6299", "962", "0", "124.80", "962", "4"},
		"its order line is another room's":   {"61", "962", "117.74", "124.80", "962", "4"},
		"its booking is gone":                {"62", "999", "120", "124.80", "962", "4"},
		"both are gone":                      {"6299", "999", "100", "121", "", "21"},
		"a service in the room":              {"63", "962", "10", "10.40", "63/4", "4"},
		"a service sold at two rates":        {"63", "", "10", "10.75", "63/7.5", "7.5"},
		"a part of it":                       {"63", "", "5", "5.38", "63/7.5", "7.5"},
		"a service at another rate by today": {"63", "", "10", "11", "63/4", "4"},
	} {
		line, set, err := SoldAs(o, tt.detail, tt.booking, m(tt.excl), m(tt.incl))
		if err != nil || line.ID != tt.line || set.Key != tt.set {
			t.Errorf("%s: sold as %q at %s, %v", name, line.ID, set.Key, err)
		}
	}
}

// TestTheRoundingLineStandsWhereItWasChosen takes the item, else the account, that a person chose.
func TestTheRoundingLineStandsWhereItWasChosen(t *testing.T) {
	t.Parallel()

	r := &rules.Rules{Settings: settings.Default(), Mappings: rules.Mappings{Rows: map[rules.Kind]map[string]rules.Choice{
		rules.Accounts: {"line:other": {ZohoID: "account-9"}}, rules.Taxes: {qloapps.Untaxed.Key: {ZohoID: "ex-1", Detail: rules.Exemption}}}}}
	if l, err := roundingLine(qloapps.Penny, r); err != nil || l.AccountID != "account-9" || l.ItemID != "" || l.Name == "" || l.TaxExemptionID != "ex-1" || l.TaxID != "" {
		t.Errorf("by account: %+v", l)
	}
	item := "item-9"
	r.Settings.Orders.RoundingItemID = &item
	if l, err := roundingLine(qloapps.Penny, r); err != nil || l.ItemID != "item-9" || l.AccountID != "" {
		t.Errorf("by item: %+v", l)
	}
}

// TestARoundingLineAsksForWhatItNeeds: an account, or an item, and where every line has a tax the one of untaxed lines.
func TestARoundingLineAsksForWhatItNeeds(t *testing.T) {
	t.Parallel()

	item := "item-9"
	for name, x := range map[string]struct {
		account, untaxed, item, each bool
		missing                      rules.Kind
	}{
		"without an account":                        {untaxed: true, missing: rules.Accounts},
		"with an item it needs none":                {item: true},
		"where every line has a tax":                {account: true, each: true, missing: rules.Taxes},
		"where every line has a tax, by item":       {item: true, each: true, missing: rules.Taxes},
		"where every line has a tax, that is there": {account: true, untaxed: true, each: true},
		"elsewhere": {account: true},
	} {
		r := &rules.Rules{Settings: settings.Default(), Org: rules.Organization{TaxPerLine: x.each}, Mappings: rules.Mappings{Rows: map[rules.Kind]map[string]rules.Choice{rules.Accounts: {}, rules.Taxes: {}}}}
		if x.account {
			r.Mappings.Rows[rules.Accounts]["line:other"] = rules.Choice{ZohoID: "account-9"}
		}
		if x.untaxed {
			r.Mappings.Rows[rules.Taxes][qloapps.Untaxed.Key] = rules.Choice{ZohoID: "tax-0"}
		}
		if x.item {
			r.Settings.Orders.RoundingItemID = &item
		}
		_, err := CreditOf([]CreditLine{{Amount: money.MustParse("10"), Net: true}}, money.MustParse("10.01"), 2, r)
		f := fault.Of(err)
		if missing := f != nil && f.Kind == fault.Blocked && f.Code == "mapping_missing"; missing != (x.missing != "") || err != nil && !missing {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNoLineOfACreditNoteIsNegative takes the tax out of every amount up to 30.00.
func TestNoLineOfACreditNoteIsNegative(t *testing.T) {
	t.Parallel()

	r := &rules.Rules{Settings: settings.Default(), Org: rules.Organization{TaxRounding: "entity_level"}, Mappings: rules.Mappings{Rows: map[rules.Kind]map[string]rules.Choice{rules.Accounts: {"line:other": {ZohoID: "account-9"}}}}}
	taxes := []oracle.Tax{{ID: "a", Percent: money.MustParse("5")}, {ID: "b", Percent: money.MustParse("2.5")}, {ID: "c", Percent: money.MustParse("3"), Compound: true}}
	gaveWay := 0
	for cents := int64(1); cents <= 3000; cents++ {
		total := money.Whole(int(cents)).Mul(qloapps.Penny)
		c, err := CreditOf([]CreditLine{{Amount: total, Taxes: taxes}}, total, 2, r)
		if err != nil || !c.Totals.Total.Equal(total) {
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
