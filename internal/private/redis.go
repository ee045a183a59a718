package private

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Redis is a private Redis server on a port of its own.
type Redis struct {
	process *process
	begin   func() (*process, error)
	check   func() error
	port    string
	URL     string
}

// StartRedis starts a private server and waits until it answers.
func StartRedis(ctx context.Context, o Options) (*Redis, error) {
	return startFree(ctx, o)
}

// startFree starts a private server, with more options, at a free port.
func startFree(ctx context.Context, o Options, more ...string) (*Redis, error) {
	program, from, err := redisProgram(ctx, o)
	if err != nil {
		return nil, err
	}
	dir, err := o.folder("redis")
	if err != nil {
		return nil, err
	}
	// Between choosing a free port and listening on it somebody else may take it: try again then.
	for range 5 {
		var r *Redis
		if r, err = startRedis(ctx, program, from, dir, more); err == nil {
			return r, nil
		}
	}
	_ = os.RemoveAll(dir)
	return nil, fmt.Errorf("private Redis server: %w", err)
}

// redisProgram finds the server program, or fetches it.
func redisProgram(ctx context.Context, o Options) (program string, from tree, err error) {
	if program = find("redis-server", "valkey-server"); program != "" {
		return program, from, nil
	}
	if from, err = fetch(ctx, o, "redis-server", "redis-tools"); err != nil {
		return "", from, fmt.Errorf("no Redis server program was found: %w; install redis-server, or give the address of a server", err)
	}
	return from.path("usr/bin/redis-server"), from, nil
}

func startRedis(ctx context.Context, program string, from tree, dir string, more []string) (*Redis, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	r := &Redis{URL: "redis://" + addr + "/0", port: strconv.Itoa(port)}
	r.begin = func() (*process, error) {
		args := append(slices.Clone(more), "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
			"--dir", dir, "--maxmemory-policy", "noeviction", "--daemonize", "no")
		return start(dir, filepath.Join(dir, "log"), from.env(), program, args...)
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

// Sentinel watches over a Redis server and its copy, all of which ask for the same password.
type Sentinel struct {
	master, copy, watch *Redis
	URL                 string // as the product is given it
	Address             string // of the sentinel itself
	Password            string
}

// SentinelMaster is the name by which a sentinel knows its server.
const SentinelMaster = "qlobooks"

// StartSentinel starts a server, a copy of it and a sentinel that takes the server for dead after half a second.
// Whether the copy has everything yet is for the sentinel to say.
func StartSentinel(ctx context.Context, o Options) (s *Sentinel, err error) {
	s = &Sentinel{Password: "of all three"}
	defer func() {
		if err != nil {
			s.Stop()
		}
	}()
	secret := []string{"--requirepass", s.Password, "--masterauth", s.Password, "--repl-diskless-sync-delay", "0"}
	if s.master, err = startFree(ctx, o, secret...); err != nil {
		return s, err
	}
	if s.copy, err = startFree(ctx, o, append(secret, "--replicaof", "127.0.0.1 "+s.master.port)...); err != nil {
		return s, err
	}
	dir, err := o.folder("sentinel")
	if err != nil {
		return s, err
	}
	file := filepath.Join(dir, "sentinel.conf")
	conf := fmt.Sprintf("requirepass %[1]q\nsentinel monitor %[2]s 127.0.0.1 %[3]s 1\nsentinel auth-pass %[2]s %[1]q\nsentinel down-after-milliseconds %[2]s 500\nsentinel failover-timeout %[2]s 2000\n",
		s.Password, SentinelMaster, s.master.port)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		return s, err
	}
	port, err := FreePort()
	if err != nil {
		return s, err
	}
	s.Address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	program, from, err := redisProgram(ctx, o)
	if err != nil {
		return s, err
	}
	p, err := start(dir, filepath.Join(dir, "log"), from.env(), program, file, "--sentinel", "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir, "--daemonize", "no")
	if err != nil {
		return s, err
	}
	s.watch = &Redis{process: p}
	s.URL = "redis-sentinel://:" + url.PathEscape(s.Password) + "@" + s.Address + "?master=" + SentinelMaster
	return s, nil
}

// KillMaster kills the server that the sentinel began with.
func (s *Sentinel) KillMaster() {
	p := s.master.process
	_ = p.cmd.Process.Kill()
	p.done <- <-p.done
}

// Stop ends all three.
func (s *Sentinel) Stop() {
	for _, r := range []*Redis{s.watch, s.copy, s.master} {
		if r != nil {
			r.Stop()
		}
	}
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
