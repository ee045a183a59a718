package sample_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/sample"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// TestTheDeskWritesWhatQloAppsWrites follows one order, and wants what an order does not allow refused.
func TestTheDeskWritesWhatQloAppsWrites(t *testing.T) {
	ctx := t.Context()
	db, err := sql.Open("mysql", privatetest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	if err := sample.Load(ctx, db, "lark_", noon); err != nil {
		t.Fatal(err)
	}
	desk := sample.Desk{DB: db, Prefix: "lark_", Now: func() time.Time { return noon }}
	id, err := desk.Book(ctx)
	if err != nil {
		t.Fatal(err)
	}
	order := fmt.Sprint(id)
	look := func() string {
		t.Helper()
		list, err := desk.Orders(ctx)
		if err != nil || list[0].ID != id {
			t.Fatalf("%+v %v", list[0], err)
		}
		o := list[0]
		return fmt.Sprintln(o.State, o.Total, o.Paid, o.Due, o.Invoice > 0, o.Slip, o.Canceled)
	}
	step := func(name string, err error, want string) {
		t.Helper()
		if got := look(); err != nil || got != want+"\n" {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	step("booked", nil, "Awaiting payment 124.80 0.00 124.80 false false false")
	if err := desk.Refund(ctx, order); !errors.Is(err, sample.ErrNotNow) {
		t.Errorf("a refund of nothing: %v", err)
	}
	step("invoiced", desk.Invoice(ctx, order), "Partial payment received 124.80 0.00 124.80 true false false")
	step("paid", desk.Pay(ctx, order), "Complete payment received 124.80 124.80 0.00 true false false")
	for name, deed := range map[string]error{"a second invoice": desk.Invoice(ctx, order), "a second payment": desk.Pay(ctx, order), "the end of a paid order": desk.Cancel(ctx, order)} {
		if !errors.Is(deed, sample.ErrNotNow) {
			t.Errorf("%s: %v", name, deed)
		}
	}
	step("refunded", desk.Refund(ctx, order), "Complete payment received 124.80 124.80 0.00 true true false")
	var slip string
	err = db.QueryRowContext(ctx, "SELECT CONCAT_WS(' ', s.total_products_tax_excl, s.amount, r.state, r.return_type, r.id_return_type = s.id_order_slip, p.amount, p.date_add) FROM lark_order_slip s JOIN lark_order_return r ON r.id_order = s.id_order "+
		"JOIN lark_order_payment_detail d ON d.id_order = s.id_order JOIN lark_order_payment p ON p.id_order_payment = d.id_order_payment JOIN lark_order_invoice_payment ip ON ip.id_order_payment = p.id_order_payment WHERE s.id_order = ?", id).Scan(&slip)
	if want := "60.000000 62.40 3 2 1 124.80 2026-11-25 06:00:00"; err != nil || slip != want {
		t.Errorf("the slip and its payment read %q, want %q: %v", slip, want, err)
	}

	if id, err = desk.Book(ctx); err != nil {
		t.Fatal(err)
	}
	order = fmt.Sprint(id)
	step("invoiced", desk.Invoice(ctx, order), "Partial payment received 124.80 0.00 124.80 true false false")
	step("canceled", desk.Cancel(ctx, order), "Canceled 0.00 0.00 0.00 true false true")
}

// TestTheDeskKeepsTheShortLists adds, edits and retires a record of each list, in both versions.
func TestTheDeskKeepsTheShortLists(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for version, load := range map[string]func(context.Context, *sql.DB, string, time.Time) error{"1.7": sample.Load, "1.6": sample.LoadOlder} {
		db, err := sql.Open("mysql", privatetest.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := load(t.Context(), db, "lark_", noon); err != nil {
			t.Fatal(err)
		}
		desk := sample.Desk{DB: db, Prefix: "lark_", Now: func() time.Time { return noon }}
		for section, query := range map[string]string{
			"hotels":           "SELECT CONCAT_WS(' ', l.hotel_name, h.active) FROM lark_htl_branch_info h JOIN lark_htl_branch_info_lang l USING (id) WHERE h.id = ?",
			"room-types":       "SELECT CONCAT_WS(' ', l.name, s.active) FROM lark_product_shop s JOIN lark_product_lang l USING (id_product) JOIN lark_htl_room_type r USING (id_product) WHERE s.id_product = ?",
			"service-products": "SELECT CONCAT_WS(' ', l.name, s.active) FROM lark_product_shop s JOIN lark_product_lang l USING (id_product) WHERE s.id_product = ?",
			"customers":        "SELECT CONCAT_WS(' ', lastname, NOT deleted) FROM lark_customer WHERE id_customer = ?",
			"currencies":       "SELECT CONCAT_WS(' ', conversion_rate, active) FROM lark_currency WHERE id_currency = ?",
		} {
			want := map[string][3]string{"hotels": {"Larkspur Hill 1", "Larkspur Top 1", "Larkspur Top 0"}, "room-types": {"Attic Room 1", "Attic Chamber 1", "Attic Chamber 0"},
				"service-products": {"Yoga 1", "Evening Yoga 1", "Evening Yoga 0"}, "customers": {"Garnier 1", "Brunet 1", "Brunet 0"}, "currencies": {"0.800000 1", "0.625000 1", "0.625000 0"}}[section]
			id, err := desk.Add(t.Context(), section)
			for i, step := range []func() error{func() error { return err }, func() error { return desk.Edit(t.Context(), section, fmt.Sprint(id)) }, func() error { return desk.Retire(t.Context(), section, fmt.Sprint(id)) }} {
				err := step()
				var got string
				if err == nil {
					err = db.QueryRowContext(t.Context(), query, id).Scan(&got)
				}
				if err != nil || got != want[i] {
					t.Errorf("%s, %s: %q, want %q: %v", version, section, got, want[i], err)
				}
			}
		}
		if _, err := desk.Add(t.Context(), "orders"); !errors.Is(err, sample.ErrNotNow) {
			t.Errorf("orders are no short list: %v", err)
		}
	}
}
