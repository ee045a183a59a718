package rehearsal_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestAPaymentPairedOnAnotherDayIsToldSo pairs a payment with one that somebody entered in Zoho Books on the day before: the
// reconciliation tells both days, and not that somebody changed it there.
func TestAPaymentPairedOnAnotherDayIsToldSo(t *testing.T) {
	atOnce(t)
	d := opened(t, "pairedday_")
	d.book("71", "PAIREDDAY", "2", "971")
	d.invoice("81", "71")
	d.sync("71")
	rest(d.ctx, t, d.Stage, "billed", "71")
	var invoice struct {
		Customer string `json:"customer_id"`
	}
	stands := standing(t, d.Stage, "invoice:81")
	d.must(json.Unmarshal(stands.Body, &invoice))
	day := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	id, err := d.Books.AddByHand("customerpayments", fmt.Sprintf(`{"customer_id":%q,"payment_mode":"cash","amount":124.80,"date":%q,"invoices":[{"invoice_id":%q,"amount_applied":124.80}]}`, invoice.Customer, day, stands.ID))
	d.must(err)
	d.pay("91", "71", "81", "1", "1", "124.80", "124.80")
	_, err = d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	d.must(d.Call(d.ctx, "POST", "/documents/payment/91/pair", map[string]any{"zoho_id": id}, nil))
	settled(d.ctx, t, d.Stage)
	for _, x := range d.compared("71") {
		t.Logf("%+v", x)
		if x.Flow != "payment" {
			continue
		}
		if strings.Contains(x.Detail, "Somebody changed") || !strings.Contains(x.Detail, "paired") || !strings.Contains(x.Detail, "dated "+day+" instead of ") {
			t.Errorf("it says %q", x.Detail)
		}
		return
	}
	t.Error("nothing is told of the payment")
}
