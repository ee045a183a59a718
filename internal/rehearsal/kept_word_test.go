package rehearsal_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// orderState is how an order reads in the list.
func (d desk) orderState(id string) (state wire.Record) {
	d.t.Helper()
	d.must(d.Call(d.ctx, http.MethodGet, "/records/orders/"+id, nil, &state))
	return state
}

func (d desk) becomes(id, status, code string) {
	d.t.Helper()
	eventually(d.ctx, d.t, d.Stage, "order "+id+" is "+status+" "+code, func() bool {
		r := d.orderState(id)
		got := ""
		if r.Issue != nil {
			got = r.Issue.Code
		}
		return r.Status == status && got == code
	})
}

// TestAChangedFilterActsAtOnce leaves orders and payments out by each filter and takes the filter back: what
// it left out comes by itself. What stands still is left out as soon as a filter says so.
func TestAChangedFilterActsAtOnce(t *testing.T) {
	atOnce(t)
	d := opened(t, "filt_")
	c := d.clerk
	c.book("80", "FILTERONE", "2", "920")
	c.invoice("80", "80")
	c.pay("80", "80", "80", "1", "1", "100.00", "100.00")
	c.pay("81", "80", "80", "1", "1", "0.00", "0.00") // rightly no document

	d.must(d.Set(d.ctx, "hotels", "ignored_hotels", []string{"1"}))
	_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	run, err := d.Start(d.ctx, "/records/orders/80/sync", nil)
	if err != nil || run.Skipped != 1 || run.Done != 0 {
		t.Errorf("the run of an ignored hotel's order: %+v %v", run, err)
	}
	if r := d.orderState("80"); r.Status != "skipped" || r.Issue == nil || r.Issue.Code != "skipped_hotel" || r.Phase != "order_sync" {
		t.Errorf("an order of an ignored hotel is %+v", r)
	}
	refused(d.ctx, t, d.Stage, http.MethodPost, "/records/orders/80/unskip", nil, "409", `"filtered"`, "ignored hotels")
	d.must(d.Set(d.ctx, "hotels", "ignored_hotels", []string{}))
	d.becomes("80", "synced", "")

	more := 82
	for name, x := range map[string]struct {
		section, field string
		on, off        any
		code           string
	}{
		"methods":    {"payments", "allowed_methods", []string{"Cowrie shells"}, []string{}, "skipped_method"},
		"export off": {"payments", "export_enabled", false, true, "skipped_export_off"},
		"dates":      {"orders", "export_from_date", "2099-01-01", nil, "skipped_before_date"},
	} {
		more++
		id := strings.Repeat("8", 1) + string(rune('0'+more-80))
		c.pay(id, "80", "80", "1", "1", "5.00", "5.00")
		d.must(d.Set(d.ctx, x.section, x.field, x.on))
		d.sync("80")
		until(d.ctx, t, d.Stage, "payment:"+id, "skipped", x.code)
		refused(d.ctx, t, d.Stage, http.MethodPost, "/documents/payment/"+id+"/unskip", nil, "409", `"filtered"`)
		d.must(d.Set(d.ctx, x.section, x.field, x.off))
		eventually(d.ctx, t, d.Stage, name+": the payment comes by itself", func() bool { return d.find("payment:"+id).ID != "" })
	}

	// A payment that Zoho Books refused is left out as well, so that nobody is asked about it, and comes back.
	d.must(d.Books.SetFaults(books.Rule{Method: http.MethodPut, Path: "/customerpayments$", Fault: books.FaultRefuse}))
	c.pay("89", "80", "80", "1", "1", "2.00", "2.00")
	d.sync("80")
	until(d.ctx, t, d.Stage, "payment:89", "rejected", "zoho_refused")
	for _, x := range []struct {
		section, field string
		on, off        any
		code           string
	}{{"payments", "export_enabled", false, true, "skipped_export_off"}, {"orders", "export_from_date", "2099-01-01", nil, "skipped_before_date"}, {"payments", "allowed_methods", []string{"Cowrie shells"}, []string{}, "skipped_method"}} {
		d.must(d.Set(d.ctx, x.section, x.field, x.on))
		until(d.ctx, t, d.Stage, "payment:89", "skipped", x.code)
		d.must(d.Set(d.ctx, x.section, x.field, x.off))
		until(d.ctx, t, d.Stage, "payment:89", "rejected", "zoho_refused")
	}
	d.must(d.Books.SetFaults())

	// The other way: a payment that waits for a mapping is left out as soon as payments are.
	d.must(d.Call(d.ctx, http.MethodPut, "/mappings/deposit-accounts", map[string]any{"items": []map[string]any{{"source_id": "default", "zoho_id": nil}}}, nil))
	c.pay("90", "80", "80", "1", "1", "1.00", "1.00")
	c.do("UPDATE {p}order_payment SET payment_method = 'Barter' WHERE id_order_payment = 90")
	d.sync("80")
	until(d.ctx, t, d.Stage, "payment:90", "blocked", "mapping_missing")
	d.must(d.Set(d.ctx, "payments", "export_enabled", false))
	until(d.ctx, t, d.Stage, "payment:90", "skipped", "skipped_export_off")

	// Unskip leaves alone what waits: a person's own skip comes back, and nothing else of the order is forgotten.
	d.must(d.Call(d.ctx, http.MethodPost, "/documents/payment/90/skip", why, nil))
	d.must(d.Call(d.ctx, http.MethodPost, "/documents/payment/90/unskip", nil, nil))
	if got := document(d.ctx, t, d.Stage, "payment:90"); got.Status != "not_synced" {
		t.Errorf("unskipped it is %s", got.Status)
	}
}

