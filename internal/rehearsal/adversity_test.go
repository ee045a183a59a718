package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// TestNothingOfAPaymentIsDecidedBehindAPersonsBack lets the desk, the bookkeeper and the settings act against each
// other around payments of Zoho Books: what a person did in QloApps is not undone by the next look, what becomes
// QloApps' business later is seen then, and what stands in another shape is not written again.
func TestNothingOfAPaymentIsDecidedBehindAPersonsBack(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10", "14")
	dsn := s.App.Config.MySQLDSN.Reveal()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	// row is what the desk enters by hand for a payment of Zoho Books.
	row := func(id, order, currency, amount string) {
		inHotel(t, dsn, "INSERT INTO qlo_order_payment (order_reference, id_currency, amount, payment_method, payment_type, conversion_rate, transaction_id, card_number, card_brand, card_expiration, card_holder, date_add) SELECT reference, "+currency+", "+amount+", 'Cash', 1, conversion_rate, 'zoho:"+id+"', '', '', '', '', NOW() FROM qlo_orders WHERE id_order = "+order,
			"INSERT INTO qlo_order_payment_detail (id_order_payment, id_order, amount, date_add) SELECT MAX(id_order_payment), "+order+", "+amount+", NOW() FROM qlo_order_payment",
			"UPDATE qlo_orders SET total_paid_real = total_paid_real + "+amount+" WHERE id_order = "+order)
	}
	is := func(what, id, status, code, has string) {
		t.Helper()
		p, got := importedPayments(ctx, t, s)[id], ""
		if p.Issue != nil {
			got = p.Issue.Code
		}
		if in := inQloApps(t, s, id); p.Status != status || got != code || strings.TrimSuffix(in, ".00") != strings.TrimSuffix(has, ".00") {
			t.Errorf("%s: %s %s with %s in QloApps, want %s %s with %s: %+v", what, p.Status, got, in, status, code, has, p)
		}
	}
	stranger, err := s.Books.AddByHand("contacts", `{"contact_name":"Somebody else","contact_type":"customer"}`)
	must(err)
	later, err := s.Books.AddByHand("customerpayments", `{"customer_id":"`+stranger+`","payment_mode":"Cash","date":"2026-01-15","amount":33}`)
	must(err)
	bounced := received(t, s, "customer:7", "invoice:8", "10", "10", 2)
	advance := received(t, s, "customer:7", "", "12", "", 2)
	voided := received(t, s, "customer:2", "invoice:11", "9", "9", 2)
	merged := received(t, s, "customer:2", "", "14", "", 2)
	euros := received(t, s, "customer:7", "invoice:8", "11", "11", 2)
	row(euros, "10", "2", "10.00")
	brought(ctx, t, s, "new")
	is("an advance of a stranger", later, "elsewhere", "", "0.00")
	is("in another currency already", euros, "waiting", "stands_elsewhere", "10.00")
	must(s.Call(ctx, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "14", "confirm": true}, nil))
	is("assigned", advance, "imported", "", "12.00")

	row(bounced, "10", "1", "-10.00")
	row(advance, "14", "1", "-12.00")
	for range 2 {
		brought(ctx, t, s, "all")
		is("bounced at the desk", bounced, "waiting", "taken_back", "0.00")
		is("taken from the order at the desk", advance, "waiting", "unassigned", "0.00")
	}
	must(s.Call(ctx, http.MethodPost, "/payments/imported/"+bounced+"/assign", map[string]any{"order_id": "10"}, nil))
	is("it did not bounce", bounced, "imported", "", "10.00")

	// The stranger turns out to be a guest; the guest's contact is merged into another; the invoice is voided.
	refused(ctx, t, s, http.MethodDelete, "/pairing/customers/2", map[string]any{"zoho_id": stranger}, "409", "paired_otherwise")
	must(s.Call(ctx, http.MethodDelete, "/pairing/customers/2", why, nil))
	must(s.Call(ctx, http.MethodPost, "/pairing/customers/2", map[string]any{"zoho_id": stranger}, nil))
	must(s.Books.MergeByHand(stranger, contactOf(t, s, "customer:2")))
	must(s.Books.SetStatusByHand(standing(t, s, "invoice:11").ID, "void"))
	must(s.Set(ctx, "payments", "import_from_date", "2026-06-01"))
	early := received(t, s, "customer:7", "invoice:8", "3", "3", 400)
	brought(ctx, t, s, "new")
	is("an advance of a guest who was paired since", later, "waiting", "unassigned", "0.00")
	is("an advance of a guest who was merged", merged, "waiting", "unassigned", "0.00")
	is("on an invoice that was voided", voided, "changed", "payment_changed", "9.00")
	if p, there := importedPayments(ctx, t, s)[early]; there {
		t.Errorf("a payment from before the first day: %+v", p)
	}
}
