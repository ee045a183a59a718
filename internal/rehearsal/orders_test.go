package rehearsal_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

// TestTheSwitchForSalesOrdersMovesPhases turns sales orders off and on and looks at what people see.
func TestTheSwitchForSalesOrdersMovesPhases(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := stage(t, hotel(t, "sw_"))
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "orders", "create_sales_orders", false); err != nil {
		t.Fatal(err)
	}
	run, err := s.Start(ctx, "/records/orders/initialize", nil)
	if err == nil {
		_, err = s.Wait(ctx, run.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	phase := func(id string) (string, int) {
		var r struct {
			Phase     string
			Documents []struct{ Flow string }
		}
		if err := s.Call(ctx, "GET", "/records/orders/"+id, nil, &r); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, d := range r.Documents {
			if d.Flow == "sales_order" {
				n++
			}
		}
		return r.Phase, n
	}
	if p, n := phase("1"); p != "invoice_sync" || n != 0 {
		t.Errorf("without sales orders: %s, %d sales orders", p, n)
	}
	if err := s.Set(ctx, "orders", "create_sales_orders", true); err != nil {
		t.Fatal(err)
	}
	if p, n := phase("1"); p != "order_sync" || n != 1 {
		t.Errorf("with sales orders: %s, %d sales orders", p, n)
	}
	if p, _ := phase("4"); p != "canceled" {
		t.Errorf("a canceled order reads %s", p)
	}
	if err := s.Set(ctx, "orders", "create_sales_orders", false); err != nil {
		t.Fatal(err)
	}
	if p, _ := phase("1"); p != "invoice_sync" {
		t.Errorf("without sales orders again: %s", p)
	}
}

// TestTheCustomerPortalIsOpenedOnce switches the portal on after contacts stand, as people do.
func TestTheCustomerPortalIsOpenedOnce(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := stage(t, hotel(t, "po_"))
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	sync := func(id string) {
		t.Helper()
		for _, path := range []string{"/records/customers/initialize", "/records/customers/" + id + "/sync"} {
			run, err := s.Start(ctx, path, nil)
			if err == nil {
				_, err = s.Wait(ctx, run.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	enabled := func(id string) (calls int) {
		for _, c := range s.Books.Calls() {
			if strings.HasSuffix(c.Path, "/portal/enable") && c.Status < 300 {
				calls++
			}
		}
		var contact struct {
			Enabled bool `json:"is_portal_enabled"`
		}
		for _, r := range s.Books.Snapshot() {
			if r.Key == "customer:"+id {
				if err := json.Unmarshal(r.Body, &contact); err != nil || !contact.Enabled {
					t.Errorf("the portal of customer %s is closed: %v", id, err)
				}
			}
		}
		return calls
	}
	sync("1")
	if err := s.Set(ctx, "customers", "customer_portal", true); err != nil {
		t.Fatal(err)
	}
	sync("1")
	sync("1")
	if n := enabled("1"); n != 1 {
		t.Errorf("opened by %d calls", n)
	}
	sync("2")
	if n := enabled("2"); n != 2 { // a wish beside the contact has a call of its own
		t.Errorf("the portal of a new contact was opened by %d calls", n-1)
	}
}
