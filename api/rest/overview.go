package rest

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// getOverview shows what a person wants to know first.
//
//	@ID			getOverview
//	@Summary	What runs, what waits and what was posted
//	@Description	The first page in one answer: health of automatic work, runs, the month's orders by phase, 30 days of what was posted against QloApps' totals, twelve months of reconciliation, calls left by the hour and the steps of Start.
//	@Tags		overview
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.Overview
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/overview [get]
func (s *server) getOverview(c echo.Context) error {
	o, err := s.Overview.Get(c.Request().Context())
	o.Running, o.CallsLeft = list(o.Running), list(o.CallsLeft)
	o.Days, o.Months, o.Guide.Steps, o.Health.Down = list(o.Days), list(o.Months), list(o.Guide.Steps), list(o.Health.Down)
	if o.Orders == nil {
		o.Orders = map[string]wire.PhaseCount{}
	}
	o.PostedToday.ByCurrency, o.PostedMonth.ByCurrency = list(o.PostedToday.ByCurrency), list(o.PostedMonth.ByCurrency)
	return answer(c, http.StatusOK, o, err)
}

// listIssues shows every open cause.
//
//	@ID			listIssues
//	@Summary	Every cause for which records wait
//	@Description	Grouped by cause, those that wait for a person first: how many, what they amount to by currency, since when, and each cure as a page to open or a request to send.
//	@Tags		issues
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.IssueList
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/issues [get]
func (s *server) listIssues(c echo.Context) error {
	items, err := s.Issues.List(c.Request().Context())
	return answer(c, http.StatusOK, wire.IssueList{Items: list(items)}, err)
}

// retryIssue queues every record of one cause.
//
//	@ID			retryIssue
//	@Summary	Try every record of one cause again
//	@Description	Everything that stands still for this cause is queued behind other work, a slice at a time. What still has the cause waits again. More than the brakes let pass waits for a person, unless confirm is true. Where only payments from Zoho Books wait for it, an import looks at them again; that takes the role accountant.
//	@Tags		issues
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		code	path		string			true	"Code of the cause"
//	@Param		body	body		wire.Confirm	false	"Pass the brakes"
//	@Success	202		{object}	wire.Run
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/issues/{code}/retry [post]
func (s *server) retryIssue(c echo.Context) error {
	var in wire.Confirm
	if err := readOptionalBody(c, &in); err != nil {
		return err
	}
	imports, err := s.Issues.Imports(c.Request().Context(), c.Param("code"))
	if err != nil {
		return err
	}
	if who := caller(c); imports && !who.Role.Includes(access.Accountant) { // as an import itself
		return fault.New(fault.Forbidden, "forbidden", "The role %s may not import payments; it takes the role %s.", who.Role, access.Accountant)
	}
	run, err := s.Issues.Retry(c.Request().Context(), c.Param("code"), in.Confirm, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// handleIssue notes that somebody dealt with a cause.
//
//	@ID				handleIssue
//	@Summary		Say that a cause is dealt with
//	@Description	Its records stay as they are. It counts again when another record comes to wait for it.
//	@Tags			issues
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			code	path		string		true	"Code of the cause"
//	@Param			body	body		wire.Reason	true	"Why"
//	@Success		200		{object}	wire.IssueGroup
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/issues/{code}/handled [post]
func (s *server) handleIssue(c echo.Context) error {
	reason, err := readReason(c)
	if err != nil {
		return err
	}
	group, err := s.Issues.Handle(c.Request().Context(), c.Param("code"), reason, caller(c).Name)
	return answer(c, http.StatusOK, group, err)
}

// health tells that the process lives.
//
//	@ID			health
//	@Summary	The process lives
//	@Description	Says only that the process answers: no dependency is asked. Use /readyz to learn whether it can work.
//	@Tags		health
//	@Produce	json
//	@Success	200	{object}	wire.Health
//	@Router		/healthz [get]
func (s *server) health(c echo.Context) error {
	return c.JSON(http.StatusOK, wire.Health{Status: "ok", Version: s.opt.Version, Checks: map[string]wire.HealthCheck{}})
}

// ready tells whether the process can do its work.
//
//	@ID			ready
//	@Summary		The process and what it depends on can work
//	@Description	503 only for the database (something is written), its schema, Redis (something is written) and the secret key. The worker and the grant are told and do not make the service unavailable.
//	@Tags			health
//	@Produce	json
//	@Success	200	{object}	wire.Health
//	@Failure	503	{object}	wire.Health
//	@Router		/readyz [get]
func (s *server) ready(c echo.Context) error {
	h := wire.Health{Status: "ok", Version: s.opt.Version, Checks: map[string]wire.HealthCheck{}}
	if s.opt.Ready != nil {
		h.Checks = s.opt.Ready(c.Request().Context())
	}
	status := http.StatusOK
	for _, check := range h.Checks {
		if !check.OK && check.Vital {
			status, h.Status = http.StatusServiceUnavailable, "unavailable"
		}
	}
	return c.JSON(status, h)
}
