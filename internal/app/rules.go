package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/mapping"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// rules takes one snapshot of everything a mapping may know. It is a fault when nothing can be
// sent at all: not connected, grant gone, set-up missing.
func (a *App) rules(ctx context.Context) (*rules.Rules, error) {
	organization, id, err := a.Connection.Organization(ctx)
	if err != nil {
		return nil, err
	}
	if len(organization.KeyFields) < len(zoho.Resources) {
		return nil, fault.New(fault.Held, "setup_required", "The field that carries QloBooks' key does not stand on every module of Zoho Books yet.").
			Do("Run Set up on the Configuration page; what waits then goes on by itself.")
	}
	if err := a.belong(ctx, id); err != nil {
		return nil, err
	}
	all, err := a.Settings.Load(ctx)
	if err != nil {
		return nil, err
	}
	a.pace(ctx, id, organization.Plan, organization.TimeZone, all.Limits)
	locks, err := a.Connection.Locks(ctx)
	if err != nil {
		return nil, err
	}
	mappings, err := a.Mapping.Load(ctx)
	if err != nil {
		return nil, err
	}
	shop, err := a.Hotel.Shop(ctx)
	if err != nil {
		return nil, err
	}
	currencies, err := a.Hotel.Currencies(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &rules.Rules{
		Org: rules.Organization{ID: id, Name: organization.Name, BaseCurrency: organization.Base, Currencies: organization.Currencies,
			TaxRounding: organization.TaxRounding, Country: organization.Country, ExclusiveInvoices: organization.Exclusive, TaxPerLine: organization.Country == mapping.India},
		Locks: locks, Settings: all, Mappings: mappings, Zone: shop.Zone, Today: a.Store.Now().In(shop.Zone).Format(time.DateOnly), KeyField: zoho.KeyField, KeyFields: organization.KeyFields,
		QloBase: shop.DefaultCurrency, QloRates: ratesOf(currencies),
	}, nil
}

// ratesOf names rates by code. Of several rows with one code the one that is not deleted counts, else the newest.
func ratesOf(currencies map[string]qloapps.Currency) map[string]rules.QloRate {
	rates := map[string]rules.QloRate{}
	for _, id := range slices.SortedFunc(maps.Keys(currencies), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(b, a)) }) {
		c := currencies[id]
		if known, ok := rates[c.ISO]; !ok || known.Deleted && !c.Deleted {
			rates[c.ISO] = rules.QloRate{ID: c.ID, Rate: c.Rate.String(), Usable: c.Active && !c.Deleted, Deleted: c.Deleted}
		}
	}
	return rates
}

// pace tells an organization's limiter what a person set, and what its plan allows at once.
func (a *App) pace(ctx context.Context, organization, plan, zone string, l settings.Limits) {
	rates := limit.Rates{PerMinute: l.CallsPerMinute, ReservePercent: l.ReserveForLivePercent, Concurrency: 10}
	if place, err := time.LoadLocation(zone); err == nil && zone != "" {
		rates.Zone = place
	}
	if plan == "" || strings.EqualFold(plan, "free") {
		rates.Concurrency = 5
	}
	if l.CallsPerDay != nil {
		rates.PerDay = *l.CallsPerDay
	}
	a.limiter(organization).SetRates(ctx, rates)
}

// paceNow tells the connected organization's limiter what is set, for the numbers people see, and gives the connection.
func (a *App) paceNow(ctx context.Context) (now wire.Connection, err error) {
	now, known, err := a.Connection.Look(ctx)
	if err != nil {
		return now, err
	}
	all, err := a.Settings.Load(ctx)
	if err == nil && now.OrganizationID == nil { // nobody's plan is known; what is set counts all the same
		a.pace(ctx, "", "", "", all.Limits)
	} else if err == nil {
		a.pace(ctx, *now.OrganizationID, known.Plan, known.TimeZone, all.Limits)
	}
	return now, err
}
