package books

import (
	"fmt"
	"time"
)

// limits count arrivals: in a minute, in the organization's day, and at once.
type limits struct {
	arrivals []time.Time // of the last minute
	most     int         // arrivals in one minute, ever
	refused  int         // calls refused for their number, faults not counted
	day      string
	today    int
	others   int // calls of other applications today
	running  int
	atOnce   int // most running, ever
}

// arrive counts one call, answered or refused, and gives the headers that every answer carries.
func (l *limits) arrive(s *Server, wrong trouble) (map[string]string, *refusal) {
	now := s.now()
	local := now.In(s.zone)
	if day := local.Format(time.DateOnly); day != l.day {
		l.day, l.today, l.others = day, 0, 0
	}
	since := now.Add(-time.Minute)
	if s.opts.FixedWindow {
		since = now.Truncate(time.Minute).Add(-1) // the minute of the clock
	}
	first := 0
	for first < len(l.arrivals) && !l.arrivals[first].After(since) {
		first++
	}
	l.arrivals = append(l.arrivals[first:], now)
	l.running++
	l.most, l.atOnce = max(l.most, len(l.arrivals)), max(l.atOnce, l.running)
	refused := l.judge(s, wrong.Fault)
	if refused == nil {
		l.today++
	} else if wrong.Fault == "" {
		l.refused++
	}
	if refused != nil && wrong.status != 0 {
		refused.status = wrong.status
	}
	midnight := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, s.zone)
	left := max(0, s.opts.PerDay-l.today-l.others)
	return map[string]string{
		"X-Rate-Limit-Limit": fmt.Sprint(s.opts.PerDay), "X-Rate-Limit-Remaining": fmt.Sprint(left),
		"X-Rate-Limit-Reset": fmt.Sprint(int(midnight.Sub(local).Seconds())),
	}, refused
}

func (l *limits) judge(s *Server, fault Fault) *refusal {
	off := s.opts.NoLimits
	switch {
	case fault == Fault429Day, !off && l.today+l.others >= s.opts.PerDay:
		return refuse(429, 45, "The API call for this organization has exceeded the maximum call rate limit of %d.", s.opts.PerDay)
	case fault == Fault429Minute, !off && len(l.arrivals) > s.opts.PerMinute:
		return refuse(429, 44, "For security reasons your organization has been blocked as it have exceeded the maximum number of requests per minute.")
	case fault == Fault429Busy, !off && l.running > s.opts.Concurrent:
		return refuse(429, 1070, "You have reached the maximum number of in process requests allowed.")
	}
	return nil
}

// UsedByOthers makes n calls of today somebody else's.
func (s *Server) UsedByOthers(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.today, s.limits.day = s.limits.used(s.now().In(s.zone).Format(time.DateOnly))
	s.limits.others = n
}

// used gives the calls of a day that may have begun since the last call.
func (l *limits) used(day string) (int, string) {
	if l.day != day {
		return 0, day
	}
	return l.today, day
}

// Load is how hard the API was used so far.
type Load struct {
	Today      int `json:"today"`
	Others     int `json:"others"`
	MostMinute int `json:"most_in_a_minute"`
	MostAtOnce int `json:"most_at_once"`
	Refused    int `json:"refused"` // for the number of calls
}

// Load tells how hard the API was used so far.
func (s *Server) Load() Load {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.limits
	return Load{Today: l.today, Others: l.others, MostMinute: l.most, MostAtOnce: l.atOnce, Refused: l.refused}
}