// TestAGuestWhoWasSentStaysWhenInactive deactivates guests: who was sent before stays in every currency, who
// never was is left out with the order, until the switch or the guest changes.
func TestAGuestWhoWasSentStaysWhenInactive(t *testing.T) {
	atOnce(t)
	d := opened(t, "idle_")
	c := d.clerk
	c.book("80", "IDLEFIRST", "2", "920")
	c.invoice("80", "80")
	d.sync("80")
	rest(d.ctx, t, d.Stage, "in dollars", "80")
	c.do("UPDATE {p}customer SET active = 0, date_upd = NOW() WHERE id_customer IN (2, 6)")
	d.must(d.Set(d.ctx, "customers", "ignore_inactive", true))
	c.book("81", "IDLEEUROS", "2", "921")
	c.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = 81")
	c.invoice("81", "81")
	d.sync("81")
	rest(d.ctx, t, d.Stage, "in euros", "81")
	if d.find("customer:2:EUR").ID == "" {
		t.Error("a guest who was sent in dollars has no contact in euros")
	}

	c.book("82", "IDLENEVER", "6", "922")
	c.invoice("82", "82")
	d.sync("82")
	d.becomes("82", "skipped", "skipped_inactive")
	if r := d.orderState("82"); r.Phase != "order_sync" {
		t.Errorf("its phase: %+v", r)
	}
	// The guest comes back in QloApps: once the contact stands, the order follows.
	c.do("UPDATE {p}customer SET active = 1, date_upd = NOW() WHERE id_customer = 6")
	_, err := d.Start(d.ctx, "/records/customers/initialize", nil)
	d.must(err)
	_, err = d.Start(d.ctx, "/records/customers/6/sync", nil)
	d.must(err)
	d.becomes("82", "synced", "")

	c.do("UPDATE {p}customer SET active = 0, date_upd = NOW() WHERE id_customer = 7")
	c.book("83", "IDLESWTCH", "7", "923")
	c.invoice("83", "83")
	d.sync("83")
	d.becomes("83", "skipped", "skipped_inactive")
	d.must(d.Set(d.ctx, "customers", "ignore_inactive", false))
	d.becomes("83", "synced", "")
}

