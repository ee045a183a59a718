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
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
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
	serviceGroup bool              // the table of sold services names a tax group
	phone        bool              // customers have a phone column
	columns      map[string]string // the collation of each, "" of those that are no texts
	clock        func() time.Time  // nil = the machine's

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
	var rows []struct{ Name, Collation string }
	err := r.db.WithContext(ctx).Raw("SELECT CONCAT(table_name, '.', column_name) name, COALESCE(collation_name, '') collation FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name LIKE ?",
		strings.ReplaceAll(r.prefix, "_", `\_`)+"%").Scan(&rows).Error
	if err != nil {
		return unavailable(err)
	}
	r.columns = map[string]string{}
	for _, row := range rows {
		table, column, _ := strings.Cut(row.Name, ".")
		r.columns[strings.TrimPrefix(table, r.prefix)+"."+column] = row.Collation
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

func (r *Reader) has(column string) bool {
	_, there := r.columns[column]
	return there
}

// Prefix is the prefix of the tables.
func (r *Reader) Prefix() string { return r.prefix }

// Version is "1.6" or "1.7".
func (r *Reader) Version() string { return r.version }

// query reads rows; see filled for what stands in braces. A column that is read as true or false is asked
// for as «<> 0»: QloApps' tables may hold any small number there.
func (r *Reader) query(ctx context.Context, into any, statement string, args ...any) error {
	if err := r.db.WithContext(ctx).Raw(r.filled(statement), args...).Scan(into).Error; err != nil {
		return unavailable(err)
	}
	return nil
}

// unavailable is the fault of a statement that failed. What the server says of the tables, the rows or the user's rights
// lasts until a person mends it; that it is away, full or busy passes.
func unavailable(err error) error {
	if f := lasting(err); f != nil {
		return f.By(err)
	}
	if mixed(err) {
		return fault.New(fault.Held, "collations_differ", "QloApps' database compares no texts of two tables that have different collations.").
			Do("Give all of QloApps' tables the collation utf8_general_ci, which QloApps gives them; or start QloBooks anew where a table was changed while it ran.").By(err)
	}
	var server *driver.MySQLError
	if errors.As(err, &server) && !statement.Passing(err) {
		return unreadable(server.Message).By(err)
	}
	if strings.Contains(err.Error(), "sql: Scan error") { // a column holds what is no amount, number or day
		return unreadable(err.Error()).By(err)
	}
	return fault.New(fault.Unavailable, "database_down", "QloApps' database could not be read.").Do("It is tried again by itself.").By(err)
}

func unreadable(words string) *fault.Error {
	return fault.New(fault.Held, "qloapps_unreadable", "QloApps' database does not let be read what is needed: «%s».", words).
		Do("Have whoever looks after the database mend what it says, as by CHECK TABLE and REPAIR TABLE where a table is damaged. It is tried again by itself.").After(lastingAgain)
}

// Where the server names what a statement lacks: a column, a table, or the table or column of a right.
var (
	lacksColumn = regexp.MustCompile("Unknown column '([^']+)'")
	lacksTable  = regexp.MustCompile("[Tt]able '(?:[^'.]+\\.)?([^'.]+)'")
	lacksRight  = regexp.MustCompile("^([A-Z]+) command denied .* for (table|column) [`']?(?:[^`'. ]+[`']?\\.[`']?)?([^`'. ]+)[`']?(?: in table [`']?([^`' ]+)[`']?)?")
)

// lasting is the fault of what no repetition mends: a table or column that this QloApps does not have, or that the user may
// not read, looked at again from time to time; nil for everything else.
func lasting(err error) *fault.Error {
	var server *driver.MySQLError
	if !errors.As(err, &server) {
		return nil
	}
	named := func(kind string, in *regexp.Regexp) string {
		if found := in.FindStringSubmatch(server.Message); found != nil {
			return kind + " " + found[1]
		}
		return kind
	}
	missing := ""
	switch server.Number {
	case 1054:
		missing = named("column", lacksColumn)
	case 1146, 1109, 1051:
		missing = named("table", lacksTable)
	case 1044, 1142, 1143, 1227:
		what := "a table"
		if found := lacksRight.FindStringSubmatch(server.Message); found != nil {
			what = strings.TrimSuffix(found[2]+" "+found[3]+" of table "+found[4], " of table ")
			what = found[1] + " on " + what
		}
		return fault.New(fault.Held, "no_right_to_read", "The database user lacks the right to %s of QloApps.", what).
			Do("Grant it the rights that «api grants» prints; «api check» tells which it lacks. It is tried again by itself.").After(lastingAgain)
	default:
		return nil
	}
	return fault.New(fault.Held, "qloapps_differs", "QloApps' database has no %s, which a QloApps of version 1.6 or 1.7 has.", missing).
		Do("Finish QloApps' own upgrade where one is under way, or restore what is missing; then start QloBooks anew, so that it looks at the tables again.").After(lastingAgain)
}

// lastingAgain is when it is looked whether somebody mended what lasts: an upgrade of QloApps takes tables away for a while.
const lastingAgain = 10 * time.Minute

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

// shared is what holds for the whole installation, as it was read a moment ago.
type shared struct {
	sync.Mutex
	at   time.Time
	shop Shop
}

type sharedKey struct{}

// sharedFor is how long what holds for the whole installation is taken as read.
const sharedFor = time.Second

// Sharing lets the reads under the context it gives, of one tick, share what Shop says for a second.
func Sharing(ctx context.Context) context.Context {
	return context.WithValue(ctx, sharedKey{}, &shared{})
}

// Shop reads what holds for the whole installation.
func (r *Reader) Shop(ctx context.Context) (Shop, error) {
	s, _ := ctx.Value(sharedKey{}).(*shared)
	if s == nil {
		return r.shop(ctx)
	}
	s.Lock()
	defer s.Unlock()
	if !s.at.IsZero() && time.Since(s.at) < sharedFor {
		return s.shop, nil
	}
	shop, err := r.shop(ctx)
	if err == nil {
		s.at, s.shop = time.Now(), shop
	}
	return shop, err
}

func (r *Reader) shop(ctx context.Context) (Shop, error) {
	rows, err := r.configured(ctx)
	if err != nil {
		return Shop{}, err
	}
	plain := map[string]string{}
	s := Shop{Version: r.version, Prefix: r.prefix, Decimals: 2, Numbering: newNumbering()}
	for _, row := range rows {
		if row.Lang == "" {
			plain[row.Name] = row.Value
		}
		s.Numbering.take(row)
	}
	if s.Zone, err = time.LoadLocation(plain["PS_TIMEZONE"]); err != nil || plain["PS_TIMEZONE"] == "" {
		return Shop{}, fault.New(fault.Held, "time_zone", "QloApps' time zone %q is unknown.", plain["PS_TIMEZONE"]).Do("Choose a time zone in QloApps, Localization.")
	}
	s.Name, s.ShopID, s.LangID = plain["PS_SHOP_NAME"], orOne(plain["PS_SHOP_DEFAULT"]), orOne(plain["PS_LANG_DEFAULT"])
	s.CanceledState = plain["PS_OS_CANCELED"]
	if _, err := fmt.Sscan(plain["PS_PRICE_DISPLAY_PRECISION"], &s.Decimals); err != nil {
		s.Decimals = 2
	}
	var iso []string
	if err := r.query(ctx, &iso, "SELECT UPPER(iso_code) FROM {p}currency WHERE id_currency = ?", plain["PS_CURRENCY_DEFAULT"]); err != nil {
		return Shop{}, err
	}
	if len(iso) > 0 {
		s.DefaultCurrency = iso[0]
	}
	s.DefaultCurrencyID = plain["PS_CURRENCY_DEFAULT"]
	if on(plain["PS_MULTISHOP_FEATURE_ACTIVE"]) {
		s.ShopNumberings, err = r.shopNumberings(ctx)
	}
	return s, err
}

// Languages are the ids of QloApps' languages: each order state is named in all of them.
func (r *Reader) Languages(ctx context.Context) (ids []string, err error) {
	err = r.query(ctx, &ids, "SELECT DISTINCT id_lang FROM {p}order_state_lang ORDER BY id_lang")
	return ids, err
}

// setting is a row of QloApps' configuration, in one language where Lang is not "".
type setting struct{ Name, Value, Lang string }

// configured reads what is configured: for the whole installation, then for the default shop's group and for
// that shop, which QloApps takes where they are there. It is read before every look at a record, so the database
// only finds rows: to sort long texts it would make a table on disk each time.
func (r *Reader) configured(ctx context.Context) ([]setting, error) {
	names := append([]string{"PS_TIMEZONE", "PS_LANG_DEFAULT", "PS_SHOP_DEFAULT", "PS_SHOP_NAME", "PS_PRICE_DISPLAY_PRECISION", "PS_INVOICE_USE_YEAR", "PS_INVOICE_YEAR_POS", "PS_INVOICE_RESET",
		"PS_CURRENCY_DEFAULT", "PS_OS_CANCELED", "PS_MULTISHOP_FEATURE_ACTIVE"}, inLanguages...)
	var rows []struct {
		Name, Value, Lang string
		Shop, ShopGroup   *string
	}
	if err := r.query(ctx, &rows, "SELECT c.name, COALESCE(IF(l.id_lang IS NULL, c.value, l.value), '') value, COALESCE(l.id_lang, '') lang, c.id_shop shop, c.id_shop_group shop_group FROM {p}configuration c "+
		"LEFT JOIN {p}configuration_lang l ON l.id_configuration = c.id_configuration AND c.name IN ? WHERE c.name IN ?", inLanguages, names); err != nil {
		return nil, err
	}
	shop, grouped := "1", false
	var all, ofGroup, ofShop []setting
	for _, row := range rows {
		if row.Name == "PS_SHOP_DEFAULT" && row.Shop == nil && row.ShopGroup == nil {
			shop = orOne(row.Value)
		}
		grouped = grouped || row.Shop == nil && row.ShopGroup != nil
	}
	group := []string{"1"}
	if grouped && r.has("shop.id_shop_group") {
		if err := r.query(ctx, &group, "SELECT id_shop_group FROM {p}shop WHERE id_shop = ?", shop); err != nil {
			return nil, err
		}
	}
	for _, row := range rows {
		found := setting{row.Name, row.Value, row.Lang}
		switch {
		case row.Lang == "" && slices.Contains(inLanguages, row.Name):
		case row.Shop != nil && *row.Shop == shop:
			ofShop = append(ofShop, found)
		case row.Shop != nil:
		case row.ShopGroup == nil:
			all = append(all, found)
		case slices.Contains(group, *row.ShopGroup):
			ofGroup = append(ofGroup, found)
		}
	}
	return slices.Concat(all, ofGroup, ofShop), nil
}

func on(value string) bool { return value != "" && value != "0" }

func orOne(id string) string {
	if id == "" {
		return "1"
	}
	return id
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
