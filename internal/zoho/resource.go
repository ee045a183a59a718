package zoho

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
)

// Resource says how one kind of record is addressed. It is the only place to change if real
// Zoho treats keyed writes otherwise than documented.
// KeyLabel is the label of the field that carries our key.
const KeyLabel = "QloApps Key"

type Resource struct {
	Path     string // of the collection
	Entity   string // in custom fields and bulk parameters
	Envelope string // of one record in an answer
	List     string // of many
	ID       string
	Number   string // field of an own number, or of the name of a master
	App      string // in addresses of the web app
}

// The six kinds that carry a key.
var (
	Contacts         = Resource{"/contacts", "contact", "contact", "contacts", "contact_id", "contact_name", "/contacts/"}
	Items            = Resource{"/items", "item", "item", "items", "item_id", "name", "/inventory/items/"}
	SalesOrders      = Resource{"/salesorders", "salesorder", "salesorder", "salesorders", "salesorder_id", "salesorder_number", "/salesorders/"}
	Invoices         = Resource{"/invoices", "invoice", "invoice", "invoices", "invoice_id", "invoice_number", "/invoices/"}
	CustomerPayments = Resource{"/customerpayments", "customerpayment", "payment", "customerpayments", "payment_id", "payment_number", "/paymentsreceived/"}
	CreditNotes      = Resource{"/creditnotes", "creditnote", "creditnote", "creditnotes", "creditnote_id", "creditnote_number", "/creditnotes/"}
)

// Resources are all of them.
var Resources = []Resource{Contacts, Items, SalesOrders, Invoices, CustomerPayments, CreditNotes}

// numbered reports that records of this kind may bring a number of their own.
func (r Resource) numbered() bool {
	return strings.HasSuffix(r.Number, "_number") && r.Path != CustomerPayments.Path
}

// Upsert is the keyed write: it makes the one record that carries key, or finds it and makes it
// look like body. Repeating it is harmless.
func (r Resource) Upsert(key string, body any) (Request, error) {
	return r.write(http.MethodPut, r.Path, key, body)
}

// Update changes a record by id. Of an invoice or a sales order body is the whole document: it is
// sent with an explicit zero for each amount and an empty text for each tax that is not wanted.
func (r Resource) Update(id string, body any) (Request, error) {
	req, err := r.write(http.MethodPut, r.Path+"/"+id, "", body)
	if err == nil && r.billed() {
		if req.Body, err = explicit(req.Body); err != nil {
			err = fmt.Errorf("body for %s: %w", r.Path, err)
		}
	}
	return req, err
}

func (r Resource) write(method, path, key string, body any) (Request, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return Request{}, fmt.Errorf("body for %s: %w", path, err)
	}
	req := Request{Method: method, Path: path, Key: key, Body: b}
	if r.numbered() {
		req.Query = url.Values{"ignore_auto_number_generation": {"true"}}
		if !strings.Contains(string(b), `"`+r.Number+`":`) {
			req.Query = nil // Zoho numbers by itself
		}
	}
	return req, nil
}

// Record is what Zoho says stands there, read leniently.
type Record struct {
	ID, Number, Name, Status string
	Key                      string // value of our key field, "" when it carries none
	Currency                 string
	Total, Tax, Balance      Amount
	HasTotal, HasBalance     bool // the answer told them
	HasTax                   bool
	Taxes                    map[string]money.Decimal // by tax id; nil where the answer does not tell
	Rate                     Amount                   // exchange rate, 1 in the base currency
	LineIDs                  []string
	Accounts                 []string     // income accounts of the lines, where the answer tells them
	PersonIDs                []string     // of a contact's persons, the primary one first
	Settles                  []Allocation // invoices that a payment or credit note settles
	ListsSettled             bool         // the answer has the list of these, be it empty, and of each its amount
	Raw                      json.RawMessage
}

// Aged reports that a record tells of having been changed after it was made, so that an answer that
// calls it new is not believed.
func (r Record) Aged() bool {
	var at struct {
		Made    Text `json:"created_time"`
		Changed Text `json:"last_modified_time"`
	}
	if json.Unmarshal(r.Raw, &at) != nil {
		return false
	}
	const form = "2006-01-02T15:04:05-0700"
	made, err := time.Parse(form, string(at.Made))
	if err != nil {
		return false
	}
	changed, err := time.Parse(form, string(at.Changed))
	return err == nil && changed.Sub(made) > time.Minute
}

// Read takes a record out of an answer.
func (r Resource) Read(body json.RawMessage, keyField string) (Record, error) {
	var envelope map[string]json.RawMessage
	if err := json.Unmarshal(body, &envelope); err != nil {
		return Record{}, fmt.Errorf("answer for %s: %w", r.Path, err)
	}
	return r.record(envelope[r.Envelope], keyField)
}

