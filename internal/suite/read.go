package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
)

const module = "github.com/qlobooks/qlobooks/"

// packages are the names that go list printed, without some.
func packages(listed []byte, without []string) (names []string) {
	for _, name := range strings.Fields(string(listed)) {
		short := "./" + strings.TrimPrefix(name, module)
		if !slices.Contains(without, short) {
			names = append(names, name)
		}
	}
	return names
}

// readGo reads what go test -json prints. A test counts when it has no tests within; a package that ends
// without naming a failed test (it does not build, it panics) fails by its own name.
func readGo(from io.Reader, r *result) error {
	type event struct {
		Action, Package, Test, Output, ImportPath, FailedBuild string
		Elapsed                                                float64
	}
	said, built := map[string]*strings.Builder{}, map[string]*strings.Builder{}
	parents, failed := map[string]bool{}, map[string]bool{}
	note := func(m map[string]*strings.Builder, key, text string) {
		if m[key] == nil {
			m[key] = &strings.Builder{}
		}
		m[key].WriteString(text)
	}
	text := func(m map[string]*strings.Builder, key string) string {
		if m[key] == nil {
			return ""
		}
		return m[key].String()
	}
	lines := json.NewDecoder(from)
	for {
		var e event
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		pkg := "./" + strings.TrimPrefix(e.Package, module)
		key := pkg + " " + e.Test
		took := time.Duration(e.Elapsed * float64(time.Second))
		if at := strings.LastIndexByte(e.Test, '/'); at > 0 {
			parents[pkg+" "+e.Test[:at]] = true
		}
		switch e.Action {
		case "output":
			note(said, key, e.Output)
		case "build-output":
			note(built, e.ImportPath, e.Output)
		case "pass", "skip":
			switch {
			case e.Test == "" || e.Action == "pass" && parents[key]:
			case e.Action == "pass":
				r.pass(key, took)
			default:
				r.skip(key)
			}
			delete(said, key)
		case "fail":
			switch {
			case e.Test != "":
				failed[pkg] = true
				if lines := meant(text(said, key)); !parents[key] || lines != "" {
					r.fail(key, lines)
				}
			case !failed[pkg]:
				r.fail(pkg, text(built, e.FailedBuild)+text(said, key))
			}
		}
	}
}

// meant leaves out what go test itself says of a test.
func meant(said string) string {
	var kept []string
	for _, line := range strings.SplitAfter(said, "\n") {
		if word := strings.TrimSpace(line); !strings.HasPrefix(word, "=== ") && !strings.HasPrefix(word, "--- ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// readVitest reads the report that vitest prints at its end.
func readVitest(from io.Reader, r *result) error {
	var report struct {
		TestResults []struct {
			Name, Status, Message string
			AssertionResults      []struct {
				FullName, Status string
				Duration         float64 // ms
				FailureMessages  []string
			}
		}
	}
	all, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	// Whatever a test prints by itself stands before the report.
	at := strings.LastIndex(string(all), "\n{\"numTotalTestSuites\"")
	if err := json.Unmarshal(all[at+1:], &report); err != nil {
		return errors.New(err.Error() + ": " + string(all[max(0, len(all)-2000):]))
	}
	for _, file := range report.TestResults {
		_, name, _ := strings.Cut(file.Name, "/frontend/")
		for _, test := range file.AssertionResults {
			full := name + " " + test.FullName
			switch test.Status {
			case "passed":
				r.pass(full, time.Duration(test.Duration*float64(time.Millisecond)))
			case "failed":
				r.fail(full, strings.Join(test.FailureMessages, "\n"))
			default:
				r.skip(full)
			}
		}
		if file.Status == "failed" && len(file.AssertionResults) == 0 {
			r.fail(name, file.Message)
		}
	}
	return nil
}

// readBrowser reads the lines of e2e/run.mjs: a word, then a name; what follows without a word belongs
// to the line before.
func readBrowser(from io.Reader, r *result) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	last, open := time.Now(), false // open: the line before was a failure
	for lines.Scan() {
		word, name, _ := strings.Cut(lines.Text(), " ")
		name = strings.TrimSpace(name)
		switch word {
		case "ok":
			r.pass(name, time.Since(last)) // the steps since the line before
		case "FAIL":
			name, said, _ := strings.Cut(name, ": ")
			r.fail(name, said)
		case "wait":
			r.skip(name)
		default:
			if open {
				r.failures[len(r.failures)-1].said += "\n" + lines.Text()
			}
			continue
		}
		last, open = time.Now(), word == "FAIL"
	}
	return lines.Err()
}
