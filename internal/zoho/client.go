package zoho

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/secret"
)

const (
	callTimeout = 20 * time.Second
	largest     = 8 << 20         // bytes of an answer that are read; a page of 200 documents is far smaller
	minutePause = time.Minute     // after a refusal for too many calls a minute
	shortPause  = 2 * time.Second // after a refusal for too many calls at once
	repeats     = 3               // calls that Zoho refused for their number are made again so often
)

// Config is what a Client is made of.
type Config struct {
	APIDomain    string // origin
	Organization string // "" only for calls that need none
	Tokens       Tokens
	Limiter      Limiter
	Recorder     Recorder          // may be nil
	HTTP         *http.Client      // nil = NewHTTPClient()
	KeyFields    map[string]string // api name of the key field by Resource.Entity; KeyField where missing
	Links        Links             // where documents are shown
	Now          func() time.Time  // nil = time.Now
	Timeout      time.Duration     // of one call; 20 s when 0
	// Gone is told of something that a mapping may have chosen and that is gone, and tells whether one
	// had; may be nil.
	Gone     func(ctx context.Context, kind Setting, id string) bool
	Standing *Standing // shared by the clients of one organization; nil = one of its own
	// Doubted says that people are told that everything is refused, perhaps by a process that is gone: the
	// first call that goes well takes it back.
	Doubted bool
	// Waits are those before a call is made again whose fresh access was refused; nil = refusalWaits.
	Waits []time.Duration
}

// KeyField is the api name that Zoho gives to a field labelled "QloApps Key".
const KeyField = "cf_qloapps_key"

// KeyHeader names the key field of a keyed write.
const KeyHeader = "X-Unique-Identifier-Key"

// Client calls one organization.
type Client struct {
	c       Config
	doubted atomic.Bool
}

// New makes a client.
func New(c Config) *Client {
	if c.HTTP == nil {
		c.HTTP = NewHTTPClient()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Timeout == 0 {
		c.Timeout = callTimeout
	}
	if c.Standing == nil {
		c.Standing = &Standing{}
	}
	if c.Waits == nil {
		c.Waits = refusalWaits
	}
	c.APIDomain = strings.TrimRight(c.APIDomain, "/")
	made := &Client{c: c}
	made.doubted.Store(c.Doubted)
	return made
}

// Do makes one call and gives its answer. It waits for its turn as long as ctx allows, repeats
// calls that Zoho refused for their number, renews a refused token once, and asks again after short
// waits where a fresh one is refused as well: it may not be known everywhere yet.
//
// Faults: Limited (minute_limit, daily_limit) with RetryAfter; Limited/token_pause when everything is
// refused, Auth/grant_revoked when that has lasted; Held/module_missing when one part of Zoho Books is; NotFound/zoho_record_gone; Rejected with a code of the contract, or zoho_refused with Zoho's own
// words; Unavailable when certainly nothing was done; Unknown/outcome_unknown when a write was
// sent and no trustworthy answer came.
func (c *Client) Do(ctx context.Context, req Request) (Response, error) {
	token, err := c.c.Tokens.Token(ctx)
	if err != nil {
		return Response{}, err
	}
	if err := c.refusedLately(req); err != nil {
		return Response{}, err
	}
	if err := c.outsideLately(ctx); err != nil {
		return Response{}, err
	}
	renewed, waits := 0, c.c.Waits
	for tries := 1; ; tries++ {
		a, err := c.once(ctx, req, token)
		switch {
		case err == nil:
			c.accepted(ctx, req)
			return Response{Status: a.status, Message: a.message, Body: a.body}, nil
		case a.tooMany() && tries < repeats:
			continue // the limiter makes everybody wait
		}
		if !a.unauthorized() || renewed > 0 {
			again, err := c.judged(ctx, req, token, err)
			if again && len(waits) == 0 && Missing(err) {
				c.c.Standing.partRefused(req.Path, c.c.Now())
			}
			if !again || len(waits) == 0 || !pause(ctx, waits[0]) {
				return Response{}, err
			}
			waits = waits[1:]
		}
		renewed++
		if token, err = c.another(ctx, token, renewed); err != nil {
			return Response{}, err
		}
	}
}

// ErrRenewedEnough is the cause of a refusal to renew once more what was renewed several times and
// refused all the same: then it is not the access that is refused.
var ErrRenewedEnough = errors.New("the access was renewed, and refused all the same")

// once takes a turn, makes the call, learns from it and classifies it.
func (c *Client) once(ctx context.Context, req Request, token secret.String) (answered, error) {
	release, err := c.c.Limiter.Acquire(ctx, laneOf(ctx))
	if err != nil {
		return answered{}, err
	}
	defer release(nil)
	if err := leaves(ctx, req); err != nil {
		c.c.Limiter.GiveBack(ctx)
		return answered{}, err
	}
	began := c.c.Now()
	a := c.send(ctx, req, token)
	day := c.learn(ctx, a)
	release(day) // at once: the log must not hold up who waits for a place
	err = classify(req, a)
	if c.c.Recorder != nil {
		ref, also := refOf(ctx)
		e := Exchange{
			At: began, Method: req.Method, Path: Version + req.Path, Query: c.query(req).Encode(), Ref: ref, Also: also, Lane: laneOf(ctx),
			Status: a.status, Code: a.code, Duration: c.c.Now().Sub(began), Request: req.Body, Response: a.body, Day: day,
		}
		if err != nil {
			e.Fault = fault.Of(err).Code
		}
		c.c.Recorder.Record(context.WithoutCancel(ctx), e)
	}
	return a, err
}

func (c *Client) query(req Request) url.Values {
	q := url.Values{}
	for name, values := range req.Query {
		q[name] = values
	}
	if c.c.Organization != "" && req.Path != "/organizations" {
		q.Set("organization_id", c.c.Organization)
	}
	return q
}

// answered is what came back, as far as it did.
type answered struct {
	err     error // of the way there and back
	sent    bool  // a connection was there, so that bytes may have left
	status  int
	header  http.Header
	body    []byte
	whole   bool   // body is JSON with a code
	code    string // Zoho's, as text: some codes are words
	message string
}

func (c *Client) send(ctx context.Context, req Request, token secret.String) (a answered) {
	if req.Method != http.MethodGet { // Zoho goes on with a call whose caller hangs up: its answer is waited for
		ctx = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, c.c.Timeout)
	defer cancel()
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { a.sent = true }}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), req.Method,
		c.c.APIDomain+Version+req.Path+"?"+c.query(req).Encode(), bytes.NewReader(req.Body))
	if err != nil {
		a.err = err
		return a
	}
	r.Header.Set("Authorization", "Zoho-oauthtoken "+token.Reveal())
	r.Header.Set("Accept", "application/json")
	if len(req.Body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	if req.Key != "" {
		r.Header.Set(KeyHeader, c.keyField(req.Path))
		r.Header.Set("X-Unique-Identifier-Value", req.Key)
		r.Header.Set("X-Upsert", "true")
	}
	resp, err := c.c.HTTP.Do(r)
	if err != nil {
		a.err = err
		return a
	}
	defer func() { _ = resp.Body.Close() }()
	a.status, a.header = resp.StatusCode, resp.Header
	a.body, a.err = io.ReadAll(io.LimitReader(resp.Body, largest))
	a.read()
	return a
}

