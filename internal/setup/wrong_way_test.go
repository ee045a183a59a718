package setup

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestGroupsTheWrongWayRoundAreFound names a group of the hotel's compound taxes in the opposite order,
// unless the hotel has such taxes too.
func TestGroupsTheWrongWayRoundAreFound(t *testing.T) {
	t.Parallel()
	group := func(name, simple, compound string) zoho.Tax {
		return zoho.Tax{Name: zoho.Text(name), Type: "tax_group", Parts: []zoho.Tax{
			{Type: "tax", Percent: &zoho.Amount{Decimal: money.MustParse(simple)}}, {Type: "compound_tax", Percent: &zoho.Amount{Decimal: money.MustParse(compound)}}}}
	}
	use := func(rates ...string) qloapps.RateUse {
		var list []money.Decimal
		for _, r := range rates {
			list = append(list, money.MustParse(r))
		}
		return qloapps.RateUse{RateSet: qloapps.NewRateSet(list, true)}
	}
	known := []zoho.Tax{group("right", "10", "5"), group("wrong", "5", "10"), group("another", "7", "3")}
	if got := wrongWayRound(known, []qloapps.RateUse{use("10", "5"), use("4")}); len(got) != 1 || got[0].Name != "wrong" {
		t.Errorf("found %+v", got)
	}
	if got := wrongWayRound(known, []qloapps.RateUse{use("10", "5"), use("5", "10")}); len(got) != 0 {
		t.Errorf("the hotel has both, found %+v", got)
	}
}

// TestWhatTaxesMakeTogether adds up single taxes, and takes a compound one of the price with those before it.
func TestWhatTaxesMakeTogether(t *testing.T) {
	t.Parallel()
	tax := func(kind, percent string) zoho.Tax {
		return zoho.Tax{Type: zoho.Text(kind), Percent: &zoho.Amount{Decimal: money.MustParse(percent)}}
	}
	for want, parts := range map[string][]zoho.Tax{"7.5": {tax("tax", "5"), tax("tax", "2.5")}, "15.5": {tax("tax", "10"), tax("compound_tax", "5")}} {
		if got := together(parts); got.String() != want {
			t.Errorf("%v make %s %%, want %s", parts, got, want)
		}
	}
}
