package rules_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
)

func TestTheLockDateItselfIsLocked(t *testing.T) {
	t.Parallel()

	l := rules.Locks{Known: true, Sales: "2026-02-28"}
	for day, closed := range map[string]bool{"2026-02-27": true, "2026-02-28": true, "2026-03-01": false, "": false} {
		if l.Closed(day) != closed {
			t.Errorf("%q: closed is %t", day, !closed)
		}
	}
	if l.FirstOpen() != "2026-03-01" {
		t.Errorf("the first open day is %s", l.FirstOpen())
	}
	if err := l.Refuse("2026-03-01", "2026-02-28"); !fault.Is(err, fault.Held) || fault.Of(err).Code != "period_locked" {
		t.Errorf("got %v", err)
	}
	if open := (rules.Locks{Known: true}); open.Closed("1999-12-31") || open.FirstOpen() != "" || open.Refuse("1999-12-31") != nil {
		t.Error("without a lock something is locked")
	}
}
