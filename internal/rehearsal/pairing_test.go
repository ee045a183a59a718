package rehearsal_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// file sends or reads a file and gives status and text.
func file(ctx context.Context, t *testing.T, s *rehearsal.Stage, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.Token)
	if body != "" {
		req.Header.Set("Content-Type", "text/csv")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer)
}

// TestCustomersArePairedBySuggestionAndByFile loads contacts made by hand, reads why they are
// suggested, and ties customers one by one and by a file that is taken whole or not at all.
func TestCustomersArePairedBySuggestionAndByFile(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	add := func(body string) string {
		t.Helper()
		id, err := s.Books.AddByHand("contacts", body)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	nora := add(`{"contact_name":"Nora Castellan","contact_type":"customer","contact_persons":[{"first_name":"Nora","email":"NORA@guests.example","is_primary_contact":true}]}`)
	tomasz := add(`{"contact_name":"T. W.","contact_type":"customer","contact_persons":[{"first_name":"T","email":"tw@guests.example","is_primary_contact":true}]}`)
	solberg := add(`{"contact_name":"Solberg Shipping","contact_type":"customer"}`)
	if status, answer := file(ctx, t, s, http.MethodPost, "/pairing/customers.csv", "customer_id,zoho_contact_id\n1,"+nora+"\n"); status != http.StatusConflict || !strings.Contains(answer, "contacts_not_loaded") {
		t.Errorf("a file before contacts were loaded: %d %s", status, answer)
	}
	run, err := s.Start(ctx, "/pairing/customers/load", nil)
	if err != nil || run.Total != 3 || run.CallsUsed != 1 {
		t.Fatalf("load: %+v %v", run, err)
	}
	calls := len(s.Books.Calls())
	var page struct {
		Items      []wire.PairingItem
		NextCursor *string `json:"next_cursor"`
		Counts     map[string]int
	}
	if err := s.Call(ctx, http.MethodGet, "/pairing/customers?limit=2", nil, &page); err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 2 || page.NextCursor == nil || page.Counts["linked"] != 0 {
		t.Fatalf("%+v", page)
	}
	first, second := page.Items[0].Suggestions, page.Items[1].Suggestions
	if len(first) != 1 || first[0].ZohoContactID != nora || first[0].Confidence != "exact" || strings.Join(first[0].Why, " ") != "email_equal name_equal" {
		t.Errorf("for customer 1: %+v", first)
	}
	if len(second) != 1 || second[0].ZohoContactID != tomasz || second[0].Confidence != "similar" || strings.Join(second[0].Why, " ") != "email_equal" {
		t.Errorf("for customer 2: %+v", second)
	}
	if err := s.Call(ctx, http.MethodGet, "/pairing/customers?limit=2&cursor="+*page.NextCursor, nil, &page); err != nil || page.Items[0].CustomerID != "3" || len(page.Items[0].Suggestions) != 1 || page.Items[0].Suggestions[0].ZohoContactID != solberg {
		t.Errorf("the next page: %+v %v", page.Items, err)
	}
	search := func(q string) wire.ContactList {
		t.Helper()
		var found struct {
			Items    []wire.Contact
			More     bool
			LoadedAt *time.Time `json:"loaded_at"`
		}
		if err := s.Call(ctx, http.MethodGet, "/pairing/contacts?"+q, nil, &found); err != nil || found.LoadedAt == nil {
			t.Fatalf("search %s: %+v %v", q, found, err)
		}
		return wire.ContactList{Items: found.Items, More: found.More}
	}
	for q, want := range map[string]string{"q=LBERG": solberg, "q=tw@guests": tomasz, "q=" + nora: nora} {
		if found := search(q); len(found.Items) != 1 || found.Items[0].ZohoContactID != want || found.Items[0].CustomerID != nil || found.Items[0].ZohoURL == nil {
			t.Errorf("search %s: %+v", q, found)
		}
	}
	if found := search("q=100%25"); len(found.Items) != 0 {
		t.Errorf("a sign of LIKE found %+v", found)
	}
	if found := search("limit=2"); len(found.Items) != 2 || !found.More {
		t.Errorf("all contacts, two at most: %+v", found)
	}
	if len(s.Books.Calls()) != calls {
		t.Error("suggestions asked Zoho Books")
	}

	if err := s.Call(ctx, http.MethodPost, "/pairing/customers/1", map[string]any{"zoho_id": nora}, nil); err != nil {
		t.Fatal(err)
	}
	if found := search("q=castellan"); len(found.Items) != 1 || found.Items[0].CustomerID == nil || *found.Items[0].CustomerID != "1" {
		t.Errorf("a paired contact: %+v", found)
	}
	wrong := "customer_id,zoho_contact_id\n2," + tomasz + "\n9999," + solberg + "\n3," + nora + "\n4,77\nx,1\n5,\n5\n"
	status, answer := file(ctx, t, s, http.MethodPost, "/pairing/customers.csv", wrong)
	if status != http.StatusUnprocessableEntity || answer != "line,field,message\n\"6\",\"customer_id\",\"must be the id of a customer, as digits\"\n\"8\",\"\",\"has 1 columns instead of 2\"\n" {
		t.Errorf("a malformed file: %d %s", status, answer)
	}
	status, answer = file(ctx, t, s, http.MethodPost, "/pairing/customers.csv", strings.ReplaceAll(wrong, "x,1\n5,\n5\n", "5,\n2,"+solberg+"\n"))
	for _, want := range []string{"line,field,message\n", `"3","customer_id","is no listed`, `"4","zoho_contact_id","stands for customer:1`, `"5","zoho_contact_id","is none`, `"7","customer_id","is named a second time, after line 2`} {
		if status != http.StatusUnprocessableEntity || !strings.Contains(answer, want) {
			t.Errorf("a wrong file: %d %s, want %s", status, answer, want)
		}
	}
	if d := look(ctx, t, s, "/records/customers/2"); d.ZohoID != nil {
		t.Error("a right line of a wrong file was taken")
	}
	status, answer = file(ctx, t, s, http.MethodPost, "/pairing/customers.csv", "\xef\xbb\xbfcustomer_id,zoho_contact_id\r\n1,"+nora+"\r\n2,"+tomasz+"\r\n3,"+solberg+"\r\n4,\r\n")
	if status != http.StatusOK || !strings.Contains(answer, `"paired":2`) || !strings.Contains(answer, `"unchanged":2`) {
		t.Errorf("a right file: %d %s", status, answer)
	}
	status, answer = file(ctx, t, s, http.MethodGet, "/pairing/customers.csv", "")
	if status != http.StatusOK || !strings.HasPrefix(answer, "customer_id,zoho_contact_id\n\"1\",\""+nora+"\"\n\"2\",\""+tomasz+"\"\n\"3\",\""+solberg+"\"\n\"4\",\"\"\n") {
		t.Errorf("the file: %d %s", status, answer)
	}
	if again, _ := file(ctx, t, s, http.MethodPost, "/pairing/customers.csv", answer); again != http.StatusOK {
		t.Errorf("the product's own file is refused: %d", again)
	}
	if err := s.Call(ctx, http.MethodDelete, "/pairing/customers/3", nil, nil); err != nil {
		t.Fatal(err)
	}
	if d := look(ctx, t, s, "/records/customers/3"); d.ZohoID != nil || d.Paired {
		t.Errorf("after unpairing: %+v", d)
	}
	refused(ctx, t, s, http.MethodPost, "/pairing/customers/3", map[string]any{"zoho_id": nora}, "409", "already_paired")
}
