package access_test

import (
	"context"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// TestATokenEnds at its day, and with the employee who made it until somebody takes it over; it never
// does more than that employee may.
func TestATokenEnds(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	ctx, now := t.Context(), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	employees := map[string]access.Role{"2": access.Admin, "3": access.Admin}
	tokens := &access.Tokens{DB: db, Now: func() time.Time { return now }, Maker: func(_ context.Context, id string) (access.Role, bool, error) {
		role, there := employees[id]
		return role, there, nil
	}}
	state := func(id string) access.TokenState {
		t.Helper()
		list, err := tokens.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			if one.ID == id {
				return one.State
			}
		}
		return ""
	}
	make := func(w access.TokenWish) (access.Token, string) {
		t.Helper()
		w.Role, w.By = access.Admin, "Ada"
		token, text, err := tokens.Make(ctx, w)
		if err != nil {
			t.Fatal(err)
		}
		return token, text
	}

	byDefault, _, err := tokens.Create(ctx, "a year", access.Viewer, "Ada")
	if err != nil || byDefault.ExpiresAt == nil || byDefault.ExpiresAt.Sub(now) != 365*24*time.Hour {
		t.Errorf("by default a token ends %v, %v", byDefault.ExpiresAt, err)
	}
	for _, end := range []time.Time{now, now.Add(-time.Hour), now.AddDate(11, 0, 0)} {
		if _, _, err := tokens.Make(ctx, access.TokenWish{Name: "n", Role: access.Viewer, ExpiresAt: &end}); !fault.Is(err, fault.Invalid) {
			t.Errorf("an end at %v: %v", end, err)
		}
	}

	week := now.AddDate(0, 0, 7)
	short, text := make(access.TokenWish{Name: "a week", ExpiresAt: &week})
	now = week.Add(-time.Second)
	if _, err := tokens.Authenticate(ctx, text); err != nil {
		t.Errorf("before its end: %v", err)
	}
	now = week
	if _, err := tokens.Authenticate(ctx, text); fault.Of(err).Code != "invalid_token" || state(short.ID) != access.TokenExpired {
		t.Errorf("at its end: %v, %s", err, state(short.ID))
	}

	hers, text := make(access.TokenWish{Name: "hers", Employee: "2"})
	if who, err := tokens.Authenticate(ctx, text); err != nil || who.Role != access.Admin || who.Owner != "2" || who.Employee != "" {
		t.Errorf("while she is there: %+v, %v", who, err)
	}
	employees["2"] = access.Viewer
	if who, err := tokens.Authenticate(ctx, text); err != nil || who.Role != access.Viewer {
		t.Errorf("her role is a viewer's, the token's %+v, %v", who, err)
	}
	if list, err := tokens.List(ctx); err != nil || list[0].ID != hers.ID || list[0].Role != access.Viewer {
		t.Errorf("the list shows %+v, %v", list[0], err)
	}
	delete(employees, "2")
	if _, err := tokens.Authenticate(ctx, text); fault.Of(err).Code != "invalid_token" || state(hers.ID) != access.TokenEnded {
		t.Errorf("after she left: %v, %s", err, state(hers.ID))
	}
	if err := tokens.TakeOver(ctx, hers.ID, access.Caller{Kind: access.BySession, Employee: "3", Name: "Bo"}); err != nil {
		t.Fatal(err)
	}
	if who, err := tokens.Authenticate(ctx, text); err != nil || who.Role != access.Admin || who.Owner != "3" {
		t.Errorf("taken over: %+v, %v", who, err)
	}
	delete(employees, "3")
	if _, err := tokens.Authenticate(ctx, text); fault.Of(err).Code != "invalid_token" {
		t.Errorf("after who took it over left: %v", err)
	}
	for _, id := range []string{"999", "1abc", ""} {
		if err := tokens.TakeOver(ctx, id, access.Caller{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("token %q: %v", id, err)
		}
	}
}
