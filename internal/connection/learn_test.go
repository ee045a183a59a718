package connection_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/connection"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// odd answers in the stand-in's place to what is asked of some addresses.
type odd struct {
	next    http.RoundTripper
	answers map[string]string // by what the address contains; "" = the connection breaks
	status  int
	asked   int
}

func (o *odd) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.URL.Path, "/settings/") || strings.HasSuffix(r.URL.Path, "/organizations") {
		o.asked++
	}
	for part, body := range o.answers {
		if !strings.Contains(r.URL.String(), part) {
			continue
		}
		if body == "" {
			return nil, errors.New("connection reset")
		}
		return &http.Response{StatusCode: o.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader([]byte(body))), Request: r}, nil
	}
	return o.next.RoundTrip(r)
}

// oddly gives the connection as a process sees it to which Zoho Books answers so.
func (k *kept) oddly(status int, answers map[string]string) (*connection.Service, *odd) {
	s := k.sameRow()
	http := *s.HTTP
	o := &odd{next: k.HTTP.Transport, answers: answers, status: status}
	http.Transport = o
	s.HTTP = &http
	return s, o
}

// fields gives every module its key field, as a set-up does.
func (k *kept) fields(t *testing.T) {
	t.Helper()
	c, err := k.Client(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range zoho.Resources {
		f, err := c.CreateField(t.Context(), r.Entity, zoho.KeyLabel)
		if err == nil && !f.Unique {
			err = c.MakeUnique(t.Context(), string(f.ID))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Learn(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestAListOfFieldsThatCannotBeReadTakesNoKeyFieldAway answers oddly to one of the questions about custom
// fields; only a list that is read shows that a field is gone.
func TestAListOfFieldsThatCannotBeReadTakesNoKeyFieldAway(t *testing.T) {
	k := keep(t)
	k.fields(t)
	for _, tt := range []struct {
		name   string
		status int
		body   string
		keeps  bool
	}{
		{"without the list", 200, `{"code":0,"message":"success"}`, true},
		{"refused", 400, `{"code":4,"message":"Invalid value passed for entity"}`, true},
		{"not authorized for this part", 401, `{"code":57,"message":"You are not authorized to perform this operation"}`, true},
		{"not there", 404, `{"code":5,"message":"Invalid URL Passed"}`, true},
		{"empty", 200, `{"code":0,"message":"success","fields":[]}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := k.sameRow().Learn(t.Context()); err != nil {
				t.Fatal(err)
			}
			s, _ := k.oddly(tt.status, map[string]string{"entity=invoice": tt.body})
			if err := s.Learn(t.Context()); err != nil && !fault.Is(err, fault.Limited) {
				t.Fatal(err)
			}
			known, err := s.Known(t.Context())
			if _, has := known.KeyFields["invoice"]; err != nil || has != tt.keeps || len(known.KeyFields) < len(zoho.Resources)-1 {
				t.Errorf("known are %v, %v", known.KeyFields, err)
			}
		})
	}
}

// TestAKeyFieldThatStandsAgainLetsGo is for what waited for it: nobody need run a set-up.
func TestAKeyFieldThatStandsAgainLetsGo(t *testing.T) {
	k := keep(t)
	k.fields(t)
	let := 0
	s := k.sameRow()
	s.KeyFieldsStand = func(context.Context) error { let++; return nil }
	if err := s.Free(t.Context()); err != nil || let != 1 {
		t.Fatalf("first: let go %d times, %v", let, err)
	}
	gone, _ := k.oddly(200, map[string]string{"entity=invoice": `{"code":0,"message":"success","fields":[]}`})
	for _, learn := range []func() error{func() error { return gone.Learn(t.Context()) }, func() error { return s.Learn(t.Context()) }, func() error { return s.Learn(t.Context()) }} {
		if err := learn(); err != nil {
			t.Fatal(err)
		}
		if err := s.Free(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if let != 2 {
		t.Errorf("let go %d times", let)
	}
}

// TestWhatIsNotToldIsNotAskedForAgainAndAgain asks for the organization as every batch of every process does,
// while one of the answers does not come.
func TestWhatIsNotToldIsNotAskedForAgainAndAgain(t *testing.T) {
	for _, known := range []bool{true, false} {
		t.Run(fmt.Sprintf("known before %t", known), func(t *testing.T) {
			k := keep(t)
			if !known {
				k.must(t, "UPDATE qlobooks_connection SET learned = NULL, learned_at = NULL")
			}
			batch := func(s *connection.Service, after time.Duration) error {
				later(s, 2*time.Hour+after)
				k.must(t, "UPDATE qlobooks_connection SET access_expires_at = DATE_ADD(UTC_TIMESTAMP(), INTERVAL 9 HOUR)")
				l, _, err := s.Organization(t.Context())
				if known && (err != nil || l.Name == "") || !known && (err == nil || fault.Of(err).RetryAfter > time.Minute) {
					t.Errorf("%+v, %v", l, err)
				}
				return err
			}
			first, asked := k.oddly(0, map[string]string{"/settings/currencies": ""})
			_ = batch(first, 0)
			once := asked.asked
			other, more := k.oddly(0, map[string]string{"/settings/currencies": ""})
			for n := range 5 {
				_, _ = batch(first, time.Duration(n)*time.Second), batch(other, time.Duration(n)*time.Second)
			}
			if once == 0 || asked.asked+more.asked != once {
				t.Errorf("%d questions of the first batch, %d of all", once, asked.asked+more.asked)
			}
			other, more = k.oddly(0, nil)
			later(other, 2*time.Hour+62*time.Second)
			if l, _, err := other.Organization(t.Context()); err != nil || l.Name == "" || more.asked == 0 {
				t.Errorf("when Zoho Books tells again: %+v, %v", l, err)
			}
		})
	}
}
