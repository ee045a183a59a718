// Package await waits for what comes and stays, without knowing how fast the machine is.
//
// A busy machine makes everything slow, and nothing fail: real time only bounds how long a wait
// stands still.
package await

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// Hang is how long a wait may stand still before it is given up.
const Hang = time.Minute

// most is how many times as long a wait may take in all while something moves.
const most = 10

// Bounds are how something is waited for.
type Bounds struct {
	Every time.Duration // between two looks; 0 = a tenth of what was waited, 20 ms to half a second
	Hang  time.Duration // 0 = Hang
	Moved func() string // gives another text when work has gone on; nil = nobody can tell
}

// For looks again and again until met says so. It gives up with what met said last, when nothing has
// moved for as long as a wait may hang, or when ctx ends.
func (b Bounds) For(ctx context.Context, met func() (bool, error)) error {
	if b.Hang == 0 {
		b.Hang = Hang
	}
	began := time.Now()
	still, looked, seen := began, began, ""
	for {
		there, err := met()
		if there || err != nil {
			return err
		}
		// Looking costs a query, so it is done a few times in the time that counts.
		if now := time.Now(); now.Sub(looked) > b.Hang/60 {
			looked = now
			if is := b.moved(); is != seen {
				still, seen = now, is
			}
			if now.Sub(still) > b.Hang {
				return fmt.Errorf("nothing moved for %s, %s after it began", now.Sub(still).Round(time.Second), now.Sub(began).Round(time.Second))
			}
			if now.Sub(began) > most*b.Hang {
				return fmt.Errorf("something moves and does not come to an end in %s", now.Sub(began).Round(time.Second))
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("after %s: %w", time.Since(began).Round(time.Second), ctx.Err())
		case <-time.After(b.next(time.Since(began))):
		}
	}
}

// next is how long the next look may wait: many who look at a busy machine all the time make it busier
// than what they wait for.
func (b Bounds) next(waited time.Duration) time.Duration {
	return cmp.Or(b.Every, min(max(waited/10, 20*time.Millisecond), 500*time.Millisecond))
}

func (b Bounds) moved() string {
	if b.Moved == nil {
		return ""
	}
	return b.Moved()
}
