package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Books gives the client of the organisation that is connected now.
type Books func(ctx context.Context) (*zoho.Client, error)

// dest writes one kind of document to Zoho Books.
type dest[D any] struct {
	zoho.Resource
	books Books
	// known takes out of an update what is fixed at first posting, and puts in the ids of what
	// stands: without them Zoho would delete and make lines and persons anew.
	known func(doc *D, kept kept, sent json.RawMessage)
}

// kept is what later drafts need of an answer.
type kept struct {
	LineIDs []string `json:"line_ids,omitempty"`
	Persons []string `json:"persons,omitempty"` // ids of a contact's persons, the primary one first
	Rate    string   `json:"rate,omitempty"`    // exchange rate of the document
}

// lanes are the engine's lanes in the limiter's words.
var lanes = map[store.Lane]limit.Lane{store.Person: limit.Person, store.Live: limit.Live, store.History: limit.History}

// client is the client to call with, and a context that says for whom.
func (d dest[D]) client(ctx context.Context) (context.Context, *zoho.Client, error) {
	if errand, ok := engine.ErrandOf(ctx); ok {
		ctx = zoho.WithLeaving(zoho.WithRef(zoho.WithLane(ctx, lanes[errand.Lane]), errand.Ref.Key()), errand.Leaving)
	}
	client, err := d.books(ctx)
	return ctx, client, err
}

func (d dest[D]) Draft(key string, known engine.Link, doc D) (engine.Call, error) {
	if !known.Exists() {
		return call(d.Upsert(key, doc))
	}
	var k kept
	_ = json.Unmarshal(known.Extra, &k)
	if d.known != nil {
		d.known(&doc, k, known.Sent)
	}
	r, err := d.Update(known.ID, doc)
	if d.Path == zoho.Contacts.Path || d.Path == zoho.Items.Path {
		r.Body = emptied(r.Body, known.Sent)
	}
	return call(r, err)
}

// emptied adds to an update the texts that were sent before and are no more: Zoho keeps what an
// update leaves out.
func emptied(body, sent json.RawMessage) json.RawMessage {
	var now, before map[string]json.RawMessage
	if json.Unmarshal(body, &now) != nil || json.Unmarshal(sent, &before) != nil {
		return body
	}
	changed := false
	for name, was := range before {
		is, there := now[name]
		switch {
		case len(was) > 2 && was[0] == '"' && !there && !slices.Contains(fixed, name):
			now[name], changed = json.RawMessage(`""`), true
		case len(was) > 0 && was[0] == '{':
			if !there {
				is = json.RawMessage("{}")
			}
			if less := emptied(is, was); string(less) != string(is) {
				now[name], changed = less, true
			}
		case name == "contact_persons" && there:
			var persons, stood []json.RawMessage
			if json.Unmarshal(is, &persons) != nil || json.Unmarshal(was, &stood) != nil || len(persons) == 0 || len(stood) == 0 {
				continue
			}
			if less := emptied(persons[0], stood[0]); string(less) != string(persons[0]) {
				persons[0], changed = less, true
				now[name], _ = json.Marshal(persons)
			}
		}
	}
	if !changed {
		return body
	}
	if full, err := json.Marshal(now); err == nil {
		return full
	}
	return body
}

// fixed are texts that an update leaves out on purpose.
var fixed = []string{"currency_id", "account_id", personID}

func call(r zoho.Request, err error) (engine.Call, error) {
	return engine.Call{Method: r.Method, Path: r.Path, Query: r.Query, Key: r.Key, Body: r.Body}, err
}

func (d dest[D]) Send(ctx context.Context, c engine.Call) (engine.Answer, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return engine.Answer{}, err
	}
	resp, left, err := doWithout(ctx, client, zoho.Request{Method: c.Method, Path: c.Path, Query: c.Query, Key: c.Key, Body: c.Body})
	if err != nil {
		return engine.Answer{}, d.explained(ctx, client, c, err)
	}
	rec, err := d.Read(resp.Body, client.KeyFieldOf(d.Resource))
	if err == nil && !rec.HasTotal && d.billed() {
		err = fmt.Errorf("answer for %s tells no total", c.Path)
	}
	if err != nil {
		return engine.Answer{}, zoho.Unread(c.Method, err)
	}
	answer := Answer(d.Resource, rec)
	answer.Notices = left
	if c.Key == "" && rec.Status == "void" {
		err = voidedByHand()
	}
	return answer, err
}

