package connection_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/connection"
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

// TestLocksOfAnotherPlaceAreNotTold chooses another data center, application and organization after the locks were read.
func TestLocksOfAnotherPlaceAreNotTold(t *testing.T) {
	for name, change := range map[string]func(*wire.ConnectionInput){
		"data center": func(in *wire.ConnectionInput) {
			in.DataCenter, in.TokenDomain, in.APIDomain, in.DashboardDomain = "eu", "", "", ""
		},
		"application": func(in *wire.ConnectionInput) { in.ClientID = "another" },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			s := d.connect(t)
			if locks, err := s.Locks(t.Context()); err != nil || !locks.Known {
				t.Fatalf("before: %+v, %v", locks, err)
			}
			is, err := s.Get(t.Context())
			if err != nil || is.Locks == nil || !is.Locks.Known {
				t.Fatalf("before: %+v, %v", is.Locks, err)
			}
			in := d.input()
			in.OrganizationID = is.OrganizationID
			change(&in)
			put, err := s.Put(t.Context(), in, "", "test")
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []wire.Connection{put, must(t, s)} {
				if c.Locks == nil || c.Locks.Known || c.PlanName != nil || c.BaseCurrency != nil || c.OrganizationName != nil || c.ConnectedAt != nil {
					t.Errorf("of the former place it tells %+v, locks %+v", c, c.Locks)
				}
			}
		})
	}
}

func must(t *testing.T, s *connection.Service) wire.Connection {
	t.Helper()
	c, err := s.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}
