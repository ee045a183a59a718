package rehearsal_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestWhatWasPostedIsNotReckonedFromRatesThatMove: QloApps overwrites an order's rate with every payment, and the rates of
// its currencies move on. What was received, and what went back, in another currency than the order's stays as it was
// posted; nothing goes back twice, nothing is told to be otherwise, and the same is found again after the links were forgotten.
func TestWhatWasPostedIsNotReckonedFromRatesThatMove(t *testing.T) {
	atOnce(t)
	d := opened(t, "rates_")
	d.must(d.Set(d.ctx, "currencies", "multi_currency", true))
	d.must(d.Set(d.ctx, "orders", "auto_update_orders", true))
	orders := []string{"71", "72", "73"}
	for n, order := range orders {
		d.book(order, []string{"RATES", "RATES", "RATESALONE"}[n], "2", "9"+order)
		d.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = " + order)
		d.cheaper(order, "100", "104")
		d.invoice(order, order)
	}
	d.pay("710", "71", "71", "2", "0.91", "30", "30")
	d.pay("711", "71", "71", "1", "1", "20", "18.20")
	d.pay("712", "71", "71", "1", "1", "10", "9.10")
	d.pay("713", "71", "71", "1", "1", "-5", "-4.55")
	d.pay("714", "71", "71", "1", "1", "-5", "-4.55")
	d.share("715", "60", [3]string{"71", "71", "20"}, [3]string{"72", "72", "40"})
	d.do("UPDATE {p}orders SET total_paid_real = total_paid_real - 1.80 WHERE id_order = 71", "UPDATE {p}orders SET total_paid_real = total_paid_real - 3.60 WHERE id_order = 72")
	d.share("717", "-6", [3]string{"71", "71", "-2"}, [3]string{"72", "72", "-4"})
	d.do("UPDATE {p}orders SET total_paid_real = total_paid_real + 0.18 WHERE id_order = 71", "UPDATE {p}orders SET total_paid_real = total_paid_real + 0.36 WHERE id_order = 72")
	d.slip("72", "72", "972", "20.00", "20.80", "Cash")
	d.do("UPDATE {p}order_slip SET conversion_rate = 0.91 WHERE id_order_slip = 72")
	d.pay("730", "73", "73", "1", "1", "10", "9.10")
	d.pay("731", "73", "73", "1", "1", "20", "18.20")

	var totals map[string]string
	stands := func() (list []string) {
		t.Helper()
		totals = map[string]string{}
		for _, order := range orders {
			d.again(order)
		}
		for _, order := range orders {
			d.again(order)
			rest(d.ctx, t, d.Stage, "as posted", order)
			var state struct {
				Documents []struct {
					Key   string
					Total *string
				}
			}
			d.must(d.Call(d.ctx, http.MethodGet, "/records/orders/"+order, nil, &state))
			for _, doc := range state.Documents {
				if doc.Total != nil {
					totals[doc.Key] = *doc.Total
				}
				for code, detail := range d.notices(doc.Key) {
					t.Errorf("%s says %s: %s", doc.Key, code, detail)
				}
			}
		}
		for _, r := range d.Books.Snapshot() {
			if r.Module == "invoices" || r.Module == "creditnotes" || r.Module == "customerpayments" {
				list = append(list, fmt.Sprint(r.Key, " ", r.Total, " open ", r.Balance, " back ", r.Refunds, " ", totals[r.Key]))
			}
		}
		slices.Sort(list)
		return list
	}
	before := stands()
	checkBooks(t, d.Stage, "posted", map[string]string{
		"invoice:71": "104 open 39.42", "invoice:72": "104 open 71.24", "invoice:73": "104 open 76.7",
		"payment:711": "18.2 open 0", "payment:715": "54.6 open 0 back 5.46", "credit_note:72": "20.8 open 0 back 20.8", "payment:731": "18.2 open 0",
	})
	for key, want := range map[string]string{"payment:713": "-4.55", "payment:714": "-4.55", "payment:717": "-5.46"} {
		if totals[key] != want {
			t.Errorf("%s is shown with %q", key, totals[key])
		}
	}
	euro := func(rate string) {
		d.do("UPDATE {p}currency SET conversion_rate = "+rate+" WHERE id_currency = 2", "UPDATE {p}currency_shop SET conversion_rate = "+rate+" WHERE id_currency = 2")
	}
	mean := func(rate string) {
		d.do("UPDATE {p}orders SET conversion_rate = " + rate + " WHERE id_order IN (71, 72, 73)")
	}
	for _, step := range []struct {
		name string
		move func()
	}{
		{"a mean of payments", func() { mean("1.05") }},
		{"the currency's own rate", func() { euro("1.3") }},
		{"both", func() { mean("1.3") }},
		{"the links are forgotten", d.forgets},
		{"the links are forgotten, and what shares came to with them", func() {
			mean("0.91") // which is what tells it then
			d.do("UPDATE qlobooks_documents SET extra = JSON_REMOVE(extra, '$.shares') WHERE flow = 'payment' AND source_id IN ('730', '731')")
			d.forgets()
		}},
	} {
		step.move()
		if after := stands(); !slices.Equal(before, after) {
			t.Fatalf("%s: there stood\n%s\nand now\n%s", step.name, strings.Join(before, "\n"), strings.Join(after, "\n"))
		}
	}

	mean("1.3")
	// What comes by the rate of today is what QloApps counts beside it.
	d.pay("718", "71", "71", "1", "1", "10", "13.00")
	d.again("71")
	d.reads("paid by another rate", map[string]string{"payment:718": "synced, paid"})
	checkBooks(t, d.Stage, "paid by another rate", map[string]string{"payment:718": "13 open 0", "invoice:71": "104 open 26.42"})
}

