package access_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// desk is a QloApps database with sessions over it, and a clock.
type desk struct {
	*access.Sessions
	db    *gorm.DB
	now   time.Time
	roles map[string]string
	heard []string
}

func openDesk(t *testing.T, dsn string, cookieKey secret.String) *desk {
	t.Helper()
	db := storetest.Open(t, dsn)
	reading, err := qloapps.Connect(dsn)
	if err != nil {
		t.Fatal(err)
	}
	readingPool, _ := reading.DB()
	t.Cleanup(func() { _ = readingPool.Close() })
	hotel, err := qloapps.Open(t.Context(), reading, "")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{db: db, now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	d.Sessions = &access.Sessions{DB: db, Now: func() time.Time { return d.now }, Employees: hotel, CookieKey: cookieKey,
		ProfileRoles: func(context.Context) (map[string]string, error) { return d.roles, nil },
		Changed: func(_ context.Context, by, what string) error {
			d.heard = append(d.heard, by+": "+what)
			return nil
		}}
	return d
}

func sampleDesk(t *testing.T) *desk {
	t.Helper()
	dsn := privatetest.Database(t)
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := sample.Load(t.Context(), db, "qlo_", time.Now()); err != nil {
		t.Fatal(err)
	}
	return openDesk(t, dsn, sample.CookieKey)
}

func (d *desk) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if err := d.db.Exec(statement, args...).Error; err != nil {
		t.Fatal(err)
	}
}

func (d *desk) enter(t *testing.T, e sample.Employee) access.NewSession {
	t.Helper()
	s, err := d.SignIn(t.Context(), e.Email, secret.String(e.Password))
	if err != nil {
		t.Fatalf("%s cannot sign in: %v", e.Email, err)
	}
	return s
}

var manager, bookkeeper, leaver = sample.Employees[0], sample.Employees[1], sample.Employees[3]

func TestEmployeesSignIn(t *testing.T) {
	t.Parallel()

	d := sampleDesk(t)
	s := d.enter(t, manager)
	if s.Name != "Maren Holt" || s.Email != manager.Email || s.Role != access.Admin || s.Kind != access.BySession || s.Employee != "1" || s.Session() == "" {
		t.Errorf("session of %+v", s.Caller)
	}
	if len(s.Cookie.Reveal()) < 43 || s.Session() == s.Cookie.Reveal() {
		t.Error("the cookie's secret is short, or shown as the session's id")
	}
	var stored string
	if err := d.db.Raw("SELECT GROUP_CONCAT(CONCAT_WS(' ', id, employee_id, password_print)) FROM qlobooks_sessions").Scan(&stored).Error; err != nil || stored == "" {
		t.Fatal(err)
	}
	var hash string
	d.db.Raw("SELECT passwd FROM qlo_employee WHERE id_employee = 1").Scan(&hash)
	for _, word := range []string{s.Cookie.Reveal(), hash} {
		if strings.Contains(stored, word) {
			t.Error("our table holds a secret")
		}
	}
	who, err := d.Authenticate(t.Context(), s.Cookie)
	if err != nil || who != s.Caller {
		t.Errorf("the cookie gives %+v, %v", who, err)
	}
	if again, err := d.SignIn(t.Context(), "  MAREN@Larkspur.example ", secret.String(" "+manager.Password+" ")); err != nil || again.Cookie == s.Cookie {
		t.Errorf("QloApps takes blanks and capitals of an address: %v", err)
	}
	if len(d.heard) != 2 || d.heard[0] != "Maren Holt: Signed in as admin." {
		t.Errorf("heard %q", d.heard)
	}
}

