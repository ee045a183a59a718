package engine_test

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestTheFirstCallThatSucceedsEndsTheWaitsOfAnOutage lets a note fail until it waits for half an hour, and
// then another one succeed.
func TestTheFirstCallThatSucceedsEndsTheWaitsOfAnOutage(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1", "2", "3")
	other := func(id string) {
		t.Helper()
		d.queue(t, store.Ref{Flow: "note", ID: id})
		d.settle(t)
	}
	other("2")
	down := fault.New(fault.Unavailable, "zoho_unavailable", "down")
	d.shelf.refuse["note:1"] = down
	d.queue(t, note)
	for range 6 {
		d.settle(t)
		d.later(31 * time.Minute)
	}
	d.settle(t)
	delete(d.shelf.refuse, "note:1")
	d.later(10 * time.Second)
	other("3")
	if got := d.doc(t, "note", "1"); got.Status != store.Synced {
		t.Errorf("%s until %v, it is %v", got.Status, got.DueAt, d.now())
	}
}

// TestWhatFailsByItselfKeepsItsWaits has one note fail while others succeed all the time.
func TestWhatFailsByItselfKeepsItsWaits(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1", "2")
	d.shelf.refuse["note:1"] = fault.New(fault.Unavailable, "zoho_unavailable", "down")
	for i := range 12 {
		d.write("2", "text "+string(rune('a'+i)))
		d.queue(t, store.Ref{Flow: "note", ID: "2"})
		if i == 2 {
			d.queue(t, note)
		}
		d.settle(t)
		d.later(6 * time.Second)
	}
	if got := d.doc(t, "note", "1"); got.Attempts > 3 {
		t.Errorf("%d attempts in a minute", got.Attempts)
	}
}
