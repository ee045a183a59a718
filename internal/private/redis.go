package private

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// Redis is a private Redis server on a port of its own.
type Redis struct {
	process *process
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
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	p, err := start(dir, filepath.Join(dir, "log"), from.env(), program, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
		"--dir", dir, "--maxmemory-policy", "noeviction", "--daemonize", "no")
	if err != nil {
		return nil, err
	}
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	check := func() error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	if err := p.ready(ctx, check); err != nil {
		_ = p.cmd.Process.Kill()
		return nil, err
	}
	return &Redis{process: p, URL: "redis://" + addr + "/0"}, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
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
