package app

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/internal/collate"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// contradicts names settings that cannot be as the connection and QloApps stand. What is not known yet is
// not judged, and the record says it when it is met. Zoho Books is asked for one account alone.
func (a *App) contradicts(ctx context.Context, all settings.All, section string) ([]fault.FieldError, error) {
	before, err := a.Settings.Load(ctx)
	if err != nil {
		return nil, err
	}
	switch section {
	case "currencies":
		return a.currencyContradicts(ctx, all)
	case "payments":
		return a.notOffered(ctx, wanted{"default_payment_mode", rules.PaymentModes, all.Payments.DefaultPaymentMode, before.Payments.DefaultPaymentMode, all.Payments.PaymentModes},
			wanted{"default_deposit_account_id", rules.DepositAccounts, all.Payments.DefaultDepositAccountID, before.Payments.DefaultDepositAccountID, nil})
	case "hotels":
		return a.unknownHotels(ctx, before.Hotels.IgnoredHotels, all.Hotels.IgnoredHotels)
	case "access":
		return a.unknownProfiles(ctx, before.Access.ProfileRoles, all.Access.ProfileRoles)
	case "revenue":
		return a.notDeferring(ctx, before.Revenue.DeferredAccountID, all.Revenue.DeferredAccountID)
	case "orders":
		return a.notOffered(ctx, wanted{"rounding_item_id", rules.Items, all.Orders.RoundingItemID, before.Orders.RoundingItemID, nil})
	default:
		return nil, nil
	}
}

// wanted is a field that names something of Zoho Books.
type wanted struct {
	field   string
	kind    rules.Kind
	id, was *string
	own     []string // choices beside those of Zoho Books
}

// notOffered names the fields whose new choice Zoho Books does not have, as far as its lists were read. A
// choice that stays is not judged: what is gone is taken off by the next refresh of the mapping.
func (a *App) notOffered(ctx context.Context, fields ...wanted) (wrong []fault.FieldError, err error) {
	for _, f := range fields {
		if f.id == nil || collate.Contains(f.own, *f.id) || f.was != nil && *f.was == *f.id {
			continue
		}
		there, err := a.Mapping.Offers(ctx, f.kind, *f.id)
		if err != nil {
			return nil, err
		}
		if !there {
			wrong = append(wrong, fault.FieldError{Field: f.field, Message: fmt.Sprintf(missingIn[f.kind], *f.id)})
		}
	}
	return wrong, nil
}

var missingIn = map[rules.Kind]string{
	rules.PaymentModes:    "is «%s», which is no payment mode of Zoho Books and none of payment_modes: add it there, or refresh the mapping if it is new",
	rules.DepositAccounts: "is «%s», which is no account of Zoho Books that takes payments; refresh the mapping if it is new",
	rules.Items:           "is «%s», which is no item of Zoho Books; refresh the mapping if it is new",
}

// currencyContradicts looks at the currency of new contacts.
func (a *App) currencyContradicts(ctx context.Context, all settings.All) ([]fault.FieldError, error) {
	iso := all.Currencies.DefaultCurrency
	if iso == nil {
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
