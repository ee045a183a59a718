package rehearsal_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// one reads a single text from the hotel's database.
func one(t *testing.T, s *rehearsal.Stage, query string, args ...any) string {
	t.Helper()
	db, err := sql.Open("mysql", s.App.Config.MySQLDSN.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var text sql.NullString
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&text); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text.String
}

func importedPayments(ctx context.Context, t *testing.T, s *rehearsal.Stage) map[string]wire.ImportedPayment {
	t.Helper()
	var page struct{ Items []wire.ImportedPayment }
	if err := s.Call(ctx, http.MethodGet, "/payments/imported?limit=200", nil, &page); err != nil {
		t.Fatal(err)
	}
	byID := map[string]wire.ImportedPayment{}
	for _, p := range page.Items {
		byID[p.ID] = p
	}
	return byID
}

// TestPaymentsOfZohoReachQloAppsOnce records payments in the books by hand and brings them to
// QloApps: once, whatever is repeated or interrupted, and never back.
func TestPaymentsOfZohoReachQloAppsOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "1", "3", "10", "14", "18")
	day := time.Now().AddDate(0, 0, -2).Format(time.DateOnly)
	pay := func(customer, invoice, amount string) string {
		t.Helper()
		body := fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Bank Transfer","date":%q,"amount":%s`, contactOf(t, s, customer), day, amount)
		if invoice != "" {
			body += fmt.Sprintf(`,"invoices":[{"invoice_id":%q,"amount_applied":%s}]`, standing(t, s, invoice).ID, amount)
		}
		id, err := s.Books.AddByHand("customerpayments", body+"}")
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	due := pay("customer:7", "invoice:8", "199.68") // order 10 has just this due
	euro := pay("customer:3:EUR", "invoice:3", "100.00")
	advance := pay("customer:1", "", "55.50")
	stranger, err := s.Books.AddByHand("contacts", `{"contact_name":"A stranger","contact_type":"customer"}`)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := s.Books.AddByHand("customerpayments", fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Cash","date":%q,"amount":10}`, stranger, day))
	if err != nil {
		t.Fatal(err)
	}
	before := one(t, s, "SELECT COUNT(*) FROM qlo_order_payment")
	paid := one(t, s, "SELECT total_paid_real FROM qlo_orders WHERE id_order = 10")

	run, err := s.Start(ctx, "/payments/import", map[string]any{"scope": "new"})
	if err != nil || run.Total != 2 {
		t.Fatalf("import: %+v %v", run, err)
	}
	list := importedPayments(ctx, t, s)
	for id, want := range map[string]string{due: "imported", euro: "imported", advance: "waiting", foreign: "elsewhere"} {
		if list[id].Status != want {
			t.Errorf("payment %s is %q, want %s: %+v", id, list[id].Status, want, list[id])
		}
	}
	if len(list) != 4 {
		t.Errorf("payments of ours came back: %+v", list)
	}
	row := one(t, s, "SELECT CONCAT_WS(' ', order_reference, amount, payment_method, transaction_id, DATE(date_add), id_currency) FROM qlo_order_payment WHERE transaction_id = ?", "zoho:"+due)
	if want := "LARKADVAN 199.68 Zoho Books zoho:" + due + " " + day + " 1"; row != want {
		t.Errorf("QloApps has %q, want %q", row, want)
	}
	if got := one(t, s, "SELECT total_paid_real - ? FROM qlo_orders WHERE id_order = 10", paid); got != "199.680000" && got != "199.68" {
		t.Errorf("order 10 was paid %s more", got)
	}
	if got := one(t, s, "SELECT CONCAT_WS(' ', ip.id_order_invoice, d.id_order, d.amount) FROM qlo_order_payment p JOIN qlo_order_payment_detail d ON d.id_order_payment = p.id_order_payment JOIN qlo_order_invoice_payment ip ON ip.id_order_payment = p.id_order_payment WHERE p.transaction_id = ?", "zoho:"+due); got != "8 10 199.68" {
		t.Errorf("the payment belongs to %q", got)
	}
	if got := one(t, s, "SELECT COUNT(*) FROM qlo_order_history WHERE id_order = 10"); got != "1" {
		t.Errorf("the order's state was touched: %s history rows", got)
	}

	// Never back: a sync of the order sends nothing.
	writes := s.Books.Calls()
	if _, err := s.Start(ctx, "/records/orders/10/sync", nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Books.Calls()[len(writes):] {
		if c.Writes() {
			t.Errorf("an imported payment made a call: %s %s", c.Method, c.Path)
		}
	}
	payment := one(t, s, "SELECT id_order_payment FROM qlo_order_payment WHERE transaction_id = ?", "zoho:"+due)
	rest(ctx, t, s, "after the import", "10") // the new row is a change, which may just be looked at
	if d := look(ctx, t, s, "/documents/payment/"+payment); d.Status != "synced" || d.ZohoID == nil || *d.ZohoID != due {
		t.Errorf("the new payment's document: %+v", d)
	}

	// Twice is once, also after the process died between writing and linking.
	for _, scope := range []string{"new", "all"} {
		if run, err := s.Start(ctx, "/payments/import", map[string]any{"scope": scope}); err != nil || run.Total != 0 {
			t.Errorf("again, %s: %+v %v", scope, run, err)
		}
	}
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlobooks_imported_payments SET status = 'writing' WHERE zoho_id = '"+due+"'", "UPDATE qlobooks_documents SET zoho_id = '' WHERE zoho_id = '"+due+"'")
	if run, err := s.Start(ctx, "/payments/import", map[string]any{"scope": "new"}); err != nil || run.Total != 1 {
		t.Errorf("after a crash: %+v %v", run, err)
	}
	if d := look(ctx, t, s, "/documents/payment/"+payment); d.ZohoID == nil {
		t.Error("the link was not found again")
	}

	// A person assigns the advance; only the first of many wishes counts.
	refused(ctx, t, s, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "999"}, "422", "order_id")
	refused(ctx, t, s, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "3"}, "409", "other_currency")
	refused(ctx, t, s, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "14", "invoice_id": "8"}, "422", "invoice_id")
	refused(ctx, t, s, http.MethodPost, "/payments/imported/1/assign", map[string]any{"order_id": "14"}, "404")
	refused(ctx, t, s, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "14"}, "409", "other_guest")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			_ = s.Call(ctx, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "14", "confirm": true}, nil)
		})
	}
	group.Wait()
	refused(ctx, t, s, http.MethodPost, "/payments/imported/"+advance+"/assign", map[string]any{"order_id": "14"}, "409", "already_imported")
	if got := one(t, s, "SELECT COUNT(*) - ? FROM qlo_order_payment", before); got != "3" {
		t.Errorf("QloApps has %s more payments, want 3", got)
	}
	var statements wire.Statements
	if err := s.Call(ctx, http.MethodGet, "/payments/statements", nil, &statements); err != nil || statements.Grouping != "daily" || len(statements.Items) != 2 {
		t.Errorf("statements: %+v %v", statements, err)
	}
}

