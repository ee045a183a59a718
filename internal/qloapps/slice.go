package qloapps

import (
	"context"
	"fmt"
	"strings"
)

// A long list is stored slice by slice inside the database: what lists show of records, and which
// documents they may become, is selected from QloApps' tables into ours and never comes here. Where a
// table has no key by order it is read once for a slice. What needs a judgement (rooms that do not add
// up, shares that contradict a payment) is left to the first look at a record.

// Selection is a statement that selects, with its arguments.
type Selection struct {
	SQL  string
	Args []any
}

// Slice is everything that the records of one section with ids above After and up to Last become.
type Slice struct {
	After, Last uint64
	// Records has the columns of RecordColumns, one row for each record.
	Records Selection
	// Listed has the ids of Records, Terms the columns term and id: what a record is searched by.
	Listed Selection
	Terms  []Selection
	// Documents has the columns record and id for each flow of which the records have documents.
	Documents map[string][]Selection
}

// RecordColumns are what Slice.Records selects, in this order.
const RecordColumns = "id, name, canceled, due_open, hotel_id, currency, customer_id, day, fields, total, due, retired, amount, last_day"

// SliceEnd is the last id of a slice of at most size rows behind after; 0 when none are left. Rows that
// lists do not show count too.
func (r *Reader) SliceEnd(ctx context.Context, section string, after uint64, size int) (uint64, error) {
	table, key := "orders", "id_order"
	if section == "customers" {
		table, key = "customer", "id_customer"
	}
	var last uint64
	err := r.query(ctx, &last, fmt.Sprintf("SELECT COALESCE(MAX(id), 0) FROM (SELECT %s id FROM {p}%s WHERE %s > ? ORDER BY %s LIMIT ?) x", key, table, key, key), after, size)
	return last, err
}

// SliceOf describes a slice of orders or customers.
func (r *Reader) SliceOf(ctx context.Context, section string, after, last uint64) (Slice, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return Slice{}, err
	}
	s := Slice{After: after, Last: last, Documents: map[string][]Selection{}}
	if section == "customers" {
		r.sliceOfCustomers(&s)
	} else {
		r.sliceOfOrders(&s, shop)
	}
	return s, nil
}

// selection is a statement for whoever reads QloApps' tables from ours.
func (r *Reader) selection(statement string, args ...any) Selection {
	return Selection{r.filled(statement), args}
}

// dateOf is a column's day, NULL where it has none.
func dateOf(column string) string { return "DATE(" + timeOf(column) + ")" }

// timeOf is a column's time, NULL where it names no day: MySQL keeps 0000-00-00, and also days and months
// of zero, which a driver would take for the last one before.
func timeOf(column string) string {
	return "IF(DAYOFMONTH(" + column + ") = 0 OR MONTH(" + column + ") = 0 OR YEAR(" + column + ") = 0, NULL, " + column + ")"
}

// money2 is an amount as lists show it.
func money2(column string) string { return "CAST(ROUND(" + column + ", 2) AS CHAR)" }

// sliceOrders selects the listed orders of a slice, o, with what stands in tables that have a key by order.
const sliceOrders = "FROM {p}orders o LEFT JOIN {p}customer k ON k.id_customer = o.id_customer LEFT JOIN {p}address a ON a.id_address = o.id_address_invoice "

