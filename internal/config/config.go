// Package config reads the environment of the programs and refuses it as a whole, with every
// problem named, when anything is wrong.
package config

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/go-sql-driver/mysql"
	"github.com/hibiken/asynq"

	"github.com/qlobooks/qlobooks/internal/secret"
)

// NoMetrics as QLOBOOKS_METRICS_LISTEN opens no listener for them.
const NoMetrics = "off"

// APIMetrics is where the API answers for its metrics unless it is told otherwise: on this machine alone.
// A worker has no such place of its own, as any number of them may run on one machine.
const APIMetrics = "127.0.0.1:9470"

// Config is the environment of the API and the worker.
type Config struct {
	MySQLDSN         secret.String `env:"QLOBOOKS_MYSQL_DSN"`
	RedisURL         secret.String `env:"QLOBOOKS_REDIS_URL"`
	PublicURL        string        `env:"QLOBOOKS_PUBLIC_URL"`
	SecretKey        secret.String `env:"QLOBOOKS_SECRET_KEY"`
	SecretKeyOld     secret.String `env:"QLOBOOKS_SECRET_KEY_OLD"`
	Listen           string        `env:"QLOBOOKS_LISTEN" envDefault:":8080"`
	Prefix           string        `env:"QLOBOOKS_QLOAPPS_PREFIX"`
	CookieKey        secret.String `env:"QLOBOOKS_QLOAPPS_COOKIE_KEY"`
	AdminURL         string        `env:"QLOBOOKS_QLOAPPS_ADMIN_URL"`
	ZohoClientID     string        `env:"QLOBOOKS_ZOHO_CLIENT_ID"`
	ZohoClientSecret secret.String `env:"QLOBOOKS_ZOHO_CLIENT_SECRET"`
	AllowedOrigins   []string      `env:"QLOBOOKS_ZOHO_ALLOWED_ORIGINS" envSeparator:","`
	CORSOrigins      []string      `env:"QLOBOOKS_CORS_ORIGINS" envSeparator:","`
	TrustedProxies   []string      `env:"QLOBOOKS_TRUSTED_PROXIES" envSeparator:","`
	WebhookAllow     string        `env:"QLOBOOKS_WEBHOOK_ALLOW_PRIVATE" envDefault:"false"`
	MetricsListen    string        `env:"QLOBOOKS_METRICS_LISTEN"`
	LogLevel         string        `env:"QLOBOOKS_LOG_LEVEL" envDefault:"info"`
	LogFormat        string        `env:"QLOBOOKS_LOG_FORMAT" envDefault:"text"`

	Proxies        []netip.Prefix `env:"-"`
	WebhookPrivate bool           `env:"-"` // alerts may go to private addresses
	// Longest is how long a statement on our own tables may take; 0 = without end. The API sets it.
	Longest time.Duration `env:"-"`
}

// Read takes the environment of the process and checks all of it.
func Read() (Config, error) {
	var c Config
	err := env.Parse(&c)
	if err != nil {
		err = fmt.Errorf("the environment cannot be read: %w", err)
	}
	return c, errors.Join(err, c.Check())
}

var prefixForm = regexp.MustCompile(`^[A-Za-z0-9_]*$`)

// wrongs gathers problems, each with the variable, the cause and the cure. No value of a secret
// is ever named.
type wrongs []error

func (w *wrongs) add(name, format string, args ...any) {
	*w = append(*w, fmt.Errorf("%s %s", name, fmt.Sprintf(format, args...)))
}

// Check names every problem at once and tidies what is right.
func (c *Config) Check() error {
	var w wrongs
	c.checkServers(&w)
	c.checkAddresses(&w)
	checkKey(&w, "QLOBOOKS_SECRET_KEY", c.SecretKey, true)
	checkKey(&w, "QLOBOOKS_SECRET_KEY_OLD", c.SecretKeyOld, false)
	if !prefixForm.MatchString(c.Prefix) {
		w.add("QLOBOOKS_QLOAPPS_PREFIX", "is %q; a table prefix has only letters, digits and _", c.Prefix)
	}
	if (c.ZohoClientID == "") != (c.ZohoClientSecret == "") {
		w.add("QLOBOOKS_ZOHO_CLIENT_ID", "and QLOBOOKS_ZOHO_CLIENT_SECRET belong together and one is missing: set both, or none")
	}
	c.Proxies = nil
	for _, text := range c.TrustedProxies {
		p, err := prefix(strings.TrimSpace(text))
		if err != nil {
			w.add("QLOBOOKS_TRUSTED_PROXIES", "has %q, which is no address or network such as 10.0.0.0/8", named(text))
			continue
		}
		c.Proxies = append(c.Proxies, p)
	}
	if c.WebhookAllow != "" {
		var err error
		if c.WebhookPrivate, err = strconv.ParseBool(c.WebhookAllow); err != nil {
			w.add("QLOBOOKS_WEBHOOK_ALLOW_PRIVATE", "must be true or false; it is %q", c.WebhookAllow)
		}
	}
	var level slog.Level
	if level.UnmarshalText([]byte(c.LogLevel)) != nil {
		w.add("QLOBOOKS_LOG_LEVEL", "must be debug, info, warn or error; it is %q", c.LogLevel)
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		w.add("QLOBOOKS_LOG_FORMAT", "must be text or json; it is %q", c.LogFormat)
	}
	return errors.Join(w...)
}

