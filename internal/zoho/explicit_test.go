package zoho_test

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestAnUpdateTakesBackWhatSomebodyAdded lets a person change every amount and tax of a document, one
// and all at once, and sends the document again as it was. Zoho keeps whatever an update leaves out.
func TestAnUpdateTakesBackWhatSomebodyAdded(t *testing.T) {
	t.Parallel()
	server := books.New(books.Options{NoLimits: true})
	contact, err := server.AddByHand("contacts", `{"contact_name":"Guest"}`)
	if err != nil {
		t.Fatal(err)
	}
	tax := server.AddTax("Tax 4%", decimal.NewFromInt(4), false)
	other := server.AddTax("Tax 10%", decimal.NewFromInt(10), false)
	lines := func(of string, changed map[int]string) string {
		out := "["
		for i, plain := range []string{`"name":"Room","rate":100,"quantity":2,"tax_id":"` + tax + `"`, `"name":"Rounding","rate":7.77,"quantity":1`} {
			if i > 0 {
				out += ","
			}
			out += "{" + plain + changed[i]
			if of != "" {
				out += `,"line_item_id":"` + of[i*15:i*15+15] + `"`
			}
			out += "}"
		}
		return out + "]"
	}
	for module, r := range map[string]zoho.Resource{"invoices": zoho.Invoices, "salesorders": zoho.SalesOrders} {
		head := `"customer_id":"` + contact + `","date":"2026-03-01",`
		for name, hand := range map[string]func(ids string) string{
			"an adjustment": func(string) string { return `{"adjustment":-60,"adjustment_description":"Courtesy"}` },
			"a discount":    func(string) string { return `{"discount":10,"discount_type":"entity_level"}` },
			"a charge":      func(string) string { return `{"shipping_charge":5}` },
			"a discount per line": func(ids string) string {
				return `{"discount_type":"item_level","line_items":` + lines(ids, map[int]string{0: `,"discount":11`}) + `}`
			},
			"a tax": func(ids string) string {
				return `{"line_items":` + lines(ids, map[int]string{1: `,"tax_id":"` + other + `"`}) + `}`
			},
			"another rate": func(ids string) string { return `{"line_items":` + lines(ids, map[int]string{0: `,"rate":80`}) + `}` },
			"everything": func(ids string) string {
				return `{"adjustment":3,"shipping_charge":4,"discount_type":"item_level","line_items":` + lines(ids, map[int]string{0: `,"discount":5`, 1: `,"discount":1,"tax_id":"` + tax + `"`}) + `}`
			},
		} {
			doc, err := server.Suppose(module, []byte(`{`+head+`"line_items":`+lines("", nil)+`}`))
			if err != nil {
				t.Fatal(err)
			}
			total, tax := doc.Totals()
			ids := doc.Lines()[0] + doc.Lines()[1]
			if err := doc.Change([]byte(hand(ids))); err != nil {
				t.Fatal(err)
			}
			if changed, _ := doc.Totals(); changed.Equal(total) {
				t.Fatalf("%s of %s changed nothing", name, module)
			}
			update, err := r.Update("1", json.RawMessage(`{`+head+`"line_items":`+lines(ids, nil)+`}`))
			if err != nil {
				t.Fatal(err)
			}
			if err := doc.Change(update.Body); err != nil {
				t.Fatalf("%s of %s cannot be put back: %v", name, module, err)
			}
			if backTotal, backTax := doc.Totals(); !backTotal.Equal(total) || !backTax.Equal(tax) {
				t.Errorf("%s of %s: put back to %s (tax %s), want %s (tax %s) by %s", name, module, backTotal, backTax, total, tax, update.Body)
			}
		}
	}
}

// TestAnUpdateSaysWhatItWants sends amounts that are wanted as they are.
func TestAnUpdateSaysWhatItWants(t *testing.T) {
	t.Parallel()
	update, err := zoho.Invoices.Update("1", json.RawMessage(`{"discount":12.5,"discount_type":"item_level","adjustment":-0.01,"line_items":[{"tax_id":"9","discount":3.10,"rate":7}]}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"adjustment":-0.01,"discount":12.5,"discount_type":"item_level","is_inclusive_tax":false,"line_items":[{"discount":3.10,"rate":7,"tax_id":"9"}],"shipping_charge":0}`
	if string(update.Body) != want {
		t.Errorf("got %s", update.Body)
	}
	create, err := zoho.Invoices.Upsert("invoice:1", json.RawMessage(`{"line_items":[{"rate":7}]}`))
	if err != nil || string(create.Body) != `{"line_items":[{"rate":7}]}` {
		t.Errorf("a new document says %s, %v", create.Body, err)
	}
}
