package rehearsal_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// by is who a document stands under in the books.
func (d desk) by(key string) string {
	d.t.Helper()
	return standing(d.t, d.Stage, key).Contact
}

// anew unpairs a record and pairs it with another one, made by hand.
func (d desk) anew(record, module, body string) (id string) {
	d.t.Helper()
	id, err := d.Books.AddByHand(module, body)
	d.must(err)
	d.must(d.Call(d.ctx, "POST", record+"/unpair", map[string]any{"reason": "The wrong one"}, nil))
	d.must(d.Call(d.ctx, "POST", record+"/pair", map[string]any{"zoho_id": id}, nil))
	return id
}

// TestAGuestIsPairedAnew gives a guest with posted documents another contact: the key moves there, also
// when answers are lost on the way, what an order has begun stays under the contact it began with, and
// the next order is the new contact's. Then the former contact is merged away.
func TestAGuestIsPairedAnew(t *testing.T) {
	atOnce(t)
	d := opened(t, "anew_")
	d.book("50", "ANEWFIRST", "2", "900")
	d.invoice("60", "50")
	d.pay("60", "50", "60", "1", "1", "20", "20")
	d.book("51", "ANEWEARLY", "2", "901")
	d.pay("61", "51", "0", "1", "1", "30", "30")
	_, err := d.Start(d.ctx, "/records/customers/initialize", nil)
	d.must(err)
	d.sync("50")
	d.sync("51")
	old := standing(t, d.Stage, "customer:2")

	lost := []books.Rule{{Method: "PUT", Path: "/contacts/" + old.ID, Times: 1, Fault: books.FaultCommitDrop}, {Method: "PUT", Path: "/contacts/" + old.ID, Times: 1, Fault: books.FaultDropBefore}}
	var contact string
	for n, fault := range lost {
		contact = d.anew("/records/customers/2", "contacts", `{"contact_name":"The real one `+string(rune('1'+n))+`","contact_type":"customer"}`)
		d.must(d.Books.SetFaults(fault))
		_, err := d.Start(d.ctx, "/records/customers/2/sync", nil)
		d.must(err)
		until(d.ctx, t, d.Stage, "customer:2", "synced", "")
		if r := standing(t, d.Stage, "customer:2"); r.ID != contact {
			t.Fatalf("the key stands on %s, not on the contact that was chosen", r.Name)
		}
		lost[min(n+1, 1)].Path = "/contacts/" + contact // which is given up next
	}
	var rec struct{ History []struct{ Detail string } }
	d.must(d.Call(d.ctx, "GET", "/records/customers/2", nil, &rec))
	told := false
	for _, h := range rec.History {
		told = told || strings.Contains(h.Detail, "carries its key no more")
	}
	if !told {
		t.Errorf("nobody is told that the key was taken off: %+v", rec.History)
	}

	d.pay("62", "50", "60", "1", "1", "10", "10")
	d.invoice("61", "51")
	d.book("52", "ANEWLATER", "2", "902")
	d.invoice("62", "52")
	d.pay("63", "52", "62", "1", "1", "124.8", "124.8")
	for _, order := range []string{"50", "51", "52"} {
		d.sync(order)
		rest(d.ctx, t, d.Stage, "paired anew", order)
		checkDue(t, d.ctx, d.clerk, d.Stage, "paired anew", order)
	}
	now := standing(t, d.Stage, "customer:2").Name
	for key, want := range map[string]string{"payment:62": old.Name, "invoice:60": old.Name, "invoice:61": old.Name, "invoice:62": now, "payment:63": now} {
		if by := d.by(key); by != want {
			t.Errorf("%s stands under «%s», not «%s»", key, by, want)
		}
	}

	dearer := func(order string) {
		d.do("UPDATE {p}order_detail SET total_price_tax_excl = 150, total_price_tax_incl = 156 WHERE id_order = "+order, "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 150, total_price_tax_incl = 156, date_upd = NOW() WHERE id_order = "+order)
		d.cost(order, "150", "156")
	}
	d.book("53", "ANEWPLAIN", "2", "903")
	d.invoice("63", "53")
	d.sync("53")
	before := d.anew("/records/customers/2", "contacts", `{"contact_name":"The last one","contact_type":"customer"}`)
	_, err = d.Start(d.ctx, "/records/customers/2/sync", nil)
	d.must(err)
	dearer("53")
	d.sync("53")
	rest(d.ctx, t, d.Stage, "dearer", "53")
	checkBooks(t, d.Stage, "dearer", map[string]string{"invoice:63": "156 open 156"})
	if by := d.by("invoice:63"); by != now {
		t.Errorf("a changed invoice went to «%s»", by)
	}
	d.must(d.Books.MergeByHand(before, contact))
	d.cost("53", "120", "124.8")
	d.do("UPDATE {p}order_detail SET total_price_tax_excl = 120, total_price_tax_incl = 124.8 WHERE id_order = 53", "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 120, total_price_tax_incl = 124.8, date_upd = NOW() WHERE id_order = 53")
	d.sync("53")
	rest(d.ctx, t, d.Stage, "merged", "53")
	checkBooks(t, d.Stage, "merged", map[string]string{"invoice:63": "124.8 open 124.8"})
	if by := d.by("invoice:63"); by != "The last one" {
		t.Errorf("after its contact was merged away the invoice stands under «%s»", by)
	}
}

