package reconcile

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
)

// TestDifferencesAreToldInTheirCurrency shows the amounts of both sides with the decimals of the currency.
func TestDifferencesAreToldInTheirCurrency(t *testing.T) {
	t.Parallel()

	of := func(amount, tax string) *side {
		d := money.MustParse(tax)
		return &side{amount: money.MustParse(amount), tax: &d, currency: "JPY"}
	}
	x := item{unit: money.One}
	if got := x.words(of("3000", "300"), of("2000", "200")); got != "2000 instead of 3000, tax of 200 instead of 300" {
		t.Errorf("it says %q", got)
	}
}
