package destination

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// differences says in words what of a document stands otherwise than it was sent: whose it is, when,
// under which number, at which rate, where it belongs, and where money went. What the answer does not show is not known
// to differ.
func differences(r zoho.Resource, sent json.RawMessage, rec zoho.Record) []string {
	var want, have map[string]json.RawMessage
	if json.Unmarshal(sent, &want) != nil || json.Unmarshal(rec.Raw, &have) != nil {
		return nil
	}
	names := []string{"customer_id", "date", "exchange_rate"}
	switch {
	case r.Path == zoho.CustomerPayments.Path:
		names = append(names, "account_id")
	case r.Path == zoho.Contacts.Path:
		names = []string{"contact_name", "currency_id"}
	case r.Path == zoho.Items.Path:
		names = []string{"name", "rate", "account_id", "tax_id"}
	case strings.HasSuffix(r.Number, "_number"):
		names = append(names, r.Number)
	}
	var words []string
	for _, name := range names {
		if to, is := text(want[name]), text(have[name]); to != "" && is != "" && !alike(name, to, is) {
			words = append(words, fmt.Sprintf("%s is «%s» there instead of «%s»", labelOf(r, name), is, to))
		}
	}
	return append(words, elsewhere(sent, rec.Raw)...)
}

// belonging is where in the organization a document or a line belongs. Tags are nil where they are not shown; people
// may add some of their own.
type belonging struct {
	Location zoho.Text    `json:"location_id"`
	Tags     *[]belongsTo `json:"tags"`
}

type belongsTo struct {
	Tag    zoho.Text `json:"tag_id"`
	Option zoho.Text `json:"tag_option_id"`
}

// elsewhere says in words which location or option of a tag a document or its lines bear otherwise than they were sent.
func elsewhere(sent, stands json.RawMessage) (words []string) {
	type divided struct {
		belonging
		Lines []belonging `json:"line_items"`
	}
	var want, have divided
	if json.Unmarshal(sent, &want) != nil || json.Unmarshal(stands, &have) != nil {
		return nil
	}
	words = want.differs(have.belonging, "")
	if len(want.Lines) != len(have.Lines) {
		return words
	}
	for n, line := range want.Lines {
		for _, said := range line.differs(have.Lines[n], " of a line") {
			if !slices.Contains(words, said) {
				words = append(words, said)
			}
		}
	}
	return words
}

func (b belonging) differs(stands belonging, of string) (words []string) {
	if is := stands.Location; b.Location != "" && is != "" && is != b.Location {
		words = append(words, fmt.Sprintf("the location%s is «%s» there instead of «%s»", of, is, b.Location))
	}
	if b.Tags == nil || stands.Tags == nil {
		return words
	}
	for _, t := range *b.Tags {
		is := zoho.Text("none")
		if n := slices.IndexFunc(*stands.Tags, func(have belongsTo) bool { return have.Tag == t.Tag }); n >= 0 {
			is = (*stands.Tags)[n].Option
		}
		if is != "" && is != t.Option {
			words = append(words, fmt.Sprintf("the option of the reporting tag «%s»%s is «%s» there instead of «%s»", t.Tag, of, is, t.Option))
		}
	}
	return words
}

var labels = map[string]string{"customer_id": "the contact", "date": "the date", "exchange_rate": "the exchange rate", "account_id": "the deposit account", "currency_id": "the currency",
	"contact_name": "the name", "name": "the name", "rate": "the price", "tax_id": "the tax",
	"invoice_number": "the number", "salesorder_number": "the number", "creditnote_number": "the number"}

func labelOf(r zoho.Resource, name string) string {
	if r.Path == zoho.Items.Path && name == "account_id" {
		return "the income account"
	}
	return labels[name]
}

