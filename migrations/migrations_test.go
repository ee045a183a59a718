package migrations

import (
	"strings"
	"testing"
)

// TestEachMigrationHasANumberOfItsOwn, as two with one number keep every program from starting.
func TestEachMigrationHasANumberOfItsOwn(t *testing.T) {
	t.Parallel()

	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]string{}
	for _, e := range entries {
		number, _, _ := strings.Cut(e.Name(), "_")
		if other := taken[number]; other != "" {
			t.Errorf("%s and %s have one number: the one that landed later takes the next free one", other, e.Name())
		}
		taken[number] = e.Name()
	}
}
