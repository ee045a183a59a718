package money_test

import (
	"encoding/json"
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
)

// FuzzParse holds every amount to be one that can be worked with: it says itself again, and rounding,
// comparing and showing it take no time.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"0", "-0.00", "1560.10", "0.1", ".5", "1,5", "1e2", "1e400", "1e999999999", "-1e-999999999", "NaN", "Infinity", "", " 1", "1 ", "00012.340", "9999999999999999999999999999.99"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := money.Parse(text)
		if err != nil {
			return
		}
		again, err := money.Parse(d.String())
		if err != nil || !again.Equal(d) {
			t.Fatalf("%q is %s, and that is %s, %v", text, d, again, err)
		}
		raw, err := json.Marshal(money.N(d))
		var n money.Number
		if err != nil || json.Unmarshal(raw, &n) != nil || !n.Equal(d) {
			t.Fatalf("%q is %s in JSON, read as %s", text, raw, n)
		}
		if half := money.RoundHalfUp(d, 2); half.Sub(d).Abs().GreaterThan(money.MustParse("0.005")) {
			t.Fatalf("%q is rounded to %s", text, half)
		}
	})
}

func TestNothingReadsAsZero(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"null", `""`, "0", `"0.00"`} {
		n := money.N(money.MustParse("7"))
		if err := json.Unmarshal([]byte(text), &n); err != nil || !n.IsZero() {
			t.Errorf("%s reads as %s, %v", text, n, err)
		}
	}
	var n money.Number
	if err := json.Unmarshal([]byte(`"seven"`), &n); err == nil {
		t.Error("a word reads as an amount")
	}
}

// TestPartsAddUpToTheWhole whatever is rounded away of each.
func TestPartsAddUpToTheWhole(t *testing.T) {
	t.Parallel()
	var parts []money.Decimal
	for range 7 {
		parts = append(parts, money.MustParse("14.285714"))
	}
	sum := money.Zero
	for _, part := range money.Spread(parts, 2) {
		sum = sum.Add(part)
	}
	if want := money.MustParse("100"); !sum.Equal(want) {
		t.Errorf("the parts come to %s, want %s", sum, want)
	}
}

func TestAmountsAreShownWithTheirDecimals(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"7": "7.00", "7.5": "7.50", "7.500": "7.50", "0.125": "0.125", "-3": "-3.00"} {
		if got := money.Text(money.MustParse(text)); got != want {
			t.Errorf("%s is shown as %s, want %s", text, got, want)
		}
	}
}

// TestSentencesShowAmountsAsTheirCurrencyHasThem with more decimals only where there are more.
func TestSentencesShowAmountsAsTheirCurrencyHasThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]string{"7": {"7.00", "7", "7.000"}, "104.5": {"104.50", "104.5", "104.500"}, "69654.00": {"69654.00", "69654", "69654.000"}, "0.1254": {"0.1254", "0.1254", "0.1254"}} {
		d := money.MustParse(text)
		if got := [3]string{money.Words(d, "USD"), money.Words(d, "JPY"), money.Words(d, "KWD")}; got != want {
			t.Errorf("%s is shown as %q, want %q", text, got, want)
		}
	}
}
