package main

import (
	"net"
	"strings"
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
	stop, err := serveMetrics(&app.App{}, taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	stop()
}

// TestAWrongAddressOfMetricsIsAnError: nothing else has it, so that whoever wrote it wants to know.
func TestAWrongAddressOfMetricsIsAnError(t *testing.T) {
	for _, address := range []string{"192.0.2.1:9090", "127.0.0.1:nothing"} {
		if _, err := serveMetrics(&app.App{}, address); err == nil || !strings.Contains(err.Error(), "QLOBOOKS_METRICS_LISTEN") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
