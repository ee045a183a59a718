package rehearsal_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// TestWhatIsFoundKeepsTheChoicesItWasPostedWith forgets all links and chooses another option of the tag, another tax of
// the same rate, other accounts and another numbering: what is found stands as it stood, and only a change of the
// order's money is sent.
func TestWhatIsFoundKeepsTheChoicesItWasPostedWith(t *testing.T) {
	atOnce(t)
	d := opened(t, "foundas_")
	d.must(d.Set(d.ctx, "hotels", "target", "tag"))
	d.must(d.SetUp(d.ctx, "Operating account"))
	for _, order := range []string{"70", "71", "72"} {
		d.book(order, "FOUNDAS"+order, "2", "9"+order)
	}
	d.invoice("80", "70")
	d.invoice("81", "71")
	d.pay("81", "71", "81", "1", "1", "124.80", "124.80")
	d.slip("81", "71", "971", "28.85", "30.00", "")
	d.pay("82", "72", "0", "1", "1", "20.00", "20.00")
	for _, order := range []string{"70", "71", "72"} {
		d.sync(order)
		rest(d.ctx, t, d.Stage, "posted", order)
	}
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", false))
	d.book("73", "FOUNDAS73", "2", "973")
	d.invoice("83", "73")
	d.sync("73")
	rest(d.ctx, t, d.Stage, "posted", "73")
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", true)) // one more comes by itself, tied to no invoice
	d.sync("73")
	until(d.ctx, t, d.Stage, "sales_order:73", "synced", "")
	keys := []string{"invoice:83", "sales_order:73", "sales_order:70", "invoice:80", "sales_order:71", "invoice:81", "payment:81", "credit_note:81", "sales_order:72", "payment:82"}
	stand := func() map[string]string {
		all := map[string]string{}
		for _, r := range d.Books.Snapshot() {
			var body map[string]any
			d.must(json.Unmarshal(r.Body, &body))
			delete(body, "last_modified_time")
			raw, _ := json.Marshal(body)
			all[r.Key] = r.ID + " " + r.Status + " " + string(raw)
		}
		return all
	}
	before := stand()
	for _, key := range keys {
		if !strings.Contains(before[key], `"tag_option_id"`) && !strings.HasPrefix(key, "payment") {
			t.Fatalf("%s bears no tag: %s", key, before[key])
		}
	}

	choose := func(kind, source, id string) {
		d.must(d.Call(d.ctx, http.MethodPut, "/mappings/"+kind, map[string]any{"items": []map[string]string{{"source_id": source, "zoho_id": id}}}, nil))
	}
	forget := func() {
		var c struct {
			ID string `json:"organization_id"`
		}
		d.must(d.Call(d.ctx, http.MethodGet, "/connection", nil, &c))
		d.must(d.Call(d.ctx, http.MethodPost, "/tools/reset", map[string]any{"scope": "links", "confirm": c.ID}, nil))
	}
	forget()
	tag := d.Books.AddTag("House", false, false, "North wing", "South wing")
	tax := d.Books.AddTaxByHand("City tax", decimal.NewFromInt(4))
	_, err := d.Start(d.ctx, "/mappings/refresh", map[string]any{"kinds": []string{"taxes", "tags", "accounts", "deposit-accounts"}})
	d.must(err)
	choose("tags", "hotel:1", tag["North wing"])
	choose("taxes", "4", tax)
	choose("deposit-accounts", "Cash", d.Books.Account("Card clearing"))
	choose("payment-modes", "Cash", "Check")
	d.must(d.Set(d.ctx, "orders", "invoice_numbering", "zoho"))
	calls := len(d.Books.Calls())
	for _, order := range []string{"70", "71", "72", "73"} {
		d.sync(order)
		rest(d.ctx, t, d.Stage, "found", order)
	}
	after := stand()
	for _, key := range keys {
		if after[key] != before[key] {
			t.Errorf("%s stood as\n%s\nand stands as\n%s", key, before[key], after[key])
		}
		until(d.ctx, t, d.Stage, key, "synced", "")
	}
	for _, c := range d.Books.Calls()[calls:] {
		if c.Writes() && !strings.HasPrefix(c.Path, "/contacts") && !strings.HasPrefix(c.Path, "/items") {
			t.Errorf("%s %s was called", c.Method, c.Path)
		}
	}
	calls = len(d.Books.Calls())
	for _, order := range []string{"70", "71", "72"} {
		d.sync(order)
	}
	for _, c := range d.Books.Calls()[calls:] {
		t.Errorf("what was found is unchanged, and %s %s was called", c.Method, c.Path)
	}

	// What costs something else by now is sent, and bears what it bore.
	forget()
	for order, key := range map[string]string{"72": "sales_order:72", "73": "invoice:83"} {
		d.do("UPDATE {p}order_detail SET total_price_tax_excl = 160, total_price_tax_incl = 166.4 WHERE id_order = "+order, "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 160, total_price_tax_incl = 166.4 WHERE id_order = "+order)
		d.cost(order, "160", "166.4")
		d.sync(order)
		rest(d.ctx, t, d.Stage, "dearer", order)
		if r := d.find(key); r.Total.String() != "166.4" {
			t.Errorf("dearer, %s comes to %s", key, r.Total)
		}
		if body := stand()[key]; strings.Contains(body, tag["North wing"]) || !strings.Contains(body, `"tag_option_id"`) {
			t.Errorf("dearer, %s bears another option: %s", key, body)
		}
		calls := len(d.Books.Calls())
		d.sync(order)
		for _, c := range d.Books.Calls()[calls:] {
			t.Errorf("%s is as wanted, and %s %s was called", key, c.Method, c.Path)
		}
	}
}
