// Package destination writes documents to Zoho Books: it drafts the calls, spares what people changed
// there, reads what stands, proves what was done, and finds out what is behind a refusal.
//
// It knows the engine's calls and the client, and no kind of record by its rules.
package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Books gives the client of the organization that is connected now.
type Books func(ctx context.Context) (*zoho.Client, error)

// dest writes one kind of document to Zoho Books.
type dest[D any] struct {
	zoho.Resource
	books Books
	// known takes out of an update what is fixed at first posting, and puts in the ids of what
	// stands: without them Zoho would delete and make lines and persons anew.
	known func(doc *D, kept Kept, sent json.RawMessage)
}

// Items are hotels, room types and services.
func Items(books Books) engine.Dest[zoho.Item] {
	return dest[zoho.Item]{Resource: zoho.Items, books: books}
}

// Contacts are guests.
func Contacts(books Books) engine.Dest[zoho.Contact] {
	return dest[zoho.Contact]{Resource: zoho.Contacts, books: books, known: keepPerson}
}

// SalesOrders are the documents of that name.
func SalesOrders(books Books) engine.Dest[zoho.SalesOrder] {
	return dest[zoho.SalesOrder]{Resource: zoho.SalesOrders, books: books, known: keepSalesOrder}
}

// Invoices are the documents of that name.
func Invoices(books Books) engine.Dest[zoho.Invoice] {
	return dest[zoho.Invoice]{Resource: zoho.Invoices, books: books, known: keepInvoice}
}

// Payments also know how money is given back.
func Payments(books Books) engine.Dest[zoho.CustomerPayment] {
	return paymentDest{dest[zoho.CustomerPayment]{Resource: zoho.CustomerPayments, books: books}}
}

// CreditNotes are the documents of that name.
func CreditNotes(books Books) engine.Dest[zoho.CreditNote] {
	return dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: books, known: keepCreditNote}
}

// Currencies are found before they are made.
func Currencies(books Books) engine.Dest[zoho.NewCurrency] {
	return currencyDest{dest[zoho.NewCurrency]{books: books}}
}

// Kept is what later drafts need of an answer.
type Kept struct {
	LineIDs []string `json:"line_ids,omitempty"`
	Persons []string `json:"persons,omitempty"` // ids of a contact's persons, the primary one first
	Rate    string   `json:"rate,omitempty"`    // exchange rate of the document

	// Accounts are the income accounts of the lines of an invoice or credit note, as Zoho Books tells them; "" = it does not.
	Accounts []string `json:"accounts,omitempty"`

	// Tax is that of an invoice or credit note, as Zoho Books tells it.
	Tax *money.Decimal `json:"tax,omitempty"`

	Renumbered string `json:"renumbered,omitempty"` // the number that it bears there, where somebody gave it another
	Reference  string `json:"reference,omitempty"`  // as it was answered
	Number     string `json:"number,omitempty"`     // to be sent with the next update, as a person has the posted one put back

	Total   *money.Decimal           `json:"total,omitempty"`    // of an invoice or credit note, as it was answered
	ToldAt  *time.Time               `json:"told_at,omitempty"`  // when that was
	MovedAt *time.Time               `json:"moved_at,omitempty"` // when a step of it changed last what stands
	Stands  *StandsAs                `json:"stands,omitempty"`   // as it was seen later, after people changed its amounts
	Money   *Money                   `json:"money,omitempty"`    // of a payment or credit note
	Shares  map[string]PostedShare   `json:"shares,omitempty"`   // of a payment, by QloApps' id of the share
	Took    map[string]Took          `json:"took,omitempty"`     // of money given back, by the id of the payment
	Credits map[string]money.Decimal `json:"credits,omitempty"`  // of an invoice: what vouchers settle of it where that is not all, by the credit note's id
	Doubt   bool                     `json:"doubt,omitempty"`    // somebody moved its money: it is read before anything is moved
	Seen    bool                     `json:"seen,omitempty"`     // beside doubt: reconciliation saw it, so that what people did is asked about
	Known   *Money                   `json:"known,omitempty"`    // what was known of its money before people moved it, while they are asked
	Asked   bool                     `json:"asked,omitempty"`    // a person was asked what becomes of its money
	Looked  bool                     `json:"looked,omitempty"`   // of money given back: it was looked for where it may have gone back before the link was lost
}

// lanes are the engine's lanes in the limiter's words.
var lanes = map[store.Lane]limit.Lane{store.Person: limit.Person, store.Live: limit.Live, store.History: limit.History}

