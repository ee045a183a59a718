package destination

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

func (d dest[D]) Step(ctx context.Context, step engine.Step, ids []string) error {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(step.Name, GiveBackStep):
		return d.givenBack(ctx, client, step)
	case step.Name == RefundStep:
		return d.repaid(ctx, client, step, ids[0])
	case strings.HasPrefix(step.Name, TakeBackStep):
		return takeBackNote(ctx, client, ids[0], strings.TrimPrefix(step.Name, TakeBackStep))
	case strings.HasPrefix(step.Name, UndoStep):
		_, err := client.Do(ctx, zoho.Request{Method: step.Method, Path: strings.ReplaceAll(step.Path, "{id}", ids[0])})
		return err
	case step.Proof != nil && step.Proof.Alone:
		return cameTo(ctx, client, d.Resource, *step.Proof, ids[0])
	case step.Name == PortalStep:
		return invite(ctx, client, step, ids[0])
	case strings.HasPrefix(step.Name, LookStep):
		return look(ctx, client, d.Resource, step, ids[0])
	}
	req := zoho.Request{Method: step.Method, Path: strings.ReplaceAll(step.Path, "{id}", ids[0]), Query: step.Query, Body: json.RawMessage(strings.ReplaceAll(string(step.Body), "{id}", ids[0]))}
	if step.Bulk != "" {
		req.Path, req.Query = step.Bulk, url.Values{step.BulkParam: {strings.Join(ids, ",")}}
	}
	if err := asleep(ctx, client, req.Body); err != nil {
		return err
	}
	aim := AimOf(step)
	if aim == nil || !aim.Look && !aim.Force {
		var resp zoho.Response
		if resp, err = client.Do(ctx, req); err == nil {
			if err = taken(req.Body, resp.Body, ""); err == nil && elsewhereApplied(req.Body, resp.Body) {
				err = d.proved(ctx, step, ids[0])
			}
			if words := spared(resp.Body, ids); step.Bulk != "" && words != "" {
				err = fault.New(fault.Rejected, "zoho_refused", "Zoho Books left it undone although it answered that it went well: %s.", words).
					Do("Read Zoho's reason, correct the cause in Zoho Books, then try again.")
			}
		}
		if other := (*engine.NotAsAsked)(nil); errors.As(err, &other) {
			return err
		}
	}
	if aim != nil && (aim.Look || aim.Force || fault.Is(err, fault.Rejected) || fault.Is(err, fault.NotFound)) {
		return waiting(ctx, client, ids[0], d.Resource, applied(ctx, client, d.Resource, *aim, ids[0], err))
	}
	if len(ids) == 1 && fault.Is(err, fault.NotFound) {
		return absent(ctx, client, d.Resource, ids[0], req.Body, err)
	}
	if kind, known := settingOf[d.Path]; known && err == nil && strings.HasSuffix(req.Path, "/active") {
		client.Woke(kind, ids[0])
	}
	if len(ids) > 1 || err == nil {
		return err
	}
	if found := waiting(ctx, client, ids[0], d.Resource, err); found != err {
		return found
	}
	if step.Name == engine.StepVoid && d.Path == zoho.Invoices.Path {
		return settledThere(ctx, client, ids[0], err)
	}
	if f := fault.Of(err); f.Kind == fault.Rejected && f.Code == "zoho_refused" { // what it names may be inactive
		return behind(ctx, client, req.Body, err, err)
	}
	return err
}

// proved reads whether a step was taken whose answer tells of something else.
func (d dest[D]) proved(ctx context.Context, step engine.Step, id string) error {
	if step.Proof == nil {
		return nil
	}
	done, err := d.StepDone(ctx, step, id)
	switch {
	case err != nil:
		return zoho.Unread(step.Method, err)
	case !done:
		return otherwise([]string{"what was to be applied was not, and something else was"})
	default:
		return nil
	}
}

