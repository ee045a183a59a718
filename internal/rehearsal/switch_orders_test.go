package rehearsal_test

const (
	newOrders   = "orders.auto_sync_new_orders"
	updates     = "orders.auto_update_orders"
	newInvoices = "orders.auto_sync_new_invoices"
	newPayments = "orders.auto_sync_new_payments"
	creditNotes = "orders.auto_sync_credit_notes"
)

// before makes the orders that stand in the books when the events begin, all of guest 2: 50
// invoiced, 51 only booked, 52 paid in full, 53 and 54 for canceling.
func before(c clerk) {
	c.t.Helper()
	c.book("50", "ONEFIRSTT", "2", "901", "902")
	c.invoice("60", "50")
	c.book("51", "ONESECOND", "2", "903")
	c.book("52", "ONETHIRDD", "2", "904", "905")
	c.invoice("62", "52")
	c.pay("62", "52", "62", "1", "1", "249.60", "249.60")
	c.book("53", "ONEFOURTH", "2", "906")
	c.invoice("63", "53")
	c.book("54", "ONEFIFTHH", "2", "907")
	c.book("55", "ONESIXTHH", "2", "908")
	c.invoice("65", "55")
}

// state gives an order another state, as OrderHistory::changeIdOrderState does.
func (c clerk) state(order, state string) {
	c.t.Helper()
	c.do("INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES ("+order+", "+state+", NOW())", "UPDATE {p}orders SET current_state = "+state+", date_upd = NOW() WHERE id_order = "+order)
}

// ask is a refund request for a room of an order, in a state, with or without money.
func (c clerk) ask(id, order, room, state, amount, mode string) {
	c.t.Helper()
	c.do("INSERT INTO {p}order_return (id_order_return, id_order, state, payment_mode, refunded_amount, id_return_type, return_type, date_add, date_upd) VALUES ("+id+", "+order+", "+state+", '"+mode+"', "+amount+", 0, 0, NOW(), NOW())",
		"INSERT INTO {p}order_return_detail (id_order_return, id_htl_booking, refunded_amount, id_order_detail, id_customization) VALUES ("+id+", "+room+", "+amount+", "+order+"1, 1)",
		"UPDATE {p}htl_booking_detail SET date_upd = NOW() WHERE id = "+room)
}

func orderEvents() []event {
	return []event{
		{"a booking with everything", func(c clerk) {
			c.book("80", "ONENEWONE", "2", "920", "921")
			c.invoice("80", "80")
			c.pay("80", "80", "80", "1", "1", "100.00", "100.00")
			c.slip("80", "80", "920", "60.00", "62.40", "")
		}, []turn{
			none(updates, "customers.auto_sync_new"),
			on(newOrders, "+sales_order:80 249.6 open"),
			on(newInvoices, "+invoice:80 249.6 sent open 249.6", "sales_order:80 249.6 invoiced"),
			on(newPayments, "+payment:80 100 open 0", "invoice:80 249.6 partially_paid open 149.6"),
			on(creditNotes, "+credit_note:80 62.4 open 0", "invoice:80 249.6 partially_paid open 87.2"),
		}},
		{"a booking whose payment is wanted before its invoice", func(c clerk) {
			c.book("81", "ONENEWTWO", "2", "922")
			c.invoice("81", "81")
			c.pay("81", "81", "81", "1", "1", "24.80", "24.80")
			c.slip("81", "81", "922", "20.00", "20.80", "")
		}, []turn{
			none(newPayments, creditNotes),
			on(newInvoices, "+invoice:81 124.8 partially_paid open 79.2", "+payment:81 24.8 open 0", "+credit_note:81 20.8 open 0"),
			on(newOrders, "+sales_order:81 124.8 open"),
		}},
		{"a booking of a new guest", func(c clerk) {
			c.guest("60", "Vera", "Lindqvist")
			c.book("82", "ONENEWTRE", "60", "923")
		}, []turn{
			none(updates, newInvoices, newPayments, creditNotes, "customers.auto_update", "customers.auto_delete"),
			on(newOrders, "+customer:60 Vera Lindqvist Madison active", "+sales_order:82 124.8 open"),
			none("customers.auto_sync_new"),
		}},
		{"an order's state with an invoice", func(c clerk) { c.invoice("82", "82") }, []turn{
			none(newOrders, newPayments, updates),
			on(newInvoices, "+invoice:82 124.8 sent open 124.8", "sales_order:82 124.8 invoiced"),
		}},
		{"an invoice made by hand", func(c clerk) {
			c.do("INSERT INTO {p}order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) SELECT 61, id_order, 61, total_paid_tax_excl, total_paid_tax_incl, NOW() FROM {p}orders WHERE id_order = 51",
				"UPDATE {p}order_detail SET id_order_invoice = 61 WHERE id_order = 51", "UPDATE {p}orders SET date_upd = NOW() WHERE id_order = 51")
		}, []turn{
			none(newOrders, updates),
			on(newInvoices, "+invoice:61 124.8 sent open 124.8", "sales_order:51 124.8 invoiced"),
		}},
		{"a state that means nothing to the books", func(c clerk) { c.state("50", "2") }, []turn{on("")}},
		{"check-in", func(c clerk) {
			c.do("UPDATE {p}htl_booking_detail SET check_in = NOW(), date_upd = NOW() WHERE id_order = 50")
		}, []turn{on("")}},
		{"a discount", func(c clerk) {
			c.do("INSERT INTO {p}cart_rule (id_cart_rule, code) VALUES (960, '')", "INSERT INTO {p}order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (960, 50, 960, 60, 'Sorry', 10.40, 10.00)")
			c.cost("50", "230", "239.2")
		}, []turn{
			none(newOrders, newInvoices, newPayments, creditNotes),
			on(updates, "invoice:60 239.2 sent open 239.2"),
		}},
		{"a discount removed", func(c clerk) {
			c.do("DELETE FROM {p}order_cart_rule WHERE id_order_cart_rule = 960")
			c.cost("50", "240", "249.6")
		}, []turn{
			none(newInvoices),
			on(updates, "invoice:60 249.6 sent open 249.6"),
		}},
		{"a service added", func(c clerk) {
			c.breakfast("502", "50", "60", "901", "2", "28", "29.12")
			c.cost("50", "268", "278.72")
		}, []turn{
			none(newOrders, newInvoices, "service-products.auto_update"),
			on(updates, "invoice:60 278.72 sent open 278.72"),
		}},
		{"a room removed", func(c clerk) {
			c.do("DELETE FROM {p}htl_booking_detail WHERE id = 902", "UPDATE {p}order_detail SET total_price_tax_excl = 120, total_price_tax_incl = 124.8 WHERE id_order_detail = 501")
			c.cost("50", "148", "153.92")
		}, []turn{
			none(newInvoices, creditNotes),
			on(updates, "invoice:60 153.92 sent open 153.92"),
		}},
		{"an unpaid invoice canceled", func(c clerk) { c.cancel("53") }, []turn{
			none(newOrders, newInvoices, newPayments, creditNotes),
			on(updates, "invoice:63 124.8 void open 124.8", "sales_order:53 124.8 open"), // whose sales order Zoho Books opens again
		}},
		{"a booking canceled before its invoice", func(c clerk) { c.cancel("54") }, []turn{
			none(newOrders, newInvoices, creditNotes),
			on(updates, "sales_order:54 124.8 void"),
		}},
	}
}

