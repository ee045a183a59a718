// Package zoho speaks to Zoho Books, API version 3, as Zoho documents it and as integrations
// have observed it.
//
// Client.Do makes one call: it takes its turn at the shared limiter, carries the token and the
// idempotency key, reads the answer, tells the limiter what the headers say, records the call
// and classifies what went wrong. Everything else is data: a Resource says how one kind of
// document is addressed, an Answer is what stands at Zoho. Ids are strings, amounts are exact
// decimals, days are YYYY-MM-DD in the organization's books.
//
// Promise of every error: fault.Unknown is the only kind that leaves open whether a write has
// happened. All others mean that it certainly has not.
//
// Not handled here: which document a record becomes (internal/flow), and the grant itself
// (internal/connection).
package zoho

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/secret"
)

// Version is the part of the address that names the API's version.
const Version = "/books/v3"

// Request is one call, complete but for organization, token and the name of the key field, so
// that it can be stored and repeated to the letter.
type Request struct {
	Method string
	Path   string // below Version: "/invoices"
	Query  url.Values
	Key    string // makes the call a keyed upsert
	Body   json.RawMessage
}

// Response is an answer with code 0.
type Response struct {
	Status  int
	Message string
	Body    json.RawMessage
}

// Tokens gives access tokens. Both methods may wait for another process that is renewing.
type Tokens interface {
	// Token is a token that is valid now.
	Token(ctx context.Context) (secret.String, error)
	// Renew gives another token than stale, which Zoho has refused.
	Renew(ctx context.Context, stale secret.String) (secret.String, error)
}

// Limiter lets calls through; *limit.Limiter is the real one.
type Limiter interface {
	Acquire(ctx context.Context, lane limit.Lane) (release func(learned *limit.Quota), err error)
	GiveBack(ctx context.Context)
	Pause(ctx context.Context, d time.Duration)
	Slow(ctx context.Context)
	Crowded(ctx context.Context)
}

// Recorder keeps a trace of every call that was tried. It must not fail the call.
type Recorder interface {
	Record(ctx context.Context, e Exchange)
}

// Exchange is one call as it went over the wire. Secrets travel in headers only, which are
// not part of it.
type Exchange struct {
	At       time.Time
	Method   string
	Path     string // with version, without origin
	Query    string
	Ref      string   // key of the record, "" for calls that belong to none
	Also     []string // keys of the other records of a call for many
	Lane     limit.Lane
	Status   int    // 0 = no answer
	Code     string // Zoho's code, "" when there was none
	Fault    string // our code when it failed
	Duration time.Duration
	Request  []byte
	Response []byte
	Day      *limit.Quota // what the answer's headers said of the day, nil if nothing
}

type contextKey int

const (
	laneKey contextKey = iota
	refKey
	leavingKey
)

// WithLane says who waits for the calls made with the context; limit.Live when nothing is said.
func WithLane(ctx context.Context, lane limit.Lane) context.Context {
	return context.WithValue(ctx, laneKey, lane)
}

// WithRef names the records ("invoice:12") that the calls made with the context belong to.
func WithRef(ctx context.Context, keys ...string) context.Context {
	return context.WithValue(ctx, refKey, keys)
}

// WithLeaving has told called right before each call of the context that changes something leaves, which may
// be long after Do was asked, as calls wait for their turn. On an error of it the call does not leave.
func WithLeaving(ctx context.Context, told func(ctx context.Context) error) context.Context {
	if told == nil {
		return ctx
	}
	return context.WithValue(ctx, leavingKey, told)
}

// leaves tells that a call leaves now; one that nobody waits for any more stays.
func leaves(ctx context.Context, req Request) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if told, ok := ctx.Value(leavingKey).(func(ctx context.Context) error); ok && req.Method != http.MethodGet {
		return told(ctx)
	}
	return nil
}

func laneOf(ctx context.Context) limit.Lane {
	if lane, ok := ctx.Value(laneKey).(limit.Lane); ok {
		return lane
	}
	return limit.Live
}

// refOf are the record that a call belongs to, and the others.
func refOf(ctx context.Context) (ref string, also []string) {
	keys, _ := ctx.Value(refKey).([]string)
	if len(keys) == 0 {
		return "", nil
	}
	return keys[0], keys[1:]
}

// NewHTTPClient is an HTTP client that never follows a redirect, because that would carry a
// token or a client secret to an origin nobody has allowed.
func NewHTTPClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 10
	transport.ResponseHeaderTimeout = callTimeout
	return &http.Client{
		Transport:     point.Transport(transport),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
