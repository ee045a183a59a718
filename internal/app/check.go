package app

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rights"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Finding is one thing that the product needs, and whether it is there.
type Finding struct {
	Name   string
	OK     bool
	Detail string
}

// checking gathers findings about one installation.
type checking struct {
	*App
	list []Finding
}

func (c *checking) add(name string, err error, right string) bool {
	f := Finding{Name: name, OK: err == nil, Detail: right}
	if err != nil {
		f.Detail = err.Error()
	}
	c.list = append(c.list, f)
	return err == nil
}

// Check looks at everything that the product needs, and says of each in words whether it is there. Each is
// looked at by itself; what cannot be, as something before it is missing, says so.
func Check(ctx context.Context, conf config.Config) []Finding {
	c := &checking{App: closed(conf, nil)}
	defer c.Close()
	c.add("public_url", publicURL(conf.PublicURL), conf.PublicURL)
	c.lookAtRedis(ctx)
	db := c.lookAtDatabase(ctx)
	if db == nil {
		return c.rest()
	}
	known := c.lookAtVersion(ctx, db)
	allowed := c.lookAtRights(ctx, db)
	if known {
		c.lookAtZone(ctx)
	}
	whole := c.add("schema", c.upToDate(ctx), "is up to date")
	if !known || !allowed || !whole {
		return c.rest()
	}
	c.lookInside(ctx, db)
	return c.list
}

// prerequisites are the lines that are always there, whatever could be looked at.
var prerequisites = []string{"public_url", "redis", "database", "version", "rights", "zone", "schema", "database_writes", "secret_key"}

// rest ends the list with what could not be looked at, as something before it is missing.
func (c *checking) rest() []Finding {
	for _, name := range prerequisites {
		if !slices.ContainsFunc(c.list, func(f Finding) bool { return f.Name == name }) {
			c.add(name, fmt.Errorf("is not known before the lines above are right"), "")
		}
	}
	return c.list
}

// lookAtZone reads in which zone QloApps' days are.
func (c *checking) lookAtZone(ctx context.Context) {
	zone, err := c.zone(ctx)
	c.add("zone", err, fmt.Sprintf("QloApps' days are those of %v", zone))
}

func publicURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("QLOBOOKS_PUBLIC_URL is no address")
	}
	if host := u.Hostname(); u.Scheme != "https" && host != "localhost" && !strings.HasPrefix(host, "127.") && host != "::1" {
		return fmt.Errorf("QLOBOOKS_PUBLIC_URL is not https: passwords and the session would travel readable")
	}
	return nil
}

var redisVersion = regexp.MustCompile(`(?m)^redis_version:(\S+)`)

// lookAtRedis writes something: one that is full, or a replica, answers all the same.
func (c *checking) lookAtRedis(ctx context.Context) {
	if err := c.openRedis(ctx); err != nil {
		c.add("redis", err, "")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readyWait)
	defer cancel()
	found := c.redisWrites(ctx)
	if !found.OK {
		c.add("redis", fmt.Errorf("%s", found.Detail), "")
		return
	}
	words := found.Detail
	if info, err := c.redis.Info(ctx).Result(); err == nil {
		if v := redisVersion.FindStringSubmatch(info); v != nil {
			words += ", Redis " + v[1]
		}
		if policy := field(info, "maxmemory_policy"); policy != "" && policy != "noeviction" {
			words += "; it throws away what it has no room for: set maxmemory-policy to noeviction"
		}
	}
	c.add("redis", nil, words)
}

// field is a line of Redis' INFO.
func field(info, name string) string {
	_, rest, found := strings.Cut(info, "\n"+name+":")
	if !found {
		return ""
	}
	value, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(value)
}

// lookAtDatabase connects as all parts do; nil when that is not possible.
func (c *checking) lookAtDatabase(ctx context.Context) *sql.DB {
	var err error
	if c.database, err = store.Open(c.Config.MySQLDSN.Reveal()); err != nil {
		c.add("database", fmt.Errorf("QLOBOOKS_MYSQL_DSN: %w; check host, user, password and schema", err), "")
		return nil
	}
	if c.hotelDB, err = qloapps.Connect(c.Config.MySQLDSN.Reveal()); err != nil {
		c.add("database", plain(err), "")
		return nil
	}
	var name string
	db, err := c.database.DB()
	if err == nil {
		err = db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&name)
	}
	if err == nil {
		err = recent(name)
	}
	if !c.add("database", err, "answers, "+server(name)) {
		return nil
	}
	return db
}

