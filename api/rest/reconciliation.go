package rest

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// getReconciliation compares both sides as they were last read.
//
//	@ID				getReconciliation
//	@Summary		Compare QloApps, what was posted, and Zoho Books
//	@Description	Calls nobody: as_of tells how old the comparison is, complete whether every day was read. As a file with ?format=csv or Accept: text/csv.
//	@Tags			reconciliation
//	@Security		Bearer
//	@Produce		json,text/csv
//	@Param			from	query		string	true	"First day"			format(date)
//	@Param			to		query		string	true	"Last day"			format(date)
//	@Param			hotel	query		string	false	"Id of a hotel"
//	@Param			format	query		string	false	"How to answer"		Enums(json,csv)
//	@Success		200		{object}	wire.Reconciliation
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/reconciliation [get]
func (s *server) getReconciliation(c echo.Context) error {
	var w wrongs
	known(c, &w, "from", "to", "hotel", "format")
	w.oneOf("format", c.QueryParam("format"), []string{"json", "csv"})
	days := wire.DayRange{From: c.QueryParam("from"), To: c.QueryParam("to")}
	checkDays(days, &w)
	w.id("hotel", c.QueryParam("hotel"), plainID)
	if err := w.err(); err != nil {
		return err
	}
	found, err := s.Reconciliation.Get(c.Request().Context(), wire.ReconciliationQuery{DayRange: days, Hotel: c.QueryParam("hotel")})
	if err != nil {
		return err
	}
	found.Rows, found.Differences = list(found.Rows), list(found.Differences)
	if wantsCSV(c) {
		return answerCSV(c, http.StatusOK, "reconciliation-"+days.From+"-"+days.To+".csv", reconciliationRows(found))
	}
	return c.JSON(http.StatusOK, found)
}

func checkDays(days wire.DayRange, w *wrongs) {
	for name, day := range map[string]string{"from": days.From, "to": days.To} {
		if day == "" {
			w.add(name, "must be a day as 2026-03-01")
		}
	}
	w.days("from", days.From, "to", days.To)
}

func reconciliationRows(r wire.Reconciliation) [][]string {
	rows := [][]string{{"part", "day", "hotel", "currency", "tax", "payment_mode", "kind", "flow", "source_id", "zoho_id", "qloapps_count", "qloapps_amount",
		"posted_count", "posted_amount", "zoho_count", "zoho_amount", "detail", "action"}}
	figures := func(f ...wire.Figures) (cells []string) {
		for _, x := range f {
			cells = append(cells, fmt.Sprint(x.Count), x.Amount)
		}
		return cells
	}
	for _, x := range r.Rows {
		row := append([]string{"total", x.Day, x.Hotel, x.Currency, x.Tax, x.PaymentMode, x.Kind, "", "", ""}, figures(x.QloApps, x.Posted, x.Zoho)...)
		rows = append(rows, append(row, "", ""))
	}
	side := func(x *wire.Side) wire.Side {
		if x == nil {
			return wire.Side{Figures: wire.Figures{Amount: "0.00"}}
		}
		return *x
	}
	for _, d := range r.Differences {
		q, p, z := side(d.QloApps), side(d.Posted), side(d.Zoho)
		id := ""
		if d.ZohoID != nil {
			id = *d.ZohoID
		}
		row := append([]string{"difference", first(q.Day, p.Day, z.Day), "", first(q.Currency, p.Currency, z.Currency), "", "", d.Kind, d.Flow, d.SourceID, id}, figures(q.Figures, p.Figures, z.Figures)...)
		rows = append(rows, append(row, d.Detail, d.Action.Label))
	}
	return rows
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// refreshReconciliation reads both sides again.
//
//	@ID			refreshReconciliation
//	@Summary	Read both sides of a range of days again
//	@Description	A run that lists the days' documents in Zoho Books and compares them with QloApps' rows; nothing is changed on either side. Five calls for a quiet month.
//	@Tags		reconciliation
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		body	body		wire.DayRange	true	"Which days"
//	@Success	202		{object}	wire.Run
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/reconciliation/refresh [post]
func (s *server) refreshReconciliation(c echo.Context) error {
	var in wire.DayRange
	if err := readBody(c, &in); err != nil {
		return err
	}
	var w wrongs
	checkDays(in, &w)
	if err := w.err(); err != nil {
		return err
	}
	run, err := s.Reconciliation.Refresh(c.Request().Context(), in, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}
