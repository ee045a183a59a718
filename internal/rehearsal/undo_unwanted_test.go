package rehearsal_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// taken is an order with its invoice, its payment and a slip that was paid out, posted by a run and taken back with it.
func (d desk) taken(order string) {
	d.t.Helper()
	d.book(order, "TAKENBA"+order, "2", "9"+order)
	d.invoice(order, order)
	d.pay(order, order, order, "1", "1", "124.80", "124.80")
	d.slip(order, order, "9"+order, "20.00", "20.80", "Cash")
	d.undo(d.posted(order))
}

// again syncs an order and waits until nothing moves.
func (d desk) again(order string) {
	d.t.Helper()
	d.sync(order)
	atRest(d.ctx, d.t, d.Stage)
}

// reads are the states of documents, with the code of what holds them and how they stand in the books.
func (d desk) reads(step string, want map[string]string) {
	d.t.Helper()
	for key, text := range want {
		doc, is := document(d.ctx, d.t, d.Stage, key), d.find(key)
		have := doc.Status
		if doc.Issue != nil {
			have += " " + doc.Issue.Code
		}
		if have += ", "; is.Key == "" {
			have += "not there"
		} else {
			have += is.Status
		}
		if is.Refunded.IsPositive() {
			have += " back " + is.Refunded.String()
		}
		if have != text {
			d.t.Errorf("%s: %s is %q, should be %q", step, key, have, text)
		}
	}
}

// TestWhatWasTakenBackStaysAwayWhereNothingIsWanted syncs what was taken back after it came to be wanted no more: it is as
// if it had never been posted, and what is void stays void.
func TestWhatWasTakenBackStaysAwayWhereNothingIsWanted(t *testing.T) {
	atOnce(t)
	d := opened(t, "unwanted_")

	d.book("58", "ALIVEAG58", "2", "958") // posted long before it is canceled, so that another run did
	d.invoice("58", "58")
	d.posted("58")

	d.book("50", "CANCELE50", "2", "950")
	d.invoice("50", "50")
	d.undo(d.posted("50"))
	d.cancel("50")
	for range 2 {
		d.again("50")
		d.reads("canceled", map[string]string{"sales_order:50": "synced, void", "invoice:50": "synced, void", "cancellation:50": "synced, not there"})
		if phase := d.orderState("50").Phase; phase != "canceled" {
			t.Errorf("a canceled order of which nothing stands is at %q", phase)
		}
	}

	for n, f := range []struct {
		section, key string
		is, was      any
		code         string
	}{
		{"hotels", "ignored_hotels", []string{"1"}, []string{}, "skipped_hotel"},
		{"orders", "export_from_date", "2099-01-01", nil, "skipped_before_date"},
	} {
		order := fmt.Sprint(51 + n)
		d.taken(order)
		d.must(d.Set(d.ctx, f.section, f.key, f.is))
		d.again(order)
		d.reads(f.code, map[string]string{"sales_order:" + order: "skipped " + f.code + ", void", "invoice:" + order: "skipped " + f.code + ", void",
			"payment:" + order: "skipped " + f.code + ", not there", "credit_note:" + order: "skipped " + f.code + ", void"})
		d.must(d.Set(d.ctx, f.section, f.key, f.was))
		d.again(order)
		d.reads("without the filter", map[string]string{"sales_order:" + order: "synced, invoiced", "invoice:" + order: "synced, paid",
			"payment:" + order: "synced, paid", "credit_note:" + order: "synced, open back 20.8"})
	}

	d.taken("53")
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", false))
	d.again("53")
	d.reads("without sales orders", map[string]string{"sales_order:53": "skipped skipped_export_off, void", "invoice:53": "synced, paid", "credit_note:53": "synced, open back 20.8"})
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", true))
	d.again("53")
	d.reads("with sales orders", map[string]string{"sales_order:53": "synced, open", "invoice:53": "synced, paid"})

	d.taken("54")
	_, err := d.Start(d.ctx, "/records/orders/sync", map[string]any{"ids": []string{"54"}, "documents": []string{"credit_notes"}})
	d.must(err)
	atRest(d.ctx, t, d.Stage)
	d.reads("credit notes alone", map[string]string{"invoice:54": "not_synced, void", "credit_note:54": "blocked not_queued, void"})

	d.taken("55")
	d.do("DELETE FROM {p}order_invoice WHERE id_order = 55", "UPDATE {p}order_detail SET id_order_invoice = 0 WHERE id_order = 55", "UPDATE {p}orders SET date_upd = NOW() WHERE id_order = 55")
	d.again("55")
	d.reads("without an invoice", map[string]string{"credit_note:55": "synced, void"})
	checkBooks(t, d.Stage, "without an invoice", map[string]string{"payment:55": "124.8 open 104 back 20.8"})

	d.taken("56")
	d.do("DELETE FROM {p}order_slip WHERE id_order_slip = 56", "DELETE FROM {p}order_slip_detail WHERE id_order_slip = 56", "DELETE FROM {p}order_return WHERE id_order_return = 56", "UPDATE {p}orders SET date_upd = NOW() WHERE id_order = 56")
	_, err = d.Start(d.ctx, "/documents/credit_note/56/sync", nil)
	d.must(err)
	atRest(d.ctx, t, d.Stage)
	d.reads("its row is gone", map[string]string{"credit_note:56": "skipped source_gone, void"})

	d.book("57", "FOREIGN57", "2", "957")
	d.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = 57")
	d.invoice("57", "57")
	d.undo(d.posted("57"))
	d.must(d.Set(d.ctx, "currencies", "multi_currency", false))
	d.again("57")
	d.reads("one currency", map[string]string{"sales_order:57": "held currency_off, void", "invoice:57": "held currency_off, void"})
	d.must(d.Set(d.ctx, "currencies", "multi_currency", true))

	d.must(d.Set(d.ctx, "orders", "cancel_policy", "credit_note"))
	d.cancel("58")
	d.undo(d.posted("58"))
	d.reads("the credit is taken back", map[string]string{"cancellation:58": "not_synced, void", "invoice:58": "synced, sent"})
	d.state("58", "8")
	d.do("UPDATE {p}htl_booking_detail SET is_refunded = 0 WHERE id_order = 58")
	d.cheaper("58", "120", "124.8")
	d.again("58")
	d.reads("alive again", map[string]string{"cancellation:58": "synced, void", "invoice:58": "synced, sent"})
	checkBooks(t, d.Stage, "alive again", map[string]string{"invoice:58": "124.8 open 124.8"})
}

