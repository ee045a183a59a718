package qloapps

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// inLanguages are the settings that have a value for each language.
var inLanguages = []string{"PS_INVOICE_PREFIX", "PS_CREDIT_SLIP_PREFIX"}

func newNumbering() Numbering {
	return Numbering{InvoicePrefix: map[string]string{}, SlipPrefix: map[string]string{}}
}

// take puts in what one row of the configuration says of numbers; a later row wins.
func (n *Numbering) take(row setting) {
	switch row.Name {
	case "PS_INVOICE_PREFIX":
		n.InvoicePrefix[row.Lang] = row.Value
	case "PS_CREDIT_SLIP_PREFIX":
		n.SlipPrefix[row.Lang] = row.Value
	case "PS_INVOICE_USE_YEAR":
		n.InvoiceUseYear = on(row.Value)
	case "PS_INVOICE_YEAR_POS":
		n.InvoiceYearPos = on(row.Value)
	case "PS_INVOICE_RESET":
		n.InvoiceReset = on(row.Value)
	}
}

// shopNumberings are how each shop prints its numbers, where there is more than one: QloApps takes what is configured for
// the order's shop, else for its group, else for all.
func (r *Reader) shopNumberings(ctx context.Context) (map[string]Numbering, error) {
	if !r.has("shop.id_shop_group") || !r.has("orders.id_shop") {
		return nil, nil
	}
	var rows []struct{ Shop, Name, Value, Lang string }
	err := r.query(ctx, &rows, "SELECT s.id_shop shop, COALESCE(c.name, '') name, COALESCE(IF(c.name IN ?, l.value, c.value), '') value, COALESCE(l.id_lang, '') lang FROM {p}shop s LEFT JOIN {p}configuration c ON c.name IN ? AND "+
		"(c.id_shop = s.id_shop OR COALESCE(c.id_shop, 0) = 0 AND COALESCE(c.id_shop_group, 0) IN (0, s.id_shop_group)) LEFT JOIN {p}configuration_lang l ON l.id_configuration = c.id_configuration AND c.name IN ? "+
		"ORDER BY COALESCE(c.id_shop, 0) > 0, COALESCE(c.id_shop_group, 0) > 0", inLanguages, append([]string{"PS_INVOICE_USE_YEAR", "PS_INVOICE_YEAR_POS", "PS_INVOICE_RESET"}, inLanguages...), inLanguages)
	all := map[string]Numbering{}
	for _, x := range rows {
		n, known := all[x.Shop]
		if !known {
			n = newNumbering()
		}
		if x.Lang != "" || !slices.Contains(inLanguages, x.Name) {
			n.take(setting{x.Name, x.Value, x.Lang})
		}
		all[x.Shop] = n
	}
	if len(all) < 2 {
		return nil, err
	}
	return all, err
}

// of is how the numbers of an order's shop are printed.
func (s Shop) of(shopID string) Numbering {
	if n, known := s.ShopNumberings[shopID]; known {
		return n
	}
	return s.Numbering
}

// Numberings are all that are in use.
func (s Shop) Numberings() []Numbering {
	if len(s.ShopNumberings) == 0 {
		return []Numbering{s.Numbering}
	}
	var all []Numbering
	for _, id := range slices.Sorted(maps.Keys(s.ShopNumberings)) {
		all = append(all, s.ShopNumberings[id])
	}
	return all
}

// invoice is the number of an invoice as QloApps prints it: prefix, six digits, and the year where configured.
func (n Numbering) invoice(number, lang string, year int) string {
	var digits int
	if _, err := fmt.Sscan(number, &digits); err != nil || digits == 0 {
		return ""
	}
	prefix := n.InvoicePrefix[lang]
	switch {
	case n.InvoiceUseYear && n.InvoiceYearPos:
		return fmt.Sprintf("%s%d/%06d", prefix, year, digits)
	case n.InvoiceUseYear:
		return fmt.Sprintf("%s%06d/%d", prefix, digits, year)
	default:
		return fmt.Sprintf("%s%06d", prefix, digits)
	}
}

// slip is the number of a credit slip as QloApps prints it.
func (n Numbering) slip(id, lang string) string {
	var digits int
	_, _ = fmt.Sscan(id, &digits)
	return fmt.Sprintf("%s%06d", n.SlipPrefix[lang], digits)
}

// invoiceSQL is the same in SQL, of an invoice i of an order o.
func (n Numbering) invoiceSQL() (expression string, args []any) {
	prefix, args := prefixes("o.id_lang", n.InvoicePrefix)
	number := "IF(i.number > 999999, i.number, LPAD(i.number, 6, '0'))"
	switch {
	case n.InvoiceUseYear && n.InvoiceYearPos:
		return "CONCAT(" + prefix + ", YEAR(i.date_add), '/', " + number + ")", args
	case n.InvoiceUseYear:
		return "CONCAT(" + prefix + ", " + number + ", '/', YEAR(i.date_add))", args
	}
	return "CONCAT(" + prefix + ", " + number + ")", args
}

// printedNumbers are the invoices' numbers as QloApps prints them.
func (r *Reader) printedNumbers(shop Shop, between []any) Selection {
	number, args := shop.invoiceSQL()
	if len(shop.ShopNumberings) > 0 {
		var of strings.Builder
		var all []any
		of.WriteString("CASE " + r.orderShop())
		for id, numbering := range shop.ShopNumberings {
			one, with := numbering.invoiceSQL()
			of.WriteString(" WHEN ? THEN " + one)
			all = append(append(all, id), with...)
		}
		of.WriteString(" ELSE " + number + " END")
		number, args = of.String(), append(all, args...)
	}
	return r.selection("SELECT "+number+" term, o.id_order id FROM {p}orders o JOIN {p}order_invoice i ON i.id_order = o.id_order WHERE o.id_order > ? AND o.id_order <= ? AND i.number > 0", append(args, between...)...)
}
