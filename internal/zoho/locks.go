package zoho

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Locks say up to which day parts of the books are frozen. A day is locked itself; "" = no period is.
type Locks struct {
	Known   bool   // Zoho said something that was understood
	Sales   string // sales orders, invoices, credit notes and the money for them
	Banking string // what stands in accounts of the bank
	Journal string // what accountants enter: journals
	Doubt   string // why the locks are not known, for people
}

type lock struct {
	Status  State `json:"transaction_lock_status"`
	State   State `json:"lock_status"`
	Date    Text  `json:"transaction_lock_date"`
	End     Text  `json:"end_date"` // of an accounting period
	Scope   Text  `json:"lock_scope"`
	Words   Text  `json:"lock_scope_formatted"`
	Module  Text  `json:"transaction_lock_module"`
	Partial Text  `json:"lock_module"`
}

// Locks reads which periods are locked. What Zoho refuses to tell, or tells in a way that is
// not understood, is not known, which is never the same as not locked. Errors are those of calls that may
// be tried again.
func (c *Client) Locks(ctx context.Context) (Locks, error) {
	resp, err := c.Do(ctx, Request{Method: "GET", Path: "/transactionlocks", Query: url.Values{"page": {"1"}, "per_page": {"200"}}})
	switch {
	case Missing(err) && refusedScope(err):
		return Locks{Doubt: "The grant does not allow reading which periods are locked. Connect again to allow it."}, nil
	case fault.Is(err, fault.Rejected), fault.Is(err, fault.NotFound), fault.Is(err, fault.Held):
		return Locks{Doubt: "Zoho Books does not tell which periods are locked: " + fault.Of(err).Detail}, nil
	case err != nil:
		return Locks{}, err
	}
	return readLocks(resp.Body), nil
}

// refusedScope reports that only this call was refused: code 57 is "not authorized", whereas a
// dead grant is found out by the renewal of its token.
func refusedScope(err error) bool {
	a, ok := fault.Of(err).Cause.(answered)
	return ok && a.code == "57"
}

const notUnderstood = "Zoho Books tells the locked periods in a way that is not understood."

func readLocks(body json.RawMessage) Locks {
	list, ok := lockList(body)
	if !ok {
		return Locks{Doubt: notUnderstood}
	}
	found := Locks{Known: true}
	for _, l := range list {
		sales, banking, journal := l.closes()
		if !sales && !banking && !journal {
			continue
		}
		day := l.day()
		if day == "" {
			return Locks{Doubt: notUnderstood}
		}
		if sales {
			found.Sales = max(found.Sales, day)
		}
		if banking {
			found.Banking = max(found.Banking, day)
		}
		if journal {
			found.Journal = max(found.Journal, day)
		}
	}
	return found
}

// lockList takes the list out of an answer: the documented name first, then any that reads so.
func lockList(body json.RawMessage) ([]lock, bool) {
	var envelope map[string]json.RawMessage
	if json.Unmarshal(body, &envelope) != nil {
		return nil, false
	}
	for _, name := range []string{"transaction_locks", "transactionlocks", "transaction_lock", "transactionlock", "locks"} {
		raw, there := envelope[name]
		if !there {
			continue
		}
		var list []lock
		if json.Unmarshal(raw, &list) == nil {
			return list, true
		}
		var one lock
		return []lock{one}, json.Unmarshal(raw, &one) == nil
	}
	return nil, false
}

// closes reports which parts of the books a lock that is on may concern. What cannot be told counts
// as all.
func (l lock) closes() (sales, banking, journal bool) {
	for _, status := range []State{l.Status, l.State} {
		switch status {
		case "disabled", "unlocked", "not_locked", "inactive":
			return false, false, false
		}
	}
	if l.Status == "" && l.State == "" && l.Date == "" && l.End == "" {
		return false, false, false // a row that was never used
	}
	for _, module := range []Text{l.Module, l.Partial, l.Words} {
		if module != "" {
			return named(strings.ToLower(string(module)))
		}
	}
	switch l.Scope { // in the order in which Zoho names the modules
	case "1":
		return true, false, false
	case "3":
		return true, true, true
	case "4":
		return false, true, false
	case "2", "5":
		return false, false, false
	default:
		return true, true, true
	}
}

// named reads which parts of the books a lock names, and takes a name it does not know for all.
func named(words string) (sales, banking, journal bool) {
	sales, banking = strings.Contains(words, "sale"), strings.Contains(words, "bank")
	journal = strings.Contains(words, "accountant") || strings.Contains(words, "journal")
	if sales || banking || journal {
		return sales, banking, journal
	}
	for _, other := range []string{"purchase", "inventory", "payroll"} {
		if strings.Contains(words, other) {
			return false, false, false
		}
	}
	return true, true, true
}

// day is the last locked day, "" when none can be read.
func (l lock) day() string {
	last := ""
	for _, text := range []Text{l.Date, l.End} {
		for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05"} {
			if at, err := time.Parse(layout, string(text)); err == nil {
				last = max(last, at.Format(time.DateOnly))
				break
			}
		}
	}
	return last
}
