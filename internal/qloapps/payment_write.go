package qloapps

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/statement"
)

// PaymentWriter is the only part of the product that writes to QloApps' own tables. It has a
// connection of its own, as every other session is read-only, and knows one act: to add a payment
// to an order exactly as QloApps' own addOrderPayment does.
//
// It needs the rights INSERT on order_payment, order_payment_detail and order_invoice_payment and
// UPDATE on orders, and nothing while no payment is imported.
type PaymentWriter struct {
	db     *sql.DB
	prefix string
}

// OpenPaymentWriter prepares a connection to dsn for the tables that r reads; nothing is
// connected before the first payment.
func OpenPaymentWriter(dsn string, r *Reader) (*PaymentWriter, error) {
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		return nil, fault.New(fault.Invalid, "database_address", "The address of QloApps' database cannot be read: %v.", err)
	}
	config.ParseTime, config.Loc, config.InterpolateParams = true, time.UTC, true
	config.Collation = "utf8mb4_unicode_ci"
	if config.Params == nil {
		config.Params = map[string]string{}
	}
	config.Params["sql_mode"] = "''"                  // as QloApps connects
	config.Params["group_concat_max_len"] = "1048576" // as in our own sessions
	connector, err := driver.NewConnector(config)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(statement.Connector(connector))
	pool.SetMaxOpenConns(2)
	pool.SetConnMaxIdleTime(time.Minute)
	return &PaymentWriter{db: pool, prefix: r.prefix}, nil
}

// Close ends the connection.
func (w *PaymentWriter) Close() error { return w.db.Close() }

// NewPayment is money that an order received.
type NewPayment struct {
	OrderID   string
	InvoiceID string // id_order_invoice; "" = the order's first one, if it has any
	Currency  string // must be the order's
	// Amount is what the order is to have of the payment. What it has already is found by the
	// transaction id and only the rest is added, so that the same wish may be repeated.
	Amount money.Decimal
	// Whole is the most that all orders together may have of the payment.
	Whole  money.Decimal
	Method string
	// TransactionID names the payment for ever, over all orders.
	TransactionID string
	Day           string    // YYYY-MM-DD on which the money came
	Now           time.Time // in the shop's zone
}

// most is what a column of payments holds, decimal(10,2): QloApps' sessions, and ours as theirs, let it cut
// what is more without a word.
var most = money.MustParse("99999999.99")

// NotKept refuses an amount that a payment of QloApps would not keep as it is: it would pay the order less, or
// more, than came.
func NotKept(amount money.Decimal, currency string) error {
	switch {
	case amount.GreaterThan(most):
		return fault.New(fault.Conflict, "amount_not_kept", "QloApps keeps no payment above %s, and this one is over %s %s.", most, money.Words(amount, currency), currency).
			Do("Enter it in QloApps by hand in several parts, then leave it here.")
	case !amount.Equal(amount.Round(2)):
		return fault.New(fault.Conflict, "amount_not_kept", "QloApps keeps payments with two decimals, and this one is over %s %s.", money.Words(amount, currency), currency).
			Do("Enter it in QloApps by hand, then leave it here.")
	default:
		return nil
	}
}

// ErrNoOrder says that there is no such order.
var ErrNoOrder = errors.New("there is no such order")

// Add gives an order its part of a payment, whatever happened before: one transaction under a lock
// of the payment's transaction id and of the order. It changes no state, writes no history and mails
// nobody. added is what was missing, zero when all of it stood already; id is then the row that has it.
//
// It is Conflict/stands_elsewhere when other orders have so much of the payment that there is not
// enough left for this one, and Conflict/qloapps_refuses, in the server's words, when a table does not take it.
func (w *PaymentWriter) Add(ctx context.Context, p NewPayment) (id string, added money.Decimal, err error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return "", added, unavailable(err)
	}
	defer func() { _ = conn.Close() }()
	unlock, err := lockTransaction(ctx, conn, p.TransactionID)
	if err != nil {
		return "", added, err
	}
	defer unlock()
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return "", added, unavailable(err)
	}
	defer func() { _ = tx.Rollback() }()
	id, added, err = w.add(ctx, tx, p)
	if err != nil {
		return "", money.Zero, refusal(err)
	}
	if err := tx.Commit(); err != nil {
		return "", money.Zero, unavailable(err)
	}
	return id, added, nil
}

