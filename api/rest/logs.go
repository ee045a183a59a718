package rest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
)

var httpStatuses = regexp.MustCompile(`^[0-9]{1,3}$`)

// listLogs shows calls to Zoho Books.
//
//	@ID				listLogs
//	@Summary		Calls to Zoho Books
//	@Description	Lines are kept for line_days of the settings, bodies for body_days. For those who may see bodies q is also looked for in what was sent and answered by the newest 50 000 calls: a guest's name, a number, an e-mail address.
//	@Tags			logs
//	@Security		Bearer
//	@Produce		json
//	@Param			limit	query		int			false	"Items per page"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string		false	"next_cursor of the page before"
//	@Param			sort	query		string		false	"Order"	Enums(at,-at)	default(-at)
//	@Param			q		query		string		false	"Part of the address or of a code, and for an accountant of a body"
//	@Param			status	query		[]string	false	"HTTP statuses, or ok and failed"	collectionFormat(multi)
//	@Param			flow	query		string		false	"Only calls for records of this flow"
//	@Param			ref		query		string		false	"Only calls for this record, as invoice:12"
//	@Param			run		query		string		false	"Only calls of this run"
//	@Param			from	query		string		false	"First day or moment"
//	@Param			to		query		string		false	"Last day, or the moment before which"
//	@Success		200		{object}	wire.LogPage
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/logs [get]
func (s *server) listLogs(c echo.Context) error {
	var w wrongs
	known(c, &w, "limit", "cursor", "sort", "q", "status", "flow", "ref", "run", "from", "to")
	from, to := momentsOf(c, &w)
	sort := oldestFirst(c, "at", &w)
	q := wire.LogQuery{Limit: limitOf(c, &w), After: positionOf(c, sort, numbered, &w), Oldest: sort != "", Q: strings.TrimSpace(c.QueryParam("q")), Status: c.QueryParams()["status"], Flow: c.QueryParam("flow"),
		Ref: c.QueryParam("ref"), Run: c.QueryParam("run"), From: from, To: to}
	q.Bodies = caller(c).Role.Includes(access.Accountant)
	for _, status := range q.Status {
		if status != "ok" && status != "failed" && !httpStatuses.MatchString(status) {
			w.add("status", "must be an HTTP status, ok or failed")
		}
	}
	if q.Run != "" && !plainID.MatchString(q.Run) {
		w.add("run", "must be the id of a run")
	}
	if err := w.err(); err != nil {
		return err
	}
	page, err := s.Logs.Calls(c.Request().Context(), q)
	if err != nil {
		return err
	}
	page.Items, page.NextCursor, page.Counts = list(page.Items), cursorOf(page.Next, sort), counted(page.Counts)
	return c.JSON(http.StatusOK, page)
}

// getLog shows one call with its bodies.
//
//	@ID			getLog
//	@Summary	One call with its bodies
//	@Description	The line of a call with what was sent and what came back, secrets left out. Bodies are kept for logs.body_days; those that name a guest whom QloApps anonymized are emptied.
//	@Tags		logs
//	@Security	Bearer
//	@Produce	json
//	@Param		id		path		string	true	"Id of the call"
//	@Success	200		{object}	wire.LogDetail
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/logs/{id} [get]
func (s *server) getLog(c echo.Context) error {
	call, err := s.Logs.Call(c.Request().Context(), c.Param("id"))
	return answer(c, http.StatusOK, call, err)
}

// listAudit shows what people did.
//
//	@ID			listAudit
//	@Summary	What people did
//	@Description	Every act of a person or a token with what it was about, and of QloBooks itself where something was posted. Sign-ins that were refused are shown to admins alone. Narrowed by the parameters; words and names are looked for from their beginning or anywhere.
//	@Tags		logs
//	@Security	Bearer
//	@Produce	json
//	@Param		limit	query		int		false	"Items per page"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string	false	"next_cursor of the page before"
//	@Param		sort	query		string	false	"Order"	Enums(at,-at)	default(-at)
//	@Param		q		query		string	false	"Part of the words or of a name, or a record as invoice:12"
//	@Param		by		query		string	false	"Only this person's or token's"
//	@Param		action	query		string	false	"Only this, for example pair"
//	@Param		flow	query		string	false	"Only on records of this flow"
//	@Param		from	query		string	false	"First day or moment"
//	@Param		to		query		string	false	"Last day, or the moment before which"
//	@Success	200		{object}	wire.AuditPage
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/audit [get]
func (s *server) listAudit(c echo.Context) error {
	var w wrongs
	known(c, &w, "limit", "cursor", "sort", "q", "by", "action", "flow", "from", "to")
	from, to := momentsOf(c, &w)
	sort := oldestFirst(c, "at", &w)
	q := wire.AuditQuery{Limit: limitOf(c, &w), After: positionOf(c, sort, numbered, &w), Oldest: sort != "", Q: strings.TrimSpace(c.QueryParam("q")), By: c.QueryParam("by"), Action: c.QueryParam("action"),
		Flow: c.QueryParam("flow"), From: from, To: to, Refused: caller(c).Role.Includes(access.Admin)}
	if err := w.err(); err != nil {
		return err
	}
	page, err := s.Logs.Audit(c.Request().Context(), q)
	if err != nil {
		return err
	}
	page.Items, page.NextCursor, page.Counts = list(page.Items), cursorOf(page.Next, sort), counted(page.Counts)
	return c.JSON(http.StatusOK, page)
}

// reset forgets what QloBooks knows.
//
//	@ID				reset
//	@Summary		Forget mappings, links, or all that QloBooks knows
//	@Description	Deletes nothing in Zoho Books or QloApps. Keys stay the same, so that documents which carry them are found again. Refused while runs are active.
//	@Tags			tools
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			body	body		wire.ResetRequest	true	"What to forget, and the id of the organization"
//	@Success		200		{object}	wire.ResetResult
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/tools/reset [post]
func (s *server) reset(c echo.Context) error {
	var in wire.ResetRequest
	if err := readBody(c, &in); err != nil {
		return err
	}
	if !slices.Contains(resetScopes, in.Scope) {
		return invalid("scope", "must be mappings, links or all")
	}
	result, err := s.Tools.Reset(c.Request().Context(), in, caller(c).Name)
	return answer(c, http.StatusOK, result, err)
}

// previewReset tells what a reset would forget.
//
//	@ID				previewReset
//	@Summary		What a reset would forget, by kind
//	@Description	Counts what stands now; forgets nothing.
//	@Tags			tools
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			body	body		wire.ResetScope	true	"What would be forgotten"
//	@Success		200		{object}	wire.ResetResult
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/tools/reset/preview [post]
func (s *server) previewReset(c echo.Context) error {
	var in wire.ResetScope
	if err := readBody(c, &in); err != nil {
		return err
	}
	if !slices.Contains(resetScopes, in.Scope) {
		return invalid("scope", "must be mappings, links or all")
	}
	result, err := s.Tools.ResetPreview(c.Request().Context(), in.Scope)
	return answer(c, http.StatusOK, result, err)
}

var resetScopes = []string{"mappings", "links", "all"}
