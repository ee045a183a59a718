package connection

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/oauth2"
	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Token gives an access token that is valid now.
func (s *Service) Token(ctx context.Context) (secret.String, error) {
	s.mu.Lock()
	cached, until := s.cached, s.until
	s.mu.Unlock()
	if cached != "" && s.Now().Before(until) {
		return cached, nil
	}
	return s.Renew(ctx, "")
}

// Renew gives another token than stale. Whoever gets the row's lock first asks Zoho; the others
// find the answer. A good token is never overwritten by an empty one.
func (s *Service) Renew(ctx context.Context, stale secret.String) (secret.String, error) {
	return s.renew(ctx, stale, false)
}

// renew counts in the row, under its lock, so that all processes together stay below what Zoho
// gives. A person who asks passes our own limits, but not Zoho's.
func (s *Service) renew(ctx context.Context, stale secret.String, byPerson bool) (secret.String, error) {
	var token secret.String
	var failed error
	err := s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		r, err := s.read(ctx, tx, " FOR UPDATE")
		if err != nil {
			return err
		}
		if failed = granted(r); failed != nil {
			return nil
		}
		current, err := s.open(r.AccessToken, "access_token")
		if fault.Of(err) != nil && fault.Of(err).Code == "key_wrong" {
			failed = err
			return nil
		}
		if err == nil && current != "" && current != stale && r.AccessExpiresAt != nil && s.Now().Add(early).Before(*r.AccessExpiresAt) {
			token = current
			s.remember(token, r.AccessExpiresAt.Add(-early))
			return nil
		}
		refused := stale != "" && current == stale
		if !byPerson {
			if failed = s.pause(r, refused); failed != nil {
				token, failed = s.untilItsEnd(r, current, stale, "", failed)
				return nil
			}
		}
		if token, failed = s.refresh(ctx, tx, r, refused); failed != nil && fault.KindOf(failed) == fault.Internal {
			return failed // of the database
		}
		token, failed = s.untilItsEnd(r, current, stale, token, failed)
		return nil
	})
	if err != nil {
		return "", fault.New(fault.Unavailable, "database_down", "The stored access could not be read.").By(err)
	}
	return token, failed
}

// untilItsEnd keeps the old token where renewing it early has failed: it is good for minutes yet.
func (s *Service) untilItsEnd(r row, current, stale, token secret.String, failed error) (secret.String, error) {
	if fault.Is(failed, fault.Limited) && current != "" && current != stale && r.AccessExpiresAt != nil && s.Now().Before(*r.AccessExpiresAt) {
		return current, nil
	}
	return token, failed
}

// renewal is one that was asked for.
type renewal struct {
	At      time.Time `json:"at"`
	Refused bool      `json:"refused,omitempty"` // because Zoho had refused the token before its end
}

// lately are the renewals of the span before now.
func (s *Service) lately(r row) []renewal {
	var list []renewal
	if r.Renewals != nil {
		_ = json.Unmarshal([]byte(*r.Renewals), &list)
	}
	return slices.DeleteFunc(list, func(one renewal) bool { return s.Now().Sub(one.At) >= span })
}

// pause says why Zoho is not asked now. A right that the user lacks looks like a token that has ended,
// and would soon use up the renewals that Zoho gives; and a server that did not answer one record's
// wish need not be asked by all the others.
func (s *Service) pause(r row, refused bool) error {
	if r.NoAnswerUntil != nil && s.Now().Before(*r.NoAnswerUntil) {
		return unanswered(r.NoAnswerUntil.Sub(s.Now()))
	}
	list := s.lately(r)
	n, oldest := 0, time.Time{}
	for _, one := range list {
		if one.Refused {
			if n++; n == 1 {
				oldest = one.At
			}
		}
	}
	switch {
	case refused && n >= mostRefused:
		return fault.New(fault.Limited, "token_pause", "Zoho refuses one fresh access after another.").
			Do("Check on the Configuration page that the user who connected may do everything QloBooks needs.").After(span - s.Now().Sub(oldest)).By(zoho.ErrRenewedEnough)
	case len(list) >= mostRenewals:
		return fault.New(fault.Limited, "token_pause", "The access was renewed too often in the last minutes; Zoho allows that ten times in ten.").After(span - s.Now().Sub(list[0].At))
	}
	return nil
}

