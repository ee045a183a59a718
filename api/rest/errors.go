package rest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"

	"github.com/go-sql-driver/mysql"
	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/statement"
	"github.com/qlobooks/qlobooks/internal/strict"
)

// statusOf is the one place where a kind of fault becomes an HTTP status. A call limit is the
// destination's, not ours, so it is a dependency that is not available.
var statusOf = map[fault.Kind]int{
	fault.Internal:    http.StatusInternalServerError,
	fault.Blocked:     http.StatusConflict,
	fault.Held:        http.StatusConflict,
	fault.Skipped:     http.StatusConflict,
	fault.Rejected:    http.StatusConflict,
	fault.Conflict:    http.StatusConflict,
	fault.Auth:        http.StatusConflict,
	fault.Unavailable: http.StatusServiceUnavailable,
	fault.Limited:     http.StatusServiceUnavailable,
	fault.Unknown:     http.StatusServiceUnavailable,
	fault.NotFound:    http.StatusNotFound,
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.Forbidden:   http.StatusForbidden,
}

// statusOfCode are the codes of this package whose status is HTTP's own affair.
var statusOfCode = map[string]int{
	"malformed":              http.StatusBadRequest,
	"unauthenticated":        http.StatusUnauthorized,
	"invalid_token":          http.StatusUnauthorized,
	"session_ended":          http.StatusUnauthorized,
	"wrong_credentials":      http.StatusUnauthorized,
	"method_not_allowed":     http.StatusMethodNotAllowed,
	"body_too_large":         http.StatusRequestEntityTooLarge,
	"unsupported_media_type": http.StatusUnsupportedMediaType,
	"too_many_requests":      http.StatusTooManyRequests,
	"changed_meanwhile":      http.StatusPreconditionFailed,
}

// answer writes v, or hands the error on.
func answer(c echo.Context, status int, v any, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(status, v)
}

// list makes an empty JSON list of a nil slice.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// counted makes an empty JSON object of nil counts.
func counted(n map[string]int) map[string]int {
	if n == nil {
		return map[string]int{}
	}
	return n
}

func notFound(what, id string) error {
	return fault.New(fault.NotFound, "not_found", "There is no %s «%s».", what, id)
}

func invalid(field, format string, args ...any) error {
	return strict.Invalid(fault.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

// handleError turns every error into a problem. What already began to be sent stays as it is.
func (s *server) handleError(err error, c echo.Context) {
	if c.Response().Committed || errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		return
	}
	f := asFault(err)
	status := httpStatus(f)
	s.logFault(c, err)
	p := wire.Problem{
		Title: http.StatusText(status), Status: status, Detail: f.Detail, Code: f.Code,
		Action: f.Action, RequestID: requestID(c),
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, wire.FieldError{Field: field.Field, Message: field.Message})
	}
	if len(p.Errors) == 0 && f.Field != "" {
		p.Errors = []wire.FieldError{{Field: f.Field, Message: f.Detail}}
	}
	header := c.Response().Header()
	if f.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds()+0.999)))
	}
	if status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer")
	}
	header.Set("Cache-Control", "no-store")
	if err := c.Blob(status, "application/problem+json", problemBody(p, f)); err != nil {
		s.log.DebugContext(c.Request().Context(), "answer not delivered", "request_id", requestID(c), "error", err)
	}
}

func httpStatus(f *fault.Error) int {
	if status, ok := statusOfCode[f.Code]; ok {
		return status
	}
	return statusOf[f.Kind]
}

// asFault gives Echo's own errors (no route, wrong method) and dead connections a code and a sentence.
func asFault(err error) *fault.Error {
	var framework *echo.HTTPError
	if !errors.As(err, &framework) {
		if f := fault.Of(err); f.Kind != fault.Internal || !dependencyDown(err) {
			return f
		}
		return fault.New(fault.Unavailable, "unavailable", "The database or another service that QloBooks needs does not answer.").
			Do("Try again in a moment; /readyz tells which service it is.").By(err)
	}
	switch framework.Code {
	case http.StatusNotFound:
		return fault.New(fault.NotFound, "not_found", "There is nothing at this address.")
	case http.StatusMethodNotAllowed:
		return fault.New(fault.Invalid, "method_not_allowed", "This address does not take this method.")
	case http.StatusRequestEntityTooLarge:
		return tooLarge()
	default:
		return fault.Of(fmt.Errorf("unexpected framework error: %w", err))
	}
}

// dependencyDown tells a lost or refused connection from a defect of ours.
func dependencyDown(err error) bool {
	var network *net.OpError
	var refused *mysql.MySQLError
	if errors.As(err, &refused) && (refused.Number == 1969 || refused.Number == 3024) {
		return true // it was busy, and ended what took too long
	}
	return errors.As(err, &network) || statement.Passing(err)
}

// logFault logs what a person running the service should see: defects and dead dependencies.
// What a caller did wrong stands in the request log by its code.
func (s *server) logFault(c echo.Context, err error) {
	f := asFault(err)
	c.Set(codeKey, f.Code)
	level := slog.LevelDebug
	switch httpStatus(f) {
	case http.StatusInternalServerError:
		level = slog.LevelError
	case http.StatusServiceUnavailable:
		level = slog.LevelWarn
	}
	s.log.Log(c.Request().Context(), level, "request failed", "request_id", requestID(c),
		"method", c.Request().Method, "route", c.Path(), "code", f.Code, "error", err)
}
