package rehearsal_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
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

// TestAnInvoiceFollowsItsOrderIntoAnotherCurrency, and back: an unpaid one stands under the guest's contact in that currency
// at the order's rate, not at one of the currency that it left, and is tied to no line of another contact's sales order.
func TestAnInvoiceFollowsItsOrderIntoAnotherCurrency(t *testing.T) {
	atOnce(t)
	d := opened(t, "after_")
	d.book("51", "SWAPLATER", "2", "902")
	d.sync("51")
	settled(d.ctx, t, d.Stage)
	d.invoice("61", "51")
	d.sync("51")
	settled(d.ctx, t, d.Stage)
	var number string
	for n, to := range []struct{ id, rate, currency, contact, at string }{
		{"2", "0.91", "EUR", "Tomasz Wieliczko (EUR)", "1.0989010989"}, {"1", "1", "USD", "Tomasz Wieliczko", "1"}, {"2", "0.9", "EUR", "Tomasz Wieliczko (EUR)", "1.1111111111"},
	} {
		d.do("UPDATE {p}orders SET id_currency = " + to.id + ", conversion_rate = " + to.rate + ", date_upd = NOW() WHERE id_order = 51")
		d.sync("51")
		settled(d.ctx, t, d.Stage)
		r := d.find("invoice:61")
		var body struct {
			Rate  decimal.Decimal `json:"exchange_rate"`
			Lines []struct {
				Ordered string `json:"salesorder_item_id"`
			} `json:"line_items"`
		}
		d.must(json.Unmarshal(r.Body, &body))
		if r.Currency != to.currency || r.Contact != to.contact || body.Rate.String() != to.at || r.Status != "sent" || r.Total.String() != "124.8" || n > 0 && r.Name != number {
			t.Errorf("change %d: invoice %s of %s reads %s, %s %s at %s", n, r.Name, r.Contact, r.Status, r.Total, r.Currency, body.Rate)
		}
		if number = r.Name; to.currency == "EUR" && slices.ContainsFunc(body.Lines, func(l struct {
			Ordered string `json:"salesorder_item_id"`
		}) bool {
			return l.Ordered != ""
		}) {
			t.Errorf("change %d: it is tied to what another contact ordered: %s", n, r.Body)
		}
	}
	d.pay("610", "51", "61", "2", "0.9", "124.80", "124.80")
	d.sync("51")
	rest(d.ctx, t, d.Stage, "paid in euros", "51")
	checkBooks(t, d.Stage, "paid in euros", map[string]string{"invoice:61": "124.8 open 0"})
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

// TestAFormerTaxThatNoListTellsCanBeChosen: an order that is the only one ever sold at a tax since edited, and edited
// itself since, goes on once its rate is mapped; its row stays on the page.
func TestAFormerTaxThatNoListTellsCanBeChosen(t *testing.T) {
	atOnce(t)
	d := opened(t, "only_one_")
	d.book("71", "ONLYONE", "2", "971")
	d.do("INSERT INTO {p}tax (id_tax, rate, deleted) VALUES (90, 4.5, 1), (91, 6, 0)", "INSERT INTO {p}tax_rules_group (id_tax_rules_group, name) VALUES (9, 'Nine')", "INSERT INTO {p}tax_rule (id_tax_rules_group, id_country, id_tax, behavior) VALUES (9, 21, 91, 0)",
		"UPDATE {p}order_detail SET total_price_tax_incl = 125.4, id_tax_rules_group = 9, product_id = 77 WHERE id_order_detail = 711", "UPDATE {p}htl_booking_detail SET total_price_tax_incl = 125.4 WHERE id_order = 71", "UPDATE {p}order_detail_tax SET id_tax = 91 WHERE id_order_detail = 711")
	d.cost("71", "120", "125.4")
	d.invoice("71", "71")
	d.sync("71")
	until(d.ctx, t, d.Stage, "invoice:71", "blocked", "mapping_missing")
	chosen := d.Books.AddTaxByHand("Tax 4.5%", decimal.RequireFromString("4.5"))
	refresh := func() {
		_, err := d.Start(d.ctx, "/mappings/refresh", nil)
		d.must(err)
	}
	refresh()
	d.must(d.Call(d.ctx, http.MethodPut, "/mappings/taxes", map[string]any{"items": []map[string]any{{"source_id": "4.5", "zoho_id": chosen}}}, nil))
	until(d.ctx, t, d.Stage, "invoice:71", "synced", "") // it waits for its contact for a moment
	rest(d.ctx, t, d.Stage, "chosen", "71")
	checkBooks(t, d.Stage, "chosen", map[string]string{"invoice:71": "125.4 open 125.4"})
	refresh()
	var page struct {
		Items []struct {
			SourceID string  `json:"source_id"`
			ZohoID   *string `json:"zoho_id"`
		} `json:"items"`
	}
	d.must(d.Call(d.ctx, http.MethodGet, "/mappings/taxes", nil, &page))
	for _, row := range page.Items {
		if row.SourceID == "4.5" && row.ZohoID != nil && *row.ZohoID == chosen {
			return
		}
	}
	t.Errorf("the mapping reads %+v", page.Items)
}