// lockTransaction keeps a payment to one writer over all orders: its parts are looked for and added
// by one at a time.
func lockTransaction(ctx context.Context, conn *sql.Conn, transactionID string) (unlock func(), err error) {
	name := "qlobooks " + strings.ToLower(transactionID)
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 15)", name).Scan(&got); err != nil {
		return nil, unavailable(err)
	}
	if got.Int64 != 1 {
		return nil, fault.New(fault.Unavailable, "database_down", "The payment is being written by somebody else for a long time.").Do("It is tried again by itself.")
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_, _ = conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", name) // a connection that is gone holds none
	}, nil
}

func (w *PaymentWriter) add(ctx context.Context, tx *sql.Tx, p NewPayment) (id string, added money.Decimal, err error) {
	var reference, iso, currency, rate string
	err = w.row(ctx, tx, []any{&reference, &currency, &iso, &rate}, "SELECT o.reference, o.id_currency, UPPER(c.iso_code), c.conversion_rate FROM {p}orders o JOIN {p}currency c ON c.id_currency = o.id_currency WHERE o.id_order = ? FOR UPDATE", p.OrderID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", added, ErrNoOrder
	}
	if err != nil {
		return "", added, err
	}
	if iso != p.Currency {
		return "", added, fault.New(fault.Conflict, "other_currency", "The payment is in %s, the order in %s.", p.Currency, iso).Do("Enter it in QloApps by hand.")
	}
	if err := NotKept(p.Amount, p.Currency); err != nil {
		return "", added, err
	}
	var there sql.NullString
	var has, all money.Decimal
	var foreign int
	err = w.row(ctx, tx, []any{&there, &has, &all, &foreign}, "SELECT MIN(IF(d.id_order = ?, p.id_order_payment, NULL)), COALESCE(SUM(IF(d.id_order = ?, d.amount, 0)), 0), COALESCE(SUM(COALESCE(d.amount, p.amount)), 0), COALESCE(SUM(p.id_currency <> ?), 0) "+
		"FROM {p}order_payment p LEFT JOIN {p}order_payment_detail d ON d.id_order_payment = p.id_order_payment WHERE p.transaction_id = ?", p.OrderID, p.OrderID, currency, p.TransactionID)
	if err != nil {
		return "", added, err
	}
	if foreign > 0 {
		return "", added, fault.New(fault.Conflict, "stands_elsewhere", "This payment stands in QloApps already, in another currency.").Do("Look at the payments with the transaction ID " + p.TransactionID + " in QloApps.")
	}
	added = p.Amount.Sub(has).Round(2)
	if !added.IsPositive() {
		return there.String, money.Zero, nil
	}
	if all.Add(added).Sub(p.Whole).GreaterThan(halfCent) {
		return "", added, fault.New(fault.Conflict, "stands_elsewhere", "%s %s of this payment stand in QloApps already, of %s %s altogether: %s %s more would be too much.",
			all.StringFixed(2), iso, p.Whole.StringFixed(2), iso, added.StringFixed(2), iso).Do("Look at the payments with the transaction ID " + p.TransactionID + " in QloApps.")
	}
	invoice, err := w.invoice(ctx, tx, p)
	if err != nil {
		return "", added, err
	}
	p.Amount = added
	id, err = w.insert(ctx, tx, p, reference, currency, rate, invoice)
	return id, added, err
}

// halfCent is what two amounts of two decimals may be apart and still be the same.
var halfCent = money.MustParse("0.005")

func (w *PaymentWriter) invoice(ctx context.Context, tx *sql.Tx, p NewPayment) (sql.NullString, error) {
	var invoice sql.NullString
	if p.InvoiceID == "" {
		err := w.row(ctx, tx, []any{&invoice}, "SELECT MIN(id_order_invoice) FROM {p}order_invoice WHERE id_order = ?", p.OrderID)
		return invoice, err
	}
	err := w.row(ctx, tx, []any{&invoice}, "SELECT id_order_invoice FROM {p}order_invoice WHERE id_order = ? AND id_order_invoice = ?", p.OrderID, p.InvoiceID)
	if errors.Is(err, sql.ErrNoRows) {
		return invoice, fault.New(fault.Invalid, "validation", "The order has no invoice %s.", p.InvoiceID).On("invoice_id")
	}
	return invoice, err
}

