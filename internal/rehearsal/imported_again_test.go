package rehearsal_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// lookedJustNow makes the next look see only what is new from now on.
func lookedJustNow(t *testing.T, s *rehearsal.Stage) {
	t.Helper()
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlobooks_marks SET value = DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL 11 MINUTE, '%Y-%m-%dT%H:%i:%sZ') WHERE name = 'payment_import'")
}

// deskPays enters a payment of order 10 in QloApps, as the desk does, and names it.
func deskPays(t *testing.T, s *rehearsal.Stage, amount string) string {
	t.Helper()
	inHotel(t, s.App.Config.MySQLDSN.Reveal(),
		"INSERT INTO qlo_order_payment (order_reference, id_currency, amount, payment_method, payment_type, conversion_rate, transaction_id, card_number, card_brand, card_expiration, card_holder, date_add) SELECT reference, id_currency, "+amount+", 'Cash', 2, conversion_rate, '', '', '', '', '', NOW() FROM qlo_orders WHERE id_order = 10",
		"INSERT INTO qlo_order_payment_detail (id_order_payment, id_order, amount, date_add) SELECT MAX(id_order_payment), 10, "+amount+", NOW() FROM qlo_order_payment",
		"UPDATE qlo_orders SET total_paid_real = total_paid_real + "+amount+" WHERE id_order = 10")
	return one(t, s, "SELECT MAX(id_order_payment) FROM qlo_order_payment")
}

// nothing tells that QloApps has nothing of a payment.
func nothing(amount string) bool { return amount == "0" || amount == "0.00" }

// TestAPaymentThatIsPairedIsNeverBrought: the desk's payment that a person tied to one of Zoho Books is that
// payment, whatever the order owes later.
func TestAPaymentThatIsPairedIsNeverBrought(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	id := received(t, s, "customer:7", "invoice:8", "199.68", "199.68", 2)
	entered := deskPays(t, s, "199.68")
	if p := brought(ctx, t, s, "new")[id]; p.Issue == nil || p.Issue.Code != "already_paid" {
		t.Fatalf("%+v", p)
	}
	if _, err := s.Start(ctx, "/records/orders/initialize", nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodPost, "/documents/payment/"+entered+"/pair", map[string]any{"zoho_id": id}, nil); err != nil {
		t.Fatal(err)
	}
	if p, there := brought(ctx, t, s, "new")[id]; there {
		t.Errorf("what was paired still waits: %+v", p.Issue)
	}
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlo_orders SET total_paid_tax_incl = total_paid_tax_incl + 300 WHERE id_order = 10", "UPDATE qlo_order_invoice SET total_paid_tax_incl = total_paid_tax_incl + 300 WHERE id_order = 10")
	brought(ctx, t, s, "all")
	if got := inQloApps(t, s, id); !nothing(got) {
		t.Errorf("QloApps has %s of it beside the desk's", got)
	}
}

// TestWhatIsUnappliedByHandStaysSo: what a bookkeeper un-applies is told, never applied again from here.
func TestWhatIsUnappliedByHandStaysSo(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	advance := received(t, s, "customer:7", "", "60", "", 2)
	plain := received(t, s, "customer:7", "invoice:8", "12", "12", 2)
	brought(ctx, t, s, "new")
	if err := s.Call(ctx, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "10", "confirm": true}, nil); err != nil {
		t.Fatal(err)
	}
	reapplied(t, s, advance, "", "", "")
	reapplied(t, s, plain, "", "", "")
	open := standing(t, s, "invoice:8").Balance
	list := brought(ctx, t, s, "new")
	for _, id := range []string{advance, plain} {
		if p := list[id]; p.Status != "changed" || p.Issue == nil || p.Issue.Code != "payment_changed" {
			t.Errorf("payment %s is %s %+v", id, p.Status, p.Issue)
		}
	}
	if got := standing(t, s, "invoice:8").Balance; !got.Equal(open) {
		t.Errorf("the invoice was open with %s and is now with %s", open, got)
	}
	refused(ctx, t, s, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "10", "confirm": true}, "409", "already_imported")

	// Nothing is known any more of what was applied once: the order tells it, and a person applies it.
	organization := one(t, s, "SELECT organization_id FROM qlobooks_connection")
	if err := s.Call(ctx, http.MethodPost, "/tools/reset", map[string]string{"scope": "links", "confirm": organization}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/records/orders/sync", map[string]any{"ids": []string{"10"}, "confirm": true}); err != nil {
		t.Fatal(err)
	}
	brought(ctx, t, s, "all")
	if got := standing(t, s, "invoice:8").Balance; !got.Equal(open) {
		t.Errorf("after a reset the invoice is open with %s, not with %s", got, open)
	}
	if !hasNotice(ctx, t, s, "10", "apply_in_zoho") {
		t.Error("the order does not tell what is still to be applied")
	}
}

