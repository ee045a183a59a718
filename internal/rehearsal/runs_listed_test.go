package rehearsal_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// TestRunsAreListedInEitherOrderAndFound pages through runs from the oldest and from the newest, and searches them by id,
// kind, section and name.
func TestRunsAreListedInEitherOrderAndFound(t *testing.T) {
	atOnce(t)
	d := opened(t, "listedruns_")
	for _, path := range []string{"/records/customers/initialize", "/records/hotels/initialize", "/records/orders/initialize", "/mappings/refresh"} {
		_, err := d.Start(d.ctx, path, nil)
		d.must(err)
	}
	all := func(query string) (ids []string) {
		t.Helper()
		cursor := ""
		for {
			var page struct {
				Items []rehearsal.Run
				Next  *string `json:"next_cursor"`
			}
			d.must(d.Call(d.ctx, "GET", "/runs?limit=2"+query+cursor, nil, &page))
			for _, run := range page.Items {
				ids = append(ids, run.ID)
			}
			if page.Next == nil {
				return ids
			}
			cursor = "&cursor=" + *page.Next
		}
	}
	newest := all("")
	oldest := slices.Clone(newest)
	slices.Reverse(oldest)
	if again := all("&sort=-created_at"); len(newest) < 5 || !slices.Equal(again, newest) {
		t.Errorf("the newest first: %v, asked for: %v", newest, again)
	}
	if got := all("&sort=created_at"); !slices.Equal(got, oldest) {
		t.Errorf("the oldest first: %v, want %v", got, oldest)
	}
	for q, want := range map[string]int{newest[1]: 1, "mapping": 1, "init": 3, "hot": 1, "rehearsal": len(newest), "nobody": 0, "%25": 0, "_": 0} {
		if got := all("&q=" + q); len(got) != want {
			t.Errorf("%s finds %v, want %d", q, got, want)
		}
	}
	var page struct {
		Next string `json:"next_cursor"`
	}
	d.must(d.Call(d.ctx, "GET", "/runs?limit=1", nil, &page))
	for query, field := range map[string]string{"sort=title": "sort", "sort=created_at&cursor=" + page.Next: "cursor"} {
		if err := d.Call(d.ctx, "GET", "/runs?"+query, nil, nil); err == nil || !strings.Contains(err.Error(), `"field":"`+field) || !strings.Contains(err.Error(), "422") {
			t.Errorf("%s: %v", query, err)
		}
	}
}
