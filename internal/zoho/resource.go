package zoho

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
)

// Resource says how one kind of document is addressed. This file is the one place that knows
// how exactly-once is reached: by the upsert on the unique key field.
type Resource struct {
	Path       string // of the collection
	Entity     string // as custom fields name it
	Envelope   string // of one document in an answer
	List       string // of the rows of a list
	ID         string // names of fields in answers
	Number     string
	Name       string
	Search     string // query parameter that finds by number, or by name where there is no number
	KeySearch  string // query parameter that finds by the key; "" = the list cannot
	All        string // filter_by that lists inactive ones too
	Dashboard  string // path in the web app
	OwnNumbers bool   // Number may be ours
}

// The six modules that carry the key.
var (
	Contacts = Resource{Path: "/contacts", Entity: "contact", Envelope: "contact", List: "contacts",
		ID: "contact_id", Name: "contact_name", Search: "contact_name", All: "Status.All", Dashboard: "contacts"}
	Items = Resource{Path: "/items", Entity: "item", Envelope: "item", List: "items",
		ID: "item_id", Name: "name", Search: "name", All: "Status.All", Dashboard: "inventory/items"}
	SalesOrders = Resource{Path: "/salesorders", Entity: "salesorder", Envelope: "salesorder", List: "salesorders",
		ID: "salesorder_id", Number: "salesorder_number", Search: "salesorder_number", Dashboard: "salesorders", OwnNumbers: true}
	Invoices = Resource{Path: "/invoices", Entity: "invoice", Envelope: "invoice", List: "invoices",
		ID: "invoice_id", Number: "invoice_number", Search: "invoice_number", KeySearch: "custom_field", Dashboard: "invoices", OwnNumbers: true}
	CustomerPayments = Resource{Path: "/customerpayments", Entity: "customerpayment", Envelope: "payment", List: "customerpayments",
		ID: "payment_id", Number: "payment_number", Search: "reference_number", Dashboard: "paymentsreceived"}
	CreditNotes = Resource{Path: "/creditnotes", Entity: "creditnote", Envelope: "creditnote", List: "creditnotes",
		ID: "creditnote_id", Number: "creditnote_number", Search: "creditnote_number", Dashboard: "creditnotes", OwnNumbers: true}
	Resources = []Resource{Contacts, Items, SalesOrders, Invoices, CustomerPayments, CreditNotes}
)

// Upsert is the call that makes the document that carries key look like doc: repeated after a
// lost answer it finds the document it made and never makes a second one. doc must carry the
// key in its key field too, as Zoho is not known to write it by itself.
//
// Found means replaced as a whole, lines included; use it only until the id is known.
//
// Source: zoho.com/books/api/v3, "Update … using a custom field's unique value".
func (r Resource) Upsert(key string, doc any) (Request, error) {
	req, err := r.write(http.MethodPut, r.Path, doc)
	req.Key = key
	return req, err
}

// Update is the call that changes the document of a known id.
func (r Resource) Update(id string, doc any) (Request, error) {
	return r.write(http.MethodPut, r.Path+"/"+url.PathEscape(id), doc)
}

func (r Resource) write(method, path string, doc any) (Request, error) {
	body, err := json.Marshal(doc)
	if err != nil {
		return Request{}, fmt.Errorf("%s: %w", r.Envelope, err)
	}
	req := Request{Method: method, Path: path, Body: body}
	if r.OwnNumbers {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(body, &fields); err != nil {
			return Request{}, fmt.Errorf("%s: %w", r.Envelope, err)
		}
		if text(fields[r.Number]) != "" {
			req.Query = url.Values{"ignore_auto_number_generation": {"true"}}
		}
	}
	return req, nil
}

// Send makes a call of Upsert or Update and reads the document that stands there now.
func (r Resource) Send(ctx context.Context, c *Client, req Request) (Answer, error) {
	resp, err := c.Do(ctx, req)
	if err != nil {
		return Answer{}, err
	}
	a, err := r.Read(resp, c.KeyFieldOf(r))
	if err != nil {
		return Answer{}, lost(req, answered{sent: true, status: resp.Status, err: err})
	}
	return a, nil
}

