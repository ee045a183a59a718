package zoho_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestAListIsLeftOnlyWhereItsOrderIsProved tells at which row a list may be left that was asked for from its newest on.
func TestAListIsLeftOnlyWhereItsOrderIsProved(t *testing.T) {
	days := func(from, to, step int) (list []string) {
		for n := from; n != to; n += step {
			list = append(list, fmt.Sprintf("2026-%04d", n))
		}
		return list
	}
	const from = "2026-0500"
	for name, c := range map[string]struct {
		rows []string
		left int // the row at which it is left; -1 = it is read to its end
	}{
		"as asked":                           {days(600, 300, -1), 150},
		"from its oldest on":                 {days(300, 600, 1), -1},
		"one of long ago among the newest":   {slices.Concat(days(600, 590, -1), days(10, 9, -1), days(590, 500, -1)), -1},
		"all of one day":                     {slices.Repeat(days(400, 401, 1), 300), -1},
		"nothing new, as asked":              {days(499, 300, -1), 49},
		"nothing new, and a page is shorter": {days(499, 470, -1), -1},
	} {
		t.Run(name, func(t *testing.T) {
			var order zoho.Downward
			left := slices.IndexFunc(c.rows, func(day string) bool { return order.Past(day, from) })
			if left != c.left {
				t.Errorf("left at row %d of %d, want %d", left, len(c.rows), c.left)
			}
		})
	}
}
