package rehearsal_test

import (
	"net/http"
	"slices"
	"testing"
)

// TestWhatIsSkippedWithAnotherComesBackWithIt skips an invoice, whose payment is left out with it, and
// takes it back.
func TestWhatIsSkippedWithAnotherComesBackWithIt(t *testing.T) {
	atOnce(t)
	d := opened(t, "with_")
	d.book("50", "WITHOTHER", "2", "901")
	d.invoice("60", "50")
	d.pay("60", "50", "60", "1", "1", "124.80", "124.80")
	d.must(d.Call(d.ctx, http.MethodPost, "/records/orders/initialize", nil, nil))
	_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	d.must(d.Call(d.ctx, http.MethodPost, "/documents/invoice/60/skip", map[string]string{"reason": "posted by hand"}, nil))
	d.sync("50")
	until(d.ctx, t, d.Stage, "payment:60", "skipped", "skipped_by_person")
	d.must(d.Call(d.ctx, http.MethodPost, "/documents/invoice/60/unskip", nil, nil))
	until(d.ctx, t, d.Stage, "payment:60", "not_synced", "")
	d.sync("50")
	rest(d.ctx, t, d.Stage, "back", "50")
	checkBooks(t, d.Stage, "back", map[string]string{"invoice:60": "124.8 open 0", "payment:60": "124.8 open 0"})
}

// TestAnOrderThatChangesItsCurrency is posted as an order in one currency and invoiced in another: the
// sales order goes along while nothing of it is invoiced, and no invoice is tied to what another contact ordered.
func TestAnOrderThatChangesItsCurrency(t *testing.T) {
	atOnce(t)
	d := opened(t, "swap_")
	d.book("50", "SWAPMONEY", "2", "901")
	d.sync("50")
	d.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91, date_upd = NOW() WHERE id_order = 50")
	d.sync("50")
	settled(d.ctx, t, d.Stage)
	if r := d.find("sales_order:50"); r.Currency != "EUR" || r.Contact != "Tomasz Wieliczko (EUR)" {
		t.Errorf("the sales order is of %s in %s", r.Contact, r.Currency)
	}
	d.invoice("60", "50")
	d.pay("60", "50", "60", "2", "0.91", "124.80", "124.80")
	d.sync("50")
	until(d.ctx, t, d.Stage, "payment:60", "synced", "")
	checkBooks(t, d.Stage, "invoiced in euros", map[string]string{"invoice:60": "124.8 open 0"})
}

// TestAMethodThatIsNewSinceTheListsWereRead is found where a document that waits for its mapping sends
// people, and chosen there.
func TestAMethodThatIsNewSinceTheListsWereRead(t *testing.T) {
	atOnce(t)
	d := opened(t, "mean_")
	_, err := d.Start(d.ctx, "/mappings/refresh", nil)
	d.must(err)
	d.must(d.Set(d.ctx, "payments", "default_deposit_account_id", nil))
	d.book("50", "MEANSNEWW", "2", "901")
	d.invoice("60", "50")
	d.pay("60", "50", "60", "1", "1", "124.80", "124.80")
	d.do("UPDATE {p}order_payment SET payment_method = 'Cowrie shells' WHERE id_order_payment = 60")
	d.sync("50")
	until(d.ctx, t, d.Stage, "payment:60", "blocked", "mapping_missing")
	var page struct {
		Items []struct {
			SourceID string `json:"source_id"`
		}
		Choices []struct {
			ZohoID string `json:"zoho_id"`
		}
	}
	d.must(d.Call(d.ctx, http.MethodGet, "/mappings/deposit-accounts", nil, &page))
	if !slices.ContainsFunc(page.Items, func(i struct {
		SourceID string `json:"source_id"`
	}) bool {
		return i.SourceID == "Cowrie shells"
	}) {
		t.Fatalf("the new method is no row: %+v", page.Items)
	}
	d.must(d.Call(d.ctx, http.MethodPut, "/mappings/deposit-accounts", map[string]any{"items": []map[string]any{{"source_id": "Cowrie shells", "zoho_id": page.Choices[0].ZohoID}}}, nil))
	rest(d.ctx, t, d.Stage, "mapped", "50")
	checkBooks(t, d.Stage, "mapped", map[string]string{"payment:60": "124.8 open 0"})
}
