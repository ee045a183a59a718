package rest

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/secret"
)

// signIn begins a session of a QloApps employee.
//
//	@ID				signIn
//	@Summary		Sign in with a QloApps employee
//	@Description	Takes the e-mail address and password of QloApps' back office. The answer sets the session's cookie; every request with it that is not a GET needs its csrf_token as the header X-CSRF-Token. 409 sign_in_off when this installation does not know QloApps' cookie key.
//	@Tags			session
//	@Accept			json
//	@Produce		json
//	@Param			body	body		wire.SignIn	true	"As in QloApps"
//	@Success		200		{object}	wire.Session
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/session [post]
func (s *server) signIn(c echo.Context) error {
	var in wire.SignIn
	if err := readBody(c, &in); err != nil {
		return err
	}
	if s.Sessions == nil {
		return fault.New(fault.Conflict, "sign_in_off", "Sign-in with QloApps employees is switched off.").
			Do("Set QLOBOOKS_QLOAPPS_COOKIE_KEY to QloApps' _COOKIE_KEY_, or sign in with an API token.")
	}
	browser := s.Sessions.BrowserOf(valueOf(c, s.browserCookie()), in.Email)
	made := s.attempts.count(place(c.RealIP()), in.Email, browser)
	if made.wait > 0 {
		s.tellThrottled(c, in.Email, made)
		return tooManySignIns(made.wait)
	}
	began, err := s.Sessions.SignIn(c.Request().Context(), in.Email, in.Password)
	if err != nil {
		s.tellAttempt(c, in.Email, err)
		return err
	}
	made.giveBack()
	s.noteSignIn(c, access.SignInTry{Account: triedOf(in.Email), Employee: began.Employee, Outcome: access.SignedIn})
	if err := s.leaveFormer(c); err != nil {
		return err
	}
	c.Set(callerKey, began.Caller)
	s.setCookie(c, began.Cookie)
	if browser == "" {
		s.keepBrowser(c, s.Sessions.KnownBrowser(in.Email))
	}
	return showSession(c, began.Caller, began.Cookie)
}

// tellAttempt leaves a trace of a sign-in that failed: in the log always, in the audit as far as
// strangers cannot fill that.
func (s *server) tellAttempt(c echo.Context, email string, err error) {
	if !fault.Is(err, fault.Forbidden) {
		return
	}
	tried := triedOf(email)
	c.Set(triedKey, tried)
	if !s.audits.Allow() {
		return
	}
	s.noteSignIn(c, access.SignInTry{Account: tried, Outcome: access.Refused})
	if s.opt.Audit != nil {
		s.opt.Audit(c.Request().Context(), "sign_in_failed", tried, "A sign-in from "+c.RealIP()+" was refused.")
	}
}

// tellThrottled leaves a trace of one that was not looked at: in the log always, in the audit once when
// nothing is left of what a person may try.
func (s *server) tellThrottled(c echo.Context, email string, made attempt) {
	tried := triedOf(email)
	c.Set(triedKey, tried)
	if !made.emptied || !s.audits.Allow() {
		return
	}
	s.noteSignIn(c, access.SignInTry{Account: tried, Outcome: access.Throttled})
	if s.opt.Audit != nil {
		s.opt.Audit(c.Request().Context(), "sign_in_throttled", tried, "There were so many wrong sign-ins that more are not looked at for now; the last one came from "+c.RealIP()+".")
	}
}

// noteSignIn keeps a try for the list. A database that is down keeps nobody from being let in or refused.
func (s *server) noteSignIn(c echo.Context, try access.SignInTry) {
	if s.SignIns == nil {
		return
	}
	try.From, try.Browser = c.RealIP(), shown(c.Request().UserAgent(), 200)
	if err := s.SignIns.Note(c.Request().Context(), try); err != nil {
		s.log.WarnContext(c.Request().Context(), "a sign-in could not be noted", "error", err)
	}
}

// listSignIns lists who tried to sign in.
//
//	@ID				listSignIns
//	@Summary		Sign-ins of QloApps' employees, newest first
//	@Description	An admin sees everybody's, refused ones among them; everybody else the ones that began sessions of theirs, and a token without an employee none. They are kept as long as the lines of calls (logs.line_days), the last 20 000 at most; of very many that are refused only some are listed.
//	@Tags			session
//	@Security		Bearer
//	@Produce		json
//	@Param			limit	query		int		false	"Items per page"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Success		200		{object}	wire.SignInPage
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/sign-ins [get]
func (s *server) listSignIns(c echo.Context) error {
	var w wrongs
	known(c, &w, "limit", "cursor")
	limit, after := limitOf(c, &w), positionOf(c, "", numbered, &w)
	if err := w.err(); err != nil {
		return err
	}
	who, employee := caller(c), ""
	if who.Role != access.Admin {
		if employee = who.Employee + who.Owner; employee == "" {
			return c.JSON(http.StatusOK, wire.SignInPage{Items: []wire.SignInTry{}})
		}
	}
	page, err := s.SignIns.List(c.Request().Context(), employee, limit, after)
	if err != nil {
		return err
	}
	page.Items, page.NextCursor = list(page.Items), cursorOf(page.Next, "")
	return c.JSON(http.StatusOK, page)
}

