package rehearsal_test

import (
	"context"
	"encoding/json"
	"testing"
)

// TestAPairedContactKeepsWhatPeopleEntered pairs a guest with a contact that has persons, addresses and
// notes of its own, and updates it: whichever way it was paired, nothing of these is lost.
func TestAPairedContactKeepsWhatPeopleEntered(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/records/customers/initialize", nil); err != nil {
		t.Fatal(err)
	}
	for _, check := range []bool{false, true} {
		if err := s.Set(ctx, "customers", "check_before_update", check); err != nil {
			t.Fatal(err)
		}
		guest := map[bool]string{false: "2", true: "5"}[check]
		id, err := s.Books.AddByHand("contacts", `{"contact_name":"Held by hand `+guest+`","contact_type":"customer","notes":"Pays late","billing_address":{"address":"1 Own Street","city":"Ownham"},
			"contact_persons":[{"first_name":"Ada","last_name":"Own","email":"ada`+guest+`@example.com","is_primary_contact":true},{"first_name":"Ben","last_name":"Own","email":"ben`+guest+`@example.com"}]}`)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Call(ctx, "POST", "/pairing/customers/"+guest, map[string]any{"zoho_id": id}, nil); err != nil {
			t.Fatal(err)
		}
		calls := len(s.Books.Calls())
		if run, err := s.Start(ctx, "/records/customers/sync", map[string]any{"ids": []string{guest}}); err != nil || run.Failed+run.Held > 0 {
			t.Fatalf("%+v %v", run, err)
		}
		for _, c := range s.Books.Calls()[calls:] {
			t.Logf("%s %s %d", c.Method, c.Path, c.Code)
		}
		for _, r := range s.Books.Snapshot() {
			if r.ID != id {
				continue
			}
			var body struct {
				Notes   string
				Persons []struct {
					Email string
				} `json:"contact_persons"`
				Address struct{ Address string } `json:"billing_address"`
			}
			if err := json.Unmarshal(r.Body, &body); err != nil {
				t.Fatal(err)
			}
			t.Logf("check %t: %s", check, r.Body)
			if body.Notes != "Pays late" || len(body.Persons) < 2 || body.Address.Address != "1 Own Street" {
				t.Errorf("check %t: %+v", check, body)
			}
		}
	}
}
