package private

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// Redis is a private Redis server on a port of its own.
type Redis struct {
	process *process
	begin   func() (*process, error)
	check   func() error
	URL     string
}

// StartRedis starts a private server and waits until it answers.
func StartRedis(ctx context.Context, o Options) (*Redis, error) {
	program, from := find("redis-server", "valkey-server"), tree("")
	if program == "" {
		var err error
		if from, err = fetch(ctx, o, "redis-server", "redis-tools"); err != nil {
			return nil, fmt.Errorf("no Redis server program was found: %w; install redis-server, or give the address of a server", err)
		}
		program = from.path("usr/bin/redis-server")
	}
	dir, err := o.folder("redis")
	if err != nil {
		return nil, err
	}
	// Between choosing a free port and listening on it somebody else may take it: try again then.
	for range 5 {
		var r *Redis
		if r, err = startRedis(ctx, program, from, dir); err == nil {
			return r, nil
		}
	}
	_ = os.RemoveAll(dir)
	return nil, fmt.Errorf("private Redis server: %w", err)
}

func startRedis(ctx context.Context, program string, from tree, dir string) (*Redis, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	r := &Redis{URL: "redis://" + addr + "/0"}
	r.begin = func() (*process, error) {
		return start(dir, filepath.Join(dir, "log"), from.env(), program, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
			"--dir", dir, "--maxmemory-policy", "noeviction", "--daemonize", "no")
	}
	r.check = func() error {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	if r.process, err = r.begin(); err != nil {
		return nil, err
	}
	if err := r.process.ready(ctx, r.check); err != nil {
		_ = r.process.cmd.Process.Kill()
		return nil, err
	}
	return r, nil
}

// Restart kills the server and starts it again, empty.
func (r *Redis) Restart(ctx context.Context) error {
	_ = r.process.cmd.Process.Kill()
	<-r.process.done
	p, err := r.begin()
	if err != nil {
		return err
	}
	r.process = p
	return p.ready(ctx, r.check)
}

// FreePort is a port at which nobody listens, below those that systems give to outgoing connections (from
// 32768 on): one of these could have it when it is listened at again, as by a server that is restarted.
func FreePort() (int, error) {
	var err error
	for range 20 {
		port := 10000 + rand.IntN(20000)
		var l net.Listener
		if l, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			return port, l.Close()
		}
	}
	return 0, err
}

// Stop ends the server and removes its files.
func (r *Redis) Stop() { r.process.stop() }

// Chromium finds a browser for tests: Chromium or Chrome of the distribution.
func Chromium() (string, error) {
	if path := find("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"); path != "" {
		return path, nil
	}
	return "", fmt.Errorf("no Chromium was found; install it with: apt-get install chromium")
}