// server is the name of a database server by what it says of its version.
func server(version string) string {
	if strings.Contains(version, "MariaDB") {
		return "MariaDB " + version
	}
	return "MySQL " + version
}

var numbers = regexp.MustCompile(`^(?:5\.5\.5-)?(\d+)\.(\d+)`)

// recent refuses servers that lack what the statements use.
func recent(version string) error {
	found := numbers.FindStringSubmatch(version)
	if found == nil {
		return nil // one that nobody foresaw is tried
	}
	major, _ := strconv.Atoi(found[1])
	minor, _ := strconv.Atoi(found[2])
	least, of := 5*100+7, "MySQL 5.7"
	if strings.Contains(version, "MariaDB") {
		least, of = 10*100+2, "MariaDB 10.2"
	}
	if major*100+minor < least {
		return fmt.Errorf("%s is too old: %s or newer is needed", server(version), of)
	}
	return nil
}

// lookAtVersion finds QloApps.
func (c *checking) lookAtVersion(ctx context.Context, db *sql.DB) bool {
	var err error
	c.Hotel, err = qloapps.Open(ctx, c.hotelDB, c.Config.Prefix)
	if err != nil {
		err = fmt.Errorf("%w A user that may not read QloApps' tables does not see them either: run what «api grants» prints", plain(err))
	}
	words := ""
	if err == nil {
		words = fmt.Sprintf("QloApps %s, its tables begin with %s", c.Hotel.Version(), c.Hotel.Prefix())
	}
	return c.add("version", err, words)
}

// lookAtRights tries each right at its table.
func (c *checking) lookAtRights(ctx context.Context, db *sql.DB) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if c.Hotel == nil || c.Hotel.Version() == "" {
		return c.add("rights", fmt.Errorf("are not known before QloApps is found"), "")
	}
	needs := rights.Reading(c.Hotel.Version(), c.Hotel.Prefix())
	lacks, err := rights.Lacking(ctx, db, append(needs, rights.Own()...))
	if err == nil && len(lacks) > 0 {
		err = plain(fault.New(fault.Conflict, "no_right_to_read", "The database user lacks %s.", inWords(lacks)).
			Do("Run what «api grants» prints as a stronger user; after an upgrade run «api migrate» and then it."))
	}
	return c.add("rights", err, "every table that is needed can be read, and QloBooks' own written")
}

// inWords names some of many needs.
func inWords(needs []rights.Need) string {
	const most = 12
	var words []string
	for i, n := range needs {
		if i == most {
			words = append(words, fmt.Sprintf("%d more", len(needs)-most))
			break
		}
		words = append(words, n.String())
	}
	return strings.Join(words, ", ")
}

// lookInside looks at what only the whole product can tell.
func (c *checking) lookInside(ctx context.Context, db *sql.DB) {
	ring, err := c.ring()
	if err == nil && c.redis == nil {
		err = fmt.Errorf("is not known before Redis is found")
	}
	if err != nil {
		c.add("secret_key", err, "")
		return
	}
	c.join(ring, engine.Options{})
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	taken, key := c.databaseWrites(ctx), c.keyOpens(ctx)
	c.list = append(c.list, Finding{"database_writes", taken.OK, taken.Detail}, Finding{"secret_key", key.OK, key.Detail})
	c.lookAtImports(ctx, db)
	if n, err := c.Tokens.Count(ctx); err == nil && n == 0 && c.Sessions == nil {
		c.add("people", fmt.Errorf("nobody could sign in: set QLOBOOKS_QLOAPPS_COOKIE_KEY, or make a token"), "")
	}
}

// lookAtImports looks at the rights that only an import of payments needs.
func (c *checking) lookAtImports(ctx context.Context, db *sql.DB) {
	all, err := c.Settings.Load(ctx)
	var lacks []rights.Need
	if err == nil {
		lacks, err = rights.Lacking(ctx, db, rights.Importing(c.Hotel.Prefix()))
	}
	words := "payments can be brought to QloApps"
	if err == nil && len(lacks) > 0 {
		words = "not given, and not needed while payments are not imported: " + inWords(lacks)
		if all.Payments.ImportEnabled {
			err = fmt.Errorf("payments are to be imported, and the database user lacks %s. Run what «api grants --imports» prints as a stronger user", inWords(lacks))
		}
	}
	c.add("rights of the import", err, words)
}
