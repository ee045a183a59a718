package rehearsal_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestAnEditedOrder takes a discount back, switches sales orders on late and books in a second
// currency, and looks at what Zoho and people see.
func TestAnEditedOrder(t *testing.T) {
	atOnce(t)
	d := opened(t, "edit_")
	ctx, s, c := d.ctx, d.Stage, d.clerk
	d.must(d.Set(ctx, "orders", "create_sales_orders", false))
	sync := func(step, order string, want map[string]string) {
		t.Helper()
		d.sync(order)
		rest(ctx, t, s, step, order)
		checkBooks(t, s, step, want)
	}

	c.book("50", "EDITDISCO", "2", "901")
	c.do("INSERT INTO {p}order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (960, 50, 960, 60, 'Spring', 10.40, 10.00)")
	c.cost("50", "110", "114.4")
	c.invoice("60", "50")
	sync("with a discount", "50", map[string]string{"invoice:60": "114.4 open 114.4"})
	c.do("DELETE FROM {p}order_cart_rule WHERE id_order_cart_rule = 960")
	c.cost("50", "120", "124.8")
	sync("without", "50", map[string]string{"invoice:60": "124.8 open 124.8"})

	if err := s.Set(ctx, "orders", "create_sales_orders", true); err != nil {
		t.Fatal(err)
	}
	sync("sales orders on", "50", map[string]string{"sales_order:50": "124.8 open", "invoice:60": "124.8 open 124.8"})

	c.book("51", "EDITEUROS", "2", "902")
	c.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = 51")
	c.invoice("61", "51")
	c.pay("61", "51", "61", "2", "0.91", "124.80", "124.80")
	sync("euros", "51", map[string]string{"invoice:61": "124.8 open 0"})
	var shown struct {
		Fields struct {
			Contact struct{ Text string } `json:"zoho_customer_id"`
		}
	}
	if err := s.Call(ctx, "GET", "/records/orders/51", nil, &shown); err != nil {
		t.Fatal(err)
	}
	portal := func() (answers []string) {
		t.Helper()
		s.Books.ForgetCalls()
		run, err := s.Start(ctx, "/records/customers/initialize", nil)
		if err == nil {
			_, err = s.Wait(ctx, run.ID)
		}
		if err == nil {
			run, err = s.Start(ctx, "/records/customers/2/sync", nil)
		}
		if err == nil {
			_, err = s.Wait(ctx, run.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range s.Books.Calls() {
			if call.Writes() {
				answers = append(answers, fmt.Sprint(call.Path, " ", call.Status))
			}
		}
		return answers
	}
	if err := s.Set(ctx, "customers", "customer_portal", true); err != nil {
		t.Fatal(err)
	}
	if calls := portal(); len(calls) != 2 || !strings.HasSuffix(calls[0], "/portal/enable 200") || !strings.HasSuffix(calls[1], "/portal/enable 200") { // one for each currency
		t.Errorf("opening the portal made the calls %v", calls)
	}
	if calls := portal(); len(calls) != 0 {
		t.Errorf("an open portal made the calls %v", calls)
	}
	if have, want := shown.Fields.Contact.Text, standing(t, s, "customer:2:EUR").ID; have != want {
		t.Errorf("an order in EUR shows contact %q, its documents name %q", have, want)
	}
}