func (r *Reader) sliceOfOrders(s *Slice, shop Shop) {
	between := []any{s.After, s.Last}
	span := func(column string) string { return column + " > ? AND " + column + " <= ?" }
	hourAgo := r.hourAgo(shop)
	where := "WHERE " + span("o.id_order") + " AND " + listed
	guest := called("k", "COALESCE("+text("NULLIF(CONCAT(k.firstname, ' ', k.lastname), '')")+", "+text("TRIM(CONCAT(COALESCE(a.firstname, ''), ' ', COALESCE(a.lastname, '')))")+")")
	// By line and room, as the order's lines are.
	const byLine = "ORDER BY id_order_detail, id"
	bookings := "SELECT id_order, SUBSTRING_INDEX(GROUP_CONCAT(id_hotel " + byLine + "), ',', 1) id_hotel, SUBSTRING_INDEX(GROUP_CONCAT(hotel_name " + byLine + " SEPARATOR '\\n'), '\\n', 1) hotel_name, " +
		"GROUP_CONCAT(DISTINCT NULLIF(room_type_name, '') " + byLine + " SEPARATOR ', ') room_types, MIN(" + dateOf("date_from") + ") check_in, MAX(" + dateOf("date_to") + ") check_out " +
		"FROM {p}htl_booking_detail WHERE " + span("id_order") + " GROUP BY id_order"
	invoices := "SELECT id_order, MAX(" + dateOf("date_add") + ") day FROM {p}order_invoice WHERE " + span("id_order") + " GROUP BY id_order"
	slips := "SELECT id_order, MAX(" + dateOf("date_add") + ") day FROM {p}order_slip WHERE " + span("id_order") + " GROUP BY id_order"
	returns := "SELECT id_order, MAX(" + dateOf("date_upd") + ") day FROM {p}order_return WHERE " + span("id_order") + " GROUP BY id_order"
	paid := "SELECT d.id_order, MAX(" + dateOf("p.date_add") + ") day FROM {p}order_payment_detail d JOIN {p}order_payment p ON p.id_order_payment = d.id_order_payment WHERE " + span("d.id_order") + " GROUP BY d.id_order"
	canceled := "o.current_state = ?"
	hotel := "COALESCE(NULLIF(COALESCE(ta.id_hotel, 0), 0), b.id_hotel, '')"
	due := "(o.total_paid_tax_incl - o.total_paid_real)"
	last := "NULLIF(GREATEST(COALESCE(" + dateOf("o.date_add") + ", '1000-01-01')"
	for _, table := range []string{"i", "s", "n", "p"} {
		last += ", COALESCE(" + table + ".day, '1000-01-01')"
	}
	last += "), '1000-01-01')"
	statement := "SELECT o.id_order id, o.reference name, " + canceled + " canceled, " + due + " > 0.005 due_open, " + hotel + " hotel_id, COALESCE(UPPER(c.iso_code), '') currency, o.id_customer customer_id, " + dateOf("o.date_add") + " day, " +
		"JSON_OBJECT('reference', o.reference, 'guest', " + guest + ", 'hotel', COALESCE(NULLIF(hl.hotel_name, ''), b.hotel_name, ''), 'room_types', COALESCE(b.room_types, ''), 'check_in', COALESCE(CAST(b.check_in AS CHAR), ''), 'check_out', COALESCE(CAST(b.check_out AS CHAR), ''), " +
		"'total', " + money2("o.total_paid_tax_incl") + ", 'paid', " + money2("o.total_paid_real") + ", 'currency', COALESCE(UPPER(c.iso_code), ''), 'source', COALESCE(o.source, ''), 'order_state', COALESCE(osl.name, '')) fields, " +
		"ROUND(o.total_paid_tax_incl, 2) total, IF(" + canceled + ", 0, GREATEST(0, ROUND(o.total_paid_tax_incl, 2) - ROUND(o.total_paid_real, 2))) due, 0 retired, " +
		"ROUND(IF(o.conversion_rate > 0, o.total_paid_tax_incl / o.conversion_rate, o.total_paid_tax_incl), 2) amount, " + last + " last_day " + sliceOrders +
		"LEFT JOIN {p}currency c ON c.id_currency = o.id_currency LEFT JOIN {p}order_state_lang osl ON osl.id_order_state = o.current_state AND osl.id_lang = ? LEFT JOIN {p}address ta ON ta.id_address = o.id_address_tax " +
		"LEFT JOIN {p}htl_branch_info_lang hl ON hl.id = ta.id_hotel AND hl.id_lang = ? " +
		"LEFT JOIN (" + bookings + ") b ON b.id_order = o.id_order LEFT JOIN (" + invoices + ") i ON i.id_order = o.id_order LEFT JOIN (" + slips + ") s ON s.id_order = o.id_order LEFT JOIN (" + returns + ") n ON n.id_order = o.id_order LEFT JOIN (" + paid + ") p ON p.id_order = o.id_order " + where
	args := []any{shop.CanceledState, shop.CanceledState, shop.LangID, shop.LangID}
	for range 5 {
		args = append(args, between...)
	}
	s.Records = r.selection(statement, append(append(args, between...), hourAgo)...)
	of := func(term string) Selection {
		return r.selection("SELECT "+term+" term, o.id_order id "+sliceOrders+where, append(append([]any{}, between...), hourAgo)...)
	}
	s.Listed = r.selection("SELECT o.id_order id FROM {p}orders o "+where, append(append([]any{}, between...), hourAgo)...)
	s.Terms = []Selection{of("o.reference"), of(guest), of(told("k", "k.email")), of(told("k", "k.lastname")), r.printedNumbers(shop, between)}
	plain := func(table, key string) []Selection {
		return []Selection{r.selection(fmt.Sprintf("SELECT x.id_order record, x.%s id FROM {p}%s x WHERE %s", key, table, span("x.id_order")), between...)}
	}
	s.Documents["sales_order"] = []Selection{r.selection("SELECT o.id_order record, o.id_order id FROM {p}orders o WHERE "+span("o.id_order"), between...)}
	s.Documents["invoice"] = plain("order_invoice", "id_order_invoice")
	s.Documents["credit_note"] = plain("order_slip", "id_order_slip")
	s.Documents["refund"] = plain("order_return", "id_order_return")
	s.Documents["payment"] = []Selection{
		r.selection("SELECT DISTINCT x.id_order record, x.id_order_payment id FROM {p}order_payment_detail x JOIN {p}order_payment p ON p.id_order_payment = x.id_order_payment WHERE "+span("x.id_order"), between...),
		r.selection("SELECT o.id_order record, p.id_order_payment id FROM {p}orders o JOIN {p}order_payment p ON {orders o.reference = order_payment p.order_reference} LEFT JOIN (SELECT DISTINCT d.id_order_payment FROM {p}order_payment_detail d JOIN {p}orders y ON y.id_order = d.id_order) h ON h.id_order_payment = p.id_order_payment "+
			"WHERE "+span("o.id_order")+" AND h.id_order_payment IS NULL AND p.order_reference <> ''", between...),
	}
	// Over are canceled orders and those that cost nothing; of these the first look decides whether a
	// line of theirs costs something.
	s.Documents["cancellation"] = []Selection{r.selection("SELECT o.id_order record, i.id_order_invoice id FROM {p}orders o JOIN {p}order_invoice i ON i.id_order = o.id_order WHERE "+span("o.id_order")+" AND o.current_state = ?", append(append([]any{}, between...), shop.CanceledState)...)}
}

