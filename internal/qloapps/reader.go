// Package qloapps reads hotel records from the MySQL database of QloApps 1.6 and 1.7.
//
// It never changes data. Times in the database have no zone; they are read in the shop's zone.
// Zero dates are zero times. An order reference can name several orders paid together, so a
// payment is one order_payment row with its order_payment_detail shares, not an order's child.
// Deleted products are gone from the tables; their order lines keep name and price.
// Every loader takes a batch of ids and asks a number of questions that does not grow with it.
package qloapps

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // QloApps' installer writes zone names, such as US/Eastern, that newer hosts do not have

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/statement"
)

// Reader reads one installation. It is safe for concurrent use.
type Reader struct {
	db           *gorm.DB
	prefix       string
	version      string // "1.6" or "1.7"
	services     string // table of sold services
	serviceKey   string
	serviceGroup bool // the table of sold services names a tax group
	phone        bool // customers have a phone column
	columns      map[string]bool
	clock        func() time.Time // nil = the machine's

	hotelsAt, paidIn growing // addresses of hotels, and currencies that payments are in
}

// Connect opens dsn (go-sql-driver form) for reading: wall-clock times without conversion, a
// small pool, sessions that cannot write.
func Connect(dsn string) (*gorm.DB, error) {
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		return nil, fault.New(fault.Invalid, "database_address", "The address of QloApps' database cannot be read: %v.", err).
			Do("Write QLOBOOKS_MYSQL_DSN as user:password@tcp(host:3306)/schema.")
	}
	config.ParseTime, config.Loc, config.InterpolateParams = true, time.UTC, true
	config.Collation = "utf8mb4_unicode_ci"
	if config.Timeout == 0 {
		config.Timeout = 5 * time.Second
	}
	if config.Params == nil {
		config.Params = map[string]string{}
	}
	config.Params["time_zone"] = "'+00:00'"
	config.Params["sql_mode"] = "''"                  // as QloApps connects: zero dates may be compared
	config.Params["group_concat_max_len"] = "1048576" // as in our own sessions
	connector, err := driver.NewConnector(config)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(readOnly{statement.Connector(connector)})
	pool.SetMaxOpenConns(10)
	pool.SetMaxIdleConns(5)
	pool.SetConnMaxLifetime(5 * time.Minute)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fault.New(fault.Unavailable, "database_down", "QloApps' database at %s does not answer.", config.Addr).
			Do("Check QLOBOOKS_MYSQL_DSN: host, user, password and schema.").By(err)
	}
	return gorm.Open(mysql.New(mysql.Config{Conn: pool, DisableWithReturning: true}), &gorm.Config{SkipDefaultTransaction: true, Logger: logger.Discard})
}

var tableName = regexp.MustCompile(`^[A-Za-z0-9_]*$`)

// Open finds out what installation db holds. An empty prefix is looked for.
func Open(ctx context.Context, db *gorm.DB, prefix string) (*Reader, error) {
	if !tableName.MatchString(prefix) {
		return nil, fault.New(fault.Invalid, "prefix", "The table prefix %q has characters that no table has.", prefix).On("QLOBOOKS_QLOAPPS_PREFIX")
	}
	prefixes, err := findPrefixes(ctx, db)
	if err != nil {
		return nil, err
	}
	switch {
	case len(prefixes) == 0:
		return nil, fault.New(fault.Invalid, "not_qloapps", "The database holds no QloApps installation: no table ends in htl_branch_info.").
			Do("Name the schema that QloApps uses in QLOBOOKS_MYSQL_DSN; config/settings.inc.php of QloApps has it as _DB_NAME_.")
	case prefix == "" && len(prefixes) > 1:
		return nil, fault.New(fault.Invalid, "prefix_ambiguous", "The database holds several QloApps installations, with the prefixes %s.", strings.Join(prefixes, ", ")).
			Do("Choose one with QLOBOOKS_QLOAPPS_PREFIX.").On("QLOBOOKS_QLOAPPS_PREFIX")
	case prefix == "":
		prefix = prefixes[0]
	case !contains(prefixes, prefix):
		return nil, fault.New(fault.Invalid, "prefix", "There are no QloApps tables with the prefix %q; found is %s.", prefix, strings.Join(prefixes, ", ")).
			Do("Correct QLOBOOKS_QLOAPPS_PREFIX, or leave it out.").On("QLOBOOKS_QLOAPPS_PREFIX")
	}
	r := &Reader{db: db, prefix: prefix}
	return r, r.detect(ctx)
}

func findPrefixes(ctx context.Context, db *gorm.DB) ([]string, error) {
	var names []string
	err := db.WithContext(ctx).Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE '%htl\\_branch\\_info' ORDER BY table_name").Scan(&names).Error
	if err != nil {
		return nil, unavailable(err)
	}
	for i, name := range names {
		names[i] = strings.TrimSuffix(name, "htl_branch_info")
	}
	return names, nil
}