// opened are the statuses in which a document may be used, by the kind of document.
var opened = map[string][]string{
	zoho.Invoices.Path:    {"sent", "viewed", "overdue", "unpaid", "partially_paid", "paid"},
	zoho.SalesOrders.Path: {"open", "partially_invoiced", "invoiced", "closed", "overdue"},
	zoho.CreditNotes.Path: {"open", "closed"},
}

// Opened are the statuses that prove that a document may be used.
func Opened(r zoho.Resource) []string { return opened[r.Path] }

// cameTo reads whether a document came to the status that nothing from here brings about.
func cameTo(ctx context.Context, client *zoho.Client, r zoho.Resource, p engine.Proof, id string) error {
	rec, err := client.Get(ctx, r, id)
	switch {
	case err != nil:
		return err
	case rec.Status == "":
		return zoho.Unread(http.MethodGet, fmt.Errorf("record %s tells no status", id))
	case p.Waits(rec.Status):
		return p.Awaits(rec.Status)
	default:
		return nil
	}
}

// waiting looks at the document behind a refused step: one that waits for somebody in Zoho Books cannot
// be sent, opened, settled or given back yet. A draft, and one that was made void, is refused for
// another reason.
func waiting(ctx context.Context, client *zoho.Client, id string, r zoho.Resource, refusal error) error {
	if !fault.Is(refusal, fault.Rejected) || opened[r.Path] == nil {
		return refusal
	}
	rec, err := client.Get(ctx, r, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return unsure(refusal, err)
	}
	if err != nil || !needsSomebody(r, rec.Status) {
		return refusal
	}
	return fault.Of(engine.Awaits(rec.Status)).By(refusal)
}

// settledThere looks at the invoice of a canceled order that Zoho Books does not make void: money or credit may stand on it
// of which QloApps does not tell, as people brought it there, or its row is gone.
func settledThere(ctx context.Context, client *zoho.Client, id string, refusal error) error {
	if !fault.Is(refusal, fault.Rejected) {
		return refusal
	}
	rec, err := client.Get(ctx, zoho.Invoices, id)
	if err != nil {
		return unsure(refusal, err)
	}
	if !rec.HasBalance || !rec.Balance.LessThan(rec.Total.Decimal) {
		return refusal
	}
	return fault.New(fault.Rejected, "paid_document", "The order was canceled in QloApps, but %s %s of money or credit stand on its invoice in Zoho Books of which QloApps does not tell, and Zoho Books makes no such invoice void. %s",
		money.Words(rec.Total.Sub(rec.Balance.Decimal), rec.Currency), rec.Currency, fault.Of(refusal).Detail).
		Do("Take that off the invoice in Zoho Books, then use Retry; or make a credit note over the invoice there by hand, or keep the money as a fee, and use Skip here.").By(refusal)
}

// needsSomebody reports a status in which somebody in Zoho Books must act before a document can be used.
func needsSomebody(r zoho.Resource, status string) bool {
	return engine.Proof{Field: "status", Any: opened[r.Path]}.Waits(status)
}

func (d dest[D]) StepDone(ctx context.Context, step engine.Step, id string) (bool, error) {
	ctx, client, err := d.client(ctx)
	if err != nil || step.Proof == nil {
		return false, err
	}
	if want, is := refundOf(step); is {
		_, done, err := went(ctx, client, step, want, id, "")
		return done, err
	}
	filled := func(text string) string { return strings.ReplaceAll(text, "{id}", id) }
	address := filled(step.Proof.Path)
	resp, err := provedBy(ctx, client, *step.Proof, address)
	if step.Proof.Absent && fault.Is(err, fault.NotFound) {
		return true, nil // it is there no more, or what it was on
	}
	if err != nil || step.Proof.Absent && step.Proof.List == "" {
		return false, err
	}
	if n := slices.IndexFunc(zoho.Resources, func(r zoho.Resource) bool { return r.Envelope == step.Proof.Envelope }); n >= 0 && step.Proof.List == "invoices" {
		if rec, err := zoho.Resources[n].Read(resp.Body, ""); err == nil && rec.ID == path.Base(address) && !rec.TellsSettled() {
			return settles(ctx, client, zoho.Resources[n], rec.ID, filled(step.Proof.Value), step.Proof.Reach)
		}
	}
	done, err := Proves(*step.Proof, path.Base(address), filled(step.Proof.Value), resp.Body)
	if err != nil {
		return false, zoho.Unread(http.MethodGet, err)
	}
	return done != step.Proof.Absent, nil
}

