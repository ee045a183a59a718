package sample

import "fmt"

// Expected is what every invoice and payment of the sample must come to, by name.
func Expected() []Case {
	invoice := func(id int, name, total, currency string) Case {
		return Case{Flow: "invoice", ID: fmt.Sprint(id), Name: name, Status: "synced", Total: total, Currency: currency}
	}
	payment := func(id int, name, total, currency string) Case {
		return Case{Flow: "payment", ID: fmt.Sprint(id), Name: name, Status: "synced", Total: total, Currency: currency}
	}
	order := func(id int, name, total, currency string) Case {
		return Case{Flow: "sales_order", ID: fmt.Sprint(id), Name: name, Status: "synced", Total: total, Currency: currency}
	}
	open := func(c Case, left string) Case { c.Open = left; return c }
	with := func(c Case, notice string) Case { c.Notice = notice; return c }
	cases := []Case{
		invoice(1, "paid in full", "374.40", "USD"),
		invoice(2, "paid in three parts", "771.68", "USD"),
		invoice(3, "rooms, services, facilities, 10 % voucher, EUR", "948.44", "EUR"),
		invoice(4, "fixed discount over two tax rates", "289.05", "USD"),
		invoice(5, "one cart, first hotel", "249.60", "USD"),
		invoice(6, "one cart, second hotel", "145.11", "USD"),
		invoice(7, "compound tax", "367.96", "USD"),
		invoice(8, "20 % paid in advance, invoiced in full", "249.60", "USD"),
		with(invoice(9, "invoice row gone stale", "271.10", "USD"), "invoice_stale"),
		invoice(10, "yen with two decimals in QloApps", "69654", "JPY"),
		invoice(11, "tax rounds a cent apart", "107.55", "USD"),
		invoice(12, "free order, 100 % discount", "0", "USD"),
		invoice(13, "overpaid", "249.60", "USD"),
		invoice(14, "customer row is gone", "124.80", "USD"),
		invoice(15, "product was deleted, guest anonymized", "182.00", "USD"),
		invoice(16, "paid in dollars and euros", "249.60", "USD"),
		payment(1, "whole invoice", "374.40", "USD"),
		payment(2, "first of three", "200", "USD"),
		payment(3, "second of three", "300", "USD"),
		payment(4, "third of three, by wire", "271.68", "USD"),
		payment(5, "part of a discounted invoice", "210", "USD"),
		payment(6, "one payment, two orders", "341.99", "USD"),
		payment(7, "advance of 20 %", "49.92", "USD"),
		payment(8, "part of a stale invoice", "100", "USD"),
		payment(9, "yen, rounded to whole ones", "34827", "JPY"),
		payment(10, "0.00 of a free order", "", "USD"),
		with(payment(11, "more than the invoice", "260", "USD"), "overpaid"),
		payment(12, "of a guest whose row is gone", "124.80", "USD"),
		payment(13, "deposit before any invoice", "50", "USD"),
		payment(14, "dollars on a dollar order", "100", "USD"),
		payment(15, "50 EUR on a dollar order", "54.95", "USD"),
		{Flow: "payment", ID: "16", Name: "cash given back", Status: "synced", Currency: "USD", Refunded: "20"},
		invoice(17, "half of it credited and wired back", "249.60", "USD"),
		open(invoice(18, "half paid, a part credited", "249.60", "USD"), "87.20"),
		invoice(19, "credited whole, turned into a voucher", "249.60", "USD"),
		open(with(invoice(20, "paid by voucher and card", "374.40", "USD"), "voucher_credit"), "0"),
		open(invoice(21, "cash back without a slip", "124.80", "USD"), "0"),
		invoice(22, "refund denied, pending, and as a voucher", "124.80", "USD"),
		payment(17, "before half of it was wired back", "249.60", "USD"),
		payment(18, "of a half paid invoice", "100", "USD"),
		payment(19, "of an invoice credited later", "249.60", "USD"),
		payment(20, "the rest after a voucher", "124.80", "USD"),
		payment(21, "before cash was given back", "124.80", "USD"),
		payment(22, "of an invoice with refund requests", "124.80", "USD"),
		{Flow: "credit_note", ID: "1", Name: "slip wired back", Status: "synced", Total: "124.80", Currency: "USD", Refunded: "124.80", Open: "0"},
		{Flow: "credit_note", ID: "2", Name: "slip settling the open invoice", Status: "synced", Total: "62.40", Currency: "USD", Open: "0"},
		{Flow: "credit_note", ID: "3", Name: "slip turned into a voucher, used up", Status: "synced", Total: "249.60", Currency: "USD", Open: "0"},
		{Flow: "credit_note", ID: "4", Name: "slip on a paid invoice stays open", Status: "synced", Total: "31.20", Currency: "USD", Open: "31.20"},
		{Flow: "refund", ID: "4", Name: "money back without a slip", Status: "synced", Total: "62.40", Currency: "USD", Refunded: "62.40", Open: "0"},
		{Flow: "refund", ID: "5", Name: "denied", Status: "synced"},
		{Flow: "refund", ID: "6", Name: "pending", Status: "synced"},
		{Flow: "refund", ID: "7", Name: "given back as a voucher", Status: "synced"},
		order(1, "order paid in full", "374.40", "USD"),
		order(3, "order in EUR with a voucher", "948.44", "EUR"),
		order(9, "unpaid order in EUR", "250.90", "EUR"),
		order(12, "order in yen", "69654", "JPY"),
		{Flow: "sales_order", ID: "4", Name: "canceled before it was sent", Status: "synced"},
		order(24, "order with a voucher made from a slip", "374.40", "USD"),
	}
	for n := range 10 {
		cases = append(cases, invoice(30+n, fmt.Sprintf("namesake %d of ten", n+1), "124.80", "USD"), payment(30+n, fmt.Sprintf("of namesake %d", n+1), "124.80", "USD"))
	}
	return cases
}

// ExpectedOlder is Expected of the hotel that LoadOlder keeps, whose services have no parts of cents.
func ExpectedOlder() []Case {
	cases := Expected()
	for i, c := range cases {
		if c.Key() == "invoice:3" || c.Key() == "sales_order:3" {
			cases[i].Total = "948.43"
		}
	}
	return cases
}
