package rehearsal_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestReconciliationSeesWhatMovesNoTotal moves by hand in the books what leaves every total as it is:
// money on an invoice, a tax, a contact, a state. Each is named, with both sides.
func TestReconciliationSeesWhatMovesNoTotal(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t)
	for _, d := range reconciled(ctx, t, s, true).Differences {
		t.Errorf("a clean month: %s %s:%s %s", d.Kind, d.Flow, d.SourceID, d.Detail)
	}
	hand := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	open := standing(t, s, "invoice:8")
	_, err := s.Books.AddByHand("customerpayments", fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Cash","date":%q,"amount":7,"invoices":[{"invoice_id":%q,"amount_applied":7}]}`, contactOf(t, s, "customer:7"), open.Date, open.ID))
	hand(err)
	taxed := standing(t, s, "invoice:7")
	hand(s.Books.ChangeByHand(taxed.ID, fmt.Sprintf(`{"is_inclusive_tax":false,"discount":0,"adjustment":0,"line_items":[{"name":"Without tax","rate":%s,"quantity":1}]}`, taxed.Total)))
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlobooks_documents SET last_synced_at = last_synced_at - INTERVAL 1 MINUTE")
	found := reconciled(ctx, t, s, true)
	words := map[string]string{}
	for _, d := range found.Differences {
		words[d.Flow+":"+d.SourceID] += d.Detail
	}
	for key, want := range map[string]string{"invoice:8": "are open in Zoho Books; QloApps says that", "invoice:7": "tax of 0.00 instead of"} {
		if !strings.Contains(words[key], want) {
			t.Errorf("%s: %q, want %s", key, words[key], want)
		}
	}
	if len(found.Differences) != 2 {
		t.Errorf("found %v", named(found.Differences))
	}
	for _, d := range found.Differences {
		if d.Flow == "invoice" && d.SourceID == "7" && d.Action.Path != nil {
			if run, err := s.Start(ctx, *d.Action.Path, why); err != nil || run.Failed+run.Held > 0 {
				t.Errorf("the cure of the tax: %+v %v", run, err)
			}
		}
	}
	settled(ctx, t, s)
	for _, d := range reconciled(ctx, t, s, true).Differences {
		if d.SourceID == "7" {
			t.Errorf("after the cure: %s %s", d.Flow, d.Detail)
		}
	}
}

// TestReconciliationReadsAloneWhatAListLeavesOut has lists that do not show a field that is compared: each document is
// then read by itself, and is neither of nothing nor of no day.
func TestReconciliationReadsAloneWhatAListLeavesOut(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t)
	want := reconciled(ctx, t, s, true)
	for _, fields := range [][]string{{"total", "amount"}, {"date"}, {"currency_code"}, {"status"}, {"total", "amount", "date", "currency_code", "status", "customer_id", "balance", "unused_amount"}} {
		short := map[string][]string{}
		for _, module := range []string{"salesorders", "invoices", "creditnotes", "customerpayments"} {
			short[module] = fields
		}
		s.Books.Prefer(func(p *books.Preferences) { p.Short = short })
		got := reconciled(ctx, t, s, true)
		if len(want.Differences) != 0 || len(got.Differences) != 0 {
			t.Errorf("lists without %v: %v, with all of it %v", fields, named(got.Differences), named(want.Differences))
		}
		if !slices.EqualFunc(got.Rows, want.Rows, func(a, b wire.ReconciliationRow) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
			t.Errorf("lists without %v: %+v, want %+v", fields, got.Rows, want.Rows)
		}
	}
}

// TestReconciliationKeepsWhatCameFromZoho names a payment that came from the books and no longer stands
// there, and offers nothing that would send or forget it.
func TestReconciliationKeepsWhatCameFromZoho(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	id := received(t, s, "customer:7", "invoice:8", "45", "45", 8)
	brought(ctx, t, s, "new")
	payment := one(t, s, "SELECT id_order_payment FROM qlo_order_payment WHERE transaction_id = ?", "zoho:"+id)
	for _, d := range reconciled(ctx, t, s, true).Differences {
		if d.Flow == "payment" && d.SourceID == payment || d.Flow == "invoice" && d.SourceID == "8" {
			t.Errorf("an imported payment differs: %s:%s %s", d.Flow, d.SourceID, d.Detail)
		}
	}
	if err := s.Books.DeleteByHand(id); err != nil {
		t.Fatal(err)
	}
	refused(ctx, t, s, "POST", "/documents/payment/"+payment+"/recreate", why, "409", "came_from_zoho")
	kept := false
	for _, d := range reconciled(ctx, t, s, true).Differences {
		if d.Flow == "payment" && d.SourceID == payment {
			kept = d.Kind == "missing" && d.QloApps != nil && d.QloApps.Amount == "45.00" && d.Action.Path == nil
		}
	}
	if !kept {
		t.Error("the payment that stands only in QloApps is not named")
	}
}
