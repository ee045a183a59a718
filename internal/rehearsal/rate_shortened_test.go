package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestARateOfFewerDecimalsIsOurs has Zoho Books keep four, or two, decimals of the rate that is sent: what is posted in another
// currency lands, and what it comes to otherwise in the currency of the books is told. A rate that is another one is not ours.
func TestARateOfFewerDecimalsIsOurs(t *testing.T) {
	atOnce(t)
	d := opened(t, "shortrate_")
	d.must(d.Set(d.ctx, "currencies", "multi_currency", true))
	for digits, order := range map[int32]string{4: "71", 2: "72"} {
		d.Books.Prefer(func(p *books.Preferences) { p.RateDigits = digits })
		d.book(order, "SHORTRATE"+order, "2", "9"+order)
		d.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = " + order)
		d.invoice("8"+order, order)
		d.pay("8"+order, order, "8"+order, "2", "0.91", "124.80", "124.80")
		d.sync(order)
		rest(d.ctx, t, d.Stage, "posted", order)
		for _, key := range []string{"invoice:8" + order, "payment:8" + order} {
			told := d.notices(key)["rate_shortened"]
			if want := map[int32]string{4: "", 2: "come to 137.28 there in the currency of its books instead of 137.14"}[digits]; (told == "") != (want == "") || !strings.Contains(told, want) {
				t.Errorf("%s with %d decimals says %q", key, digits, told)
			}
		}
	}
}
