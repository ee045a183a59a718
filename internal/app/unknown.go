package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Choices that name something which does not exist act on nothing without a word. Only what is new is judged, as what
// was chosen may vanish later. A payment method is a free text, which may be chosen before the first guest pays so.

func (a *App) unknownHotels(ctx context.Context, before, chosen []string) (wrong []fault.FieldError, err error) {
	if len(newOnes(before, chosen)) == 0 {
		return nil, nil
	}
	known, err := a.Hotel.EverHotels(ctx)
	if err != nil {
		return nil, err
	}
	for i, id := range chosen {
		if !slices.Contains(before, id) && !slices.Contains(known, id) {
			wrong = append(wrong, fault.FieldError{Field: fmt.Sprintf("ignored_hotels[%d]", i), Message: fmt.Sprintf("is «%s», which is the id of no hotel in QloApps", id)})
		}
	}
	return wrong, nil
}

func newOnes(before, chosen []string) []string {
	return slices.DeleteFunc(slices.Clone(chosen), func(one string) bool { return slices.Contains(before, one) })
}

// Profiles are those of QloApps' employees.
func (a *App) Profiles(ctx context.Context) ([]wire.Profile, error) {
	known, err := a.Hotel.Profiles(ctx)
	list := make([]wire.Profile, 0, len(known))
	for _, p := range known {
		list = append(list, wire.Profile(p))
	}
	return list, err
}

// unknownProfiles cannot tell while the database user may not read QloApps' profiles.
func (a *App) unknownProfiles(ctx context.Context, before, chosen map[string]string) (wrong []fault.FieldError, err error) {
	added := newOnes(slices.Collect(maps.Keys(before)), slices.Sorted(maps.Keys(chosen)))
	if len(added) == 0 {
		return nil, nil
	}
	known, err := a.Hotel.Profiles(ctx)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	for _, id := range added {
		if !slices.ContainsFunc(known, func(p qloapps.Profile) bool { return p.ID == id }) {
			wrong = append(wrong, fault.FieldError{Field: "profile_roles." + id, Message: fmt.Sprintf("names the profile «%s», which QloApps does not have; its page Administration, Profiles lists them", id)})
		}
	}
	return wrong, nil
}

// patience is how long somebody who saves waits for Zoho Books.
const patience = 5 * time.Second

// notDeferring asks Zoho Books for the account of deferred revenue: journals would turn income into whatever
// it is. No list here has it, as no mapping offers liabilities. Without an answer it is believed.
func (a *App) notDeferring(ctx context.Context, before, chosen *string) ([]fault.FieldError, error) {
	if chosen == nil || before != nil && *before == *chosen {
		return nil, nil
	}
	wrong := func(format string, args ...any) []fault.FieldError {
		return []fault.FieldError{{Field: "deferred_account_id", Message: fmt.Sprintf(format, args...)}}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	books, err := a.Connection.Client(ctx)
	if err != nil {
		return nil, nil
	}
	account, err := deferralAccount(zoho.WithRef(ctx, "settings:revenue"), books, *chosen)
	switch kind := string(account.Type); {
	case fault.Is(err, fault.NotFound):
		return wrong("is «%s», which is no account of Zoho Books: take the number at the end of the account's address there", *chosen), nil
	case err != nil || kind == "" || strings.Contains(kind, "liability"):
		return nil, nil
	default:
		return wrong("is «%s» (%s), an account of the type %s: deferred revenue stands on a liability account", account.Name, *chosen, strings.ReplaceAll(kind, "_", " ")), nil
	}
}

// deferralAccount reads an account alone, and among all accounts where there seems to be none: not every answer that there is
// nothing speaks of the account.
func deferralAccount(ctx context.Context, books *zoho.Client, id string) (zoho.Account, error) {
	account, err := books.Account(ctx, id)
	if !fault.Is(err, fault.NotFound) {
		return account, err
	}
	all, unread := books.Accounts(ctx)
	if unread != nil || len(all) == 0 {
		return zoho.Account{}, unread
	}
	for _, one := range all {
		if string(one.ID) == id {
			return one, nil
		}
	}
	return zoho.Account{}, err
}
