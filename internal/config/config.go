// Package config reads the environment of the programs and refuses it as a whole, with every
// problem named, when anything is wrong.
package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/go-sql-driver/mysql"
	"github.com/hibiken/asynq"

	"github.com/qlobooks/qlobooks/internal/secret"
)

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
	WebhookPrivate   bool          `env:"QLOBOOKS_WEBHOOK_ALLOW_PRIVATE"`
	MetricsListen    string        `env:"QLOBOOKS_METRICS_LISTEN"`
	LogLevel         string        `env:"QLOBOOKS_LOG_LEVEL" envDefault:"info"`
	LogFormat        string        `env:"QLOBOOKS_LOG_FORMAT" envDefault:"text"`

	Proxies []netip.Prefix `env:"-"`
}

// Read takes the environment of the process and checks all of it.
func Read() (Config, error) {
	var c Config
	if err := env.Parse(&c); err != nil {
		return c, fmt.Errorf("the environment cannot be read: %w", err)
	}
	return c, c.Check()
}

var prefixForm = regexp.MustCompile(`^[A-Za-z0-9_]*$`)

// Check names every problem at once and tidies what is right.
func (c *Config) Check() error {
	var wrong []error
	bad := func(name, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s %s", name, fmt.Sprintf(format, args...)))
	}
	if c.MySQLDSN == "" {
		bad("QLOBOOKS_MYSQL_DSN", "is missing: the address of QloApps' database, such as user:password@tcp(localhost:3306)/qloapps")
	} else if _, err := mysql.ParseDSN(c.MySQLDSN.Reveal()); err != nil {
		bad("QLOBOOKS_MYSQL_DSN", "cannot be read (%v): write user:password@tcp(host:3306)/schema", err)
	}
	if c.RedisURL == "" {
		bad("QLOBOOKS_REDIS_URL", "is missing: the address of Redis, such as redis://localhost:6379/0")
	} else if _, err := asynq.ParseRedisURI(c.RedisURL.Reveal()); err != nil {
		bad("QLOBOOKS_REDIS_URL", "cannot be read: write redis://host:6379/0, rediss://… or redis-sentinel://…")
	}
	if !origin(c.PublicURL) {
		bad("QLOBOOKS_PUBLIC_URL", "must be the address at which people reach QloBooks, such as https://books.example.com; it is %q", c.PublicURL)
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	for name, key := range map[string]secret.String{"QLOBOOKS_SECRET_KEY": c.SecretKey, "QLOBOOKS_SECRET_KEY_OLD": c.SecretKeyOld} {
		if key == "" && name == "QLOBOOKS_SECRET_KEY" {
			bad(name, "is missing: 32 random bytes in base64, made with: openssl rand -base64 32")
		} else if b, err := base64.StdEncoding.DecodeString(key.Reveal()); key != "" && (err != nil || len(b) != 32) {
			bad(name, "must be 32 bytes in base64, made with: openssl rand -base64 32")
		}
	}
	if !prefixForm.MatchString(c.Prefix) {
		bad("QLOBOOKS_QLOAPPS_PREFIX", "has characters that no table has")
	}
	if c.AdminURL != "" && !origin(c.AdminURL) {
		bad("QLOBOOKS_QLOAPPS_ADMIN_URL", "must be the address of QloApps' back office, such as https://hotel.example.com/admin123")
	}
	if (c.ZohoClientID == "") != (c.ZohoClientSecret == "") {
		bad("QLOBOOKS_ZOHO_CLIENT_ID", "and QLOBOOKS_ZOHO_CLIENT_SECRET belong together; one is missing")
	}
	for name, list := range map[string][]string{"QLOBOOKS_ZOHO_ALLOWED_ORIGINS": c.AllowedOrigins, "QLOBOOKS_CORS_ORIGINS": c.CORSOrigins} {
		for i, text := range list {
			list[i] = strings.TrimRight(strings.TrimSpace(text), "/")
			if !origin(list[i]) {
				bad(name, "has %q, which is no origin such as https://host", text)
			}
		}
	}
	for _, text := range c.TrustedProxies {
		p, err := prefix(strings.TrimSpace(text))
		if err != nil {
			bad("QLOBOOKS_TRUSTED_PROXIES", "has %q, which is no address or network such as 10.0.0.0/8", text)
			continue
		}
		c.Proxies = append(c.Proxies, p)
	}
	var level slog.Level
	if level.UnmarshalText([]byte(c.LogLevel)) != nil {
		bad("QLOBOOKS_LOG_LEVEL", "must be debug, info, warn or error; it is %q", c.LogLevel)
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		bad("QLOBOOKS_LOG_FORMAT", "must be text or json; it is %q", c.LogFormat)
	}
	return errors.Join(wrong...)
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

func origin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.RawQuery == "" && u.Fragment == ""
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
