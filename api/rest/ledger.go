package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// Ledger is what guests were billed and the hotel has not earned yet; *revenue.Desk is the real one.
type Ledger interface {
	Get(ctx context.Context, q wire.GuestQuery) (wire.GuestLedger, *wire.Position, error)
	// Order is NotFound for one that nothing was billed of.
	Order(ctx context.Context, id string) (wire.GuestOrderLedger, error)
}

// getGuestLedger shows a month of the guest ledger.
//
//	@ID				getGuestLedger
//	@Summary		What was billed and not earned yet, by hotel and month
//	@Description	Calls nobody. All amounts are in the base currency of Zoho Books, without tax. With hotel also its orders, page by page, and the journals of the month.
//	@Tags			guest ledger
//	@Security		Bearer
//	@Produce		json
//	@Param			month	query		string	true	"Month, for example 2026-03"
//	@Param			hotel	query		string	false	"Id of a hotel"
//	@Param			limit	query		int		false	"Orders per page"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	wire.GuestLedger
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/guest-ledger [get]
func (s *server) getGuestLedger(c echo.Context) error {
	var w wrongs
	known(c, &w, "month", "hotel", "limit", "cursor")
	q := wire.GuestQuery{Month: c.QueryParam("month"), Hotel: c.QueryParam("hotel"), Limit: limitOf(c, &w)}
	if _, err := time.Parse("2006-01", q.Month); err != nil {
		w.add("month", "must be a month as 2026-03")
	}
	w.id("hotel", q.Hotel, plainID)
	q.After = positionOf(c, "order_id", numbered, &w)
	if err := w.err(); err != nil {
		return err
	}
	found, next, err := s.Ledger.Get(c.Request().Context(), q)
	if err != nil {
		return err
	}
	found.Hotels, found.Orders, found.Journals = list(found.Hotels), list(found.Orders), list(found.Journals)
	found.NextCursor = cursorOf(next, "order_id")
	return c.JSON(http.StatusOK, found)
}

// getGuestOrder shows one order of the guest ledger.
//
//	@ID				getGuestOrder
//	@Summary		What one order bills and earns, day by day
//	@Description	Calls nobody. By day and income account, in the base currency of Zoho Books, without tax; deferred is what is left after each entry.
//	@Tags			guest ledger
//	@Security		Bearer
//	@Produce		json
//	@Param			order_id	path		string	true	"Id of the order in QloApps"
//	@Success		200			{object}	wire.GuestOrderLedger
//	@Failure		default		{object}	wire.Problem
//	@Router			/api/v1/guest-ledger/{order_id} [get]
func (s *server) getGuestOrder(c echo.Context) error {
	found, err := s.Ledger.Order(c.Request().Context(), c.Param("order_id"))
	if err != nil {
		return err
	}
	found.Entries = list(found.Entries)
	return c.JSON(http.StatusOK, found)
}