// billed reports that documents of this kind come to an amount.
func (d dest[D]) billed() bool { return d.Path != zoho.Contacts.Path && d.Path != zoho.Items.Path }

// explained looks at the document when its change was refused: a person may have voided it in
// Zoho Books, and that is never overwritten; or money may stand on it, for which Zoho's code is not
// known.
func (d dest[D]) explained(ctx context.Context, client *zoho.Client, c engine.Call, refusal error) error {
	f := fault.Of(refusal)
	id, byID := strings.CutPrefix(c.Path, d.Path+"/")
	if c.Key != "" && f.Kind == fault.Rejected && f.Code == "zoho_refused" {
		return named(ctx, client, c.Body, refusal)
	}
	if c.Key != "" || !byID || f.Kind != fault.Rejected || f.Code == "number_taken" || f.Code == "name_taken" {
		return refusal
	}
	rec, err := client.Get(ctx, d.Resource, id)
	switch {
	case err != nil:
		return refusal
	case rec.Status == "void":
		return voidedByHand().By(refusal)
	case f.Code == "zoho_refused" && d.Path == zoho.Invoices.Path && rec.HasBalance && rec.Balance.LessThan(rec.Total.Decimal):
		return fault.New(fault.Rejected, "paid_document", "Money stands on the invoice in Zoho Books. %s", f.Detail).
			Do("Decide by hand: correct it with a credit note, or keep it as it stands.").By(refusal)
	case f.Code == "zoho_refused":
		return named(ctx, client, c.Body, refusal)
	default:
		return refusal
	}
}

// named looks whether a document was refused because its contact or an item of it was made inactive,
// deleted or merged, for which Zoho's codes are not known.
func named(ctx context.Context, client *zoho.Client, body json.RawMessage, refusal error) error {
	var doc struct {
		Customer string `json:"customer_id"`
		Lines    []struct {
			Item string `json:"item_id"`
		} `json:"line_items"`
	}
	if json.Unmarshal(body, &doc) != nil || doc.Customer == "" {
		return refusal
	}
	look := func(r zoho.Resource, id, what string) error {
		rec, err := client.Get(ctx, r, id)
		if fault.Is(err, fault.NotFound) {
			return vanished(what, id, refusal)
		}
		if err != nil || rec.Status != "inactive" {
			return nil
		}
		return fault.New(fault.Rejected, "zoho_record_inactive", "%s «%s» is inactive in Zoho Books. %s", what, rec.Name, fault.Of(refusal).Detail).
			Do("Make it active again in Zoho Books, then try again.").By(refusal)
	}
	if err := look(zoho.Contacts, doc.Customer, "The contact"); err != nil {
		return err
	}
	seen := map[string]bool{"": true}
	for _, l := range doc.Lines {
		if seen[l.Item] {
			continue
		}
		seen[l.Item] = true
		if err := look(zoho.Items, l.Item, "The item"); err != nil {
			return err
		}
	}
	return refusal
}

// vanished says that a document was refused because what it names is no more.
func vanished(what, id string, refusal error) *fault.Error {
	return fault.New(fault.Rejected, "zoho_record_gone", "%s that it names does not exist in Zoho Books any more.", what).
		Do("If it was deleted or merged there on purpose, pair it with another one or create it again; this document then follows by itself.").By(&engine.Vanished{ID: id, Cause: refusal})
}

func voidedByHand() *fault.Error {
	return fault.New(fault.Rejected, "invoice_voided_by_hand", "Somebody made it void in Zoho Books, so it was not changed.").
		Do("Use Skip to leave it void, or Recreate to have it made again.")
}

func rateWord(rec zoho.Record) string {
	if !rec.Rate.IsPositive() {
		return ""
	}
	return rec.Rate.String()
}

