package rehearsal_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestTheCommercialConnectorsBehaviors takes what users of the commercial connector know, one by one, over
// the API. Where a behavior has a test of its own, that one goes deeper.
func TestTheCommercialConnectorsBehaviors(t *testing.T) {
	atOnce(t)
	d := opened(t, "know_")
	c := d.clerk
	get := func(t *testing.T, path string, into any) {
		t.Helper()
		if err := d.Call(d.ctx, http.MethodGet, path, nil, into); err != nil {
			t.Fatal(err)
		}
	}
	start := func(t *testing.T, path string, in any) {
		t.Helper()
		if _, err := d.Start(d.ctx, path, in); err != nil {
			t.Fatal(err)
		}
	}
	table := func(t *testing.T, kind string) (page wire.MappingPage) {
		t.Helper()
		get(t, "/mappings/"+kind, &page)
		return page
	}
	c.book("80", "KNOWNFRST", "2", "920")
	c.invoice("80", "80")
	c.pay("80", "80", "80", "1", "1", "24.80", "24.80")

	t.Run("S1 region, organization and application", func(t *testing.T) {
		var conn wire.Connection
		get(t, "/connection", &conn)
		if conn.DataCenter != "custom" || conn.OrganizationID == nil || !conn.UseOwnApplication || conn.Status != "connected" {
			t.Errorf("%+v", conn)
		}
		refused(d.ctx, t, d.Stage, http.MethodPut, "/connection", map[string]any{"data_center": "mars"}, "422", "data_center")
	})
	t.Run("S2 refresh of the access", func(t *testing.T) {
		if err := d.Call(d.ctx, http.MethodPost, "/connection/refresh", nil, nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("S3 import of mapping settings", func(t *testing.T) {
		start(t, "/mappings/refresh", nil)
		for _, kind := range wire.MappingKinds {
			if page := table(t, kind); page.RefreshedAt == nil || len(page.Items) == 0 {
				t.Errorf("%s: %+v", kind, page)
			}
		}
	})
	t.Run("S4 suggestions by equal name", func(t *testing.T) {
		if err := d.Call(d.ctx, http.MethodPut, "/mappings/payment-modes", map[string]any{"items": []map[string]any{{"source_id": "Cash", "zoho_id": nil}}}, nil); err != nil {
			t.Fatal(err)
		}
		for _, row := range table(t, "payment-modes").Items {
			if row.SourceID == "Cash" && (row.Confidence == nil || *row.Confidence != "exact") {
				t.Errorf("%+v", row)
			}
		}
	})
	t.Run("S5 default mode, deposit account and further modes", func(t *testing.T) {
		d.must(d.Set(d.ctx, "payments", "payment_modes", []string{"Voucher"}))
		if !slices.ContainsFunc(table(t, "payment-modes").Choices, func(c wire.MappingChoice) bool { return c.ZohoID == "Voucher" }) {
			t.Error("the further mode is not offered")
		}
		d.must(d.Set(d.ctx, "payments", "default_payment_mode", "Voucher"))
		for _, row := range table(t, "payment-modes").Items {
			if row.IsDefault && (row.ZohoID == nil || *row.ZohoID != "Voucher") {
				t.Errorf("%+v", row)
			}
		}
	})
	t.Run("S6 mapping of tax rates", func(t *testing.T) {
		keys := []string{}
		untaxed := func() (uses int) {
			for _, row := range table(t, "taxes").Items {
				if row.SourceID == "0" {
					uses = row.UsedBy
				}
			}
			return uses
		}
		before := untaxed()
		c.do("DELETE FROM {p}order_detail_tax WHERE id_order_detail IN (SELECT id_order_detail FROM {p}order_detail WHERE id_order = 5)")
		c.do("UPDATE {p}order_detail SET total_price_tax_excl = total_price_tax_incl WHERE id_order = 5")
		start(t, "/mappings/refresh", map[string]any{"kinds": []string{"taxes"}})
		if after := untaxed(); after <= before {
			t.Errorf("lines without tax: %d, then %d", before, after)
		}
		for _, row := range table(t, "taxes").Items {
			keys = append(keys, row.SourceID)
		}
		if !slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(k, "+") || strings.Contains(k, "*") }) || !slices.Contains(keys, "0") {
			t.Errorf("rate sets: %v", keys)
		}
	})
	t.Run("S7 export by hand, all automatic work off at first", func(t *testing.T) {
		var plan wire.Schedule
		get(t, "/schedule", &plan)
		if plan.Enabled {
			t.Error("the schedule is on")
		}
		d.sync("80")
		rest(d.ctx, t, d.Stage, "by hand", "80")
		if body := string(d.find("payment:80").Body); !strings.Contains(body, `"payment_mode":"Voucher"`) {
			t.Errorf("the default mode: %s", body)
		}
	})
	t.Run("S8 and S9 import of payments, and statements", func(t *testing.T) {
		id := received(t, d.Stage, "customer:2", "invoice:80", "30", "30", 1)
		list := brought(d.ctx, t, d.Stage, "new")
		if list[id].Status != "imported" || list[id].Came != "30.00" {
			t.Errorf("%+v", list[id])
		}
		var statements wire.Statements
		get(t, "/payments/statements", &statements)
		if sumOf(statements) != "30.00" {
			t.Errorf("%+v", statements)
		}
	})
	t.Run("S10 ignored hotels", func(t *testing.T) {
		c.book("81", "KNOWNSCND", "2", "921")
		c.invoice("81", "81")
		d.must(d.Set(d.ctx, "hotels", "ignored_hotels", []string{"1"}))
		d.sync("81")
		d.becomes("81", "skipped", "skipped_hotel")
		d.must(d.Set(d.ctx, "hotels", "ignored_hotels", []string{}))
		d.becomes("81", "synced", "")
	})
	t.Run("S11 export from a date", func(t *testing.T) {
		c.book("82", "KNOWNTHRD", "2", "922")
		c.invoice("82", "82")
		d.must(d.Set(d.ctx, "orders", "export_from_date", "2099-01-01"))
		d.sync("82")
		d.becomes("82", "skipped", "skipped_before_date")
		d.must(d.Set(d.ctx, "orders", "export_from_date", nil))
		d.becomes("82", "synced", "")
	})
	t.Run("S12 name pattern", func(t *testing.T) {
		previewed := func(pattern string) (page wire.NamePreview, byID map[string]wire.PreviewedName) {
			get(t, "/pairing/names?pattern="+url.QueryEscape(pattern), &page)
			byID = map[string]wire.PreviewedName{}
			for _, x := range page.Items {
				byID[x.CustomerID] = x
			}
			return page, byID
		}
		page, names := previewed("Guest of {firstname}{company}")
		if page.Looked < 5 || len(page.Items) != min(10, page.Looked) || page.Cut != 0 || !strings.HasPrefix(names["3"].Name, "Guest of ") {
			t.Errorf("the preview is %+v", page)
		}
		if page, names = previewed("Guest" + strings.Repeat(" of", 50) + "{id} {email} {email}"); names["3"].Cut != (len([]rune(names["3"].Name)) == 200) || page.Cut == 0 {
			t.Errorf("long names: %+v", page)
		}
		c.do("UPDATE {p}customer SET lastname = 'Same' WHERE id_customer IN (3, 4)")
		if page, names = previewed("Guest {lastname}"); names["3"].Namesake != "customer:4" || !strings.HasSuffix(names["3"].Name, " (QLO-3)") || page.Namesakes < 2 {
			t.Errorf("namesakes: %+v", page)
		}
		c.do("UPDATE {p}customer SET lastname = IF(id_customer = 3, 'Solberg', 'Kisaragi') WHERE id_customer IN (3, 4)")
		refused(d.ctx, t, d.Stage, http.MethodGet, "/pairing/names?pattern=nobody", nil, "422", `"pattern"`)
		d.must(d.Set(d.ctx, "customers", "name_pattern", "{company} {firstname} {lastname} ({email})"))
		c.do("UPDATE {p}customer SET company = '" + strings.Repeat("Conference ", 5) + "', date_upd = NOW() WHERE id_customer = 3")
		start(t, "/records/customers/initialize", nil)
		start(t, "/records/customers/3/sync", nil)
		until(d.ctx, t, d.Stage, "customer:3", "synced", "")
		if name := d.find("customer:3").Name; !strings.Contains(name, "(office@solberg.example)") {
			t.Errorf("called %q", name)
		}
		d.must(d.Set(d.ctx, "customers", "name_pattern", "{name}"))
	})
	t.Run("S13 check data before export", func(t *testing.T) {
		d.must(d.Set(d.ctx, "customers", "check_before_update", true))
		r := d.find("customer:3")
		d.must(d.Books.ChangeByHand(r.ID, `{"notes":"Pays by bank, always"}`))
		c.do("UPDATE {p}customer SET lastname = 'Solberg-Lie', date_upd = NOW() WHERE id_customer = 3")
		start(t, "/records/customers/3/sync", nil)
		if body := string(d.find("customer:3").Body); !strings.Contains(body, "Pays by bank, always") {
			t.Errorf("what a person noted is gone: %s", body)
		}
	})
	t.Run("S14 rounding item", func(t *testing.T) {
		var all map[string]any
		get(t, "/settings/orders", &all)
		all["rounding_item_id"] = "1234567"
		refused(d.ctx, t, d.Stage, http.MethodPut, "/settings/orders", all, "422", "rounding_item_id")
	})
	t.Run("S15 allowed methods", func(t *testing.T) {
		c.pay("83", "80", "80", "1", "1", "5.00", "5.00")
		d.must(d.Set(d.ctx, "payments", "allowed_methods", []string{"Bank wire"}))
		d.sync("80")
		until(d.ctx, t, d.Stage, "payment:83", "skipped", "skipped_method")
		d.must(d.Set(d.ctx, "payments", "allowed_methods", []string{}))
		until(d.ctx, t, d.Stage, "payment:83", "synced", "")
	})
	t.Run("S16 manual pairing", func(t *testing.T) {
		id, err := d.Books.AddByHand("contacts", `{"contact_name":"Lucia by hand","contact_type":"customer"}`)
		d.must(err)
		if err := d.Call(d.ctx, http.MethodPost, "/pairing/customers/4", map[string]any{"zoho_id": id}, nil); err != nil {
			t.Fatal(err)
		}
		if got := look(d.ctx, t, d.Stage, "/documents/customer/4"); got.ZohoID == nil || *got.ZohoID != id || !got.Paired {
			t.Errorf("%+v", got)
		}
	})
	t.Run("S17 reset before changing the organization", func(t *testing.T) {
		settled(d.ctx, t, d.Stage)
		var would wire.ResetResult
		d.must(d.Call(d.ctx, http.MethodPost, "/tools/reset/preview", map[string]any{"scope": "mappings"}, &would))
		if would.Forgotten["mappings"] == 0 {
			t.Errorf("%v", would.Forgotten)
		}
		refused(d.ctx, t, d.Stage, http.MethodPost, "/tools/reset", map[string]any{"scope": "mappings", "confirm": "1"}, "422", "confirm")
	})
	t.Run("S18 logs with the accounting id, and their bodies", func(t *testing.T) {
		var found struct{ Items []wire.LogLine }
		get(t, "/logs?q=office@solberg.example", &found)
		if len(found.Items) == 0 {
			t.Error("a guest's address is not found in the log")
		}
		if r := d.orderState("80"); r.ZohoID == nil {
			t.Errorf("%+v", r)
		}
	})
}