func (w *PaymentWriter) insert(ctx context.Context, tx *sql.Tx, p NewPayment, reference, currency, rate string, invoice sql.NullString) (string, error) {
	now := p.Now.Format(time.DateTime)
	at := now
	if p.Day != "" {
		at = p.Day + now[len(time.DateOnly):] // a bare date gets the current time
	}
	amount := p.Amount.StringFixed(2)
	payment, err := w.exec(ctx, tx, "INSERT INTO {p}order_payment (order_reference, id_currency, amount, payment_method, payment_type, conversion_rate, transaction_id, card_number, card_brand, card_expiration, card_holder, date_add) "+
		"SELECT ?, ?, ?, ?, payment_type, ?, ?, '', '', '', '', ? FROM {p}orders WHERE id_order = ?", reference, currency, amount, p.Method, rate, p.TransactionID, at, p.OrderID)
	if err != nil {
		return "", err
	}
	detail, err := w.exec(ctx, tx, "INSERT INTO {p}order_payment_detail (id_order_payment, id_order, amount, date_add) VALUES (?, ?, ?, ?)", payment, p.OrderID, amount, now)
	if err != nil {
		return "", err
	}
	if invoice.Valid {
		if _, err := w.exec(ctx, tx, "INSERT INTO {p}order_invoice_payment (id_order_invoice, id_order_payment, id_order_payment_detail, id_order) VALUES (?, ?, ?, ?)", invoice.String, payment, detail, p.OrderID); err != nil {
			return "", err
		}
	}
	_, err = w.exec(ctx, tx, "UPDATE {p}orders SET total_paid_real = total_paid_real + ?, conversion_rate = COALESCE((SELECT SUM(p.amount * p.conversion_rate) / NULLIF(SUM(p.amount), 0) "+
		"FROM {p}order_payment p WHERE p.order_reference = ? AND p.id_currency = ?), conversion_rate), date_upd = ? WHERE id_order = ?", amount, reference, currency, now, p.OrderID)
	return fmt.Sprint(payment), err
}

func (w *PaymentWriter) row(ctx context.Context, tx *sql.Tx, into []any, statement string, args ...any) error {
	return tx.QueryRowContext(ctx, strings.ReplaceAll(statement, "{p}", w.prefix), args...).Scan(into...)
}

func (w *PaymentWriter) exec(ctx context.Context, tx *sql.Tx, write string, args ...any) (int64, error) {
	res, err := tx.ExecContext(ctx, strings.ReplaceAll(write, "{p}", w.prefix), args...)
	if err != nil {
		return 0, notTaken(err, w.prefix+writtenTable.FindStringSubmatch(write)[1])
	}
	return res.LastInsertId()
}

// writtenTable is where a statement names the table that it writes.
var writtenTable = regexp.MustCompile(`^(?:INSERT INTO|UPDATE) \{p\}(\w+)`)

// notTaken is the fault of what a table does not take: a payment that is written again alike is refused for
// ever, until somebody mends what the server says. What passes, lacks a right or lacks a table is told elsewhere.
func notTaken(err error, table string) error {
	var server *driver.MySQLError
	if !errors.As(err, &server) || statement.Passing(err) || lasting(err) != nil || mixed(err) {
		return err
	}
	cure := "Have whoever looks after QloApps' database change the trigger or rule that refuses it"
	switch server.Number {
	case 1364, 1048:
		cure = "Give the column a default in QloApps' database, which QloApps' own pages give no value either"
	case 1406, 1264, 1265, 1366, 1292:
		cure = "Give the column the type that QloApps gives it; where it is the payment method, a shorter label under Configuration, Payments helps too"
	case 1452, 1216:
		cure = "Add the row that the foreign key names, or remove the key, which QloApps does not have"
	case 1062, 1169, 1586:
		cure = "Remove the unique index, which QloApps does not have, or change the row that it names"
	}
	return fault.New(fault.Conflict, "qloapps_refuses", "QloApps' database does not take the payment into its table %s: «%s».", table, server.Message).
		Do(cure + ", then import again. Or enter the payment in QloApps by hand and leave it here.").By(err)
}

// refusal keeps faults and tells missing rights from a database that is down.
func refusal(err error) error {
	var f *fault.Error
	var server *driver.MySQLError
	switch {
	case errors.As(err, &f), errors.Is(err, ErrNoOrder):
		return err
	case errors.As(err, &server) && (server.Number == 1142 || server.Number == 1143 || server.Number == 1044):
		return fault.New(fault.Held, "no_right_to_write", "The database user may not add payments to QloApps.").
			Do("Grant it INSERT on order_payment, order_payment_detail and order_invoice_payment and UPDATE on orders.").By(err)
	default:
		return unavailable(err)
	}
}
