package rest

import (
	"net/http"
	"slices"
	"strings"

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
//	@Summary	Payments read from Zoho Books
//	@Description	What was read there, what became of each in QloApps, and why one waits for a person. format=csv gives the same as a file, one line for each payment.
//	@Tags		payments
//	@Security	Bearer
//	@Produce	json,text/csv
//	@Param		limit			query		int			false	"Items per page; a file holds all that the filter selects"	minimum(1)	maximum(200)	default(50)
//	@Param		cursor			query		string		false	"next_cursor of the page before"
//	@Param		sort			query		string		false	"Order"	Enums(date,-date)	default(-date)
//	@Param		q				query		string		false	"Part of a number, a reference or a contact's name, or an exact id"
//	@Param		format			query		string		false	"How to answer"	Enums(json,csv)
//	@Param		status			query		[]string	false	"Any of these"		collectionFormat(multi)	Enums(waiting,writing,imported,changed,elsewhere,gone)
//	@Param		from			query		string		false	"First day"			format(date)
//	@Param		to				query		string		false	"Last day"			format(date)
//	@Param		currency		query		string		false	"ISO code"
//	@Param		payment_mode	query		string		false	"As Zoho Books has it"
//	@Param		hotel			query		string		false	"Id of a hotel whose orders have a part"
//	@Param		customer		query		string		false	"Id of a guest whose orders have a part"
//	@Success	200				{object}	wire.ImportedPage
//	@Failure	default			{object}	wire.Problem
//	@Router		/api/v1/payments/imported [get]
func (s *server) listImported(c echo.Context) error {
	var w wrongs
	known(c, &w, append([]string{"limit", "cursor", "sort", "q", "status", "format"}, paymentFilters...)...)
	sort := oldestFirst(c, "date", &w)
	q := wire.ImportedQuery{Limit: limitOf(c, &w), After: positionOf(c, sort, dated, &w), Oldest: sort != "", Q: strings.TrimSpace(c.QueryParam("q")), Status: c.QueryParams()["status"], PaymentFilter: paymentFilterOf(c, &w)}
	for _, status := range q.Status {
		w.oneOf("status", status, []string{"waiting", "writing", "imported", "changed", "elsewhere", "gone"})
	}
	w.oneOf("format", c.QueryParam("format"), []string{"json", "csv"})
	if err := w.err(); err != nil {
		return err
	}
	if wantsCSV(c) {
		return s.importedFile(c, q)
	}
	page, err := s.Imports.ListImported(c.Request().Context(), q)
	if err != nil {
		return err
	}
	page.Items, page.NextCursor = list(page.Items), cursorOf(page.Next, sort)
	return c.JSON(http.StatusOK, page)
}

var paymentFilters = []string{"from", "to", "currency", "payment_mode", "hotel", "customer"}

func paymentFilterOf(c echo.Context, w *wrongs) wire.PaymentFilter {
	f := wire.PaymentFilter{From: c.QueryParam("from"), To: c.QueryParam("to"), Currency: c.QueryParam("currency"), Mode: c.QueryParam("payment_mode"),
		AnyMode: !c.QueryParams().Has("payment_mode"), Hotel: c.QueryParam("hotel"), Customer: c.QueryParam("customer")}
	w.days("from", f.From, "to", f.To)
	w.currency("currency", f.Currency)
	for name, id := range map[string]string{"hotel": f.Hotel, "customer": f.Customer} {
		if id != "" && !plainID.MatchString(id) {
			w.add(name, "must be an id, as digits")
		}
	}
	return f
}

// assignPayment says to which order a payment belongs.
//
//	@ID				assignPayment
//	@Summary		Write a waiting payment to an order of QloApps
//	@Description	The payment is read in Zoho Books first and, where the order's invoice takes it, applied there too. More than the order owes (overpaid) or the order of another guest (other_guest) is refused with both sides until confirm is true.
//	@Tags			payments
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			id		path		string			true	"Zoho's payment id"
//	@Param			body	body		wire.Assignment	true	"Order, and invoice where it has several"
//	@Success		200		{object}	wire.ImportedPayment
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/payments/imported/{id}/assign [post]
func (s *server) assignPayment(c echo.Context) error {
	var in wire.Assignment
	if err := readBody(c, &in); err != nil {
		return err
	}
	var w wrongs
	if !plainID.MatchString(in.OrderID) {
		w.add("order_id", "must be the id of an order, as digits")
	}
	if in.InvoiceID != nil && !plainID.MatchString(*in.InvoiceID) {
		w.add("invoice_id", "must be the id of an invoice, as digits, or null")
	}
	if err := w.err(); err != nil {
		return err
	}
	payment, err := s.Imports.Assign(c.Request().Context(), c.Param("id"), in, caller(c).Name)
	return answer(c, http.StatusOK, payment, err)
}

// handledPayment leaves a payment as it is.
//
//	@ID				handledPayment
//	@Summary		Leave a payment that waits as it is
//	@Description	It comes back when either side changes.
//	@Tags			payments
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			id		path		string		true	"Zoho's payment id"
//	@Param			body	body		wire.Reason	true	"Why"
//	@Success		200		{object}	wire.ImportedPayment
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/payments/imported/{id}/handled [post]
func (s *server) handledPayment(c echo.Context) error {
	reason, err := readReason(c)
	if err != nil {
		return err
	}
	payment, err := s.Imports.Handled(c.Request().Context(), c.Param("id"), reason, caller(c).Name)
	return answer(c, http.StatusOK, payment, err)
}
