package rehearsal_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestPaymentsOfZohoNeedNoMapping: what came from there is never sent, so that its method is none to be chosen for.
func TestPaymentsOfZohoNeedNoMapping(t *testing.T) {
	atOnce(t)
	d := opened(t, "nomap_")
	d.book("50", "CAMEFROMZ", "2", "901")
	d.invoice("60", "50")
	d.pay("60", "50", "60", "1", "1", "24.80", "24.80")
	d.pay("61", "50", "60", "1", "1", "50.00", "50.00")
	d.pay("62", "50", "60", "1", "1", "50.00", "50.00")
	d.do("UPDATE {p}order_payment SET payment_method = 'Zoho Books', transaction_id = 'ZOHO:4600001 ' WHERE id_order_payment = 60",
		"UPDATE {p}order_payment SET payment_method = 'Barter', transaction_id = 'zoho:4600002' WHERE id_order_payment = 61",
		"UPDATE {p}order_payment SET payment_method = 'Barter', transaction_id = 'zoho: see the bank' WHERE id_order_payment = 62")
	_, err := d.Start(d.ctx, "/mappings/refresh", nil)
	d.must(err)
	for _, kind := range []string{"payment-modes", "deposit-accounts"} {
		var page wire.MappingPage
		d.must(d.Call(d.ctx, http.MethodGet, "/mappings/"+kind, nil, &page))
		if slices.ContainsFunc(page.Items, func(i wire.MappingItem) bool { return i.SourceID == "Zoho Books" }) {
			t.Errorf("%s want a choice for what came from Zoho Books", kind)
		}
		if n := slices.IndexFunc(page.Items, func(i wire.MappingItem) bool { return i.SourceID == "Barter" }); n < 0 || page.Items[n].UsedBy != 1 {
			t.Errorf("%s: Barter is used once by a payment that is sent: %+v", kind, page.Items)
		}
	}
}
