package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/strict"
)

const (
	// SessionIdle ends a session that nobody used for so long.
	SessionIdle = 12 * time.Hour
	// SessionLife ends every session.
	SessionLife = 7 * 24 * time.Hour

	superAdmin = "1" // QloApps' profile that may everything and cannot be deleted
	longest    = 256 // characters of an address or a password worth looking at
)

// Employees are QloApps' own; *qloapps.Reader is the real one.
type Employees interface {
	EmployeesByEmail(ctx context.Context, email string) ([]qloapps.Employee, error)
	EmployeeByID(ctx context.Context, id string) (qloapps.Employee, bool, error)
}

// Sessions lets QloApps' employees in with their own password. The database keeps a hash of each
// session's secret; whoever it belongs to is looked up on every request, so that a deactivated
// employee, a changed password or another role counts at once.
type Sessions struct {
	DB        *gorm.DB
	Now       func() time.Time
	Employees Employees
	CookieKey secret.String // QloApps' _COOKIE_KEY_
	// ProfileRoles are the roles of QloApps' profiles, by profile id.
	ProfileRoles func(ctx context.Context) (map[string]string, error)
	// Changed is called after somebody signed in or out everywhere, for the audit; may be nil.
	Changed func(ctx context.Context, by, what string) error
}

// NewSession is a sign-in: the caller, and the secret for the cookie.
type NewSession struct {
	Caller
	Cookie secret.String
}

type sessionRow struct {
	ID, EmployeeID, PasswordPrint string
	CreatedAt, LastSeenAt         time.Time
}

// mostSessions is how many browsers one employee can be signed in with; the one that was used longest ago gives way.
const mostSessions = 20

// SignIn begins a session. A wrong password, an unknown address and an inactive employee get the
// same answer, fault.Forbidden/wrong_credentials.
func (s *Sessions) SignIn(ctx context.Context, email string, password secret.String) (NewSession, error) {
	// QloApps trims both before it looks.
	email, password = strings.TrimSpace(email), secret.String(strings.TrimSpace(password.Reveal()))
	if len(email) > longest || len(password) > longest {
		email, password = "", ""
	}
	list, err := s.Employees.EmployeesByEmail(ctx, email)
	if err != nil {
		return NewSession{}, err
	}
	employee, ok := match(exactly(list, email), s.CookieKey, password)
	if !ok || email == "" || password == "" {
		return NewSession{}, fault.New(fault.Forbidden, "wrong_credentials", "The e-mail address or the password is not right, or the employee is not active in QloApps.").
			Do("Use the e-mail address and password of QloApps' back office.")
	}
	role, err := s.role(ctx, employee)
	if err != nil {
		return NewSession{}, err
	}
	cookie, now := secret.Token(), s.Now().UTC()
	db := s.DB.WithContext(ctx)
	if err := db.Exec("DELETE FROM qlobooks_sessions WHERE last_seen_at < ? OR created_at < ?", now.Add(-SessionIdle), now.Add(-SessionLife)).Error; err != nil {
		return NewSession{}, fmt.Errorf("clear sessions: %w", err)
	}
	err = db.Exec("INSERT INTO qlobooks_sessions (id, employee_id, password_print, created_at, last_seen_at) VALUES (?, ?, ?, ?, ?)",
		secret.Hash(cookie), employee.ID, printOf(employee), now, now).Error
	if err != nil {
		return NewSession{}, fmt.Errorf("begin session: %w", err)
	}
	err = db.Exec("DELETE FROM qlobooks_sessions WHERE employee_id = ? AND id NOT IN (SELECT id FROM (SELECT id FROM qlobooks_sessions WHERE employee_id = ? ORDER BY last_seen_at DESC, id = ? DESC LIMIT ?) newest)",
		employee.ID, employee.ID, secret.Hash(cookie), mostSessions).Error
	if err != nil {
		return NewSession{}, fmt.Errorf("end the sessions beyond the newest: %w", err)
	}
	n := NewSession{Caller: callerOf(employee, secret.Hash(cookie), role), Cookie: cookie}
	return n, s.changed(ctx, n.Name, fmt.Sprintf("Signed in as %s.", role))
}

