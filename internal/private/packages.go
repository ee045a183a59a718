package private

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// tree is a folder of unpacked packages; "" stands for the machine itself.
type tree string

func (t tree) path(parts ...string) string {
	return filepath.Join(append([]string{string(t), "/"}, parts...)...)
}

// env lets an unpacked program find the libraries that came with it.
func (t tree) env() []string {
	if t == "" {
		return nil
	}
	var folders []string
	for _, pattern := range []string{"usr/lib/*-linux-gnu*", "lib/*-linux-gnu*", "usr/lib"} {
		found, _ := filepath.Glob(filepath.Join(string(t), pattern))
		folders = append(folders, found...)
	}
	return []string{"LD_LIBRARY_PATH=" + strings.Join(folders, ":")}
}

// fetch brings Debian packages with everything they need into the user's cache folder, without
// installing them. The folder can be removed at any time.
func fetch(ctx context.Context, o Options, packages ...string) (tree, error) {
	if find("apt-get") == "" || find("dpkg") == "" {
		return "", fmt.Errorf("it is not installed, and packages can be fetched on Debian and Ubuntu only")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = filepath.Join(os.TempDir(), fmt.Sprintf("qlobooks-cache-%d", os.Getuid()))
	}
	base := filepath.Join(cache, "qlobooks", "servers")
	root := filepath.Join(base, strings.Join(packages, "+"))
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	unlock, err := lockFile(filepath.Join(base, "lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(root); err == nil {
		return tree(root), nil
	}
	o.say("Fetching %s into %s (nothing is installed; remove the folder at any time) …", strings.Join(packages, ", "), base)
	return unpack(ctx, base, root, packages)
}

func unpack(ctx context.Context, base, root string, packages []string) (tree, error) {
	state := filepath.Join(base, "apt")
	for _, folder := range []string{"lists/partial", "archives/partial"} {
		if err := os.MkdirAll(filepath.Join(state, folder), 0o755); err != nil {
			return "", err
		}
	}
	apt := func(dir string, args ...string) ([]byte, error) {
		options := []string{"-q", "-o", "Dir::State::lists=" + filepath.Join(state, "lists"), "-o", "Dir::Cache=" + state, "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=root"}
		cmd := exec.CommandContext(ctx, find("apt-get"), append(options, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("apt-get %s: %w: %s", args[0], err, lastLine(out))
		}
		return out, nil
	}
	if _, err := apt(base, "update"); err != nil {
		return "", err
	}
	plan, err := apt(base, append([]string{"install", "-s", "--no-install-recommends"}, packages...)...)
	if err != nil {
		return "", err
	}
	wanted := append([]string{}, packages...)
	for _, line := range strings.Split(string(plan), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "Inst" {
			wanted = append(wanted, words[1])
		}
	}
	work, err := os.MkdirTemp(base, "new-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	if _, err := apt(work, append([]string{"download"}, wanted...)...); err != nil {
		return "", err
	}
	files, _ := filepath.Glob(filepath.Join(work, "*.deb"))
	out := filepath.Join(work, "tree")
	for _, file := range files {
		if b, err := exec.CommandContext(ctx, find("dpkg"), "-x", file, out).CombinedOutput(); err != nil {
			return "", fmt.Errorf("unpack %s: %w: %s", filepath.Base(file), err, lastLine(b))
		}
	}
	if err := os.Rename(out, root); err != nil {
		return "", err
	}
	return tree(root), nil
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[len(lines)-1]
}

// lockFile lets one process at a time fetch.
func lockFile(path string) (func(), error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
