package records

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// TestNoCureNamesAReleaseThatDoesNothing: where a cause, or the sentence of a document, has a person use Release, that answers it.
func TestNoCureNamesAReleaseThatDoesNothing(t *testing.T) {
	t.Parallel()
	answered := map[string]bool{"brake": true, "edited": true} // a run is released; the engine names its code
	for _, codes := range asked {
		for _, code := range codes {
			answered[code] = true
		}
	}
	for code, w := range fault.Codes() {
		if words := w.Explanation + " " + w.Action; !answered[code] && (strings.Contains(words, "elease it") || strings.Contains(words, "Release") || strings.Contains(words, "released")) {
			t.Errorf("%s: %s", code, words)
		}
	}
	sentences := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			said, codes := "", []string{}
			ast.Inspect(d, func(n ast.Node) bool {
				if id, is := n.(*ast.Ident); is {
					codes = append(codes, id.Name)
				}
				lit, is := n.(*ast.BasicLit)
				if !is || lit.Kind != token.STRING {
					return true
				}
				text, _ := strconv.Unquote(lit.Value)
				if strings.Contains(text, "Use Release") || strings.Contains(text, "use Release") || strings.Contains(text, "Release posts") {
					said = text
				}
				codes = append(codes, text)
				return true
			})
			if _, is := d.(*ast.FuncDecl); !is || said == "" {
				continue
			}
			sentences++
			if !slices.ContainsFunc(codes, func(code string) bool { return answered[code] }) {
				t.Errorf("%s: %q belongs to no cause that Release answers", files.Position(d.Pos()), said)
			}
		}
		return nil
	})
	if err != nil || sentences == 0 {
		t.Fatalf("%d sentences, %v", sentences, err)
	}
}
