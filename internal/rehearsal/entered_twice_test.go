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
