package rest

import (
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
// caller is gone. It asks MySQL instead of listening on Redis: one primary key read per open
// stream and interval, and nothing is lost when Redis is.
func (s *server) stream(c echo.Context, run wire.Run, next func() (wire.Run, error)) error {
	out := &eventWriter{c: c, control: http.NewResponseController(c.Response().Writer)}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	c.Response().WriteHeader(http.StatusOK)

	if err := out.event("run", run); err != nil || run.Ended() {
		return nil
	}
	look, ping := time.NewTicker(s.opt.StreamEvery), time.NewTicker(pingEvery)
	defer look.Stop()
	defer ping.Stop()
	for {
		select {
		case <-stopping(c.Request().Context()):
			return nil
		case <-c.Request().Context().Done():
			return nil
		case <-ping.C:
			if out.text(": still here\n\n") != nil {
				return nil
			}
		case <-look.C:
			now, err := next()
			if err != nil {
				s.logFault(c, err)
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

func (w *eventWriter) text(text string) error {
	// Writers of tests know no deadlines; the write itself tells whether the caller is there.
	_ = w.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := w.c.Response().Write([]byte(text)); err != nil {
		return err
	}
	return w.control.Flush()
}
