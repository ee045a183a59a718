package rehearsal_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/api/rest/wire"
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
		d.appliedAsInBooks(step, "50", "51")
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

// appliedAsInBooks holds what each document of orders is shown to settle against what it settles in the books.
func (d desk) appliedAsInBooks(step string, orders ...string) {
	d.t.Helper()
	standing := map[string]books.Record{}
	for _, r := range d.Books.Snapshot() {
		standing[r.ID] = r
	}
	for _, order := range orders {
		var shown wire.RecordDetail
		d.must(d.Call(d.ctx, "GET", "/records/orders/"+order, nil, &shown))
		for _, doc := range shown.Documents {
			if doc.ZohoID == nil || doc.Flow == "sales_order" {
				continue
			}
			r := standing[*doc.ZohoID]
			if r.Key != doc.Key { // money given back stands on its payment
				continue
			}
			settles := decimal.Zero
			for _, part := range r.Applied {
				settles = settles.Add(decimal.RequireFromString(part))
			}
			if doc.Flow == "invoice" {
				settles = r.Total.Sub(r.Balance)
			}
			var alone wire.Document
			d.must(d.Call(d.ctx, "GET", "/documents/"+doc.Flow+"/"+doc.SourceID, nil, &alone))
			for _, is := range []*string{doc.Applied, alone.Applied} {
				if is == nil {
					d.t.Errorf("%s: what %s of order %s settles is not shown", step, doc.Key, order)
				} else if *is != settles.StringFixed(2) {
					d.t.Errorf("%s: %s of order %s is shown to settle %s, but settles %s", step, doc.Key, order, *is, settles)
				}
			}
		}
	}
}
