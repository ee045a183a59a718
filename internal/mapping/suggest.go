package mapping

import (
	"slices"
	"strings"
	"unicode"

	"github.com/qlobooks/qlobooks/internal/collate"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// suggest finds a choice that fits: taxes by their rates, everything else by name.
func suggest(kind rules.Kind, row sourceRow, choices []choiceRow, country string) (id, confidence string) {
	if kind == rules.Taxes {
		return suggestTax(row.SourceID, choices, country)
	}
	for _, c := range choices {
		if strings.EqualFold(c.Name, row.Name) {
			return c.ZohoID, "exact"
		}
	}
	if row.SourceID == rules.Default {
		return "", ""
	}
	alike := ""
	for _, c := range choices {
		switch {
		case !similar(c.Name, row.Name):
		case alike != "":
			return "", "" // rather none than a wrong one
		default:
			alike = c.ZohoID
		}
	}
	if alike == "" {
		return "", ""
	}
	return alike, "similar"
}

// suggestTax proposes the tax of a row's rates. In India a hotel sells within its state, where one tax
// is two equal halves; a single integrated one is never more than similar.
func suggestTax(key string, choices []choiceRow, country string) (id, confidence string) {
	whole, halves := fitting(key, choices)
	switch {
	case country == India && len(halves) > 0:
		return halves[0], "exact"
	case len(whole) == 0:
		return "", ""
	case country == India && single(key):
		return whole[0], "similar"
	default:
		return whole[0], "exact"
	}
}

// India is the country whose sales within a state are taxed by two equal halves.
const India = "IN"

// single reports the row of one simple rate.
func single(key string) bool {
	return key != qloapps.Untaxed.Key && !strings.ContainsAny(key, "+*")
}

// fitting are the taxes that have a row's rates, and the groups of two equal halves that come to the
// same for a single rate.
func fitting(key string, choices []choiceRow) (whole, halves []string) {
	for _, c := range choices {
		t := c.facts().Tax
		switch {
		case t == nil:
		case RateKey(*t) == key:
			whole = append(whole, c.ZohoID)
		case Halves(*t) == key:
			halves = append(halves, c.ZohoID)
		}
	}
	return whole, halves
}

// Halves is the rate that a group of two equal simple taxes comes to, "" of any other tax.
func Halves(t rules.Tax) string {
	if len(t.Parts) != 2 || t.Parts[0].Compound || t.Parts[1].Compound {
		return ""
	}
	one, err := money.Parse(t.Parts[0].Percent)
	other, failed := money.Parse(t.Parts[1].Percent)
	if err != nil || failed != nil || !one.Equal(other) {
		return ""
	}
	return qloapps.NewRateSet([]money.Decimal{one.Add(other)}, false).Key
}

// similar reports that all words of one name are among those of the other, as "Cash" and "Cash at desk":
// a word in common says little where every second name has it.
func similar(a, b string) bool {
	one, other := significant(a), significant(b)
	if len(one) > len(other) {
		one, other = other, one
	}
	for _, w := range one {
		if !slices.Contains(other, w) {
			return false
		}
	}
	return len(one) > 0
}

// significant are the words of a name that tell it from others.
func significant(name string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(collate.Key(name), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), func(w string) bool { return len([]rune(w)) < 3 })
}
