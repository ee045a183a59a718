package qloapps_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

type dump struct {
	version, prefix string
	lists           map[string]int
}

var dumps = []dump{
	{"1.7", "qlo_", map[string]int{"hotels": 3, "room-types": 7, "service-products": 11, "customers": 14, "currencies": 4, "orders": 20}},
	{"1.6.1", "ps_", map[string]int{"hotels": 3, "room-types": 7, "service-products": 9, "customers": 7, "currencies": 3, "orders": 9}},
}

func open(t *testing.T, dsn, prefix string) *qloapps.Reader {
	t.Helper()
	db, err := qloapps.Connect(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool, _ := db.DB(); _ = pool.Close() })
	r, err := qloapps.Open(t.Context(), db, prefix)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func all(t *testing.T, list func(context.Context, string, int) ([]qloapps.Listing, error)) []qloapps.Listing {
	t.Helper()
	var out []qloapps.Listing
	after := ""
	for {
		page, err := list(t.Context(), after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return out
		}
		out = append(out, page...)
		after = page[len(page)-1].ID
	}
}

// TestRealInstallations holds what is known about the two dumps, where they are there.
func TestRealInstallations(t *testing.T) {
	for _, d := range dumps {
		t.Run(d.version, func(t *testing.T) {
			dsn, there := privatetest.Dump(t, d.version)
			if !there {
				t.Logf("no dump of %s beside the repository", d.version)
				return
			}
			r := open(t, dsn, "")
			if r.Prefix() != d.prefix || !strings.HasPrefix(d.version, r.Version()) {
				t.Errorf("detected %s %s", r.Prefix(), r.Version())
			}
			got := map[string]int{}
			orders := all(t, r.ListOrders)
			for section, list := range map[string]func(context.Context, string, int) ([]qloapps.Listing, error){
				"hotels": r.ListHotels, "room-types": r.ListRoomTypes, "service-products": r.ListServiceProducts, "customers": r.ListCustomers, "currencies": r.ListCurrencies} {
				got[section] = len(all(t, list))
			}
			got["orders"] = len(orders)
			for section, want := range d.lists {
				if got[section] != want {
					t.Errorf("%s: %d, want %d", section, got[section], want)
				}
			}
			addsUp(t, r, orders)
			guests, err := r.Customers(t.Context(), []string{"3"})
			if err != nil || guests["3"].Address.Country == "" || guests["3"].Address.City == "" {
				t.Errorf("guest 3 without an address: %+v %v", guests["3"], err)
			}
		})
	}
}

// addsUp checks that what was sold, less the discounts, is what every order costs.
func addsUp(t *testing.T, r *qloapps.Reader, list []qloapps.Listing) {
	t.Helper()
	ids := make([]string, len(list))
	for i, l := range list {
		ids[i] = l.ID
	}
	orders, err := r.Orders(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		o := orders[id]
		excl, incl := money.Zero, money.Zero
		for _, l := range o.Lines {
			excl, incl = excl.Add(l.Excl), incl.Add(l.Incl)
			if !l.Excl.Equal(l.Incl) && len(l.Rates) == 0 {
				t.Errorf("order %s: taxed line %q without any rate", id, l.Name)
			}
		}
		for _, d := range o.Discounts {
			excl, incl = excl.Sub(d.Excl), incl.Sub(d.Incl)
		}
		if !incl.Round(2).Equal(o.TotalIncl) || !excl.Round(2).Equal(o.TotalExcl) {
			t.Errorf("order %s: lines give %s / %s, the order says %s / %s", id, excl, incl, o.TotalExcl, o.TotalIncl)
		}
	}
	if _, err := r.Payments(t.Context(), []string{"1", "2", "4"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Slips(t.Context(), []string{"1", "2"}); err != nil {
		t.Fatal(err)
	}
	for _, check := range []func(context.Context) (int, error){
		func(ctx context.Context) (int, error) { u, err := r.TaxRates(ctx); t.Log(u); return len(u), err },
		func(ctx context.Context) (int, error) { u, err := r.PaymentMethods(ctx); t.Log(u); return len(u), err },
		func(ctx context.Context) (int, error) { u, err := r.Facilities(ctx); t.Log(u); return len(u), err },
	} {
		if n, err := check(t.Context()); err != nil || n == 0 {
			t.Errorf("usage: %d, %v", n, err)
		}
	}
}

func TestQueriesDoNotGrowWithTheBatch(t *testing.T) {
	dsn, there := privatetest.Dump(t, "1.7")
	if !there {
		t.Log("no dump beside the repository")
		return
	}
	count := func(ids ...string) int {
		db, err := qloapps.Connect(dsn)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		if err := db.Callback().Query().Before("*").Register("count", func(*gorm.DB) { n++ }); err != nil {
			t.Fatal(err)
		}
		if err := db.Callback().Row().Before("*").Register("count", func(*gorm.DB) { n++ }); err != nil {
			t.Fatal(err)
		}
		r, err := qloapps.Open(t.Context(), db, "")
		if err != nil {
			t.Fatal(err)
		}
		before := n
		if _, err := r.Payments(t.Context(), ids); err != nil {
			t.Fatal(err)
		}
		return n - before
	}
	var ids []string
	for id := 1; id <= 19; id++ {
		ids = append(ids, strconv.Itoa(id))
	}
	// Vouchers are asked about once more, where a batch has some.
	one, few, many := count("1"), count(ids[:10]...), count(ids...)
	if one == 0 || few > one+1 || few != many {
		t.Errorf("one payment takes %d queries, ten take %d, nineteen %d", one, few, many)
	}
}

func TestWrongDatabasesAreNamed(t *testing.T) {
	empty := privatetest.Database(t)
	db, err := qloapps.Connect(empty)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := qloapps.Open(t.Context(), db, ""); fault.Of(err) == nil || fault.Of(err).Code != "not_qloapps" {
		t.Errorf("an empty schema: %v", err)
	}
	if _, err := qloapps.Connect("nobody@tcp(127.0.0.1:1)/x"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a dead server: %v", err)
	}
	if _, err := qloapps.Connect("rubbish"); !fault.Is(err, fault.Invalid) {
		t.Errorf("rubbish: %v", err)
	}
	if dsn, there := privatetest.Dump(t, "1.7"); there {
		db, err := qloapps.Connect(dsn)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := qloapps.Open(t.Context(), db, "ps_"); fault.Of(err).Code != "prefix" {
			t.Errorf("a wrong prefix: %v", err)
		}
		if err := db.Exec("UPDATE qlo_orders SET id_cart = id_cart").Error; err == nil {
			t.Error("the reading session can write")
		}
	}
}
