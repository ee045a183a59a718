package rehearsal_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTheGuideOfTheAPIWorks runs the commands of docs/api.md, each job by itself, as another program with a
// token of its own would.
func TestTheGuideOfTheAPIWorks(t *testing.T) {
	atOnce(t)
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("the guide's commands need %s: apt-get install %s", tool, tool)
		}
	}
	page, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	jobs := regexp.MustCompile("(?ms)^## ([1-9])\\. .*?^```sh\n(.*?)^```").FindAllStringSubmatch(string(page), -1)
	prints := map[string]string{ // of each job, in the order of the guide
		"1": `(?s)"state": "off".*"down": \[\].*[1-9]\d* × .+: .+`,
		"2": `(?m)^\d+\t\S+\t(held|blocked|rejected|failed)\t[a-z_]+$`,
		"3": `(?m)^invoice\t\S+\tsynced\t$`,
		"4": `(?m)^[a-z_]+: run \d+ `,
		"5": `"differences": \d+`,
	}
	if len(jobs) != len(prints) {
		t.Fatalf("the guide has %d jobs", len(jobs))
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if _, err := s.Start(ctx, "/records/orders/1/sync", nil); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "invoice:1", "held", "setup_required")
	folder, today := t.TempDir(), time.Now().Format(time.DateOnly)
	do := func(job []string) {
		t.Helper()
		cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", job[2])
		cmd.Dir, cmd.Env = folder, append(os.Environ(), "QLOBOOKS="+s.URL, "TOKEN="+s.Token, "FROM="+today, "TO="+today)
		out, err := cmd.CombinedOutput()
		if err != nil || !regexp.MustCompile(prints[job[1]]).Match(out) {
			t.Errorf("job %s: %v\n%s", job[1], err, out)
		}
	}
	for _, n := range []int{1, 2, 4} { // while something waits
		do(jobs[n-1])
	}
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{3, 5} {
		do(jobs[n-1])
	}
	file, err := os.ReadFile(filepath.Join(folder, "reconciliation.csv"))
	if err != nil || !strings.Contains(string(file), "\n") {
		t.Errorf("the file of job 5: %q %v", file, err)
	}
}
