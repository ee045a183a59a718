package rehearsal_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestARefundThatWentOutOtherwiseStaysSo has Zoho Books book money given back over another amount, from another
// account or on another day than was asked, out of a credit note and out of a payment. Retry never takes it for done
// while it stands so; put right there it is done, deleted it is done again; and nothing goes back twice.
func TestARefundThatWentOutOtherwiseStaysSo(t *testing.T) {
	atOnce(t)
	d := opened(t, "askew_")
	again := func(step, key, words string) {
		t.Helper()
		flow, id, _ := strings.Cut(key, ":")
		for n := range 2 {
			if n > 0 {
				_, err := d.Start(d.ctx, "/issues/answer_differs/retry", nil)
				d.must(err)
			}
			settled(d.ctx, t, d.Stage) // the other side is read again as well, and what waited for that looks once more
			if code, detail := d.issueOf(key); code != "answer_differs" || !strings.Contains(detail, words) {
				t.Fatalf("%s: %s %s reads %q %q", step, flow, id, code, detail)
			}
		}
	}
	cured := func(step, key string, want map[string]string) {
		t.Helper()
		_, err := d.Start(d.ctx, "/issues/answer_differs/retry", nil)
		d.must(err)
		settled(d.ctx, t, d.Stage)
		if code, detail := d.issueOf(key); code != "" {
			t.Errorf("%s: %q %q", step, code, detail)
		}
		checkBooks(t, d.Stage, step, want)
	}
	id := func(key string) string { return standing(t, d.Stage, key).ID }
	as := func(fields map[string]any) { d.Books.Prefer(func(p *books.Preferences) { p.RefundsAs = fields }) }
	for n, tt := range []struct {
		name  string
		as    map[string]any
		words string
		right map[string]any // nil: it is deleted
	}{
		{"another amount", map[string]any{"amount": json.Number("5")}, "5.00 were given back there instead of 50.00", map[string]any{"amount": json.Number("50")}},
		{"more", map[string]any{"amount": json.Number("50.5")}, "50.50 were given back there instead of 50.00", nil},
		{"another day", map[string]any{"date": "2020-01-01"}, "«2020-01-01» there", nil},
		{"another account", map[string]any{"from_account_id": "77"}, "«77» there instead of", nil},
	} {
		order := []string{"80", "81", "82", "83"}[n]
		d.book(order, "ASKEWNO"+order, "2", "9"+order)
		d.invoice(order, order)
		d.pay(order, order, order, "1", "1", "124.80", "124.80")
		total, open := "50", "0"
		if d.slip(order, order, "9"+order, "48.08", "50.00", "Cash"); n == 1 { // more can go back only of a note over more
			total, open = "100", "50"
			d.do("UPDATE {p}order_slip SET total_products_tax_excl = 96.15, total_products_tax_incl = 100, amount = 100 WHERE id_order_slip = "+order, "UPDATE {p}order_slip_detail SET total_price_tax_excl = 96.15, total_price_tax_incl = 100 WHERE id_order_slip = "+order)
		}
		as(tt.as)
		d.sync(order)
		key := "credit_note:" + order
		again(tt.name, key, tt.words)
		as(nil)
		again(tt.name+", and the next would be right", key, tt.words)
		d.must(d.Books.ChangeRefundByHand(id(key), key, tt.right))
		cured(tt.name+" is cured", key, map[string]string{key: total + " open " + open + " back 50"})
	}

	d.book("84", "ASKEWPAY1", "2", "984")
	d.invoice("84", "84")
	d.pay("84", "84", "84", "1", "1", "124.80", "124.80")
	d.sync("84")
	rest(d.ctx, t, d.Stage, "paid", "84")
	as(map[string]any{"amount": json.Number("5")})
	d.pay("85", "84", "84", "1", "1", "-20.00", "-20.00")
	d.sync("84")
	again("cash back", "payment:85", "5.00 were given back there instead of 20.00")
	checkBooks(t, d.Stage, "cash back", map[string]string{"payment:84": "124.8 open 15 back 5", "invoice:84": "124.8 open 20"})
	var extra string
	d.must(d.db.QueryRowContext(d.ctx, "SELECT extra FROM qlobooks_documents WHERE flow = 'payment' AND source_id = '84'").Scan(&extra))
	if !strings.Contains(extra, `"?":"5"`) {
		t.Errorf("what is left of the payment was not read again: %s", extra)
	}
	as(nil)
	again("cash back, and the next would be right", "payment:85", "5.00 were given back there instead of 20.00")
	d.must(d.Books.ChangeRefundByHand(id("payment:84"), "payment:85", nil))
	cured("cash back again", "payment:85", map[string]string{"payment:84": "124.8 open 0 back 20", "invoice:84": "124.8 open 20"})
	d.saw("cash back again", "84", nil)
}
