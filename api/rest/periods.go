package rest

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/strict"
)

// Periods are the months that a person closes; records.Periods is the real one.
type Periods interface {
	// List calls nobody.
	List(ctx context.Context) (wire.PeriodList, error)
	// Close is Conflict while the month goes on (month_not_ended), was not read since (unread), changed after it was
	// read (month_changed), has differences without a reason (not_accepted), or is closed (month_closed).
	Close(ctx context.Context, month string, in wire.PeriodClose, by string) (wire.Period, error)
	// Reopen is Conflict/month_not_closed for an open month.
	Reopen(ctx context.Context, month, reason, by string) error
}

// listPeriods shows the months with their state.
//
//	@ID				listPeriods
//	@Summary		The months: how they stand, and what was agreed of closed ones
//	@Description	Calls nobody. The last twelve months and every closed one, oldest first: of an open month how both sides stood when they were last read, of a closed one who closed it, when and why, the three columns and the accepted differences as they were agreed, and what has changed since.
//	@Tags			periods
//	@Security		Bearer
//	@Produce		json
//	@Success		200		{object}	wire.PeriodList
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/periods [get]
func (s *server) listPeriods(c echo.Context) error {
	var w wrongs
	known(c, &w)
	if err := w.err(); err != nil {
		return err
	}
	months, err := s.Periods.List(c.Request().Context())
	months.Items = list(months.Items)
	return answer(c, http.StatusOK, months, err)
}

// closePeriod closes a month.
//
//	@ID				closePeriod
//	@Summary		Close a month
//	@Description	Freezes the month as both sides stand, document by document, in the name of the caller. Every day must have been read since the month ended, and each difference of the reconciliation needs a reason in accept. 409 month_not_ended, unread, month_changed (a document of it changed after it was read), not_accepted or month_closed. Nothing is locked by it and posting goes on: what changes later on either side is the issue drifted_after_closing.
//	@Tags			periods
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			month	path		string				true	"Month, for example 2026-03"
//	@Param			body	body		wire.PeriodClose	true	"Why, and the differences that stay"
//	@Success		200		{object}	wire.Period
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/periods/{month}/close [post]
func (s *server) closePeriod(c echo.Context) error {
	var in wire.PeriodClose
	if err := readBody(c, &in); err != nil {
		return err
	}
	var w wrongs
	if in.Reason = strict.Plain(in.Reason); in.Reason == "" {
		w.add("reason", "must not be empty: it is shown in the history")
	}
	for n := range in.Accept {
		a := &in.Accept[n]
		at := fmt.Sprintf("accept[%d]", n)
		w.oneOf(at+".kind", a.Kind, differenceKinds)
		if a.Kind == "" || a.Flow == "" || a.SourceID == "" {
			w.add(at, "must name kind, flow and source_id as the reconciliation does")
		}
		if a.Reason = strict.Plain(a.Reason); a.Reason == "" {
			w.add(at+".reason", "must not be empty: it is kept with the month")
		}
	}
	if err := w.err(); err != nil {
		return err
	}
	month, err := s.Periods.Close(c.Request().Context(), c.Param("month"), in, caller(c).Name)
	month.Sums, month.Accepted, month.Drifts = list(month.Sums), list(month.Accepted), list(month.Drifts)
	return answer(c, http.StatusOK, month, err)
}

var differenceKinds = []string{"missing", "orphan", "duplicate", "different"}

// reopenPeriod opens a closed month again.
//
//	@ID				reopenPeriod
//	@Summary		Open a closed month again
//	@Description	What was agreed is forgotten; the history keeps who closed and who opened it. 409 month_not_closed for an open month.
//	@Tags			periods
//	@Security		Bearer
//	@Accept			json
//	@Param			month	path	string		true	"Month, for example 2026-03"
//	@Param			body	body	wire.Reason	false	"Why"
//	@Success		204
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/periods/{month}/close [delete]
func (s *server) reopenPeriod(c echo.Context) error {
	var in wire.Reason
	if err := readOptionalBody(c, &in); err != nil {
		return err
	}
	if err := s.Periods.Reopen(c.Request().Context(), c.Param("month"), strict.Plain(in.Reason), caller(c).Name); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
