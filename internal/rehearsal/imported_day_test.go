package rehearsal_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestAnotherDayOfAPaymentIsTold: QloApps' row stays on the day on which it was written, and the statements stay
// with it; who moves the payment in Zoho Books is told both days, until both sides say the same or a person leaves it.
func TestAnotherDayOfAPaymentIsTold(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	day := func(ago int) string { return time.Now().AddDate(0, 0, -ago).Format(time.DateOnly) }
	written, left, moved, again := day(2), day(30), day(36), day(20)
	id := received(t, s, "customer:7", "invoice:8", "30", "13", 2)
	if p := brought(ctx, t, s, "new")[id]; p.Status != "imported" {
		t.Fatalf("%+v", p)
	}
	dated := func(day string) wire.ImportedPayment {
		t.Helper()
		reapplied(t, s, id, "invoice:8", "13", fmt.Sprintf(`,"date":%q`, day))
		return brought(ctx, t, s, "new")[id]
	}
	statement := func(step, period, sum string) {
		t.Helper()
		var statements wire.Statements
		if err := s.Call(ctx, http.MethodGet, "/payments/statements?from="+period+"&to="+period, nil, &statements); err != nil || sumOf(statements) != sum {
			t.Errorf("%s: the statement of %s has %+v, want %s %v", step, period, statements.Items, sum, err)
		}
		var list struct{ Items []wire.ImportedPayment }
		if err := s.Call(ctx, http.MethodGet, "/payments/imported?from="+period+"&to="+period, nil, &list); err != nil || (len(list.Items) == 1) != (sum != "0.00") {
			t.Errorf("%s: behind the statement of %s are %+v %v", step, period, list.Items, err)
		}
	}
	told := func(step string, p wire.ImportedPayment, days ...string) {
		t.Helper()
		if p.Status != "changed" || p.Issue == nil || p.Issue.Code != "payment_changed" {
			t.Fatalf("%s: it is %s %+v", step, p.Status, p.Issue)
		}
		for _, word := range append(days, "13.00") {
			if !strings.Contains(p.Issue.Detail, word) || !strings.Contains(p.Issue.Action, word) {
				t.Errorf("%s: nothing is said of %s: %s %s", step, word, p.Issue.Detail, p.Issue.Action)
			}
		}
		if !hasNotice(ctx, t, s, "10", "payment_changed") {
			t.Errorf("%s: the order does not tell it", step)
		}
		if g := inInbox(ctx, t, s, "payment_changed"); g.Count != 1 || len(g.AmountByCurrency) != 1 || g.AmountByCurrency[0].Amount != "13.00" {
			t.Errorf("%s: in question are %+v", step, g)
		}
		statement(step, written, "13.00")
		statement(step, moved, "0.00")
	}
	told("moved", dated(left), written, left)
	if err := s.Call(ctx, http.MethodPost, "/payments/imported/"+id+"/handled", why, nil); err != nil {
		t.Fatal(err)
	}
	if p := brought(ctx, t, s, "all")[id]; p.Status != "imported" || p.Issue != nil {
		t.Errorf("left as it is: %s %+v", p.Status, p.Issue)
	}
	told("moved again", dated(again), written, again)
	if p := dated(written); p.Status != "imported" || p.Issue != nil {
		t.Errorf("put right in Zoho Books: %s %+v", p.Status, p.Issue)
	}
	told("moved once more", dated(moved), written, moved)

	// What comes of it later is written on Zoho's day, and the rest is still told.
	reapplied(t, s, id, "invoice:8", "17", "")
	if p := brought(ctx, t, s, "new")[id]; p.Came != "17.00" || p.Status != "changed" || !strings.Contains(p.Issue.Detail, "13.00") {
		t.Errorf("with more of it: %s %s %+v", p.Came, p.Status, p.Issue)
	}
	statement("with more of it", moved, "4.00")

	// Put right in QloApps as the cure says.
	for _, x := range [][2]string{{"-13", written}, {"13", moved}} {
		inHotel(t, s.App.Config.MySQLDSN.Reveal(),
			"INSERT INTO qlo_order_payment (order_reference, id_currency, amount, payment_method, payment_type, conversion_rate, transaction_id, card_number, card_brand, card_expiration, card_holder, date_add) SELECT reference, id_currency, "+x[0]+", 'Cash', 2, conversion_rate, 'zoho:"+id+"', '', '', '', '', '"+x[1]+"' FROM qlo_orders WHERE id_order = 10",
			"INSERT INTO qlo_order_payment_detail (id_order_payment, id_order, amount, date_add) SELECT MAX(id_order_payment), 10, "+x[0]+", NOW() FROM qlo_order_payment")
	}
	if p := brought(ctx, t, s, "new")[id]; p.Status != "imported" || p.Issue != nil {
		t.Errorf("put right in QloApps: %s %+v", p.Status, p.Issue)
	}
	statement("put right in QloApps", moved, "17.00")
}

// TestTakenBackOnAnotherDayIsNoOtherDay: the desk takes back today what came earlier.
func TestTakenBackOnAnotherDayIsNoOtherDay(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	id := received(t, s, "customer:7", "invoice:8", "24", "24", 5)
	brought(ctx, t, s, "new")
	reapplied(t, s, id, "invoice:8", "4", `,"amount":4`)
	inHotel(t, s.App.Config.MySQLDSN.Reveal(),
		"INSERT INTO qlo_order_payment (order_reference, id_currency, amount, payment_method, payment_type, conversion_rate, transaction_id, card_number, card_brand, card_expiration, card_holder, date_add) SELECT reference, id_currency, -20, 'Cash', 2, conversion_rate, 'zoho:"+id+"', '', '', '', '', NOW() FROM qlo_orders WHERE id_order = 10",
		"INSERT INTO qlo_order_payment_detail (id_order_payment, id_order, amount, date_add) SELECT MAX(id_order_payment), 10, -20, NOW() FROM qlo_order_payment")
	if p := brought(ctx, t, s, "new")[id]; p.Status != "imported" || p.Issue != nil {
		t.Errorf("it is %s %+v", p.Status, p.Issue)
	}
}