func moneyEvents() []event {
	return []event{
		{"a payment", func(c clerk) { c.pay("65", "55", "65", "1", "1", "50.00", "50.00") }, []turn{
			none(newOrders, newInvoices, creditNotes, updates),
			on(newPayments, "+payment:65 50 open 0", "invoice:65 124.8 partially_paid open 74.8"),
		}},
		{"a deposit before the invoice", func(c clerk) {
			c.book("83", "ONENEWFOR", "2", "924")
			c.pay("83", "83", "0", "1", "1", "30.00", "30.00")
		}, []turn{
			on(newOrders, "+sales_order:83 124.8 open"),
			none(updates),
			on(newPayments, "+payment:83 30 open 30"),
		}},
		{"the invoice after a deposit", func(c clerk) { c.invoice("83", "83") }, []turn{
			none(newPayments, newOrders),
			on(newInvoices, "+invoice:83 124.8 partially_paid open 94.8", "payment:83 30 open 0", "sales_order:83 124.8 invoiced"),
		}},
		{"a refund request", func(c clerk) { c.ask("70", "52", "904", "1", "0", "") }, []turn{on("")}},
		{"its denial", func(c clerk) {
			c.do("UPDATE {p}order_return SET state = 2, date_upd = NOW() WHERE id_order_return = 70")
		}, []turn{on("")}},
		{"a slip and its money", func(c clerk) { c.slip("71", "52", "904", "60.00", "62.40", "Cash") }, []turn{
			none(newOrders, newInvoices, newPayments, updates),
			on(creditNotes, "+credit_note:71 62.4 open 0 back 62.4"),
		}},
		{"a slip without money", func(c clerk) { c.slip("72", "52", "904", "20.00", "20.80", "") }, []turn{
			none(newOrders, newInvoices, newPayments, updates),
			on(creditNotes, "+credit_note:72 20.8 open 20.8"),
		}},
		{"the slip made a voucher", func(c clerk) {
			c.do("UPDATE {p}order_slip SET redeem_status = 2, id_cart_rule = 970, date_upd = NOW() WHERE id_order_slip = 72", "INSERT INTO {p}cart_rule (id_cart_rule, code) VALUES (970, 'CS72C2O52')")
		}, []turn{on("")}},
		{"money back without a slip", func(c clerk) {
			c.ask("73", "52", "905", "3", "10.40", "Cash")
			c.do("UPDATE {p}htl_booking_detail SET is_refunded = 1 WHERE id = 905")
		}, []turn{
			none(newOrders, newInvoices, newPayments, updates),
			on(creditNotes, "+refund:73 10.4 open 0 back 10.4"),
		}},
		{"a full refund", func(c clerk) {
			c.slip("74", "55", "908", "120.00", "124.80", "Cash")
			c.do("UPDATE {p}order_return SET refunded_amount = 50 WHERE id_order_return = 74", "UPDATE {p}htl_booking_detail SET is_refunded = 1, date_upd = NOW() WHERE id_order = 55")
			c.state("55", "5")
		}, []turn{
			none(newOrders, newInvoices, newPayments, updates),
			on(creditNotes, "+credit_note:74 124.8 open 0 back 50", "invoice:65 124.8 paid open 0"),
		}},
	}
}
