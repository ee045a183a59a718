package privatetest

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/private"
)

// Left names the scripts beside the repository that leave rows in the dump of QloApps 1.7 as hotels
// leave them, in order; none where they are not there.
func Left(t testing.TB) (names []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(beside(), "findings", "inputs", "*.sql"))
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
		raw, err := os.ReadFile(filepath.Join(beside(), "findings", "inputs", name+".sql"))
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
func beside() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", "..", private.Beside)
}
