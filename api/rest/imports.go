package rest

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// importPayments looks for payments that QloApps does not have.
//
//	@ID				importPayments
//	@Summary		Bring payments of Zoho Books to QloApps
//	@Description	Only payments on invoices that were posted from here, never ones that came from QloApps, each once. Whatever is not certain waits for a person.
//	@Tags			payments
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			body	body		wire.ImportRequest	true	"Which payments to look at"
//	@Success		202		{object}	wire.Run
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/payments/import [post]
func (s *server) importPayments(c echo.Context) error {
	var in wire.ImportRequest
	if err := readBody(c, &in); err != nil {
		return err
	}
	if !slices.Contains([]string{"new", "all"}, in.Scope) {
		return invalid("scope", "must be new or all")
	}
	run, err := s.Imports.StartImport(c.Request().Context(), in.Scope, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// listImported shows payments that Zoho Books had and QloApps had not.
//
//	@ID			listImported
//	@Summary	Payments read from Zoho Books, newest first
//	@Tags		payments
//	@Security	Bearer
//	@Produce	json
//	@Param		limit	query		int			false	"Items per page"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor	query		string		false	"next_cursor of the page before"
//	@Param		status	query		[]string	false	"Any of these"		collectionFormat(multi)	Enums(waiting,writing,imported,elsewhere)
//	@Success	200		{object}	wire.ImportedPage
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/payments/imported [get]
func (s *server) listImported(c echo.Context) error {
	var w wrongs
	known(c, &w, "limit", "cursor", "status")
	q := wire.ImportedQuery{Limit: limitOf(c, &w), After: positionOf(c, "", &w), Status: c.QueryParams()["status"]}
	for _, status := range q.Status {
		w.oneOf("status", status, []string{"waiting", "writing", "imported", "elsewhere"})
	}
	if err := w.err(); err != nil {
		return err
	}
	page, err := s.Imports.ListImported(c.Request().Context(), q)
	if err != nil {
		return err
	}
	page.Items, page.NextCursor = list(page.Items), cursorOf(page.Next, "")
	return c.JSON(http.StatusOK, page)
}

var sourceID = regexp.MustCompile(`^[0-9]{1,20}$`)

// assignPayment says to which order a payment belongs.
//
//	@ID			assignPayment
//	@Summary	Write a waiting payment to an order of QloApps
//	@Tags		payments
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		id		path		string			true	"Zoho's payment id"
//	@Param		body	body		wire.Assignment	true	"Order, and invoice where it has several"
//	@Success	200		{object}	wire.ImportedPayment
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/payments/imported/{id}/assign [post]
func (s *server) assignPayment(c echo.Context) error {
	var in wire.Assignment
	if err := readBody(c, &in); err != nil {
		return err
	}
	var w wrongs
	if !sourceID.MatchString(in.OrderID) {
		w.add("order_id", "must be the id of an order, as digits")
	}
	if in.InvoiceID != nil && !sourceID.MatchString(*in.InvoiceID) {
		w.add("invoice_id", "must be the id of an invoice, as digits, or null")
	}
	if err := w.err(); err != nil {
		return err
	}
	payment, err := s.Imports.Assign(c.Request().Context(), c.Param("id"), in, caller(c).Name)
	return answer(c, http.StatusOK, payment, err)
}

// getStatements adds imported payments up.
//
//	@ID				getStatements
//	@Summary		Imported payments by day or month
//	@Description	The grouping is statement_grouping of the payment settings. Newest first.
//	@Tags			payments
//	@Security		Bearer
//	@Produce		json
//	@Success		200		{object}	wire.Statements
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/payments/statements [get]
func (s *server) getStatements(c echo.Context) error {
	statements, err := s.Imports.Statements(c.Request().Context())
	statements.Items = list(statements.Items)
	return answer(c, http.StatusOK, statements, err)
}
