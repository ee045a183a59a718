package flow

import (
	"context"
	"encoding/json"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// currencies exist in Zoho Books by their ISO code, which is the only key they have. Their rate is
// sent as long as Zoho does not fetch rates by itself. Zoho cannot retire one: a currency that is
// disabled or deleted in QloApps is only marked so here.
func currencies(load func(context.Context, []string) (map[string]qloapps.Currency, error), dest engine.Dest[zoho.NewCurrency]) engine.Flow[qloapps.Currency, zoho.NewCurrency] {
	return engine.Flow[qloapps.Currency, zoho.NewCurrency]{Name: Currency, Section: "currencies", Version: 1, Master: true, Load: load, Map: mapCurrency,
		Gone: func(id string) qloapps.Currency { return qloapps.Currency{ID: id, Deleted: true} }, Dest: dest}
}

func mapCurrency(c qloapps.Currency, self engine.Link, _ engine.Links, r *rules.Rules) (engine.Mapped[zoho.NewCurrency], error) {
	m := engine.Mapped[zoho.NewCurrency]{Doc: zoho.CurrencyOf(c.ISO), Keep: true, Facts: engine.Facts{Title: c.Name}}
	if c.Deleted || !c.Active {
		m.Retired, m.Nothing = true, !self.Exists()
		return m, nil
	}
	if c.ISO == r.Org.BaseCurrency {
		return m, nil
	}
	if c.ISO == r.QloBase {
		c.Rate = money.One // QloApps counts all rates by it, whatever its own row says
	}
	rate, err := exchangeRate(c.ISO, c.Rate, r)
	if err != nil {
		return m, err
	}
	body, err := json.Marshal(map[string]any{"effective_date": r.Today, "rate": rate})
	m.Steps = []engine.Step{{Name: destination.RateStep + rate.String(), Method: "POST", Path: "/settings/currencies/{id}/exchangerates", Body: body, Again: true,
		Proof: &engine.Proof{Path: "/settings/currencies/{id}", Envelope: "currency", Field: "exchange_rate", Value: rate.String()}}}
	return m, err
}
