package main

import (
	"net"
	"testing"

	"github.com/qlobooks/qlobooks/internal/app"
)

// TestAWorkerWorksWithoutItsMetrics: the API on the same machine has their address by the same environment.
func TestAWorkerWorksWithoutItsMetrics(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if _, err := (&app.App{}).ServeMetrics(taken.Addr().String()); err == nil {
		t.Fatal("an address that is taken could be listened at")
	}
	serveMetrics(&app.App{}, taken.Addr().String())()
}
