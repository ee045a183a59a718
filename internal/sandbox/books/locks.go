package books

import (
	"fmt"
	"net/http"
	"slices"
)

// lockModules are what can be locked by itself, in the order of Zoho's lock_scope; 0 is all.
var lockModules = []string{"all", "sales", "purchase", "accountant", "banking", "inventory_adjustments"}

// lock freezes everything of a module dated on or before Day.
type lock struct{ ID, Day string }

// SetLockDate freezes everything of sales dated on or before day; "" unlocks.
func (s *Server) SetLockDate(day string) { _ = s.SetLock("sales", day) }

// SetLock freezes everything of a module dated on or before day; "" unlocks.
func (s *Server) SetLock(module, day string) error {
	if !slices.Contains(lockModules, module) || day != "" && !isDay(day) {
		return fmt.Errorf("lock %q on %q: the module must be one of %v, the day YYYY-MM-DD or empty", module, day, lockModules)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.locks[module]
	if l.ID == "" {
		l.ID = s.id()
	}
	l.Day = day
	s.locks[module] = l
	return nil
}

func (s *Server) listLocks(r *request) (int, object, *refusal) {
	if r.method != http.MethodGet {
		return 0, nil, errMethod
	}
	rows := []object{}
	for scope, module := range lockModules {
		l, there := s.locks[module]
		if !there {
			continue
		}
		status, words := "disabled", "Unlocked"
		if l.Day != "" {
			status, words = "enabled", "Locked"
		}
		row := object{"transaction_lock_id": l.ID, "transaction_lock_date": l.Day, "transaction_lock_status": status, "transaction_lock_module": module,
			"lock_status": map[bool]string{true: "locked", false: "unlocked"}[l.Day != ""], "lock_status_formatted": words,
			"lock_scope": scope, "lock_scope_formatted": module, "partial_lock_number": 0,
			"user_exceptions": []string{}, "user_exceptions_count": 0, "account_exceptions": []string{}, "account_exceptions_count": 0, "reason": ""}
		rows = append(rows, row)
	}
	return paged(r, "transaction_locks", rows)
}

// locked refuses days that are frozen for sales.
func (s *Server) locked(days ...string) *refusal { return s.frozen([]string{"all", "sales"}, days) }

// moneyLocked refuses days that are frozen for what moves money: payments and refunds are of sales,
// and of the bank.
func (s *Server) moneyLocked(days ...string) *refusal {
	return s.frozen([]string{"all", "sales", "banking"}, days)
}

func (s *Server) frozen(modules, days []string) *refusal {
	for _, module := range modules {
		last := s.locks[module].Day
		for _, day := range days {
			if last != "" && day != "" && day <= last {
				return refuse(400, 2017, "The transaction date falls in a period that is locked (on or before %s).", last)
			}
		}
	}
	return nil
}