// TestMoneyThatTheDeskEnteredTooWaits holds back what would pay an order twice.
func TestMoneyThatTheDeskEnteredTooWaits(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "14")
	day := time.Now().Format(time.DateOnly)
	id, err := s.Books.AddByHand("customerpayments", fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Cash","date":%q,"amount":50,"invoices":[{"invoice_id":%q,"amount_applied":50}]}`, contactOf(t, s, "customer:2"), day, standing(t, s, "invoice:11").ID))
	if err != nil {
		t.Fatal(err)
	}
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlo_orders SET total_paid_real = total_paid_tax_incl WHERE id_order = 14")
	if _, err := s.Start(ctx, "/payments/import", map[string]any{"scope": "new"}); err != nil {
		t.Fatal(err)
	}
	if p := importedPayments(ctx, t, s)[id]; p.Status != "waiting" || p.Issue == nil || p.Issue.Code != "already_paid" {
		t.Errorf("the payment is %+v", p)
	}
	if err := s.Set(ctx, "payments", "create_payment_always", true); err != nil {
		t.Fatal(err)
	}
	if run, err := s.Start(ctx, "/payments/import", map[string]any{"scope": "new"}); err != nil || run.Total != 1 {
		t.Errorf("%+v %v", run, err)
	}
	// The order was paid already: what came is the guest's credit, and the order says so. The switch of the
	// daily pass was off all the time, as it is about that pass alone.
	var order struct {
		Notices []struct{ Code, Detail string }
	}
	if err := s.Call(ctx, http.MethodGet, "/records/orders/14", nil, &order); err != nil || !slices.ContainsFunc(order.Notices, func(n struct{ Code, Detail string }) bool {
		return n.Code == "overpaid" && strings.Contains(n.Detail, "50.00")
	}) {
		t.Errorf("the order tells %+v %v", order.Notices, err)
	}
	var payments struct {
		Enabled bool `json:"import_enabled"`
	}
	if err := s.Call(ctx, http.MethodGet, "/settings/payments", nil, &payments); err != nil || payments.Enabled {
		t.Errorf("imports in the daily pass are on: %v", err)
	}
}
