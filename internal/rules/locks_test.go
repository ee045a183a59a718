package rules_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
)

func TestTheLockDateItselfIsLocked(t *testing.T) {
	t.Parallel()

	l := rules.Locks{Known: true, Sales: "2026-02-28"}
	for day, closed := range map[string]bool{"2026-02-27": true, "2026-02-28": true, "2026-03-01": false, "": false} {
		if l.Paper().Closed(day) != closed || l.Money().Closed(day) != closed {
			t.Errorf("%q: closed is %t", day, !closed)
		}
	}
	if l.Paper().FirstOpen() != "2026-03-01" {
		t.Errorf("the first open day is %s", l.Paper().FirstOpen())
	}
	if err := l.Refuse(rules.Days{Paper: []string{"2026-03-01", "2026-02-28"}}); !fault.Is(err, fault.Held) || fault.Of(err).Code != "period_locked" {
		t.Errorf("got %v", err)
	}
	open := rules.Locks{Known: true}
	if open.Paper().Closed("1999-12-31") || open.Money().FirstOpen() != "" || open.Refuse(rules.Days{Money: []string{"1999-12-31"}}) != nil {
		t.Error("without a lock something is locked")
	}
}

// TestPartsOfTheBooksAreLockedApart holds money to the later of both locks, and what is owed to its
// own.
func TestPartsOfTheBooksAreLockedApart(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		locks        rules.Locks
		paper, money string // the first open days
		part         string // that money is refused for
	}{
		"banking alone":   {rules.Locks{Banking: "2026-02-28"}, "", "2026-03-01", "banking"},
		"sales alone":     {rules.Locks{Sales: "2026-02-28"}, "2026-03-01", "2026-03-01", "sales"},
		"banking further": {rules.Locks{Sales: "2026-01-31", Banking: "2026-02-28"}, "2026-02-01", "2026-03-01", "banking"},
		"sales further":   {rules.Locks{Sales: "2026-02-28", Banking: "2026-01-31"}, "2026-03-01", "2026-03-01", "sales"},
	} {
		if paper, money := c.locks.Paper().FirstOpen(), c.locks.Money().FirstOpen(); paper != c.paper || money != c.money {
			t.Errorf("%s: the first open days are %q and %q", name, paper, money)
		}
		var days rules.Days
		days.Add(true, "2026-02-28")
		if err := c.locks.Refuse(days); err == nil || !strings.Contains(fault.Of(err).Detail, "locked "+c.part+" up to and including 2026-02-28") {
			t.Errorf("%s: money of the last locked day: %v", name, err)
		}
	}
	if err := (rules.Locks{Banking: "2026-02-28"}).Refuse(rules.Days{Paper: []string{"2026-02-28"}}); err != nil {
		t.Errorf("an invoice under a lock of banking: %v", err)
	}
}
