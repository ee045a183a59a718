package rehearsal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/records"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/internal/store"
)

// mortal is who dies at a statement of our tables: nothing after it is done in that context.
type mortal struct {
	left int // statements
	life context.Context
	die  func()
}

type mortality struct{}

// watch lets whoever carries a mortal die at its statement. It is called before anything works on the tables.
func watch(t *testing.T, db *gorm.DB) {
	t.Helper()
	at := func(db *gorm.DB) {
		if m, ok := db.Statement.Context.Value(mortality{}).(*mortal); ok {
			if m.left--; m.left <= 0 { // who is dead does nothing more, whatever outlives its caller's patience
				m.die()
				db.Statement.Context = m.life
			}
		}
	}
	for _, err := range []error{db.Callback().Raw().Before("*").Register("mortal", at), db.Callback().Row().Before("*").Register("mortal", at), db.Callback().Query().Before("*").Register("mortal", at)} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// killed does work again and again, dying some statements later each time, until it outlives its own end. It
// tells how often it died.
func killed(ctx context.Context, stride int, work func(ctx context.Context) error) (deaths int, err error) {
	for n := 1; ; n += stride {
		dying, die := context.WithCancel(ctx)
		m := &mortal{left: n, life: dying, die: die}
		err := work(context.WithValue(dying, mortality{}, m))
		die()
		if m.left > 0 {
			return deaths, err
		}
		deaths++
	}
}

// TestThePaymentsWholeLife follows payments of Zoho Books through everything that becomes of them, with
// deaths along the statements of each step, of a reset and after a restored back-up too: in the end both sides
// agree to the cent, and nothing was sent back.
func TestThePaymentsWholeLife(t *testing.T) {
	atOnce(t)
	for _, version := range []string{"1.6", "1.7"} {
		t.Run(version, func(t *testing.T) {
			atOnce(t)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s := openStage(ctx, t, rehearsal.Options{MySQL: hotelOf(t, version, "qlo_"), Redis: privatetest.Redis(t), Books: books.Options{PerMinute: 50000, PerDay: 500000}, Every: soon, Engine: engine.Options{Gather: 2 * soon}, NoWorker: true})
			watch(t, s.App.Store.Gorm())
			worker := s.App.Worker(2)
			worker.Every = soon
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			must(worker.Start(ctx, s.App.Queue))
			t.Cleanup(worker.Stop)
			must(s.Connect(ctx))
			must(s.SetUp(ctx, "Operating account"))
			must(s.Set(ctx, "limits", "calls_per_minute", 50000))
			_, err := s.Start(ctx, "/records/orders/initialize", nil)
			must(err)
			_, err = s.Start(ctx, "/records/orders/sync", map[string]any{"ids": []string{"10"}, "confirm": true})
			must(err)
			dsn := s.App.Config.MySQLDSN.Reveal()
			look := func(ctx context.Context) error {
				_, _, err := s.App.Imports.Run(ctx, store.Run{Request: json.RawMessage(`{"scope":"new"}`)})
				return err
			}
			stride := map[string]int{"1.6": 3, "1.7": 4}[version] // the two die at other statements
			step := func(what string) {
				t.Helper()
				deaths, err := killed(ctx, stride, look)
				if err != nil || deaths < 4 {
					t.Fatalf("%s: %d deaths, %v", what, deaths, err)
				}
				must(look(ctx))
			}
			has := func(what, id, want string) {
				t.Helper()
				if got := inQloApps(t, s, id); got != want && !(want == "0.00" && got == "0") {
					t.Errorf("%s: QloApps has %s of payment %s, want %s", what, got, id, want)
				}
			}

			life := received(t, s, "customer:7", "invoice:8", "70", "40", 2)
			step("first sight")
			has("first sight", life, "40.00")
			backup(t, dsn, "CREATE TABLE bak_%[1]s AS SELECT * FROM %[1]s")
			reapplied(t, s, life, "invoice:8", "60", "")
			step("applied further")
			has("applied further", life, "60.00")

			// A back-up of before is put back: what was written since stands in QloApps and is not written again.
			backup(t, dsn, "DELETE FROM %[1]s", "INSERT INTO %[1]s SELECT * FROM bak_%[1]s")
			step("a restored back-up")
			has("a restored back-up", life, "60.00")

			var connection wire.Connection
			must(s.Call(ctx, http.MethodGet, "/connection", nil, &connection))
			settled(ctx, t, s)
			tools := records.Tools{Store: s.App.Store, Organization: func(context.Context) (string, error) { return *connection.OrganizationID, nil }}
			died, err := killed(ctx, 2*stride, func(ctx context.Context) error {
				_, err := tools.Reset(ctx, wire.ResetRequest{Scope: "links", Confirm: *connection.OrganizationID}, "Ada")
				return err
			})
			if err != nil || died < 4 {
				t.Fatalf("the reset: %d deaths, %v", died, err)
			}
			step("a reset")
			has("a reset", life, "60.00")
			if p := importedPayments(ctx, t, s)[life]; p.Status != "imported" { // its invoice bears our key, whatever was forgotten
				t.Errorf("after a reset it is %s: %+v", p.Status, p.Issue)
			}
			_, err = s.Start(ctx, "/records/orders/sync", map[string]any{"ids": []string{"10"}, "confirm": true})
			must(err)
			step("found again")
			has("found again", life, "60.00")

			// Made smaller, then put right again; another is deleted, and the desk takes it back.
			reapplied(t, s, life, "invoice:8", "50", `,"amount":50`)
			step("made smaller")
			if p := importedPayments(ctx, t, s)[life]; p.Status != "changed" || p.Issue == nil || p.Issue.Code != "payment_changed" {
				t.Errorf("made smaller it is %+v", p)
			}
			reapplied(t, s, life, "invoice:8", "60", `,"amount":60`)
			step("put right")
			has("put right", life, "60.00")
			short, back := received(t, s, "customer:7", "invoice:8", "7", "7", 2), received(t, s, "customer:7", "invoice:8", "3", "3", 60)
			step("two more")
			has("another one", short, "7.00")
			has("one of earlier", back, "3.00")
			asks := func(what, id, code, words string) {
				t.Helper()
				if p := importedPayments(ctx, t, s)[id]; p.Status != "changed" || p.Issue == nil || p.Issue.Code != code || !strings.Contains(p.Issue.Detail, words) {
					t.Errorf("%s it is %+v %+v", what, p, p.Issue)
				}
			}
			must(s.Books.DeleteByHand(short))
			reapplied(t, s, back, "", "", "")
			step("deleted, and un-applied")
			asks("deleted", short, "payment_gone", "7.00")
			asks("un-applied", back, "payment_changed", "3.00")
			must(s.Books.RefundByHand(back, "3"))
			step("given back")
			asks("given back", back, "payment_changed", "3.00 USD of it were given back")
			for id, amount := range map[string]string{short: "7", back: "3"} {
				inHotel(t, dsn,
					"INSERT INTO qlo_order_payment (order_reference, id_currency, amount, payment_method, conversion_rate, transaction_id, date_add) SELECT order_reference, id_currency, -"+amount+", 'Cash', conversion_rate, transaction_id, date_add FROM qlo_order_payment WHERE transaction_id = 'zoho:"+id+"'",
					"INSERT INTO qlo_order_payment_detail (id_order_payment, id_order, amount, date_add) SELECT MAX(id_order_payment), 10, -"+amount+", NOW() FROM qlo_order_payment",
					"UPDATE qlo_orders SET total_paid_real = total_paid_real - "+amount+" WHERE id_order = 10")
			}
			step("taken back at the desk")
			has("taken back at the desk", short, "0.00")
			has("taken back at the desk", back, "0.00")

			// Advances that a person assigns, one for each death.
			must(s.Set(ctx, "limits", "brake_max_records", nil))
			var advances []string
			deaths, err := killed(ctx, stride, func(ctx context.Context) error {
				id := received(t, s, "customer:7", "", "0.10", "", 2)
				advances = append(advances, id)
				if err := look(context.WithoutCancel(withoutMortal(ctx))); err != nil {
					return err
				}
				_, err := s.App.Imports.Assign(ctx, id, wire.Assignment{OrderID: "10"}, "Ada")
				return err
			})
			if err != nil || deaths < 10 {
				t.Fatalf("assigned: %d deaths, %v", deaths, err)
			}
			// What may still arrive has arrived: half a minute later.
			inHotel(t, dsn, `UPDATE qlobooks_imported_payments SET facts = JSON_SET(facts, '$.sending.at', '2026-01-01T00:00:00Z') WHERE facts LIKE '%"sending":{%'`)
			must(look(ctx))
			for _, id := range advances {
				if importedPayments(ctx, t, s)[id].Status == "waiting" { // who died before the first word did nothing
					must(s.Call(ctx, http.MethodPost, "/payments/imported/"+id+"/assign", map[string]any{"order_id": "10"}, nil))
				}
				has("an advance", id, "0.10")
			}

			settled(ctx, t, s)
			due := one(t, s, "SELECT ROUND(total_paid_tax_incl - total_paid_real, 2) FROM qlo_orders WHERE id_order = 10")
			if balance := standing(t, s, "invoice:8").Balance.StringFixed(2); balance != due {
				t.Errorf("Zoho Books shows %s open, QloApps %s due", balance, due)
			}
			for id, p := range importedPayments(ctx, t, s) {
				if p.Status != "imported" && p.Status != "gone" {
					t.Errorf("payment %s still is %s: %+v", id, p.Status, p.Issue)
				}
			}
			for _, r := range s.Books.Snapshot() {
				if id, ours := strings.CutPrefix(r.Key, "payment:"); ours {
					if from := one(t, s, "SELECT transaction_id FROM qlo_order_payment WHERE id_order_payment = ?", id); strings.HasPrefix(strings.ToLower(from), "zoho:") {
						t.Errorf("payment %s came from Zoho Books (%s) and was sent back", id, from)
					}
				}
			}
		})
	}
}

// withoutMortal is a context in which nobody dies.
func withoutMortal(ctx context.Context) context.Context {
	return context.WithValue(ctx, mortality{}, nil)
}

// backup does statements with each of our tables.
func backup(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	for _, table := range []string{"documents", "records", "record_documents", "imported_payments", "imported_shares", "imported_strange", "marks", "waits", "names", "doubts", "zoho_documents", "source_documents"} {
		for _, statement := range statements {
			inHotel(t, dsn, fmt.Sprintf(statement, "qlobooks_"+table))
		}
	}
}
