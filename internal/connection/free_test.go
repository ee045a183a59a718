package connection_test

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestWhatALockHeldIsLetGoHoweverOftenThatFails lifts a lock, and the first try to let go what it held comes
// to nothing, be it that the process ends there.
func TestWhatALockHeldIsLetGoHoweverOftenThatFails(t *testing.T) {
	for _, tt := range []struct {
		name string
		read func(k *kept) error
	}{
		{"the hour was over", func(k *kept) error {
			later(k.Service, 2*time.Hour)
			_, err := k.Locks(t.Context())
			return err
		}},
		{"a person tested the connection", func(k *kept) error { return k.RereadLocks(t.Context()) }},
		{"a person tried again", func(k *kept) error {
			if err := k.LocksAsked(t.Context()); err != nil {
				return err
			}
			_, err := k.Locks(t.Context())
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keep(t)
			if err := k.books.SetLock("all", "2031-01-31"); err != nil {
				t.Fatal(err)
			}
			if err := k.RereadLocks(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := k.books.SetLock("all", ""); err != nil {
				t.Fatal(err)
			}
			k.Service = k.sameRow()
			k.LocksChanged = func(context.Context) error { return errors.New("the database went away") }
			_ = tt.read(k)

			let := 0
			next := k.sameRow()
			next.LocksChanged = func(context.Context) error { let++; return nil }
			if err := next.Free(t.Context()); err != nil || let != 1 {
				t.Errorf("let go %d times, %v", let, err)
			}
			if err := next.Free(t.Context()); err != nil || let != 1 {
				t.Errorf("let go %d times although nothing has come to be since, %v", let, err)
			}
		})
	}
}

// TestALockThatIsReadByWhoeverComesAfterAProcessThatEndedLetsGo is for one that ended between saying that it
// reads the locks and keeping what it read.
func TestALockThatIsReadByWhoeverComesAfterAProcessThatEndedLetsGo(t *testing.T) {
	k := keep(t)
	k.must(t, "UPDATE qlobooks_connection SET locks = NULL, locks_at = NULL")
	next, let := k.sameRow(), 0
	next.LocksChanged = func(context.Context) error { let++; return nil }
	if locks, err := next.Locks(t.Context()); err != nil || !locks.Known || let != 1 {
		t.Errorf("locks %+v, let go %d times, %v", locks, let, err)
	}
}

// TestAnotherOrganizationLetsGoThoughNothingWasLearnedOfItYet chooses one and chooses it again, as the first
// choice ended in an error.
func TestAnotherOrganizationLetsGoThoughNothingWasLearnedOfItYet(t *testing.T) {
	k := keep(t)
	let := 0
	k.Connected = func(context.Context) error { let++; return nil }
	s := k.again(t)
	k.must(t, "UPDATE qlobooks_connection SET organization_id = '', to_free = 0")
	if err := s.Free(t.Context()); err != nil || let != 0 {
		t.Fatalf("let go %d times, %v", let, err)
	}
	in, id := k.input(), "10234695"
	in.OrganizationID = &id
	broken := k.sameRow()
	broken.Connected = func(context.Context) error { return errors.New("the database went away") }
	if _, err := broken.Put(t.Context(), in, "", "test"); err == nil {
		t.Fatal("nobody is told that nothing was let go")
	}
	if _, err := s.Put(t.Context(), in, "", "test"); err != nil {
		t.Fatal(err)
	}
	if err := s.Free(t.Context()); err != nil || let != 1 {
		t.Errorf("let go %d times, %v", let, err)
	}
}
