package main

import (
	"bytes"
	"errors"
	"flag"
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

// TestHelpIsNoMistake: whoever asks how the worker is started is told; what it does not know does not start it.
func TestHelpIsNoMistake(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"-h"}, {"help"}} {
		var out bytes.Buffer
		if _, err := options(args, &out); !errors.Is(err, flag.ErrHelp) || !strings.HasPrefix(out.String(), "usage: worker ") {
			t.Errorf("%v is answered with %v and %q", args, err, out.String())
		}
	}
	for _, args := range [][]string{{"serve"}, {"--workers", "3"}, {"--concurrency", "many"}} {
		if _, err := options(args, &bytes.Buffer{}); err == nil || errors.Is(err, flag.ErrHelp) || !strings.Contains(err.Error(), "usage: worker ") {
			t.Errorf("%v is answered with %v", args, err)
		}
	}
	if n, err := options([]string{"--concurrency", "3"}, &bytes.Buffer{}); n != 3 || err != nil {
		t.Errorf("three at once are %d, %v", n, err)
	}
}
