package rehearsal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/shopspring/decimal"
)

// room books one room at 120.00 net for a span of days from today, and posts its invoice of today.
func (h *house) room(order, invoice string, from, to int) {
	h.t.Helper()
	h.book(order, "LEDGER"+order, "2", "9"+order)
	h.invoice(invoice, order)
	h.do("UPDATE {p}orders SET date_add = '"+h.today(0)+" 10:00:00' WHERE id_order = "+order, "UPDATE {p}order_invoice SET date_add = '"+h.today(0)+" 10:00:00' WHERE id_order = "+order)
	h.stay(order, from, to)
	h.sync(order)
	h.rests()
}

func (h *house) stay(order string, from, to int) {
	h.t.Helper()
	h.do("UPDATE {p}htl_booking_detail SET date_from = '" + h.today(from) + "', date_to = '" + h.today(to) + "' WHERE id_order = " + order)
}

// passes lets days pass, with one look at the end.
func (h *house) passes(days int) {
	h.t.Helper()
	h.clock.move(time.Duration(days)*24*time.Hour, 20)
	h.tick()
}

// left is what is deferred beyond a sum.
func (h *house) left(before decimal.Decimal, want string) {
	h.t.Helper()
	if is := h.Books.Balance(h.deferred, "").Sub(before); !is.Equal(decimal.RequireFromString(want)) {
		h.t.Errorf("on %s %s are deferred of what was booked, want %s", h.today(0), is, want)
	}
}

// quiet is a house without an order that earns anything from here on, and what it has deferred.
func quiet(t *testing.T, prefix, period string) (*house, decimal.Decimal) {
	t.Helper()
	return quietIn(t, hotel(t, prefix), prefix, period)
}

func quietIn(t *testing.T, dsn, prefix, period string) (*house, decimal.Decimal) {
	t.Helper()
	h := newHouse(t, dsn, prefix)
	for _, section := range []string{"hotels", "room-types", "service-products", "customers", "currencies", "orders"} {
		_, err := h.Start(h.ctx, "/records/"+section+"/initialize", nil)
		h.must(err)
	}
	h.must(h.Call(h.ctx, "PUT", "/settings/revenue", map[string]any{"enabled": true, "deferred_account_id": h.deferred, "period": period, "from": h.today(0), "post_after": 0}, nil))
	h.must(h.Authorize(h.ctx))
	h.tick()
	return h, h.Books.Balance(h.deferred, "")
}

// TestAStayMovedInQloAppsIsEarnedOnItsDays moves stays after their invoices were posted, and nothing is sent of it: one
// that was earned already to later days, and one to days before those on which it was to be earned.
func TestAStayMovedInQloAppsIsEarnedOnItsDays(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "mov_", "day")
	h.room("52", "62", 0, 2)
	h.room("53", "63", 10, 12)
	h.passes(3)
	h.left(before, "120") // 52 is over
	h.stay("52", 5, 9)
	h.passes(1)
	h.left(before, "240")
	h.stay("53", 1, 3) // from tomorrow on
	h.passes(2)
	h.left(before, "180")
	h.passes(20)
	h.left(before, "0")
	h.once()
}

// TestJournalsAreFoundWhereNothingTellsOfThem puts a back-up from before the journals back, and gives it a Redis that knows
// nothing: journals have no key by which Zoho Books would find them.
func TestJournalsAreFoundWhereNothingTellsOfThem(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "fnd_", "day")
	h.room("52", "62", 0, 4)
	h.passes(2)
	h.left(before, "60")
	h.Worker.Stop() // as whoever puts a back-up back does first: a batch notes how far the tables reach when it has ended
	h.do("DELETE FROM qlobooks_documents WHERE flow = 'revenue'", "DELETE FROM qlobooks_events WHERE flow = 'revenue'", "DELETE FROM qlobooks_ledger_journals")
	options, err := redis.ParseURL(h.App.Config.RedisURL.Reveal())
	h.must(err)
	client := redis.NewClient(options)
	defer client.Close()
	h.must(client.FlushAll(h.ctx).Err())
	again := h.App.Worker(2)
	again.Every = soon
	h.must(again.Start(context.WithoutCancel(h.ctx), h.App.Queue))
	t.Cleanup(again.Stop)
	h.passes(1)
	h.once()
	h.left(before, "30")
	h.passes(20)
	h.once()
	h.left(before, "0")
}

