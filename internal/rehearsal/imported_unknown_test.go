package rehearsal_test

import (
	"context"
	"strings"
	"testing"
)

// TestAPaymentThatOnlySaysThatItCameFromZohoIsHeld enters payments whose transaction ids name payments of Zoho Books, in any
// spelling: one that stands there, which the next import finds, and one that does not.
func TestAPaymentThatOnlySaysThatItCameFromZohoIsHeld(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	id := received(t, s, "customer:7", "invoice:8", "60", "60", 2)
	enter := func(payment, transaction, amount string) {
		inHotel(t, s.App.Config.MySQLDSN.Reveal(),
			"INSERT INTO qlo_order_payment (id_order_payment, order_reference, id_currency, amount, payment_method, payment_type, conversion_rate, transaction_id, card_number, card_brand, card_expiration, card_holder, date_add) SELECT "+payment+", reference, 1, "+amount+", 'Cash', 1, conversion_rate, '"+transaction+"', '', '', '', '', NOW() FROM qlo_orders WHERE id_order = 10",
			"INSERT INTO qlo_order_payment_detail (id_order_payment, id_order, amount, date_add) VALUES ("+payment+", 10, "+amount+", NOW())",
			"UPDATE qlo_orders SET total_paid_real = total_paid_real + "+amount+", date_upd = NOW() WHERE id_order = 10")
	}
	enter("901", "ZOHO:"+id, "60.00")
	enter("902", "zoho:77", "15.00")
	if _, err := s.Start(ctx, "/records/orders/sync", map[string]any{"ids": []string{"10"}}); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "payment:901", "held", "import_unknown")
	until(ctx, t, s, "payment:902", "held", "import_unknown")
	told := document(ctx, t, s, "payment:902").Issue.Detail
	for _, want := range []string{"zoho:77", "15.00 USD", "payment 77 of Zoho Books"} {
		if !strings.Contains(told, want) {
			t.Errorf("it does not tell %q: %s", want, told)
		}
	}
	brought(ctx, t, s, "all")
	until(ctx, t, s, "payment:901", "synced", "")
	until(ctx, t, s, "payment:902", "held", "import_unknown")
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlo_order_payment SET transaction_id = 'WIRE-77' WHERE id_order_payment = 902")
	if err := s.Call(ctx, "POST", "/documents/payment/902/retry", nil, nil); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "payment:902", "synced", "")
	if p := standing(t, s, "payment:902"); p.Total.String() != "15" {
		t.Errorf("it stands with %s", p.Total)
	}
}