// Get reads one document; NotFound/zoho_record_gone when it is not there.
func (r Resource) Get(ctx context.Context, c *Client, id string) (Answer, error) {
	return r.Send(ctx, c, Request{Method: http.MethodGet, Path: r.Path + "/" + url.PathEscape(id)})
}

// Find looks for the document of key: among those with the given number (or name, or a
// payment's reference), and by the key itself where lists can be searched by it. number may be
// "". Lists lag behind by up to minutes and filters may be ignored, so that every row is judged
// by the key it carries, and a negative answer proves less than a positive one.
func (r Resource) Find(ctx context.Context, c *Client, key, number string) (Answer, bool, error) {
	var searches []url.Values
	if r.KeySearch != "" {
		searches = append(searches, url.Values{r.KeySearch: {key}})
	}
	if number != "" && r.Search != "" {
		searches = append(searches, url.Values{r.Search: {cut(number, 100)}})
	}
	for _, q := range searches {
		a, found, err := r.FindBy(ctx, c, key, q)
		if err != nil || found {
			return a, found, err
		}
	}
	return Answer{}, false, nil
}

// mostCandidates bounds the detail calls of one search whose rows do not show the key.
const mostCandidates = 10

// FindBy looks for the document of key in the list that query describes: a payment by customer,
// date and amount.
func (r Resource) FindBy(ctx context.Context, c *Client, key string, query url.Values) (Answer, bool, error) {
	if r.All != "" {
		query.Set("filter_by", r.All)
	}
	candidates := 0
	for row, err := range c.rows(ctx, r.Path, r.List, query) {
		if err != nil {
			return Answer{}, false, err
		}
		a := r.answer(row, c.KeyFieldOf(r))
		if a.Key != "" && a.Key != key || !r.matches(row, query) {
			continue
		}
		if candidates++; candidates > mostCandidates {
			break
		}
		whole, err := r.Get(ctx, c, a.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return Answer{}, false, err
		}
		if whole.Key == key {
			return whole, true, nil
		}
	}
	return Answer{}, false, nil
}

// matches guards against filters that Zoho ignores: a row that shows another value of a field
// that was asked for is not what was searched.
func (r Resource) matches(row map[string]json.RawMessage, query url.Values) bool {
	for name, want := range query {
		have, shown := row[name]
		if !shown || len(want) == 0 {
			continue
		}
		if name == "amount" {
			a, err1 := money.Parse(text(have))
			b, err2 := money.Parse(want[0])
			if err1 == nil && err2 == nil && !a.Equal(b) {
				return false
			}
			continue
		}
		if !sameText(text(have), want[0]) {
			return false
		}
	}
	return true
}

// Act is the call of an action on one document: Act(id, "status/sent").
func (r Resource) Act(id, action string) Request {
	return Request{Method: http.MethodPost, Path: r.Path + "/" + url.PathEscape(id) + "/" + action}
}

// Exists reports whether id is there.
func (r Resource) Exists(ctx context.Context, c *Client, id string) (bool, error) {
	_, err := r.Get(ctx, c, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Read takes the document out of an answer; keyField is the api name of the key field.
func (r Resource) Read(resp Response, keyField string) (Answer, error) {
	var envelope map[string]json.RawMessage
	if err := json.Unmarshal(resp.Body, &envelope); err != nil {
		return Answer{}, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(envelope[r.Envelope], &fields); err != nil || fields == nil {
		return Answer{}, errors.New("the answer has no " + r.Envelope)
	}
	a := r.answer(fields, keyField)
	if a.ID == "" {
		return Answer{}, errors.New("the answer has no " + r.ID)
	}
	a.Raw = envelope[r.Envelope]
	return a, nil
}
