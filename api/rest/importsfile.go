package rest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

var importedColumns = []string{"zoho_id", "number", "date", "currency", "amount", "came", "rest", "rest_detail", "payment_mode", "reference", "contact", "status", "orders", "cause", "cause_title", "cause_detail"}

// importedFile streams what a filter selects, page by page, one line for each payment.
func (s *server) importedFile(c echo.Context, q wire.ImportedQuery) error {
	q.Limit = 200
	page, err := s.Imports.ListImported(c.Request().Context(), q)
	if err != nil {
		return err
	}
	file := beginCSV(c, http.StatusOK, "imported-payments.csv")
	if err := file.write(importedColumns); err != nil {
		return err
	}
	for {
		for _, p := range page.Items {
			if err := file.write(importedLine(p)); err != nil {
				return err
			}
		}
		if page.Next == nil {
			return nil
		}
		q.After = page.Next
		if page, err = s.Imports.ListImported(c.Request().Context(), q); err != nil {
			panic(http.ErrAbortHandler) // its head has gone out: breaking off says that lines are missing
		}
	}
}

func importedLine(p wire.ImportedPayment) []string {
	var left wire.ImportRest
	if p.Rest != nil {
		left = *p.Rest
	}
	var cause wire.Issue
	if p.Issue != nil {
		cause = *p.Issue
	}
	var orders []string
	for _, x := range p.Shares {
		orders = append(orders, fmt.Sprintf("%s: %s", x.OrderID, x.Amount))
	}
	return []string{p.ID, p.Number, p.Date, p.Currency, p.Amount, p.Came, left.Amount, left.Detail, p.PaymentMode, p.Reference, p.Contact, p.Status, strings.Join(orders, "; "), cause.Code, cause.Title, cause.Detail}
}
