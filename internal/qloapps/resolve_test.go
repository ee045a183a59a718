package qloapps

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// TestRulesOfATaxGroup are gone through as QloApps' tax manager does.
func TestRulesOfATaxGroup(t *testing.T) {
	t.Parallel()

	rule := func(from, to string, behavior int, rate string) taxRule {
		return taxRule{"21", "0", from, to, behavior, money.MustParse(rate)}
	}
	for name, tt := range map[string]struct {
		rules    []taxRule
		postcode string
		want     string
	}{
		"the first stands alone":          {[]taxRule{rule("0", "0", 0, "4"), rule("0", "0", 1, "2")}, "", "4"},
		"all are combined":                {[]taxRule{rule("0", "0", 1, "4"), rule("0", "0", 1, "2")}, "", "4+2"},
		"one after the other":             {[]taxRule{rule("0", "0", 2, "10"), rule("0", "0", 2, "5")}, "", "10*5"},
		"one that stands alone ends them": {[]taxRule{rule("0", "0", 1, "4"), rule("0", "0", 0, "2"), rule("0", "0", 1, "1")}, "", "4+2"},
		"of a range of postcodes":         {[]taxRule{rule("SW1A 0AA", "SW1A 9ZZ", 0, "20"), rule("0", "0", 0, "5")}, "sw1a 1aa", "20"},
		"outside of it":                   {[]taxRule{rule("SW1A 0AA", "SW1A 9ZZ", 0, "20"), rule("0", "0", 0, "5")}, "E1 6AN", "5"},
		"of one postcode":                 {[]taxRule{rule("36602", "0", 0, "6"), rule("0", "0", 0, "5")}, "36602", "6"},
		"of nowhere":                      {[]taxRule{rule("36602", "0", 0, "6")}, "90210", "0"},
	} {
		if got := resolve(tt.rules, taxPlace{country: "21", postcode: tt.postcode}); got.Key != tt.want {
			t.Errorf("%s: %s, want %s", name, got.Key, tt.want)
		}
	}
}

// TestNoDayChangesWhereSummerTimeBeginsAtMidnight, as it does in Chile, Egypt, Lebanon and elsewhere: days
// of stays are midnights, which are not there then.
func TestNoDayChangesWhereSummerTimeBeginsAtMidnight(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Asuncion", "America/New_York", "Europe/Rome", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for at := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2030; at = at.Add(30 * time.Minute) {
			if got := wall(at, zone); Day(got) != Day(at) {
				t.Fatalf("%s in %s is read as %s", at.Format(time.DateTime), name, got)
			}
		}
	}
}