// triedOf is the account of a sign-in as a log may keep it.
func triedOf(email string) string {
	if !strings.Contains(email, "@") {
		return "what is no e-mail address" // and may be a password, in the wrong field
	}
	return shown(email, 100)
}

// leaveFormer ends the session whose cookie came along: the new one takes its place in the browser.
func (s *server) leaveFormer(c echo.Context) error {
	cookie := s.cookieOf(c)
	if cookie == "" {
		return nil
	}
	who, err := s.Sessions.Authenticate(c.Request().Context(), cookie)
	if fault.Is(err, fault.Forbidden) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Sessions.End(c.Request().Context(), who, false)
}

// shown is a stranger's text as it may stand in a log: short, on one line, from left to right.
func shown(text string, most int) string {
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	if runes := []rune(clean); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return clean
}

func tooManySignIns(wait time.Duration) error {
	wait = wait.Truncate(time.Second) + time.Second
	return fault.New(fault.Limited, "too_many_requests", "There were too many attempts to sign in.").
		Do(fmt.Sprintf("Wait %d seconds and try once more.", wait/time.Second)).After(wait)
}

func showSession(c echo.Context, who access.Caller, cookie secret.String) error {
	answer := wire.Session{Name: who.Name, Email: wire.TextOrNull(who.Email), Role: string(who.Role), EmployeeID: wire.TextOrNull(who.Employee + who.Owner)}
	if who.Kind == access.BySession {
		answer.CSRFToken = wire.TextOrNull(access.CSRFToken(cookie))
	}
	return c.JSON(http.StatusOK, answer)
}

// getSession tells who is calling.
//
//	@ID			getSession
//	@Summary	Who is calling
//	@Description	The name and role behind the credentials of the request, and for a session the token that requests which change something need.
//	@Tags		session
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.Session
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/session [get]
func (s *server) getSession(c echo.Context) error { return showSession(c, caller(c), s.cookieOf(c)) }

// endSession ends the caller's cookie session; a token has none and stays valid.
//
//	@ID				endSession
//	@Summary		Sign out
//	@Description	Ends the cookie session of the caller, or with everywhere=1 all sessions of that employee. A token stays valid: delete it under /tokens.
//	@Tags			session
//	@Security		Bearer
//	@Param			everywhere	query	int	false	"1: on every device"	Enums(0, 1)
//	@Success		204
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/session [delete]
func (s *server) endSession(c echo.Context) error {
	var w wrongs
	known(c, &w, "everywhere")
	everywhere := c.QueryParam("everywhere")
	w.oneOf("everywhere", everywhere, []string{"0", "1", "false", "true"})
	if err := w.err(); err != nil {
		return err
	}
	if who := caller(c); who.Kind == access.BySession {
		if err := s.Sessions.End(c.Request().Context(), who, everywhere == "1" || everywhere == "true"); err != nil {
			return err
		}
		s.setCookie(c, "")
	}
	return c.NoContent(http.StatusNoContent)
}

// listTokens lists the API tokens.
//
//	@ID			listTokens
//	@Summary	All API tokens, without their secrets
//	@Description	Name, role, first characters, who made it, last use and end of each. The secrets themselves are not kept.
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
//	@Description	The secret is in this answer only; nobody can read it again. It ends in 365 days unless expires_at says otherwise, and with the employee who makes it unless an admin takes it over; it may never do more than that employee may.
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
	who, end := caller(c), time.Now().UTC().Add(access.TokenLife)
	wish := access.TokenWish{Name: in.Name, Role: access.Role(in.Role), By: who.Name, Employee: who.Employee + who.Owner, ExpiresAt: &end}
	if in.ExpiresAt.Named {
		wish.ExpiresAt = in.ExpiresAt.At
	}
	if wish.ExpiresAt == nil && !in.Confirm {
		return invalid("confirm", "must be true for a token that never ends")
	}
	t, secret, err := s.Tokens.Make(c.Request().Context(), wish)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, wire.NewToken{Token: toToken(t), Secret: secret})
}

// deleteToken makes an API token invalid at once.
//
//	@ID			deleteToken
//	@Summary	Make an API token invalid
//	@Description	It is refused from the next request on. This cannot be taken back: make another one instead.
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

// takeToken ties a token to the caller.
//
//	@ID				takeOverToken
//	@Summary		Take an API token over
//	@Description	The token ends with the caller's employee from now on instead of with the one who made it, and works again if it ended with that one.
//	@Tags			tokens
//	@Security		Bearer
//	@Param			id	path	string	true	"Token id"
//	@Success		204
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/tokens/{id}/take-over [post]
func (s *server) takeToken(c echo.Context) error {
	if err := s.Tokens.TakeOver(c.Request().Context(), c.Param("id"), caller(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func toToken(t access.Token) wire.Token {
	var end *wire.Instant
	if t.ExpiresAt != nil {
		at := wire.At(*t.ExpiresAt)
		end = &at
	}
	return wire.Token{
		ExpiresAt: end, ID: t.ID, Name: t.Name, Role: string(t.Role), Prefix: t.Prefix, CreatedBy: t.CreatedBy,
		CreatedAt: wire.At(t.CreatedAt), LastUsedAt: wire.AtOrNull(t.LastUsedAt), EmployeeID: wire.TextOrNull(t.Employee), State: cmp.Or(string(t.State), string(access.TokenActive)),
	}
}