// TestWhatWasTakenBackIsSentAgainAsItIsNow corrects what was wrong after a run was undone: the same documents come back, and
// say what QloApps and the settings say now.
func TestWhatWasTakenBackIsSentAgainAsItIsNow(t *testing.T) {
	atOnce(t)
	d := opened(t, "corrected_")
	numbers := func(order string) (all []string) {
		for _, flow := range []string{"sales_order:", "invoice:", "credit_note:"} {
			if r := d.find(flow + order); r.Key != "" {
				all = append(all, r.ID+" "+r.Name)
			}
		}
		return all
	}
	lines := func(key string) (tax string, tags int) {
		t.Helper()
		var body struct {
			Lines []struct {
				Tax  string `json:"tax_id"`
				Tags []any
			} `json:"line_items"`
		}
		d.must(json.Unmarshal(d.find(key).Body, &body))
		if len(body.Lines) == 0 {
			t.Fatalf("%s has no lines", key)
		}
		return body.Lines[0].Tax, len(body.Lines[0].Tags)
	}

	d.taken("60")
	was, right := numbers("60"), d.Books.AddTaxByHand("Four anew", decimal.NewFromInt(4))
	d.post("/mappings/refresh", nil)
	d.choose("taxes", "4", right)
	d.again("60")
	for _, key := range []string{"sales_order:60", "invoice:60", "credit_note:60"} {
		if tax, _ := lines(key); tax != right {
			t.Errorf("%s bears the tax %q, should bear %q", key, tax, right)
		}
	}
	d.reads("another tax", map[string]string{"invoice:60": "synced, paid", "payment:60": "synced, paid", "credit_note:60": "synced, open back 20.8"})
	if now := numbers("60"); fmt.Sprint(now) != fmt.Sprint(was) {
		t.Errorf("the documents are %v, were %v", now, was)
	}

	d.taken("61")
	d.do("UPDATE {p}orders SET date_add = date_add - INTERVAL 4 DAY, date_upd = NOW() WHERE id_order = 61", "UPDATE {p}order_invoice SET date_add = date_add - INTERVAL 3 DAY WHERE id_order = 61",
		"UPDATE {p}order_slip SET date_add = date_add - INTERVAL 2 DAY WHERE id_order = 61")
	day := map[string]string{}
	for key, row := range map[string]string{"sales_order:61": "{p}orders WHERE id_order", "invoice:61": "{p}order_invoice WHERE id_order", "credit_note:61": "{p}order_slip WHERE id_order"} {
		day[key] = one(t, d.Stage, strings.ReplaceAll("SELECT DATE_FORMAT(date_add, '%Y-%m-%d') FROM "+row+" = 61", "{p}", d.p))
	}
	d.again("61")
	for key, is := range day {
		if r := d.find(key); r.Date != is {
			t.Errorf("%s bears %s, QloApps says %s", key, r.Date, is)
		}
	}
	d.reads("other days", map[string]string{"invoice:61": "synced, paid", "credit_note:61": "synced, open back 20.8"})

	d.taken("62")
	d.do("UPDATE {p}order_return SET payment_mode = '' WHERE id_order_return = 62", "UPDATE {p}orders SET date_upd = NOW() WHERE id_order = 62")
	d.again("62")
	d.reads("no money went back", map[string]string{"invoice:62": "synced, paid", "credit_note:62": "synced, open"})

	d.book("63", "FOREIGN63", "2", "963")
	d.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.95 WHERE id_order = 63")
	d.invoice("63", "63")
	d.undo(d.posted("63"))
	d.do("UPDATE {p}orders SET conversion_rate = 0.90, date_upd = NOW() WHERE id_order = 63")
	d.again("63")
	for _, key := range []string{"sales_order:63", "invoice:63"} {
		var body struct {
			Rate decimal.Decimal `json:"exchange_rate"`
		}
		if d.must(json.Unmarshal(d.find(key).Body, &body)); body.Rate.String() != "1.1111111111" {
			t.Errorf("%s stands at a rate of %s", key, body.Rate)
		}
	}
	d.reads("another rate", map[string]string{"sales_order:63": "synced, invoiced", "invoice:63": "synced, sent"})

	d.taken("64")
	d.must(d.Set(d.ctx, "hotels", "target", "tag"))
	d.must(d.SetUp(d.ctx, "Operating account"))
	d.again("64")
	for _, key := range []string{"sales_order:64", "invoice:64", "credit_note:64"} {
		if _, tags := lines(key); tags != 1 {
			t.Errorf("%s bears %d tags", key, tags)
		}
	}
}
