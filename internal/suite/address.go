package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/go-sql-driver/mysql"
)

// steady gives a private server an address that is the same in every run of a folder, which lasts until release. By it
// go test knows again what it has tested and what has not been changed since, as a server's own address is another
// every time. Where another run of the folder has it, the server keeps its own.
func steady(dsn, folder string) (address string, release func(), err error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return "", nil, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", nil, err
	}
	dir := filepath.Join(cache, "qlobooks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256([]byte(folder))
	link := filepath.Join(dir, fmt.Sprintf("%x", sum[:6])) // short, as a socket's path must be
	lock, err := os.OpenFile(link+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", nil, err
	}
	if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return dsn, func() {}, lock.Close()
	}
	_ = os.Remove(link) // of a run that was killed
	if err := os.Symlink(filepath.Dir(config.Addr), link); err != nil {
		_ = lock.Close()
		return "", nil, err
	}
	config.Addr = filepath.Join(link, filepath.Base(config.Addr))
	return config.FormatDSN(), func() {
		_ = os.Remove(link)
		_ = lock.Close()
	}, nil
}
