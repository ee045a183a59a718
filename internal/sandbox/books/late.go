package books

import (
	"net/http"
	"sync"
	"time"
)

// FaultLate does the call late, also when its caller has hung up meanwhile, as a server does that has
// read a request: after the rule's delay, or when POST /sandbox/late lets it go on where the rule tells none.
const FaultLate Fault = "late"

// longestLate ends a wait that nobody ends.
const longestLate = 5 * time.Minute

// lateness are the calls that wait to be done.
type lateness struct {
	mu      sync.Mutex
	waiting []chan struct{}
}

// wait holds a call up.
func (l *lateness) wait(delay time.Duration) {
	goOn := make(chan struct{})
	if delay == 0 {
		l.mu.Lock()
		l.waiting, delay = append(l.waiting, goOn), longestLate
		l.mu.Unlock()
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-goOn:
	case <-timer.C:
	}
}

// Late tells how many calls wait to be done.
func (s *Server) Late() int {
	s.lateness.mu.Lock()
	defer s.lateness.mu.Unlock()
	return len(s.lateness.waiting)
}

// GoOn lets the calls that wait be done, and tells how many they are.
func (s *Server) GoOn() int {
	s.lateness.mu.Lock()
	defer s.lateness.mu.Unlock()
	n := len(s.lateness.waiting)
	for _, c := range s.lateness.waiting {
		close(c)
	}
	s.lateness.waiting = nil
	return n
}

func (s *Server) lateRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /sandbox/late", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, 200, object{"let_go": s.GoOn()}) })
	mux.HandleFunc("GET /sandbox/late", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, 200, object{"waiting": s.Late()}) })
}
