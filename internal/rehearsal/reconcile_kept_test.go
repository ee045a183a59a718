package rehearsal_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// shownOf is what the page of reconciliation shows of an order without reading anything anew, by document.
func (d desk) shownOf(order string) map[string]string {
	d.t.Helper()
	from, to := time.Now().AddDate(0, 0, -2).Format(time.DateOnly), time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	var found reconciliation
	d.must(d.Call(d.ctx, http.MethodGet, "/reconciliation?from="+from+"&to="+to, nil, &found))
	list := map[string]string{}
	for _, x := range found.Differences {
		if x.OrderID != nil && *x.OrderID == order {
			list[x.Flow+":"+x.SourceID] += x.Detail
		}
	}
	return list
}

// TestWhatWasSeenToDifferStaysShownUntilItIsReadAgain: a document that was looked at since, without a call, stands in Zoho
// Books as it was read there; also where reconciliation itself has its money read again.
func TestWhatWasSeenToDifferStaysShownUntilItIsReadAgain(t *testing.T) {
	atOnce(t)
	d := opened(t, "seenlast_")
	d.book("50", "SEENLAST1", "2", "901")
	d.invoice("60", "50")
	d.pay("60", "50", "60", "1", "1", "124.80", "124.80")
	d.book("51", "SEENLAST2", "7", "902") // an advance: it is money, and settles nothing
	d.pay("61", "51", "0", "1", "1", "50.00", "50.00")
	d.book("52", "SEENLAST3", "7", "903")
	d.invoice("62", "52")
	orders := []string{"50", "51", "52"}
	for _, order := range orders {
		d.again(order)
	}
	d.must(d.Books.ChangeByHand(d.find("payment:60").ID, `{"amount":126}`))
	d.must(d.Books.ChangeByHand(d.find("payment:61").ID, `{"amount":51}`))
	d.must(d.Books.ChangeByHand(d.find("invoice:62").ID, `{"adjustment":-3,"adjustment_description":"Minibar"}`))
	want := map[string]string{"payment:60": "126.00 instead of 124.80", "payment:61": "51.00 instead of 50.00", "invoice:62": "121.80 instead of 124.80"}
	shown := func(step string) {
		t.Helper()
		for n, key := range []string{"payment:60", "payment:61", "invoice:62"} {
			if list := d.shownOf(orders[n]); !strings.Contains(list[key], want[key]) {
				t.Errorf("%s: %s is said to differ by %q, want %q", step, key, list[key], want[key])
			}
		}
	}
	from, to := time.Now().AddDate(0, 0, -2).Format(time.DateOnly), time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	_, err := d.Start(d.ctx, "/reconciliation/refresh", wire.DayRange{From: from, To: to})
	d.must(err)
	atRest(d.ctx, t, d.Stage)
	shown("read")
	before := len(d.Books.Calls())
	for _, order := range orders {
		d.again(order)
	}
	for _, c := range d.Books.Calls()[before:] {
		t.Errorf("nothing changed in QloApps, and %s %s was called", c.Method, c.Path)
	}
	shown("synced, of which nothing was new")
}