// TestWhatAnEarlierVersionPostedIsReadFromWhatStands: of payments of several orders in another currency an earlier version
// kept only what they came to in all. Rates move before they are looked at again, and nothing goes back once more.
func TestWhatAnEarlierVersionPostedIsReadFromWhatStands(t *testing.T) {
	atOnce(t)
	d := opened(t, "earlier_")
	d.must(d.Set(d.ctx, "currencies", "multi_currency", true))
	orders := []string{"71", "72"}
	for _, order := range orders {
		d.book(order, "RATES", "2", "9"+order)
		d.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = " + order)
		d.cheaper(order, "100", "104")
		d.invoice(order, order)
	}
	d.share("715", "60", [3]string{"71", "71", "20"}, [3]string{"72", "72", "40"})
	d.do("UPDATE {p}orders SET total_paid_real = 18.20 WHERE id_order = 71", "UPDATE {p}orders SET total_paid_real = 36.40 WHERE id_order = 72")
	d.share("717", "-6", [3]string{"71", "71", "-2"}, [3]string{"72", "72", "-4"})
	d.do("UPDATE {p}orders SET total_paid_real = 16.38 WHERE id_order = 71", "UPDATE {p}orders SET total_paid_real = 32.76 WHERE id_order = 72")
	stands := func(step, rate string) {
		t.Helper()
		d.do("UPDATE {p}orders SET conversion_rate = "+rate+" WHERE id_order IN (71, 72)", "UPDATE {p}currency SET conversion_rate = "+rate+" WHERE id_currency = 2", "UPDATE {p}currency_shop SET conversion_rate = "+rate+" WHERE id_currency = 2")
		for _, order := range orders {
			d.again(order)
		}
		checkBooks(t, d.Stage, step, map[string]string{"invoice:71": "104 open 87.62", "invoice:72": "104 open 71.24", "payment:715": "54.6 open 0 back 5.46"})
		d.reads(step, map[string]string{"payment:715": "synced, paid back 5.46", "payment:717": "synced, not there", "invoice:71": "synced, partially_paid"})
		for _, key := range []string{"payment:715", "payment:717", "invoice:71", "invoice:72"} {
			for code, detail := range d.notices(key) {
				t.Errorf("%s: %s says %s: %s", step, key, code, detail)
			}
		}
		for _, order := range orders {
			d.saw(step, order, nil)
		}
	}
	stands("posted", "0.91")
	forgets := "UPDATE qlobooks_documents SET extra = JSON_REMOVE(extra, '$.shares') WHERE flow = 'payment'"
	for _, rate := range []string{"1.3", "0.6"} {
		d.do(forgets)
		stands("posted by an earlier version, at "+rate, rate)
	}
}
