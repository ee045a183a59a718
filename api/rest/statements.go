package rest

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// mostLines is how many lines of a statement one answer has where no limit is asked for: years of days fit.
const mostLines = 5000

// ofStatement is a list of statement lines: by day, then currency and mode, which may both be empty.
func ofStatement(p wire.Position) bool {
	_, ok := dayOf(p.Value)
	return ok && strings.Contains(p.ID, " ") && utf8.ValidString(p.ID) && !strings.ContainsRune(p.ID, 0)
}

// getStatements adds imported payments up.
//
//	@ID				getStatements
//	@Summary		Imported payments by day or month
//	@Description	What of them stands in QloApps. The grouping is statement_grouping of the payment settings. Newest first. The totals are of everything that is selected. As a file, which holds all lines, with ?format=csv or Accept: text/csv.
//	@Tags			payments
//	@Security		Bearer
//	@Produce		json,text/csv
//	@Param			limit			query		int		false	"Lines per page; without it up to 5000"	minimum(1)	maximum(200)
//	@Param			cursor			query		string	false	"next_cursor of the page before"
//	@Param			from			query		string	false	"First day"	format(date)
//	@Param			to				query		string	false	"Last day"	format(date)
//	@Param			currency		query		string	false	"ISO code"
//	@Param			payment_mode	query		string	false	"As Zoho Books has it"
//	@Param			hotel			query		string	false	"Id of a hotel"
//	@Param			customer		query		string	false	"Id of a guest"
//	@Param			format			query		string	false	"How to answer"	Enums(json,csv)
//	@Success		200				{object}	wire.Statements
//	@Failure		default			{object}	wire.Problem
//	@Router			/api/v1/payments/statements [get]
func (s *server) getStatements(c echo.Context) error {
	var w wrongs
	known(c, &w, append([]string{"limit", "cursor", "format"}, paymentFilters...)...)
	w.oneOf("format", c.QueryParam("format"), []string{"json", "csv"})
	q := wire.StatementQuery{Limit: limitOf(c, &w), After: positionOf(c, "", ofStatement, &w), PaymentFilter: paymentFilterOf(c, &w)}
	if err := w.err(); err != nil {
		return err
	}
	if c.QueryParam("limit") == "" || wantsCSV(c) {
		q.Limit = mostLines
	}
	page, err := s.Imports.Statements(c.Request().Context(), q)
	if err != nil {
		return err
	}
	if wantsCSV(c) {
		return s.statementsFile(c, q, page)
	}
	page.Items, page.Totals, page.NextCursor = list(page.Items), list(page.Totals), cursorOf(page.Next, "")
	return c.JSON(http.StatusOK, page)
}

// statementsFile answers all lines as a file, from the first page on.
func (s *server) statementsFile(c echo.Context, q wire.StatementQuery, page wire.Statements) error {
	file := beginCSV(c, http.StatusOK, "payments-from-zoho-books.csv")
	if err := file.write([]string{"period", "currency", "payment_mode", "count", "amount"}); err != nil {
		return err
	}
	for {
		for _, x := range page.Items {
			if err := file.write([]string{x.Period, x.Currency, x.PaymentMode, fmt.Sprint(x.Count), x.Amount}); err != nil {
				return err
			}
		}
		if page.Next == nil {
			return nil
		}
		q.After = page.Next
		var err error
		if page, err = s.Imports.Statements(c.Request().Context(), q); err != nil {
			panic(http.ErrAbortHandler) // its head has gone out: breaking off says that lines are missing
		}
	}
}
