package flow

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// currencies exist in Zoho Books by their ISO code, which is the only key they have. Their rate is
// sent as long as Zoho does not fetch rates by itself. Zoho cannot retire one: a currency that is
// disabled or deleted in QloApps is only marked so here.
func currencies(load func(context.Context, []string) (map[string]qloapps.Currency, error), books Books) engine.Flow[qloapps.Currency, zoho.NewCurrency] {
	return engine.Flow[qloapps.Currency, zoho.NewCurrency]{Name: Currency, Section: "currencies", Version: 1, Master: true, Load: load, Map: mapCurrency,
		Gone: func(id string) qloapps.Currency { return qloapps.Currency{ID: id, Deleted: true} }, Dest: currencyDest{dest[zoho.NewCurrency]{books: books}}}
}

const rateStep = "rate:"

func mapCurrency(c qloapps.Currency, self engine.Link, _ engine.Links, r *rules.Rules) (engine.Mapped[zoho.NewCurrency], error) {
	m := engine.Mapped[zoho.NewCurrency]{Doc: zoho.CurrencyOf(c.ISO), Keep: true, Facts: engine.Facts{Title: c.Name}}
	if c.Deleted || !c.Active {
		m.Retired, m.Nothing = true, !self.Exists()
		return m, nil
	}
	if c.ISO == r.Org.BaseCurrency {
		return m, nil
	}
	rate, err := exchangeRate(c.ISO, c.Rate, r)
	if err != nil {
		return m, err
	}
	body, err := json.Marshal(map[string]any{"effective_date": r.Today, "rate": rate})
	m.Steps = []engine.Step{{Name: rateStep + rate.String(), Method: "POST", Path: "/settings/currencies/{id}/exchangerates", Body: body,
		Proof: &engine.Proof{Path: "/settings/currencies/{id}", Envelope: "currency", Field: "exchange_rate", Value: rate.String()}}}
	return m, err
}

// currencyDest finds a currency before it makes one, as nothing else tells two attempts apart.
type currencyDest struct{ dest[zoho.NewCurrency] }

func (d currencyDest) Draft(_ string, _ engine.Link, doc zoho.NewCurrency) (engine.Call, error) {
	body, err := json.Marshal(doc)
	return engine.Call{Method: "POST", Path: zoho.CurrenciesPath, Body: body}, err
}

func (d currencyDest) Send(ctx context.Context, c engine.Call) (engine.Answer, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return engine.Answer{}, err
	}
	var want zoho.NewCurrency
	if err := json.Unmarshal(c.Body, &want); err != nil {
		return engine.Answer{}, err
	}
	if have, found, err := client.Currency(ctx, want.Code); err != nil || found {
		return engine.Answer{ID: string(have.ID), Number: want.Code, Name: want.Code}, err
	}
	if _, err := client.Do(ctx, zoho.Request{Method: c.Method, Path: c.Path, Body: c.Body}); err != nil {
		return engine.Answer{}, err
	}
	have, found, err := client.Currency(ctx, want.Code)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "outcome_unknown", "Zoho Books does not show the new currency %s yet.", want.Code).Do("It is looked for again by itself.")
	}
	return engine.Answer{ID: string(have.ID), Number: want.Code, Name: want.Code}, err
}

func (d currencyDest) Step(ctx context.Context, step engine.Step, ids []string) error {
	err := d.dest.Step(ctx, step, ids)
	if strings.HasPrefix(step.Name, rateStep) && fault.Is(err, fault.Rejected) {
		return &engine.Told{Code: "rate_not_taken", Detail: "Zoho Books did not take QloApps' rate; it fetches exchange rates by itself while its own feed is on. Every document carries QloApps' rate all the same."}
	}
	return err
}

// usableCurrency says why a document that the scheduler found waits for a person: its currency is disabled in QloApps.
func usableCurrency(iso string, self engine.Link, r *rules.Rules) error {
	known, ok := r.QloRates[iso]
	if !ok || known.Usable || !self.Live || self.Exists() {
		return nil
	}
	return fault.New(fault.Held, "currency_disabled", "The currency %s is disabled in QloApps.", iso).Do("Use Sync to post the document all the same, or enable the currency in QloApps.")
}

// documentCurrency gives a document's currency as Zoho knows it, or why it cannot be posted now.
func documentCurrency(iso string, self engine.Link, links engine.Links, r *rules.Rules) (rules.Currency, error) {
	c, err := currencyOf(iso, links, r)
	if err == nil {
		err = usableCurrency(iso, self, r)
	}
	return c, err
}