// TestWrongSignInsLookAlike: nobody learns which addresses exist.
func TestWrongSignInsLookAlike(t *testing.T) {
	t.Parallel()

	d := sampleDesk(t)
	want := ""
	for name, try := range map[string][2]string{
		"wrong password": {manager.Email, "orchard lane 5"}, "unknown address": {"nobody@larkspur.example", manager.Password},
		"inactive": {leaver.Email, leaver.Password}, "no password": {manager.Email, ""}, "nothing": {"", ""},
		"another's password": {manager.Email, bookkeeper.Password}, "quote": {"' OR 1=1 -- ", "x"}, "pattern": {"%", manager.Password},
		"long": {manager.Email, string(make([]byte, 5000))},
	} {
		_, err := d.SignIn(t.Context(), try[0], secret.String(try[1]))
		if !fault.Is(err, fault.Forbidden) || fault.Of(err).Code != "wrong_credentials" {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want == "" {
			want = err.Error()
		}
		if err.Error() != want {
			t.Errorf("%s is told apart: %v", name, err)
		}
	}
	d.CookieKey = "another key"
	if _, err := d.SignIn(t.Context(), manager.Email, secret.String(manager.Password)); fault.Of(err).Code != "wrong_credentials" {
		t.Errorf("another cookie key: %v", err)
	}
	var n int
	if d.db.Raw("SELECT COUNT(*) FROM qlobooks_sessions").Scan(&n); n != 0 {
		t.Errorf("%d sessions were begun", n)
	}
}

// TestSessionsEnd goes through everything that ends a session.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name string
		do   func(t *testing.T, d *desk, s access.NewSession)
		ends bool
	}{
		{"used within 12 hours for 7 days", func(t *testing.T, d *desk, s access.NewSession) { keepUsing(t, d, s, 7*24*time.Hour-time.Minute) }, false},
		{"idle for 12 hours", func(_ *testing.T, d *desk, _ access.NewSession) { d.now = d.now.Add(access.SessionIdle) }, true},
		{"idle for a little less", func(_ *testing.T, d *desk, _ access.NewSession) { d.now = d.now.Add(access.SessionIdle - time.Second) }, false},
		{"7 days old", func(t *testing.T, d *desk, s access.NewSession) { keepUsing(t, d, s, 7*24*time.Hour) }, true},
		{"deactivated", func(t *testing.T, d *desk, _ access.NewSession) {
			d.exec(t, "UPDATE qlo_employee SET active = 0 WHERE id_employee = 2")
		}, true},
		{"removed", func(t *testing.T, d *desk, _ access.NewSession) {
			d.exec(t, "DELETE FROM qlo_employee WHERE id_employee = 2")
		}, true},
		{"password changed", func(t *testing.T, d *desk, _ access.NewSession) {
			d.exec(t, "UPDATE qlo_employee SET passwd = MD5('x') WHERE id_employee = 2")
		}, true},
		{"another's password changed", func(t *testing.T, d *desk, _ access.NewSession) {
			d.exec(t, "UPDATE qlo_employee SET passwd = MD5('x') WHERE id_employee = 1")
		}, false},
		{"signed out", func(t *testing.T, d *desk, s access.NewSession) { end(t, d, s, false) }, true},
		{"signed out elsewhere", func(t *testing.T, d *desk, s access.NewSession) { end(t, d, d.enter(t, bookkeeper), false) }, false},
		{"signed out everywhere from elsewhere", func(t *testing.T, d *desk, s access.NewSession) { end(t, d, d.enter(t, bookkeeper), true) }, true},
		{"somebody else signed out everywhere", func(t *testing.T, d *desk, s access.NewSession) { end(t, d, d.enter(t, manager), true) }, false},
	}
	d := sampleDesk(t)
	d.exec(t, "CREATE TABLE employees_before AS SELECT * FROM qlo_employee")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d.exec(t, "DELETE FROM qlobooks_sessions")
			d.exec(t, "REPLACE INTO qlo_employee SELECT * FROM employees_before")
			s := d.enter(t, bookkeeper)
			tt.do(t, d, s)
			_, err := d.Authenticate(t.Context(), s.Cookie)
			if ended := err != nil; ended != tt.ends || ended && fault.Of(err).Code != "session_ended" {
				t.Fatalf("ended: %v, %v", ended, err)
			}
			var left int
			d.db.Raw("SELECT COUNT(*) FROM qlobooks_sessions WHERE id = ?", s.Session()).Scan(&left)
			if left != 0 == tt.ends {
				t.Errorf("%d rows are left", left)
			}
		})
	}
}

