package rules

import (
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Locks say up to which day the books of sales are closed in Zoho Books.
type Locks struct {
	Known bool   `json:"known"`
	Sales string `json:"sales,omitempty"` // YYYY-MM-DD, itself locked; "" = nothing is
	Doubt string `json:"doubt,omitempty"` // why they are not known; then only Zoho's refusal tells
}

// Closed reports that a day lies in a locked period. "" is no day.
func (l Locks) Closed(day string) bool { return day != "" && day <= l.Sales }

// FirstOpen is the first day that is not locked, "" when none is.
func (l Locks) FirstOpen() string {
	last, err := time.Parse(time.DateOnly, l.Sales)
	if err != nil {
		return ""
	}
	return last.AddDate(0, 0, 1).Format(time.DateOnly)
}

// Refuse is Held/period_locked when any of the days is locked.
func (l Locks) Refuse(days ...string) error {
	for _, day := range days {
		if l.Closed(day) {
			return fault.New(fault.Held, "period_locked", "It concerns %s; Zoho Books has locked everything up to and including %s.", day, l.Sales).
				Do("Unlock the period in Zoho Books, then use Retry. New documents can also take the first open day: Configuration, Orders.")
		}
	}
	return nil
}