// Row reads one row of a list. Lists show less than details, and some leave custom fields out.
func (r Resource) Row(raw json.RawMessage, keyField string) (Record, error) {
	rec, err := r.record(raw, keyField)
	if err == nil && rec.Key == "" {
		var row struct {
			Custom map[string]Text `json:"custom_field_hash"`
		}
		_ = json.Unmarshal(raw, &row)
		rec.Key = string(row.Custom[keyField])
	}
	return rec, err
}

// digits are ids that come as numbers; any other number has lost some of them.
var digits = regexp.MustCompile(`^[0-9]+$`)

func (r Resource) record(raw json.RawMessage, keyField string) (Record, error) {
	var fields map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &fields) != nil {
		return Record{}, fmt.Errorf("answer for %s holds no %s", r.Path, r.Envelope)
	}
	text := func(name string) string {
		var t Text
		_ = t.UnmarshalJSON(fields[name])
		return string(t)
	}
	amount := func(name string) (a Amount) {
		_ = a.UnmarshalJSON(fields[name])
		return a
	}
	told := func(name string) bool {
		_, err := Figure(text(name))
		return err == nil
	}
	total, balance := "total", "balance"
	if r.Path == CustomerPayments.Path {
		total, balance = "amount", "unused_amount"
	}
	status := StateOf(text("status"))
	if status != text("status") { // whoever reads what is told finds the documented word
		fields["status"], _ = json.Marshal(status)
		raw, _ = json.Marshal(fields)
	}
	rec := Record{ID: text(r.ID), Number: text(r.Number), Name: text("contact_name") + text("name"), Status: status, Currency: text("currency_code"),
		Total: amount(total), Tax: amount("tax_total"), Balance: amount(balance), HasTotal: told(total), HasBalance: told(balance), HasTax: told("tax_total"),
		Rate: amount("exchange_rate"), Raw: raw, Key: text(keyField)}
	if raw := bytes.TrimSpace(fields[r.ID]); rec.ID == "" || raw[0] != '"' && !digits.Match(raw) {
		return Record{}, fmt.Errorf("answer for %s names no %s", r.Path, r.ID)
	}
	var nested struct {
		Lines []struct {
			ID      Text `json:"line_item_id"`
			Account Text `json:"account_id"`
		} `json:"line_items"`
		Persons []struct {
			ID      Text  `json:"contact_person_id"`
			Primary Truth `json:"is_primary_contact"`
		} `json:"contact_persons"`
		Taxes []struct {
			ID     Text    `json:"tax_id"`
			Amount *Amount `json:"tax_amount"`
		} `json:"taxes"`
		Custom []struct {
			Name  Text `json:"api_name"`
			Label Text `json:"label"`
			Value Text `json:"value"`
		} `json:"custom_fields"`
	}
	_ = json.Unmarshal(raw, &nested)
	for _, t := range nested.Taxes {
		if t.ID == "" || !t.Amount.Told() { // named otherwise: only the sum can be compared
			rec.Taxes = nil
			break
		}
		if rec.Taxes == nil {
			rec.Taxes = map[string]money.Decimal{}
		}
		rec.Taxes[string(t.ID)] = rec.Taxes[string(t.ID)].Add(t.Amount.Decimal)
	}
	for _, l := range nested.Lines {
		rec.LineIDs, rec.Accounts = append(rec.LineIDs, string(l.ID)), append(rec.Accounts, string(l.Account))
	}
	rec.Settles, rec.ListsSettled = settled(fields["invoices"])
	if r.Path == CustomerPayments.Path && !rec.HasBalance && rec.ListsSettled && rec.HasTotal && told("amount_refunded") {
		rec.left(amount("amount_refunded").Decimal)
	}
	for _, p := range nested.Persons {
		rec.PersonIDs = append(rec.PersonIDs, string(p.ID))
		if p.Primary {
			last := len(rec.PersonIDs) - 1
			rec.PersonIDs[0], rec.PersonIDs[last] = rec.PersonIDs[last], rec.PersonIDs[0]
		}
	}
	for _, c := range nested.Custom {
		if (string(c.Name) == keyField || c.Name == "" && (c.Label == KeyLabel || c.Label == "" && keyForm.MatchString(string(c.Value)))) && c.Value != "" {
			rec.Key = string(c.Value)
		}
	}
	return rec, nil
}

// left reckons what is unused of a payment whose answer tells, as Zoho's documentation has it, only what settles invoices
// and what went back. Where that comes to more than there is, nothing is known.
func (r *Record) left(back money.Decimal) {
	rest := r.Total.Sub(back)
	for _, a := range r.Settles {
		rest = rest.Sub(a.AmountApplied.Decimal)
	}
	if !rest.IsNegative() {
		r.Balance, r.HasBalance = Amount{Decimal: rest}, true
	}
}

