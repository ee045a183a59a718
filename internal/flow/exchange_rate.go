package flow

import (
	"encoding/json"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// postedRate is the rate that a document was posted with, as QloApps overwrites the order's with
// every payment; nil where nobody knows it any more.
func postedRate(posted engine.Link) *money.Number {
	var sent zoho.Invoice
	_ = json.Unmarshal(posted.Sent, &sent)
	if sent.ExchangeRate != nil {
		return sent.ExchangeRate
	}
	var k destination.Kept
	_ = json.Unmarshal(posted.Extra, &k)
	rate, err := money.Parse(k.Rate)
	if err != nil || !rate.IsPositive() {
		return nil
	}
	n := money.N(rate)
	return &n
}

// rateFor is Zoho's rate of a document of an order, of which QloApps kept a rate of its own; nil in the base currency. One
// that stands has that of its first posting: what QloApps keeps now was not what it was posted by, so that nothing is said
// of it unless it could not have been that rate either.
func rateFor(me engine.Link, o *qloapps.Order, own money.Decimal, of string, r *rules.Rules) (*money.Number, []engine.Notice, error) {
	with, replaced := believed(o, own, of, r)
	rate, err := exchangeRate(o.Currency, with, r)
	stands := postedRate(me)
	if !me.Exists() || stands == nil || otherCurrency(o, me) || o.Currency == r.Org.BaseCurrency {
		return rate, replaced, err
	}
	if base, err := qloRate(r, r.Org.BaseCurrency); err == nil && qloapps.Credible(own, base.DivRound(stands.Decimal, 10)) {
		replaced = nil
	}
	return stands, replaced, nil
}

// usableCurrency says why a document that the scheduler found waits for a person: its currency is disabled in QloApps.
func usableCurrency(iso string, self engine.Link, r *rules.Rules) error {
	known, ok := r.QloRates[iso]
	if !ok || known.Usable || !self.Live || self.Exists() {
		return nil
	}
	return fault.New(fault.Held, "currency_disabled", "The currency %s is disabled in QloApps.", iso).Do("Use Sync to post the document all the same, or enable the currency in QloApps.")
}

// documentCurrency gives a document's currency as Zoho knows it, or why it cannot be posted now.
func documentCurrency(iso string, self engine.Link, links engine.Links, r *rules.Rules) (rules.Currency, error) {
	c, err := currencyOf(iso, self.Exists(), links, r)
	if err == nil {
		err = usableCurrency(iso, self, r)
	}
	return c, err
}

// currencyNeeds is the currency of a document where Zoho does not know it yet.
func currencyNeeds(iso string, r *rules.Rules) []engine.Ref {
	if _, known := r.Org.Currencies[iso]; known || !r.Settings.Currencies.MultiCurrency || r.QloRates[iso].ID == "" {
		return nil
	}
	return []engine.Ref{ref(Currency, r.QloRates[iso].ID)}
}

// currencyOf gives a currency as Zoho knows it, or why nothing can be posted in it. One that does
// not stand in Zoho yet is waited for. stands = the document does, which a setting that changes alone does not stop.
func currencyOf(iso string, stands bool, links engine.Links, r *rules.Rules) (rules.Currency, error) {
	if iso == "" {
		return rules.Currency{}, fault.New(fault.Held, "currency_gone", "QloApps no longer has the currency of the order.").
			Do("Restore the currency's row in QloApps' database, then use Retry; or make the document by hand in Zoho Books and use Skip here.")
	}
	if iso != r.Org.BaseCurrency && !r.Settings.Currencies.MultiCurrency && !stands {
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
		return nil, fault.New(fault.Held, "no_rate", "QloApps keeps no exchange rate for %s with it.", iso).
			Do("Correct its rate in QloApps' database, then use Retry; or make the document by hand in Zoho Books and use Skip here.")
	}
	rate := money.N(base.DivRound(own, 10))
	return &rate, nil
}

// updateRate is the rate of a document that stands or is made now: what stands keeps that of its first posting, unless it
// changes its currency, as an unpaid order may; of which the former rate says nothing.
func updateRate(self engine.Link, iso string, rate *money.Number, r *rules.Rules) *money.Number {
	switch {
	case !self.Exists():
		return rate
	case self.Currency == "" || self.Currency == iso:
		return nil
	case iso == r.Org.BaseCurrency:
		one := money.N(money.One)
		return &one
	default:
		return rate
	}
}

// inBase turns a price in QloApps' default currency into Zoho's base currency, in which items
// are priced. Lines carry prices of their own, so this one only informs.
func inBase(price money.Decimal, r *rules.Rules) (money.Decimal, error) {
	precision := int32(2)
	if base, known := r.Org.Currencies[r.Org.BaseCurrency]; known {
		precision = base.Precision
	}
	if r.Org.BaseCurrency == r.QloBase {
		return money.RoundHalfUp(price, precision), nil
	}
	rate, err := qloRate(r, r.Org.BaseCurrency)
	if err != nil {
		return money.Zero, err
	}
	return money.RoundHalfUp(price.Mul(rate), precision), nil
}
