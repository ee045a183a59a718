package rehearsal_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// received records a payment in the books by hand, days ago; of applied settles the invoice named.
func received(t *testing.T, s *rehearsal.Stage, customer, invoice, total, applied string, days int) string {
	t.Helper()
	body := fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Bank Transfer","date":%q,"amount":%s`, contactOf(t, s, customer), time.Now().AddDate(0, 0, -days).Format(time.DateOnly), total)
	if applied != "" {
		body += fmt.Sprintf(`,"invoices":[{"invoice_id":%q,"amount_applied":%s}]`, standing(t, s, invoice).ID, applied)
	}
	id, err := s.Books.AddByHand("customerpayments", body+"}")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// reapplied changes by hand what a payment settles.
func reapplied(t *testing.T, s *rehearsal.Stage, id, invoice, amount, more string) {
	t.Helper()
	body := `{"invoices":[]` + more + `}`
	if amount != "" {
		body = fmt.Sprintf(`{"invoices":[{"invoice_id":%q,"amount_applied":%s}]%s}`, standing(t, s, invoice).ID, amount, more)
	}
	if err := s.Books.ChangeByHand(id, body); err != nil {
		t.Fatal(err)
	}
}

func brought(ctx context.Context, t *testing.T, s *rehearsal.Stage, scope string) map[string]wire.ImportedPayment {
	t.Helper()
	if _, err := s.Start(ctx, "/payments/import", map[string]any{"scope": scope}); err != nil {
		t.Fatal(err)
	}
	return importedPayments(ctx, t, s)
}

// inQloApps is what an order has of a payment of Zoho Books, over all rows.
func inQloApps(t *testing.T, s *rehearsal.Stage, id string) string {
	t.Helper()
	return one(t, s, "SELECT COALESCE(ROUND(SUM(d.amount), 2), 0) FROM qlo_order_payment p JOIN qlo_order_payment_detail d ON d.id_order_payment = p.id_order_payment WHERE p.transaction_id = ?", "zoho:"+id)
}

// TestAPaymentOfZohoIsFollowedToItsEnd changes by hand in the books, one after the other, what has
// come to QloApps or waits to: what adds comes, what takes away is told with both sides.
func TestAPaymentOfZohoIsFollowedToItsEnd(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10", "14")
	if err := s.Set(ctx, "payments", "statement_grouping", "monthly"); err != nil {
		t.Fatal(err)
	}
	total := one(t, s, "SELECT total_paid_real FROM qlo_orders WHERE id_order = 10")

	later := received(t, s, "customer:7", "invoice:8", "70", "40", 2)
	old := received(t, s, "customer:7", "invoice:8", "20", "20", 60) // entered today, dated long ago
	coming := received(t, s, "customer:7", "invoice:8", "5", "5", -9)
	less := received(t, s, "customer:7", "invoice:8", "24", "24", 2)
	deleted := received(t, s, "customer:7", "invoice:8", "25", "25", 2)
	back := received(t, s, "customer:7", "invoice:8", "12", "12", 2)
	list := brought(ctx, t, s, "new")
	for id, want := range map[string]string{later: "40", old: "20", coming: "5", less: "24", deleted: "25", back: "12"} {
		if got := inQloApps(t, s, id); got != want+".00" || list[id].Status != "imported" || list[id].Came != want+".00" {
			t.Errorf("payment %s: QloApps has %s, want %s: %+v", id, got, want, list[id])
		}
	}
	if r := list[later].Rest; r == nil || r.Amount != "30.00" || !strings.Contains(r.Detail, "30.00 are unused") {
		t.Errorf("the rest is %+v", r)
	}
	var statements wire.Statements
	if err := s.Call(ctx, http.MethodGet, "/payments/statements?customer=7", nil, &statements); err != nil || sumOf(statements) != "126.00" {
		t.Errorf("statements %+v %v", statements, err)
	}

	reapplied(t, s, later, "invoice:8", "70", "")
	reapplied(t, s, less, "invoice:8", "4", `,"amount":4`)
	reapplied(t, s, back, "", "", "")
	if err := s.Books.DeleteByHand(deleted); err != nil {
		t.Fatal(err)
	}
	list = brought(ctx, t, s, "new")
	if got := inQloApps(t, s, later); got != "70.00" || list[later].Rest != nil || len(list[later].Shares) != 2 {
		t.Errorf("QloApps has %s of what was applied later: %+v", got, list[later])
	}
	for id, want := range map[string][]string{
		less: {"payment_changed", "24.00 USD", "4.00"}, back: {"payment_changed", "12.00 USD"}, deleted: {"payment_gone", "25.00 USD"},
	} {
		p := list[id]
		if p.Status != "changed" || p.Issue == nil || p.Issue.Code != want[0] || !strings.Contains(p.Issue.Detail, want[1]) || !strings.Contains(p.Issue.Action, "zoho:"+id) {
			t.Errorf("payment %s is %s: %+v", id, p.Status, p.Issue)
		}
	}
	if n := issueCount(ctx, t, s, "payment_changed"); n != 2 {
		t.Errorf("%d payments wait as changed", n)
	}

	// A person takes it back in QloApps, or leaves it; both end it, until something changes again.
	inHotel(t, s.App.Config.MySQLDSN.Reveal(),
		"INSERT INTO qlo_order_payment (order_reference, id_currency, amount, payment_method, payment_type, conversion_rate, transaction_id, card_number, card_brand, card_expiration, card_holder, date_add) SELECT order_reference, id_currency, -20, 'Cash', payment_type, conversion_rate, 'ZOHO:"+less+" ', '', '', '', '', date_add FROM qlo_order_payment WHERE transaction_id = 'zoho:"+less+"'",
		"INSERT INTO qlo_order_payment_detail (id_order_payment, id_order, amount, date_add) SELECT MAX(id_order_payment), 10, -20, NOW() FROM qlo_order_payment",
		"UPDATE qlo_orders SET total_paid_real = total_paid_real - 20 WHERE id_order = 10")
	if err := s.Call(ctx, http.MethodPost, "/payments/imported/"+deleted+"/handled", why, nil); err != nil {
		t.Fatal(err)
	}
	list = brought(ctx, t, s, "all")
	if list[less].Status != "imported" || list[deleted].Status != "imported" || list[back].Status != "changed" {
		t.Errorf("afterwards %s %s %s", list[less].Status, list[deleted].Status, list[back].Status)
	}
	reapplied(t, s, back, "invoice:8", "12", "")
	if list = brought(ctx, t, s, "all"); list[back].Status != "imported" || inQloApps(t, s, back) != "12.00" {
		t.Errorf("applied again: %+v", list[back])
	}
	for _, c := range s.Books.Calls() {
		if c.Writes() && strings.Contains(c.Path, "customerpayments") && c.Method == http.MethodPost {
			t.Errorf("an imported payment was sent back: %s", c.Path)
		}
	}
	calls := len(s.Books.Calls())
	if _, err := s.Start(ctx, "/records/orders/10/sync", nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Books.Calls()[calls:] {
		if c.Writes() {
			t.Errorf("an imported payment made a call: %s %s", c.Method, c.Path)
		}
	}
	if got := one(t, s, "SELECT FORMAT(total_paid_real - ?, 2) FROM qlo_orders WHERE id_order = 10", total); got != "136.00" {
		t.Errorf("order 10 was paid %s more", got)
	}
}

func sumOf(list wire.Statements) string {
	sum := 0.0
	for _, x := range list.Items {
		var n float64
		_, _ = fmt.Sscan(x.Amount, &n)
		sum += n
	}
	return fmt.Sprintf("%.2f", sum)
}

func issueCount(ctx context.Context, t *testing.T, s *rehearsal.Stage, code string) int {
	t.Helper()
	var answer struct{ Items []wire.IssueGroup }
	if err := s.Call(ctx, http.MethodGet, "/issues", nil, &answer); err != nil {
		t.Fatal(err)
	}
	for _, g := range answer.Items {
		if g.Code == code {
			return g.Count
		}
	}
	return 0
}

// TestAssignAsksWhatStandsNow gives advances to orders: what is gone or smaller by now is not written
// as it was, what was meant otherwise is asked, and Zoho Books has it applied as QloApps has.
func TestAssignAsksWhatStandsNow(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10", "14")
	gone := received(t, s, "customer:7", "", "80", "", 2)
	smaller := received(t, s, "customer:7", "", "90", "", 2)
	much := received(t, s, "customer:7", "", "700", "", 2)
	part := received(t, s, "customer:7", "invoice:8", "30", "10", 2)
	list := brought(ctx, t, s, "new")
	if list[gone].Status != "waiting" || list[gone].Issue.Code != "unassigned" || issueCount(ctx, t, s, "unassigned") != 3 {
		t.Fatalf("%+v", list[gone])
	}
	assign := func(id string, body map[string]any) (wire.ImportedPayment, error) {
		var p wire.ImportedPayment
		return p, s.Call(ctx, http.MethodPost, "/payments/imported/"+id+"/assign", body, &p)
	}
	if err := s.Books.DeleteByHand(gone); err != nil {
		t.Fatal(err)
	}
	reapplied(t, s, smaller, "", "", `,"amount":55`)
	refused(ctx, t, s, http.MethodPost, "/payments/imported/"+gone+"/assign", map[string]any{"order_id": "10"}, "409", "payment_gone")
	if got := inQloApps(t, s, gone); got != "0" && got != "0.00" {
		t.Errorf("QloApps has %s of a payment that is gone", got)
	}
	if p := importedPayments(ctx, t, s)[gone]; p.Status != "gone" {
		t.Errorf("the deleted one is %s", p.Status)
	}
	before := standing(t, s, "invoice:8").Balance
	if _, err := assign(smaller, map[string]any{"order_id": "10"}); err != nil {
		t.Fatal(err)
	}
	if got := inQloApps(t, s, smaller); got != "55.00" {
		t.Errorf("QloApps has %s of 55", got)
	}
	if got := before.Sub(standing(t, s, "invoice:8").Balance).StringFixed(2); got != "55.00" {
		t.Errorf("the invoice's balance fell by %s", got)
	}
	refused(ctx, t, s, http.MethodPost, "/payments/imported/"+much+"/assign", map[string]any{"order_id": "10"}, "409", "overpaid", "700.00")
	refused(ctx, t, s, http.MethodPost, "/payments/imported/"+much+"/assign", map[string]any{"order_id": "14"}, "409", "other_guest")
	if p, err := assign(much, map[string]any{"order_id": "10", "confirm": true}); err != nil {
		t.Fatalf("%+v %v", p, err)
	}
	if b := standing(t, s, "invoice:8").Balance; !b.IsZero() {
		t.Errorf("the invoice is open with %s", b)
	}
	if !hasNotice(ctx, t, s, "10", "overpaid") {
		t.Error("the order does not say that it is overpaid")
	}
	// The unused rest of one that came in part goes to the order by a person's word, and no further.
	if _, err := assign(part, map[string]any{"order_id": "14", "confirm": true}); err != nil {
		t.Fatal(err)
	}
	if got := inQloApps(t, s, part); got != "30.00" || !hasNotice(ctx, t, s, "14", "apply_in_zoho") {
		t.Errorf("QloApps has %s of 30", got)
	}
	refused(ctx, t, s, http.MethodPost, "/payments/imported/"+part+"/assign", map[string]any{"order_id": "14", "confirm": true}, "409", "already_imported")
	for _, p := range brought(ctx, t, s, "all") {
		if p.Status == "waiting" || p.Status == "changed" {
			t.Errorf("payment %s still waits: %+v", p.ID, p.Issue)
		}
	}
}

func hasNotice(ctx context.Context, t *testing.T, s *rehearsal.Stage, order, code string) bool {
	t.Helper()
	var r wire.Record
	if err := s.Call(ctx, http.MethodGet, "/records/orders/"+order, nil, &r); err != nil {
		t.Fatal(err)
	}
	for _, n := range r.Notices {
		if n.Code == code {
			return true
		}
	}
	return false
}
