// Package private starts throw-away database and Redis servers of its own, for the demo and
// for tests: no root, no Docker, no running server needed, and no server touched that it did
// not start.
//
// A server program is looked for on the machine first. On Debian and Ubuntu its packages are
// otherwise fetched into the user's cache folder, without installing anything. A server dies
// with the process that started it.
package private

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Options say where a server keeps its files and who is told what happens.
type Options struct {
	Dir string    // a new folder is made in it; "" = the system's temporary folder
	Log io.Writer // sentences for a person; nil = silence
	// Durable makes the database keep what was committed when its process is killed. Without it
	// commits are faster and the last second may be lost.
	Durable bool
}

func (o Options) say(format string, args ...any) {
	if o.Log != nil {
		fmt.Fprintf(o.Log, format+"\n", args...)
	}
}

// folder makes the private folder of one server. Its path is short, as a Unix socket's path
// may have about a hundred bytes.
func (o Options) folder(name string) (string, error) {
	return os.MkdirTemp(o.Dir, "qlb-"+name+"-")
}

// process is a running server program.
type process struct {
	cmd  *exec.Cmd
	dir  string
	done chan error
	log  string
}

// start runs a program that is killed when this process dies. The kernel ties that to the
// thread that started it, so the thread is kept for the program's life.
func start(dir, logFile string, env []string, name string, args ...string) (*process, error) {
	out, err := os.Create(logFile)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := &process{cmd: exec.Command(name, args...), dir: dir, done: make(chan error, 1), log: logFile}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.done <- p.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// ready waits until check succeeds, the program ends, or ctx ends.
func (p *process) ready(ctx context.Context, check func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		if last = check(); last == nil {
			return nil
		}
		select {
		case err := <-p.done:
			p.done <- err
			return fmt.Errorf("the server ended at once (%v): %s", err, tail(p.log))
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer: %w; %s", last, tail(p.log))
		case <-tick.C:
		}
	}
}

// stop ends the program and removes its folder.
func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	<-p.done
	_ = os.RemoveAll(p.dir)
}

func tail(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], " | ")
}

// find looks for the first of names on PATH and in the folders where servers are installed
// that users do not have on it.
func find(names ...string) string {
	folders := append(filepath.SplitList(os.Getenv("PATH")), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/libexec", "/usr/local/mysql/bin")
	for _, name := range names {
		for _, folder := range folders {
			path := filepath.Join(folder, name)
			if info, err := os.Stat(path); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
				return path
			}
		}
	}
	return ""
}

// Memory is a folder whose files stand in memory, when this machine has one with room for a database
// server; "" = the system's temporary folder.
func Memory() string {
	const dir, room = "/dev/shm", 2 << 30
	var there syscall.Statfs_t
	if syscall.Statfs(dir, &there) != nil || there.Bavail*uint64(there.Bsize) < room {
		return ""
	}
	if f, err := os.CreateTemp(dir, "qlb-"); err != nil {
		return ""
	} else {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}
	return dir
}
