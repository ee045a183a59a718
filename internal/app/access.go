package app

import (
	"context"
	"log/slog"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/store"
)

// joinAccess makes what lets people in. Without QloApps' cookie key employees cannot sign in.
func (a *App) joinAccess() {
	note := func(action string) func(context.Context, string, string) error {
		return func(ctx context.Context, by, what string) error {
			return a.Store.AddEvent(ctx, store.Event{Actor: by, Action: action, Detail: what})
		}
	}
	a.Tokens = &access.Tokens{DB: a.database, Now: a.now, Changed: note("token"), Maker: access.MakerOf(a.Hotel, a.profileRoles)}
	if a.Config.CookieKey == "" {
		return
	}
	a.Sessions = &access.Sessions{DB: a.database, Now: a.now, Employees: a.Hotel, CookieKey: a.Config.CookieKey, ProfileRoles: a.profileRoles, Changed: note("sign_in")}
}

// noted writes down what no service does. A database that is down keeps nobody from being refused.
func (a *App) noted(ctx context.Context, action, actor, what string) {
	if err := a.Store.AddEvent(ctx, store.Event{Actor: actor, Action: action, Detail: what}); err != nil {
		slog.WarnContext(ctx, "an event could not be noted", "action", action, "error", err)
	}
}

// profileRoles are the roles that the settings give QloApps' profiles.
func (a *App) profileRoles(ctx context.Context) (map[string]string, error) {
	all, err := a.Settings.Load(ctx)
	return all.Access.ProfileRoles, err
}

// signIns is the list of who tried to sign in.
func (a *App) signIns() *access.SignIns { return &access.SignIns{DB: a.database, Now: a.now} }

// sessions avoids an interface that holds a nil pointer.
func (a *App) sessions() rest.Sessions {
	if a.Sessions == nil {
		return nil
	}
	return a.Sessions
}

// Reseal seals every stored secret with the key in use. Each owner of sealed values has its part.
func (a *App) Reseal(ctx context.Context) (secret.Tally, error) {
	var sum secret.Tally
	for _, reseal := range []func(context.Context) (secret.Tally, error){a.Connection.Reseal, a.Settings.Reseal} {
		tally, err := reseal(ctx)
		if err != nil {
			return sum, err
		}
		sum = sum.Add(tally)
	}
	return sum, nil
}
