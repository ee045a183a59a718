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
}

// Tokens keeps API tokens; the database holds only their hashes.
type Tokens struct {
	DB  *gorm.DB
	Now func() time.Time
	// Changed is called after a token was made or deleted, for the audit; may be nil.
	Changed func(ctx context.Context, by, what string) error
}

const tokenMark = "qlb_"

type tokenRow struct {
	ID                            uint64
	Name, Role, Prefix, CreatedBy string
	CreatedAt                     time.Time
	LastUsedAt                    *time.Time
}

func (r tokenRow) token() Token {
	t := Token{ID: strconv.FormatUint(r.ID, 10), Name: r.Name, Role: Role(r.Role), Prefix: r.Prefix, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt}
	if r.LastUsedAt != nil {
		t.LastUsedAt = *r.LastUsedAt
	}
	return t
}

const tokenColumns = "id, name, role, prefix, created_by, created_at, last_used_at"

// Create makes a token and gives its secret, which nobody can read again.
func (t *Tokens) Create(ctx context.Context, name string, role Role, by string) (Token, string, error) {
	name = strict.Plain(name)
	if name == "" || len([]rune(name)) > 100 {
		return Token{}, "", fault.New(fault.Invalid, "validation", "A token needs a name of at most 100 characters.").On("name")
	}
	if !role.Valid() {
		return Token{}, "", fault.New(fault.Invalid, "validation", "There is no role %q; roles are viewer, operator, accountant and admin.", role).On("role")
	}
	plain := secret.String(tokenMark + secret.Token().Reveal())
	row := tokenRow{Name: name, Role: string(role), Prefix: plain.Reveal()[:len(tokenMark)+6], CreatedBy: by, CreatedAt: t.Now().UTC()}
	err := t.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("INSERT INTO qlobooks_tokens (name, role, prefix, hash, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?)",
			row.Name, row.Role, row.Prefix, secret.Hash(plain), row.CreatedBy, row.CreatedAt).Error; err != nil {
			return err
		}
		return tx.Raw("SELECT LAST_INSERT_ID()").Scan(&row.ID).Error
	})
	if err != nil {
		return Token{}, "", fmt.Errorf("create token: %w", err)
	}
	if err := t.changed(ctx, by, fmt.Sprintf("Token «%s» made with the role %s.", name, role)); err != nil {
		return Token{}, "", err
	}
	return row.token(), plain.Reveal(), nil
}

// List gives all tokens, newest first.
func (t *Tokens) List(ctx context.Context) ([]Token, error) {
	var rows []tokenRow
	if err := t.DB.WithContext(ctx).Raw("SELECT " + tokenColumns + " FROM qlobooks_tokens ORDER BY id DESC").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	list := make([]Token, len(rows))
	for i, r := range rows {
		list[i] = r.token()
	}
	return list, nil
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
		return fault.New(fault.NotFound, "not_found", "There is no token «%s».", id)
	}
	res := t.DB.WithContext(ctx).Exec("DELETE FROM qlobooks_tokens WHERE id = ?", id)
	if res.Error != nil {
		return fmt.Errorf("delete token: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return fault.New(fault.NotFound, "not_found", "There is no token «%s».", id)
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
	var rows []tokenRow
	err := t.DB.WithContext(ctx).Raw("SELECT "+tokenColumns+" FROM qlobooks_tokens WHERE hash = ?", secret.Hash(secret.String(text))).Scan(&rows).Error
	if err != nil {
		return Caller{}, fmt.Errorf("look token up: %w", err)
	}
	if len(rows) == 0 || !strings.HasPrefix(text, tokenMark) {
		return Caller{}, fault.New(fault.Forbidden, "invalid_token", "The API token is not valid.").Do("Ask an administrator for a new one.")
	}
	row := rows[0].token()
	if now := t.Now().UTC(); now.Sub(row.LastUsedAt) > time.Minute {
		if err := t.DB.WithContext(ctx).Exec("UPDATE qlobooks_tokens SET last_used_at = ? WHERE id = ?", now, row.ID).Error; err != nil {
			slog.WarnContext(ctx, "the use of a token could not be noted", "error", err) // no reason to refuse it
		}
	}
	return Caller{Kind: ByToken, ID: row.ID, Name: row.Name, Role: row.Role}, nil
}
