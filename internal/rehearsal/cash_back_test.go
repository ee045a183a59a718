package rehearsal_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestCashBackOfASharedPayment gives money of a payment of two orders back, for one and for both, while
// answers are lost before and after Zoho hears: each order's balance stays what QloApps says is due.
func TestCashBackOfASharedPayment(t *testing.T) {
	atOnce(t)
	d := opened(t, "cash_")
	for _, id := range []string{"0", "1"} {
		d.book("5"+id, "CASHSHARE", "2", "90"+id)
		d.invoice("6"+id, "5"+id)
	}
	d.share("60", "150", [3]string{"50", "60", "100"}, [3]string{"51", "61", "50"})
	both := func(step string, want map[string]string) {
		t.Helper()
		d.sync("50")
		d.sync("51")
		rest(d.ctx, t, d.Stage, step, "50")
		rest(d.ctx, t, d.Stage, step, "51")
		checkBooks(t, d.Stage, step, want)
		checkDue(t, d.ctx, d.clerk, d.Stage, step, "50")
		checkDue(t, d.ctx, d.clerk, d.Stage, step, "51")
	}
	both("paid", map[string]string{"invoice:60": "124.8 open 24.8", "invoice:61": "124.8 open 74.8"})

	d.share("61", "-30", [3]string{"50", "60", "-30"})
	both("back of one", map[string]string{"invoice:60": "124.8 open 54.8", "invoice:61": "124.8 open 74.8", "payment:60": "150 open 0 back 30"})

	for n, fault := range []books.Fault{books.FaultDropBefore, books.FaultCommitDrop} {
		d.must(d.Books.SetFaults(books.Rule{Method: "POST", Path: "/refunds", Times: 1, Fault: fault}))
		id := []string{"62", "63"}[n]
		d.share(id, "-15", [3]string{"50", "60", "-10"}, [3]string{"51", "61", "-5"})
		both("back of both, "+string(fault), map[string]string{
			"invoice:60": []string{"124.8 open 64.8", "124.8 open 74.8"}[n],
			"invoice:61": []string{"124.8 open 79.8", "124.8 open 84.8"}[n],
			"payment:60": []string{"150 open 0 back 45", "150 open 0 back 60"}[n],
		})
		var shown struct{ Total *string }
		d.must(d.Call(d.ctx, "GET", "/documents/payment/"+id, nil, &shown))
		if shown.Total == nil || *shown.Total != "-15.00" {
			t.Errorf("what was given back, %s, is shown without its amount", fault)
		}
	}
}
