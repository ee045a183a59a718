package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// apartByKey are the words of the differences of a month, by the document's key.
func apartByKey(ctx context.Context, t *testing.T, s *rehearsal.Stage, refresh bool) map[string]wire.Difference {
	t.Helper()
	list := map[string]wire.Difference{}
	for _, d := range reconciled(ctx, t, s, refresh).Differences {
		key := d.Flow + ":" + d.SourceID
		if _, twice := list[key]; twice {
			t.Errorf("%s differs twice", key)
		}
		list[key] = d
	}
	return list
}

// TestWhatPeopleChangeWithoutMovingAnAmountIsToldAndStays renumbers an invoice and a credit note in the books by hand, and has a payment go to
// another account, in another way, with another reference: each is named with both sides and has a door, an edit of
// the order goes on meanwhile and undoes nothing, and the number that was posted stays until a person takes the other.
func TestWhatPeopleChangeWithoutMovingAnAmountIsToldAndStays(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t)
	from, to := month()
	hand := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for key, d := range apartByKey(ctx, t, s, true) {
		t.Errorf("a clean month: %s %s", key, d.Detail)
	}
	invoice, payment, note := "invoice:8", "payment:7", ""
	for _, r := range s.Books.Snapshot() {
		if strings.HasPrefix(r.Key, "credit_note:") && r.Refunded.IsZero() && r.Date >= from && r.Date <= to {
			note = r.Key
		}
	}
	was, paid, credited := standing(t, s, invoice), standing(t, s, payment), standing(t, s, note)
	till := one(t, s, "SELECT zoho_id FROM qlobooks_mapping_choices WHERE kind = 'deposit-accounts' AND name <> ? LIMIT 1", paid.Account)
	way := one(t, s, "SELECT zoho_id FROM qlobooks_mapping_choices WHERE kind = 'payment-modes' AND name <> ? LIMIT 1", paid.Mode)
	hand(s.Books.ChangeByHand(was.ID, `{"invoice_number":"BY-HAND-1","reference_number":"desk 4"}`))
	hand(s.Books.ChangeByHand(credited.ID, `{"creditnote_number":"BY-HAND-2"}`))
	hand(s.Books.ChangeByHand(paid.ID, `{"account_id":"`+till+`","payment_mode":"`+way+`","reference_number":"wire 77"}`))
	moved := standing(t, s, payment)

	told := func(when string, refresh bool, want map[string][]string) map[string]wire.Difference {
		t.Helper()
		found := apartByKey(ctx, t, s, refresh)
		for key, words := range want {
			for _, word := range words {
				if !strings.Contains(found[key].Detail, word) {
					t.Errorf("%s: %s differs as %q, want %s", when, key, found[key].Detail, word)
				}
			}
			if d := found[key]; d.Action.Path == nil || !strings.HasSuffix(*d.Action.Path, "/take-change") {
				t.Errorf("%s: %s has the door %+v", when, key, d.Action)
			}
		}
		if len(found) != len(want) {
			t.Errorf("%s: %d differences, want %d: %+v", when, len(found), len(want), found)
		}
		return found
	}
	all := map[string][]string{
		invoice: {"number «BY-HAND-1» instead of «" + was.Name + "»", "reference «desk 4» instead of «"},
		note:    {"number «BY-HAND-2» instead of «" + credited.Name + "»"},
		payment: {"deposit account", till, "payment mode «" + moved.Mode + "» instead of «" + paid.Mode + "»", "reference «wire 77» instead of «"},
	}
	told("after the hands", true, all)

	// An edit of the order goes on: nothing of what was done by hand is undone, and the posted number is kept.
	inHotel(t, s.App.Config.MySQLDSN.Reveal(),
		"UPDATE qlo_order_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_htl_booking_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_orders SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_order_invoice SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10")
	if run, err := s.Start(ctx, "/records/orders/10/sync", nil); err != nil || run.Failed+run.Held > 0 {
		t.Fatalf("the edit: %+v %v", run, err)
	}
	settled(ctx, t, s)
	if r := standing(t, s, invoice); r.Name != "BY-HAND-1" || r.Total.String() != "374.4" || r.Reference != "desk 4" {
		t.Errorf("after the edit %s over %s, reference %s", r.Name, r.Total, r.Reference)
	}
	shown := look(ctx, t, s, "/documents/invoice/8")
	if shown.Number == nil || *shown.Number != was.Name || shown.Status != "synced" || len(shown.Notices) == 0 || shown.Notices[0].Code != "renumbered" ||
		!strings.Contains(shown.Notices[0].Detail, "BY-HAND-1") || !strings.Contains(shown.Notices[0].Detail, was.Name) {
		t.Errorf("after the edit the invoice shows %+v", shown)
	}
	told("as the edit answered", false, all)
	told("read again", true, all)

	// The number is put back, then changed again and taken over.
	if run, err := s.Start(ctx, "/documents/invoice/8/recreate", why); err != nil || run.Failed+run.Held > 0 {
		t.Fatalf("put back: %+v %v", run, err)
	}
	settled(ctx, t, s)
	if r := standing(t, s, invoice); r.Name != was.Name || r.Reference != was.Reference {
		t.Errorf("put back: %s, want %s; reference %s, want %s", r.Name, was.Name, r.Reference, was.Reference)
	}
	if shown := look(ctx, t, s, "/documents/invoice/8"); len(shown.Notices) != 0 {
		t.Errorf("put back, and still told: %+v", shown.Notices)
	}
	rest := map[string][]string{note: all[note], payment: all[payment]}
	told("put back", true, rest)
	refused(ctx, t, s, http.MethodPost, "/documents/invoice/8/take-change", why, "409", "still_there")
	hand(s.Books.ChangeByHand(was.ID, `{"invoice_number":"BY-HAND-3"}`))
	rest[invoice] = []string{"number «BY-HAND-3» instead of «" + was.Name + "»"}
	s.Books.ForgetCalls()
	for key, d := range told("renumbered again", true, rest) {
		if err := s.Call(ctx, http.MethodPost, *d.Action.Path, why, nil); err != nil {
			t.Errorf("%s is not taken over: %v", key, err)
		}
	}
	told("taken over", false, nil)
	told("taken over and read again", true, nil)
	for _, call := range s.Books.Calls() {
		if call.Writes() {
			t.Errorf("taken over with %s %s", call.Method, call.Path)
		}
	}
	if shown := look(ctx, t, s, "/documents/invoice/8"); shown.Number == nil || *shown.Number != "BY-HAND-3" || len(shown.Notices) != 0 {
		t.Errorf("taken over, the invoice shows %+v", shown)
	}
}

