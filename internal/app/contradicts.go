package app

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// contradicts names settings that cannot be as the connection and QloApps stand. It asks nobody: what
// is not known yet is not judged, and the record says it when it is met.
func (a *App) contradicts(ctx context.Context, all settings.All, section string) ([]fault.FieldError, error) {
	iso := all.Currencies.DefaultCurrency
	if section != "currencies" || iso == nil {
		return nil, nil
	}
	wrong := func(format string, args ...any) []fault.FieldError {
		return []fault.FieldError{{Field: "default_currency", Message: fmt.Sprintf(format, args...)}}
	}
	known, err := a.Connection.Known(ctx)
	if err != nil {
		return nil, err
	}
	if *iso == known.Base {
		return nil, nil
	}
	if known.Base != "" && !all.Currencies.MultiCurrency {
		return wrong("is %s, but Zoho Books keeps its books in %s and documents in foreign currencies are off: switch multi_currency on, or leave this empty", *iso, known.Base), nil
	}
	list, err := a.Hotel.Currencies(ctx, nil)
	if err != nil {
		return nil, err
	}
	own, there := named(list, *iso)
	_, inBooks := known.Currencies[*iso]
	switch {
	case there && own.Deleted:
		return wrong("is %s, which was deleted in QloApps: choose a currency in which guests can still book, or leave this empty", *iso), nil
	case there && !own.Active:
		return wrong("is %s, which is disabled in QloApps: enable it there first, or leave this empty", *iso), nil
	case !there && !inBooks && known.Base != "":
		return wrong("is %s, which exists neither in QloApps nor in Zoho Books: add it in QloApps with its rate, or leave this empty", *iso), nil
	}
	return nil, nil
}

// named is the currency of an ISO code, a living one before one that was deleted.
func named(list map[string]qloapps.Currency, iso string) (own qloapps.Currency, there bool) {
	for _, c := range list {
		if c.ISO == iso && (!there || own.Deleted) {
			own, there = c, true
		}
	}
	return own, there
}
