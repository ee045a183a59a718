package rehearsal_test

import (
	"strings"
	"testing"
)

// TestWhatIsEnteredAnewAmongEquals: two equal payments are posted, both their rows are deleted, and one is entered anew. A
// person is asked about both at once, and what is another one is posted with that one answer.
func TestWhatIsEnteredAnewAmongEquals(t *testing.T) {
	atOnce(t)
	d := opened(t, "equals_")
	d.book("70", "ANEWEQUAL", "2", "970")
	d.invoice("80", "70")
	d.pay("170", "70", "80", "1", "1", "30.00", "30.00")
	d.pay("171", "70", "80", "1", "1", "30.00", "30.00")
	d.sync("70")
	rest(d.ctx, t, d.Stage, "posted", "70")
	was := map[string]string{"invoice:80": "124.8 open 64.8", "payment:170": "30 open 0", "payment:171": "30 open 0"}
	checkBooks(t, d.Stage, "posted", was)
	d.unpaid("170", "70", "30.00")
	d.unpaid("171", "70", "30.00")
	d.pay("172", "70", "80", "1", "1", "30.00", "30.00")
	d.sync("70")
	if _, detail := d.issueOf("payment:172"); !strings.Contains(detail, "payment 170 and payment 171") {
		t.Errorf("asked about the two: %s", detail)
	}
	d.another("payment:172")
	d.sync("70")
	rest(d.ctx, t, d.Stage, "released", "70")
	checkBooks(t, d.Stage, "released", map[string]string{"invoice:80": "124.8 open 34.8", "payment:172": "30 open 0"})
}

// TestWhatAnotherOneStandsForIsNotLinkedToARowThatIsGone: a payment that somebody made in Zoho Books, which bears no key, is paired
// with one of QloApps that is entered anew then. The links are reset, and the one that is there is paired again. Nothing is
// said to stand for the other one as well.
func TestWhatAnotherOneStandsForIsNotLinkedToARowThatIsGone(t *testing.T) {
	atOnce(t)
	d := opened(t, "twolinks_")
	d.book("70", "TWOLINKSA", "2", "970")
	d.invoice("80", "70")
	d.sync("70")
	rest(d.ctx, t, d.Stage, "posted", "70")
	stands := received(t, d.Stage, "customer:2", "invoice:80", "30", "30", 2)
	d.pay("170", "70", "80", "1", "1", "30.00", "30.00")
	_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	d.must(d.Call(d.ctx, "POST", "/documents/payment/170/pair", map[string]any{"zoho_id": stands}, nil))
	d.sync("70")
	d.unpaid("170", "70", "30.00")
	d.pay("171", "70", "80", "1", "1", "30.00", "30.00")
	d.sync("70")
	d.must(d.Call(d.ctx, "POST", "/documents/payment/170/skip", why, nil)) // so that nothing is done of it before the pairing
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, t, d.Stage)}, nil))
	d.must(d.Call(d.ctx, "POST", "/documents/payment/171/pair", map[string]any{"zoho_id": stands}, nil))
	d.must(d.Call(d.ctx, "POST", "/documents/payment/170/unskip", nil, nil))
	d.sync("70")
	d.sync("70")
	for key, want := range map[string]string{"payment/170": "", "payment/171": stands} {
		doc := look(d.ctx, t, d.Stage, "/documents/"+key)
		if id := orNone(doc.ZohoID); id != want {
			t.Errorf("%s is %s, linked with %q instead of %q", key, doc.Status, id, want)
		}
	}
}

func orNone(id *string) string {
	if id == nil {
		return ""
	}
	return *id
}