// TestTheRightAccountOfDeferredRevenueFreesWhatWaited names an account that is deleted in Zoho Books afterwards, and then the right one.
func TestTheRightAccountOfDeferredRevenueFreesWhatWaited(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "lia_", "day")
	deferTo := func(account string) {
		t.Helper()
		h.must(h.Set(h.ctx, "revenue", "deferred_account_id", account))
	}
	former := h.Books.AddAccount("Former deposits", "other_current_liability")
	deferTo(former)
	h.must(h.Books.DeleteSettingByHand(former))
	h.room("52", "62", 0, 4)
	h.passes(1)
	waiting := func() string {
		return one(t, h.Stage, "SELECT CONCAT(COUNT(*), ' ', COALESCE(MAX(status), ''), ' ', COALESCE(MAX(issue_code), '')) FROM qlobooks_documents WHERE flow = 'revenue' AND status <> 'synced'")
	}
	if is := waiting(); is != "1 blocked mapping_missing" {
		t.Fatalf("with an account that is not there: %s", is)
	}
	deferTo(h.deferred)
	h.rests()
	if is := waiting(); is != "0  " {
		t.Errorf("with the right account: %s", is)
	}
	h.left(before, "90")
	h.once()
}

// TestWhatAPersonTookOutOfTheBooksIsNotBilled makes an invoice void in Zoho Books, and deletes another: nothing of them is
// deferred, also when a person then leaves it so. Made again it is.
func TestWhatAPersonTookOutOfTheBooksIsNotBilled(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "out_", "day")
	h.room("52", "62", 0, 20)
	h.room("53", "63", 0, 20)
	h.passes(1)
	h.left(before, "228")
	h.must(h.Books.SetStatusByHand(standing(t, h.Stage, "invoice:62").ID, "void"))
	h.must(h.Books.DeleteByHand(standing(t, h.Stage, "invoice:63").ID))
	for _, order := range []string{"52", "53"} {
		h.do("UPDATE {p}htl_booking_detail SET total_price_tax_excl = 240, total_price_tax_incl = 249.6 WHERE id_order = "+order, "UPDATE {p}order_detail SET total_price_tax_excl = 240, total_price_tax_incl = 249.6 WHERE id_order = "+order,
			"UPDATE {p}orders SET total_paid_tax_excl = 240, total_paid_tax_incl = 249.6 WHERE id_order = "+order, "UPDATE {p}order_invoice SET total_paid_tax_excl = 240, total_paid_tax_incl = 249.6 WHERE id_order = "+order)
		h.sync(order)
	}
	h.rests()
	code := func(invoice string) string {
		return one(t, h.Stage, "SELECT CONCAT(status, ' ', issue_code) FROM qlobooks_documents WHERE flow = 'invoice' AND source_id = '"+invoice+"'")
	}
	if void, deleted := code("62"), code("63"); void != "rejected invoice_voided_by_hand" || deleted != "rejected zoho_record_gone" {
		t.Fatalf("they are %s and %s", void, deleted)
	}
	h.passes(1)
	h.left(before, "0")
	for _, key := range []string{"62", "63"} {
		h.must(h.Call(h.ctx, "POST", "/documents/invoice/"+key+"/skip", map[string]string{"reason": "It stays out."}, nil))
	}
	h.passes(1)
	h.left(before, "0")
	_, err := h.Start(h.ctx, "/documents/invoice/63/recreate", map[string]any{"reason": "It was deleted by mistake."})
	h.must(err)
	h.rests()
	h.passes(1)
	h.left(before, "192")
	h.once()
}

// double makes everything on a document twice as dear in Zoho Books, by hand.
func (h *house) double(key string) {
	h.t.Helper()
	r := standing(h.t, h.Stage, key)
	var body struct {
		Lines []map[string]any `json:"line_items"`
	}
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.UseNumber()
	h.must(decoder.Decode(&body))
	for _, l := range body.Lines {
		l["rate"] = json.Number(decimal.RequireFromString(fmt.Sprint(l["rate"])).Mul(decimal.New(2, 0)).String())
	}
	lines, err := json.Marshal(body)
	h.must(err)
	h.must(h.Books.ChangeByHand(r.ID, string(lines)))
}

