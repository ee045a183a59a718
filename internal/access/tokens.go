package access

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/strict"
)

// Token is an API token without its secret.
type Token struct {
	ID, Name   string
	Role       Role
	Prefix     string
	CreatedBy  string
	CreatedAt  time.Time
	LastUsedAt time.Time
	ExpiresAt  *time.Time // nil = never
	Employee   string     // of QloApps, with whom it ends; "" = nobody
	State      TokenState // List tells it
}

// TokenState is whether a token still lets anybody in.
type TokenState string

const (
	TokenActive  TokenState = "active"
	TokenExpired TokenState = "expired"
	TokenEnded   TokenState = "ended" // with the employee who made it
)

// TokenLife is how long a token lasts about which nothing else was said.
const TokenLife = 365 * 24 * time.Hour

// TokenWish is a token that somebody wants.
type TokenWish struct {
	Name      string
	Role      Role
	By        string
	Employee  string     // with whom it ends; "" = nobody
	ExpiresAt *time.Time // nil = never
}

// Tokens keeps API tokens; the database holds only their hashes.
type Tokens struct {
	DB  *gorm.DB
	Now func() time.Time
	// Changed is called after a token was made or deleted, for the audit; may be nil.
	Changed func(ctx context.Context, by, what string) error
	// Maker gives the present role of an employee of QloApps, false when that one may not come in any
	// more; nil = employees are not looked at.
	Maker func(ctx context.Context, employee string) (Role, bool, error)
}

const tokenMark = "qlb_"

type tokenRow struct {
	ID                            uint64
	Name, Role, Prefix, CreatedBy string
	CreatedAt                     time.Time
	LastUsedAt, ExpiresAt         *time.Time
	EmployeeID                    string
}

func (r tokenRow) token() Token {
	t := Token{ID: strconv.FormatUint(r.ID, 10), Name: r.Name, Role: Role(r.Role), Prefix: r.Prefix, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, Employee: r.EmployeeID}
	if r.LastUsedAt != nil {
		t.LastUsedAt = *r.LastUsedAt
	}
	return t
}

const tokenColumns = "id, name, role, prefix, created_by, created_at, last_used_at, expires_at, employee_id"

// Create makes a token that is nobody's and lasts TokenLife.
func (t *Tokens) Create(ctx context.Context, name string, role Role, by string) (Token, string, error) {
	end := t.Now().UTC().Add(TokenLife)
	return t.Make(ctx, TokenWish{Name: name, Role: role, By: by, ExpiresAt: &end})
}

// Make makes a token and gives its secret, which nobody can read again.
func (t *Tokens) Make(ctx context.Context, wish TokenWish) (Token, string, error) {
	name, role, by := strict.Plain(wish.Name), wish.Role, wish.By
	if name == "" || len([]rune(name)) > 100 {
		return Token{}, "", fault.New(fault.Invalid, "validation", "A token needs a name of at most 100 characters.").On("name")
	}
	if store.IsItself(name) {
		return Token{}, "", fault.New(fault.Invalid, "validation", "%s is what the log calls QloBooks itself. Choose another name.", name).On("name")
	}
	if !role.Valid() {
		return Token{}, "", fault.New(fault.Invalid, "validation", "There is no role %q; roles are viewer, operator, accountant and admin.", role).On("role")
	}
	now := t.Now().UTC()
	if end := wish.ExpiresAt; end != nil && (!end.After(now) || end.After(now.AddDate(10, 0, 0))) {
		return Token{}, "", fault.New(fault.Invalid, "validation", "A token ends within the next ten years, or never.").On("expires_at")
	}
	plain := secret.String(tokenMark + secret.Token().Reveal())
	row := tokenRow{Name: name, Role: string(role), Prefix: plain.Reveal()[:len(tokenMark)+6], CreatedBy: by, CreatedAt: now, ExpiresAt: wish.ExpiresAt, EmployeeID: wish.Employee}
	err := t.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("INSERT INTO qlobooks_tokens (name, role, prefix, hash, created_by, created_at, expires_at, employee_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			row.Name, row.Role, row.Prefix, secret.Hash(plain), row.CreatedBy, row.CreatedAt, row.ExpiresAt, row.EmployeeID).Error; err != nil {
			return err
		}
		return tx.Raw("SELECT LAST_INSERT_ID()").Scan(&row.ID).Error
	})
	if err != nil {
		return Token{}, "", fmt.Errorf("create token: %w", err)
	}
	if err := t.changed(ctx, by, fmt.Sprintf("Token «%s» made with the role %s; it ends %s.", name, role, endOf(wish.ExpiresAt))); err != nil {
		return Token{}, "", err
	}
	return row.token(), plain.Reveal(), nil
}

// List gives all tokens, newest first, each with the role that it has now.
func (t *Tokens) List(ctx context.Context) ([]Token, error) {
	var rows []tokenRow
	if err := t.DB.WithContext(ctx).Raw("SELECT " + tokenColumns + " FROM qlobooks_tokens ORDER BY id DESC").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	list := make([]Token, len(rows))
	once := *t
	once.Maker = remembered(t.Maker)
	for i, r := range rows {
		list[i] = r.token()
		role, state, err := once.judge(ctx, list[i])
		if err != nil {
			return nil, err
		}
		if list[i].State = state; state == TokenActive {
			list[i].Role = role
		}
	}
	return list, nil
}

// remembered asks once for each employee, however many tokens one made.
func remembered(maker func(context.Context, string) (Role, bool, error)) func(context.Context, string) (Role, bool, error) {
	if maker == nil {
		return nil
	}
	type answer struct {
		role  Role
		there bool
	}
	known := map[string]answer{}
	return func(ctx context.Context, employee string) (Role, bool, error) {
		if a, ok := known[employee]; ok {
			return a.role, a.there, nil
		}
		role, there, err := maker(ctx, employee)
		if err == nil {
			known[employee] = answer{role, there}
		}
		return role, there, err
	}
}