// TestARoomTypeIsPairedAnew gives a room type another item.
func TestARoomTypeIsPairedAnew(t *testing.T) {
	atOnce(t)
	d := opened(t, "item_")
	_, err := d.Start(d.ctx, "/records/room-types/initialize", nil)
	d.must(err)
	_, err = d.Start(d.ctx, "/records/room-types/1/sync", nil)
	d.must(err)
	old := standing(t, d.Stage, "room_type:1")
	id := d.anew("/records/room-types/1", "items", `{"name":"The real room","rate":80,"product_type":"service"}`)
	_, err = d.Start(d.ctx, "/records/room-types/1/sync", nil)
	d.must(err)
	until(d.ctx, t, d.Stage, "room_type:1", "synced", "")
	if r := standing(t, d.Stage, "room_type:1"); r.ID != id {
		t.Errorf("the key stands on %s", r.Name)
	}
	for _, r := range d.Books.Snapshot() {
		if r.ID == old.ID && (r.Name != old.Name || r.Key != "") {
			t.Errorf("the item that was given up is now %q with the key %q", r.Name, r.Key)
		}
	}
}

// TestAnOrderThatChangesHandsStaysWithItsContact gives an order that stands to another guest, as QloApps does when it
// merges accounts, and leaves no row that names the former one: its money goes where its invoice is.
func TestAnOrderThatChangesHandsStaysWithItsContact(t *testing.T) {
	atOnce(t)
	d := opened(t, "hands_")
	d.book("50", "HANDSOVER", "2", "900")
	d.invoice("60", "50")
	d.sync("50")
	rest(d.ctx, t, d.Stage, "posted", "50")
	d.do("UPDATE {p}orders SET id_customer = 3, date_upd = NOW() WHERE id_order = 50")
	d.pay("60", "50", "60", "1", "1", "20", "20")
	d.slip("60", "50", "900", "10", "10.4", "")
	d.book("51", "HANDSNEXT", "3", "901")
	d.invoice("61", "51")
	for _, order := range []string{"50", "51"} {
		d.sync(order)
		rest(d.ctx, t, d.Stage, "given to another guest", order)
	}
	checkBooks(t, d.Stage, "given to another guest", map[string]string{"invoice:60": "124.8 open 94.4", "payment:60": "20 open 0", "credit_note:60": "10.4 open 0"})
	for key, want := range map[string]string{"payment:60": "customer:2", "credit_note:60": "customer:2", "invoice:61": "customer:3"} {
		if by := d.by(key); by != standing(t, d.Stage, want).Name {
			t.Errorf("%s stands under «%s», not %s", key, by, want)
		}
	}
}

// TestAnOrderThatChangesHandsStaysWithItsContactBesideAnother has another order of the former guest mapped in the same
// batch, so that his contact is read already: with sales orders, without, and with money on the invoice.
func TestAnOrderThatChangesHandsStaysWithItsContactBesideAnother(t *testing.T) {
	for _, sales := range []bool{true, false} {
		t.Run(fmt.Sprintf("sales orders %t", sales), func(t *testing.T) {
			atOnce(t)
			d := opened(t, "beside_")
			d.must(d.Set(d.ctx, "orders", "create_sales_orders", sales))
			both := map[string]any{"ids": []string{"50", "51", "52", "53"}, "confirm": true}
			sync := func() {
				t.Helper()
				_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
				d.must(err)
				_, err = d.Start(d.ctx, "/records/orders/sync", both)
				d.must(err)
				settled(d.ctx, t, d.Stage)
			}
			for n, order := range []string{"50", "51", "52", "53"} {
				d.book(order, "BESIDE"+order, map[bool]string{true: "3", false: "2"}[order == "53"], fmt.Sprint(900+n))
				d.invoice(order, order)
			}
			d.pay("52", "52", "52", "1", "1", "20", "20")
			sync()
			contact := standing(t, d.Stage, "customer:2").Name
			calls := len(d.Books.Calls())
			d.do("UPDATE {p}orders SET id_customer = 3, id_address_invoice = 103, date_upd = NOW() + INTERVAL 1 SECOND WHERE id_order IN (50, 52)")
			sync()
			for _, key := range []string{"invoice:50", "invoice:51", "invoice:52", "payment:52"} {
				if code, detail := d.issueOf(key); code != "" || d.by(key) != contact {
					t.Errorf("%s stands under «%s», not «%s»: %s %s", key, d.by(key), contact, code, detail)
				}
			}
			for _, call := range d.Books.Calls()[calls:] {
				if call.Method != http.MethodGet {
					t.Errorf("%s %s was sent", call.Method, call.Path)
				}
			}
		})
	}
}
