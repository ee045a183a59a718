package privatetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/qlobooks/qlobooks/internal/private"
)

// TestTheDumpsAreFoundHoweverTheTestWasBuilt looks from a folder deep within the repository, also in a program that
// does not know where its source lay.
func TestTheDumpsAreFoundHoweverTheTestWasBuilt(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	if got, want := beside(t), filepath.Join(root, private.Beside); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