// TestEachOrderOfAPaymentIsJudgedByItself: what is certain of a payment comes, and only the rest waits.
func TestEachOrderOfAPaymentIsJudgedByItself(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "20", "1")
	id, err := s.Books.AddByHand("customerpayments", fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Cash","date":%q,"amount":75,"invoices":[{"invoice_id":%q,"amount_applied":15},{"invoice_id":%q,"amount_applied":60}]}`,
		contactOf(t, s, "customer:1"), time.Now().Format(time.DateOnly), standing(t, s, "invoice:1").ID, standing(t, s, "invoice:16").ID))
	if err != nil {
		t.Fatal(err)
	}
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlo_orders SET total_paid_real = total_paid_tax_incl WHERE id_order = 1")
	p := brought(ctx, t, s, "new")[id]
	if got := inQloApps(t, s, id); got != "60.00" || p.Issue == nil || p.Issue.Code != "already_paid" || !strings.Contains(p.Issue.Detail, "15.00") {
		t.Errorf("QloApps has %s of 60: %s %+v", got, p.Status, p.Issue)
	}
	if err := s.Call(ctx, http.MethodPost, "/payments/imported/"+id+"/handled", why, nil); err != nil {
		t.Fatal(err)
	}
	if p = brought(ctx, t, s, "all")[id]; p.Status != "imported" || inQloApps(t, s, id) != "60.00" {
		t.Errorf("left as it is: %s %+v", p.Status, p.Issue)
	}
}

// TestAnAssignmentThatIsBrokenOffGoesOn: it does not end with the caller's patience, and one whose process
// died is told, and goes on by a tick as by a person.
func TestAnAssignmentThatIsBrokenOffGoesOn(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	advance := received(t, s, "customer:7", "", "60", "", 2)
	other := received(t, s, "customer:7", "", "40", "", 2)
	brought(ctx, t, s, "new")
	if err := s.Books.SetFaults(books.Rule{Method: "POST", Path: "/credits", Fault: books.FaultLate}); err != nil {
		t.Fatal(err)
	}
	short, hangUp := context.WithCancel(ctx)
	answered := make(chan error, 1)
	go func() {
		answered <- s.Call(short, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "10", "confirm": true}, nil)
	}()
	eventually(ctx, t, s, "the assignment begins", func() bool { return s.Books.Late() > 0 })
	if got := one(t, s, "SELECT status FROM qlobooks_imported_payments WHERE zoho_id = ?", advance); got != "writing" {
		t.Errorf("while it is being assigned the payment is %s", got)
	}
	hangUp()
	if err := <-answered; err == nil {
		t.Fatal("the caller did not hang up")
	}
	s.Books.GoOn()
	eventually(ctx, t, s, "the assignment goes on without its caller", func() bool {
		return one(t, s, "SELECT status FROM qlobooks_imported_payments WHERE zoho_id = ?", advance) == "imported"
	})
	if got := inQloApps(t, s, advance); got != "60.00" {
		t.Errorf("QloApps has %s of 60", got)
	}
	if err := s.Books.SetFaults(); err != nil {
		t.Fatal(err)
	}

	// As a process leaves it that dies after it kept the person's word.
	died := func() {
		inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlobooks_imported_payments SET status = 'writing', issue_code = '', updated_at = UTC_TIMESTAMP() - INTERVAL 2 MINUTE, "+
			`facts = JSON_SET(facts, '$.assigned', JSON_ARRAY(JSON_OBJECT('order_id', '10', 'invoice_id', '', 'amount', '40')), '$.confirmed', TRUE) WHERE zoho_id = '`+other+"'")
	}
	died()
	if n := issueCount(ctx, t, s, "import_broken_off"); n != 1 {
		t.Errorf("%d payments are told as broken off", n)
	}
	if err := s.Call(ctx, http.MethodPost, "/payments/imported/"+other+"/assign", map[string]any{"order_id": "10", "confirm": true}, nil); err != nil {
		t.Error(err)
	}
	if got := inQloApps(t, s, other); got != "40.00" {
		t.Errorf("QloApps has %s of 40", got)
	}
	died()
	if _, err := s.Start(ctx, "/schedule/run", map[string]any{"kind": "tick"}); err != nil {
		t.Fatal(err)
	}
	if p := importedPayments(ctx, t, s)[other]; p.Status != "imported" || inQloApps(t, s, other) != "40.00" {
		t.Errorf("after a tick it is %s, and QloApps has %s", p.Status, inQloApps(t, s, other))
	}
}

// TestAnAdvanceIsAppliedOnceItsInvoiceStands: one that was assigned earlier is settled by the next look.
func TestAnAdvanceIsAppliedOnceItsInvoiceStands(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	advance := received(t, s, "customer:7", "", "60", "", 2)
	brought(ctx, t, s, "new")
	invoice, before := standing(t, s, "invoice:8").ID, standing(t, s, "invoice:8").Balance
	link := func(id string) {
		inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlobooks_documents SET zoho_id = '"+id+"' WHERE flow = 'invoice' AND source_id = '8'")
	}
	link("") // as if it were not posted yet
	if err := s.Call(ctx, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "10", "confirm": true}, nil); err != nil {
		t.Fatal(err)
	}
	if !hasNotice(ctx, t, s, "10", "apply_in_zoho") {
		t.Error("the order does not tell what is still to be applied")
	}
	lookedJustNow(t, s)
	link(invoice)
	brought(ctx, t, s, "new")
	if got := before.Sub(standing(t, s, "invoice:8").Balance).StringFixed(2); got != "60.00" {
		t.Errorf("%s of 60 were applied", got)
	}
}

