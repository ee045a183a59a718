package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// TestEveryResultIsCounted reads what the three kinds of test runners print.
func TestEveryResultIsCounted(t *testing.T) {
	goLines := strings.Join([]string{
		`{"Action":"output","Package":"github.com/qlobooks/qlobooks/internal/a","Test":"TestGood","Output":"time=now level=ERROR msg=expected\n"}`,
		`{"Action":"pass","Package":"github.com/qlobooks/qlobooks/internal/a","Test":"TestGood","Elapsed":2.5}`,
		`{"Action":"pass","Package":"github.com/qlobooks/qlobooks/internal/a","Test":"TestTwo/one"}`,
		`{"Action":"output","Package":"github.com/qlobooks/qlobooks/internal/a","Test":"TestTwo/two","Output":"    a_test.go:3: wrong\n"}`,
		`{"Action":"output","Package":"github.com/qlobooks/qlobooks/internal/a","Test":"TestTwo/two","Output":"    --- FAIL: TestTwo/two (0.00s)\n"}`,
		`{"Action":"fail","Package":"github.com/qlobooks/qlobooks/internal/a","Test":"TestTwo/two"}`,
		`{"Action":"output","Package":"github.com/qlobooks/qlobooks/internal/a","Test":"TestTwo","Output":"--- FAIL: TestTwo (0.00s)\n"}`,
		`{"Action":"fail","Package":"github.com/qlobooks/qlobooks/internal/a","Test":"TestTwo"}`,
		`{"Action":"skip","Package":"github.com/qlobooks/qlobooks/internal/a","Test":"TestLater"}`,
		`{"Action":"fail","Package":"github.com/qlobooks/qlobooks/internal/a"}`,
		`{"Action":"build-output","ImportPath":"b.test","Output":"b.go:1: no such thing\n"}`,
		`{"Action":"fail","Package":"github.com/qlobooks/qlobooks/internal/b","FailedBuild":"b.test"}`,
		`{"Action":"output","Package":"github.com/qlobooks/qlobooks/internal/c","Output":"panic: out of test\n"}`,
		`{"Action":"fail","Package":"github.com/qlobooks/qlobooks/internal/c"}`,
	}, "\n")
	vitest := "a line of a test\n" + `{"numTotalTestSuites":1,"testResults":[{"name":"/x/frontend/src/a.test.tsx","status":"failed","assertionResults":[` +
		`{"fullName":"shows it","status":"passed","duration":12.5},{"fullName":"hides it","status":"failed","failureMessages":["Error: still there"]},{"fullName":"later","status":"pending"}]},` +
		`{"name":"/x/frontend/src/b.test.tsx","status":"failed","message":"does not compile","assertionResults":[]}]}` + "\n"
	browser := "ok   one\nFAIL two: it is not\n     so at all\nwait three: it is not there\n     a note\n1 passed, 1 failed\n"
	for name, c := range map[string]struct {
		read                    func() (*result, error)
		passed, failed, skipped int
		said                    []string
	}{
		"go": {func() (*result, error) { r := &result{part: "parts"}; return r, readGo(strings.NewReader(goLines), r) }, 2, 3, 1, []string{"./internal/a TestTwo/two|    a_test.go:3: wrong\n", "./internal/b|b.go:1: no such thing\n", "./internal/c|panic: out of test\n"}},
		"vitest": {func() (*result, error) {
			r := &result{part: "front end"}
			return r, readVitest(strings.NewReader(vitest), r)
		}, 1, 2, 1, []string{"src/a.test.tsx hides it|Error: still there", "src/b.test.tsx|does not compile"}},
		"browser": {func() (*result, error) {
			r := &result{part: "browser"}
			return r, readBrowser(strings.NewReader(browser), r)
		}, 1, 1, 1, []string{"two|it is not\n     so at all"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := c.read()
			if err != nil || r.passed != c.passed || r.failed != c.failed || r.skipped != c.skipped {
				t.Fatalf("%d passed, %d failed, %d skipped, %v", r.passed, r.failed, r.skipped, err)
			}
			for i, f := range r.failures {
				if got := f.name + "|" + f.said; got != c.said[i] {
					t.Errorf("%q, want %q", got, c.said[i])
				}
			}
		})
	}
}

// TestTheTableClosesARun wants the numbers alone on the last line, the names above, and a status.
func TestTheTableClosesARun(t *testing.T) {
	good, bad := &result{part: "front end"}, &result{part: "browser"}
	good.pass("a", time.Second)
	var out bytes.Buffer
	if code := table(&out, []*result{good}, 5, time.Minute); code != 0 || !strings.HasSuffix(out.String(), "\n1 passed, 0 failed\n") {
		t.Errorf("green ends with %d\n%s", code, out.String())
	}
	bad.fail("the menu", "is not there")
	bad.skip("the end")
	out.Reset()
	code := table(&out, []*result{good, bad}, 5, time.Minute)
	text := out.String()
	if code != 1 || !strings.HasSuffix(text, "\n1 passed, 1 failed, 1 skipped\n") || !strings.Contains(text, "failed: browser: the menu\n") || !strings.Contains(text, "skipped: browser: the end\n") {
		t.Errorf("red ends with %d\n%s", code, text)
	}
}

// TestAServerStandsAtTheSameAddress in every run of a folder, whichever it is, and at its own while another run goes on.
func TestAServerStandsAtTheSameAddress(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	server := func(says string) (dsn string) {
		t.Helper()
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "s"), []byte(says), 0o600); err != nil {
			t.Fatal(err)
		}
		return "root@unix(" + filepath.Join(dir, "s") + ")/"
	}
	stand := func(dsn, folder string) (address, says string, release func()) {
		t.Helper()
		address, release, err := steady(dsn, folder)
		if err != nil {
			t.Fatal(err)
		}
		config, err := mysql.ParseDSN(address)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(config.Addr)
		if err != nil {
			t.Fatal(err)
		}
		return address, string(b), release
	}
	first, says, release := stand(server("first"), "/here")
	if says != "first" {
		t.Errorf("the first leads to %q", says)
	}
	own := server("beside")
	if beside, says, end := stand(own, "/here"); beside != own || says != "beside" {
		t.Errorf("a run beside the first is led to %s, to %q", beside, says)
	} else {
		end()
	}
	if elsewhere, says, end := stand(server("elsewhere"), "/there"); elsewhere == first || says != "elsewhere" {
		t.Errorf("a run of another folder is led to %s, to %q", elsewhere, says)
	} else {
		end()
	}
	release()
	if again, says, end := stand(server("again"), "/here"); again != first || says != "again" {
		t.Errorf("the next run is led to %s, to %q, and the first was to %s", again, says, first)
	} else {
		end()
	}
}