// Authenticate finds the caller behind a cookie; fault.Forbidden/session_ended for any that is
// not or no longer good.
func (s *Sessions) Authenticate(ctx context.Context, cookie secret.String) (Caller, error) {
	ended := fault.New(fault.Forbidden, "session_ended", "The session has ended.").Do("Sign in again.")
	if !secret.IsToken(cookie) {
		return Caller{}, ended
	}
	id, now := secret.Hash(cookie), s.Now().UTC()
	var rows []sessionRow
	err := s.DB.WithContext(ctx).Raw("SELECT id, employee_id, password_print, created_at, last_seen_at FROM qlobooks_sessions WHERE id = ?", id).Scan(&rows).Error
	if err != nil {
		return Caller{}, fmt.Errorf("look session up: %w", err)
	}
	if len(rows) == 0 {
		return Caller{}, ended
	}
	row := rows[0]
	if now.Sub(row.LastSeenAt) >= SessionIdle || now.Sub(row.CreatedAt) >= SessionLife {
		return Caller{}, s.end(ctx, id, ended)
	}
	employee, there, err := s.Employees.EmployeeByID(ctx, row.EmployeeID)
	if err != nil {
		return Caller{}, err
	}
	if !there || !employee.Active || subtle.ConstantTimeCompare([]byte(printOf(employee)), []byte(row.PasswordPrint)) != 1 {
		return Caller{}, s.end(ctx, id, ended)
	}
	role, err := s.role(ctx, employee)
	if err != nil {
		return Caller{}, err
	}
	if now.Sub(row.LastSeenAt) > time.Minute {
		if err := s.DB.WithContext(ctx).Exec("UPDATE qlobooks_sessions SET last_seen_at = ? WHERE id = ?", now, id).Error; err != nil {
			slog.WarnContext(ctx, "the use of a session could not be noted", "error", err) // no reason to refuse it
		}
	}
	return callerOf(employee, id, role), nil
}

// end removes a session that is over; the answer stays the same when that fails.
func (s *Sessions) end(ctx context.Context, id string, answer error) error {
	if err := s.DB.WithContext(ctx).Exec("DELETE FROM qlobooks_sessions WHERE id = ?", id).Error; err != nil {
		slog.DebugContext(ctx, "a session that is over could not be removed", "error", err)
	}
	return answer
}

// End ends the caller's session, or every session of the employee it belongs to.
func (s *Sessions) End(ctx context.Context, c Caller, everywhere bool) error {
	query, arg := "DELETE FROM qlobooks_sessions WHERE id = ?", c.Session()
	if everywhere {
		query, arg = "DELETE FROM qlobooks_sessions WHERE employee_id = ?", c.Employee
	}
	res := s.DB.WithContext(ctx).Exec(query, arg)
	if res.Error != nil {
		return fmt.Errorf("end session: %w", res.Error)
	}
	if !everywhere {
		return nil
	}
	return s.changed(ctx, c.Name, fmt.Sprintf("Signed out everywhere: %d sessions ended.", res.RowsAffected))
}

// role is read on every request: it changes when the settings or the employee's profile do.
func (s *Sessions) role(ctx context.Context, e qloapps.Employee) (Role, error) {
	return roleOf(ctx, s.ProfileRoles, e)
}

// MakerOf tells of an employee what Tokens.Maker must know.
func MakerOf(employees Employees, profileRoles func(context.Context) (map[string]string, error)) func(context.Context, string) (Role, bool, error) {
	return func(ctx context.Context, id string) (Role, bool, error) {
		e, there, err := employees.EmployeeByID(ctx, id)
		if err != nil || !there || !e.Active {
			return "", false, err
		}
		role, err := roleOf(ctx, profileRoles, e)
		return role, true, err
	}
}

func roleOf(ctx context.Context, profileRoles func(context.Context) (map[string]string, error), e qloapps.Employee) (Role, error) {
	if e.ProfileID == superAdmin {
		return Admin, nil
	}
	roles, err := profileRoles(ctx)
	if err != nil {
		return "", err
	}
	if role := Role(roles[e.ProfileID]); role.Valid() {
		return role, nil
	}
	return Viewer, nil
}

func (s *Sessions) changed(ctx context.Context, by, what string) error {
	if s.Changed == nil {
		return nil
	}
	return s.Changed(ctx, by, what)
}

func callerOf(e qloapps.Employee, session string, role Role) Caller {
	name := strict.Plain(e.FirstName + " " + e.LastName)
	if name == "" {
		name = strict.Plain(e.Email)
	}
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:120])
	}
	return Caller{Kind: BySession, ID: session, Employee: e.ID, Name: name, Email: e.Email, Role: role}
}

// CSRFToken is what a page must send along with everything that a cookie alone must not do. It
// follows from the cookie's secret, so that it needs no keeping and dies with the session.
func CSRFToken(cookie secret.String) string {
	mac := hmac.New(sha256.New, []byte(cookie.Reveal()))
	mac.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// CSRFMatches compares without telling by its duration how much agrees.
func CSRFMatches(cookie secret.String, token string) bool {
	return subtle.ConstantTimeCompare([]byte(CSRFToken(cookie)), []byte(token)) == 1
}
