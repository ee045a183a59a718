package rehearsal_test

import (
	"context"
	"strings"
	"testing"
)

// TestAPaymentThatQloAppsRefusesSaysSo lets QloApps' database refuse what an import writes, as a trigger, a unique
// index, a foreign key or a rule of a column does that somebody added: the payment waits with the database's own words, keeps no
// other from coming, and comes once the cause is gone.
func TestAPaymentThatQloAppsRefusesSaysSo(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10", "14")
	dsn := s.App.Config.MySQLDSN.Reveal()
	for n, c := range []struct{ name, adds, removes, words string }{
		{"a trigger", "CREATE TRIGGER stays BEFORE INSERT ON qlo_order_payment FOR EACH ROW BEGIN IF NEW.order_reference = (SELECT reference FROM qlo_orders WHERE id_order = 10) THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Folio is closed'; END IF; END", "DROP TRIGGER stays", "Folio is closed"},
		{"a unique index", "ALTER TABLE qlo_order_payment_detail ADD once INT AS (IF(id_order = 10 AND amount < 10, 1, NULL)) STORED, ADD UNIQUE INDEX one_of_it (once)", "ALTER TABLE qlo_order_payment_detail DROP INDEX one_of_it, DROP once", "one_of_it"},
		{"a rule of a column", "ALTER TABLE qlo_order_payment_detail ADD CONSTRAINT small_only CHECK (id_order <> 10 OR amount <> 5)", "ALTER TABLE qlo_order_payment_detail DROP CONSTRAINT small_only", "small_only"},
		{"a column without default", "CREATE TRIGGER stays BEFORE INSERT ON qlo_order_payment FOR EACH ROW BEGIN IF NEW.order_reference = (SELECT reference FROM qlo_orders WHERE id_order = 10) THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1364, MESSAGE_TEXT = 'Field ''folio'' doesn''t have a default value'; END IF; END", "DROP TRIGGER stays", "folio"},
	} {
		amount := []string{"3", "4", "5", "6"}[n]
		inHotel(t, dsn, c.adds)
		refused := received(t, s, "customer:7", "invoice:8", amount, amount, 2)
		other := received(t, s, "customer:2", "invoice:11", amount, amount, 2)
		list := brought(ctx, t, s, "new")
		if p := list[other]; p.Status != "imported" {
			t.Errorf("%s: the other order's payment: %s %+v", c.name, p.Status, p.Issue)
		}
		p := list[refused]
		if p.Status != "waiting" || p.Issue == nil || p.Issue.Code != "qloapps_refuses" || !strings.Contains(p.Issue.Detail, c.words) || !strings.Contains(p.Issue.Detail, "order_payment") || p.Issue.Action == "" {
			t.Errorf("%s: %s %+v", c.name, p.Status, p.Issue)
		}
		if in := inQloApps(t, s, refused); in != "0.00" {
			t.Errorf("%s: %s of it stand in QloApps", c.name, in)
		}
		inHotel(t, dsn, c.removes)
		cured := false
		for _, cure := range inInbox(ctx, t, s, "qloapps_refuses").Cures {
			if cure.Method != nil {
				if _, err := s.Start(ctx, strings.TrimPrefix(*cure.Path, "/api/v1"), cure.Body); err != nil {
					t.Fatal(err)
				}
				cured = true
			}
		}
		if p := importedPayments(ctx, t, s)[refused]; !cured || p.Status != "imported" || p.Issue != nil {
			t.Errorf("%s, taken away: %s %+v", c.name, p.Status, p.Issue)
		}
		if in := inQloApps(t, s, refused); in != amount+".00" {
			t.Errorf("%s: %s of it stand in QloApps in the end, want %s", c.name, in, amount)
		}
	}
}
