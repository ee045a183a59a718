package rest

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// listRuns shows one page of runs.
//
//	@ID			listRuns
//	@Summary	Runs, newest first
//	@Description	Every piece of work that was asked for or began by itself, with its figures; narrowed by kind, state, who asked, days and outcome.
//	@Tags		runs
//	@Security	Bearer
//	@Produce	json
//	@Param		limit	query		int			false	"Items per page"				minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string		false	"next_cursor of the page before"
//	@Param		sort	query		string		false	"Order"							Enums(created_at,-created_at)	default(-created_at)
//	@Param		q		query		string		false	"An id, or how the kind, the section or the name of who started it begins"
//	@Param		kind	query		[]string	false	"Any of these kinds"			collectionFormat(multi)	Enums(initialize,sync,preview,setup,import,pairing,mapping_refresh,reconcile,tick,daily,undo)
//	@Param		status	query		[]string	false	"Any of these"					collectionFormat(multi)	Enums(queued,waiting,running,done,failed,canceled)
//	@Param		by		query		string		false	"Only those that this caller started"
//	@Param		from	query		string		false	"First day, in the hotel's zone"	format(date)
//	@Param		to		query		string		false	"Last day, in the hotel's zone"		format(date)
//	@Param		outcome	query		string		false	"Only those with records that ended so"	Enums(done,unchanged,skipped,held,failed)
//	@Success	200		{object}	wire.RunPage
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/runs [get]
func (s *server) listRuns(c echo.Context) error {
	q, sort, err := runQuery(c)
	if err != nil {
		return err
	}
	page, err := s.Runs.List(c.Request().Context(), q)
	if err != nil {
		return err
	}
	page.Items = list(page.Items)
	page.NextCursor = cursorOf(page.Next, sort)
	page.Counts = counted(page.Counts)
	return c.JSON(http.StatusOK, page)
}

// listRunRecords shows one page of a run's own records.
//
//	@ID			listRunRecords
//	@Summary	A run's own records, and how each ended
//	@Description	The records that this run was about, one line each with how it ended; narrowed by outcome.
//	@Tags		runs
//	@Security	Bearer
//	@Produce	json
//	@Param		id		path		string	true	"Run id"
//	@Param		limit	query		int		false	"Items per page"				minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Param		outcome	query		string	false	"Only those that ended so"		Enums(done,unchanged,skipped,held,failed)
//	@Success	200		{object}	wire.RunRecordPage
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/runs/{id}/records [get]
func (s *server) listRunRecords(c echo.Context) error {
	var w wrongs
	known(c, &w, "limit", "cursor", "outcome")
	limit, after, outcome := limitOf(c, &w), positionOf(c, "", ofRun, &w), c.QueryParam("outcome")
	w.oneOf("outcome", outcome, runOutcomes)
	if err := w.err(); err != nil {
		return err
	}
	page, err := s.Runs.RunRecords(c.Request().Context(), c.Param("id"), outcome, limit, after)
	page.Items, page.NextCursor = list(page.Items), cursorOf(page.Next, "")
	return answer(c, http.StatusOK, page, err)
}

// getRun shows one run.
//
//	@ID			getRun
//	@Summary	One run
//	@Description	State, figures, the brake at which it waits, and the result of kinds that have one (set-up, preview, test). Ask again until status is done, failed or canceled, or listen to its events.
//	@Tags		runs
//	@Security	Bearer
//	@Produce	json
//	@Param		id		path		string	true	"Run id"
//	@Success	200		{object}	wire.Run
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/runs/{id} [get]
func (s *server) getRun(c echo.Context) error {
	run, err := s.Runs.Get(c.Request().Context(), c.Param("id"))
	return answer(c, http.StatusOK, run, err)
}

// cancelRun stops what has not started.
//
//	@ID			cancelRun
//	@Summary	Stop what has not started
//	@Description	What has been queued and not begun is taken back; calls under way end. What was posted stays. Conflict when the run has ended.
//	@Tags		runs
//	@Security	Bearer
//	@Produce	json
//	@Param		id		path		string	true	"Run id"
//	@Success	200		{object}	wire.Run
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/runs/{id}/cancel [post]
func (s *server) cancelRun(c echo.Context) error {
	run, err := s.Runs.Cancel(c.Request().Context(), c.Param("id"), caller(c).Name)
	return answer(c, http.StatusOK, run, err)
}

// releaseRun lets a run pass the brake at which it waits.
//
//	@ID			releaseRun
//	@Summary	Let a run pass the brake at which it waits
//	@Description	For a run that waits because it would change more than the limits allow, after somebody looked at its figures. The reason is kept in the audit. Conflict/not_waiting for any other.
//	@Tags		runs
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		id		path		string		true	"Run id"
//	@Param		body	body		wire.Reason	true	"Why"
//	@Success	200		{object}	wire.Run
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/runs/{id}/release [post]
func (s *server) releaseRun(c echo.Context) error {
	reason, err := readReason(c)
	if err != nil {
		return err
	}
	run, err := s.Runs.Release(c.Request().Context(), c.Param("id"), reason, caller(c).Name)
	return answer(c, http.StatusOK, run, err)
}

// streamRun sends a run each time it changes, until it ends.
//
//	@ID				streamRun
//	@Summary		Progress of a run as server-sent events
//	@Description	An event named run carries a Run, at once and then at each change; the stream ends after the one in which the run has ended. A comment is sent every 15 seconds. Read it with fetch: EventSource cannot send the Authorization header.
//	@Tags			runs
//	@Security		Bearer
//	@Produce		text/event-stream
//	@Param			id		path		string	true	"Run id"
//	@Success		200		{string}	string	"event: run, data: a Run"
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/runs/{id}/events [get]
func (s *server) streamRun(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	run, err := s.Runs.Get(ctx, id)
	if err != nil {
		return err
	}
	return s.stream(c, run, func(ctx context.Context) (wire.Run, error) { return s.Runs.Get(ctx, id) })
}
