package access

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// What became of a sign-in.
const (
	SignedIn  = "signed_in"
	Refused   = "refused"   // a wrong password, an unknown address or an inactive employee
	Throttled = "throttled" // there were so many wrong ones that it was not looked at
)

// mostSignIns are kept whatever their age: strangers cannot fill the database.
const mostSignIns = 20_000

// SignIns is the list of who tried to sign in.
type SignIns struct {
	DB  *gorm.DB
	Now func() time.Time
}

// SignInTry is one try. Account is the address as it was typed, Employee whose session began, if any.
type SignInTry struct{ Account, Employee, From, Browser, Outcome string }

// Note keeps a try.
func (s *SignIns) Note(ctx context.Context, try SignInTry) error {
	err := s.DB.WithContext(ctx).Exec("INSERT INTO qlobooks_sign_ins (at, account, employee_id, address, browser, outcome) VALUES (?, ?, ?, ?, ?, ?)",
		s.Now().UTC(), short(try.Account, 120), try.Employee, short(try.From, 64), short(try.Browser, 200), try.Outcome).Error
	if err != nil {
		return fmt.Errorf("note a sign-in: %w", err)
	}
	return nil
}

// List gives one page, newest first: of one employee, or of all when employee is "".
func (s *SignIns) List(ctx context.Context, employee string, limit int, after *wire.Position) (wire.SignInPage, error) {
	page := wire.SignInPage{Items: []wire.SignInTry{}}
	where, args := "id < ?", []any{uint64(1) << 63}
	if after != nil {
		n, err := strconv.ParseUint(after.ID, 10, 63)
		if err != nil {
			return page, fault.New(fault.Invalid, "validation", "The cursor is not one of this list.").On("cursor")
		}
		args[0] = n
	}
	if employee != "" {
		where, args = where+" AND employee_id = ?", append(args, employee)
	}
	var rows []struct {
		ID                                             uint64
		At                                             time.Time
		Account, EmployeeID, Address, Browser, Outcome string
	}
	err := s.DB.WithContext(ctx).Raw("SELECT id, at, account, employee_id, address, browser, outcome FROM qlobooks_sign_ins WHERE "+where+" ORDER BY id DESC LIMIT ?", append(args, limit+1)...).Scan(&rows).Error
	if err != nil {
		return page, fmt.Errorf("list sign-ins: %w", err)
	}
	for i, r := range rows {
		if i == limit {
			page.Next = &wire.Position{ID: page.Items[limit-1].ID}
			break
		}
		page.Items = append(page.Items, wire.SignInTry{ID: fmt.Sprint(r.ID), At: wire.At(r.At), Account: r.Account, EmployeeID: wire.TextOrNull(r.EmployeeID), From: r.Address, Browser: r.Browser, Outcome: r.Outcome})
	}
	return page, nil
}

// Clean forgets those older than days, and the oldest of more than are kept at all.
func (s *SignIns) Clean(ctx context.Context, days int) error {
	const slice = 5000
	var last uint64
	db := s.DB.WithContext(ctx)
	if err := db.Raw("SELECT COALESCE(MAX(id), 0) FROM qlobooks_sign_ins").Scan(&last).Error; err != nil {
		return fmt.Errorf("find old sign-ins: %w", err)
	}
	var before uint64
	if last > mostSignIns {
		before = last - mostSignIns
	}
	for {
		res := db.Exec("DELETE FROM qlobooks_sign_ins WHERE at < ? OR id <= ? ORDER BY id LIMIT ?", s.Now().UTC().AddDate(0, 0, -days), before, slice)
		if res.Error != nil {
			return fmt.Errorf("delete old sign-ins: %w", res.Error)
		}
		if res.RowsAffected < slice {
			return nil
		}
	}
}

// short keeps as many characters as a column takes.
func short(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}