// TestWithoutAMappingNothingIsPosted takes the default choices back: items and payments wait, with the money
// that waits, and go on by themselves when their row is chosen.
func TestWithoutAMappingNothingIsPosted(t *testing.T) {
	atOnce(t)
	d := opened(t, "unma_")
	c := d.clerk
	choose := func(kind, row string, id any) {
		t.Helper()
		d.must(d.Call(d.ctx, http.MethodPut, "/mappings/"+kind, map[string]any{"items": []map[string]any{{"source_id": row, "zoho_id": id}}}, nil))
	}
	page := func(kind string) (page wire.MappingPage) {
		t.Helper()
		d.must(d.Call(d.ctx, http.MethodGet, "/mappings/"+kind, nil, &page))
		return page
	}
	choose("accounts", "default", nil)
	choose("payment-modes", "default", nil)
	c.book("80", "UNMAPPED", "2", "920")
	c.invoice("80", "80")
	c.pay("80", "80", "80", "1", "1", "100.00", "100.00")
	c.do("UPDATE {p}order_payment SET payment_method = 'Barter' WHERE id_order_payment = 80")
	d.sync("80")
	until(d.ctx, t, d.Stage, "room_type:1", "blocked", "mapping_missing")
	if d.find("room_type:1").ID != "" || d.find("invoice:80").ID != "" {
		t.Error("something was posted without an income account")
	}
	var issues struct{ Items []wire.IssueGroup }
	d.must(d.Call(d.ctx, http.MethodGet, "/issues", nil, &issues))
	at := slices.IndexFunc(issues.Items, func(g wire.IssueGroup) bool { return g.Code == "mapping_missing" })
	if at < 0 || len(issues.Items[at].AmountByCurrency) != 1 || issues.Items[at].AmountByCurrency[0] != (wire.CurrencyAmount{Currency: "USD", Amount: "124.80"}) {
		t.Errorf("what waits: %+v", issues.Items)
	}
	row := wire.MappingItem{}
	for _, x := range page("accounts").Items {
		if x.SourceID == "room_type:1" {
			row = x
		}
	}
	if row.Waiting == 0 || row.UsedBy == 0 {
		t.Errorf("the row that cures it: %+v", row)
	}
	choose("accounts", "room_type:1", page("accounts").Choices[0].ZohoID)
	until(d.ctx, t, d.Stage, "invoice:80", "synced", "")
	until(d.ctx, t, d.Stage, "payment:80", "blocked", "mapping_missing")

	// The list of further modes is offered, and takes only what Zoho Books can take.
	for field, bad := range map[string]any{"payment_modes": []string{strings.Repeat("x", 101)}, "default_payment_mode": "Nobody has this"} {
		var all map[string]any
		d.must(d.Call(d.ctx, http.MethodGet, "/settings/payments", nil, &all))
		all[field] = bad
		refused(d.ctx, t, d.Stage, http.MethodPut, "/settings/payments", all, "422", field)
	}
	long := strings.Repeat("Ü", 100)
	d.must(d.Set(d.ctx, "payments", "payment_modes", []string{"Voucher", long}))
	choices := page("payment-modes").Choices
	if !slices.ContainsFunc(choices, func(c wire.MappingChoice) bool { return c.ZohoName == "Voucher" }) {
		t.Errorf("choices: %+v", choices)
	}
	choose("payment-modes", "default", "Voucher")
	until(d.ctx, t, d.Stage, "payment:80", "synced", "")
	if body := string(d.find("payment:80").Body); !strings.Contains(body, `"payment_mode":"Voucher"`) {
		t.Errorf("posted as %s", body)
	}
	d.must(d.Set(d.ctx, "payments", "default_payment_mode", long))
	for section, field := range map[string]string{"orders": "rounding_item_id", "payments": "default_deposit_account_id"} {
		var all map[string]any
		d.must(d.Call(d.ctx, http.MethodGet, "/settings/"+section, nil, &all))
		all[field] = "123456789"
		refused(d.ctx, t, d.Stage, http.MethodPut, "/settings/"+section, all, "422", field)
	}
	var customers map[string]any
	d.must(d.Call(d.ctx, http.MethodGet, "/settings/customers", nil, &customers))
	customers["name_pattern"] = "{name}\n{email}"
	refused(d.ctx, t, d.Stage, http.MethodPut, "/settings/customers", customers, "422", "name_pattern")
}

// TestAnEditedInvoiceIsNotOverwritten changes an invoice on both sides: a person is asked, with both totals, and
// chooses.
func TestAnEditedInvoiceIsNotOverwritten(t *testing.T) {
	atOnce(t)
	d := opened(t, "both_")
	c := d.clerk
	for n, order := range []string{"80", "81"} {
		c.book(order, "BOTHSID"+order, "2", "92"+string(rune('0'+n)))
		c.invoice(order, order)
		d.sync(order)
		rest(d.ctx, t, d.Stage, "posted", order)
		r := d.find("invoice:" + order)
		d.must(d.Books.ChangeByHand(r.ID, `{"line_items":[{"name":"Agreed 50 extra","rate":174.8,"quantity":1}]}`))
		c.do("UPDATE {p}htl_booking_detail SET adults = 3, date_upd = NOW() WHERE id_order = " + order)
		if _, err := d.Start(d.ctx, "/records/orders/"+order+"/sync", nil); err != nil {
			t.Fatal(err)
		}
		until(d.ctx, t, d.Stage, "invoice:"+order, "held", "edited_in_zoho")
		doc := document(d.ctx, t, d.Stage, "invoice:"+order)
		if !strings.Contains(doc.Issue.Detail, "174.8") || !strings.Contains(doc.Issue.Detail, "124.8") {
			t.Errorf("both totals: %s", doc.Issue.Detail)
		}
		if total := d.find("invoice:" + order).Total.String(); total != "174.8" {
			t.Errorf("it was overwritten: %s", total)
		}
	}
	_, err := d.Start(d.ctx, "/documents/invoice/80/release", why)
	d.must(err)
	until(d.ctx, t, d.Stage, "invoice:80", "synced", "")
	d.must(d.Call(d.ctx, http.MethodPost, "/documents/invoice/81/skip", why, nil))
	d.sync("81")
	if a, b := d.find("invoice:80").Total.String(), d.find("invoice:81").Total.String(); a != "124.8" || b != "174.8" {
		t.Errorf("released %s, skipped %s", a, b)
	}
}
