package fault_test

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
)

var update = flag.Bool("update", false, "write the titles that the pages show")

// root is the repository.
const root = "../.."

// codes are all codes that faults are made with, wherever that is, with one place of each. A code that is
// a constant is found by its value; one that is taken from elsewhere was made there.
func codes(t *testing.T) map[string]string {
	t.Helper()
	found, constants, named := map[string]string{}, map[string]string{}, map[string]string{}
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "frontend" || d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		text := func(e ast.Expr) (string, bool) {
			lit, ok := e.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return "", false
			}
			value, err := strconv.Unquote(lit.Value)
			return value, err == nil
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if i < len(n.Values) {
						if value, ok := text(n.Values[i]); ok {
							constants[name.Name] = value
						}
					}
				}
			case *ast.CallExpr:
				fun, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || fun.Sel.Name != "New" || len(n.Args) < 3 {
					return true
				}
				if pkg, ok := fun.X.(*ast.Ident); !ok || pkg.Name != "fault" {
					return true
				}
				switch code := n.Args[1].(type) {
				case *ast.BasicLit:
					value, _ := text(code)
					if value != "" { // what is shown takes the code of something else
						found[value] = path
					}
				case *ast.Ident:
					named[code.Name] = path
				case *ast.SelectorExpr:
					if _, pkg := code.X.(*ast.Ident); pkg {
						named[code.Sel.Name] = path
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range named {
		if value, known := constants[name]; known && value == strings.ToLower(value) && !strings.Contains(value, " ") {
			found[value] = path
		}
	}
	return found
}

// TestEveryCodeHasWords holds the one table to every code that the code can make: title, explanation and
// action, and an entry in docs/states.md where a record can stand still for it.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile(filepath.Join(root, "docs", "states.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := codes(t)
	if len(found) < 90 || found["totals_differ"] == "" || found["refused_alike"] == "" || found["module_missing"] == "" {
		t.Fatalf("only %d codes were found", len(found))
	}
	for code, path := range found {
		words := fault.Explain(code)
		if words.Title == code || words.Title == "" || words.Explanation == "" || words.Action == "" {
			t.Errorf("%s, made in %s, has no words", code, path)
		}
	}
	for code, words := range fault.Codes() {
		if words.Title == "" || words.Explanation == "" || words.Action == "" {
			t.Errorf("%s lacks some of its words", code)
		}
		if !strings.Contains(string(manual), "`"+code+"`") {
			t.Errorf("docs/states.md does not explain %s", code)
		}
	}
}

// TestThePagesShowTheSameTitles compares the file that the pages read with the table.
func TestThePagesShowTheSameTitles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(root, "frontend", "src", "lib", "texts", "titles.gen.json")
	titles := map[string]string{}
	for code, words := range fault.Codes() {
		titles[code] = words.Title
	}
	want, err := json.MarshalIndent(titles, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || string(have) != string(want) {
		t.Errorf("%s is not as the table says (%v); write it with go test ./internal/fault -update", path, err)
	}
}

// TestATitleFitsWhateverHasTheCause: what waits for a document that nobody queued may wait for an invoice, as a payment
// does, or for a payment, as money given back does.
func TestATitleFitsWhateverHasTheCause(t *testing.T) {
	t.Parallel()
	for code, kinds := range map[string][]string{"not_queued": {"invoice", "payment", "credit"}} {
		for _, kind := range kinds {
			if title := fault.Explain(code).Title; strings.Contains(strings.ToLower(title), kind) {
				t.Errorf("%s is titled «%s», also where it is about no %s", code, title, kind)
			}
		}
	}
}
