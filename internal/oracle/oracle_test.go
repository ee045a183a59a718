package oracle_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
)

// golden are the cases that the rehearsal server is held to as well; only data is shared.
type golden struct {
	Name      string
	Precision int32
	Inclusive bool
	ItemLevel bool `json:"item_level"`
	Lines     []struct {
		Rate, Quantity, Discount string
		Taxes                    []string // "5", or "*5" for a compound one
	}
	Discount, Shipping, Adjustment string
	SubTotal                       string `json:"sub_total"`
	Tax, Total                     string
}

func amount(text string) money.Decimal {
	if text == "" {
		return money.Zero
	}
	return money.MustParse(text)
}

func (g golden) document() oracle.Document {
	d := oracle.Document{Precision: g.Precision, Inclusive: g.Inclusive, TaxRounding: "entity_level", Discount: amount(g.Discount), Shipping: amount(g.Shipping), Adjustment: amount(g.Adjustment)}
	if g.ItemLevel {
		d.TaxRounding = "item_level"
	}
	for _, l := range g.Lines {
		line := oracle.Line{Rate: amount(l.Rate), Quantity: amount(l.Quantity), Discount: amount(l.Discount)}
		for _, t := range l.Taxes {
			rate, compound := strings.CutPrefix(t, "*")
			line.Taxes = append(line.Taxes, oracle.Tax{ID: t, Percent: amount(rate), Compound: compound})
		}
		d.Lines = append(d.Lines, line)
	}
	return d
}

func TestGoldenCases(t *testing.T) {
	data, err := os.ReadFile("../sandbox/books/testdata/arithmetic.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []golden
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	covers(t, cases)
	for _, g := range cases {
		t.Run(g.Name, func(t *testing.T) {
			got := oracle.Compute(g.document())
			want := fmt.Sprint(amount(g.SubTotal), amount(g.Tax), amount(g.Total))
			if have := fmt.Sprint(got.SubTotal.Round(6), got.Tax.Round(6), got.Total.Round(6)); have != want && !(got.SubTotal.Equal(amount(g.SubTotal)) && got.Tax.Equal(amount(g.Tax)) && got.Total.Equal(amount(g.Total))) {
				t.Errorf("sub-total, tax, total: %s, want %s", have, want)
			}
		})
	}
}

// covers wants cases for each number of decimals, with and without tax in the lines, rounded by line
// and by document, and in each of these four ways a group and a compound tax; and discounts.
func covers(t *testing.T, cases []golden) {
	t.Helper()
	seen := map[string]bool{}
	for _, g := range cases {
		way := fmt.Sprintf("inclusive %t, by line %t", g.Inclusive, g.ItemLevel)
		seen[fmt.Sprintf("%s, %d decimals", way, g.Precision)] = true
		if g.Discount != "" {
			seen[fmt.Sprintf("inclusive %t, a discount", g.Inclusive)] = true
		}
		for _, l := range g.Lines {
			if len(l.Taxes) > 1 {
				seen[way+", a group"] = true
				seen[way+", compound"] = seen[way+", compound"] || strings.HasPrefix(l.Taxes[1], "*")
			}
		}
	}
	for _, inclusive := range []bool{false, true} {
		want := []string{fmt.Sprintf("inclusive %t, a discount", inclusive)}
		for _, byLine := range []bool{false, true} {
			way := fmt.Sprintf("inclusive %t, by line %t", inclusive, byLine)
			want = append(want, way+", 0 decimals", way+", 2 decimals", way+", 3 decimals", way+", a group", way+", compound")
		}
		for _, w := range want {
			if !seen[w] {
				t.Errorf("no case: %s", w)
			}
		}
	}
}

func TestSharesAlwaysAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 12).Draw(t, "cents")
		sum := int64(0)
		amounts := make([]money.Decimal, len(cents))
		for i, c := range cents {
			amounts[i] = money.Unit(2).Mul(money.MustParse(fmt.Sprint(c)))
			sum += c
		}
		if sum == 0 {
			return
		}
		discount := money.Unit(2).Mul(money.MustParse(fmt.Sprint(rapid.Int64Range(0, sum).Draw(t, "discount"))))
		total := money.Zero
		for _, s := range oracle.Shares(amounts, discount, 2) {
			total = total.Add(s)
		}
		if !total.Equal(discount) {
			t.Fatalf("shares of %s come to %s", discount, total)
		}
	})
}

func TestInclusiveTotalsAreTheSumOfTheLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := oracle.Document{Precision: 2, Inclusive: true, TaxRounding: rapid.SampledFrom([]string{"entity_level", "item_level"}).Draw(t, "rounding")}
		sum := money.Zero
		for range rapid.IntRange(1, 8).Draw(t, "lines") {
			line := oracle.Line{Rate: money.Unit(2).Mul(money.MustParse(fmt.Sprint(rapid.Int64Range(1, 500_000).Draw(t, "cents")))), Quantity: money.MustParse("1")}
			for i, r := range rapid.SampledFrom([][]string{{}, {"4"}, {"5", "2.5"}, {"10", "*5"}}).Draw(t, "taxes") {
				rate, compound := strings.CutPrefix(r, "*")
				line.Taxes = append(line.Taxes, oracle.Tax{ID: fmt.Sprint(r, i), Percent: money.MustParse(rate), Compound: compound})
			}
			sum = sum.Add(line.Rate)
			d.Lines = append(d.Lines, line)
		}
		if got := oracle.Compute(d); !got.Total.Equal(sum) || !got.SubTotal.Add(got.Tax).Equal(sum) {
			t.Fatalf("total %s and sub-total %s + tax %s, want %s", got.Total, got.SubTotal, got.Tax, sum)
		}
	})
}
