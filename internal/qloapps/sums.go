package qloapps

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
)

// A sum is a cheap trace of a record's rows, computed by the database: equal rows have equal
// sums. It misses nothing for want of a date, and is asked for many records at once. CRC32 of
// each row is added up, not combined by XOR: equal rows would cancel, and so would values that
// two rows exchange.

// summed is one table that adds to a section's sums.
type summed struct {
	table   string // alias x
	from    string // "" = {p}table x
	owner   string // the record's id
	columns []string
	printed bool // part of a record's print too, as no loader reads it
	slow    bool // there is no index by owner
}

// sumVersion rises when the list below changes.
const sumVersion = "1"

func (r *Reader) orderSums() []summed {
	detail := "{p}order_detail od JOIN "
	return []summed{
		{table: "orders", owner: "x.id_order", columns: []string{"reference", "id_customer", "id_currency", "id_lang", "id_address_invoice", "id_address_tax", "current_state", "total_paid_tax_incl", "total_paid_tax_excl", "total_paid_real", "payment", "source", "date_add"}},
		{table: "order_detail", owner: "x.id_order", columns: []string{"id_order_detail", "id_order_invoice", "product_id", "product_name", "is_booking_product", "product_quantity", "total_price_tax_excl", "total_price_tax_incl", "id_tax_rules_group", "tax_computation_method"}},
		{table: "order_detail_tax", from: detail + "{p}order_detail_tax x ON x.id_order_detail = od.id_order_detail", owner: "od.id_order", columns: []string{"id_order_detail", "id_tax"}, printed: true},
		{table: "order_invoice", owner: "x.id_order", columns: []string{"id_order_invoice", "number", "total_paid_tax_excl", "total_paid_tax_incl", "date_add"}},
		{table: "order_cart_rule", owner: "x.id_order", columns: []string{"id_order_cart_rule", "id_cart_rule", "id_order_invoice", "name", "value", "value_tax_excl"}},
		{table: "order_slip", owner: "x.id_order", columns: []string{"id_order_slip", "id_customer", "conversion_rate", "total_products_tax_excl", "total_products_tax_incl", "amount", "redeem_status", "id_cart_rule", "date_add"}, printed: true},
		{table: "order_slip_detail", from: "{p}order_slip s JOIN {p}order_slip_detail x ON x.id_order_slip = s.id_order_slip", owner: "s.id_order", columns: []string{"id_order_slip", "id_order_detail", "id_htl_booking", "id_service_product_order_detail", "product_quantity", "total_price_tax_excl", "total_price_tax_incl"}, printed: true},
		{table: "order_return", owner: "x.id_order", columns: []string{"id_order_return", "state", "refunded_amount", "payment_mode", "id_transaction", "return_type", "id_return_type"}},
		{table: "order_payment", from: "{p}orders o JOIN {p}order_payment x ON {orders o.reference = order_payment x.order_reference}", owner: "o.id_order", columns: []string{"id_order_payment", "id_currency", "amount", "payment_method", "conversion_rate", "transaction_id", "date_add"}},
		{table: "order_payment_detail", owner: "x.id_order", columns: []string{"id_order_payment_detail", "id_order_payment", "amount"}, slow: true},
		{table: "htl_booking_detail", owner: "x.id_order", columns: []string{"id", "id_order_detail", "id_product", "id_hotel", "date_from", "date_to", "total_price_tax_excl", "total_price_tax_incl", "room_type_name", "room_num", "adults", "children"}, slow: true},
		{table: "htl_booking_demands", from: "{p}htl_booking_detail b JOIN {p}htl_booking_demands x ON x.id_htl_booking = b.id", owner: "b.id_order", columns: []string{"id_booking_demand", "name", "total_price_tax_excl", "total_price_tax_incl", "id_tax_rules_group"}, slow: true},
	}
}

