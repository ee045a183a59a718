// Package flow states, kind by kind, what becomes of a QloApps record in Zoho Books.
//
// A mapping is a pure function of the record, the links of what it refers to and the rules of
// the moment. The arithmetic stands in docs/mapping.md, field by field.
package flow

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Names of the flows; they are part of the keys that documents carry for ever.
const (
	Hotel          = "hotel"
	RoomType       = "room_type"
	ServiceProduct = "service_product"
	Customer       = "customer"
	SalesOrder     = "sales_order"
	Invoice        = "invoice"
	Payment        = "payment"
	CreditNote     = "credit_note"
	Refund         = "refund"
	Cancellation   = "cancellation"
	Currency       = "currency"
)

func ref(flow, id string) engine.Ref { return engine.Ref{Flow: flow, ID: id} }

func keyField(r *rules.Rules, key engine.Ref) []zoho.CustomField {
	name := r.KeyField
	if resource, ok := Resource(key.Flow); ok && r.KeyFields[resource.Entity] != "" {
		name = r.KeyFields[resource.Entity]
	}
	return []zoho.CustomField{{APIName: name, Value: key.Key()}}
}

// clip shortens text to what Zoho takes and drops control characters.
func clip(text string, most int) string {
	clean := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' {
			return -1
		}
		return c
	}, strings.TrimSpace(text))
	runes := []rune(clean)
	if len(runes) > most {
		return strings.TrimSpace(string(runes[:most]))
	}
	return clean
}

// suffixed shortens name so that it and its suffix fit together.
func suffixed(name, suffix string, most int) string {
	const least = 8 // of the name
	if long := []rune(suffix); len(long) > most-least {
		suffix = string(long[:most-least-1]) + ")"
	}
	return clip(name, most-len([]rune(suffix))) + suffix
}

func nonEmpty(parts ...string) []string {
	var kept []string
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			kept = append(kept, strings.TrimSpace(p))
		}
	}
	return kept
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// currencyNeeds is the currency of a document where Zoho does not know it yet.
func currencyNeeds(iso string, r *rules.Rules) []engine.Ref {
	if _, known := r.Org.Currencies[iso]; known || !r.Settings.Currencies.MultiCurrency || r.QloRates[iso].ID == "" {
		return nil
	}
	return []engine.Ref{ref(Currency, r.QloRates[iso].ID)}
}

// currencyOf gives a currency as Zoho knows it, or why nothing can be posted in it. One that does
// not stand in Zoho yet is waited for.
func currencyOf(iso string, links engine.Links, r *rules.Rules) (rules.Currency, error) {
	if iso != r.Org.BaseCurrency && !r.Settings.Currencies.MultiCurrency {
		return rules.Currency{}, fault.New(fault.Held, "currency_off", "The document is in %s, Zoho Books keeps its books in %s, and several currencies are switched off.", iso, r.Org.BaseCurrency).
			Do("Switch «Several currencies» on in Configuration, Currencies.")
	}
	if c, ok := r.Org.Currencies[iso]; ok {
		return c, nil
	}
	if r.QloRates[iso].ID == "" {
		return rules.Currency{}, fault.New(fault.Held, "setup_required", "The currency %s exists neither in Zoho Books nor in QloApps any more.", iso).
			Do("Add the currency in Zoho Books, then refresh the connection.")
	}
	link, err := links.Of(Currency, r.QloRates[iso].ID)
	return rules.Currency{ID: link.ID, Precision: zoho.CurrencyOf(iso).Precision}, err
}

// qloRate is QloApps' rate of a currency now: units per unit of its default currency.
func qloRate(r *rules.Rules, iso string) (money.Decimal, error) {
	if iso == r.QloBase {
		return money.MustParse("1"), nil
	}
	rate, err := money.Parse(r.QloRates[iso].Rate)
	if err != nil || !rate.IsPositive() {
		return money.Zero, fault.New(fault.Held, "no_rate", "QloApps has no exchange rate for %s, in which Zoho Books keeps its books.", iso).
			Do("Add this currency in QloApps with its rate.")
	}
	return rate, nil
}

// exchangeRate is Zoho's rate of a document: units of the base currency per unit of the
// document's, half up to ten decimals; nil in the base currency. own is QloApps' rate of the
// document's currency as the document kept it.
func exchangeRate(iso string, own money.Decimal, r *rules.Rules) (*money.Number, error) {
	if iso == r.Org.BaseCurrency {
		return nil, nil
	}
	base, err := qloRate(r, r.Org.BaseCurrency)
	if err != nil {
		return nil, err
	}
	if !own.IsPositive() {
		return nil, fault.New(fault.Held, "no_rate", "The document has no exchange rate for %s.", iso).Do("Correct the order's rate in QloApps.")
	}
	rate := money.N(base.DivRound(own, 10))
	return &rate, nil
}

// contactRef names the contact of a customer in a currency: Zoho gives each contact one.
func contactRef(customerID, iso string, r *rules.Rules) engine.Ref {
	if iso == r.Org.BaseCurrency {
		return ref(Customer, customerID)
	}
	return ContactRef(customerID, iso)
}

// ContactRef names the contact of a customer in another currency than Zoho's base.
func ContactRef(customerID, iso string) engine.Ref { return ref(Customer, customerID+":"+iso) }

// buyer is whom every document of an order names, and the currency in which it is.
func buyer(o *qloapps.Order, r *rules.Rules) []engine.Ref {
	return append(currencyNeeds(o.Currency, r), contactRef(o.CustomerID, o.Currency, r))
}

// contactOf is the contact that a document of an order names: its guest's. Where a person paired the
// guest with another one since, an order stays with the contact under which its first document was
// posted, as Zoho moves no document from one contact to another, and no money between them.
func contactOf(o *qloapps.Order, self engine.Link, links engine.Links, r *rules.Rules) (string, error) {
	who := contactRef(o.CustomerID, o.Currency, r)
	contact, err := links.Of(who.Flow, who.ID)
	if err != nil || len(contact.Former) == 0 {
		return contact.ID, err
	}
	posted := []engine.Link{self}
	for _, i := range o.Invoices {
		posted = append(posted, links.Look(Invoice, i.ID))
	}
	posted = append(posted, links.Look(SalesOrder, o.ID))
	for _, settler := range settlers(o) {
		posted = append(posted, links.Look(settler.Flow, settler.ID))
	}
	for _, p := range posted {
		var sent struct {
			Contact string `json:"customer_id"`
		}
		if p.Exists() && json.Unmarshal(p.Sent, &sent) == nil && (sent.Contact == contact.ID || slices.Contains(contact.Former, sent.Contact)) {
			return sent.Contact, nil
		}
	}
	return contact.ID, nil
}

func skippedHotel(hotelID, name string, r *rules.Rules) error {
	for _, ignored := range r.Settings.Hotels.IgnoredHotels {
		if hotelID != "" && ignored == hotelID {
			return fault.New(fault.Skipped, "skipped_hotel", "The hotel %s is ignored.", name).Do("Remove it from the ignored hotels in Configuration, Hotels.")
		}
	}
	return nil
}

func skippedBefore(date string, r *rules.Rules) error {
	if start := r.Settings.Orders.ExportFromDate; start != nil && date < *start {
		return fault.New(fault.Skipped, "skipped_before_date", "It is dated %s, before %s, from which documents are sent.", date, *start).
			Do("Change the start date in Configuration, Orders.")
	}
	return nil
}
