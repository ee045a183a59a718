package rehearsal_test

import (
	"strings"
	"testing"
)

// waiting tells of the journals that are not synced: how many, and why.
func (h *house) waiting() string {
	return one(h.t, h.Stage, "SELECT CONCAT(COUNT(*) > 0, ' ', COALESCE(GROUP_CONCAT(DISTINCT status, '/', issue_code), '')) FROM qlobooks_documents WHERE flow = 'revenue' AND status NOT IN ('synced', 'not_synced')")
}

// TestJournalsWaitUntilWhatWasForgottenIsFound resets the links while two invoices and a credit note are deferred, and has
// them found one after the other: until all are, no journal takes back what merely is not linked.
func TestJournalsWaitUntilWhatWasForgottenIsFound(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "fgt_", "day")
	h.room("52", "62", 0, 20)
	h.room("53", "63", 0, 10)
	h.slip("53", "53", "953", "20", "20.8", "Unpaid by customer")
	h.do("UPDATE {p}order_slip SET date_add = '" + h.today(0) + " 11:00:00' WHERE id_order_slip = 53")
	h.sync("53")
	h.rests()
	h.passes(2)
	h.left(before, "188") // 108 and 80
	h.forgets()
	h.tick()
	h.sync("52")
	h.rests()
	journals := len(h.Books.Journals())
	h.passes(1)
	h.left(before, "188")
	if n := len(h.Books.Journals()); n != journals {
		t.Errorf("%d journals were entered while an invoice was not found again", n-journals)
	}
	if is := h.waiting(); is != "1 held/not_found_again" {
		t.Errorf("the journals are %q", is)
	}
	if _, detail := h.issueOf("revenue:1:" + h.today(-1)); !strings.Contains(detail, "invoice 63") || !strings.Contains(detail, "credit note 53") {
		t.Errorf("it says %q", detail)
	}
	h.sync("53")
	h.rests()
	h.tick()
	if is := h.waiting(); is != "0 " {
		t.Errorf("with all found again the journals are %q", is)
	}
	h.left(before, "172") // 102 and 70
	h.agrees("", h.today(-1))
	h.passes(20)
	h.left(before, "0")
	h.agrees("", h.today(-1))
	h.once()
}

// TestEveryJournalIsFoundAgain resets the links after a day that had nothing to move, and after a day whose journal took back
// what an earlier one had deferred: reckoned anew, neither of these two days has anything to move.
func TestEveryJournalIsFoundAgain(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "fgn_", "day")
	if h.today(0)[:7] != h.today(1)[:7] { // the invoice is voided, which it is in its own month only
		h.passes(1)
	}
	h.room("52", "62", 0, 20)
	h.passes(1)
	h.left(before, "114")
	h.cancel("52")
	h.do("UPDATE {p}order_history SET date_add = '" + h.today(0) + " 12:00:00' WHERE id_order = 52 AND id_order_state = 4")
	h.sync("52")
	h.rests()
	h.room("53", "63", 10, 20)
	h.passes(1)
	h.left(before, "120")
	h.passes(2) // nothing is to be moved
	h.left(before, "120")
	h.forgets()
	h.sync("52")
	h.sync("53")
	h.rests()
	h.passes(1)
	h.left(before, "120")
	h.passes(10)
	h.agrees("", h.today(-1))
	h.passes(20)
	h.left(before, "0")
	h.once()
}

// TestWhatAPersonGaveUpIsNotWaitedFor skips one invoice after a reset, and unpairs another as soon as it is found: journals wait
// for neither, and take back what is linked no more.
func TestWhatAPersonGaveUpIsNotWaitedFor(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "fgg_", "day")
	for _, order := range []string{"52", "53", "54"} {
		h.room(order, "6"+order[1:], 10, 20)
	}
	h.passes(1)
	h.left(before, "360")
	h.forgets()
	h.sync("54")
	h.rests()
	h.tick()
	if is := h.waiting(); is != "1 held/not_found_again" {
		t.Fatalf("with one of three found the journals are %q", is)
	}
	h.must(h.Call(h.ctx, "POST", "/documents/invoice/62/skip", map[string]string{"reason": "It stays out."}, nil))
	h.sync("53")
	h.rests()
	h.must(h.Call(h.ctx, "POST", "/documents/invoice/63/unpair", map[string]string{"reason": "It is another one's."}, nil))
	h.tick()
	if is := h.waiting(); is != "0 " {
		t.Errorf("with two given up the journals are %q", is)
	}
	h.passes(1)
	h.left(before, "120")
	h.once()
}

