package books

import (
	"fmt"
	"net/http"
	"regexp"
	"time"
)

// limits count arrivals: in any 60 seconds, in the organisation's day, and at once.
type limits struct {
	arrivals []time.Time
	day      string
	today    int
	others   int // calls of other applications today
	running  int
}

// arrive counts one call, answered or refused, and gives the headers that every answer carries.
func (l *limits) arrive(s *Server, fault Fault) (map[string]string, *refusal) {
	now := s.now()
	local := now.In(s.zone)
	if day := local.Format(time.DateOnly); day != l.day {
		l.day, l.today, l.others = day, 0, 0
	}
	recent := l.arrivals[:0]
	for _, t := range l.arrivals {
		if now.Sub(t) < time.Minute {
			recent = append(recent, t)
		}
	}
	l.arrivals = append(recent, now)
	l.running++
	var refused *refusal
	switch {
	case fault == Fault429Day, l.today+l.others >= s.opts.PerDay:
		refused = refuse(429, 45, "The API call for this organization has exceeded the maximum call rate limit of %d.", s.opts.PerDay)
	case fault == Fault429Minute, len(l.arrivals) > s.opts.PerMinute:
		refused = refuse(429, 44, "For security reasons your organization has been blocked as it have exceeded the maximum number of requests per minute.")
	case fault == Fault429Busy, l.running > s.opts.Concurrent:
		refused = refuse(429, 1070, "You have reached the maximum number of in process requests allowed.")
	default:
		l.today++
	}
	midnight := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, s.zone)
	left := max(0, s.opts.PerDay-l.today-l.others)
	return map[string]string{
		"X-Rate-Limit-Limit": fmt.Sprint(s.opts.PerDay), "X-Rate-Limit-Remaining": fmt.Sprint(left),
		"X-Rate-Limit-Reset": fmt.Sprint(int(midnight.Sub(local).Seconds())),
	}, refused
}

// Fault is one way in which a call goes wrong.
type Fault string

const (
	FaultDropBefore   Fault = "drop_before"    // the connection breaks before anything is done
	FaultCommitDrop   Fault = "commit_drop"    // done, but the answer is lost
	FaultCommit500    Fault = "commit_500"     // done, but answered with an internal error
	FaultSlow         Fault = "slow"           // done, and answered after 200 ms
	Fault429Minute    Fault = "429_44"         // the minute limit
	Fault429Day       Fault = "429_45"         // the daily limit
	Fault429Busy      Fault = "429_1070"       // too many at once
	FaultHTML         Fault = "html_200"       // done, but answered with a web page
	FaultTruncated    Fault = "truncated_json" // done, but half of the answer is lost
	FaultListLag      Fault = "list_lag"       // a list lacks what was made in the last minute
	FaultTokenExpired Fault = "token_expired"  // the access token is not accepted
)

// Rule makes calls that match it go wrong: every Every-th one, at most Times times (0 = always).
type Rule struct {
	Method string `json:"method"` // "" = any
	Path   string `json:"path"`   // regular expression; "" = any
	Every  int    `json:"every"`  // 0 and 1 = each
	Times  int    `json:"times"`
	Fault  Fault  `json:"fault"`

	seen, used int
	pattern    *regexp.Regexp
}

type faults struct{ rules []*Rule }

func (f *faults) pick(method, path string) Fault {
	for _, r := range f.rules {
		if r.Method != "" && r.Method != method || r.pattern != nil && !r.pattern.MatchString(path) {
			continue
		}
		r.seen++
		if r.Every > 1 && r.seen%r.Every != 0 || r.Times > 0 && r.used >= r.Times {
			continue
		}
		r.used++
		if r.Fault == FaultSlow {
			time.Sleep(200 * time.Millisecond)
			return ""
		}
		return r.Fault
	}
	return ""
}

// SetFaults replaces the rules by which calls go wrong.
func (s *Server) SetFaults(rules ...Rule) error {
	list := make([]*Rule, len(rules))
	for i := range rules {
		r := rules[i]
		if r.Path != "" {
			pattern, err := regexp.Compile(r.Path)
			if err != nil {
				return fmt.Errorf("path of rule %d: %w", i, err)
			}
			r.pattern = pattern
		}
		list[i] = &r
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.rules = list
	return nil
}

// UsedByOthers makes n calls of today somebody else's.
func (s *Server) UsedByOthers(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.others = n
}

var _ http.Handler = (*Server)(nil)
