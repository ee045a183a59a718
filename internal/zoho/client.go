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
	ahead   atomic.Int64 // of our clock, as the last dated answer told
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
			return Response{Status: a.status, Message: a.message, Body: single(a.body)}, nil
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
	if told, err := http.ParseTime(a.header.Get("Date")); err == nil {
		c.ahead.Store(int64(told.Sub(c.c.Now())))
	}
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
	uncoded bool  // the last answer of this organization that showed something came without a code
	changes bool  // it was neither a mere question nor one whose answer is the record as it stands
	sent    bool  // a connection was there, so that bytes may have left
	status  int
	header  http.Header
	body    []byte
	whole   bool   // body is JSON with a code, or one of Zoho's without
	coded   bool   // it has a code
	code    string // Zoho's, as text: some codes are words
	message string
}

func (c *Client) send(ctx context.Context, req Request, token secret.String) (a answered) {
	if req.Method != http.MethodGet { // Zoho goes on with a call whose caller hangs up: its answer is waited for
		ctx = context.WithoutCancel(ctx)
	}
	a.uncoded = c.c.Standing.uncoded.Load()
	a.changes = req.Method == http.MethodPost || req.Method == http.MethodDelete
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
	a.body = Unmarked(a.body)
	a.read()
	switch {
	case a.coded:
		c.c.Standing.uncoded.Store(false)
	case a.whole && a.shows() && !strings.HasPrefix(req.Path, tagsPath): // of tags they come so everywhere
		c.c.Standing.uncoded.Store(true)
	}
	return a
}

// Unmarked is a text without the mark of its byte order, which some proxies and servers write in front of JSON.
func Unmarked(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) }

// empty reports the answer of HTTP to a change that was made and has nothing to show. Where the record was asked for, it is
// none.
func (a *answered) empty() bool {
	return a.changes && a.err == nil && a.status == http.StatusNoContent && len(a.body) == 0
}

// singles are the names under which an answer brings one thing. Zoho's documentation shows some of them as a list of one.
const singles = `salesorder|invoice|creditnote|payment|contact|item|journal|tax|tax_group|currency|organization`

var oneListed = regexp.MustCompile(`"(` + singles + `)"\s*:\s*\[`)

// single takes the one thing out of a list of one.
func single(body json.RawMessage) json.RawMessage {
	var envelope map[string]json.RawMessage
	if !oneListed.Match(body) || json.Unmarshal(body, &envelope) != nil {
		return body
	}
	for _, name := range strings.Split(singles, "|") {
		var list []json.RawMessage
		if json.Unmarshal(envelope[name], &list) == nil && len(list) == 1 && isObject(list[0]) {
			envelope[name] = list[0]
		}
	}
	one, err := json.Marshal(envelope)
	if err != nil {
		return body
	}
	return one
}

// isObject tells an answer from a text or a number that a proxy gave.
func isObject(body []byte) bool {
	var fields map[string]json.RawMessage
	return json.Unmarshal(body, &fields) == nil && fields != nil
}

// understood are codes that say something: whole numbers, and words.
var understood = regexp.MustCompile(`^(0|-?[1-9][0-9]*|[A-Z][A-Z0-9_]*)$`)

// read finds code and message. Both come in several types.
func (a *answered) read() {
	var envelope struct {
		Code    json.RawMessage `json:"code"`
		Message Text            `json:"message"`
	}
	if a.empty() { // it was done, and there is nothing to show
		a.whole, a.code = true, "0"
		return
	}
	if a.err != nil || json.Unmarshal(a.body, &envelope) != nil {
		return
	}
	var code Text
	_ = code.UnmarshalJSON(envelope.Code)
	switch {
	case envelope.Code == nil && a.status >= 200 && a.status < 300 && (a.uncoded && envelope.Message != "" || a.shows()):
		a.whole, a.code, a.message = true, "0", string(envelope.Message)
	case envelope.Code == nil && a.uncoded && a.status >= 400 && envelope.Message != "":
		a.whole, a.message = true, string(envelope.Message)
	case understood.MatchString(string(code)):
		a.whole, a.coded, a.code, a.message = true, true, string(code), string(envelope.Message)
	}
}

// shows reports an answer that brings what was asked for: a list, or something that has an id. A change that brings neither
// nor says anything was perhaps answered by something on the way.
func (a *answered) shows() bool {
	var envelope map[string]json.RawMessage
	_ = json.Unmarshal(a.body, &envelope)
	for _, raw := range envelope {
		var list []json.RawMessage
		if isList := json.Unmarshal(raw, &list) == nil && list != nil; isList && !a.changes || idsOf(append(list, raw)[:1]) != nil {
			return true
		}
	}
	return false
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
		q.Refused = !told || q.Remaining > 0
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
	if seconds, err := strconv.Atoi(h.Get("X-Rate-Limit-Reset")); err == nil && seconds >= 0 && seconds <= longestDay {
		q.ResetIn = max(time.Duration(seconds)*time.Second, time.Second) // 0: it ends within this second, and is no day to come
	}
	most, err := strconv.Atoi(h.Get("X-Rate-Limit-Limit"))
	left, failed := strconv.Atoi(h.Get("X-Rate-Limit-Remaining"))
	if err != nil || failed != nil || most <= 0 {
		return q, false
	}
	q.Limit, q.Remaining = most, left
	return q, true
}

// Ahead is how far Zoho's clock is ahead of ours, less than nothing where it is behind, as its last answer told; 0 where both
// tell about the same, as an answer's date has no fractions and was on its way.
func (c *Client) Ahead() time.Duration {
	if by := time.Duration(c.ahead.Load()); by.Abs() > sameClock {
		return by
	}
	return 0
}

// sameClock is how far two clocks may be apart that count as one.
const sameClock = 2 * time.Second

// longestDay is more seconds than any day has, also where clocks are put back.
const longestDay = 26 * 60 * 60

// longestRetry is what is believed of an answer that tells when to ask again.
const longestRetry = 10 * time.Minute

// retryAfter is how long an answer wants not to be asked again, in seconds or until a moment; 0 where it tells nothing that
// is understood. A moment counts from the answer's own date, whatever our clock says.
func retryAfter(h http.Header) time.Duration {
	if seconds, err := strconv.Atoi(h.Get("Retry-After")); err == nil {
		return min(time.Duration(min(max(seconds, 0), longestDay))*time.Second, longestRetry)
	}
	until, err := http.ParseTime(h.Get("Retry-After"))
	told, failed := http.ParseTime(h.Get("Date"))
	if err != nil || failed != nil {
		return 0
	}
	return min(max(until.Sub(told), 0), longestRetry)
}