// TestWhatWasCreditedIsReckonedAlikeWhenFoundAgain cancels an order in the month after its invoice, in the middle of the stay, so
// that it is credited, and resets the links: the nights that the credit takes back are the same once all is found again.
func TestWhatWasCreditedIsReckonedAlikeWhenFoundAgain(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "fgc_", "day")
	last := midnight(h.today(0)[:8]+"01").AddDate(0, 1, -1)
	h.passes(int(last.Sub(midnight(h.today(0))).Hours() / 24))
	h.room("52", "62", 0, 20)
	h.passes(3)
	h.left(before, "102")
	h.cancel("52")
	h.do("UPDATE {p}order_history SET date_add = '" + h.today(0) + " 12:00:00' WHERE id_order = 52 AND id_order_state = 4")
	h.sync("52")
	h.rests()
	if is := standing(t, h.Stage, "cancellation:62"); is.Status == "void" {
		t.Fatalf("the invoice of another month is not credited: %+v", is)
	}
	reckoned := func() string {
		return one(t, h.Stage, "SELECT GROUP_CONCAT(CONCAT_WS(' ', day, billed, earned) ORDER BY day SEPARATOR '\n') FROM qlobooks_ledger_entries WHERE order_id = 52")
	}
	h.passes(2)
	h.agrees("", h.today(-1))
	was := reckoned()
	h.forgets()
	h.sync("52")
	h.rests()
	h.passes(1)
	if is := reckoned(); is != was {
		t.Errorf("it was reckoned as\n%s\nand with all found again as\n%s", was, is)
	}
	h.agrees("", h.today(-1))
	h.passes(20)
	h.left(before, "0")
	h.agrees("", h.today(-1))
	h.once()
}

// TestJournalsGoOnOnceAPersonPairsWhatWasForgotten pairs the invoice of an order after a reset, and nothing else of it: what is
// billed is known, also while the order reads Not synced.
func TestJournalsGoOnOnceAPersonPairsWhatWasForgotten(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "fgp_", "day")
	h.room("52", "62", 0, 20)
	h.room("53", "63", 10, 20)
	h.passes(1)
	h.left(before, "234") // 114 and 120
	id := h.find("invoice:62").ID
	h.forgets()
	h.sync("53")
	h.rests()
	h.passes(1)
	h.left(before, "234")
	if is := h.waiting(); is != "1 held/not_found_again" {
		t.Fatalf("the journals are %q", is)
	}
	h.must(h.Call(h.ctx, "POST", "/documents/invoice/62/pair", map[string]any{"zoho_id": id}, nil))
	if is := h.orderState("52").Status; is != "not_synced" {
		t.Fatalf("the order reads %s", is)
	}
	h.tick()
	if is := h.waiting(); is != "0 " {
		t.Errorf("with the invoice paired the journals are %q", is)
	}
	h.left(before, "228")
	h.agrees("", h.today(-1))
	h.sync("52")
	h.rests()
	h.passes(20)
	h.left(before, "0")
	h.once()
}

// TestWhatAFilterLeavesOutAfterAResetStaysBilled moves the first day that is sent behind an invoice and a credit note that stand,
// between a reset and the sync that would find them: they stay as they stand, and are deferred as before.
func TestWhatAFilterLeavesOutAfterAResetStaysBilled(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "fgf_", "day")
	h.room("52", "62", 0, 20)
	h.slip("52", "52", "952", "20", "20.8", "Unpaid by customer")
	h.do("UPDATE {p}order_slip SET date_add = '" + h.today(0) + " 11:00:00' WHERE id_order_slip = 52")
	h.sync("52")
	h.rests()
	h.passes(1)
	h.room("53", "63", 10, 20)
	h.passes(1)
	h.left(before, "210") // 90 and 120
	h.forgets()
	h.must(h.Set(h.ctx, "orders", "export_from_date", h.today(-1)))
	for _, order := range []string{"52", "53"} {
		h.sync(order)
		h.rests()
	}
	h.tick()
	if is := h.waiting(); is != "0 " {
		t.Errorf("the journals are %q", is)
	}
	h.left(before, "210")
	h.passes(1)
	h.left(before, "205")
	h.agrees("", h.today(-1))
	h.passes(20)
	h.left(before, "0")
	h.once()
}