func keepUsing(t *testing.T, d *desk, s access.NewSession, until time.Duration) {
	t.Helper()
	for end := d.now.Add(until); d.now.Before(end); {
		d.now = d.now.Add(min(11*time.Hour, end.Sub(d.now)))
		if d.now.Equal(end) {
			return
		}
		if _, err := d.Authenticate(t.Context(), s.Cookie); err != nil {
			t.Fatalf("ended at %v: %v", d.now, err)
		}
	}
}

func end(t *testing.T, d *desk, s access.NewSession, everywhere bool) {
	t.Helper()
	if err := d.End(t.Context(), s.Caller, everywhere); err != nil {
		t.Fatal(err)
	}
}

// TestRolesFollowTheSettings: a role counts at once, also for a session that has begun.
func TestRolesFollowTheSettings(t *testing.T) {
	t.Parallel()

	d := sampleDesk(t)
	s := d.enter(t, bookkeeper)
	role := func() access.Role {
		who, err := d.Authenticate(t.Context(), s.Cookie)
		if err != nil {
			t.Fatal(err)
		}
		return who.Role
	}
	if got := role(); got != access.Viewer {
		t.Errorf("a profile without a role is %s", got)
	}
	d.roles = map[string]string{"3": "accountant", "2": "operator", "1": "viewer"}
	if got := role(); got != access.Accountant {
		t.Errorf("a chosen role is %s", got)
	}
	d.roles = map[string]string{"3": "root"}
	if got := role(); got != access.Viewer {
		t.Errorf("an unknown role is %s", got)
	}
	d.exec(t, "UPDATE qlo_employee SET id_profile = 1 WHERE id_employee = 2")
	d.roles = map[string]string{"1": "viewer"}
	if got := role(); got != access.Admin {
		t.Errorf("the SuperAdmin is %s", got)
	}
}

func TestCSRFTokensBelongToOneSession(t *testing.T) {
	t.Parallel()

	a, b := secret.Token(), secret.Token()
	if !access.CSRFMatches(a, access.CSRFToken(a)) || access.CSRFMatches(b, access.CSRFToken(a)) || access.CSRFMatches(a, "") || access.CSRFMatches("", "") {
		t.Error("a CSRF token opens another session, or none is needed")
	}
}

// TestRealEmployees signs in with the employees of real installations, where those are at hand.
func TestRealEmployees(t *testing.T) {
	t.Parallel()

	for version, known := range map[string]struct{ key, password secret.String }{
		"1.7":   {"HSWZK3VNHAcRxDDnh9atPxHpUzqRXWPkqtJNf8ndeCwdFusgUZ30YUGe", "Qlo17admin!"},
		"1.6.1": {"CUbNT2kocmJZmsubBc6V8xxKBRai5hHYIes3VTNDLQbdCnO8zEH0Qi7M", "Qlo161admin"},
	} {
		dsn, there := privatetest.Dump(t, version)
		if !there {
			continue
		}
		d := openDesk(t, dsn, known.key)
		s, err := d.SignIn(t.Context(), "admin@example.com", known.password)
		if err != nil || s.Role != access.Admin {
			t.Errorf("%s: %+v, %v", version, s.Caller, err)
			continue
		}
		if who, err := d.Authenticate(t.Context(), s.Cookie); err != nil || who != s.Caller {
			t.Errorf("%s: %+v, %v", version, who, err)
		}
		if _, err := d.SignIn(t.Context(), "admin@example.com", known.password+"x"); fault.Of(err).Code != "wrong_credentials" {
			t.Errorf("%s with a wrong password: %v", version, err)
		}
	}
}

