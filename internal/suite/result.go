package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// result is what became of one part.
type result struct {
	part            string
	passed          int
	failed, skipped int
	took, cpu       time.Duration
	failures        []failure
	left            []string // names of what was skipped
	tests           []timed
}

// failure is a test that failed, with what it said.
type failure struct{ name, said string }

type timed struct {
	name string
	took time.Duration
}

func (r *result) pass(name string, took time.Duration) {
	r.passed++
	r.tests = append(r.tests, timed{name, took})
}

func (r *result) fail(name, said string) {
	r.failed++
	r.failures = append(r.failures, failure{name, said})
}

func (r *result) skip(name string) {
	r.skipped++
	r.left = append(r.left, name)
}

// tell prints one line for a part that has ended, and all that failed tests said.
func (r *result) tell(say func(format string, args ...any)) {
	for _, f := range r.failures {
		say("--- FAIL: %s: %s\n%s", r.part, f.name, strings.TrimRight(f.said, "\n"))
	}
	say("%s: %d passed, %d failed, %d skipped in %.0f s (%.0f s of processor time)", r.part, r.passed, r.failed, r.skipped, r.took.Seconds(), r.cpu.Seconds())
}

// table closes a run and gives its exit status.
func table(out io.Writer, results []*result, slowest int, took time.Duration) int {
	var all result
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, r := range results {
		all.passed, all.failed, all.skipped = all.passed+r.passed, all.failed+r.failed, all.skipped+r.skipped
		for _, t := range r.tests {
			all.tests = append(all.tests, timed{r.part + ": " + t.name, t.took})
		}
	}
	slices.SortFunc(all.tests, func(a, b timed) int { return cmp.Compare(b.took, a.took) })
	if n := min(slowest, len(all.tests)); n > 0 {
		fmt.Fprintf(out, "\nThe %d slowest tests:\n", n)
		for _, t := range all.tests[:n] {
			fmt.Fprintf(out, "%7.1f s  %s\n", t.took.Seconds(), t.name)
		}
	}
	fmt.Fprintln(out)
	fmt.Fprintln(w, "part\tpassed\tfailed\tskipped\tseconds\t")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.0f\t\n", r.part, r.passed, r.failed, r.skipped, r.took.Seconds())
	}
	fmt.Fprintf(w, "all\t%d\t%d\t%d\t%.0f\t\n", all.passed, all.failed, all.skipped, took.Seconds())
	_ = w.Flush()
	for _, r := range results {
		for _, f := range r.failures {
			fmt.Fprintf(out, "failed: %s: %s\n", r.part, f.name)
		}
		for _, name := range r.left {
			fmt.Fprintf(out, "skipped: %s: %s\n", r.part, name)
		}
	}
	fmt.Fprintf(out, "%d passed, %d failed", all.passed, all.failed)
	if all.skipped > 0 {
		fmt.Fprintf(out, ", %d skipped", all.skipped)
	}
	fmt.Fprintln(out)
	if all.failed > 0 {
		return 1
	}
	return 0
}
