package crash

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// program is one process of the product, or of the stand-in.
type program struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// run starts a program that dies with this one. The kernel ties that to the thread that started
// it, so the thread is kept for the program's life.
func run(cmd *exec.Cmd) (*program, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p := &program{cmd: cmd, ended: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(p.ended)
		}
	}()
	return p, <-started
}

func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop asks the program to end as a deployment does, and does not wait for it: its successor starts
// meanwhile.
func (p *program) stop() { _ = p.cmd.Process.Signal(syscall.SIGTERM) }

// killed waits for the program to kill itself; false when it had not by the end of patience.
func (p *program) killed(ctx context.Context, patience time.Duration) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.ended:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// made is where the programs are, "" while they are not made.
var made string

// programs makes the programs under test, once for all trials, and tells where they are.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "qlb-programs-")
	if err != nil {
		return "", err
	}
	made = dir
	cmd := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "github.com/qlobooks/qlobooks/worker", "github.com/qlobooks/qlobooks/internal/sandbox")
	if out, err := cmd.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("build: %w: %s", err, out)
	}
	return dir, nil
})

// sandbox starts the stand-in without limits and gives its address.
func sandbox(dir string, seed uint64) (*program, string, error) {
	cmd := exec.Command(filepath.Join(dir, "sandbox"), "--no-limits", "--seed", fmt.Sprint(seed))
	read, write, err := os.Pipe()
	if err != nil {
		return nil, "", err
	}
	defer read.Close()
	cmd.Stdout = write
	p, err := run(cmd)
	_ = write.Close()
	if err != nil {
		return nil, "", err
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	return p, strings.TrimSpace(line), err
}

// worker starts a worker of the stage that dies at a point ("" = lives).
func (t *trial) worker(at string, more ...string) (*program, error) {
	cmd := exec.Command(filepath.Join(t.programs, "worker"))
	cmd.Env = append(append(os.Environ(), t.stage.Environ()...), "QLOBOOKS_CRASH_TEST=sigkill", "QLOBOOKS_CRASH_AT="+at,
		fmt.Sprintf("QLOBOOKS_CRASH_CLOCK=%d %d", t.o.Speed, t.since.UnixNano()))
	cmd.Env = append(cmd.Env, more...)
	out, err := os.OpenFile(filepath.Join(t.dir, "worker.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	return run(cmd)
}
