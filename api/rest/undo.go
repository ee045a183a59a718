package rest

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/strict"
)

// Undo takes back what runs posted.
type Undo interface {
	// Preview calls nobody; fault.Conflict/not_undoable or run_active where a run cannot be undone.
	Preview(ctx context.Context, id string, limit int, after *wire.Position) (wire.UndoPreview, error)
	Start(ctx context.Context, id string, in wire.UndoRequest, by string) (wire.Run, error)
}

// previewUndo says what undoing a run would take back.
//
//	@ID				previewUndo
//	@Summary		What undoing a run would take back, document by document
//	@Description	In the order in which Zoho Books accepts it: money that went back, payments, credit notes with what they settle, invoices, sales orders, and contacts and items last. It calls nobody; each document is read in Zoho Books and judged again right before it is taken back.
//	@Tags			runs
//	@Security		Bearer
//	@Produce		json
//	@Param			id		path		string	true	"Run id"
//	@Param			limit	query		int		false	"Items per page"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Accept			json
//	@Param			body	body		wire.UndoAsked	false	"May be the body that undoing takes; nothing of it is needed"
//	@Success		200		{object}	wire.UndoPreview
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/runs/{id}/undo/preview [post]
func (s *server) previewUndo(c echo.Context) error {
	var w wrongs
	known(c, &w, "limit", "cursor")
	limit, after := limitOf(c, &w), positionOf(c, "", ofUndo, &w)
	if err := w.err(); err != nil {
		return err
	}
	var in wire.UndoAsked
	if err := readOptionalBody(c, &in); err != nil {
		return err
	}
	page, err := s.Undo.Preview(c.Request().Context(), c.Param("id"), limit, after)
	page.Items, page.NextCursor = list(page.Items), cursorOf(page.Next, "")
	page.ByCurrency = list(page.ByCurrency)
	return answer(c, http.StatusOK, page, err)
}

// undoRun takes back what a run posted.
//
//	@ID				undoRun
//	@Summary		Take back everything that a run posted
//	@Description	Answers a run of the kind undo, which is paced, counted and resumed like every other. What people changed in Zoho Books, what lies in a locked or closed period, and what other documents stand on is left as it stands and counted as held, with the reason. What was taken back reads not_synced and is sent again only when a person asks for it.
//	@Tags			runs
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			id		path		string				true	"Run id"
//	@Param			body	body		wire.UndoRequest	true	"Why, and the id of the organization"
//	@Success		202		{object}	wire.Run
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/runs/{id}/undo [post]
func (s *server) undoRun(c echo.Context) error {
	var in wire.UndoRequest
	if err := readBody(c, &in); err != nil {
		return err
	}
	if in.Reason = strict.Plain(in.Reason); in.Reason == "" {
		return invalid("reason", "must not be empty: it is shown in the history")
	}
	run, err := s.Undo.Start(c.Request().Context(), c.Param("id"), in, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}
