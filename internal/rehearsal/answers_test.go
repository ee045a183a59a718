package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestWhatZohoAnswersIsComparedWhole lets people change rates and preferences of the organization, lets
// documents wait for an approval, and takes a module away. Each cause has a name, and goes when it ends.
func TestWhatZohoAnswersIsComparedWhole(t *testing.T) {
	d := opened(t, "ans_")
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", false))
	tax := d.taxOf("4")

	d.must(d.Books.ChangeTaxByHand(tax, decimal.NewFromInt(14)))
	d.sync("1")
	if r := d.find("invoice:1"); r.Status != "draft" {
		t.Errorf("an invoice with another tax than the hotel's is %s", r.Status)
	}
	// Rejected, or held before it is sent again: its payment has it mapped anew, by the rates as read since.
	if issue := document(d.ctx, t, d.Stage, "invoice:1").Issue; issue == nil || issue.Code != "totals_differ" || !strings.Contains(issue.Detail, "tax") {
		t.Errorf("the cause is not told: %+v", issue)
	}
	d.must(d.Books.ChangeTaxByHand(tax, decimal.NewFromInt(4)))
	_, err := d.Start(d.ctx, "/mappings/refresh", map[string]any{"kinds": []string{"taxes"}})
	d.must(err)
	d.sync("1")
	until(d.ctx, t, d.Stage, "invoice:1", "synced", "")

	d.Books.Prefer(func(p *books.Preferences) { p.Approval = "pending_approval" })
	d.sync("2")
	until(d.ctx, t, d.Stage, "invoice:2", "held", "awaits_approval")
	d.Books.ApproveAll()
	d.Books.Prefer(func(p *books.Preferences) { p.Approval = "" })
	_, err = d.Start(d.ctx, "/issues/awaits_approval/retry", nil)
	d.must(err)
	until(d.ctx, t, d.Stage, "invoice:2", "synced", "")
	if r := d.find("invoice:2"); r.Status == "approved" || r.Status == "draft" {
		t.Errorf("an approved invoice is left %s", r.Status)
	}

	d.must(d.Books.Lack(map[string]books.Way{"/salesorders": books.WayModule}))
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", true))
	d.sync("3")
	until(d.ctx, t, d.Stage, "sales_order:3", "held", "module_missing")
	d.must(d.Books.Lack(nil))
	_, err = d.Start(d.ctx, "/issues/module_missing/retry", nil)
	d.must(err)
	until(d.ctx, t, d.Stage, "sales_order:3", "synced", "")
}

// taxOf is the tax of Zoho Books that a rate is mapped to.
func (d desk) taxOf(rate string) string {
	d.t.Helper()
	var page struct {
		Items []struct {
			SourceID string  `json:"source_id"`
			ZohoID   *string `json:"zoho_id"`
		}
	}
	d.must(d.Call(d.ctx, "GET", "/mappings/taxes", nil, &page))
	for _, item := range page.Items {
		if item.SourceID == rate && item.ZohoID != nil {
			return *item.ZohoID
		}
	}
	d.t.Fatalf("no tax is mapped to %s: %+v", rate, page.Items)
	return ""
}