// unanswered is Limited, not Unavailable: without an access nothing was sent, so records wait and
// none fails.
func unanswered(wait time.Duration) *fault.Error {
	return fault.New(fault.Limited, "zoho_unavailable", "Zoho's accounts server does not answer properly.").Do("It is tried again by itself.").After(wait)
}

// refresh asks Zoho for a new access token, with the row locked; refused says that Zoho had refused
// the one before its end.
func (s *Service) refresh(ctx context.Context, tx *gorm.DB, r row, refused bool) (secret.String, error) {
	if r.RefusedUntil != nil && s.Now().Before(*r.RefusedUntil) {
		return "", fault.New(fault.Limited, "token_pause", "Zoho asked not to renew the access for some minutes.").After(r.RefusedUntil.Sub(s.Now()))
	}
	app, err := s.application(r)
	if err != nil {
		return "", err
	}
	lasting, err := s.open(r.RefreshToken, "refresh_token")
	if err != nil {
		return "", err
	}
	if lasting == "" {
		return "", revoked()
	}
	asked, _ := json.Marshal(append(s.lately(r), renewal{s.Now().UTC(), refused}))
	token, err := s.ask(ctx, app, lasting)
	if err == nil && usable(token.AccessToken) {
		columns := s.tokenColumns(token, r)
		columns["last_error"], columns["renewals"] = nil, string(asked)
		if err := s.set(ctx, tx, columns); err != nil {
			return "", err
		}
		s.remember(secret.String(token.AccessToken), columns["access_expires_at"].(time.Time).Add(-early))
		return secret.String(token.AccessToken), nil
	}
	return "", s.refreshFailed(ctx, tx, err, string(asked))
}

// ask looks twice before it passes on that the grant has ended, as everything stands still after that
// until a person connects again: one such answer may come from a server that has just been restarted.
func (s *Service) ask(ctx context.Context, app *oauth2.Config, lasting secret.String) (token *oauth2.Token, err error) {
	for looks := 1; ; looks++ {
		token, err = app.TokenSource(s.tokenContext(ctx), &oauth2.Token{RefreshToken: lasting.Reveal()}).Token()
		if looks == 2 || !ends(reasonOf(err)) {
			return token, err
		}
		timer := time.NewTimer(secondLook)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
}

// ends reports the accounts server's own word that no access is given any more.
func ends(reason string) bool {
	switch reason {
	case "invalid_code", "invalid_client", "invalid_client_secret", "invalid_grant":
		return true
	default:
		return false
	}
}

func (s *Service) refreshFailed(ctx context.Context, tx *gorm.DB, err error, asked string) error {
	s.forgetToken()
	switch reason := reasonOf(err); {
	case ends(reason):
		slog.WarnContext(ctx, "Zoho no longer accepts the grant", "reason", reason)
		if err := s.set(ctx, tx, map[string]any{"status": string(Revoked), "issue_code": "grant_revoked", "last_error": "Zoho answered " + reason + " when the access was renewed."}); err != nil {
			return err
		}
		return revoked()
	case reason == "access_denied":
		if err := s.set(ctx, tx, map[string]any{"refused_until": s.Now().UTC().Add(backOff), "last_error": "Zoho said that the access was renewed too often."}); err != nil {
			return err
		}
		return fault.New(fault.Limited, "token_pause", "Zoho asked not to renew the access for some minutes.").After(backOff)
	default:
		if err := s.set(ctx, tx, map[string]any{"no_answer_until": s.Now().UTC().Add(noAnswer), "renewals": asked, "last_error": "Zoho's accounts server did not answer properly when the access was renewed."}); err != nil {
			return err
		}
		return unanswered(noAnswer).By(err)
	}
}

func (s *Service) remember(token secret.String, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cached, s.until = token, until
	// Another process may disconnect; a short memory notices that.
	if most := s.Now().Add(30 * time.Second); s.until.After(most) {
		s.until = most
	}
}

func (s *Service) forgetToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cached = ""
}

// Refresh renews the access now, by a person's wish.
func (s *Service) Refresh(ctx context.Context, _ string) (wire.Connection, error) {
	r, err := s.connected(ctx)
	if err != nil {
		return wire.Connection{}, err
	}
	current, err := s.open(r.AccessToken, "access_token")
	if err != nil {
		return wire.Connection{}, err
	}
	if _, err := s.renew(ctx, current, true); err != nil {
		return wire.Connection{}, err
	}
	return s.Get(ctx)
}