// TestOnlyTheAddressItselfLetsIn: MySQL finds an employee by other spellings too, and refuses to
// compare characters that QloApps' texts cannot hold. Neither is an address of anybody.
func TestOnlyTheAddressItselfLetsIn(t *testing.T) {
	t.Parallel()

	d := sampleDesk(t)
	accents := strings.NewReplacer("a", "á", "e", "ê")
	for _, email := range []string{accents.Replace(manager.Email), manager.Email + "\u0000", "😀@x", "😀" + manager.Email, strings.Repeat("a", 300), ""} {
		if _, err := d.SignIn(t.Context(), email, secret.String(manager.Password)); fault.Of(err).Code != "wrong_credentials" {
			t.Errorf("%q: %v", email, err)
		}
	}
	if _, err := d.SignIn(t.Context(), " "+strings.ToUpper(manager.Email)+" ", secret.String(manager.Password)); err != nil {
		t.Errorf("capitals: %v", err)
	}
	if a, b := access.Account(manager.Email), access.Account(accents.Replace(strings.ToUpper(manager.Email))); a != b {
		t.Errorf("%q and %q are counted apart", a, b)
	}
}

// TestABrowserIsKnownAgain as the person it was let in as, and as nobody else.
func TestABrowserIsKnownAgain(t *testing.T) {
	t.Parallel()

	s := &access.Sessions{CookieKey: "key"}
	kept := s.KnownBrowser("ada@example.com")
	if s.BrowserOf(kept, " ADA@example.com") == "" || s.BrowserOf(kept, "ada@example.com") != s.BrowserOf(kept, "Ada@example.com") {
		t.Error("it is not known again")
	}
	other := &access.Sessions{CookieKey: "another"}
	for name, got := range map[string]string{"another person": s.BrowserOf(kept, "bob@example.com"), "another key": other.BrowserOf(kept, "ada@example.com"), "nothing": s.BrowserOf("", "ada@example.com"), "half": s.BrowserOf(kept[:20], "ada@example.com"), "rubbish": s.BrowserOf("a.b", "ada@example.com")} {
		if got != "" {
			t.Errorf("%s: known as %q", name, got)
		}
	}
}

// TestANoteThatFailsRefusesNobody: when a token or session was used last is no reason.
func TestANoteThatFailsRefusesNobody(t *testing.T) {
	t.Parallel()

	d := sampleDesk(t)
	s := d.enter(t, manager)
	tokens := &access.Tokens{DB: d.db, Now: func() time.Time { return d.now }}
	_, text, err := tokens.Create(t.Context(), "n", access.Viewer, "Ada")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"qlobooks_tokens", "qlobooks_sessions"} {
		d.exec(t, "CREATE TRIGGER refuse_"+table+" BEFORE UPDATE ON "+table+" FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'read only'")
	}
	d.now = d.now.Add(2 * time.Minute)
	if _, err := tokens.Authenticate(t.Context(), text); err != nil {
		t.Errorf("token: %v", err)
	}
	if _, err := d.Authenticate(t.Context(), s.Cookie); err != nil {
		t.Errorf("session: %v", err)
	}
}

// TestAnEmployeeHasTwentySessionsAtMost so that nobody who may come in can fill the table; the one that was used
// longest ago gives way, and nobody else's.
func TestAnEmployeeHasTwentySessionsAtMost(t *testing.T) {
	t.Parallel()
	d := sampleDesk(t)
	others := d.enter(t, manager)
	kept := d.enter(t, bookkeeper)
	second := d.enter(t, bookkeeper)
	for range 19 {
		d.now = d.now.Add(2 * time.Minute)
		if _, err := d.Authenticate(t.Context(), kept.Cookie); err != nil {
			t.Fatal(err)
		}
		d.enter(t, bookkeeper)
	}
	if _, err := d.Authenticate(t.Context(), second.Cookie); err == nil || fault.Of(err).Code != "session_ended" {
		t.Errorf("the one that was not used for longest: %v", err)
	}
	for name, s := range map[string]access.NewSession{"the oldest, in use": kept, "another's": others} {
		if _, err := d.Authenticate(t.Context(), s.Cookie); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var rows int
	d.db.Raw("SELECT COUNT(*) FROM qlobooks_sessions WHERE employee_id = 2").Scan(&rows)
	if rows != 20 {
		t.Errorf("%d sessions", rows)
	}
}
