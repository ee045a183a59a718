package rest

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// flowOf is the flow in the path; which flows there are is known behind the service.
func flowOf(c echo.Context) (string, error) { return c.Param("flow"), nil }

// verb answers an act on one record or document: where reads its section or flow from the path, read
// what the act needs from the body, and do is told both, the id and who asks.
func verb[In, Out any](c echo.Context, status int, where func(echo.Context) (string, error), read func(echo.Context) (In, error), do func(ctx context.Context, where, id string, in In, by string) (Out, error)) error {
	kind, err := where(c)
	if err != nil {
		return err
	}
	in, err := read(c)
	if err != nil {
		return err
	}
	out, err := do(c.Request().Context(), kind, c.Param("source_id"), in, caller(c).Name)
	return answer(c, status, out, err)
}

// readConfirm reads {confirm}, which may be left out.
func readConfirm(c echo.Context) (bool, error) {
	var in wire.Confirm
	err := readOptionalBody(c, &in)
	return in.Confirm, err
}

// readSelection reads which records of the section are meant.
func readSelection(c echo.Context, section string) (wire.SyncRequest, error) {
	var sel wire.SyncRequest
	if err := readBody(c, &sel); err != nil {
		return sel, err
	}
	if err := checkSelection(section, sel); err != nil {
		return sel, err
	}
	slices.Sort(sel.IDs)
	sel.IDs = slices.Compact(sel.IDs) // naming a record twice is asking once
	return sel, nil
}
