package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// TestPhonesInTheDigitsOfOtherScripts: what stands in Arabic digits is the number that it says, and keeps no
// contact from being read.
func TestPhonesInTheDigitsOfOtherScripts(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	for _, body := range []string{
		`{"contact_name":"N. C.","contact_type":"customer","contact_persons":[{"first_name":"N","phone":"٥٥٥ ٠١٩٩","is_primary_contact":true}]}`,
		`{"contact_name":"Emirates Travel","contact_type":"customer","contact_persons":[{"first_name":"E","phone":"+٩٧١ ٥٠ ١٢٣ ٤٥٦٧","is_primary_contact":true}]}`,
	} {
		if _, err := s.Books.AddByHand("contacts", body); err != nil {
			t.Fatal(err)
		}
	}
	if run, err := s.Start(ctx, "/pairing/customers/load", nil); err != nil || run.Total != 2 {
		t.Fatalf("contacts read: %+v %v", run, err)
	}
	if got := one(t, s, "SELECT GROUP_CONCAT(digits ORDER BY zoho_id) FROM qlobooks_zoho_contacts"); got != "5550199,501234567" {
		t.Errorf("phones are known as %q", got)
	}
	var page struct {
		Items []struct {
			ID          string `json:"customer_id"`
			Suggestions []struct{ Why []string }
		}
	}
	if err := s.Call(ctx, http.MethodGet, "/pairing/customers?q=1", nil, &page); err != nil || len(page.Items) == 0 || len(page.Items[0].Suggestions) != 1 || !strings.Contains(strings.Join(page.Items[0].Suggestions[0].Why, " "), "phone") {
		t.Errorf("the same phone is not suggested: %+v %v", page, err)
	}
}
