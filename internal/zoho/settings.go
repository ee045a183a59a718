package zoho

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
)

// Organization is one set of books that the grant can see.
type Organization struct {
	ID           Text   `json:"organization_id"`
	Name         Text   `json:"name"`
	Plan         Text   `json:"plan_name"`
	TimeZone     Text   `json:"time_zone"`
	BaseCurrency Text   `json:"currency_code"`
	CountryCode  Text   `json:"country_code"` // not documented
	CountryName  Text   `json:"country"`
	Precision    Amount `json:"price_precision"`
	TaxRounding  Text   `json:"tax_rounding"`
}

// Currency is one that exists in the books.
type Currency struct {
	ID        Text  `json:"currency_id"`
	Code      Text  `json:"currency_code"`
	Precision Text  `json:"price_precision"` // "" = not told
	Base      Truth `json:"is_base_currency"`
}

// Digits are the decimals of a currency's amounts: what Zoho Books says, or what the currency is known to
// have. A precision that is not told is not zero.
func (c Currency) Digits() int32 {
	told, err := money.Parse(string(c.Precision))
	if err != nil || told.IsNegative() || told.GreaterThan(money.MustParse("6")) {
		return CurrencyOf(string(c.Code)).Precision
	}
	return int32(told.IntPart())
}

// Country is the alpha-2 code of the country, "" when unknown. Only India's rules depend on it.
func (o Organization) Country() string {
	if o.CountryCode != "" {
		return strings.ToUpper(strings.TrimSpace(string(o.CountryCode)))
	}
	if strings.EqualFold(strings.TrimSpace(string(o.CountryName)), "India") {
		return "IN"
	}
	return ""
}

// Account is one of the chart of accounts.
type Account struct {
	ID   Text `json:"account_id"`
	Name Text `json:"account_name"`
	Type Text `json:"account_type"`
	activity
}

// Field is a custom field.
type Field struct {
	ID      Text   `json:"field_id"`
	APIName Text   `json:"api_name"`
	Label   Text   `json:"label"`
	Unique  Truth  `json:"is_unique"`
	Active  *Truth `json:"is_active"` // nil where Zoho does not tell
	Type    Text   `json:"data_type"`
}

// InUse reports a field that can be written to.
func (f Field) InUse() bool { return f.Active == nil || bool(*f.Active) }

// HoldsText reports a single-line text, which alone holds our key.
func (f Field) HoldsText() bool {
	return f.Type == "" || f.Type == "string" || f.Type == "text" || f.Type == "single_line"
}

// Carries reports a field that can carry our key: in use, a text, and unique.
func (f Field) Carries() bool { return f.InUse() && f.HoldsText() && bool(f.Unique) }

// identified is a row of a list; one without its id is of no use.
type identified interface{ id() Text }

func (o Organization) id() Text { return o.ID }
func (c Currency) id() Text     { return c.ID }
func (a Account) id() Text      { return a.ID }
func (f Field) id() Text        { return f.ID }

var errNoID = errors.New("a row of the list has no id")

// Organizations lists the books that the grant can see; it needs no organization.
func (c *Client) Organizations(ctx context.Context) ([]Organization, error) {
	return read[Organization](ctx, c, "/organizations", "organizations", nil)
}

// Currencies lists the currencies of the books.
func (c *Client) Currencies(ctx context.Context) ([]Currency, error) {
	return rows[Currency](ctx, c, CurrenciesPath, "currencies", nil)
}

// Currency finds a currency by its ISO code.
func (c *Client) Currency(ctx context.Context, code string) (Currency, bool, error) {
	list, err := c.Currencies(ctx)
	for _, have := range list {
		if string(have.Code) == code {
			return have, true, err
		}
	}
	return Currency{}, false, err
}

// CurrenciesPath is where currencies are listed and made.
const CurrenciesPath = "/settings/currencies"

// NewCurrency is the body that makes a currency.
type NewCurrency struct {
	Code      string `json:"currency_code"`
	Symbol    string `json:"currency_symbol"`
	Format    string `json:"currency_format"`
	Precision int32  `json:"price_precision"`
}

// CurrencyOf is a currency with its minor digits by ISO 4217.
func CurrencyOf(code string) NewCurrency {
	c := NewCurrency{Code: code, Symbol: code, Format: "1,234,567.89", Precision: 2}
	switch code {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		c.Format, c.Precision = "1,234,567", 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		c.Format, c.Precision = "1,234,567.899", 3
	}
	return c
}

// CreateCurrency adds a currency.
func (c *Client) CreateCurrency(ctx context.Context, code string) error {
	if err := c.Complete(CurrenciesPath); err != nil {
		return err
	}
	return c.post(ctx, CurrenciesPath, CurrencyOf(code), nil)
}

