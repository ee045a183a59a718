package books

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"time"
)

// Fault is one way in which a call goes wrong.
type Fault string

const (
	FaultDropBefore   Fault = "drop_before"    // the connection breaks before anything is done
	FaultCommitDrop   Fault = "commit_drop"    // done, but the answer is lost
	FaultCommit500    Fault = "commit_500"     // done, but answered with an internal error
	FaultSlow         Fault = "slow"           // done, and answered late: 200 ms unless the rule says more
	Fault429Minute    Fault = "429_44"         // the minute limit
	Fault429Day       Fault = "429_45"         // the daily limit
	Fault429Busy      Fault = "429_1070"       // too many at once
	FaultHTML         Fault = "html_200"       // done, but answered with a web page
	FaultTruncated    Fault = "truncated_json" // done, but half of the answer is lost
	FaultListLag      Fault = "list_lag"       // a list lacks what was made in the last minute
	FaultListEnds     Fault = "list_ends"      // a page of a list says that no other follows, though one does
	FaultRefuse       Fault = "refuse_400"     // refused for a reason of Zoho's own
	FaultReadOnly     Fault = "read_only"      // the organization is refused, with a code that nobody documents; HTTP 403
	FaultTokenExpired Fault = "token_expired"  // the access token ends before its time

	// At the token endpoint only.
	FaultOAuthInvalidCode   Fault = "oauth_invalid_code"   // the grant is no longer known; HTTP 200
	FaultOAuthInvalidClient Fault = "oauth_invalid_client" // the application is not known; HTTP 200
	FaultOAuthDenied        Fault = "oauth_access_denied"  // renewed too often; HTTP 400 unless the rule says else
	FaultOAuthEmpty         Fault = "oauth_empty"          // HTTP 200 without a token
	FaultOAuthHTML          Fault = "oauth_html"           // HTTP 200 with a web page
)

func (f Fault) oauth() bool { return strings.HasPrefix(string(f), "oauth_") }

// Rule makes calls that match it go wrong. Which of them: the Call-th, every Every-th, or a part
// of them by chance (Rate; the server's seed decides); none of the three means each. Times bounds
// how many (0 = all).
type Rule struct {
	Method string  `json:"method"` // "" = any
	Path   string  `json:"path"`   // regular expression; "" = any
	Call   int     `json:"call"`   // only this one of the matching calls, counted from 1
	Every  int     `json:"every"`
	Rate   float64 `json:"rate"` // 0 to 1
	Times  int     `json:"times"`
	Fault  Fault   `json:"fault"`
	Cycle  []Fault `json:"cycle"`    // instead of Fault: struck calls meet them in turn
	Status int     `json:"status"`   // HTTP status of a refusal instead of its own: Zoho also sends 200 and 500
	Delay  int     `json:"delay_ms"` // of FaultSlow and FaultLate

	seen, used int
	pattern    *regexp.Regexp
}

// trouble is what goes wrong with one call.
type trouble struct {
	Fault  Fault
	status int
	delay  time.Duration
}

type faults struct {
	rules  []*Rule
	chance *rand.Rand
}

// pick finds the first rule that strikes a call. Rules of the token endpoint and of the API do
// not see each other's calls.
func (f *faults) pick(method, path string) trouble {
	token := strings.HasPrefix(path, "/oauth/")
	for _, r := range f.rules {
		if r.Cycle[0].oauth() != token || r.Method != "" && r.Method != method || r.pattern != nil && !r.pattern.MatchString(path) {
			continue
		}
		r.seen++
		if !r.strikes(f.chance) {
			continue
		}
		struck := r.Cycle[r.used%len(r.Cycle)]
		r.used++
		delay := time.Duration(0)
		if struck == FaultSlow {
			delay = max(time.Duration(r.Delay)*time.Millisecond, 200*time.Millisecond)
		}
		if struck == FaultLate {
			delay = time.Duration(r.Delay) * time.Millisecond
		}
		return trouble{struck, r.Status, delay}
	}
	return trouble{}
}

func (r *Rule) strikes(chance *rand.Rand) bool {
	switch {
	case r.Times > 0 && r.used >= r.Times:
		return false
	case r.Call > 0:
		return r.seen == r.Call
	case r.Every > 1:
		return r.seen%r.Every == 0
	case r.Rate > 0:
		return chance.Float64() < r.Rate
	default:
		return true
	}
}

// SetFaults replaces the rules by which calls go wrong. Chance begins anew with the seed.
func (s *Server) SetFaults(rules ...Rule) error {
	list := make([]*Rule, len(rules))
	for i := range rules {
		r := rules[i]
		if len(r.Cycle) == 0 {
			r.Cycle = []Fault{r.Fault}
		}
		for _, f := range r.Cycle {
			if !knownFault[f] || f.oauth() != r.Cycle[0].oauth() {
				return fmt.Errorf("rule %d: there is no fault %q, or not together with %q", i, f, r.Cycle[0])
			}
		}
		if strings.HasPrefix(r.Path, "^/") && !strings.HasPrefix(r.Path, "^/books/") && !strings.HasPrefix(r.Path, "^/oauth/") {
			return fmt.Errorf("rule %d: no call has a path like %q, as all begin with /books/ or /oauth/", i, r.Path)
		}
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
	s.faults = faults{rules: list, chance: rand.New(rand.NewPCG(s.opts.Seed, 1))}
	return nil
}

var knownFault = map[Fault]bool{
	FaultDropBefore: true, FaultCommitDrop: true, FaultCommit500: true, FaultSlow: true, Fault429Minute: true, Fault429Day: true, Fault429Busy: true,
	FaultHTML: true, FaultTruncated: true, FaultListLag: true, FaultListEnds: true, FaultReadOnly: true, FaultTokenExpired: true, FaultLate: true, FaultRefuse: true,
	FaultOAuthInvalidCode: true, FaultOAuthInvalidClient: true, FaultOAuthDenied: true, FaultOAuthEmpty: true, FaultOAuthHTML: true,
}