// prefixes choose a text by language.
func prefixes(lang string, texts map[string]string) (expression string, args []any) {
	if len(texts) == 0 {
		return "''", nil
	}
	var of strings.Builder
	of.WriteString("CASE " + lang)
	for id, text := range texts {
		of.WriteString(" WHEN ? THEN ?")
		args = append(args, id, text)
	}
	of.WriteString(" ELSE '' END")
	return of.String(), args
}

func (r *Reader) sliceOfCustomers(s *Slice) {
	where := "WHERE k.id_customer > ? AND k.id_customer <= ? AND " + namedCustomer
	args := []any{s.After, s.Last}
	company := told("k", "COALESCE("+text("NULLIF(k.company, '')")+", "+text("a.company")+", '')")
	person := called("k", text("CONCAT(k.firstname, ' ', k.lastname)"))
	name := "TRIM(" + person + ")"
	from := "FROM {p}customer k LEFT JOIN {p}address a ON a.id_address = (SELECT MAX(x.id_address) FROM {p}address x WHERE x.id_customer = k.id_customer AND x.deleted = 0) "
	shown := "CONCAT(IF(" + company + " = '', '', CONCAT(" + company + ", ' ')), " + name + ")"
	s.Records = r.selection("SELECT k.id_customer id, "+shown+" name, 0 canceled, 0 due_open, '' hotel_id, '' currency, '' customer_id, "+dateOf("k.date_add")+" day, JSON_OBJECT('name', "+shown+", 'email', "+told("k", "k.email")+", 'company', "+company+") fields, "+
		"NULL total, NULL due, k.deleted <> 0 retired, NULL amount, "+dateOf("k.date_add")+" last_day "+from+where, args...)
	of := func(term, from string) Selection {
		return r.selection("SELECT "+term+" term, k.id_customer id "+from+where, args...)
	}
	const alone = "FROM {p}customer k "
	s.Listed = r.selection("SELECT k.id_customer id "+alone+where, args...)
	s.Terms = []Selection{of(shown, from), of(told("k", "k.email"), alone), of(told("k", "k.lastname"), alone), of(person, alone)}
	s.Documents["customer"] = []Selection{r.selection("SELECT k.id_customer record, k.id_customer id "+alone+where, args...)}
}

// GoneCustomers are those behind an id whose row was removed though orders name them.
func (r *Reader) GoneCustomers(ctx context.Context, after string, limit int) ([]string, error) {
	var gone []string
	err := r.query(ctx, &gone, "SELECT DISTINCT o.id_customer FROM {p}orders o LEFT JOIN {p}customer k ON k.id_customer = o.id_customer WHERE k.id_customer IS NULL AND o.id_customer > ? ORDER BY o.id_customer LIMIT ?", from(after), limit)
	return gone, err
}
