package destination

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// keepPerson names the person who stands; a contact's currency never changes. Zoho deletes the persons that an update leaves out of its list, so one who did
// not change leaves the whole list out, and one who did names the others.
func keepPerson(doc *zoho.Contact, k Kept, sent json.RawMessage) {
	var stands zoho.Contact
	_ = json.Unmarshal(sent, &stands)
	doc.CurrencyID = ""
	if len(stands.Persons) > 0 {
		stands.Persons[0].ID = ""
	}
	if len(doc.Persons) == 0 || len(k.Persons) == 0 || len(stands.Persons) > 0 && stands.Persons[0] == doc.Persons[0] {
		if len(k.Persons) > 0 {
			doc.Persons = nil
		}
		return
	}
	persons := slices.Clone(doc.Persons)
	persons[0].ID = k.Persons[0]
	for _, id := range k.Persons[1:] {
		persons = append(persons, zoho.ContactPerson{ID: id})
	}
	doc.Persons = persons
}

// keepInvoice leaves the number as it stands, unless a person has the posted one put back, and keeps the lines that stand.
// A discount that QloApps no longer has is sent as zero, because Zoho keeps what an update leaves out. An update has a rate
// only where its currency is another: then nothing is tied any more to what was ordered of the former contact.
func keepInvoice(doc *zoho.Invoice, k Kept, sent json.RawMessage) {
	var stands zoho.Invoice
	known := json.Unmarshal(sent, &stands) == nil
	doc.Number = k.Number
	doc.Lines = keepLines(doc.Lines, stands.Lines, k.LineIDs, doc.ExchangeRate == nil)
	if zeroed(&doc.Discount, stands.Discount, known) {
		doc.DiscountType = cmp.Or(doc.DiscountType, "entity_level")
	}
	if zeroed(&doc.Adjustment, stands.Adjustment, true) {
		doc.AdjustmentDescription = zoho.Rounding
	}
}

// keepSalesOrder is the same for a sales order, whose rounding may stand for all we know.
func keepSalesOrder(doc *zoho.SalesOrder, k Kept, sent json.RawMessage) {
	var stands zoho.SalesOrder
	known := json.Unmarshal(sent, &stands) == nil
	doc.Number = k.Number
	doc.Lines = keepLines(doc.Lines, stands.Lines, k.LineIDs, true)
	if zeroed(&doc.Discount, stands.Discount, known) {
		doc.DiscountType = cmp.Or(doc.DiscountType, "entity_level")
	}
	if zeroed(&doc.Adjustment, stands.Adjustment, known) {
		doc.AdjustmentDescription = zoho.Rounding
	}
}

// keepCreditNote leaves the number as first sent.
func keepCreditNote(doc *zoho.CreditNote, _ Kept, sent json.RawMessage) {
	var stands zoho.CreditNote
	if json.Unmarshal(sent, &stands) == nil {
		doc.Number = stands.Number
	}
}

// zeroed makes an amount that is no longer wanted an explicit zero where one stands, or may stand
// as nobody knows what was sent.
func zeroed(wanted **money.Number, stands *money.Number, known bool) bool {
	if *wanted != nil || known && (stands == nil || stands.IsZero()) {
		return false
	}
	nothing := money.N(money.Zero)
	*wanted = &nothing
	return true
}

// more tells that a line asks for more than the one that stands, which is tied to as many of a sales
// order. Zoho refuses that: the line is made anew, without the tie.
func more(line, stands zoho.Line) bool {
	return line.SalesOrderItemID == "" && stands.SalesOrderItemID != "" && line.Quantity.GreaterThan(stands.Quantity.Decimal)
}

// keepLines gives each line the id of the one that stands for the same thing, so that Zoho changes
// it instead of deleting it and making it anew. Lines are told apart by what they say. tied = they stay tied to what was
// ordered; one that must not is made anew.
func keepLines(lines, stands []zoho.Line, ids []string, tied bool) []zoho.Line {
	lines = slices.Clone(lines)
	if len(stands) != len(ids) {
		return lines
	}
	used := make([]bool, len(ids))
	for i := range lines {
		for j := range stands {
			if !used[j] && lines[i].ItemID == stands[j].ItemID && lines[i].Name == stands[j].Name && lines[i].Description == stands[j].Description {
				used[j] = true
				if more(lines[i], stands[j]) || !tied && stands[j].SalesOrderItemID != "" {
					break
				}
				lines[i].ID = ids[j]
				lines[i].SalesOrderItemID = cmp.Or(lines[i].SalesOrderItemID, stands[j].SalesOrderItemID)
				zeroed(&lines[i].DiscountAmount, stands[j].DiscountAmount, true)
				break
			}
		}
	}
	return lines
}
