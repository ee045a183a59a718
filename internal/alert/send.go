package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Headers of a message.
const (
	SignatureHeader = "X-QloBooks-Signature" // sha256= and the HMAC-SHA256 of the body in hex
	EventHeader     = "X-QloBooks-Event"
	IDHeader        = "X-QloBooks-Delivery" // the same in every attempt
)

// Timeout is how long one attempt may take.
const Timeout = 10 * time.Second

// waits are the pauses between attempts; after the last one the message is given up.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour}

// message is the body that is posted.
type message struct {
	ID    string          `json:"id"`
	Event string          `json:"event"`
	At    wire.Instant    `json:"at"`
	Data  json.RawMessage `json:"data"`
}

// send posts what is due, what people are told before what programs are. A receiver that does not answer is
// not asked again with the rest of the batch.
func (s *Service) send(ctx context.Context, address, secret string) error {
	token := uuid.NewString()
	list, err := s.Store.TakeAlerts(ctx, token, 10, time.Duration(11)*Timeout, settings.RunEnded, settings.RecordsChanged)
	if err != nil {
		return err
	}
	for _, a := range list {
		var tried store.Attempt
		answer, err := s.post(ctx, address, secret, a)
		if tried.Answer = answer; err != nil {
			if ctx.Err() != nil {
				return nil // sent again when the lease has ended
			}
			tried.Outcome = err.Error()
			attrs := []any{"event", a.Event, "alert", a.ID, "attempt", a.Attempts, "error", err}
			if a.Attempts <= len(waits) {
				at := s.Store.Now().Add(waits[a.Attempts-1])
				tried.Again = &at
				slog.DebugContext(ctx, "an alert was not taken; it is sent again", attrs...)
			} else {
				slog.WarnContext(ctx, "an alert was not taken and is given up", attrs...)
			}
		}
		if err := s.Store.SettleAlert(context.WithoutCancel(ctx), token, a.ID, tried); err != nil {
			return err
		}
		if tried.Outcome != "" && tried.Answer == 0 { // a receiver that hangs would hang for each of the others too
			return s.Store.PutOffAlerts(context.WithoutCancel(ctx), token, s.Store.Now().Add(waits[0]))
		}
	}
	return nil
}

// post sends one message and gives the status of the answer, 0 for none.
func (s *Service) post(ctx context.Context, address, secret string, a store.Alert) (int, error) {
	body, err := json.Marshal(message{ID: fmt.Sprint(a.ID), Event: a.Event, At: wire.At(a.At), Data: a.Data})
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the address is not right")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "QloBooks")
	req.Header.Set(EventHeader, a.Event)
	req.Header.Set(IDHeader, fmt.Sprint(a.ID))
	if secret != "" {
		req.Header.Set(SignatureHeader, Sign(body, secret))
	}
	resp, err := s.HTTP.Do(req)
	if err != nil {
		return 0, withoutAddress(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return resp.StatusCode, fmt.Errorf("the receiver answered %s", resp.Status)
	}
	return resp.StatusCode, nil
}

// Sign is what SignatureHeader says of a body.
func Sign(body []byte, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// withoutAddress drops the address from a client's error: receivers put secrets into theirs.
func withoutAddress(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}

var errPrivate = errors.New("the receiver's address is private; QLOBOOKS_WEBHOOK_ALLOW_PRIVATE allows such")

// NewClient gives the client that posts. It follows no redirect, uses no proxy, and connects to
// public addresses only unless private allows others: what a name means is looked at when the
// connection is made, so that a name cannot change its meaning in between.
func NewClient(private bool) *http.Client {
	dialer := &net.Dialer{Timeout: Timeout / 2}
	if !private {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !settings.Public(at.Addr()) {
				return errPrivate
			}
			return nil
		}
	}
	return &http.Client{
		Timeout:       Timeout,
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: Timeout / 2, MaxIdleConns: 2, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
