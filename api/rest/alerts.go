package rest

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// listAlerts shows what the webhook was told.
//
//	@ID				listAlerts
//	@Summary		Messages to the webhook, newest first, and what became of each
//	@Description	Messages that were not taken are tried again after 1, 5, 30 and 120 minutes. outcome says why one was not taken, without the receiver's address.
//	@Tags			alerts
//	@Security		Bearer
//	@Produce		json
//	@Param			limit	query		int		false	"Items per page"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	wire.DeliveryPage
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/alerts [get]
func (s *server) listAlerts(c echo.Context) error {
	var w wrongs
	known(c, &w, "limit", "cursor")
	limit, after := limitOf(c, &w), positionOf(c, "", numbered, &w)
	if err := w.err(); err != nil {
		return err
	}
	page, err := s.Alerts.Deliveries(c.Request().Context(), limit, after)
	if err != nil {
		return err
	}
	page.Items, page.NextCursor = list(page.Items), cursorOf(page.Next, "")
	return c.JSON(http.StatusOK, page)
}

// testAlert sends a message to see whether it arrives.
//
//	@ID				testAlert
//	@Summary		Send a test message to the webhook now
//	@Description	Signed where a secret is saved, as all messages are, with the event test; it is tried once. The answer tells what became of it: state delivered, or given_up with the reason in outcome. Conflict/no_webhook while no address is saved.
//	@Tags			alerts
//	@Security		Bearer
//	@Produce		json
//	@Success		200		{object}	wire.Delivery
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/alerts/test [post]
func (s *server) testAlert(c echo.Context) error {
	delivery, err := s.Alerts.Test(c.Request().Context(), caller(c).Name)
	return answer(c, http.StatusOK, delivery, err)
}