// TestAnImportedPaymentThatIsNotLinkedIsLinked: an import that ended between the two is finished by the next.
func TestAnImportedPaymentThatIsNotLinkedIsLinked(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	id := received(t, s, "customer:7", "invoice:8", "60", "60", 2)
	brought(ctx, t, s, "new")
	entered := one(t, s, "SELECT id_order_payment FROM qlo_order_payment WHERE transaction_id = ?", "zoho:"+id)
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlobooks_documents SET zoho_id = '', zoho_number = '', status = 'not_synced', total = NULL, fingerprint = '' WHERE zoho_id = '"+id+"'")
	lookedJustNow(t, s)
	brought(ctx, t, s, "new")
	if d := look(ctx, t, s, "/documents/payment/"+entered); d.ZohoID == nil || *d.ZohoID != id {
		t.Errorf("the payment is %s and not linked", d.Status)
	}
}

// TestWhatWaitsForQloAppsIsJudgedAgain: an order that owes again gets its payment, though Zoho Books has
// nothing new to tell.
func TestWhatWaitsForQloAppsIsJudgedAgain(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	id := received(t, s, "customer:7", "invoice:8", "50", "50", 2)
	paid := one(t, s, "SELECT total_paid_real FROM qlo_orders WHERE id_order = 10")
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlo_orders SET total_paid_real = total_paid_tax_incl WHERE id_order = 10")
	if p := brought(ctx, t, s, "new")[id]; p.Issue == nil || p.Issue.Code != "already_paid" {
		t.Fatalf("%+v", p)
	}
	opened := func() (n int) {
		for _, c := range s.Books.Calls() {
			if c.Method == http.MethodGet && strings.HasSuffix(c.Path, "/customerpayments/"+id) {
				n++
			}
		}
		return n
	}
	lookedJustNow(t, s)
	calls := opened()
	brought(ctx, t, s, "new")
	if n := opened() - calls; n != 0 {
		t.Errorf("%d calls for a payment about which nothing changed", n)
	}
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlo_orders SET total_paid_real = "+paid+" WHERE id_order = 10")
	lookedJustNow(t, s)
	if p := brought(ctx, t, s, "new")[id]; p.Status != "imported" || inQloApps(t, s, id) != "50.00" {
		t.Errorf("it is %s %+v", p.Status, p.Issue)
	}
}

// TestAReplacedPaymentIsTold: who deletes a payment in Zoho Books and enters it anew hears of both.
func TestAReplacedPaymentIsTold(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	old := received(t, s, "customer:7", "invoice:8", "199.68", "199.68", 60)
	brought(ctx, t, s, "new")
	lookedJustNow(t, s)
	if err := s.Books.DeleteByHand(old); err != nil {
		t.Fatal(err)
	}
	anew := received(t, s, "customer:7", "invoice:8", "199.68", "199.68", 1)
	list := brought(ctx, t, s, "new")
	if p := list[old]; p.Status != "changed" || p.Issue == nil || p.Issue.Code != "payment_gone" {
		t.Errorf("the deleted one is %s %+v", p.Status, p.Issue)
	}
	if p := list[anew]; p.Issue == nil || p.Issue.Code != "already_paid" || !strings.Contains(p.Issue.Detail, "payment_gone") && !strings.Contains(p.Issue.Detail, "Deleted in Zoho Books") {
		t.Errorf("the new one is %s %+v", p.Status, p.Issue)
	}
}

// TestACurrencyInSmallLettersIsTheSame: QloApps may write its code so.
func TestACurrencyInSmallLettersIsTheSame(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlo_currency SET iso_code = 'usd' WHERE id_currency = 1")
	id := received(t, s, "customer:7", "invoice:8", "60", "60", 2)
	if p := brought(ctx, t, s, "new")[id]; p.Status != "imported" || p.Issue != nil {
		t.Errorf("it is %s %+v", p.Status, p.Issue)
	}
}

// TestAnEarlierFirstDayBringsWhatIsOlder: a first day that is moved back acts with the next look.
func TestAnEarlierFirstDayBringsWhatIsOlder(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	from := func(days int) {
		if err := s.Set(ctx, "payments", "import_from_date", time.Now().AddDate(0, 0, -days).Format(time.DateOnly)); err != nil {
			t.Fatal(err)
		}
	}
	from(30)
	id := received(t, s, "customer:7", "invoice:8", "60", "60", 60)
	if p, there := brought(ctx, t, s, "new")[id]; there {
		t.Fatalf("%+v", p)
	}
	lookedJustNow(t, s)
	from(90)
	brought(ctx, t, s, "new")
	if got := inQloApps(t, s, id); got != "60.00" {
		t.Errorf("QloApps has %s of 60", got)
	}
}
