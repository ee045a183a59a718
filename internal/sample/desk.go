package sample

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Desk does in the sample hotel what its staff does in QloApps: each deed writes the rows that
// QloApps' own page writes, dated as its clock shows.
type Desk struct {
	DB     *sql.DB
	Prefix string
	Now    func() time.Time
}

// DeskOrder is an order as the front desk sees it.
type DeskOrder struct {
	ID                                int
	Reference, Guest, State, Currency string
	Total, Paid, Due                  string
	Invoice                           int // its number; 0 = none yet
	Canceled, Slip                    bool
}

// ErrNotNow refuses a deed that QloApps' page would not offer for an order as it stands.
var ErrNotNow = errors.New("the order does not stand so that this can be done")

// Orders lists all orders, newest first.
func (d Desk) Orders(ctx context.Context) ([]DeskOrder, error) {
	rows, err := d.DB.QueryContext(ctx, d.fill("SELECT o.id_order, o.reference, COALESCE(CONCAT(c.firstname, ' ', c.lastname), ''), COALESCE(s.name, ''), u.iso_code, "+
		"ROUND(o.total_paid_tax_incl, 2), ROUND(o.total_paid_real, 2), ROUND(GREATEST(o.total_paid_tax_incl - o.total_paid_real, 0), 2), "+
		"COALESCE((SELECT MAX(i.number) FROM {p}order_invoice i WHERE i.id_order = o.id_order), 0), o.current_state = 4, EXISTS (SELECT 1 FROM {p}order_slip x WHERE x.id_order = o.id_order) "+
		"FROM {p}orders o JOIN {p}currency u ON u.id_currency = o.id_currency LEFT JOIN {p}customer c ON c.id_customer = o.id_customer "+
		"LEFT JOIN {p}order_state_lang s ON s.id_order_state = o.current_state AND s.id_lang = 1 ORDER BY o.id_order DESC"))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []DeskOrder
	for rows.Next() {
		var o DeskOrder
		if err := rows.Scan(&o.ID, &o.Reference, &o.Guest, &o.State, &o.Currency, &o.Total, &o.Paid, &o.Due, &o.Invoice, &o.Canceled, &o.Slip); err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// Book makes an order of one room for one night in a fortnight, unpaid, and gives its id.
func (d Desk) Book(ctx context.Context) (int, error) {
	var id int
	err := d.write(ctx, func(do doer) error {
		if err := do.one(&id, "SELECT MAX(id_order) + 1 FROM {p}orders"); err != nil {
			return err
		}
		return do.all(fmt.Sprint(id),
			"INSERT INTO {p}orders (id_order, reference, id_customer, id_cart, id_currency, id_address_invoice, id_address_tax, current_state, payment, source, conversion_rate, total_paid_tax_incl, total_paid_tax_excl, total_paid_real, invoice_date, date_add, date_upd) "+
				"VALUES ({id}, '"+reference(id)+"', 2, {id}, 1, 102, 1, 1, 'Desk', 'Back-office', 1, 124.8, 120, 0, '0000-00-00 00:00:00', '{now}', '{now}')",
			"INSERT INTO {p}order_detail (id_order_detail, id_order, id_order_invoice, product_id, product_name, is_booking_product, product_quantity, total_price_tax_excl, total_price_tax_incl, id_tax_rules_group, tax_computation_method) "+
				"SELECT MAX(id_order_detail) + 1, {id}, 0, 1, 'Garden Room', 1, 1, 120, 124.8, 1, 1 FROM {p}order_detail",
			"INSERT INTO {p}order_detail_tax (id_order_detail, id_tax) SELECT id_order_detail, 1 FROM {p}order_detail WHERE id_order = {id}",
			"INSERT INTO {p}htl_booking_detail (id, id_product, id_order, id_order_detail, id_hotel, date_from, date_to, check_in, check_out, total_price_tax_excl, total_price_tax_incl, hotel_name, room_type_name, room_num, adults, children, date_add, date_upd) "+
				"SELECT (SELECT MAX(b.id) + 1 FROM {p}htl_booking_detail b), 1, {id}, id_order_detail, 1, DATE('{now}') + INTERVAL 14 DAY, DATE('{now}') + INTERVAL 15 DAY, '0000-00-00 00:00:00', '0000-00-00 00:00:00', 120, 124.8, 'Larkspur House', 'Garden Room', '107', 2, 0, '{now}', '{now}' FROM {p}order_detail WHERE id_order = {id}",
			"INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES ({id}, 1, '{now}')")
	})
	return id, err
}

// reference is made of letters, as QloApps makes it.
func reference(id int) string {
	letters := []byte("LARKDAAAA")
	for at := len(letters) - 1; at > 4; at-- {
		letters[at] += byte(id % 26)
		id /= 26
	}
	return string(letters)
}

// Invoice makes the invoice of an order that has none.
func (d Desk) Invoice(ctx context.Context, order string) error {
	return d.deed(ctx, order, "current_state <> 4 AND NOT EXISTS (SELECT 1 FROM {p}order_invoice i WHERE i.id_order = {id})",
		"INSERT INTO {p}order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) "+
			"SELECT (SELECT MAX(i.id_order_invoice) + 1 FROM {p}order_invoice i), id_order, (SELECT MAX(i.number) + 1 FROM {p}order_invoice i), total_paid_tax_excl, total_paid_tax_incl, '{now}' FROM {p}orders WHERE id_order = {id}",
		"UPDATE {p}order_detail SET id_order_invoice = (SELECT id_order_invoice FROM {p}order_invoice WHERE id_order = {id}) WHERE id_order = {id}",
		"INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES ({id}, 8, '{now}')",
		"UPDATE {p}orders SET current_state = 8, invoice_date = '{now}', date_upd = '{now}' WHERE id_order = {id}")
}

// Pay takes what is due in cash.
func (d Desk) Pay(ctx context.Context, order string) error {
	return d.deed(ctx, order, "current_state <> 4 AND total_paid_tax_incl > total_paid_real",
		"INSERT INTO {p}order_payment (order_reference, id_currency, amount, payment_method, conversion_rate, transaction_id, date_add) SELECT reference, id_currency, ROUND(total_paid_tax_incl - total_paid_real, 2), 'Cash', conversion_rate, '', '{now}' FROM {p}orders WHERE id_order = {id}",
		"INSERT INTO {p}order_payment_detail (id_order_payment, id_order, amount, date_add) SELECT id_order_payment, {id}, amount, '{now}' FROM {p}order_payment WHERE id_order_payment = LAST_INSERT_ID()",
		"INSERT INTO {p}order_invoice_payment (id_order_invoice, id_order_payment, id_order_payment_detail, id_order) SELECT i.id_order_invoice, d.id_order_payment, d.id_order_payment_detail, {id} "+
			"FROM {p}order_invoice i JOIN {p}order_payment_detail d ON d.id_order = i.id_order WHERE i.id_order = {id} ORDER BY d.id_order_payment_detail DESC LIMIT 1",
		"INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES ({id}, 2, '{now}')",
		"UPDATE {p}orders SET total_paid_real = total_paid_tax_incl, current_state = 2, date_upd = '{now}' WHERE id_order = {id}")
}

// Cancel ends an order on which there is no money: QloApps sets its amounts to 0.
func (d Desk) Cancel(ctx context.Context, order string) error {
	return d.deed(ctx, order, "current_state <> 4 AND total_paid_real = 0",
		"UPDATE {p}order_detail SET total_price_tax_excl = 0, total_price_tax_incl = 0 WHERE id_order = {id}",
		"UPDATE {p}htl_booking_detail SET total_price_tax_excl = 0, total_price_tax_incl = 0, is_refunded = 1, date_upd = '{now}' WHERE id_order = {id}",
		"UPDATE {p}order_invoice SET total_paid_tax_excl = 0, total_paid_tax_incl = 0 WHERE id_order = {id}",
		"INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES ({id}, 4, '{now}')",
		"UPDATE {p}orders SET current_state = 4, total_paid_tax_excl = 0, total_paid_tax_incl = 0, date_upd = '{now}' WHERE id_order = {id}")
}

// Refund gives half of an invoiced order's first room back, on a credit slip.
func (d Desk) Refund(ctx context.Context, order string) error { return d.refund(ctx, order, "") }

// RefundInCash is Refund with the money handed over at once.
func (d Desk) RefundInCash(ctx context.Context, order string) error {
	return d.refund(ctx, order, "Cash")
}

const firstRoom = "FROM {p}htl_booking_detail WHERE id_order = {id} ORDER BY id LIMIT 1"

func (d Desk) refund(ctx context.Context, order, mode string) error {
	return d.deed(ctx, order, "current_state <> 4 AND total_paid_real > 0 AND EXISTS (SELECT 1 FROM {p}order_invoice i WHERE i.id_order = {id}) AND NOT EXISTS (SELECT 1 FROM {p}order_slip x WHERE x.id_order = {id})",
		"INSERT INTO {p}order_slip (id_order_slip, conversion_rate, id_customer, id_order, total_products_tax_excl, total_products_tax_incl, amount, redeem_status, date_add, date_upd) "+
			"SELECT (SELECT MAX(x.id_order_slip) + 1 FROM {p}order_slip x), o.conversion_rate, o.id_customer, {id}, ROUND(b.total_price_tax_excl / 2, 2), ROUND(b.total_price_tax_incl / 2, 2), ROUND(b.total_price_tax_incl / 2, 2), 1, '{now}', '{now}' "+
			"FROM {p}orders o JOIN {p}htl_booking_detail b ON b.id_order = o.id_order WHERE o.id_order = {id} ORDER BY b.id LIMIT 1",
		"INSERT INTO {p}order_slip_detail (id_order_slip, id_order_detail, id_htl_booking, product_quantity, total_price_tax_excl, total_price_tax_incl) "+
			"SELECT (SELECT id_order_slip FROM {p}order_slip WHERE id_order = {id}), id_order_detail, id, 1, ROUND(total_price_tax_excl / 2, 2), ROUND(total_price_tax_incl / 2, 2) "+firstRoom,
		asked(mode, "(SELECT id_order_slip FROM {p}order_slip WHERE id_order = {id}), 2"), returned,
		"UPDATE {p}htl_booking_detail SET date_upd = '{now}' WHERE id_order = {id}")
}

// Return gives half of a paid order's first room back in cash, without a credit slip.
func (d Desk) Return(ctx context.Context, order string) error {
	return d.deed(ctx, order, "current_state <> 4 AND total_paid_real > 0 AND EXISTS (SELECT 1 FROM {p}order_invoice i WHERE i.id_order = {id}) AND NOT EXISTS (SELECT 1 FROM {p}order_return x WHERE x.id_order = {id})",
		asked("Cash", "0, 0"), returned,
		"UPDATE {p}htl_booking_detail SET date_upd = '{now}' WHERE id_order = {id}")
}

// asked is a completed refund request over half of an order's first room; made says what QloApps
// made of it and how.
func asked(mode, made string) string {
	return "INSERT INTO {p}order_return (id_order_return, id_order, state, payment_mode, refunded_amount, id_return_type, return_type, date_add, date_upd) " +
		"SELECT (SELECT MAX(r.id_order_return) + 1 FROM {p}order_return r), {id}, 3, '" + mode + "', ROUND(total_price_tax_incl / 2, 2), " + made + ", '{now}', '{now}' " + firstRoom
}

const returned = "INSERT INTO {p}order_return_detail (id_order_return, id_htl_booking, refunded_amount, id_order_detail, id_customization) " +
	"SELECT (SELECT MAX(r.id_order_return) FROM {p}order_return r WHERE r.id_order = {id}), id, ROUND(total_price_tax_incl / 2, 2), id_order_detail, 1 " + firstRoom

// CashBack hands 20.00 of what was paid back to the guest, as a negative payment.
func (d Desk) CashBack(ctx context.Context, order string) error {
	return d.deed(ctx, order, "current_state <> 4 AND total_paid_real >= 20 AND NOT EXISTS (SELECT 1 FROM {p}order_payment p WHERE p.order_reference = reference AND p.amount < 0)",
		"INSERT INTO {p}order_payment (order_reference, id_currency, amount, payment_method, conversion_rate, transaction_id, date_add) SELECT reference, id_currency, -20, 'Cash', conversion_rate, '', '{now}' FROM {p}orders WHERE id_order = {id}",
		"INSERT INTO {p}order_payment_detail (id_order_payment, id_order, amount, date_add) SELECT id_order_payment, {id}, amount, '{now}' FROM {p}order_payment WHERE id_order_payment = LAST_INSERT_ID()",
		"INSERT INTO {p}order_invoice_payment (id_order_invoice, id_order_payment, id_order_payment_detail, id_order) SELECT i.id_order_invoice, d.id_order_payment, d.id_order_payment_detail, {id} "+
			"FROM {p}order_invoice i JOIN {p}order_payment_detail d ON d.id_order = i.id_order WHERE i.id_order = {id} ORDER BY d.id_order_payment_detail DESC LIMIT 1",
		"UPDATE {p}orders SET total_paid_real = total_paid_real - 20, current_state = 8, date_upd = '{now}' WHERE id_order = {id}")
}

// Reprice makes the only room of an order dearer; incl is its price with tax.
func (d Desk) Reprice(ctx context.Context, order, excl, incl string) error {
	price := "SET total_price_tax_excl = " + excl + ", total_price_tax_incl = " + incl
	total := "SET total_paid_tax_excl = " + excl + ", total_paid_tax_incl = " + incl
	return d.deed(ctx, order, "current_state <> 4 AND total_paid_tax_incl < "+incl,
		"UPDATE {p}order_detail "+price+" WHERE id_order = {id}",
		"UPDATE {p}htl_booking_detail "+price+", date_upd = '{now}' WHERE id_order = {id}",
		"UPDATE {p}order_invoice "+total+" WHERE id_order = {id}",
		"UPDATE {p}orders "+total+", date_upd = '{now}' WHERE id_order = {id}")
}

// Rename gives a guest another last name.
func (d Desk) Rename(ctx context.Context, guest, last string) error {
	return d.write(ctx, func(do doer) error {
		return do.all(guest, "UPDATE {p}customer SET lastname = '"+last+"', date_upd = '{now}' WHERE id_customer = {id}")
	})
}

// Forget deletes a guest, as a customer who may come back.
func (d Desk) Forget(ctx context.Context, guest string) error {
	return d.write(ctx, func(do doer) error {
		return do.all(guest, "UPDATE {p}customer SET deleted = 1, date_upd = '{now}' WHERE id_customer = {id}")
	})
}

// RenameRoomType gives a room type another name.
func (d Desk) RenameRoomType(ctx context.Context, product, name string) error {
	return d.write(ctx, func(do doer) error {
		return do.all(product, "UPDATE {p}product_lang SET name = '"+name+"' WHERE id_product = {id}", "UPDATE {p}product SET date_upd = '{now}' WHERE id_product = {id}",
			"UPDATE {p}product_shop SET date_upd = '{now}' WHERE id_product = {id}")
	})
}

// CloseRoomType takes a room type out of sale.
func (d Desk) CloseRoomType(ctx context.Context, product string) error {
	return d.write(ctx, func(do doer) error {
		return do.all(product, "UPDATE {p}product SET active = 0, date_upd = '{now}' WHERE id_product = {id}", "UPDATE {p}product_shop SET active = 0, date_upd = '{now}' WHERE id_product = {id}")
	})
}

// deed runs statements about an order that stands as where says.
func (d Desk) deed(ctx context.Context, order, where string, statements ...string) error {
	return d.write(ctx, func(do doer) error {
		var n int
		do.id = order
		if err := do.one(&n, "SELECT COUNT(*) FROM {p}orders WHERE id_order = {id} AND "+where); err != nil {
			return err
		}
		if n == 0 {
			return ErrNotNow
		}
		return do.all(order, statements...)
	})
}

// doer runs statements in one transaction.
type doer struct {
	Desk
	ctx     context.Context
	tx      *sql.Tx
	id, now string
}

func (do doer) text(statement string) string {
	return strings.NewReplacer("{p}", do.Prefix, "{id}", do.id, "{now}", do.now).Replace(statement)
}

func (do doer) one(value any, query string) error {
	return do.tx.QueryRowContext(do.ctx, do.text(query)).Scan(value)
}

func (do doer) all(id string, statements ...string) error {
	do.id = id
	for _, statement := range statements {
		if _, err := do.tx.ExecContext(do.ctx, do.text(statement)); err != nil {
			return fmt.Errorf("%w: %.80s", err, do.text(statement))
		}
	}
	return nil
}

// write runs do in one transaction, on a connection as QloApps has it.
func (d Desk) write(ctx context.Context, do func(doer) error) error {
	conn, err := d.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var zone string
	if err := conn.QueryRowContext(ctx, d.fill("SELECT value FROM {p}configuration WHERE name = 'PS_TIMEZONE'")).Scan(&zone); err != nil {
		return err
	}
	at, err := time.LoadLocation(zone)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "SET SESSION sql_mode = ''"); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(doer{Desk: d, ctx: ctx, tx: tx, now: d.Now().In(at).Format(time.DateTime)}); err != nil {
		return err
	}
	return tx.Commit()
}

func (d Desk) fill(statement string) string { return strings.ReplaceAll(statement, "{p}", d.Prefix) }