// TestWhatIsBilledIsWhatStands has people change the amounts of an invoice in Zoho Books, which is seen as it is to be sent
// again, and leaves it so; and has another invoice and a credit note changed, redated, made void and deleted, which only the
// reconciliation sees. What stands there is what is billed and earned.
func TestWhatIsBilledIsWhatStands(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "std_", "day")
	h.room("52", "62", 0, 20)
	h.passes(1)
	h.left(before, "114")
	h.double("invoice:62")
	h.do("UPDATE {p}order_detail SET total_price_tax_excl = 180, total_price_tax_incl = 187.2 WHERE id_order = 52", "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 180, total_price_tax_incl = 187.2 WHERE id_order = 52")
	h.cost("52", "180", "187.2")
	h.sync("52")
	h.rests()
	if is := one(t, h.Stage, "SELECT CONCAT(status, ' ', issue_code) FROM qlobooks_documents WHERE flow = 'invoice' AND source_id = '62'"); is != "held edited_in_zoho" {
		t.Fatalf("it is %s", is)
	}
	h.passes(1)
	h.left(before, "216")
	h.must(h.Call(h.ctx, "POST", "/documents/invoice/62/skip", map[string]string{"reason": "It stays as it stands there."}, nil))
	h.passes(1)
	h.left(before, "204")
	h.passes(20)
	h.left(before, "0")

	h.room("53", "63", 0, 20)
	h.slip("53", "53", "953", "20", "20.8", "Unpaid by customer")
	h.do("UPDATE {p}order_slip SET date_add = '" + h.today(0) + " 11:00:00' WHERE id_order_slip = 53")
	h.sync("53")
	h.rests()
	h.passes(1)
	h.left(before, "95") // 100 over twenty nights
	read := func() {
		t.Helper()
		_, err := h.Start(h.ctx, "/reconciliation/refresh", map[string]any{"from": h.today(-10), "to": h.today(0)})
		h.must(err)
	}
	h.double("credit_note:53")
	read()
	h.passes(1)
	h.left(before, "72") // 80
	h.double("invoice:63")
	read()
	h.passes(1)
	h.left(before, "170") // 200
	h.must(h.Books.SetStatusByHand(standing(t, h.Stage, "credit_note:53").ID, "void"))
	read()
	h.passes(1)
	h.left(before, "192") // 240
	h.must(h.Books.DeleteByHand(standing(t, h.Stage, "invoice:63").ID))
	read()
	h.passes(1)
	h.left(before, "0")
	h.once()
}

// TestARoomThatWasGivenUpIsEarnedOnThatDay has one of two rooms of an order given up days before the stay, for nothing back:
// its fee is earned that day, and the other room by its nights. A request that was denied, and one for a room that the guest
// had moved into, give up nothing.
func TestARoomThatWasGivenUpIsEarnedOnThatDay(t *testing.T) {
	atOnce(t)
	dsn := hotel(t, "giv_")
	inHotel(t, dsn, "ALTER TABLE giv_htl_booking_detail ADD COLUMN id_status INT NOT NULL DEFAULT 1")
	h, before := quietIn(t, dsn, "giv_", "day")
	h.book("52", "GIVENUP52", "2", "910", "911", "912")
	h.invoice("62", "52")
	h.do("UPDATE {p}orders SET date_add = '"+h.today(0)+" 10:00:00' WHERE id_order = 52", "UPDATE {p}order_invoice SET date_add = '"+h.today(0)+" 10:00:00' WHERE id_order = 52")
	h.stay("52", 10, 14)
	h.sync("52")
	h.rests()
	h.passes(1)
	h.left(before, "360")
	request := func(id, room, state string) {
		h.do("UPDATE {p}htl_booking_detail SET is_refunded = 1 WHERE id = "+room,
			"INSERT INTO {p}order_return (id_order_return, id_order, state, payment_mode, refunded_amount, id_return_type, return_type, date_add, date_upd) VALUES ("+id+", 52, "+state+", '', 0, 0, 0, '"+h.today(0)+" 09:00:00', '"+h.today(0)+" 10:00:00')",
			"INSERT INTO {p}order_return_detail (id_order_return, id_htl_booking, refunded_amount, id_order_detail, id_customization) VALUES ("+id+", "+room+", 0, 521, 1)")
	}
	denied := one(t, h.Stage, "SELECT id_order_return_state FROM giv_order_return_state WHERE denied = 1 LIMIT 1")
	request("91", "910", "3")
	request("92", "911", denied)
	h.do("UPDATE {p}htl_booking_detail SET id_status = 2 WHERE id = 912")
	request("93", "912", "3")
	h.passes(1)
	h.left(before, "240")
	h.agrees("", h.today(-1))
	h.passes(20)
	h.left(before, "0")
	h.once()
}
