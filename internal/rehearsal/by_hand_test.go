package rehearsal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// scene is one stage on which a person does something in Zoho Books.
type scene struct {
	clerk
	ctx   context.Context
	s     *rehearsal.Stage
	order int // the last one made; its invoice has the same id
}

func (x *scene) hand(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

// guests are ids of guests of this test's own.
var handGuests = map[string]string{"merged": "70", "merged and made again": "71", "merged and left out": "72", "deleted": "73", "deleted and made again": "74", "deleted and left out": "75"}

// sold books and invoices an order, sends it and wants all of it in the books.
func (x *scene) sold(guest string) (order string) {
	x.t.Helper()
	order = x.book1(guest)
	x.sync(order)
	rest(x.ctx, x.t, x.s, "sold", order)
	return order
}

func (x *scene) book1(guest string) (order string) {
	x.t.Helper()
	x.order++
	order = fmt.Sprint(x.order)
	x.book(order, fmt.Sprintf("HAND%05d", x.order), guest, "1"+order)
	x.invoice(order, order)
	return order
}

func (x *scene) sync(order string) {
	x.t.Helper()
	for _, path := range []string{"/records/orders/initialize", "/records/orders/" + order + "/sync"} {
		ctx, cancel := context.WithTimeout(x.ctx, patience/2)
		if _, err := x.s.Start(ctx, path, nil); err != nil {
			for _, key := range []string{"sales_order:" + order, "invoice:" + order, "payment:9" + order} {
				x.t.Logf("%s %+v", key, document(x.ctx, x.t, x.s, key))
			}
			x.t.Fatal(err)
		}
		cancel()
	}
	settled(x.ctx, x.t, x.s)
}

// dearer changes a posted, unpaid order in QloApps.
func (x *scene) dearer(order string) {
	x.t.Helper()
	x.do("UPDATE {p}order_detail SET total_price_tax_excl = 150, total_price_tax_incl = 156 WHERE id_order = "+order, "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 150, total_price_tax_incl = 156, date_upd = NOW() WHERE id_order = "+order)
	x.cost(order, "150", "156")
}

// wants waits for a state and wants it explained: a cause in a sentence, and what to do.
func (x *scene) wants(key, status, code string) {
	x.t.Helper()
	until(x.ctx, x.t, x.s, key, status, code)
	if d := document(x.ctx, x.t, x.s, key); code != "" && (!strings.HasSuffix(d.Issue.Detail, ".") || len(strings.Fields(d.Issue.Detail)) < 4 || d.Issue.Action == "" && status != "skipped") {
		x.t.Errorf("%s is not explained: %+v", key, d.Issue)
	}
}

// post asks for a verb on a document and waits until what comes of it has come to rest.
func (x *scene) post(key, verb string, in map[string]any) {
	x.t.Helper()
	flow, id, _ := strings.Cut(key, ":")
	path := "/documents/" + flow + "/" + id + "/" + verb
	if verb == "recreate" || verb == "sync" || verb == "retry" {
		if _, err := x.s.Start(x.ctx, path, in); err != nil {
			x.t.Fatal(err)
		}
	} else {
		x.hand(x.s.Call(x.ctx, "POST", path, in, nil))
	}
	settled(x.ctx, x.t, x.s)
}

func (x *scene) add(module, body string) (id string) {
	x.t.Helper()
	id, err := x.s.Books.AddByHand(module, body)
	x.hand(err)
	return id
}

// on wants an invoice to stand on a contact, sent and over this total.
func (x *scene) on(key, contact, total string) {
	x.t.Helper()
	x.wants(key, "synced", "")
	r := standing(x.t, x.s, key)
	var body struct {
		Customer string `json:"customer_id"`
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		x.t.Fatal(err)
	}
	if body.Customer != contact || r.Total.String() != total || r.Status == "draft" || r.Status == "void" {
		x.t.Errorf("%s stands on %s over %s as %s, want %s over %s", key, body.Customer, r.Total, r.Status, contact, total)
	}
}

// TestWhatPeopleDoInZohoBooksIsNoticedExplainedAndCured lets a person merge, delete, void and retire what
// QloBooks posted. The next sync that touches it notices; it is cured by pairing, by making it
// again and by leaving it out.
func TestWhatPeopleDoInZohoBooksIsNoticedExplainedAndCured(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dsn := hotel(t, "hand_")
	s := stage(t, dsn)
	x := &scene{clerk: newClerk(t, dsn, "hand_"), ctx: ctx, s: s, order: 700}
	x.hand(s.Connect(ctx))
	x.hand(s.SetUp(ctx, "Operating account"))
	x.hand(s.Set(ctx, "limits", "calls_per_minute", 5000))
	for what, id := range handGuests {
		x.guest(id, "Guest", "Who Is "+strings.ToUpper(what[:1])+what[1:])
	}
	if _, err := s.Start(ctx, "/records/customers/initialize", nil); err != nil {
		t.Fatal(err)
	}

	for _, how := range []string{"merged", "deleted"} {
		for _, cure := range []string{"", " and made again", " and left out"} {
			guest := handGuests[how+cure]
			key := "customer:" + guest
			before := x.sold(guest)
			contact := standing(t, s, key).ID
			winner := x.add("contacts", fmt.Sprintf(`{"contact_name":"Stays for %s","contact_type":"customer"}`, guest))
			if how == "merged" {
				x.hand(s.Books.MergeByHand(winner, contact))
			} else {
				x.hand(s.Books.DeleteByHand(contact))
			}
			// A further order of the guest notices, and so does a change of the guest.
			next := x.book1(guest)
			x.sync(next)
			x.wants("invoice:"+next, "blocked", "zoho_record_gone")
			x.wants(key, "rejected", "zoho_record_gone")
			x.do("UPDATE {p}customer SET firstname = 'Changed', date_upd = NOW() WHERE id_customer = " + guest)
			if _, err := s.Start(ctx, "/records/customers/"+guest+"/sync", nil); err != nil {
				t.Fatal(err)
			}
			x.wants(key, "rejected", "zoho_record_gone")
			switch cure {
			case "":
				x.post(key, "pair", map[string]any{"zoho_id": winner})
				x.on("invoice:"+next, winner, "124.8")
			case " and made again":
				x.post(key, "recreate", why)
				x.wants(key, "synced", "")
				if r := standing(t, s, key); r.ID == contact || r.Status != "active" {
					t.Errorf("%s was made again as %+v", key, r)
				}
				x.on("invoice:"+next, standing(t, s, key).ID, "124.8")
			default:
				x.post(key, "skip", why)
				x.wants(key, "skipped", "skipped_by_person")
				x.wants("invoice:"+next, "skipped", "skipped_by_person")
				for _, r := range s.Books.Snapshot() {
					if r.Key == "invoice:"+next {
						t.Errorf("what was left out stands: %+v", r)
					}
				}
			}
			if r := standing(t, s, "invoice:"+before); r.Total.String() != "124.8" {
				t.Errorf("what stood before was touched: %+v", r)
			}
		}
	}

	const guest = "2"
	for _, cure := range []string{"pair", "recreate", "skip"} {
		order := x.sold(guest)
		key := "invoice:" + order
		gone := standing(t, s, key)
		x.hand(s.Books.DeleteByHand(gone.ID))
		x.dearer(order)
		x.sync(order)
		x.wants(key, "rejected", "zoho_record_gone")
		// Money for it is in the bank, and is posted all the same.
		x.pay("9"+order, order, order, "1", "1", "156.00", "156.00")
		x.sync(order)
		x.wants("payment:9"+order, "synced", "")
		if r := standing(t, s, "payment:9"+order); r.Total.String() != "156" || r.Balance.String() != "156" {
			t.Errorf("money for a deleted invoice: %s, %s unused", r.Total, r.Balance)
		}
		switch cure {
		case "pair":
			contact := contactOf(t, s, "customer:"+guest)
			other := x.add("invoices", fmt.Sprintf(`{"customer_id":%q,"invoice_number":%q,"line_items":[{"name":"Room","rate":156,"quantity":1}]}`, contact, gone.Name))
			x.hand(s.Books.SetStatusByHand(other, "sent"))
			x.post(key, "pair", map[string]any{"zoho_id": other})
			x.wants(key, "synced", "")
			x.sync(order)
			x.wants("payment:9"+order, "synced", "")
			paid(x, other)
		case "recreate":
			x.post(key, "recreate", why)
			x.wants(key, "synced", "")
			again := standing(t, s, key)
			if again.ID == gone.ID || again.Name != gone.Name || again.Total.String() != "156" {
				t.Errorf("made again: %+v", again)
			}
			x.wants("payment:9"+order, "synced", "")
			paid(x, again.ID)
		case "skip":
			x.post(key, "skip", why)
			x.wants(key, "skipped", "skipped_by_person")
			x.sync(order)
			x.wants(key, "skipped", "skipped_by_person")
			if r := standing(t, s, "payment:9"+order); r.Balance.String() != "156" {
				t.Errorf("money of an invoice that was left out: %s unused", r.Balance)
			}
		}
	}

	for _, cure := range []string{"recreate", "skip", "pair"} {
		order := x.sold(guest)
		key := "invoice:" + order
		void := standing(t, s, key)
		x.hand(s.Books.SetStatusByHand(void.ID, "void"))
		x.dearer(order)
		x.sync(order)
		x.wants(key, "rejected", "invoice_voided_by_hand")
		switch cure {
		case "recreate":
			x.post(key, "recreate", why)
			x.on(key, contactOf(t, s, "customer:"+guest), "156")
		case "skip":
			x.post(key, "skip", why)
			x.wants(key, "skipped", "skipped_by_person")
			x.sync(order)
			if r := standing(t, s, key); r.Status != "void" || r.Total.String() != "124.8" {
				t.Errorf("what was left void is %s over %s", r.Status, r.Total)
			}
		case "pair":
			other := x.add("invoices", fmt.Sprintf(`{"customer_id":%q,"line_items":[{"name":"Room","rate":156,"quantity":1}]}`, contactOf(t, s, "customer:"+guest)))
			x.hand(s.Books.SetStatusByHand(other, "sent"))
			x.post(key, "unpair", why)
			x.post(key, "pair", map[string]any{"zoho_id": other})
			x.wants(key, "synced", "")
			if d := look(ctx, t, s, "/documents/invoice/"+order); d.ZohoID == nil || *d.ZohoID != other {
				t.Errorf("after pairing: %+v", d)
			}
		}
	}

	// The room type of all of these orders is retired, then deleted, by a person.
	item := standing(t, s, "room_type:1").ID
	x.hand(s.Books.SetStatusByHand(item, "inactive"))
	order := x.book1(guest)
	x.sync(order)
	x.wants("sales_order:"+order, "rejected", "zoho_record_inactive")
	x.hand(s.Books.SetStatusByHand(item, "active"))
	if _, err := s.Start(ctx, "/issues/zoho_record_inactive/retry", nil); err != nil {
		t.Fatal(err)
	}
	rest(ctx, t, s, "active again", order)
	for _, cure := range []string{"pair", "recreate", "skip"} {
		item := standing(t, s, "room_type:1").ID
		x.hand(s.Books.DeleteByHand(item))
		order := x.book1(guest)
		x.sync(order)
		x.wants("sales_order:"+order, "blocked", "zoho_record_gone")
		x.wants("room_type:1", "rejected", "zoho_record_gone")
		want := ""
		switch cure {
		case "pair":
			want = x.add("items", `{"name":"The garden room of old","rate":120}`)
			x.post("room_type:1", "pair", map[string]any{"zoho_id": want})
			x.post("room_type:1", "sync", map[string]any{})
		case "recreate":
			x.post("room_type:1", "recreate", why)
			x.wants("room_type:1", "synced", "")
			want = standing(t, s, "room_type:1").ID
		case "skip":
			x.post("room_type:1", "skip", why)
			x.wants("room_type:1", "skipped", "skipped_by_person")
			for _, key := range []string{"sales_order:" + order, "invoice:" + order} { // who names it is left out with it
				x.wants(key, "skipped", "skipped_by_person")
			}
			continue
		}
		x.wants("invoice:"+order, "synced", "")
		if r := standing(t, s, "invoice:"+order); r.Total.String() != "124.8" || !strings.Contains(string(r.Body), want) {
			t.Errorf("the order of the item that was %sed does not name it: %s", cure, r.Body)
		}
	}
}

// paid wants an invoice to be settled whole.
func paid(x *scene, id string) {
	x.t.Helper()
	eventually(x.ctx, x.t, x.s, "the invoice "+id+" is paid", func() bool {
		for _, r := range x.s.Books.Snapshot() {
			if r.ID == id {
				return r.Status == "paid"
			}
		}
		return false
	})
}