// Accounts lists the chart of accounts.
func (c *Client) Accounts(ctx context.Context) ([]Account, error) {
	return rows[Account](ctx, c, "/chartofaccounts", "chartofaccounts", nil)
}

// Account reads one account.
func (c *Client) Account(ctx context.Context, id string) (Account, error) {
	var answer struct {
		Inside Account `json:"chart_of_account"`
		Other  Account `json:"account"`
	}
	if err := c.get(ctx, "/chartofaccounts/"+url.PathEscape(id), &answer); err != nil {
		return Account{}, err
	}
	if answer.Inside.ID == "" {
		return answer.Other, nil
	}
	return answer.Inside, nil
}

// ItemName is an item as a list shows it.
type ItemName struct {
	ID, Name string
	Inactive bool
}

// ItemNames lists all items, those out of use too.
func (c *Client) ItemNames(ctx context.Context) ([]ItemName, error) {
	var names []ItemName
	for row, err := range c.Rows(ctx, Items.Path, Items.List, url.Values{"filter_by": {"Status.All"}}) {
		if err != nil {
			return nil, err
		}
		rec, err := Items.record(row, KeyField)
		if err == nil {
			names = append(names, ItemName{ID: rec.ID, Name: rec.Name, Inactive: rec.Status == "inactive"})
		}
	}
	return names, nil
}

