package rest

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/strict"
)

// maxBody is far above the largest honest body: every id of a section, named one by one.
const maxBody = 1 << 20

// readBody reads the one JSON object of the request. Echo's Bind is not used: it lets a body
// override path parameters and takes unknown fields and trailing text.
func readBody(c echo.Context, v any) error {
	data, err := bodyOf(c)
	if err != nil {
		return err
	}
	return strict.Decode(data, v)
}

// readOptionalBody is readBody, except that no body at all leaves v as it is.
func readOptionalBody(c echo.Context, v any) error {
	if c.Request().ContentLength == 0 {
		return nil
	}
	data, err := bodyOf(c)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return nil
	}
	return strict.Decode(data, v)
}

func bodyOf(c echo.Context) ([]byte, error) {
	r := c.Request()
	kind, more, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.ContentLength != 0 && (err != nil || kind != "application/json") {
		return nil, fault.New(fault.Invalid, "unsupported_media_type", "The body must be sent as application/json.")
	}
	if charset := strings.ToLower(more["charset"]); charset != "" && charset != "utf-8" && charset != "utf8" && charset != "us-ascii" {
		return nil, fault.New(fault.Invalid, "unsupported_media_type", "The body must be sent in UTF-8.")
	}
	if encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding != "" && encoding != "identity" {
		return nil, fault.New(fault.Invalid, "unsupported_media_type", "The body must be sent as it is, not compressed.")
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, maxBody))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, tooLarge()
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "malformed", "The body ended before it was complete.").By(err)
	}
	return data, nil
}

func tooLarge() *fault.Error {
	return fault.New(fault.Invalid, "body_too_large", "The body is larger than 1 MiB.").
		Do("Choose records by filter or all instead of by ids.")
}

// readReason reads {reason}, which the history keeps.
func readReason(c echo.Context) (string, error) {
	var in wire.Reason
	if err := readBody(c, &in); err != nil {
		return "", err
	}
	reason := strict.Plain(in.Reason)
	if reason == "" {
		return "", invalid("reason", "must not be empty: it is shown in the history")
	}
	return reason, nil
}
