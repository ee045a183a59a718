// Package money holds exact decimal amounts and the roundings that QloApps and Zoho Books use.
//
// An amount never passes through a binary float. Compare with Equal, never with ==.
package money

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Decimal is an exact amount, quantity or rate. In JSON it is a string.
type Decimal = decimal.Decimal

// Zero is no money in any currency.
var Zero = decimal.Zero

// Parse reads a plain decimal such as "1560.00".
func Parse(text string) (Decimal, error) {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return Zero, fmt.Errorf("amount %q: %w", text, err)
	}
	return d, nil
}

// MustParse is Parse for constants; it panics on rubbish.
func MustParse(text string) Decimal { return decimal.RequireFromString(text) }

// Number is a Decimal that becomes a bare JSON number, as Zoho Books expects amounts.
type Number struct{ Decimal }

// N wraps an amount for a Zoho document.
func N(d Decimal) Number { return Number{d} }

// MarshalJSON writes the exact digits without quotes.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalJSON accepts a number or a string, as Zoho's answers use both; null and "" are zero.
func (n *Number) UnmarshalJSON(data []byte) error {
	if s := string(data); s == "null" || s == `""` {
		n.Decimal = Zero
		return nil
	}
	return n.Decimal.UnmarshalJSON(data)
}

// RoundHalfUp rounds to places decimals, halves away from zero: 2.675 becomes 2.68, -2.675 becomes -2.68.
func RoundHalfUp(d Decimal, places int32) Decimal { return d.Round(places) }

// Unit is the smallest amount with the given number of decimals: 0.01 for 2, 1 for 0.
func Unit(places int32) Decimal { return decimal.New(1, -places) }

// Spread rounds amounts cumulatively: each part is the rounded running total minus what was
// given before, so that the parts add up to the rounded sum.
func Spread(amounts []Decimal, places int32) []Decimal {
	parts := make([]Decimal, len(amounts))
	sum, given := Zero, Zero
	for i, a := range amounts {
		sum = sum.Add(a)
		parts[i] = RoundHalfUp(sum, places).Sub(given)
		given = given.Add(parts[i])
	}
	return parts
}

// Text shows an amount with two decimals at least, more only where it has them.
func Text(d Decimal) string { return Words(d, "") }

// Words shows an amount as sentences do: with the decimals of its currency at least, more only where it has them.
func Words(d Decimal, currency string) string {
	places, odd := decimals[currency]
	if !odd {
		places = 2
	}
	if -d.Exponent() < places || d.Equal(d.Round(places)) {
		return d.StringFixed(places)
	}
	return d.String()
}

// decimals are those of the currencies that do not have two, by ISO 4217.
var decimals = map[string]int32{
	"BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3,
	"OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}

// One is a single unit of anything counted.
var One = decimal.NewFromInt(1)

// Whole is a count as an amount.
func Whole(n int) Decimal { return decimal.NewFromInt(int64(n)) }

// Min is the least of the amounts.
func Min(first Decimal, others ...Decimal) Decimal { return decimal.Min(first, others...) }

// Max is the greatest of the amounts.
func Max(first Decimal, others ...Decimal) Decimal { return decimal.Max(first, others...) }
