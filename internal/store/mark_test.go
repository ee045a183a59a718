package store_test

import "testing"

// TestAMarkThatGrowsIsNeverLowered: two processes read the same number, one is slow, and what it writes is older than
// what the other has told Redis. Lowered, the tables would look as if a back-up had been put back.
func TestAMarkThatGrowsIsNeverLowered(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for _, step := range []struct {
		to   uint64
		want string
	}{{9, "9"}, {11, "11"}, {10, "11"}, {2, "11"}, {100, "100"}} {
		if err := s.RaiseMark(t.Context(), "furthest", step.to); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Mark(t.Context(), "furthest"); err != nil || got != step.want {
			t.Errorf("after %d: %q %v, want %q", step.to, got, err, step.want)
		}
	}
}