// provedBy is the answer that a proof is looked for in. A list of its own is read to its end.
func provedBy(ctx context.Context, client *zoho.Client, p engine.Proof, address string) (zoho.Response, error) {
	if p.List == "" || p.Envelope != "" {
		return client.Do(ctx, zoho.Request{Method: http.MethodGet, Path: address})
	}
	rows, err := client.Beside(ctx, address, p.List)
	if err != nil {
		return zoho.Response{}, err
	}
	body, err := json.Marshal(map[string]any{p.List: append([]json.RawMessage{}, rows...)})
	return zoho.Response{Body: body}, err
}

// settles tells whether a payment or credit note settles an invoice up to reach, where its own answer does not say so.
func settles(ctx context.Context, client *zoho.Client, r zoho.Resource, id, invoice, reach string) (bool, error) {
	rec, err := client.GetMoney(ctx, r, id)
	if err != nil {
		return false, err
	}
	read, err := readMoney(r, rec)
	if err != nil {
		return false, err
	}
	wanted, err := money.Parse(reach)
	return err == nil && read.Settles[invoice].GreaterThanOrEqual(wanted), err
}

// Proves looks for a proof in an answer about the record with this id.
func Proves(p engine.Proof, id, value string, body json.RawMessage) (bool, error) {
	var record map[string]json.RawMessage
	if err := json.Unmarshal(body, &record); err != nil {
		return false, fmt.Errorf("answer for %s: %w", p.Path, err)
	}
	if p.Envelope != "" {
		envelope := record[p.Envelope]
		record = nil
		if err := json.Unmarshal(envelope, &record); err != nil {
			return false, fmt.Errorf("answer for %s holds no %s", p.Path, p.Envelope)
		}
		var told zoho.Text
		if raw, tells := record[p.Envelope+"_id"]; tells {
			if _ = told.UnmarshalJSON(raw); string(told) != id {
				return false, zoho.AnotherOne(p.Path, id, string(told))
			}
		}
	}
	rows := []map[string]json.RawMessage{record}
	if p.List != "" {
		rows = nil
		list := record[p.List]
		if p.Envelope == "" && (len(list) == 0 || string(list) == "null") {
			return false, fmt.Errorf("answer for %s holds no %s, which proves nothing", p.Path, p.List)
		}
		if len(list) > 0 {
			if err := json.Unmarshal(zoho.ListOf(list), &rows); err != nil {
				return false, fmt.Errorf("answer for %s: %w", p.Path, err)
			}
		}
	}
	found, told, sum := false, false, money.Zero
	for _, row := range rows {
		var shown zoho.Text
		_ = shown.UnmarshalJSON(row[p.Field])
		word := strings.TrimSpace(string(shown))
		if p.Field == "status" {
			word = zoho.StateOf(word)
		}
		if !p.Proves(word, value) {
			continue
		}
		found = true
		for _, name := range []string{p.Sum, "credited_amount", "amount"} { // what a credit note settles is called by any of these
			if part, err := zoho.Figure(text(row[name])); err == nil && p.Sum != "" {
				told, sum = true, sum.Add(part)
				break
			}
		}
	}
	if !told { // no amount is asked for, or told
		return found, nil
	}
	reach, err := money.Parse(p.Reach)
	return err == nil && sum.GreaterThanOrEqual(reach), err
}
