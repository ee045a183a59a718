package connection_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestALockThatSomebodyDoubtsIsNotBelievedMeanwhile lifts a lock and tries again: while one process
// reads the locks anew, another one does not hold documents by the old ones.
func TestALockThatSomebodyDoubtsIsNotBelievedMeanwhile(t *testing.T) {
	d := newDesk(t)
	asked, answer := make(chan struct{}), make(chan struct{})
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/transactionlocks") {
			asked <- struct{}{}
			<-answer
		}
		d.books.ServeHTTP(w, r)
	}))
	defer gate.Close()
	d.origin = gate.URL
	reads, other := d.connect(t), d.process(t)

	if err := d.books.SetLock("all", "2031-01-31"); err != nil {
		t.Fatal(err)
	}
	read := func() chan rules.Locks {
		done := make(chan rules.Locks, 1)
		go func() {
			locks, err := reads.Locks(t.Context())
			if err != nil {
				t.Error(err)
			}
			done <- locks
		}()
		<-asked
		return done
	}
	done := read()
	answer <- struct{}{}
	if locks := <-done; locks.Sales != "2031-01-31" {
		t.Fatalf("locked are %+v", locks)
	}
	if locks, err := other.Locks(t.Context()); err != nil || locks.Sales != "2031-01-31" {
		t.Fatalf("another process knows %+v, %v", locks, err)
	}

	if err := d.books.SetLock("all", ""); err != nil {
		t.Fatal(err)
	}
	if err := reads.LocksAsked(t.Context()); err != nil {
		t.Fatal(err)
	}
	done = read()
	if locks, err := other.Locks(t.Context()); err != nil || locks.Known || locks.Sales != "" {
		t.Errorf("while they are read anew another process believes %+v, %v", locks, err)
	}
	answer <- struct{}{}
	if locks := <-done; !locks.Known || locks.Sales != "" {
		t.Errorf("read anew they are %+v", locks)
	}
}
