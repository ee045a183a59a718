// Package rules is what a mapping may know besides the record itself: the organization's
// preferences, the hotel's settings and the mappings a person chose.
//
// A Rules value is an immutable snapshot taken once per batch, so that a mapping is a pure
// function and two records of a batch are never mapped by different rules.
package rules

import (
	"fmt"
	"maps"
	"time"

	"github.com/qlobooks/qlobooks/internal/collate"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// Rules is one snapshot.
type Rules struct {
	Org      Organization
	Locks    Locks
	Settings settings.All
	Mappings Mappings
	Zone     *time.Location // PS_TIMEZONE: the zone of document dates
	Today    string         // YYYY-MM-DD in Zone
	KeyField string         // api name of the unique key field, normally cf_qloapps_key
	// KeyFields are its api names by entity, where Zoho gave others.
	KeyFields map[string]string
	QloBase   string // ISO code of QloApps' default currency
	// QloRates are QloApps' rates by ISO code: units per one unit of QloApps' default currency.
	QloRates map[string]QloRate
}

// QloRate is a currency as QloApps knows it now.
type QloRate struct {
	ID      string // id_currency
	Rate    string // decimal
	Usable  bool   // neither disabled nor deleted
	Deleted bool
}

// Organization is what Zoho says of itself.
type Organization struct {
	ID           string
	Name         string
	BaseCurrency string              // ISO code
	Currencies   map[string]Currency // by ISO code; only those that exist in Zoho
	TaxRounding  string              // entity_level, item_level
	Country      string              // alpha-2, "" when unknown
	// ExclusiveInvoices says that its edition takes no invoices whose lines include tax.
	ExclusiveInvoices bool
	// TaxPerLine says that its edition demands a tax or an exemption on every line.
	TaxPerLine bool
}

// OtherRounding is the other of the two ways of rounding taxes.
func OtherRounding(known string) string {
	if known == "item_level" {
		return "entity_level"
	}
	return "item_level"
}

// Currency is a currency that exists in Zoho.
type Currency struct {
	ID        string
	Precision int32 // price_precision
}

// Mappings are the rows a person (or a confirmed suggestion) chose, by kind and source id.
type Mappings struct {
	Rows map[Kind]map[string]Choice
	// Taxes describes every Zoho tax and group that a taxes row may name, by zoho id.
	Taxes map[string]Tax
	// Demanded are the source ids of reporting tags that the organization demands on every document.
	Demanded []string
	// Former are the last choices that rows had before.
	Former map[Kind]map[string]Choice
}

// Standing are the rules for a document that stands: where nothing is chosen any more, what was chosen
// before serves, as a mapping that changes alone changes nothing that stands.
func (r *Rules) Standing() *Rules {
	if r == nil || len(r.Mappings.Former) == 0 {
		return r
	}
	all := *r
	all.Mappings.Rows = map[Kind]map[string]Choice{}
	for kind, rows := range r.Mappings.Rows {
		all.Mappings.Rows[kind] = maps.Clone(rows)
	}
	for kind, rows := range r.Mappings.Former {
		for source, choice := range rows {
			if _, err := r.Mappings.Find(kind, source); err == nil {
				continue
			}
			if all.Mappings.Rows[kind] == nil {
				all.Mappings.Rows[kind] = map[string]Choice{}
			}
			all.Mappings.Rows[kind][source] = choice
		}
	}
	return &all
}

// Choice is the Zoho end of a mapping.
type Choice struct {
	ZohoID, ZohoName string
	Tag              string // of an option, the reporting tag that it is one of
	Whole            bool   // that tag is given to a document and not to its lines
	Detail           string // of an account its type: "bank", "cash"; of what is no tax "exemption"
}

// Exemption marks, among taxes, a reason why no tax is due.
const Exemption = "exemption"

// Tax is a Zoho tax or tax group, flattened to its single taxes in order.
type Tax struct {
	ID    string
	Name  string
	Parts []TaxPart
}

// TaxPart is one single tax.
type TaxPart struct {
	ID       string
	Percent  string // decimal
	Compound bool
}

// Kind names one mapping table; contract section 4.
type Kind string

const (
	Items           Kind = "items"
	Accounts        Kind = "accounts"
	Taxes           Kind = "taxes"
	PaymentModes    Kind = "payment-modes"
	DepositAccounts Kind = "deposit-accounts"
	Tags            Kind = "tags"
	Locations       Kind = "locations"
)

// Default is the source id of the row that serves when a specific one is missing.
const Default = "default"

// Typed reports that a kind's source ids are texts that staff typed, of which all spellings that
// QloApps' database takes for equal are one.
func (k Kind) Typed() bool { return k == PaymentModes || k == DepositAccounts }

// Same reports that two source ids of a kind are one row. The default row is no spelling of anything.
func (k Kind) Same(a, b string) bool {
	return a == b || k.Typed() && a != Default && b != Default && collate.Equal(a, b)
}

// Find gives the chosen Zoho id for the first of sourceIDs that has one, then the default row.
// Without any it is Blocked/mapping_missing naming the kind and the first source id.
func (m Mappings) Find(kind Kind, sourceIDs ...string) (Choice, error) {
	for _, id := range sourceIDs {
		if c, ok := m.Rows[kind][id]; ok && c.ZohoID != "" {
			return c, nil
		}
		if c, ok := m.otherwise(kind, id); ok {
			return c, nil
		}
	}
	if c, ok := m.Rows[kind][Default]; ok && c.ZohoID != "" {
		return c, nil
	}
	first := Default
	if len(sourceIDs) > 0 {
		first = sourceIDs[0]
	}
	return Choice{}, missing(kind, first)
}

// Only gives the chosen Zoho id of one row, for which the default row never stands in.
func (m Mappings) Only(kind Kind, sourceID string) (Choice, error) {
	if c, ok := m.Rows[kind][sourceID]; ok && c.ZohoID != "" {
		return c, nil
	}
	return Choice{}, missing(kind, sourceID)
}

func missing(kind Kind, sourceID string) error {
	return fault.New(fault.Blocked, "mapping_missing", "%s", Missing(kind, sourceID)).
		Do("Choose it on the Mapping page; this record then continues by itself.")
}

// Missing says in words that nothing is chosen for a row.
func Missing(kind Kind, sourceID string) string {
	return fmt.Sprintf("Nothing in Zoho Books is chosen yet for %s «%s».", kindWords[kind], sourceID)
}

// otherwise is what was chosen for another spelling of a text, the first of several.
func (m Mappings) otherwise(kind Kind, id string) (found Choice, ok bool) {
	if !kind.Typed() {
		return found, false
	}
	first := ""
	for source, c := range m.Rows[kind] {
		if c.ZohoID != "" && kind.Same(source, id) && (!ok || source < first) {
			first, found, ok = source, c, true
		}
	}
	return found, ok
}

var kindWords = map[Kind]string{
	Items: "the item", Accounts: "the income account", Taxes: "the tax rate",
	PaymentModes: "the payment method", DepositAccounts: "the deposit account of the payment method",
	Tags: "the option of the reporting tag for", Locations: "the location of",
}