func contains(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

// detect learns which version's tables and columns there are.
func (r *Reader) detect(ctx context.Context) error {
	var rows []struct{ Name string }
	err := r.db.WithContext(ctx).Raw("SELECT CONCAT(table_name, '.', column_name) name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name LIKE ?",
		strings.ReplaceAll(r.prefix, "_", `\_`)+"%").Scan(&rows).Error
	if err != nil {
		return unavailable(err)
	}
	r.columns = map[string]bool{}
	for _, row := range rows {
		table, column, _ := strings.Cut(row.Name, ".")
		r.columns[strings.TrimPrefix(table, r.prefix)+"."+column] = true
	}
	switch {
	case r.has("service_product_order_detail.id_product"):
		r.version, r.services, r.serviceKey = "1.7", "service_product_order_detail", "id_service_product_order_detail"
	case r.has("htl_room_type_service_product_order_detail.id_product"):
		r.version, r.services, r.serviceKey = "1.6", "htl_room_type_service_product_order_detail", "id_room_type_service_product_order_detail"
	default:
		return fault.New(fault.Invalid, "not_qloapps", "The tables with the prefix %q are of no QloApps version that QloBooks knows (1.6 and 1.7).", r.prefix).
			Do("Check that the schema is QloApps' own and completely restored.")
	}
	for _, need := range []string{"orders.id_order", "order_detail.id_order_detail", "customer.id_customer", "currency.id_currency", "configuration.name", "htl_booking_detail.id", "order_payment_detail.id_order_payment", "product_shop.id_product"} {
		if !r.has(need) {
			table, _, _ := strings.Cut(need, ".")
			return fault.New(fault.Invalid, "not_qloapps", "QloApps' table %s%s is missing or incomplete.", r.prefix, table).Do("Restore the database completely.")
		}
	}
	r.serviceGroup = r.has(r.services + ".id_tax_rules_group")
	r.phone = r.has("customer.phone")
	return nil
}

func (r *Reader) has(column string) bool { return r.columns[column] }

// Prefix is the prefix of the tables.
func (r *Reader) Prefix() string { return r.prefix }

// Version is "1.6" or "1.7".
func (r *Reader) Version() string { return r.version }

// query reads rows; {p} in statement stands for the table prefix. A column that is read as true or false is asked
// for as «<> 0»: QloApps' tables may hold any small number there.
func (r *Reader) query(ctx context.Context, into any, statement string, args ...any) error {
	if err := r.db.WithContext(ctx).Raw(strings.ReplaceAll(statement, "{p}", r.prefix), args...).Scan(into).Error; err != nil {
		return unavailable(err)
	}
	return nil
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "database_down", "QloApps' database could not be read.").Do("It is tried again by itself.").By(err)
}

// wall gives a wall-clock time of the database the shop's zone. In the hour that a change to
// summer time leaves out, the time is the one an hour later; a repeated hour is the first one.
func wall(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	there := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
	if there.Day() != t.Day() { // an hour earlier, where summer time begins at midnight: no day may change
		_, was := there.Zone()
		_, is := there.Add(time.Hour).Zone()
		return there.Add(time.Duration(is-was) * time.Second)
	}
	return there
}

// Shop reads what holds for the whole installation.
func (r *Reader) Shop(ctx context.Context) (Shop, error) {
	rows, err := r.configured(ctx)
	if err != nil {
		return Shop{}, err
	}
	plain := map[string]string{}
	s := Shop{Version: r.version, Prefix: r.prefix, Decimals: 2, InvoicePrefix: map[string]string{}, SlipPrefix: map[string]string{}}
	for _, row := range rows {
		switch {
		case row.Lang == "":
			plain[row.Name] = row.Value
		case row.Name == "PS_INVOICE_PREFIX":
			s.InvoicePrefix[row.Lang] = row.Value
		default:
			s.SlipPrefix[row.Lang] = row.Value
		}
	}
	if s.Zone, err = time.LoadLocation(plain["PS_TIMEZONE"]); err != nil || plain["PS_TIMEZONE"] == "" {
		return Shop{}, fault.New(fault.Held, "time_zone", "QloApps' time zone %q is unknown.", plain["PS_TIMEZONE"]).Do("Choose a time zone in QloApps, Localization.")
	}
	s.Name, s.ShopID, s.LangID = plain["PS_SHOP_NAME"], orOne(plain["PS_SHOP_DEFAULT"]), orOne(plain["PS_LANG_DEFAULT"])
	s.CanceledState = plain["PS_OS_CANCELED"]
	if _, err := fmt.Sscan(plain["PS_PRICE_DISPLAY_PRECISION"], &s.Decimals); err != nil {
		s.Decimals = 2
	}
	s.InvoiceUseYear, s.InvoiceYearPos, s.InvoiceReset = on(plain["PS_INVOICE_USE_YEAR"]), on(plain["PS_INVOICE_YEAR_POS"]), on(plain["PS_INVOICE_RESET"])
	var iso []string
	if err := r.query(ctx, &iso, "SELECT UPPER(iso_code) FROM {p}currency WHERE id_currency = ?", plain["PS_CURRENCY_DEFAULT"]); err != nil {
		return Shop{}, err
	}
	if len(iso) > 0 {
		s.DefaultCurrency = iso[0]
	}
	s.DefaultCurrencyID = plain["PS_CURRENCY_DEFAULT"]
	if on(plain["PS_MULTISHOP_FEATURE_ACTIVE"]) {
		s.ShopPrefixes, err = r.shopPrefixes(ctx)
	}
	return s, err
}

