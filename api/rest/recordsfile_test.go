package rest_test

import (
	"net/http"
	"strings"
	"testing"
)

// The file of a list has the list's filters, one line per record, and nothing that a spreadsheet runs.
func TestTheFileOfAList(t *testing.T) {
	t.Parallel()

	api, w := setupAPI(nil)
	got := call(t, api, "viewer", "GET", "/api/v1/records/orders.csv?phase=payment_sync&sort=name", "")
	if got.Code != http.StatusOK || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/csv") || !strings.Contains(got.Header().Get("Content-Disposition"), "orders.csv") {
		t.Fatalf("%d %v", got.Code, got.Header())
	}
	lines := strings.Split(strings.TrimSpace(got.Body.String()), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "source_id,name,status,phase,reference,guest,") || !strings.HasPrefix(lines[1], `"1","LARK1","synced","payment_sync",`) ||
		!strings.Contains(lines[1], `,"-1.00",`) || !strings.Contains(lines[1], `"#A1, #A2"`) || !strings.HasPrefix(lines[2], `"1","'=SUM(A1)",`) {
		t.Errorf("the file reads\n%s", got.Body)
	}
	if w.query.Phase != "payment_sync" || w.query.Sort != "name" || w.query.Descending {
		t.Errorf("asked for %+v", w.query)
	}
	for path, status := range map[string]int{"/api/v1/records/guests.csv": 404, "/api/v1/records/orders.csv?phaze=x": 422, "/api/v1/records/hotels.csv?phase=synced": 422} {
		if got := call(t, api, "viewer", "GET", path, ""); got.Code != status {
			t.Errorf("%s answers %d, want %d", path, got.Code, status)
		}
	}
}

// A file has the columns of its section whatever it selects, and all that it selects.
func TestTheFileOfAListHasItsColumns(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(nil)
	for section, fields := range map[string]string{"hotels": "", "room-types": "hotel,price,", "service-products": "hotel,price,", "customers": "company,email,", "currencies": "iso,", "orders": "reference,guest,"} {
		for _, query := range []string{"", "?q=nobody"} {
			got := call(t, api, "viewer", "GET", "/api/v1/records/"+section+".csv"+query, "")
			if head := "source_id,name,status,phase," + fields; !strings.HasPrefix(got.Body.String(), head) || section != "orders" && !strings.HasPrefix(got.Body.String(), head+"zoho_id,") {
				t.Errorf("%s%s begins with\n%s", section, query, got.Body)
			}
		}
		for _, page := range []string{"?limit=1", "?cursor=x"} {
			if got := call(t, api, "viewer", "GET", "/api/v1/records/"+section+".csv"+page, ""); got.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s%s answers %d", section, page, got.Code)
			}
		}
	}
	if got := call(t, api, "viewer", "GET", "/api/v1/records/orders.csv?draft=true", ""); got.Code != http.StatusOK {
		t.Errorf("drafts answer %d", got.Code)
	}
}