// TestMoneyGivenBackLeavesWhereAPaymentLies has a payment moved to another account by hand, and then a part of it go back to the guest:
// what of it settles the invoice is written anew, and the rest of it stays as it was changed.
func TestMoneyGivenBackLeavesWhereAPaymentLies(t *testing.T) {
	atOnce(t)
	d := opened(t, "lies_")
	d.book("60", "LIESBOTH", "2", "901")
	d.invoice("60", "60")
	d.pay("60", "60", "60", "1", "1", "124.80", "124.80")
	d.sync("60")
	was := d.find("payment:60")
	till := one(t, d.Stage, "SELECT zoho_id FROM qlobooks_mapping_choices WHERE kind = 'deposit-accounts' AND name <> ? LIMIT 1", was.Account)
	d.must(d.Books.ChangeByHand(was.ID, `{"account_id":"`+till+`","payment_mode":"Cheque","reference_number":"wire 77"}`))
	want := d.find("payment:60")
	d.pay("61", "60", "60", "1", "1", "-24.80", "-24.80")
	d.sync("60")
	rest(d.ctx, t, d.Stage, "given back", "60")
	is := d.find("payment:60")
	if is.Refunded.String() != "24.8" || is.Account != want.Account || is.Account == was.Account || is.Mode != want.Mode || is.Reference != want.Reference {
		t.Errorf("given back %s, in %s by %s (%s); it lay in %s by %s (%s)", is.Refunded, is.Account, is.Mode, is.Reference, want.Account, want.Mode, want.Reference)
	}
}