// understood are codes that say something: whole numbers, and words.
var understood = regexp.MustCompile(`^(0|-?[1-9][0-9]*|[A-Z][A-Z0-9_]*)$`)

// read finds code and message. Both come in several types.
func (a *answered) read() {
	var envelope struct {
		Code    *Text `json:"code"`
		Message Text  `json:"message"`
	}
	if a.err != nil || json.Unmarshal(a.body, &envelope) != nil || envelope.Code == nil || !understood.MatchString(string(*envelope.Code)) {
		return
	}
	a.whole, a.code, a.message = true, string(*envelope.Code), string(envelope.Message)
}

func (c *Client) keyField(path string) string {
	for _, r := range Resources {
		if r.Path == path {
			return c.KeyFieldOf(r)
		}
	}
	return KeyField
}

// KeyFieldOf is the api name of the key field of a resource.
func (c *Client) KeyFieldOf(r Resource) string {
	if name := c.c.KeyFields[r.Entity]; name != "" {
		return name
	}
	return KeyField
}

// learn tells the limiter what the answer says about limits, and gives what it says of the day.
func (c *Client) learn(ctx context.Context, a answered) *limit.Quota {
	q, told := quota(a.header)
	switch {
	case a.status == 0 && !a.sent:
		c.c.Limiter.GiveBack(ctx)
	case a.code == codeDay:
		q.Remaining = 0
		return &q
	case a.code == codeAtOnce:
		c.c.Limiter.Pause(ctx, shortPause)
		c.c.Limiter.Crowded(ctx)
	case a.tooMany():
		c.c.Limiter.Pause(ctx, max(minutePause, retryAfter(a.header)))
		c.c.Limiter.Slow(ctx)
	}
	if !told {
		return nil
	}
	return &q
}

// quota reads the daily numbers. Zoho does not document these headers, and when the day ends may be told alone;
// told says that the numbers of calls are.
func quota(h http.Header) (q limit.Quota, told bool) {
	if seconds, err := strconv.Atoi(h.Get("X-Rate-Limit-Reset")); err == nil && seconds > 0 && seconds <= longestDay {
		q.ResetIn = time.Duration(seconds) * time.Second
	}
	most, err := strconv.Atoi(h.Get("X-Rate-Limit-Limit"))
	left, failed := strconv.Atoi(h.Get("X-Rate-Limit-Remaining"))
	if err != nil || failed != nil || most <= 0 {
		return q, false
	}
	q.Limit, q.Remaining = most, left
	return q, true
}

// longestDay is more seconds than any day has, also where clocks are put back.
const longestDay = 26 * 60 * 60

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, 10*time.Minute)
}
