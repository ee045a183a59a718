package zoho

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/secret"
)

// A refused access says little by itself: a fresh token may not be known everywhere yet, a right may be
// missing for a minute, a role may lack one part for good. So the call is made again after a renewal and
// after short waits, then everything waits and goes on by itself; and what everything is refused for
// longer than lasting is told as an access that is gone. Only the accounts server's own word ends it.

// refusalWaits are those before a call is made again whose fresh access was refused.
var refusalWaits = []time.Duration{time.Second, 3 * time.Second}

const (
	standingLife = time.Minute
	// lasting is how long everything must be refused before a person is told to connect again.
	lasting = 10 * time.Minute
	// RefusedCode is the code of the refusal of everything while it may still pass.
	RefusedCode = "token_pause"
)

const organizationsPath = "/organizations"

// pause waits, and reports whether it is over in time.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// mostRenewals are those for one call. Zoho gives ten in ten minutes to all.
const mostRenewals = 2

// another gives the token for the next try: a renewed one, the one that another process has renewed since,
// or the same where it was renewed often enough.
func (c *Client) another(ctx context.Context, refused secret.String, tries int) (secret.String, error) {
	if tries <= mostRenewals {
		token, err := c.c.Tokens.Renew(ctx, refused)
		if !errors.Is(err, ErrRenewedEnough) {
			return token, err
		}
	}
	return c.c.Tokens.Token(ctx)
}

// refusedForNow is for an access that Zoho does not take at the moment.
func refusedForNow(a answered) *fault.Error {
	return fault.New(fault.Limited, RefusedCode, "Zoho Books refuses everything to the user who granted access%s.", said(a)).
		Do("It is tried again by itself. If this goes on, check on the Configuration page that the user who connected may work in the chosen organization.").After(soon).By(a)
}

// refusedGrant is for an access with which nothing could be done for long. Only the accounts server's own
// word ends a grant; so it is tried again by itself, at growing intervals.
func refusedGrant(a answered) *fault.Error {
	return fault.New(fault.Auth, "grant_revoked", "Zoho Books refuses everything to the user who granted access%s.", said(a)).
		Do("Connect again on the Configuration page with a user who may work in the chosen organization.").After(soon).By(a)
}

// refusedAll is the one or the other, by how long it has lasted.
func (c *Client) refusedAll(a answered) *fault.Error {
	if !a.unauthorized() || c.c.Standing.refusedFor(c.c.Now()) >= lasting {
		return refusedGrant(a)
	}
	return refusedForNow(a)
}

// refusedLately spares a call while everything was refused a moment ago; the list of organizations is
// always asked for, as it shows when that is over.
func (c *Client) refusedLately(req Request) error {
	dead, asked := c.c.Standing.look(organizationsPath)
	a := answered{}
	if dead == nil || req.Path == organizationsPath || c.c.Now().Sub(asked) >= soon || !errors.As(dead, &a) {
		return nil
	}
	return c.refusedAll(a)
}

// teller is told when an organization begins to refuse everything, and when it ends.
type teller interface {
	Refused(ctx context.Context, code, words string)
	Accepted(ctx context.Context)
}

// accepted tells that a call went well: whatever was refused of everything is over.
func (c *Client) accepted(ctx context.Context, req Request) {
	was := c.c.Standing.revive(req.Path)
	was = c.doubted.Swap(false) || was
	if told, ok := c.c.Tokens.(teller); ok && was {
		told.Accepted(context.WithoutCancel(ctx))
	}
}

// judged looks whether a refusal of the access, or of a module, is about one part of Zoho Books or
// about everything; again tells that it may pass within seconds. Whatever is not proved to be about
// everything is about the part alone.
func (c *Client) judged(ctx context.Context, req Request, token secret.String, err error) (again bool, _ error) {
	a := answered{}
	switch {
	case !errors.As(err, &a):
		return false, err
	case a.code == "6041":
		return false, c.stranger(ctx, token, a, err)
	case a.within(req):
		return false, c.withoutModule(ctx, req, token, a, err)
	case !a.unauthorized() && a.code != "6018":
		return false, err
	}
	probe := Request{Method: http.MethodGet, Path: organizationsPath}
	if a.code == "6018" { // of a user who is inactive in this organization alone
		probe = Request{Method: http.MethodGet, Path: CurrenciesPath, Query: url.Values{"page": {"1"}, "per_page": {"1"}}}
	}
	dead, known := c.c.Standing.known(probe.Path, c.c.Now())
	switch {
	case req.Path == probe.Path:
		dead, known = err, false
	case !known:
		answer, failed := c.once(ctx, probe, token)
		switch {
		case failed == nil:
		case answer.unauthorized(), answer.code == "6018", answer.code == "6041":
			dead = failed
		default:
			return a.unauthorized(), moduleMissing(req.Path, a) // nobody knows; it is tried again soon
		}
	}
	if !known {
		c.c.Standing.note(probe.Path, c.c.Now(), dead)
	}
	if dead == nil {
		return a.unauthorized() && !c.c.Standing.lacksPart(req.Path, c.c.Now()), moduleMissing(req.Path, a)
	}
	all := c.refusedAll(a)
	if told, ok := c.c.Tokens.(teller); ok && !known {
		told.Refused(context.WithoutCancel(ctx), all.Code, all.Detail)
	}
	return a.unauthorized(), all
}

// known tells what was found out within the last minute.
func (s *Standing) known(probe string, now time.Time) (dead error, known bool) {
	dead, at := s.look(probe)
	return dead, !at.IsZero() && now.Sub(at) < standingLife
}

// look tells what was found out last, and when.
func (s *Standing) look(probe string) (dead error, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead[probe], s.asked[probe]
}

func (s *Standing) note(probe string, now time.Time, dead error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked == nil {
		s.asked, s.dead = map[string]time.Time{}, map[string]error{}
	}
	s.asked[probe], s.dead[probe] = now, dead
	switch {
	case dead == nil:
		s.since = time.Time{}
	case s.since.IsZero():
		s.since = now
	}
}

// refusedFor is how long everything has been refused.
func (s *Standing) refusedFor(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() {
		return 0
	}
	return now.Sub(s.since)
}

// revive forgets that everything, and this part, was refused, and tells whether everything was.
func (s *Standing) revive(path string) (was bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for probe, dead := range s.dead {
		if dead != nil {
			was = true
			delete(s.asked, probe)
			delete(s.dead, probe)
		}
	}
	s.since = time.Time{}
	if path != organizationsPath { // which is answered to whoever has no part in this one, too
		s.outside.err = nil
	}
	if len(s.parts) > 0 {
		words, _ := module(path)
		delete(s.parts, words)
	}
	return was
}

// lacksPart reports that a part stayed refused within the last hour: then the waits are spared.
func (s *Standing) lacksPart(path string, now time.Time) bool {
	words, _ := module(path)
	s.mu.Lock()
	defer s.mu.Unlock()
	at, lacks := s.parts[words]
	return lacks && now.Sub(at) < later
}

func (s *Standing) partRefused(path string, now time.Time) {
	words, _ := module(path)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parts == nil {
		s.parts = map[string]time.Time{}
	}
	s.parts[words] = now
}
