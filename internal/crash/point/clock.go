package point

import (
	"fmt"
	"os"
	"time"
)

// Clock is nil, except in a crash test whose environment lets time pass faster, so that leases
// and waits of minutes end in seconds: QLOBOOKS_CRASH_CLOCK is «speed since», where since is the
// Unix time in nanoseconds at which both clocks showed the same.
func Clock() func() time.Time {
	var speed, since int64
	if n, _ := fmt.Sscan(os.Getenv("QLOBOOKS_CRASH_CLOCK"), &speed, &since); !armed || n != 2 {
		return nil
	}
	return Fast(speed, time.Unix(0, since))
}

// Fast is a clock that runs speed times as fast since a moment.
func Fast(speed int64, since time.Time) func() time.Time {
	return func() time.Time { return since.Add(time.Since(since) * time.Duration(speed)) }
}
