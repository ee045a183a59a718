package rehearsal_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// open gives a theatre whose six sections are listed and whose books are empty.
func (th theatre) open() {
	th.Helper()
	th.ok(th.stage.Connect(th.ctx))
	th.ok(th.stage.SetUp(th.ctx, "Operating account"))
	th.ok(th.stage.Set(th.ctx, "limits", "calls_per_minute", 5000))
	th.ok(th.stage.Initialize(th.ctx))
}

// sync queues records by hand and gives what that changed in the books.
func (th theatre) sync(section string, ids ...string) []string {
	th.Helper()
	have := th.books()
	_, err := th.stage.Start(th.ctx, "/records/"+section+"/sync", map[string]any{"ids": ids, "confirm": true})
	th.ok(err)
	th.settle()
	return changed(have, th.books())
}

func (th theatre) want(when string, got []string, want ...string) {
	th.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		th.Errorf("%s: the books changed\n\t%s\nwant\n\t%s", when, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// TestContactsMadeBeforeAnyDocumentHaveTheChosenCurrency turns the default currency on and off and
// compares the whole books.
func TestContactsMadeBeforeAnyDocumentHaveTheChosenCurrency(t *testing.T) {
	atOnce(t)
	th := openTheatre(t, hotel(t, "one_"), "one_")
	before(th.clerk)
	for _, g := range [][3]string{{"61", "Odile", "Garnier"}, {"62", "Vera", "Lindqvist"}, {"63", "Amara", "Eze"}, {"64", "Jonas", "Weber"}} {
		th.clerk.guest(g[0], g[1], g[2])
	}
	th.open()

	th.want("Zoho's base currency", th.sync("customers", "61"), "+customer:61 Odile Garnier Madison active")
	th.ok(th.stage.Set(th.ctx, "currencies", "default_currency", "EUR"))

	// A preview says what the sync then does, call for call.
	f := preview(th.ctx, t, th.stage, "/records/customers/preview", map[string]any{"ids": []string{"61", "62"}})
	if f.Records.Done != 1 || f.Records.Unchanged != 1 || f.Calls != 1 {
		t.Errorf("foreseen are %+v and %d calls", f.Records, f.Calls)
	}
	before := len(writes(th.stage))
	th.want("the chosen currency", th.sync("customers", "61", "62"), "+customer:62:EUR Vera Lindqvist (EUR) Madison active")
	if n := len(writes(th.stage)) - before; n != 1 {
		t.Errorf("%d writing calls", n)
	}
	var r struct {
		Status   string
		ZohoID   *string `json:"zoho_id"`
		ZohoURL  *string `json:"zoho_url"`
		Number   *string `json:"zoho_number"`
		Document []struct{ Key, Status string }
	}
	th.ok(th.stage.Call(th.ctx, http.MethodGet, "/records/customers/62", nil, &r))
	if r.Status != "synced" || r.ZohoID == nil || r.ZohoURL == nil || !strings.HasSuffix(*r.ZohoURL, *r.ZohoID) {
		t.Errorf("the record is %+v", r)
	}
	th.want("once more", th.sync("customers", "61", "62"))

	// An order in the base currency needs a contact in it; one in the chosen currency has its own.
	th.clerk.book("80", "ONENEWONE", "62", "920")
	th.clerk.book("81", "ONENEWTWO", "63", "921")
	th.clerk.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = 81")
	_, err := th.stage.Start(th.ctx, "/records/orders/initialize", nil)
	th.ok(err)
	foreseen := preview(th.ctx, t, th.stage, "/records/orders/preview", map[string]any{"ids": []string{"80"}})
	count := len(writes(th.stage))
	got := th.sync("orders", "80")
	got = slices.DeleteFunc(got, func(line string) bool { return !strings.Contains(line, "customer:") })
	th.want("an order in the base currency", got, "+customer:62 Vera Lindqvist Madison active")
	if n := len(writes(th.stage)) - count; n != foreseen.Calls {
		t.Errorf("%d writing calls, foreseen were %d", n, foreseen.Calls)
	}
	got = th.sync("orders", "81")
	got = slices.DeleteFunc(got, func(line string) bool { return !strings.Contains(line, "customer:") })
	th.want("an order in the chosen currency", got, "+customer:63:EUR Amara Eze (EUR) Madison active")
	th.want("its guest then", th.sync("customers", "63"))

	// Both follow the guest.
	th.clerk.do("UPDATE {p}customer SET lastname = 'Berg', date_upd = NOW() WHERE id_customer IN (62, 63)")
	th.want("renamed", th.sync("customers", "62", "63"), "customer:62 Vera Berg Madison active", "customer:62:EUR Vera Berg (EUR) Madison active", "customer:63:EUR Amara Berg (EUR) Madison active")

	// A new guest of the schedule is one like any other; with everything off nothing is made.
	th.scheduleOn()
	th.clerk.guest("70", "Lea", "Roth")
	have := th.expect(th.books(), "everything off", nil)
	th.set([]string{"customers.auto_sync_new"}, true)
	th.expect(have, "auto_sync_new", []string{"+customer:70:EUR Lea Roth (EUR) Madison active"})
	th.set([]string{"customers.auto_sync_new"}, false)

	// A contact in the chosen currency that a person pairs is that one, here and on the page of pairing.
	id, err := th.stage.Books.AddByHand("contacts", `{"contact_name":"Weber, Jonas","contact_type":"customer","currency_id":"`+th.stage.Books.AddCurrency("EUR")+`","contact_persons":[{"first_name":"Jonas","last_name":"Weber","email":"Jonas@guests.example","is_primary_contact":true}]}`)
	th.ok(err)
	_, err = th.stage.Start(th.ctx, "/pairing/customers/load", nil)
	th.ok(err)
	var page wire.PairingPage
	th.ok(th.stage.Call(th.ctx, http.MethodGet, "/pairing/customers?limit=200", nil, &page))
	open := page.Counts["open"]
	for _, item := range page.Items {
		if item.CustomerID == "64" && (len(item.Suggestions) != 1 || item.Suggestions[0].ZohoContactID != id) || item.CustomerID == "70" && item.ZohoContactID == nil {
			t.Errorf("the page of pairing has %+v", item)
		}
	}
	var item wire.PairingItem
	th.ok(th.stage.Call(th.ctx, http.MethodPost, "/pairing/customers/64", map[string]any{"zoho_id": id}, &item))
	if item.ZohoContactID == nil || *item.ZohoContactID != id || !item.Paired {
		t.Errorf("paired is %+v", item)
	}
	th.ok(th.stage.Call(th.ctx, http.MethodGet, "/pairing/customers?limit=200", nil, &page))
	if page.Counts["open"] != open-1 {
		t.Errorf("%d customers are open, before there were %d", page.Counts["open"], open)
	}
	if got := th.sync("customers", "64"); len(got) != 2 || !strings.HasPrefix(got[0], "+customer:64:EUR ") {
		t.Errorf("the paired contact was not taken: %v", got)
	}
	status, csv := file(th.ctx, t, th.stage, http.MethodGet, "/pairing/customers.csv", "")
	if status != http.StatusOK || !strings.Contains(csv, `"64","`+id+`"`) {
		t.Errorf("the file: %d %s", status, csv)
	}
	if status, answer := file(th.ctx, t, th.stage, http.MethodPost, "/pairing/customers.csv", csv); status != http.StatusOK {
		t.Errorf("its way back: %d %s", status, answer)
	}
	th.ok(th.stage.Call(th.ctx, http.MethodDelete, "/pairing/customers/64", nil, nil))

	// Back to the base currency: what stands stays.
	th.clerk.guest("65", "Ines", "Prado")
	_, err = th.stage.Start(th.ctx, "/records/customers/initialize", nil)
	th.ok(err)
	th.ok(th.stage.Set(th.ctx, "currencies", "default_currency", nil))
	th.want("the base currency again", th.sync("customers", "62", "65"), "+customer:65 Ines Prado Madison active")
}

// TestADefaultCurrencyThatCannotBe names the field and says why.
func TestADefaultCurrencyThatCannotBe(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dsn := hotel(t, "inn_")
	th := openTheatre(t, dsn, "inn_")
	s := th.stage
	// Nobody is connected: whether it is the base currency is not known yet.
	th.ok(s.Set(ctx, "currencies", "default_currency", "EUR"))
	th.ok(s.Connect(ctx))
	th.ok(s.SetUp(ctx, "Operating account"))
	th.clerk.do("INSERT INTO {p}currency VALUES (6, 'Franc', 'CHF', 0.8, 0, 0)", "INSERT INTO {p}currency_shop VALUES (6, 1, 0.8)", "INSERT INTO {p}currency VALUES (7, 'Krona', 'SEK', 10, 1, 1)", "INSERT INTO {p}currency_shop VALUES (7, 1, 10)")
	for _, c := range []struct {
		iso, why string
		multi    bool
	}{{"EUR", "switch multi_currency on", false}, {"CHF", "disabled in QloApps", true}, {"SEK", "deleted in QloApps", true}, {"XAF", "neither in QloApps nor in Zoho Books", true}, {"USD", "", false}, {"EUR", "", true}} {
		var all map[string]any
		th.ok(s.Call(ctx, http.MethodGet, "/settings/currencies", nil, &all))
		all["default_currency"], all["multi_currency"] = c.iso, c.multi
		err := s.Call(ctx, http.MethodPut, "/settings/currencies", all, nil)
		if c.why == "" {
			th.ok(err)
			continue
		}
		if err == nil || !strings.Contains(err.Error(), `"field":"default_currency"`) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s, several currencies %t: %v", c.iso, c.multi, err)
		}
	}

	// Stored before the connection said that another currency is the base one: the record says it.
	th.clerk.do("UPDATE qlobooks_settings SET body = JSON_SET(body, '$.multi_currency', FALSE) WHERE section = 'currencies'")
	_, err := s.Start(ctx, "/records/customers/initialize", nil)
	th.ok(err)
	if got := th.sync("customers", "1"); len(got) != 0 {
		t.Errorf("the books changed: %v", got)
	}
	var r struct {
		Status string
		Issue  *struct{ Code, Action string }
	}
	th.ok(s.Call(ctx, http.MethodGet, "/records/customers/1", nil, &r))
	if r.Status != "held" || r.Issue == nil || r.Issue.Code != "currency_off" {
		t.Errorf("the record is %+v", r)
	}
	// Switching several currencies on lets it go.
	th.ok(s.Set(ctx, "currencies", "multi_currency", true))
	th.settle()
	th.ok(s.Call(ctx, http.MethodGet, "/records/customers/1", nil, &r))
	if r.Status != "synced" {
		t.Errorf("then it is %+v", r)
	}
}

// TestForeignDocumentsWaitWhileSeveralCurrenciesAreOff holds the whole books: with the switch off only
// documents in the base currency are made, and with it on the others follow.
func TestForeignDocumentsWaitWhileSeveralCurrenciesAreOff(t *testing.T) {
	atOnce(t)
	th := openTheatre(t, hotel(t, "one_"), "one_")
	for i, id := range []string{"80", "81"} {
		th.clerk.book(id, "ONENEW"+strings.Repeat("AB"[i:i+1], 3), "2", "92"+id)
	}
	th.clerk.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = 81")
	th.clerk.invoice("80", "80")
	th.clerk.invoice("81", "81")
	th.clerk.pay("81", "81", "81", "2", "0.91", "124.80", "124.80")
	th.open()
	th.ok(th.stage.Set(th.ctx, "currencies", "multi_currency", false))
	got := th.sync("orders", "80", "81")
	th.want("off", got, "+customer:2 Tomasz Wieliczko Madison active", "+room_type:1 Garden Room active", "+sales_order:80 124.8 invoiced", "+invoice:80 124.8 sent open 124.8")
	for _, d := range everyDocument(th.ctx, t, th.stage) {
		if strings.HasSuffix(d.Key, ":81") && (d.Status != "held" && d.Status != "blocked" || d.Issue == nil || d.Issue.Code != "currency_off") {
			t.Errorf("%s is %s: %+v", d.Key, d.Status, d.Issue)
		}
	}
	have := th.books()
	th.ok(th.stage.Set(th.ctx, "currencies", "multi_currency", true))
	th.settle()
	th.want("on", changed(have, th.books()), "+customer:2:EUR Tomasz Wieliczko (EUR) Madison active", "+sales_order:81 124.8 invoiced", "+invoice:81 124.8 paid open 0", "+payment:81 124.8 open 0")
}
