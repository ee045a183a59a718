package destination

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// RateStep begins the name of a step that tells Zoho Books a currency's rate.
const RateStep = "rate:"

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
	if err := client.Complete(zoho.CurrenciesPath); err != nil { // it may be the one that could not be read
		return engine.Answer{}, zoho.Unread(http.MethodGet, err)
	}
	if _, err := client.Do(ctx, zoho.Request{Method: c.Method, Path: c.Path, Body: c.Body}); err != nil {
		return engine.Answer{}, err
	}
	have, found, err := client.Currency(ctx, want.Code)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "outcome_unknown", "Zoho Books does not show the new currency %s yet.", want.Code).Do("It is looked for again by itself.")
	}
	return engine.Answer{ID: string(have.ID), Number: want.Code, Name: want.Code, Made: true}, err
}

func (d currencyDest) Step(ctx context.Context, step engine.Step, ids []string) error {
	err := d.dest.Step(ctx, step, ids)
	if strings.HasPrefix(step.Name, RateStep) && fault.Is(err, fault.Rejected) {
		return &engine.Told{Code: "rate_not_taken", Detail: "Zoho Books did not take QloApps' rate; it fetches exchange rates by itself while its own feed is on. Every document carries QloApps' rate all the same."}
	}
	return err
}
