package destination_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
)

// room and breakfast, as they were sent; what stands says the same in Zoho's way.
const (
	sentBody   = `{"customer_id":"1","date":"2026-11-01","discount":10,"discount_type":"entity_level","line_items":[{"item_id":"5","rate":50,"quantity":2,"tax_id":"77"},{"name":"Breakfast","rate":20.5,"quantity":1,"tax_id":"78"},{"name":"Rounding","rate":0.01,"quantity":1}]}`
	standsBody = `{"invoice_id":"9","total":%s,"status":"sent","discount":%s,"discount_type":"entity_level","adjustment":%s,"shipping_charge":0,"line_items":[` +
		`{"line_item_id":"b","name":"Breakfast","rate":"%s","quantity":1.00,"tax_id":"78","tax_percentage":5},` +
		`{"line_item_id":"a","name":"Room","rate":%s,"quantity":%s,"tax_id":"%s","tax_percentage":10},` +
		`{"line_item_id":"c","name":"Rounding","rate":0.01,"quantity":1,"tax_id":"%s","tax_percentage":%s}]}`
)

// TestAnEditThatLeavesTheTotalIsSeen moves amounts between lines, taxes and what is taken off the whole; what
// Zoho says in another way or another sequence is no edit.
func TestAnEditThatLeavesTheTotalIsSeen(t *testing.T) {
	t.Parallel()
	known := engine.Link{Total: money.MustParse("120.51"), Currency: "EUR", Sent: json.RawMessage(sentBody), Extra: json.RawMessage(`{"line_ids":["a","b","c"]}`)}
	for name, tt := range map[string]struct {
		total, discount, adjustment, breakfast, room, nights, roomTax, roundingTax, percent string
		want                                                                                string // a part of the words; "" = no edit
	}{
		"as it was sent":                    {"120.51", "10.00", "0", "20.50", "50", "2", "77", "", "0", ""},
		"one night of twice the rate":       {"120.51", "10.00", "0", "20.50", "100.00", "1", "77", "", "0", ""},
		"another total":                     {"121.51", "10.00", "0", "20.50", "50", "2", "77", "", "0", "121.51"},
		"an amount moved between lines":     {"120.51", "10.00", "0", "30.50", "45", "2", "77", "", "0", "Room"},
		"another tax":                       {"120.51", "10.00", "0", "20.50", "50", "2", "78", "", "0", "another tax"},
		"no tax any more":                   {"120.51", "10.00", "0", "20.50", "50", "2", "", "", "0", "another tax"},
		"a tax on what had none":            {"120.51", "10.00", "0", "20.50", "50", "2", "77", "78", "5", "another tax"},
		"a tax of nothing on what had none": {"120.51", "10.00", "0", "20.50", "50", "2", "77", "79", "0", ""},
		"an adjustment for the discount":    {"120.51", "0", "-10", "20.50", "50", "2", "77", "", "0", "taken off"},
		"an adjustment alone":               {"120.51", "10", "-3", "20.50", "50", "2", "77", "", "0", "adjustment"},
	} {
		stands := fmt.Sprintf(standsBody, tt.total, tt.discount, tt.adjustment, tt.breakfast, tt.room, tt.nights, tt.roomTax, tt.roundingTax, tt.percent)
		got := destination.EditedAmounts(known, json.RawMessage(stands))
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		known := known // nothing is known of the lines' ids: they are compared by their places
		known.Extra = nil
		if got := destination.EditedAmounts(known, json.RawMessage(`{"total":120.51,"line_items":[{"rate":50,"quantity":2},{"rate":20.5,"quantity":1},{"rate":0.01,"quantity":1}]}`)); got != "" {
			t.Errorf("a bare answer: %q", got)
		}
	}
	if got := destination.EditedAmounts(known, json.RawMessage(`{"total":1,"status":"void"}`)); got != "" {
		t.Errorf("a void document: %q", got)
	}
}

// TestAnAmountThatIsNotToldIsNoEdit leaves each amount of an answer out, as nothing, null and an empty text: none of them is zero.
func TestAnAmountThatIsNotToldIsNoEdit(t *testing.T) {
	t.Parallel()
	known := engine.Link{Total: money.MustParse("120.51"), Currency: "EUR", Sent: json.RawMessage(sentBody), Extra: json.RawMessage(`{"line_ids":["a","b","c"]}`)}
	stands := fmt.Sprintf(standsBody, "120.51", "10.00", "0", "20.50", "50", "2", "77", "", "0")
	for _, name := range []string{"total", "discount", "adjustment", "shipping_charge", "rate", "quantity", "tax_percentage", "tax_id"} {
		for _, untold := range []any{"", nil} {
			var doc map[string]any
			if err := json.Unmarshal([]byte(stands), &doc); err != nil {
				t.Fatal(err)
			}
			if _, own := doc[name]; own {
				doc[name] = untold
			} else if name != "tax_id" || untold == nil { // an empty id says that it bears none
				for _, line := range doc["line_items"].([]any) {
					line.(map[string]any)[name] = untold
				}
			}
			raw, _ := json.Marshal(doc)
			if words := destination.EditedAmounts(known, raw); words != "" {
				t.Errorf("%s %v: %s", name, untold, words)
			}
		}
	}
}