// PaymentModes lists the modes of the books. The call is not documented: where it does not
// exist, the answer is empty. An answer that holds no list is Unlisted, and not empty.
func (c *Client) PaymentModes(ctx context.Context) ([]string, error) {
	const list = "payment_modes"
	resp, err := c.Do(ctx, Request{Method: http.MethodGet, Path: "/settings/paymentmodes"})
	if NotThere(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var modes []struct{ Name Text }
	if _, err := listed(resp.Body, list, &modes); err != nil {
		return nil, err
	}
	var names []string
	for _, m := range modes {
		if m.Name != "" {
			names = append(names, string(m.Name))
		}
	}
	return names, nil
}

// entities are the names that the fields of an entity may be asked for by: which one payments have
// is not documented.
func entities(entity string) []string {
	if entity == CustomerPayments.Entity {
		return []string{entity, "customer_payment", "payment"}
	}
	return []string{entity}
}

// Fields lists the custom fields of an entity. A name that Zoho does not take says nothing about
// the others. An answer that holds no list is Unlisted: the address is documented, what it answers where there is
// none yet is not.
func (c *Client) Fields(ctx context.Context, entity string) ([]Field, error) {
	var refusal, unlisted error
	taken := false
	for _, name := range entities(entity) {
		list, err := read[Field](ctx, c, fieldsPath, "fields", url.Values{"entity": {name}, "filter_custom_fields": {"true"}})
		if over := c.Complete(fieldsPath); err == nil && over != nil && labelled(list, KeyLabel) == nil {
			return nil, over // it may be the one that could not be read
		}
		if len(list) > 0 || err != nil && !NotThere(err) {
			return list, err
		}
		switch {
		case err == nil:
			taken = true
		case Unlisted(err):
			unlisted = err
		case refusal == nil:
			refusal = err
		}
	}
	switch {
	case unlisted != nil:
		return nil, unlisted
	case taken:
		return nil, nil
	default:
		return nil, refusal
	}
}

// Unlisted reports an answer that holds nothing where a list should be. It may be how an empty list is told, and
// does not show that anything is gone.
func Unlisted(err error) bool { return errors.Is(err, errNoList) }

// fieldsPath is where custom fields are listed and made.
const fieldsPath = "/settings/fields"

// CreateField adds a single-line field, unique where Zoho takes that at once, and gives it as it
// stands then.
func (c *Client) CreateField(ctx context.Context, entity, label string) (Field, error) {
	if err := c.Complete(fieldsPath); err != nil {
		return Field{}, err
	}
	var refusal error
	for _, name := range entities(entity) {
		plain := map[string]any{"label": label, "data_type": "string", "entity": name, "show_on_pdf": false}
		unique := maps.Clone(plain)
		unique["is_unique"], unique["value_length"] = true, 255
		for _, body := range []map[string]any{unique, plain} {
			var answer struct{ Field Field }
			err := c.post(ctx, fieldsPath, body, &answer)
			if NotThere(err) {
				if refusal == nil {
					refusal = err
				}
				continue
			}
			if err != nil || answer.Field.ID != "" {
				return answer.Field, err
			}
			return c.fieldLabelled(ctx, entity, label)
		}
	}
	return Field{}, refusal
}

func (c *Client) fieldLabelled(ctx context.Context, entity, label string) (Field, error) {
	list, err := c.Fields(ctx, entity)
	if f := labelled(list, label); f != nil {
		return *f, err
	}
	if err == nil {
		err = Unread(http.MethodPost, fmt.Errorf("the new field %q is not listed", label))
	}
	return Field{}, err
}

// labelled is the field with a label, nil where there is none.
func labelled(list []Field, label string) *Field {
	for i, f := range list {
		if strings.EqualFold(string(f.Label), label) {
			return &list[i]
		}
	}
	return nil
}

// MakeUnique makes a field refuse doubled values.
func (c *Client) MakeUnique(ctx context.Context, fieldID string) error {
	_, err := c.change(ctx, http.MethodPut, "/settings/fields/"+fieldID, map[string]any{"is_unique": true})
	return err
}

// Setting is a kind of thing that a mapping names.
type Setting string

// The kinds of things that mappings name.
const (
	TaxSetting     Setting = "/settings/taxes/"
	AccountSetting Setting = "/chartofaccounts/"
	ItemSetting    Setting = "/items/"
	ContactSetting Setting = "/contacts/" // chosen by no mapping, but named by documents
)

// notFound reports Zoho's own word that a record does not exist, which an address that is not there
// is not.
func notFound(err error) bool {
	var a answered
	return errors.As(err, &a) && (a.code == "1002" || a.whole && !a.coded && a.status == http.StatusNotFound)
}

// Activate puts a field that was made inactive into use again.
func (c *Client) Activate(ctx context.Context, fieldID string) error {
	_, err := c.change(ctx, http.MethodPut, "/settings/fields/"+fieldID, map[string]any{"is_active": true})
	return err
}

// rows reads a list page by page. What it passes over is kept for Complete.
func rows[T identified](ctx context.Context, c *Client, path, list string, filter url.Values) ([]T, error) {
	var all []json.RawMessage
	for raw, err := range c.Rows(ctx, path, list, filter) {
		if err != nil {
			return nil, err
		}
		all = append(all, raw)
	}
	return identify[T](c, path, list, all)
}

// read takes a list that comes without pages.
func read[T identified](ctx context.Context, c *Client, path, list string, filter url.Values) ([]T, error) {
	resp, err := c.Do(ctx, Request{Method: http.MethodGet, Path: path, Query: filter})
	if err != nil {
		return nil, err
	}
	var all []json.RawMessage
	if _, err := listed(resp.Body, list, &all); err != nil {
		return nil, err
	}
	return identify[T](c, path, list, all)
}

// identify gives the rows of a list that have an id: one without it is of no use, and hides no other. Where none has one,
// nothing was read.
func identify[T identified](c *Client, path, list string, all []json.RawMessage) (out []T, err error) {
	for _, raw := range all {
		var row T
		if json.Unmarshal(raw, &row) == nil && row.id() != "" {
			out = append(out, row)
		}
	}
	c.c.Standing.passed(path, len(out) < len(all))
	if len(out) == 0 && len(all) > 0 {
		return nil, Unread(http.MethodGet, fmt.Errorf("list %q: %w", list, errNoID))
	}
	return out, nil
}

// Complete refuses to add to a list of which a row could not be read when it was read last: what is missing may be that row.
func (c *Client) Complete(path string) error {
	if !c.c.Standing.passedOver(path) {
		return nil
	}
	return c.nameless(path)
}

func (c *Client) nameless(path string) error {
	words, _ := module(path)
	return fault.New(fault.Rejected, "zoho_refused", "Zoho Books lists something among its %s without an id, so that nothing is added there: it may stand already.", words).
		Do("Look at the list in Zoho Books and add what is missing there by hand.")
}

func (c *Client) get(ctx context.Context, path string, into any) error {
	resp, err := c.Do(ctx, Request{Method: http.MethodGet, Path: path})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(resp.Body, into); err != nil {
		return Unread(http.MethodGet, err)
	}
	return nil
}

func (c *Client) post(ctx context.Context, path string, body, into any) error {
	resp, err := c.change(ctx, http.MethodPost, path, body)
	if err != nil || into == nil {
		return err
	}
	if err := json.Unmarshal(resp.Body, into); err != nil {
		return Unread(http.MethodPost, err)
	}
	return nil
}

func (c *Client) change(ctx context.Context, method, path string, body any) (Response, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return Response{}, err
	}
	return c.Do(ctx, Request{Method: method, Path: path, Body: b})
}

// Deposit reports whether money can be received into an account of this type.
func Deposit(kind string) bool {
	return kind == "bank" || kind == "cash" || kind == "other_current_asset" || kind == "credit_card" || kind == "payment_clearing"
}