// keyForm is what our keys look like. A custom field that is told by its id alone, as the documentation has it for some
// modules, is ours when its value is one.
var keyForm = regexp.MustCompile(`^[a-z]+(_[a-z]+)*:[0-9]{1,20}(:[A-Z]{3})?$`)

// Get reads one record by id.
func (c *Client) Get(ctx context.Context, r Resource, id string) (Record, error) {
	resp, err := c.Do(ctx, Request{Method: http.MethodGet, Path: r.Path + "/" + id})
	if err != nil {
		return Record{}, err
	}
	rec, err := r.Read(resp.Body, c.KeyFieldOf(r))
	if err == nil && rec.ID != id {
		err = AnotherOne(r.Path, id, rec.ID)
	}
	if err != nil {
		return Record{}, Unread(http.MethodGet, err)
	}
	return rec, nil
}

// AnotherOne is an answer about another record than the one that was asked for, of which nothing is believed.
func AnotherOne(path, asked, told string) error {
	return fmt.Errorf("answer for %s is about %q, and not about %q", path, told, asked)
}

// mostRead bounds the records that a search reads one by one, as a filter that Zoho ignores would
// make it read everything.
const mostRead = 20

// Find searches a record by filters of its list and gives the first that really carries key.
// Zoho may ignore a filter, so what comes back is checked.
//
// It is Unknown, and not «not found», when the record may stand among more than can be read.
func (c *Client) Find(ctx context.Context, r Resource, key string, filter url.Values) (Record, bool, error) {
	read := 0
	for row, err := range c.Rows(ctx, r.Path, r.List, filter) {
		if err != nil {
			return Record{}, false, err
		}
		rec, err := r.Row(row, c.KeyFieldOf(r))
		if err != nil {
			continue
		}
		if rec.Key == "" { // some lists leave custom fields out
			if read++; read > mostRead {
				return Record{}, false, unsearchable()
			}
			rec, err = c.Get(ctx, r, rec.ID)
			if fault.Is(err, fault.NotFound) {
				continue // deleted since it was listed
			}
			if err != nil {
				return Record{}, false, err
			}
		}
		if rec.Key == key {
			full, err := c.Get(ctx, r, rec.ID)
			return full, err == nil, err
		}
	}
	return Record{}, false, nil
}

// Like gives the documents of the contact and the reference that a body names and of a total, each read whole. What Zoho
// numbers has a reference that is its record's own, which tells nothing. Zoho may ignore a filter, so what comes back is
// checked; of more than can be read the first ones are given.
func (c *Client) Like(ctx context.Context, r Resource, body json.RawMessage, total money.Decimal) (list []Record, err error) {
	type named struct {
		Contact   Text `json:"customer_id"`
		Reference Text `json:"reference_number"`
	}
	var want named
	if err := json.Unmarshal(body, &want); err != nil || want.Contact == "" {
		return nil, err
	}
	var sent map[string]json.RawMessage
	_ = json.Unmarshal(body, &sent)
	if _, own := sent[r.Number]; r.numbered() && !own {
		want.Reference = ""
	}
	filter := url.Values{"customer_id": {string(want.Contact)}}
	if want.Reference != "" {
		filter.Set("reference_number", string(want.Reference))
	}
	for row, err := range c.Rows(ctx, r.Path, r.List, filter) {
		if err != nil {
			return nil, err
		}
		var is named
		rec, err := r.Row(row, c.KeyFieldOf(r))
		if err != nil || json.Unmarshal(row, &is) != nil || is.Contact != want.Contact || want.Reference != "" && is.Reference != want.Reference || rec.HasTotal && !rec.Total.Equal(total) {
			continue
		}
		if len(list) == mostRead {
			return list, nil
		}
		full, err := c.Get(ctx, r, rec.ID)
		if fault.Is(err, fault.NotFound) {
			continue // deleted since it was listed
		}
		if err != nil {
			return nil, err
		}
		list = append(list, full)
	}
	return list, nil
}

func unsearchable() error {
	return fault.New(fault.Unknown, "outcome_unknown", "Whether the document stands in Zoho Books could not be found out: too many others have to be looked through.").
		Do("Look for it in Zoho Books and pair it, or delete it there and try again; it is looked for again by itself in some hours.").After(6 * time.Hour)
}

// mostPages bounds a list that never ends.
const mostPages = 500

// Links builds addresses of the web app.
type Links struct {
	Dashboard    string // origin
	Organization string
}

// To is the address of a record, "" while there is none.
func (l Links) To(r Resource, id string) string {
	if l.Dashboard == "" || l.Organization == "" || id == "" {
		return ""
	}
	return strings.TrimRight(l.Dashboard, "/") + "/app/" + url.PathEscape(l.Organization) + "#" + r.App + url.PathEscape(id)
}
