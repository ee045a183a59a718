package flow

import (
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// dated is the day that a document bears. One that stands keeps the day it was posted with. A
// new one whose own day lies in a locked period takes the first open day when that is the
// policy; otherwise it keeps its own, and is held before it is sent.
func dated(own string, lock rules.Lock, self engine.Link, r *rules.Rules) string {
	switch {
	case self.Exists() && self.Day != "":
		return self.Day
	case !self.Exists() && lock.Closed(own) && r.Settings.Orders.LockedPeriodPolicy == "first_open_day":
		return lock.FirstOpen()
	default:
		return own
	}
}

// trueDay tells readers of a document that bears another day which one is the true one.
func trueDay(own, bears string) string {
	if own == bears {
		return ""
	}
	return "Dated " + own + " in QloApps."
}

// touching names the days on which steps settle invoices: the later of both documents', as money
// that came before its invoice settles it only then.
func touching(steps []engine.Step, own string, parts []part, links engine.Links) []engine.Step {
	for _, x := range parts {
		for _, head := range x.order.Invoices {
			link := links.Look(Invoice, head.ID)
			for n := range steps {
				if link.Exists() && strings.HasPrefix(steps[n].Name, "apply:"+link.ID) {
					steps[n].Days = []string{max(own, link.Day)}
				}
			}
		}
	}
	return steps
}

// movable reports that money may bear another day than its own: no bank's statement tells when it
// came to, or left, this account.
func movable(account rules.Choice) bool {
	return account.Detail == "cash" || account.Detail == "other current asset"
}
