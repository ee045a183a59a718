package rest

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Serve answers requests on l until ctx ends, then lets the open ones finish for up to grace.
// Streams end at once: they would use up the grace and their readers connect again.
func Serve(ctx context.Context, l net.Listener, handler http.Handler, grace time.Duration) error {
	requests, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second, // streams push their own deadline
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return withStreams(requests, ctx) },
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	left, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := srv.Shutdown(left)
	if errors.Is(err, context.DeadlineExceeded) {
		stop(errors.New("the server is stopping"))
		err = srv.Close()
	}
	return err
}

type streamsKey struct{}

// withStreams carries the context that streams end with beside the one of ordinary requests.
func withStreams(requests, streams context.Context) context.Context {
	return context.WithValue(requests, streamsKey{}, streams)
}

// stopping is closed when the server stops; never, for a handler that runs without Serve.
func stopping(ctx context.Context) <-chan struct{} {
	if streams, ok := ctx.Value(streamsKey{}).(context.Context); ok {
		return streams.Done()
	}
	return nil
}
