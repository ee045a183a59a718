package rules

import (
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// Locks say up to which day parts of the books are closed in Zoho Books, each part by itself. The
// days are YYYY-MM-DD and locked themselves; "" = nothing is.
type Locks struct {
	Known   bool   `json:"known"`
	Sales   string `json:"sales,omitempty"`   // sales orders, invoices, credit notes, payments, refunds
	Banking string `json:"banking,omitempty"` // what moves money: payments and refunds
	Journal string `json:"journal,omitempty"` // what accountants enter by hand: journals
	Doubt   string `json:"doubt,omitempty"`   // why they are not known; then only Zoho's refusal tells
}

// Lock is the last locked day for one kind of document, and the part of the books that locks it.
type Lock struct{ Last, Part string }

// Paper locks what only states what is owed: sales orders, invoices, credit notes.
func (l Locks) Paper() Lock { return Lock{l.Sales, "sales"} }

// Money locks payments and refunds. They are of sales, and stand in an account of the bank: either
// lock may keep them out, so both count.
func (l Locks) Money() Lock {
	if l.Banking > l.Sales {
		return Lock{l.Banking, "banking"}
	}
	return l.Paper()
}

// Entered locks journals.
func (l Locks) Entered() Lock { return Lock{l.Journal, "journals"} }

// Closed reports that a day lies in a locked period. "" is no day.
func (l Lock) Closed(day string) bool { return day != "" && day <= l.Last }

// FirstOpen is the first day that is not locked, "" when none is.
func (l Lock) FirstOpen() string {
	last, err := time.Parse(time.DateOnly, l.Last)
	if err != nil {
		return ""
	}
	return last.AddDate(0, 0, 1).Format(time.DateOnly)
}

// Days are those that a change of the books concerns: with what is owed, with money, and with journals.
type Days struct{ Paper, Money, Journal []string }

// Add names more days, of money or not.
func (d *Days) Add(money bool, days ...string) {
	if money {
		d.Money = append(d.Money, days...)
	} else {
		d.Paper = append(d.Paper, days...)
	}
}

// Refuse is Held/period_locked when any of the days is locked.
func (l Locks) Refuse(d Days) error {
	if err := l.Paper().refuse(d.Paper); err != nil {
		return err
	}
	if err := l.Entered().refuse(d.Journal); err != nil {
		return err
	}
	return l.Money().refuse(d.Money)
}

func (l Lock) refuse(days []string) error {
	i := slices.IndexFunc(days, l.Closed)
	if i < 0 {
		return nil
	}
	return fault.New(fault.Held, "period_locked", "It concerns %s; Zoho Books has locked %s up to and including %s.", days[i], l.Part, l.Last).
		Do("Unlock the period in Zoho Books, then use Retry. New documents can also take the first open day: Configuration, Orders.")
}

// Show states the locks for people and pages.
func (l Locks) Show() wire.Locks {
	return wire.Locks{Known: l.Known, Sales: wire.TextOrNull(l.Sales), Banking: wire.TextOrNull(l.Banking), Detail: l.words()}
}

func (l Locks) words() string {
	switch {
	case !l.Known:
		return l.Doubt + " What Zoho Books refuses for a locked period is held; nothing is lost."
	case l.Sales == "" && l.Banking == "":
		return "No period is locked."
	case l.Sales == l.Banking:
		return "Sales and banking are locked up to and including " + l.Sales + "."
	case l.Banking == "":
		return "Sales are locked up to and including " + l.Sales + ", with payments and refunds."
	case l.Sales == "":
		return "Banking is locked up to and including " + l.Banking + ": that concerns payments and refunds."
	default:
		return "Sales are locked up to and including " + l.Sales + ", banking (payments and refunds) up to and including " + l.Banking + "."
	}
}
