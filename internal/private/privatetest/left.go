package privatetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/private"
)

// Left names the scripts beside the repository that leave rows in the dump of QloApps 1.7 as hotels
// leave them, in order; none where they are not there.
func Left(t testing.TB) (names []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(beside(t), "findings", "inputs", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		names = append(names, strings.TrimSuffix(filepath.Base(path), ".sql"))
	}
	return names
}

// Leave runs some of them on a dump whose tables begin with prefix. What another of them has already
// written stays.
func Leave(t testing.TB, dsn, prefix string, names ...string) {
	t.Helper()
	for _, name := range names {
		raw, err := os.ReadFile(filepath.Join(beside(t), "findings", "inputs", name+".sql"))
		if err != nil {
			t.Fatal(err)
		}
		script := strings.NewReplacer("qlo_", prefix, "INSERT INTO", "INSERT IGNORE INTO").Replace(string(raw))
		if err := private.RunScript(context.Background(), dsn, strings.NewReader(script)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// beside is the folder of what lies beside the repository.
func beside(t testing.TB) string {
	t.Helper()
	here, err := os.Getwd() // a test's is its package's folder; the path of this file may be left out of the program
	for err == nil {
		if _, lost := os.Stat(filepath.Join(here, "go.mod")); lost == nil {
			return filepath.Join(here, private.Beside)
		}
		if up := filepath.Dir(here); up != here {
			here = up
			continue
		}
		err = errors.New("no go.mod")
	}
	t.Fatalf("where is the repository? %v", err)
	return ""
}
