package flow

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestEveryNameFits tries hotels and guests with names of all lengths.
func TestEveryNameFits(t *testing.T) {
	t.Parallel()

	for _, long := range []int{1, 60, 92, 97, 100, 255} {
		hotel, room := strings.Repeat("é", long), strings.Repeat("ß", 128)
		for _, name := range itemNames(room, hotel, "12345") {
			if n := utf8.RuneCountInString(name); n > itemNameLength || !strings.HasPrefix(name, "ßßß") {
				t.Errorf("a hotel of %d characters: %q has %d", long, name, n)
			}
		}
		if got := itemNames("Suite", hotel, "7")[1]; long <= 60 && got != "Suite ("+hotel+")" {
			t.Errorf("got %q", got)
		}
	}
	for _, name := range append(contactNames(strings.Repeat("漢", 300), "7", ""), contactNames(strings.Repeat("漢", 300), "7", "EUR")...) {
		if n := utf8.RuneCountInString(name); n != contactNameLength {
			t.Errorf("%q has %d characters", name, n)
		}
	}
}

// TestUntaxedLinesCarryTheReason maps no tax to an exemption.
func TestUntaxedLinesCarryTheReason(t *testing.T) {
	t.Parallel()

	i, r := stay(), chosen()
	r.Mappings.Rows[rules.Taxes][qloapps.Untaxed.Key] = rules.Choice{ZohoID: "ex-1", Detail: rules.Exemption}
	i.Order.Lines[1].Excl, i.Order.Lines[1].Rates = i.Order.Lines[1].Incl, []qloapps.RateSet{qloapps.Untaxed}
	cost(&i, "232.10", "221.10")
	got, err := mapInvoice(i, engine.Link{}, done{}, r)
	if err != nil {
		t.Fatal(err)
	}
	if l := got.Doc.Lines[1]; l.TaxExemptionID != "ex-1" || l.TaxID != "" {
		t.Errorf("the untaxed line is %+v", l)
	}
	if l := got.Doc.Lines[0]; l.TaxExemptionID != "" || l.TaxID == "" {
		t.Errorf("the taxed line is %+v", l)
	}
}

// TestAnEditionWithoutInclusiveLines sends them without tax, and the rest as an adjustment.
func TestAnEditionWithoutInclusiveLines(t *testing.T) {
	t.Parallel()

	i, r := stay(), chosen()
	r.Org.ExclusiveInvoices = true
	i.Order.Discounts = []qloapps.Discount{discount("23.70", "25.00")}
	cost(&i, "207.10", "196.30")
	got, err := mapInvoice(i, engine.Link{}, done{}, r)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(got.Doc)
	if strings.Contains(string(text), "is_inclusive_tax") || !got.Facts.Total.Equal(m("207.10")) {
		t.Errorf("total %s of %s", got.Facts.Total, text)
	}
	if l := got.Doc.Lines[0]; !l.Rate.Mul(l.Quantity.Decimal).Equal(m("200")) {
		t.Errorf("the room is %s times %s", l.Quantity, l.Rate)
	}
}

// skippedSlip are links of which one credit note is left out.
type skippedSlip struct{ done }

func (s skippedSlip) Of(flow, id string) (engine.Link, error) {
	if flow == CreditNote {
		return engine.Link{}, fault.New(fault.Skipped, "skipped_before_date", "It is too old.")
	}
	return s.done.Of(flow, id)
}

// TestAVoucherOfASlipLeftOutHoldsItsInvoice: to skip it would lose the revenue.
func TestAVoucherOfASlipLeftOutHoldsItsInvoice(t *testing.T) {
	t.Parallel()

	i := stay()
	d := discount("94.79", "100.00")
	d.FromSlip, d.FromSlipCurrency = "3", "USD"
	i.Order.Discounts = []qloapps.Discount{d}
	cost(&i, "132.10", "125.21")
	_, err := mapInvoice(i, engine.Link{}, skippedSlip{}, chosen())
	if !fault.Is(err, fault.Held) {
		t.Errorf("got %v", err)
	}
}

// TestDueOnTheFirstDayOfTheStay, whatever the lines are called.
func TestDueOnTheFirstDayOfTheStay(t *testing.T) {
	t.Parallel()

	i := stay()
	i.Order.Lines[0].Kind = qloapps.OtherLine
	if got := dueDate(i); got != qloapps.Day(noon.AddDate(0, 0, 3)) {
		t.Errorf("due on %s", got)
	}
}

// bookedLines are links where a sales order stands with one line of each quantity.
type bookedLines struct {
	done
	quantities []string
}

func (o bookedLines) Settled(flow, id string) (engine.Link, error) {
	if flow != SalesOrder {
		return o.done.Settled(flow, id)
	}
	var k destination.Kept
	var doc zoho.SalesOrder
	for n, q := range o.quantities {
		k.LineIDs = append(k.LineIDs, string(rune('a'+n)))
		doc.Lines = append(doc.Lines, zoho.Line{Quantity: money.N(m(q))})
	}
	extra, _ := json.Marshal(k)
	sent, _ := json.Marshal(doc)
	return engine.Link{ID: "so-1", Status: engine.Synced, Extra: extra, Sent: sent}, nil
}

// TestNoMoreIsInvoicedThanWasOrdered ties a line to its sales order only where that has as many.
func TestNoMoreIsInvoicedThanWasOrdered(t *testing.T) {
	t.Parallel()

	for quantities, want := range map[string]string{"2 2": "a b", "1 2": " b", "7 2": "a b"} {
		got, err := mapInvoice(stay(), engine.Link{}, bookedLines{quantities: strings.Fields(quantities)}, chosen())
		if err != nil {
			t.Fatal(err)
		}
		if have := got.Doc.Lines[0].SalesOrderItemID + " " + got.Doc.Lines[1].SalesOrderItemID; have != want {
			t.Errorf("ordered %s: tied to %q, want %q", quantities, have, want)
		}
	}
}