// client is the client to call with, and a context that says for whom.
func (d dest[D]) client(ctx context.Context) (context.Context, *zoho.Client, error) {
	if errand, ok := engine.ErrandOf(ctx); ok {
		refs := []string{errand.Ref.Key()}
		for _, other := range errand.Also {
			refs = append(refs, other.Key())
		}
		ctx = zoho.WithLeaving(zoho.WithRef(zoho.WithLane(ctx, lanes[errand.Lane]), refs...), errand.Leaving)
	}
	client, err := d.books(ctx)
	return ctx, client, err
}

func (d dest[D]) Send(ctx context.Context, c engine.Call) (engine.Answer, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return engine.Answer{}, err
	}
	if err := asleep(ctx, client, c.Body); err != nil {
		return engine.Answer{}, err
	}
	resp, left, err := doWithout(ctx, client, d.Resource, zoho.Request{Method: c.Method, Path: c.Path, Query: c.Query, Key: c.Key, Body: c.Body})
	if err != nil {
		return engine.Answer{}, d.explained(ctx, client, c, err)
	}
	rec, err := d.Read(resp.Body, client.KeyFieldOf(d.Resource))
	if err == nil && !rec.HasTotal && d.billed() {
		err = fmt.Errorf("answer for %s tells no total", c.Path)
	}
	if id, byID := strings.CutPrefix(c.Path, d.Path+"/"); err == nil && byID && rec.ID != id {
		err = zoho.AnotherOne(d.Path, id, rec.ID)
	}
	if err == nil && c.Key != "" && rec.Key != "" && rec.Key != c.Key {
		err = zoho.AnotherOne(d.Path, c.Key, rec.Key)
	}
	if err != nil {
		return engine.Answer{}, zoho.Unread(c.Method, err)
	}
	made := resp.Status == http.StatusCreated && !rec.Aged()
	if d.Path == zoho.CustomerPayments.Path {
		if rec, err = settledBy(ctx, client, c.Body, rec); err != nil {
			return engine.Answer{}, zoho.Unread(c.Method, err)
		}
	}
	answer := d.answer(rec, left.req.Body)
	answer.Notices, answer.Without, answer.Made = append(left.notices, rateShortened(left.req.Body, rec)...), left.fields, made
	answer.TaxOnTop = d.Path == zoho.Invoices.Path && zoho.TaxedOnTop(left.req.Body, rec.Raw)
	if answer.Made && d.Path == zoho.CustomerPayments.Path { // one that stood may have been settled by people
		answer = settledOtherwise(answer, c.Body, rec)
	}
	if c.Key == "" && rec.Status == "void" {
		err = voidedByHand()
	}
	return answer, err
}

// answer is what stands, held against what was sent.
func (d dest[D]) answer(rec zoho.Record, sent json.RawMessage) engine.Answer {
	a := Answer(d.Resource, rec)
	a.Differs = differences(d.Resource, sent, rec)
	a.Why, a.Cure = preference(sent, rec)
	a.Rounds = zoho.TaxRounding(rec.Raw)
	return a
}

// billed reports that documents of this kind come to an amount.
func (d dest[D]) billed() bool { return d.Path != zoho.Contacts.Path && d.Path != zoho.Items.Path }

func rateWord(rec zoho.Record) string {
	if !rec.Rate.IsPositive() {
		return ""
	}
	return rec.Rate.String()
}

// Answer is what later drafts and people need of a Zoho record.
func Answer(r zoho.Resource, rec zoho.Record) engine.Answer {
	k := Kept{LineIDs: rec.LineIDs, Persons: rec.PersonIDs, Rate: rateWord(rec)}
	if r.Path != zoho.Contacts.Path && r.Path != zoho.Items.Path {
		k.Reference = NamedAs("", rec.Raw).Reference
	}
	switch r.Path {
	case zoho.CustomerPayments.Path, zoho.CreditNotes.Path:
		k.Money, k.Doubt = MoneyOf(rec), !rec.TellsSettled()
	}
	if r.Path == zoho.Invoices.Path || r.Path == zoho.CreditNotes.Path {
		if rec.HasTotal {
			k.Total = &rec.Total.Decimal
		}
		if rec.HasTax {
			k.Tax = &rec.Tax.Decimal
		}
		if slices.ContainsFunc(rec.Accounts, func(id string) bool { return id != "" }) {
			k.Accounts = rec.Accounts
		}
	}
	extra, _ := json.Marshal(k)
	a := engine.Answer{ID: rec.ID, Number: rec.Number, Name: rec.Name, Status: rec.Status, Total: rec.Total.Decimal, Tax: rec.Tax.Decimal, HasTax: rec.HasTax, Taxes: rec.Taxes, Currency: rec.Currency, Extra: extra}
	if !strings.HasSuffix(r.Number, "_number") {
		a.Number = rec.Name // of a master, the name is what people know it by
	}
	return a
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