// alike reports that a value stands as it was sent: spaces in names count once, a price may have been rounded to as
// many decimals as are kept, and so may a rate.
func alike(name, sent, stands string) bool {
	switch name {
	case "date":
		return sent == zoho.DayOf(stands)
	case "name", "contact_name":
		return strings.Join(strings.Fields(sent), " ") == strings.Join(strings.Fields(stands), " ")
	case "exchange_rate":
		to, wrong := money.Parse(sent)
		is, unread := zoho.Figure(stands)
		return wrong != nil || unread != nil || !is.IsPositive() || sameRate(to, is) || shorter(to, is)
	case "rate":
		to, wrong := money.Parse(sent)
		is, unread := zoho.Figure(stands)
		off := to.Sub(is).Abs()
		_, kept, _ := strings.Cut(stands, ".")
		return wrong != nil || unread != nil || off.Add(off).LessThanOrEqual(money.Unit(int32(max(len(kept), 2))))
	default:
		return sent == stands
	}
}

// sameRate tells that a rate stands as it was sent, to the decimals that are kept, rounded or cut.
func sameRate(sent, stands money.Decimal) bool {
	return sent.Sub(stands).Abs().LessThanOrEqual(money.Unit(max(-stands.Exponent(), 6)))
}

// leastDecimals are those that are kept of a rate at least, and mostOff what it may come to be off by that, of itself.
const leastDecimals = 2

var mostOff = money.MustParse("0.01")

// shorter tells that a rate is the one that was sent, rounded to fewer decimals, and still one: exactly 1 is what
// stands where none was taken.
func shorter(sent, stands money.Decimal) bool {
	off := sent.Sub(stands).Abs()
	return !stands.Equal(money.One) && off.Add(off).LessThanOrEqual(money.Unit(max(-stands.Exponent(), leastDecimals))) && off.LessThanOrEqual(sent.Mul(mostOff))
}

// rateShortened tells what of a document comes out otherwise in the organization's own currency, as fewer decimals of its
// rate are kept than were sent. Less than a cent is nothing.
func rateShortened(sent json.RawMessage, rec zoho.Record) []engine.Notice {
	var want struct {
		Rate zoho.Amount `json:"exchange_rate"`
	}
	_ = json.Unmarshal(sent, &want)
	to, is := want.Rate.Decimal, rec.Rate.Decimal
	if !to.IsPositive() || !is.IsPositive() || sameRate(to, is) || !shorter(to, is) || !rec.HasTotal {
		return nil
	}
	there, here := rec.Total.Mul(is).Round(2), rec.Total.Mul(to).Round(2)
	if there.Equal(here) {
		return nil
	}
	return []engine.Notice{{Code: "rate_shortened", Detail: fmt.Sprintf("Zoho Books keeps the exchange rate %s instead of %s, so that the %s %s come to %s there in the currency of its books instead of %s.", is, to, money.Words(rec.Total.Decimal, rec.Currency), rec.Currency, money.Text(there), money.Text(here))}}
}

func text(raw json.RawMessage) string {
	var t zoho.Text
	_ = t.UnmarshalJSON(raw)
	return strings.TrimSpace(string(t)) // Zoho Books trims what it keeps
}

// preference names a preference of the organization behind another total, and what helps.
func preference(sent json.RawMessage, rec zoho.Record) (why, cure string) {
	if why = zoho.Rounded(rec.Raw); why != "" {
		return why, "In Zoho Books, Settings, Preferences, switch rounding off in sales transactions to «No rounding», then use Retry."
	}
	var want, have struct {
		Kind     zoho.Text   `json:"discount_type"`
		Discount zoho.Amount `json:"discount"`
	}
	if json.Unmarshal(sent, &want) == nil && json.Unmarshal(rec.Raw, &have) == nil && have.Kind != "" && want.Kind != have.Kind && !want.Discount.IsZero() {
		return fmt.Sprintf("Zoho Books keeps discounts at the level «%s».", zoho.Words(string(have.Kind))),
			"In Zoho Books, Settings, Preferences, have discounts given at transaction level, then use Retry."
	}
	return "", ""
}
