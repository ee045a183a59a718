package connection_test

import (
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// TestLookingAtOrganizationsCostsNoCall to whoever may not ask, and one a minute to whoever may, in
// all processes together.
func TestLookingAtOrganizationsCostsNoCall(t *testing.T) {
	d := newDesk(t)
	d.connect(t)
	now := time.Now()
	one, other := d.process(t), d.process(t)
	one.Now = func() time.Time { return now }
	other.Now = one.Now
	calls := func() (n int) {
		for _, c := range d.books.Calls() {
			if strings.Contains(c.Path, "/organizations") {
				n++
			}
		}
		return n
	}
	before := calls()
	for range 50 {
		list, err := one.Organizations(t.Context(), false)
		if err != nil || len(list) != 1 || list[0].Name == "" {
			t.Fatalf("%+v %v", list, err)
		}
	}
	if n := calls() - before; n != 0 {
		t.Errorf("a viewer spent %d calls", n)
	}
	now = now.Add(2 * time.Minute)
	for range 10 {
		if _, err := one.Organizations(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Organizations(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
	if n := calls() - before; n != 1 {
		t.Errorf("an administrator spent %d calls in a minute, want 1", n)
	}
}

// TestAKeyThatOpensNothingIsNamed, wherever a stored secret is needed, and the grant that could not be
// revoked for it is told.
func TestAKeyThatOpensNothingIsNamed(t *testing.T) {
	d := newDesk(t)
	d.connect(t)
	d.key = "OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg="
	s := d.process(t)
	if err := s.Opens(t.Context()); fault.Of(err).Code != "key_wrong" {
		t.Errorf("a look at the stored secrets: %v", err)
	}
	_, tokenErr := s.Token(t.Context())
	_, refreshErr := s.Refresh(t.Context(), "Ada")
	_, authorizeErr := s.Authorize(t.Context(), "", "Ada")
	for name, err := range map[string]error{"take an access": tokenErr, "renew it": refreshErr, "connect": authorizeErr} {
		if fault.Of(err).Code != "key_wrong" {
			t.Errorf("%s: %v", name, err)
		}
	}
	revoked, err := s.Forget(t.Context())
	if err != nil || revoked {
		t.Errorf("forgotten as revoked %v, %v", revoked, err)
	}
}
