package rest

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
)

// getSession tells who is calling.
//
//	@ID			getSession
//	@Summary	Who is calling
//	@Tags		session
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.Session
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/session [get]
func (s *server) getSession(c echo.Context) error {
	who := caller(c)
	return c.JSON(http.StatusOK, wire.Session{
		Name: who.Name, Email: wire.TextOrNull(who.Email), Role: string(who.Role),
	})
}

// endSession ends the caller's cookie session; a token has none and stays valid.
//
//	@ID				endSession
//	@Summary		Sign out
//	@Description	Ends the cookie session of the caller. A token stays valid: delete it under /tokens.
//	@Tags			session
//	@Security		Bearer
//	@Success		204
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/session [delete]
func (s *server) endSession(c echo.Context) error { return c.NoContent(http.StatusNoContent) }

// listTokens lists the API tokens.
//
//	@ID			listTokens
//	@Summary	All API tokens, without their secrets
//	@Tags		tokens
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.TokenList
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/tokens [get]
func (s *server) listTokens(c echo.Context) error {
	tokens, err := s.Tokens.List(c.Request().Context())
	if err != nil {
		return err
	}
	list := wire.TokenList{Items: []wire.Token{}}
	for _, t := range tokens {
		list.Items = append(list.Items, toToken(t))
	}
	return c.JSON(http.StatusOK, list)
}

// createToken makes an API token.
//
//	@ID				createToken
//	@Summary		Make an API token
//	@Description	The secret is in this answer only; nobody can read it again.
//	@Tags			tokens
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			body	body		wire.TokenInput	true	"Name and role"
//	@Success		201		{object}	wire.NewToken
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/tokens [post]
func (s *server) createToken(c echo.Context) error {
	var in wire.TokenInput
	if err := readBody(c, &in); err != nil {
		return err
	}
	t, secret, err := s.Tokens.Create(c.Request().Context(), in.Name, access.Role(in.Role), caller(c).Name)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusCreated, wire.NewToken{Token: toToken(t), Secret: secret})
}

// deleteToken makes an API token invalid at once.
//
//	@ID			deleteToken
//	@Summary	Make an API token invalid
//	@Tags		tokens
//	@Security	Bearer
//	@Param		id	path	string	true	"Token id"
//	@Success	204
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/tokens/{id} [delete]
func (s *server) deleteToken(c echo.Context) error {
	if err := s.Tokens.Delete(c.Request().Context(), c.Param("id"), caller(c).Name); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func toToken(t access.Token) wire.Token {
	return wire.Token{
		ID: t.ID, Name: t.Name, Role: string(t.Role), Prefix: t.Prefix, CreatedBy: t.CreatedBy,
		CreatedAt: wire.At(t.CreatedAt), LastUsedAt: wire.AtOrNull(t.LastUsedAt),
	}
}