// shopPrefixes are what invoice numbers begin with by shop and language, where there is more than one shop: QloApps takes
// what is configured for the order's shop, else for its group, else for all.
func (r *Reader) shopPrefixes(ctx context.Context) (map[string]map[string]string, error) {
	if !r.has("shop.id_shop_group") || !r.has("orders.id_shop") {
		return nil, nil
	}
	var rows []struct{ Shop, Lang, Value string }
	err := r.query(ctx, &rows, "SELECT s.id_shop shop, COALESCE(l.id_lang, '') lang, COALESCE(l.value, '') value FROM {p}shop s LEFT JOIN {p}configuration c ON c.name = 'PS_INVOICE_PREFIX' AND "+
		"(c.id_shop = s.id_shop OR COALESCE(c.id_shop, 0) = 0 AND COALESCE(c.id_shop_group, 0) IN (0, s.id_shop_group)) LEFT JOIN {p}configuration_lang l ON l.id_configuration = c.id_configuration "+
		"ORDER BY COALESCE(c.id_shop, 0) > 0, COALESCE(c.id_shop_group, 0) > 0")
	all := map[string]map[string]string{}
	for _, x := range rows {
		if all[x.Shop] == nil {
			all[x.Shop] = map[string]string{}
		}
		if x.Lang != "" {
			all[x.Shop][x.Lang] = x.Value
		}
	}
	if len(all) < 2 {
		return nil, err
	}
	return all, err
}

// invoicePrefix is what the invoice numbers of an order begin with.
func (s Shop) invoicePrefix(shopID, langID string) string {
	if of, known := s.ShopPrefixes[shopID]; known {
		return of[langID]
	}
	return s.InvoicePrefix[langID]
}

// setting is a row of QloApps' configuration, in one language where Lang is not "".
type setting struct{ Name, Value, Lang string }

// configured reads what is configured: for the whole installation, then for the default shop's group and for
// that shop, which QloApps takes where they are there.
func (r *Reader) configured(ctx context.Context) ([]setting, error) {
	const (
		shop = "(SELECT s.value FROM {p}configuration s WHERE s.name = 'PS_SHOP_DEFAULT' AND s.id_shop IS NULL AND s.id_shop_group IS NULL LIMIT 1)"
		own  = "((c.id_shop IS NULL AND c.id_shop_group IS NULL) OR (c.id_shop IS NULL AND c.id_shop_group = 1) OR c.id_shop = COALESCE(" + shop + ", 1)) AND c.name IN ?"
		rank = "(c.id_shop IS NOT NULL) * 2 + (c.id_shop_group IS NOT NULL AND c.id_shop IS NULL)"
	)
	var rows []setting
	err := r.query(ctx, &rows, "SELECT name, value, lang FROM (SELECT c.name, COALESCE(c.value, '') value, '' lang, "+rank+" place FROM {p}configuration c WHERE "+own+
		" UNION ALL SELECT c.name, COALESCE(l.value, ''), l.id_lang, "+rank+" FROM {p}configuration c JOIN {p}configuration_lang l ON l.id_configuration = c.id_configuration WHERE "+own+") x ORDER BY place",
		[]string{"PS_TIMEZONE", "PS_LANG_DEFAULT", "PS_SHOP_DEFAULT", "PS_SHOP_NAME", "PS_PRICE_DISPLAY_PRECISION", "PS_INVOICE_USE_YEAR", "PS_INVOICE_YEAR_POS", "PS_INVOICE_RESET", "PS_CURRENCY_DEFAULT", "PS_OS_CANCELED", "PS_MULTISHOP_FEATURE_ACTIVE"},
		[]string{"PS_INVOICE_PREFIX", "PS_CREDIT_SLIP_PREFIX"})
	return rows, err
}

func on(value string) bool { return value != "" && value != "0" }

func orOne(id string) string {
	if id == "" {
		return "1"
	}
	return id
}

// printed is a number as QloApps prints it: prefix, six digits, and the year where configured.
func printed(prefix, number string, year int, s Shop) string {
	var n int
	if _, err := fmt.Sscan(number, &n); err != nil || n == 0 {
		return ""
	}
	switch {
	case s.InvoiceUseYear && s.InvoiceYearPos:
		return fmt.Sprintf("%s%d/%06d", prefix, year, n)
	case s.InvoiceUseYear:
		return fmt.Sprintf("%s%06d/%d", prefix, n, year)
	default:
		return fmt.Sprintf("%s%06d", prefix, n)
	}
}

// chunk calls work with at most 1 000 ids at a time.
func chunk(ids []string, work func(ids []string) error) error {
	const most = 1000
	for len(ids) > 0 {
		n := min(most, len(ids))
		if err := work(ids[:n]); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}
