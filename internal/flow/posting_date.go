package flow

import (
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

// movable reports that money may bear another day than its own: no bank's statement tells when it
// came to, or left, this account.
func movable(account rules.Choice) bool {
	return account.Detail == "cash" || account.Detail == "other current asset"
}
