package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAnOrganizationThatIsRefusedIsToldOnce has Zoho Books refuse every write with a code that nobody documents, as
// when a subscription has ended: a few calls of each kind find it out, people read Zoho's own words, and once it
// is paid for one Retry takes everything to the books.
func TestAnOrganizationThatIsRefusedIsToldOnce(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	var refuse []books.Rule
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		refuse = append(refuse, books.Rule{Method: method, Fault: books.FaultReadOnly})
	}
	if err := s.Books.SetFaults(refuse...); err != nil {
		t.Fatal(err)
	}
	s.Books.ForgetCalls()
	if _, err := s.SyncAll(ctx); err != nil {
		t.Fatal(err)
	}
	written := map[string]int{}
	for _, c := range s.Books.Calls() {
		if c.Method != "GET" {
			written[strings.SplitN(strings.Trim(strings.TrimPrefix(c.Path, "/books/v3"), "/"), "/", 2)[0]]++
		}
	}
	for kind, n := range written {
		if n > 15 { // items are hotels, room types and services
			t.Errorf("%d calls for %s, though each was refused alike", n, kind)
		}
	}
	var page struct {
		Items []struct {
			Code, Explanation string
			Count             int
		}
	}
	if err := s.Call(ctx, http.MethodGet, "/issues", nil, &page); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, i := range page.Items {
		told = append(told, i.Code)
	}
	words := false
	for _, doc := range everyDocument(ctx, t, s) {
		if doc.ZohoID != nil {
			t.Errorf("%s stands", doc.Key)
		}
		words = words || doc.Issue != nil && strings.Contains(doc.Issue.Detail, "read-only mode")
	}
	if !words {
		t.Errorf("nobody reads Zoho's words; issues: %v", told)
	}

	if err := s.Books.SetFaults(); err != nil {
		t.Fatal(err)
	}
	for _, code := range told {
		if issueCount(ctx, t, s, code) == 0 { // what was freed with another cause
			continue
		}
		if err := s.Call(ctx, http.MethodPost, "/issues/"+code+"/retry", nil, nil); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		settled(ctx, t, s)
	}
	for _, doc := range everyDocument(ctx, t, s) {
		if doc.Status == "rejected" || doc.Status == "held" && doc.Issue != nil && strings.HasPrefix(doc.Issue.Code, "refused") {
			t.Errorf("after it was paid for, %s is %s: %+v", doc.Key, doc.Status, doc.Issue)
		}
	}
}
