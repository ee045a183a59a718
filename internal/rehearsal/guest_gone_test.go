package rehearsal_test

import (
	"strings"
	"testing"
)

// TestAnOrderWithoutAGuestStandsAndSaysSo has orders with a payment and a credit slip name no customer, or one
// that was removed with all addresses or without them: everything of them stands, and each document says under
// whom and why.
func TestAnOrderWithoutAGuestStandsAndSaysSo(t *testing.T) {
	atOnce(t)
	for _, version := range []string{"1.7", "1.6"} {
		t.Run(version, func(t *testing.T) {
			d := openedAs(t, version, "gone_")
			remove := []string{"DELETE FROM {p}customer WHERE id_customer IN (81, 82)", "DELETE FROM {p}address WHERE id_address = 1082", "UPDATE {p}orders SET id_customer = 0, id_address_invoice = 0 WHERE id_order = 70"}
			for _, guest := range []string{"81", "82"} {
				d.guest(guest, "Ines", "Duarte")
			}
			for _, o := range [][3]string{{"70", "NAMESNONE", "2"}, {"71", "NOGUESTRO", "81"}, {"72", "NOADDRESS", "82"}} {
				d.book(o[0], o[1], o[2], "9"+o[0])
				d.invoice(o[0], o[0])
				d.pay(o[0], o[0], o[0], "1", "1", "124.80", "124.80")
				d.slip(o[0], o[0], "9"+o[0], "20", "20.8", "Cash")
			}
			if n := one(t, d.Stage, "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'gone_order_slip' AND column_name = 'id_customer'"); n == "1" {
				remove = append(remove, "UPDATE {p}order_slip SET id_customer = 0 WHERE id_order = 70")
			}
			d.do(remove...)
			for _, order := range []string{"70", "71", "72"} {
				d.sync(order)
			}
			settled(d.ctx, t, d.Stage)
			for order, want := range map[string][2]string{"70": {"customer:0", "names no customer"}, "71": {"customer:81", "customer 81"}, "72": {"customer:82", "customer 82"}} {
				contact := d.find(want[0])
				for _, key := range []string{"sales_order:" + order, "invoice:" + order, "payment:" + order, "credit_note:" + order} {
					until(d.ctx, t, d.Stage, key, "synced", "")
					if r := d.find(key); contact.ID == "" || r.Contact != contact.Name {
						t.Errorf("%s stands under %s, want %s", key, r.Contact, want[0])
					}
					if words := d.notices(key)["guest_gone"]; !strings.HasPrefix(key, "payment") && !strings.Contains(words, want[1]) {
						t.Errorf("%s says %q", key, words)
					}
				}
			}
			if name := d.find("customer:81").Name; !strings.Contains(name, "Duarte") {
				t.Errorf("the contact of whom an address is left is called %q", name)
			}
			if name := d.find("customer:82").Name; name != "Customer 82" {
				t.Errorf("the contact of whom nothing is left is called %q", name)
			}
		})
	}
}
