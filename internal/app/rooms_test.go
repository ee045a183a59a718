package app_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const internal = "github.com/qlobooks/qlobooks/internal/"

// floors are the folders of internal/, from the ground up. What stands on a floor may use what stands
// below it, and nothing beside or above it: so a rule has one place, and whoever reads it need read
// no further up.
var floors = [][]string{
	// What everything is built of.
	{"money", "secret", "private", "indexes", "metrics", "crash/point", "sample", "await", "collate", "statement", "lately"},
	{"fault", "config"},
	// Both sides, our own rows, and what people chose.
	{"strict", "limit", "oracle", "version", "ledger"},
	{"settings", "store", "zoho", "qloapps"},
	{"rules", "access"},
	// The heart: what a document comes to, what settles what, the life of a record.
	{"bill", "settlement", "engine"},
	{"destination"},
	{"flow"},
	// What people and the clock begin, and what they are shown.
	{"connection", "mapping", "detect", "runs", "alert", "live", "paymentimport", "pairing", "reconcile", "revenue"},
	{"records", "schedule", "setup", "rights", "undo"},
	{"app"},
	// The whole product on stage; the sandbox is beside it, and knows nothing of it.
	{"private/privatetest", "sandbox/books"},
	{"store/storetest"},
	{"sandbox", "rehearsal"},
	{"demo", "bench", "crash", "suite", "tools/openapi", "tools/vuln"},
}

// strangers must not know each other though their floors would let them.
var strangers = map[string][]string{
	"bill":          {"engine", "store", "limit"},
	"settlement":    {"engine", "store", "limit", "rules", "oracle"},
	"engine":        {"zoho", "qloapps", "limit", "settings", "oracle"},
	"destination":   {"bill", "settlement", "qloapps", "rules", "oracle"},
	"mapping":       {"connection"},
	"sandbox/books": {"zoho", "flow", "bill", "oracle", "money"},
}

// TestRoomsAreTiedOneWay reads the imports of every folder of internal/. Tests may use what they like.
func TestRoomsAreTiedOneWay(t *testing.T) {
	t.Parallel()

	floor := map[string]int{}
	for n, rooms := range floors {
		for _, room := range rooms {
			floor[room] = n
		}
	}
	seen := map[string]bool{}
	for room, uses := range ties(t, "..") {
		own, known := floor[room]
		if !known {
			t.Errorf("internal/%s stands on no floor: name it in floors", room)
			continue
		}
		seen[room] = true
		for _, used := range uses {
			switch below, known := floor[used]; {
			case !known:
				t.Errorf("internal/%s uses internal/%s, which stands on no floor", room, used)
			case below >= own:
				t.Errorf("internal/%s uses internal/%s, which does not stand below it", room, used)
			case slices.Contains(strangers[room], used):
				t.Errorf("internal/%s must not know internal/%s", room, used)
			}
		}
	}
	for room := range floor {
		if !seen[room] {
			t.Errorf("internal/%s is named in floors, but is no folder of Go code", room)
		}
	}
}

// ties are the folders that each folder below root imports, tests left out.
func ties(t *testing.T, root string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		room := filepath.ToSlash(folder)
		found[room] = found[room][:len(found[room]):len(found[room])]
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if used, ok := strings.CutPrefix(name, internal); ok && !slices.Contains(found[room], used) {
				found[room] = append(found[room], used)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
