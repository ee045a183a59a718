package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// TestSignInsAreListedAndForgotten: newest first, one's own alone, page by page; what is old and what is too much goes.
func TestSignInsAreListedAndForgotten(t *testing.T) {
	db, now := storetest.New(t), time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	s := &access.SignIns{DB: db, Now: func() time.Time { return now }}
	note := func(account, employee, outcome string) {
		t.Helper()
		now = now.Add(24 * time.Hour)
		if err := s.Note(t.Context(), access.SignInTry{Account: account, Employee: employee, From: "192.0.2.7", Browser: "Firefox", Outcome: outcome}); err != nil {
			t.Fatal(err)
		}
	}
	note("ada@hotel.example", "1", access.SignedIn)
	note(strings.Repeat("é", 300), "", access.Refused)
	note("ben@hotel.example", "2", access.SignedIn)
	note("ada@hotel.example", "1", access.SignedIn)
	all := func(employee string) (list []string) {
		t.Helper()
		var after *wire.Position
		for {
			page, err := s.List(t.Context(), employee, 2, after)
			if err != nil || len(page.Items) > 2 {
				t.Fatal(page, err)
			}
			for _, one := range page.Items {
				if one.From != "192.0.2.7" || one.Browser != "Firefox" || len([]rune(one.Account)) > 120 || (one.EmployeeID == nil) != (one.Outcome == access.Refused) {
					t.Errorf("%+v", one)
				}
				list = append(list, fmt.Sprintf("%s %.3s %s", one.At.Format(time.DateOnly), one.Account, one.Outcome))
			}
			if page.Next == nil {
				return list
			}
			after = page.Next
		}
	}
	whole := []string{"2026-03-06 ada signed_in", "2026-03-05 ben signed_in", "2026-03-04 ééé refused", "2026-03-03 ada signed_in"}
	if got := all(""); !slices.Equal(got, whole) {
		t.Errorf("all: %v", got)
	}
	if got := all("1"); !slices.Equal(got, []string{whole[0], whole[3]}) {
		t.Errorf("of one: %v", got)
	}
	if err := s.Clean(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if got := all(""); !slices.Equal(got, whole[:3]) {
		t.Errorf("after two days: %v", got)
	}
	if err := db.Exec("UPDATE qlobooks_sign_ins SET id = 20003 WHERE outcome = 'signed_in' AND employee_id = '1'").Error; err != nil {
		t.Fatal(err)
	}
	if err := s.Clean(t.Context(), 2); err != nil { // ids 2 and 3 are behind the last 20 000
		t.Fatal(err)
	}
	if got := all(""); !slices.Equal(got, whole[:1]) {
		t.Errorf("of too many: %v", got)
	}
}
