package await_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qlobooks/qlobooks/internal/await"
)

// TestAWaitIsGivenUpWhenNothingMoves measures every end of a wait on a clock of its own.
func TestAWaitIsGivenUpWhenNothingMoves(t *testing.T) {
	boom := errors.New("boom")
	never := func() (bool, error) { return false, nil }
	after := func(d time.Duration) func() (bool, error) {
		end := time.Now().Add(d)
		return func() (bool, error) { return time.Now().After(end), nil }
	}
	moving := func() string { return fmt.Sprint(time.Now().Unix()) }
	for name, c := range map[string]struct {
		wait     await.Bounds
		met      func() func() (bool, error)
		ends     time.Duration // of ctx; 0 = it does not
		min, max time.Duration
		want     string // of the error; "" = none
	}{
		"at once":                    {met: func() func() (bool, error) { return after(-1) }, max: time.Second},
		"before a minute":            {met: func() func() (bool, error) { return after(50 * time.Second) }, min: 50 * time.Second, max: 51 * time.Second},
		"never":                      {met: func() func() (bool, error) { return never }, min: time.Minute, max: 63 * time.Second, want: "nothing moved for 1m"},
		"never, with more patience":  {wait: await.Bounds{Hang: 3 * time.Minute}, met: func() func() (bool, error) { return never }, min: 3 * time.Minute, max: 190 * time.Second, want: "nothing moved for 3m"},
		"slowly, but it moves":       {wait: await.Bounds{Moved: moving}, met: func() func() (bool, error) { return after(5 * time.Minute) }, min: 5 * time.Minute, max: 301 * time.Second},
		"moving, but never":          {wait: await.Bounds{Moved: moving}, met: func() func() (bool, error) { return never }, min: 10 * time.Minute, max: 11 * time.Minute, want: "does not come to an end"},
		"an error":                   {met: func() func() (bool, error) { return func() (bool, error) { return false, boom } }, max: time.Second, want: "boom"},
		"who waits has gone already": {met: func() func() (bool, error) { return never }, ends: 5 * time.Second, min: 5 * time.Second, max: 6 * time.Second, want: context.DeadlineExceeded.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if c.ends > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.ends)
					defer cancel()
				}
				began := time.Now()
				err := c.wait.For(ctx, c.met())
				if took := time.Since(began); took < c.min || took > c.max {
					t.Errorf("took %v, want %v to %v", took, c.min, c.max)
				}
				if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, want %q", err, c.want)
				}
			})
		})
	}
}
