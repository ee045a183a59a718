package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

const (
	pingEvery    = 15 * time.Second
	writeTimeout = 10 * time.Second // for one event; the server's own would end the stream
)

// stream sends run, then what next answers each time it differs, until the run has ended or the
// caller is gone. All who watch a run share one look at it. It asks MySQL instead of listening on
// Redis: nothing is lost when Redis is.
func (s *server) stream(c echo.Context, run wire.Run, next func(ctx context.Context) (wire.Run, error)) error {
	out := openStream(c)
	if err := out.event("run", run); err != nil || run.Ended() {
		return nil
	}
	news, leave := s.watched.join(run.ID, s.opt.StreamEvery, next)
	defer leave()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-stopping(c.Request().Context()):
			return nil
		case <-c.Request().Context().Done():
			return nil
		case <-ping.C:
			if !s.stillThere(c, out) {
				return nil
			}
		case now, ok := <-news:
			if !ok {
				return nil // the caller connects again and is told then
			}
			if reflect.DeepEqual(now, run) {
				continue
			}
			run = now
			if out.event("run", run) != nil || run.Ended() {
				return nil
			}
		}
	}
}

// streamChanges tells what changes, until the caller is gone.
//
//	@ID				streamChanges
//	@Summary		Changes of records and runs as server-sent events
//	@Description	Events: record carries a RecordChange, run a Run, resync nothing: events were missed, so read again what is shown. Each event carries a state, so that a repeated one is harmless. Last-Event-ID goes on after that event, up to five minutes later. A reader that is too slow gets resync and the stream ends. A comment is sent every 15 seconds.
//	@Tags			runs
//	@Security		Bearer
//	@Produce		text/event-stream
//	@Param			Last-Event-ID	header		string	false	"Id of the last event that was received"
//	@Success		200				{object}	wire.RecordChange	"event: record, data: a RecordChange; event: run, data: a Run; event: resync"
//	@Failure		default			{object}	wire.Problem
//	@Router			/api/v1/events [get]
func (s *server) streamChanges(c echo.Context) error {
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	position, events := s.Changes.Listen(ctx, c.Request().Header.Get("Last-Event-ID"))
	out := openStream(c)
	// An id alone is no event, but the place to go on from.
	if out.text(": listening\nid: "+position+"\n\n") != nil {
		return nil
	}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-stopping(ctx):
			return nil
		case <-ctx.Done():
			return nil
		case <-ping.C:
			if !s.stillThere(c, out) {
				return nil
			}
		case event, ok := <-events:
			if !ok {
				_ = out.event("resync", struct{}{})
				return nil
			}
			if out.withID(event) != nil {
				return nil
			}
		}
	}
}

// stillThere keeps a quiet stream open, and ends it for a caller who may not listen any more.
func (s *server) stillThere(c echo.Context, out *eventWriter) bool {
	if _, err := s.whoIs(c); err != nil {
		return false // the caller connects again and is told then
	}
	return out.text(": still here\n\n") == nil
}

// openStream begins an answer of events.
func openStream(c echo.Context) *eventWriter {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	c.Response().WriteHeader(http.StatusOK)
	return &eventWriter{c: c, control: http.NewResponseController(c.Response().Writer)}
}

type eventWriter struct {
	c       echo.Context
	control *http.ResponseController
}

func (w *eventWriter) event(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return w.text(fmt.Sprintf("event: %s\ndata: %s\n\n", name, data))
}

func (w *eventWriter) withID(e wire.Event) error {
	if e.ID != "" {
		if err := w.text("id: " + e.ID + "\n"); err != nil {
			return err
		}
	}
	if e.Data == nil {
		e.Data = struct{}{}
	}
	return w.event(e.Name, e.Data)
}

func (w *eventWriter) text(text string) error {
	// Writers of tests know no deadlines; the write itself tells whether the caller is there.
	_ = w.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := w.c.Response().Write([]byte(text)); err != nil {
		return err
	}
	return w.control.Flush()
}
