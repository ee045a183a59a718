package rehearsal_test

import (
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestTagsAreReadAsTheyAreDocumented has Zoho Books answer about reporting tags without a code, as their documentation
// shows it: the set-up makes the tag of the hotels, gives it an option for each, and finds both when it runs again.
func TestTagsAreReadAsTheyAreDocumented(t *testing.T) {
	atOnce(t)
	d := opened(t, "uncoded_")
	d.Books.Prefer(func(p *books.Preferences) { p.Uncoded = true })
	d.must(d.Set(d.ctx, "hotels", "target", "tag"))
	chosen := func() map[string]string {
		t.Helper()
		d.must(d.SetUp(d.ctx, "Operating account"))
		var page struct {
			Items []struct {
				SourceID string  `json:"source_id"`
				ZohoID   *string `json:"zoho_id"`
			}
		}
		d.must(d.Call(d.ctx, http.MethodGet, "/mappings/tags", nil, &page))
		options := map[string]string{}
		for _, item := range page.Items {
			if item.ZohoID != nil {
				options[item.SourceID] = *item.ZohoID
			}
		}
		return options
	}
	first := chosen()
	if first["hotel:1"] == "" {
		t.Fatalf("the set-up chose %v, and no option for hotel:1", first)
	}
	if again := chosen(); again["hotel:1"] != first["hotel:1"] || len(again) != len(first) {
		t.Errorf("run again the set-up chose %v instead of %v", again, first)
	}
	d.clerk.book("72", "UNCODED1", "2", "972")
	d.clerk.invoice("82", "72")
	d.sync("72")
	if code, detail := d.issueOf("invoice:82"); code != "" || detail != "synced" {
		t.Errorf("the invoice is %q %q", code, detail)
	}
}
