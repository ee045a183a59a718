package rest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// getConnection shows the tie to Zoho Books.
//
//	@ID			getConnection
//	@Summary	The connection to Zoho Books, without secrets
//	@Description	Which organization is connected, by whom and since when, whether the access still works, and which periods Zoho Books has locked. Answered from what is stored: no call is made.
//	@Tags		connection
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.Connection
//	@Header		200		{string}	ETag	"Version of the choices"
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/connection [get]
func (s *server) getConnection(c echo.Context) error {
	conn, err := s.Connection.Get(c.Request().Context())
	return versioned(c, conn.Version, conn, err)
}

// putConnection replaces the connection's choices.
//
//	@ID				putConnection
//	@Summary		Choose data center, application and organization
//	@Description	Replaces everything; an absent client_secret keeps the stored one. The *_domain origins count only with the data center custom.
//	@Tags			connection
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			body	body		wire.ConnectionInput	true	"The whole choice"
//	@Param			If-Match	header	string	false	"ETag of the version from which the change was made; 412 when it no longer stands"
//	@Success		200		{object}	wire.Connection
//	@Header			200		{string}	ETag	"Version of the choices"
//	@Failure		412		{object}	wire.Changed
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/connection [put]
func (s *server) putConnection(c echo.Context) error {
	var in wire.ConnectionInput
	if err := readBody(c, &in); err != nil {
		return err
	}
	conn, err := s.Connection.Put(c.Request().Context(), in, madeFrom(c), caller(c).Name)
	return versioned(c, conn.Version, conn, err)
}

// disconnect revokes the grant at Zoho.
//
//	@ID			disconnect
//	@Summary	Revoke the grant at Zoho and forget it
//	@Description	The access is given back to Zoho Books and forgotten here; mappings, links and history stay. Everything waits until somebody connects again, with the same or another organization.
//	@Tags		connection
//	@Security	Bearer
//	@Success	204
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/connection [delete]
func (s *server) disconnect(c echo.Context) error {
	if err := s.Connection.Disconnect(c.Request().Context(), caller(c).Name); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// authorize starts a grant.
//
//	@ID				authorizeConnection
//	@Summary		Begin a grant
//	@Description	Gives Zoho's consent page; its state is random, works once and for ten minutes.
//	@Tags			connection
//	@Security		Bearer
//	@Produce		json
//	@Success		200		{object}	wire.Authorization
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/connection/authorize [post]
func (s *server) authorize(c echo.Context) error {
	auth, err := s.Connection.Authorize(c.Request().Context(), caller(c).Begun(), caller(c).Name)
	return answer(c, http.StatusOK, auth, err)
}

// callback is where Zoho sends the person back to. It needs no credentials but the state.
//
//	@ID				connectionCallback
//	@Summary		End a grant
//	@Description	Answers 303 to the user interface; with Accept: application/json 200 with the connection, or a problem.
//	@Tags			connection
//	@Produce		json
//	@Param			state			query		string	false	"As given by authorize"
//	@Param			code			query		string	false	"Zoho's grant"
//	@Param			error			query		string	false	"Zoho's refusal"
//	@Param			location		query		string	false	"Data center of the account"
//	@Param			accounts-server	query		string	false	"Origin of the account's token server"
//	@Param			api_domain		query		string	false	"Origin of the account's API"
//	@Success		200				{object}	wire.Connection
//	@Success		303				"To {PUBLIC_URL}/configuration?connected=1 or ?error={code}"
//	@Failure		default			{object}	wire.Problem
//	@Router			/api/v1/connection/callback [get]
func (s *server) callback(c echo.Context) error {
	ctx := c.Request().Context()
	c.Response().Header().Set("Cache-Control", "no-store")
	err := s.Connection.Callback(ctx, CallbackAnswer{
		State: c.QueryParam("state"), Code: c.QueryParam("code"), Error: c.QueryParam("error"),
		Location: c.QueryParam("location"), AccountsServer: c.QueryParam("accounts-server"),
		APIDomain: c.QueryParam("api_domain"), Session: s.connectingSession(c),
	})
	if strings.Contains(c.Request().Header.Get("Accept"), "application/json") {
		if err != nil {
			return err
		}
		conn, err := s.Connection.Get(ctx)
		return answer(c, http.StatusOK, conn, err)
	}
	target := s.opt.PublicURL + "/configuration?connected=1"
	if err != nil {
		s.logFault(c, err)
		target = s.opt.PublicURL + "/configuration?error=" + url.QueryEscape(fault.Of(err).Code)
	}
	return c.Redirect(http.StatusSeeOther, target)
}

// refreshConnection renews the access token now.
//
//	@ID			refreshConnection
//	@Summary	Renew the access token now
//	@Description	Asks Zoho's accounts server for a new access token, and for the organization's plan and locks. Needed only to see at once whether the access works: renewal goes by itself.
//	@Tags		connection
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.Connection
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/connection/refresh [post]
func (s *server) refreshConnection(c echo.Context) error {
	conn, err := s.Connection.Refresh(c.Request().Context(), caller(c).Name)
	return answer(c, http.StatusOK, conn, err)
}

// listOrganizations tells which organizations the grant sees.
//
//	@ID				listOrganizations
//	@Summary		Organizations that the grant sees
//	@Description	As Zoho Books said last. For an administrator Zoho is asked again, once a minute at most.
//	@Tags			connection
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.OrganizationList
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/connection/organizations [get]
func (s *server) listOrganizations(c echo.Context) error {
	items, err := s.Connection.Organizations(c.Request().Context(), caller(c).Role.Includes(access.Admin))
	return answer(c, http.StatusOK, wire.OrganizationList{Items: list(items)}, err)
}

// testConnection checks everything that posting needs.
//
//	@ID			testConnection
//	@Summary	Check everything that posting needs
//	@Description	Looks at the access, the organization, the key field and each right that posting takes, one line each with what to do where it fails. A few calls; nothing is written in Zoho Books.
//	@Tags		connection
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.CheckList
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/connection/test [post]
func (s *server) testConnection(c echo.Context) error {
	items, err := s.Connection.Test(c.Request().Context())
	return answer(c, http.StatusOK, wire.CheckList{Items: list(items)}, err)
}

// getBudget shows how many calls are left.
//
//	@ID			getBudget
//	@Summary	How many calls to Zoho are left
//	@Description	The calls of the present day and minute: what the plan gives, what QloBooks and others used, what is left and when Zoho Books counts anew. Counted here, without a call.
//	@Tags		connection
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.Budget
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/connection/budget [get]
func (s *server) getBudget(c echo.Context) error {
	budget, err := s.Connection.Budget(c.Request().Context())
	return answer(c, http.StatusOK, budget, err)
}
