package private_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/private"
)

// TestMissingDumpsAreNamed: whoever runs the tests is told what was not tried.
func TestMissingDumpsAreNamed(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	repository := filepath.Join(root, "here")
	for _, folder := range []string{repository, filepath.Join(root, "shared", "qloapps")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got := private.MissingDumps(repository); !slices.Equal(got, []string{"qloapps-1.7.sql.gz", "qloapps-1.6.1.sql.gz"}) {
		t.Errorf("of none: %v", got)
	}
	if err := os.WriteFile(filepath.Join(root, "shared", private.DumpPath("1.7")), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := private.MissingDumps(repository); !slices.Equal(got, []string{"qloapps-1.6.1.sql.gz"}) {
		t.Errorf("of one: %v", got)
	}
}