func (c *Config) checkServers(w *wrongs) {
	dsn, err := mysql.ParseDSN(c.MySQLDSN.Reveal())
	switch {
	case c.MySQLDSN == "":
		w.add("QLOBOOKS_MYSQL_DSN", "is missing: the address of QloApps' database, such as user:password@tcp(localhost:3306)/qloapps")
	case err != nil:
		w.add("QLOBOOKS_MYSQL_DSN", "cannot be read: write user:password@tcp(host:3306)/schema")
	case dsn.DBName == "":
		w.add("QLOBOOKS_MYSQL_DSN", "names no schema: write the name of QloApps' database behind the last slash")
	}
	if c.RedisURL == "" {
		w.add("QLOBOOKS_REDIS_URL", "is missing: the address of Redis, such as redis://localhost:6379/0")
	} else if at, err := c.Redis(); err != nil {
		w.add("QLOBOOKS_REDIS_URL", "cannot be read: write redis://host:6379/0, rediss://… or redis-sentinel://…")
	} else if s, ok := at.(asynq.RedisFailoverClientOpt); ok && s.MasterName == "" {
		w.add("QLOBOOKS_REDIS_URL", "names no master: write redis-sentinel://host:26379?master=… with the name by which the sentinels know it")
	}
}

// Redis reads the address of Redis. A password opens the servers behind the sentinels as well as the sentinels;
// sentinel_password names another one for these, and nothing where they ask for none.
func (c *Config) Redis() (asynq.RedisConnOpt, error) {
	at, err := asynq.ParseRedisURI(c.RedisURL.Reveal())
	s, ok := at.(asynq.RedisFailoverClientOpt)
	if err != nil || !ok {
		return at, err
	}
	u, err := url.Parse(c.RedisURL.Reveal())
	if err != nil {
		return nil, err
	}
	s.Username = u.User.Username()
	s.Password, _ = u.User.Password()
	if q := u.Query(); q.Has("sentinel_password") {
		s.SentinelPassword = q.Get("sentinel_password")
	}
	if db := strings.Trim(u.Path, "/"); db != "" {
		if s.DB, err = strconv.Atoi(db); err != nil {
			return nil, fmt.Errorf("the database is no number: %w", err)
		}
	}
	return s, nil
}

func (c *Config) checkAddresses(w *wrongs) {
	switch {
	case c.PublicURL == "":
		w.add("QLOBOOKS_PUBLIC_URL", "is missing: the address at which people reach QloBooks, such as https://books.example.com")
	case !address(c.PublicURL):
		w.add("QLOBOOKS_PUBLIC_URL", "must be the address at which people reach QloBooks, such as https://books.example.com; it is %q", named(c.PublicURL))
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if c.AdminURL != "" && !address(c.AdminURL) {
		w.add("QLOBOOKS_QLOAPPS_ADMIN_URL", "must be the address of QloApps' back office, such as https://hotel.example.com/admin123")
	}
	origins(w, "QLOBOOKS_ZOHO_ALLOWED_ORIGINS", c.AllowedOrigins)
	origins(w, "QLOBOOKS_CORS_ORIGINS", c.CORSOrigins)
	if !listener(c.Listen) {
		w.add("QLOBOOKS_LISTEN", "must be a host and port such as 127.0.0.1:8080 or :8080; it is %q", named(c.Listen))
	}
	if c.MetricsListen != "" && c.MetricsListen != NoMetrics && !listener(c.MetricsListen) {
		w.add("QLOBOOKS_METRICS_LISTEN", "must be a host and port such as 127.0.0.1:9100, or off; it is %q", named(c.MetricsListen))
	}
}

func checkKey(w *wrongs, name string, key secret.String, needed bool) {
	b, err := base64.StdEncoding.DecodeString(key.Reveal())
	switch {
	case key == "" && needed:
		w.add(name, "is missing: 32 random bytes in base64, made with: openssl rand -base64 32")
	case key == "":
	case err != nil:
		w.add(name, "is no base64: it must be 32 random bytes, made with: openssl rand -base64 32")
	case len(b) == 32 && bytes.Count(b, b[:1]) == 32:
		w.add(name, "is one byte thirty-two times and no secret: make one with: openssl rand -base64 32")
	case len(b) != 32:
		w.add(name, "has %d bytes instead of 32: make one with: openssl rand -base64 32", len(b))
	}
}

func origins(w *wrongs, name string, list []string) {
	for i, text := range list {
		list[i] = strings.TrimRight(strings.TrimSpace(text), "/")
		if u, err := url.Parse(list[i]); err != nil || !address(list[i]) || u.Path != "" {
			w.add(name, "has %q, which is no origin such as https://host", named(text))
		}
	}
}

// named is an address as a message may show it: without a user, a password and what stands behind the
// path, where people put secrets.
func named(text string) string {
	text, _, cut := strings.Cut(text, "?")
	text, _, more := strings.Cut(text, "#")
	if cut || more {
		text += "…"
	}
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text
	}
	scheme, _, ok := strings.Cut(text[:at], "://")
	if !ok {
		return "…@" + text[at+1:]
	}
	return scheme + "://…@" + text[at+1:]
}

func listener(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func prefix(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		return netip.ParsePrefix(text)
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(addr, addr.BitLen()), nil
}

// address is http or https, without user, query or fragment.
func address(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.User == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.RawQuery == "" && u.Fragment == ""
}

// Logger writes to standard error as the environment says.
func (c Config) Logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel))
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
