package destination

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

func (d dest[D]) Find(ctx context.Context, key string, c engine.Call) (engine.Answer, bool, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return engine.Answer{}, false, err
	}
	rec, found, err := client.Find(ctx, d.Resource, key, filterOf(d.Resource, key, c.Body))
	if err == nil && !found && c.Known != "" {
		rec, found, err = known(ctx, client, d.Resource, key, c.Known)
	}
	sent := c.Body
	if c.Found || d.Path == zoho.Invoices.Path || d.Path == zoho.SalesOrders.Path {
		sent, _ = engine.Without(sent, "exchange_rate") // it is that of the first posting, whatever QloApps says by now
	}
	if c.Found && found && err == nil {
		return d.found(rec, sent), true, nil
	}
	return d.answer(rec, sent), found, err
}

// known reads the document of an id, as long as it carries the key.
func known(ctx context.Context, client *zoho.Client, r zoho.Resource, key, id string) (zoho.Record, bool, error) {
	rec, err := client.Get(ctx, r, id)
	if fault.Is(err, fault.NotFound) {
		return rec, false, nil
	}
	return rec, err == nil && rec.ID == id && rec.Key == key, err
}

// searchLength is how many characters of a name Zoho's lists can be asked for.
const searchLength = 100

// filterOf narrows a search for the document of a call by what its list can be asked for.
func filterOf(r zoho.Resource, key string, body json.RawMessage) url.Values {
	var sent map[string]json.RawMessage
	_ = json.Unmarshal(body, &sent)
	field := func(name string) string {
		var t zoho.Text
		_ = t.UnmarshalJSON(sent[name])
		return string(t)
	}
	filter := url.Values{}
	set := func(name, value string) {
		if value != "" {
			filter.Set(name, value)
		}
	}
	switch r.Path {
	case zoho.Invoices.Path:
		filter.Set("custom_field", key)
	case zoho.CustomerPayments.Path:
		set("customer_id", field("customer_id"))
		set("date", field("date"))
	case zoho.Items.Path:
		set("name", field(r.Number))
		filter.Set("filter_by", "Status.All")
	case zoho.Contacts.Path:
		name := field(r.Number)
		if short := []rune(name); len(short) > searchLength {
			set(r.Number+"_startswith", string(short[:searchLength]))
		} else {
			set(r.Number, name)
		}
		filter.Set("filter_by", "Status.All")
	default:
		set(r.Number, field(r.Number))
		set("customer_id", field("customer_id"))
	}
	return filter
}

// Others looks for documents that may stand for what a call is to make: those of ids, and with search those that Zoho's list
// shows for its contact and reference, over its total. What is void does not count.
func (d dest[D]) Others(ctx context.Context, c engine.Call, total money.Decimal, ids []string, search bool) (list []engine.Other, err error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return nil, err
	}
	add := func(rec zoho.Record) {
		if rec.Status != "void" {
			list = append(list, engine.Other{ID: rec.ID, Key: rec.Key, Number: rec.Number, Currency: rec.Currency, Total: rec.Total.Decimal})
		}
	}
	for _, id := range ids {
		rec, err := client.Get(ctx, d.Resource, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		add(rec)
	}
	if !search {
		return list, nil
	}
	like, err := client.Like(ctx, d.Resource, c.Body, total)
	for _, rec := range like {
		add(rec)
	}
	return list, err
}

// Reread reads what later drafts and moves need of a document as it stands now: the ids of its lines and
// persons, and where its money is.
func (d dest[D]) Reread(ctx context.Context, id string) (json.RawMessage, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return nil, err
	}
	rec, err := client.Get(ctx, d.Resource, id)
	if err != nil {
		return nil, err
	}
	return Answer(d.Resource, rec).Extra, nil
}

// Current reads a document as it stands in Zoho Books.
func (d dest[D]) Current(ctx context.Context, id string) (json.RawMessage, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return nil, err
	}
	rec, err := client.Get(ctx, d.Resource, id)
	return rec.Raw, err
}

// Drafts looks for drafts in Zoho's list of these. It is left when reading each alone takes fewer calls.
func (d dest[D]) Drafts(ctx context.Context, ids []string) (map[string]bool, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return nil, err
	}
	drafts, pages, missing := map[string]bool{}, 0, len(ids)
	for rows, err := range client.Pages(ctx, d.Path, d.List, url.Values{"status": {"draft"}}, 1) {
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if rec, err := d.Row(row, ""); err == nil && rec.Status == "draft" && slices.Contains(ids, rec.ID) && !drafts[rec.ID] {
				drafts[rec.ID] = true
				missing--
			}
		}
		if pages++; missing <= pages {
			break
		}
	}
	return drafts, nil
}
