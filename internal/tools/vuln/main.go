// Vuln runs govulncheck over the project with the Go that go.mod names. Where Go's vulnerability database
// is out of reach, it is taken from the module that it is made from; where that is too, nothing is
// checked and that is said.
//
//	go run ./vuln ../..
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	database = "https://vuln.go.dev"
	source   = "golang.org/x/vulndb" // its data/osv is what the database serves
)

// harmless are known vulnerabilities of what we call that do not concern what we do with it. The database
// names no functions for them, and no version of echo 4 is without them.
var harmless = map[string]string{
	"GO-2026-6872": "in echo's own rate limiter, which nothing here uses; who asks is read from the trusted proxies alone",
	"GO-2026-6875": "in echo's own reverse proxy, which nothing here uses",
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: vuln FOLDER")
		os.Exit(2)
	}
	code, err := check(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "vuln:", err)
		code = 1
	}
	os.Exit(code)
}

func check(root string) (code int, err error) {
	dir, err := os.MkdirTemp("", "qlb-vuln-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	args := []string{"tool", "-modfile=" + filepath.Join("internal", "tools", "go.mod"), "govulncheck", "-format", "json"}
	if !reachable() {
		data, version, err := download()
		if err != nil {
			fmt.Printf("Known vulnerabilities were not looked for: neither the database nor the module it is made from is in reach (%v).\n", err)
			return 0, nil
		}
		if err := index(filepath.Join(data, "data", "osv"), dir); err != nil {
			return 0, err
		}
		args = append(args, "-db", "file://"+dir)
		fmt.Printf("Known vulnerabilities are those of %s %s.\n", source, version)
	}
	cmd := exec.Command("go", append(args, "./...")...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	cmd.Env = append(os.Environ(), toolchain(root)...)
	said, err := cmd.Output()
	if err != nil {
		return 0, err
	}
	called, err := read(said)
	for _, c := range called {
		if why := harmless[c.id]; why != "" {
			fmt.Printf("%s: %s.\n", c.id, why)
			continue
		}
		fmt.Printf("%s in %s: %s; fixed in %s\n", c.id, c.module, c.summary, c.fixed)
		code = 1
	}
	if code == 0 {
		fmt.Println("Nothing that is called has a known vulnerability that concerns it.")
	}
	return code, err
}

type finding struct{ id, module, summary, fixed string }

// read gives the vulnerabilities of what is called, each once.
func read(said []byte) (called []finding, err error) {
	summaries, seen := map[string]string{}, map[string]bool{}
	for lines := json.NewDecoder(bytes.NewReader(said)); ; {
		var message struct {
			OSV     *struct{ ID, Summary string }
			Finding *struct {
				OSV   string
				Fixed string `json:"fixed_version"`
				Trace []struct{ Module, Function string }
			}
		}
		if err := lines.Decode(&message); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if message.OSV != nil {
			summaries[message.OSV.ID] = message.OSV.Summary
		}
		if f := message.Finding; f != nil && len(f.Trace) > 0 && f.Trace[0].Function != "" && !seen[f.OSV] {
			seen[f.OSV] = true
			called = append(called, finding{f.OSV, f.Trace[0].Module, "", cmp.Or(f.Fixed, "no version")})
		}
	}
	for i := range called {
		called[i].summary = summaries[called[i].id]
	}
	return called, nil
}

func reachable() bool {
	client := http.Client{Timeout: 10 * time.Second}
	answer, err := client.Get(database + "/index/db.json")
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// download gives the folder of the database's module, and its version.
func download() (dir, version string, err error) {
	cmd := exec.Command("go", "mod", "download", "-json", source+"@latest")
	cmd.Dir = os.TempDir() // outside of any module
	said, err := cmd.Output()
	var module struct{ Dir, Version, Error string }
	if json.Unmarshal(said, &module) == nil && module.Dir != "" {
		return module.Dir, module.Version, nil
	}
	return "", "", fmt.Errorf("%w %s", err, module.Error)
}

// toolchain is the environment in which the Go that go.mod names runs, as that is what is built with.
func toolchain(root string) []string {
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = root
	said, err := cmd.Output()
	var mod struct{ Toolchain string }
	if err != nil || json.Unmarshal(said, &mod) != nil || mod.Toolchain == "" {
		return nil
	}
	env := []string{"GOTOOLCHAIN=" + mod.Toolchain}
	try := exec.Command("go", "version")
	try.Env = append(os.Environ(), env...)
	if try.Run() != nil {
		fmt.Printf("%s cannot be had here; the Go at hand is looked at instead.\n", mod.Toolchain)
		return nil
	}
	return env
}

// index lays the entries of a folder out as govulncheck reads a database: one file for each, and which
// module has which.
func index(from, to string) error {
	files, err := filepath.Glob(filepath.Join(from, "GO-*.json"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no entries in %s (%v)", from, err)
	}
	for _, folder := range []string{"ID", "index"} {
		if err := os.MkdirAll(filepath.Join(to, folder), 0o755); err != nil {
			return err
		}
	}
	type vulnerability struct {
		ID       string    `json:"id"`
		Modified time.Time `json:"modified"`
	}
	type module struct {
		Path  string          `json:"path"`
		Vulns []vulnerability `json:"vulns"`
	}
	modules := map[string]*module{}
	latest := time.Time{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var entry struct {
			vulnerability
			Affected []struct{ Package struct{ Name string } }
		}
		if err := json.Unmarshal(body, &entry); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		if err := os.WriteFile(filepath.Join(to, "ID", filepath.Base(file)), body, 0o644); err != nil {
			return err
		}
		if entry.Modified.After(latest) {
			latest = entry.Modified
		}
		for _, a := range entry.Affected {
			m := modules[a.Package.Name]
			if m == nil {
				m = &module{Path: a.Package.Name}
				modules[m.Path] = m
			}
			if n := len(m.Vulns); n == 0 || m.Vulns[n-1].ID != entry.ID {
				m.Vulns = append(m.Vulns, entry.vulnerability)
			}
		}
	}
	list := make([]*module, 0, len(modules))
	for _, m := range modules {
		list = append(list, m)
	}
	for name, content := range map[string]any{"modules": list, "db": map[string]time.Time{"modified": latest}} {
		body, err := json.Marshal(content)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, "index", name+".json"), body, 0o644); err != nil {
			return err
		}
	}
	return nil
}
