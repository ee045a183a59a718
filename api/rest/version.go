package rest

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/version"
)

const eTag = "ETag"

// versioned answers with the version of what stands.
func versioned(c echo.Context, tag string, v any, err error) error {
	if err != nil {
		return err
	}
	c.Response().Header().Set(eTag, tag)
	return c.JSON(http.StatusOK, v)
}

// madeFrom is the version from which the caller made a change, "" = it does not say.
func madeFrom(c echo.Context) string { return c.Request().Header.Get("If-Match") }

// problemBody is a problem as it is sent: one about a change that somebody else made meanwhile says which.
func problemBody(p wire.Problem, f *fault.Error) []byte {
	var v any = p
	if since, ok := f.Proof.(version.Meanwhile); ok {
		changed := wire.Changed{Problem: p, By: since.By, At: wire.AtOrNull(since.At), Changes: []wire.Change{}}
		for _, x := range since.Changes {
			changed.Changes = append(changed.Changes, wire.Change(x))
		}
		v = changed
	}
	body, _ := json.Marshal(v) // strings and numbers only
	return body
}
