package destination

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// standsAs is what of a document's amounts is compared. A field that the answer does not have is nil.
type standsAs struct {
	Total        *zoho.Amount `json:"total"`
	Tax          *zoho.Amount `json:"tax_total"`
	Status       zoho.State   `json:"status"`
	Discount     *zoho.Text   `json:"discount"`
	DiscountType zoho.Text    `json:"discount_type"`
	Adjustment   *zoho.Amount `json:"adjustment"`
	Shipping     *zoho.Amount `json:"shipping_charge"`
	Lines        []lineAs     `json:"line_items"`
}

type lineAs struct {
	ID       zoho.Text    `json:"line_item_id"`
	Name     zoho.Text    `json:"name"`
	Rate     *zoho.Amount `json:"rate"`
	Quantity *zoho.Amount `json:"quantity"`
	Discount *zoho.Text   `json:"discount"`
	TaxID    *zoho.Text   `json:"tax_id"`
	Percent  *zoho.Amount `json:"tax_percentage"`
}

// Standing is what a document comes to as it was seen to stand, after people changed it.
type Standing struct {
	Total   money.Decimal  `json:"total"`
	Tax     *money.Decimal `json:"tax,omitempty"`
	Besides money.Decimal  `json:"besides"` // of no line: its adjustment, and shipping
}

// StandsAs is a Standing, and when it was seen.
type StandsAs struct {
	At time.Time `json:"at"`
	As Standing  `json:"as"`
}

// Edited says in words what people changed of a document's amounts, and what it comes to since.
func Edited(known engine.Link, stands json.RawMessage) (words string, seen any) {
	words = EditedAmounts(known, stands)
	var is standsAs
	if words == "" || json.Unmarshal(stands, &is) != nil {
		return words, nil
	}
	s := Standing{Total: is.Total.Decimal}
	if is.Tax.Told() {
		s.Tax = &is.Tax.Decimal
	}
	for _, n := range []*zoho.Amount{is.Adjustment, is.Shipping} {
		if n.Told() {
			s.Besides = s.Besides.Add(n.Decimal)
		}
	}
	return words, s
}

// hairline is less than the smallest unit of any currency.
var hairline = money.MustParse("0.0005")

func apart(a, b money.Decimal) bool { return !a.Sub(b).Abs().LessThan(hairline) }

// EditedAmounts compares what a document comes to, its lines, their taxes and what is taken off the whole
// with what was last sent and seen: an edit may leave the total as it was. Other words that people change,
// such as a note, are not asked about: an update does not send them.
func EditedAmounts(known engine.Link, stands json.RawMessage) string {
	var is standsAs
	var sent zoho.Invoice // of a sales order the same fields
	if json.Unmarshal(stands, &is) != nil || !is.Total.Told() || is.Status == "void" {
		return "" // nothing that could be compared
	}
	if !is.Total.Equal(known.Total) {
		return fmt.Sprintf("it comes to %s %s there, and was sent over %s.", money.Words(is.Total.Decimal, known.Currency), known.Currency, money.Words(known.Total, known.Currency))
	}
	if json.Unmarshal(known.Sent, &sent) != nil || len(sent.Lines) == 0 || len(is.Lines) == 0 {
		return ""
	}
	if len(is.Lines) != len(sent.Lines) {
		return fmt.Sprintf("it has %d lines there, and was sent with %d.", len(is.Lines), len(sent.Lines))
	}
	var kept Kept
	_ = json.Unmarshal(known.Extra, &kept)
	for n, line := range sent.Lines {
		if words := editedLine(line, is.line(n, line, kept.LineIDs), known.Currency); words != "" {
			return words
		}
	}
	return is.besides(sent)
}

// line is the one that stands for a line that was sent: the one of its id, or else of its place.
func (is standsAs) line(n int, sent zoho.Line, ids []string) lineAs {
	id := sent.ID
	if id == "" && len(ids) == len(is.Lines) {
		id = ids[n]
	}
	for _, l := range is.Lines {
		if id != "" && string(l.ID) == id {
			return l
		}
	}
	return is.Lines[n]
}

func editedLine(sent zoho.Line, is lineAs, currency string) string {
	name := string(is.Name)
	if name == "" {
		name = sent.Name
	}
	if is.Rate.Told() && is.Quantity.Told() {
		there, here := is.Rate.Mul(is.Quantity.Decimal), sent.Rate.Mul(sent.Quantity.Decimal)
		if apart(there, here) {
			return fmt.Sprintf("the line «%s» comes to %s there, and was sent over %s.", name, money.Words(there, currency), money.Words(here, currency))
		}
	}
	if is.Discount != nil && sent.DiscountAmount != nil {
		if there, err := zoho.Figure(string(*is.Discount)); err == nil && apart(there, sent.DiscountAmount.Decimal) {
			return fmt.Sprintf("%s are taken off the line «%s» there, and %s were sent.", money.Words(there, currency), name, money.Words(sent.DiscountAmount.Decimal, currency))
		}
	}
	if is.TaxID == nil || string(*is.TaxID) == sent.TaxID || sent.TaxID == "" && (!is.Percent.Told() || is.Percent.IsZero()) {
		return ""
	}
	return fmt.Sprintf("the line «%s» bears another tax there than it was sent with.", name)
}

// besides compares what is not in lines.
func (is standsAs) besides(sent zoho.Invoice) string {
	if is.Discount != nil && is.DiscountType != "item_level" && sent.DiscountType != "item_level" {
		if there, err := zoho.Figure(string(*is.Discount)); err == nil && apart(there, orNothing(sent.Discount)) {
			return fmt.Sprintf("%s are taken off the whole there, and %s were sent.", there, orNothing(sent.Discount))
		}
	}
	if is.Adjustment.Told() && apart(is.Adjustment.Decimal, orNothing(sent.Adjustment)) {
		return fmt.Sprintf("the adjustment is %s there, and %s was sent.", is.Adjustment.Decimal, orNothing(sent.Adjustment))
	}
	if is.Shipping.Told() && apart(is.Shipping.Decimal, money.Zero) {
		return fmt.Sprintf("shipping of %s was added there.", is.Shipping.Decimal)
	}
	return ""
}

func orNothing(n *money.Number) money.Decimal {
	if n == nil {
		return money.Zero
	}
	return n.Decimal
}
