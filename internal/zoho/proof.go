package zoho

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/secret"
)

// A number of Zoho's that would stop much is believed when a second look agrees with it.

// stranger proves that the user has no part in the organization: the list of those she may work in says so. One
// number alone does not end the work of a whole hotel.
func (c *Client) stranger(ctx context.Context, token secret.String, a answered, refusal error) error {
	probe := Request{Method: http.MethodGet, Path: "/organizations"}
	answer, failed := c.once(ctx, probe, token)
	var mine struct {
		List []Organization `json:"organizations"`
	}
	if failed != nil || json.Unmarshal(answer.body, &mine) != nil || !slices.ContainsFunc(mine.List, func(o Organization) bool { return string(o.ID) == c.c.Organization }) {
		c.c.Standing.stays(c.c.Now(), refusal)
		return refusal
	}
	return fault.New(fault.Unavailable, "zoho_unavailable", "Zoho Books refused the call as from somebody outside of the organization, and lists the organization for the same user%s.", said(a)).
		Do("It is tried again by itself. If this goes on, connect again on the Configuration page.").By(a)
}

// stays notes that the user has no part in the organization.
func (s *Standing) stays(now time.Time, refusal error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outside.err, s.outside.at = refusal, now
}

// outsideLately spares the calls for documents while the user was proved to have no part in the organization within
// the hour; of those for which a person waits, one goes from time to time. Whatever else is called for shows when
// that is over.
func (c *Client) outsideLately(ctx context.Context) error {
	s := c.c.Standing
	s.mu.Lock()
	defer s.mu.Unlock()
	life, ago := later, c.c.Now().Sub(s.outside.at)
	if laneOf(ctx) == limit.Person {
		life = soon
	}
	if ref, _ := refOf(ctx); s.outside.err == nil || ref == "" || ago >= life {
		return nil
	}
	f := *fault.Of(s.outside.err)
	return f.After(max(later-ago, soon))
}

// within reports that the address of something in a module is answered as not being there, which may be the
// module's own absence.
func (a answered) within(req Request) bool {
	path := modulePath(req.Path)
	if path == "" || path == req.Path {
		return false
	}
	return a.code == "5" || a.code == "37" || a.status == http.StatusMethodNotAllowed || a.foreign() && element(a.message) == strings.TrimPrefix(path, "/")
}

// modulePath is the address of the module that an address belongs to, "" when it is of none.
func modulePath(path string) string {
	for _, m := range modules {
		if path == m.path || strings.HasPrefix(path, m.path+"/") {
			return m.path
		}
	}
	return ""
}

// withoutModule looks whether the module itself is there, when something in it is not.
func (c *Client) withoutModule(ctx context.Context, req Request, token secret.String, a answered, refusal error) error {
	probe := Request{Method: http.MethodGet, Path: modulePath(req.Path), Query: url.Values{"page": {"1"}, "per_page": {"1"}}}
	answer, failed := c.once(ctx, probe, token)
	if failed == nil || !answer.absent(probe) {
		return refusal
	}
	return moduleMissing(probe.Path, a)
}