// judge gives what a token may do now: never more than the employee who made it may.
func (t *Tokens) judge(ctx context.Context, token Token) (Role, TokenState, error) {
	if token.ExpiresAt != nil && !t.Now().Before(*token.ExpiresAt) {
		return "", TokenExpired, nil
	}
	if token.Employee == "" || t.Maker == nil {
		return token.Role, TokenActive, nil
	}
	role, there, err := t.Maker(ctx, token.Employee)
	switch {
	case err != nil:
		return "", "", err
	case !there:
		return "", TokenEnded, nil
	case role.Includes(token.Role):
		return token.Role, TokenActive, nil
	default:
		return role, TokenActive, nil
	}
}

// May reports whether what was begun was so with a token, and that still lets somebody in with this role.
func (t *Tokens) May(ctx context.Context, begun string, needed Role) (bool, error) {
	id, ok := strings.CutPrefix(begun, begunByToken)
	if !ok {
		return false, nil
	}
	var rows []tokenRow
	if err := t.DB.WithContext(ctx).Raw("SELECT "+tokenColumns+" FROM qlobooks_tokens WHERE id = ?", id).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return false, err
	}
	role, state, err := t.judge(ctx, rows[0].token())
	return err == nil && state == TokenActive && role.Includes(needed), err
}

// TakeOver ties a token to whoever takes it over, instead of the employee who made it.
func (t *Tokens) TakeOver(ctx context.Context, id string, by Caller) error {
	if _, err := strconv.ParseUint(id, 10, 64); err != nil {
		return noToken(id)
	}
	owner := by.Employee
	if by.Kind == ByToken {
		owner = by.Owner
	}
	var found []string
	err := t.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Raw("SELECT name FROM qlobooks_tokens WHERE id = ? FOR UPDATE", id).Scan(&found).Error; err != nil || len(found) == 0 {
			return err
		}
		return tx.Exec("UPDATE qlobooks_tokens SET employee_id = ? WHERE id = ?", owner, id).Error
	})
	if err != nil {
		return fmt.Errorf("take a token over: %w", err)
	}
	if len(found) == 0 {
		return noToken(id)
	}
	return t.changed(ctx, by.Name, fmt.Sprintf("Token «%s» taken over.", found[0]))
}

func noToken(id string) error {
	return fault.New(fault.NotFound, "not_found", "There is no token «%s».", id)
}

func endOf(at *time.Time) string {
	if at == nil {
		return "never"
	}
	return "on " + at.UTC().Format(time.DateOnly)
}

// Count tells how many tokens there are.
func (t *Tokens) Count(ctx context.Context) (int, error) {
	var n int
	err := t.DB.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_tokens").Scan(&n).Error
	return n, err
}

// Delete makes a token invalid at once.
func (t *Tokens) Delete(ctx context.Context, id, by string) error {
	// MySQL would take "1abc" for 1.
	if _, err := strconv.ParseUint(id, 10, 64); err != nil {
		return noToken(id)
	}
	res := t.DB.WithContext(ctx).Exec("DELETE FROM qlobooks_tokens WHERE id = ?", id)
	if res.Error != nil {
		return fmt.Errorf("delete token: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return noToken(id)
	}
	return t.changed(ctx, by, "Token "+id+" deleted.")
}

func (t *Tokens) changed(ctx context.Context, by, what string) error {
	if t.Changed == nil {
		return nil
	}
	return t.Changed(ctx, by, what)
}

// Authenticate finds the caller behind a secret. It is looked up by its hash, so that the time
// taken says nothing about it.
func (t *Tokens) Authenticate(ctx context.Context, text string) (Caller, error) {
	no := fault.New(fault.Forbidden, "invalid_token", "The API token is not valid.").Do("Ask an administrator for a new one.")
	if random, marked := strings.CutPrefix(text, tokenMark); !marked || !secret.IsToken(secret.String(random)) {
		return Caller{}, no
	}
	var rows []tokenRow
	err := t.DB.WithContext(ctx).Raw("SELECT "+tokenColumns+" FROM qlobooks_tokens WHERE hash = ?", secret.Hash(secret.String(text))).Scan(&rows).Error
	if err != nil {
		return Caller{}, fmt.Errorf("look token up: %w", err)
	}
	if len(rows) == 0 {
		return Caller{}, no
	}
	row := rows[0].token()
	role, state, err := t.judge(ctx, row)
	switch {
	case err != nil:
		return Caller{}, err
	case state == TokenExpired:
		return Caller{}, fault.New(fault.Forbidden, "invalid_token", "The API token has ended on %s.", row.ExpiresAt.UTC().Format(time.DateOnly)).Do("Ask an administrator for a new one.")
	case state == TokenEnded:
		return Caller{}, fault.New(fault.Forbidden, "invalid_token", "The API token has ended with the employee who made it.").Do("Ask an administrator to take it over, or for a new one.")
	}
	if now := t.Now().UTC(); now.Sub(row.LastUsedAt) > time.Minute {
		if err := t.DB.WithContext(ctx).Exec("UPDATE qlobooks_tokens SET last_used_at = ? WHERE id = ?", now, row.ID).Error; err != nil {
			slog.WarnContext(ctx, "the use of a token could not be noted", "error", err) // no reason to refuse it
		}
	}
	return Caller{Kind: ByToken, ID: row.ID, Name: row.Name, Role: role, Owner: row.Employee}, nil
}
