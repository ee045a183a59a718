package rehearsal_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// contactShown is what of a contact this test looks at.
type contactShown struct {
	Website string
	Billing struct{ City, Zip string } `json:"billing_address"`
	Persons []struct {
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
		Phone     string
	} `json:"contact_persons"`
}

// TestWhatPeopleChangedOfAContactIsLeftAlone lets a person change a contact in Zoho Books and QloApps
// change the guest, with the look before updates on and off.
func TestWhatPeopleChangedOfAContactIsLeftAlone(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	c := newClerk(t, s.App.Config.MySQLDSN.Reveal(), "qlo_")
	// sync sends guest 2 and gives how often the contact was read and written.
	sync := func() (reads, writes int) {
		t.Helper()
		s.Books.ForgetCalls()
		if _, err := s.Start(ctx, "/records/customers/2/sync", nil); err != nil {
			t.Fatal(err)
		}
		for _, call := range s.Books.Calls() {
			switch {
			case call.Writes():
				writes++
			case strings.Contains(call.Path, "/contacts/"):
				reads++
			}
		}
		return reads, writes
	}
	contact := func() (seen contactShown) {
		t.Helper()
		if err := json.Unmarshal(standing(t, s, "customer:2").Body, &seen); err != nil || len(seen.Persons) == 0 {
			t.Fatalf("%+v %v", seen, err)
		}
		return seen
	}
	notice := func() (words string) {
		t.Helper()
		var d struct {
			Notices []struct{ Code, Detail string }
		}
		if err := s.Call(ctx, http.MethodGet, "/documents/customer/2", nil, &d); err != nil {
			t.Fatal(err)
		}
		for _, n := range d.Notices {
			if n.Code == "edited_in_zoho" {
				words += n.Detail
			}
		}
		return words
	}
	// byHand changes the guest's person as somebody does in Zoho's pages, and adds another one.
	byHand := func(phone string) {
		t.Helper()
		r := standing(t, s, "customer:2")
		var body struct {
			Persons []map[string]any `json:"contact_persons"`
		}
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Fatal(err)
		}
		body.Persons[0]["phone"] = phone
		if len(body.Persons) == 1 {
			body.Persons = append(body.Persons, map[string]any{"first_name": "Second", "last_name": "Person"})
		}
		changed, err := json.Marshal(body)
		if err == nil {
			err = s.Books.ChangeByHand(r.ID, string(changed))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	rename := func(last string) {
		c.do("UPDATE {p}customer SET lastname = '" + last + "', date_upd = NOW() WHERE id_customer = 2")
	}

	sync()
	own := contact().Persons[0].Phone
	if own == "" {
		t.Fatal("the guest has no phone to compare")
	}
	if err := s.Set(ctx, "customers", "check_before_update", true); err != nil {
		t.Fatal(err)
	}
	// An update of the address alone leaves the persons out; they count as sent all the same.
	c.do("UPDATE {p}address SET city = 'Verona', date_upd = NOW() WHERE id_customer = 2")
	var foreseen struct{ Calls int }
	if run, err := s.Start(ctx, "/records/customers/2/preview", nil); err != nil || json.Unmarshal(run.Result, &foreseen) != nil || foreseen.Calls != 2 {
		t.Errorf("the preview foresees %d calls, want the look and the update: %s %v", foreseen.Calls, run.Result, err)
	}
	if reads, writes := sync(); reads != 1 || writes != 1 || notice() != "" {
		t.Errorf("with the look on, an update took %d reads and %d writes, and says %q", reads, writes, notice())
	}
	for _, last := range []string{"Ashdown", "Ashford"} { // once, and it stays so at the next update
		byHand("555 9999")
		rename(last)
		if reads, writes := sync(); reads != 1 || writes != 1 {
			t.Errorf("%s: %d reads and %d writes", last, reads, writes)
		}
		have := contact()
		if p := have.Persons[0]; p.Phone != "555 9999" || p.LastName != last || have.Billing.City != "Verona" {
			t.Errorf("with the look on: %+v, want the person's phone, QloApps' name and city", have)
		}
		if len(have.Persons) != 2 || have.Persons[1].FirstName != "Second" {
			t.Errorf("with the look on, the person whom somebody added is gone: %+v", have.Persons)
		}
		if words := notice(); !strings.HasSuffix(words, ": person's phone.") {
			t.Errorf("the record says %q", words)
		}
	}
	if reads, writes := sync(); reads+writes != 0 || notice() == "" {
		t.Errorf("an unchanged guest took %d reads and %d writes, and says %q", reads, writes, notice())
	}
	// The address, a text of the contact itself and the name of the contact are left alone too.
	r := standing(t, s, "customer:2")
	if err := s.Books.ChangeByHand(r.ID, `{"contact_name":"By Hand","billing_address":{"city":"By Hand","zip":"1"}}`); err != nil {
		t.Fatal(err)
	}
	c.do("UPDATE {p}address SET city = 'Cremona', date_upd = NOW() WHERE id_customer = 2")
	rename("Ashby")
	sync()
	if have := contact(); have.Billing.City != "By Hand" || have.Persons[0].LastName != "Ashby" || standing(t, s, "customer:2").Name != "By Hand" {
		t.Errorf("with the look on: %+v, %s", have, standing(t, s, "customer:2").Name)
	}
	for _, part := range []string{"contact name", "billing address city", "person's phone"} {
		if !strings.Contains(notice(), part) {
			t.Errorf("the record does not name the %s: %s", part, notice())
		}
	}

	if err := s.Set(ctx, "customers", "check_before_update", false); err != nil {
		t.Fatal(err)
	}
	byHand("555 8888")
	rename("Ashwood")
	if reads, writes := sync(); reads != 0 || writes != 1 {
		t.Errorf("with the look off, an update took %d reads and %d writes", reads, writes)
	}
	if have := contact(); have.Persons[0].Phone != own || have.Persons[0].LastName != "Ashwood" || have.Billing.City != "Cremona" || notice() != "" {
		t.Errorf("with the look off: %+v, want QloApps' phone %s, name and city; it says %q", have, own, notice())
	}
}
