package rehearsal_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestTheFirstSetUpIsCheap sets an empty organization up for the hotel with at most 40 calls, and shows
// how far it came where it breaks off.
func TestTheFirstSetUpIsCheap(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := contrary(ctx, t, hotel(t, "fst_"), books.Options{})
	if err := s.Books.SetFaults(books.Rule{Method: "POST", Path: "/settings/currencies", Fault: books.FaultDropBefore}); err != nil {
		t.Fatal(err)
	}
	var run struct{ ID string }
	if err := s.Call(ctx, http.MethodPost, "/setup", map[string]any{"create_taxes": true, "create_currencies": true}, &run); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Wait(ctx, run.ID); err == nil {
		t.Fatal("a set-up without currencies is done")
	}
	var broken struct {
		Result struct {
			Steps []struct{ Name, Status string }
		}
	}
	if err := s.Call(ctx, http.MethodGet, "/runs/"+run.ID, nil, &broken); err != nil {
		t.Fatal(err)
	}
	if len(broken.Result.Steps) < 6 {
		t.Errorf("%d steps are shown: %+v", len(broken.Result.Steps), broken.Result.Steps)
	}

	other := contrary(ctx, t, hotel(t, "sec_"), books.Options{})
	other.Books.ForgetCalls()
	if _, err := other.Start(ctx, "/setup", map[string]any{"create_taxes": true, "create_currencies": true}); err != nil {
		t.Fatal(err)
	}
	calls := other.Books.Calls()
	if t.Logf("%d calls", len(calls)); len(calls) > 40 {
		for _, c := range calls {
			t.Log(c.Method, c.Path, c.Query)
		}
		t.Errorf("the first set-up took %d calls, at most 40 are allowed", len(calls))
	}
}

// TestIndiaTaxesWithinTheState offers the group of two equal halves for a rate, and takes a single
// integrated tax only on a person's word.
func TestIndiaTaxesWithinTheState(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := contrary(ctx, t, hotel(t, "inh_"), books.Options{Edition: "in", TaxPerLine: true})
	integrated := s.Books.AddTaxByHand("IGST4", decimal.NewFromInt(4))
	type row struct {
		SourceID   string  `json:"source_id"`
		ZohoID     *string `json:"zoho_id"`
		Suggested  *string `json:"suggested_zoho_id"`
		Confidence *string
	}
	four := func() (four row) {
		t.Helper()
		var page struct{ Items []row }
		if err := s.Call(ctx, http.MethodGet, "/mappings/taxes", nil, &page); err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			if r.SourceID == "4" {
				four = r
			}
		}
		return four
	}
	setUp := func() string {
		t.Helper()
		run, err := s.Start(ctx, "/setup", nil)
		if err != nil {
			t.Fatal(err)
		}
		var result struct {
			Steps []struct{ Name, Status string }
		}
		if err := json.Unmarshal(run.Result, &result); err != nil {
			t.Fatal(err)
		}
		for _, step := range result.Steps {
			if step.Name == "tax_4" {
				return step.Status
			}
		}
		return ""
	}
	if status := setUp(); status != "needed" {
		t.Errorf("with a single integrated tax alone the step is %q", status)
	}
	if r := four(); r.ZohoID != nil || r.Suggested == nil || *r.Suggested != integrated || *r.Confidence != "similar" {
		t.Errorf("the integrated tax was taken: %+v", r)
	}
	half := func(name string) string { return s.Books.AddTaxByHand(name, decimal.NewFromInt(2)) }
	group := s.Books.AddTaxGroupByHand("GST4", half("CGST2"), half("SGST2"))
	if status := setUp(); status != "existed" {
		t.Errorf("with the group of halves the step is %q", status)
	}
	if r := four(); r.ZohoID != nil || r.Suggested == nil || *r.Suggested != group || *r.Confidence != "exact" { // of two a person chooses
		t.Errorf("the group of halves is not proposed: %+v", r)
	}
}

// TestASalesOrderMadeInclusiveIsPutBack has a person make the lines of a sales order tax-inclusive, in an
// edition that knows the field, and updates one in an edition that does not.
func TestASalesOrderMadeInclusiveIsPutBack(t *testing.T) {
	atOnce(t)
	d := opened(t, "inc_")
	d.book("70", "INCLUSIVE", "2", "970")
	d.sync("70")
	until(d.ctx, t, d.Stage, "sales_order:70", "synced", "")
	dearer := func(excl, incl string, asked bool) {
		t.Helper()
		d.do("UPDATE {p}order_detail SET total_price_tax_excl = "+excl+", total_price_tax_incl = "+incl+" WHERE id_order = 70", "UPDATE {p}htl_booking_detail SET total_price_tax_excl = "+excl+", total_price_tax_incl = "+incl+", date_upd = NOW() WHERE id_order = 70")
		d.cost("70", excl, incl)
		d.sync("70")
		if asked { // what a person changed is not overwritten without asking
			until(d.ctx, t, d.Stage, "sales_order:70", "held", "edited_in_zoho")
			_, err := d.Start(d.ctx, "/documents/sales_order/70/release", map[string]string{"reason": "as QloApps says"})
			d.must(err)
		}
		until(d.ctx, t, d.Stage, "sales_order:70", "synced", "")
		if r := d.find("sales_order:70"); r.Total.StringFixed(2) != incl || strings.Contains(string(r.Body), `"is_inclusive_tax":true`) {
			t.Errorf("the sales order is %s: %s", r.Total, r.Body)
		}
	}
	d.must(d.Books.ChangeByHand(d.find("sales_order:70").ID, `{"is_inclusive_tax":true}`))
	dearer("200", "208.00", true)
	d.must(d.Books.Lack(map[string]books.Way{"salesorders.is_inclusive_tax": books.WayOther}))
	dearer("300", "312.00", false)
	d.Books.ForgetCalls()
	dearer("400", "416.00", false)
	if n := d.writes("/salesorders"); n != 1 {
		t.Errorf("%d writes for an update in an edition that is known by now", n)
	}
}