// Answer is what later drafts and people need of a Zoho record.
func Answer(r zoho.Resource, rec zoho.Record) engine.Answer {
	extra, _ := json.Marshal(kept{LineIDs: rec.LineIDs, Persons: rec.PersonIDs, Rate: rateWord(rec)})
	a := engine.Answer{ID: rec.ID, Number: rec.Number, Name: rec.Name, Status: rec.Status, Total: rec.Total.Decimal, Tax: rec.Tax.Decimal, Extra: extra}
	if !strings.HasSuffix(r.Number, "_number") {
		a.Number = rec.Name // of a master, the name is what people know it by
	}
	return a
}

func (d dest[D]) Find(ctx context.Context, key string, c engine.Call) (engine.Answer, bool, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return engine.Answer{}, false, err
	}
	rec, found, err := client.Find(ctx, d.Resource, key, filterOf(d.Resource, key, c.Body))
	return Answer(d.Resource, rec), found, err
}

// Release empties the key of a contact or an item that carries it.
func (d dest[D]) Release(ctx context.Context, key, id string) (name string, err error) {
	if d.billed() {
		return "", nil
	}
	ctx, client, err := d.client(ctx)
	if err != nil {
		return "", err
	}
	rec, err := client.Get(ctx, d.Resource, id)
	if fault.Is(err, fault.NotFound) || err == nil && rec.Key != key {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	// What Zoho wants of every update stays as it is there.
	var now map[string]json.RawMessage
	_ = json.Unmarshal(rec.Raw, &now)
	body := map[string]any{"custom_fields": []zoho.CustomField{{APIName: client.KeyFieldOf(d.Resource)}}}
	for _, name := range []string{"contact_name", "contact_type", "name", "rate"} {
		if value, there := now[name]; there && strings.HasPrefix(name, "contact_") == (d.Path == zoho.Contacts.Path) {
			body[name] = value
		}
	}
	r, err := d.Update(id, body)
	if err == nil {
		_, err = client.Do(ctx, r)
	}
	return rec.Name, err
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

func (d dest[D]) Step(ctx context.Context, step engine.Step, ids []string) error {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return err
	}
	req := zoho.Request{Method: step.Method, Path: strings.ReplaceAll(step.Path, "{id}", ids[0]), Query: step.Query, Body: json.RawMessage(strings.ReplaceAll(string(step.Body), "{id}", ids[0]))}
	if step.Bulk != "" {
		req.Path, req.Query = step.Bulk, url.Values{step.BulkParam: {strings.Join(ids, ",")}}
	}
	_, err = client.Do(ctx, req)
	if fault.Is(err, fault.Rejected) && len(ids) == 1 && settles(step.Name) {
		return applyLess(ctx, client, req, err)
	}
	return err
}

func (d dest[D]) StepDone(ctx context.Context, step engine.Step, id string) (bool, error) {
	ctx, client, err := d.client(ctx)
	if err != nil || step.Proof == nil {
		return false, err
	}
	filled := func(text string) string { return strings.ReplaceAll(text, "{id}", id) }
	resp, err := client.Do(ctx, zoho.Request{Method: http.MethodGet, Path: filled(step.Proof.Path)})
	if err != nil {
		return false, err
	}
	done, err := proves(*step.Proof, filled(step.Proof.Value), resp.Body)
	if err != nil {
		return false, zoho.Unread(http.MethodGet, err)
	}
	return done, nil
}

// proves looks for a proof in an answer.
func proves(p engine.Proof, value string, body json.RawMessage) (bool, error) {
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
	}
	rows := []map[string]json.RawMessage{record}
	if p.List != "" {
		rows = nil
		if list := record[p.List]; len(list) > 0 {
			if err := json.Unmarshal(list, &rows); err != nil {
				return false, fmt.Errorf("answer for %s: %w", p.Path, err)
			}
		}
	}
	found, sum := false, money.Zero
	for _, row := range rows {
		var shown zoho.Text
		_ = shown.UnmarshalJSON(row[p.Field])
		if (string(shown) == value) == p.Not {
			continue
		}
		var part zoho.Amount
		_ = part.UnmarshalJSON(row[p.Sum])
		found, sum = true, sum.Add(part.Decimal)
	}
	if p.Sum == "" || !found {
		return found, nil
	}
	reach, err := money.Parse(p.Reach)
	return err == nil && sum.GreaterThanOrEqual(reach), err
}