func (r *Reader) customerSums() []summed {
	return []summed{
		{table: "customer", owner: "x.id_customer", columns: []string{"firstname", "lastname", "email", "company", "website", "phone", "active", "is_guest", "deleted"}},
		{table: "address", owner: "x.id_customer", columns: []string{"id_address", "id_country", "id_state", "company", "firstname", "lastname", "address1", "address2", "postcode", "city", "phone", "phone_mobile", "vat_number", "deleted"}},
	}
}

// Sums gives the sum of each of some orders or customers. complete also reads the tables that
// have no index by order, which costs the same for one order and for thousands.
func (r *Reader) Sums(ctx context.Context, section string, ids []string, complete bool) (map[string]string, error) {
	tables := r.orderSums()
	if section == "customers" {
		tables = r.customerSums()
	}
	parts, err := r.sums(ctx, tables, ids, func(s summed) bool { return complete || !s.slow })
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(parts))
	for id, texts := range parts {
		out[id] = fmt.Sprintf("%s%t:%s", sumVersion, complete, digest(texts)[:24])
	}
	return out, nil
}

// sums gives what each table says of each record, one text per table.
func (r *Reader) sums(ctx context.Context, tables []summed, ids []string, wanted func(summed) bool) (map[string][]string, error) {
	out := map[string][]string{}
	if len(ids) == 0 {
		return out, nil
	}
	var selects []string
	var args []any
	for _, s := range tables {
		if !wanted(s) {
			continue
		}
		var columns []string
		for _, c := range s.columns {
			if r.has(s.table + "." + c) {
				columns = append(columns, "COALESCE(x."+c+", '~')")
			}
		}
		from := s.from
		if from == "" {
			from = "{p}" + s.table + " x"
		}
		selects = append(selects, fmt.Sprintf("SELECT '%s' tab, %s id, COUNT(*) n, SUM(CRC32(CONCAT_WS('|', %s))) s FROM %s WHERE %s IN ? GROUP BY %s", s.table, s.owner, strings.Join(columns, ", "), from, s.owner, s.owner))
		args = append(args, ids)
	}
	var rows []struct{ Tab, ID, N, S string }
	if err := r.query(ctx, &rows, strings.Join(selects, " UNION ALL "), args...); err != nil {
		return nil, err
	}
	for _, row := range rows {
		out[row.ID] = append(out[row.ID], row.Tab+"="+row.N+","+row.S)
	}
	return out, nil
}

// digest is a hash of texts whose order does not matter.
func digest(texts []string) string {
	sort.Strings(texts)
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	return hex.EncodeToString(sum[:])
}

// SweepIDs lists the ids of a section as Initialize would list them, by id after one.
func (r *Reader) SweepIDs(ctx context.Context, section, after string, limit int) ([]string, error) {
	var ids []string
	if section == "orders" {
		shop, err := r.Shop(ctx)
		if err != nil {
			return nil, err
		}
		err = r.query(ctx, &ids, "SELECT o.id_order FROM {p}orders o WHERE o.id_order > ? AND "+listed+" ORDER BY o.id_order LIMIT ?", from(after), r.hourAgo(shop), limit)
		return ids, err
	}
	query := "SELECT k.id_customer FROM {p}customer k WHERE k.id_customer > ? AND " + namedCustomer + " ORDER BY k.id_customer LIMIT ?"
	err := r.query(ctx, &ids, query, from(after), limit)
	return ids, err
}

// Highest gives the highest id of a section's own table, "0" when it is empty.
func (r *Reader) Highest(ctx context.Context, section string) (string, error) {
	table, key := "orders", "id_order"
	if section == "customers" {
		table, key = "customer", "id_customer"
	}
	return r.highest(ctx, table, key)
}

func (r *Reader) highest(ctx context.Context, table, key string) (string, error) {
	var id string
	err := r.query(ctx, &id, fmt.Sprintf("SELECT COALESCE(MAX(%s), 0) FROM {p}%s", key, table))
	return id, err
}
