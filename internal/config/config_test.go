package config_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hibiken/asynq"

	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/internal/secret"
)

const key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

func good() config.Config {
	return config.Config{
		MySQLDSN: "u:p@tcp(h:3306)/q", RedisURL: "redis://h:6379/0", PublicURL: "https://books.example.com/",
		SecretKey: key, Listen: ":8080", LogLevel: "info", LogFormat: "text",
	}
}

func TestGoodEnvironmentIsTidied(t *testing.T) {
	t.Parallel()

	c := good()
	c.AllowedOrigins, c.TrustedProxies = []string{" http://127.0.0.1:9000/"}, []string{"10.0.0.0/8", "192.0.2.1"}
	c.RedisURL = "redis-sentinel://:pw@h1:26379,h2:26379?master=m"
	c.MySQLDSN = "u:p@unix(/run/mysqld.sock)/q?parseTime=true"
	c.SecretKeyOld = key
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	if c.PublicURL != "https://books.example.com" || c.AllowedOrigins[0] != "http://127.0.0.1:9000" || len(c.Proxies) != 2 || c.Proxies[1].Bits() != 32 {
		t.Errorf("tidied to %+v", c)
	}
}

// TestThePasswordOfRedisOpensServersAndSentinels holds the address of sentinels to what it says of user, password and
// database; the sentinels may have a password of their own, or none.
func TestThePasswordOfRedisOpensServersAndSentinels(t *testing.T) {
	t.Parallel()

	for address, want := range map[string]asynq.RedisFailoverClientOpt{
		"redis-sentinel://:pw@h1:1,h2:2?master=m":                       {MasterName: "m", SentinelAddrs: []string{"h1:1", "h2:2"}, Password: "pw", SentinelPassword: "pw"},
		"redis-sentinel://ada:pw@h1:1/3?master=m&sentinel_password=two": {MasterName: "m", SentinelAddrs: []string{"h1:1"}, Username: "ada", Password: "pw", SentinelPassword: "two", DB: 3},
		"redis-sentinel://:pw@h1:1?master=m&sentinel_password=":         {MasterName: "m", SentinelAddrs: []string{"h1:1"}, Password: "pw"},
	} {
		c := good()
		c.RedisURL = secret.String(address)
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		if at, err := c.Redis(); err != nil || !reflect.DeepEqual(at, want) {
			t.Errorf("%s is read as %+v, %v", address, at, err)
		}
	}
}

func TestEachProblemIsNamed(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name   string
		change func(*config.Config)
		want   string // variable and a part of the cure
	}{
		{"no database", func(c *config.Config) { c.MySQLDSN = "" }, "QLOBOOKS_MYSQL_DSN is missing"},
		{"database as URL", func(c *config.Config) { c.MySQLDSN = "mysql://u:hunter2@h" }, "QLOBOOKS_MYSQL_DSN cannot be read: write user:password@tcp(host:3306)/schema"},
		{"database without schema", func(c *config.Config) { c.MySQLDSN = "u:hunter2@tcp(h:3306)/" }, "QLOBOOKS_MYSQL_DSN names no schema"},
		{"no Redis", func(c *config.Config) { c.RedisURL = "" }, "QLOBOOKS_REDIS_URL is missing"},
		{"another kind of Redis address", func(c *config.Config) { c.RedisURL = "http://:hunter2@h" }, "QLOBOOKS_REDIS_URL cannot be read: write redis://"},
		{"sentinels without a master", func(c *config.Config) { c.RedisURL = "redis-sentinel://:hunter2@h:26379" }, "QLOBOOKS_REDIS_URL names no master"},
		{"sentinels with a database by name", func(c *config.Config) { c.RedisURL = "redis-sentinel://:hunter2@h:26379/x?master=m" }, "QLOBOOKS_REDIS_URL cannot be read"},
		{"no public address", func(c *config.Config) { c.PublicURL = "" }, "QLOBOOKS_PUBLIC_URL is missing"},
		{"public address without scheme", func(c *config.Config) { c.PublicURL = "books.example.com" }, "QLOBOOKS_PUBLIC_URL must be"},
		{"public address with a query", func(c *config.Config) { c.PublicURL = "https://books.example.com?x=1" }, "QLOBOOKS_PUBLIC_URL must be"},
		{"no key", func(c *config.Config) { c.SecretKey = "" }, "QLOBOOKS_SECRET_KEY is missing: 32 random bytes"},
		{"key that is no base64", func(c *config.Config) { c.SecretKey = "hunter2!" }, "QLOBOOKS_SECRET_KEY is no base64"},
		{"short key", func(c *config.Config) { c.SecretKey = "c2hvcnQ=" }, "QLOBOOKS_SECRET_KEY has 5 bytes instead of 32"},
		{"short old key", func(c *config.Config) { c.SecretKeyOld = "c2hvcnQ=" }, "QLOBOOKS_SECRET_KEY_OLD has 5 bytes"},
		{"a key of zeros", func(c *config.Config) { c.SecretKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" }, "QLOBOOKS_SECRET_KEY is one byte thirty-two times"},
		{"public address with a password", func(c *config.Config) { c.PublicURL = "https://ada:hunter2@books.example.com" }, `it is "https://…@books.example.com"`},
		{"public address with a key", func(c *config.Config) { c.PublicURL = "https://books.example.com/?key=hunter2" }, `it is "https://books.example.com/…"`},
		{"origin with a password", func(c *config.Config) { c.AllowedOrigins = []string{"https://ada:hun@ter2:hunter2@h"} }, `QLOBOOKS_ZOHO_ALLOWED_ORIGINS has "https://…@h"`},
		{"another with a password", func(c *config.Config) { c.CORSOrigins = []string{"ada:hunter2@h"} }, `QLOBOOKS_CORS_ORIGINS has "…@h"`},
		{"proxy with a password", func(c *config.Config) { c.TrustedProxies = []string{"http://ada:hunter2@10.0.0.1"} }, `QLOBOOKS_TRUSTED_PROXIES has "http://…@10.0.0.1"`},
		{"listener with a password", func(c *config.Config) { c.Listen = "http://ada:hunter2@h" }, "QLOBOOKS_LISTEN must be"},
		{"prefix with a quote", func(c *config.Config) { c.Prefix = "ps`" }, "QLOBOOKS_QLOAPPS_PREFIX"},
		{"origin with a path", func(c *config.Config) { c.AllowedOrigins = []string{"https://h/books"} }, "QLOBOOKS_ZOHO_ALLOWED_ORIGINS has"},
		{"origin of another scheme", func(c *config.Config) { c.CORSOrigins = []string{"https://ok", "ftp://h"} }, `QLOBOOKS_CORS_ORIGINS has "ftp://h"`},
		{"any origin", func(c *config.Config) { c.CORSOrigins = []string{"*"} }, "QLOBOOKS_CORS_ORIGINS has"},
		{"proxy by name", func(c *config.Config) { c.TrustedProxies = []string{"proxy"} }, "QLOBOOKS_TRUSTED_PROXIES has"},
		{"neither yes nor no", func(c *config.Config) { c.WebhookAllow = "perhaps" }, "QLOBOOKS_WEBHOOK_ALLOW_PRIVATE must be true or false"},
		{"half an application", func(c *config.Config) { c.ZohoClientSecret = "hunter2" }, "QLOBOOKS_ZOHO_CLIENT_ID and QLOBOOKS_ZOHO_CLIENT_SECRET belong together"},
		{"back office without scheme", func(c *config.Config) { c.AdminURL = "hotel/admin" }, "QLOBOOKS_QLOAPPS_ADMIN_URL must be"},
		{"listener without port", func(c *config.Config) { c.Listen = "localhost" }, "QLOBOOKS_LISTEN must be"},
		{"metrics without port", func(c *config.Config) { c.MetricsListen = "9100" }, "QLOBOOKS_METRICS_LISTEN must be"},
		{"unknown level", func(c *config.Config) { c.LogLevel = "loud" }, "QLOBOOKS_LOG_LEVEL must be"},
		{"unknown format", func(c *config.Config) { c.LogFormat = "xml" }, "QLOBOOKS_LOG_FORMAT must be"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			c := good()
			tt.change(&c)
			err := c.Check()
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v, want only %q", err, tt.want)
			}
		})
	}
}

func TestReadNamesEverythingAtOnce(t *testing.T) {
	for name, value := range map[string]string{
		"QLOBOOKS_MYSQL_DSN": "", "QLOBOOKS_REDIS_URL": "", "QLOBOOKS_PUBLIC_URL": "", "QLOBOOKS_SECRET_KEY": "",
		"QLOBOOKS_WEBHOOK_ALLOW_PRIVATE": "maybe", "QLOBOOKS_LISTEN": "", "QLOBOOKS_LOG_LEVEL": "", "QLOBOOKS_LOG_FORMAT": "",
	} {
		t.Setenv(name, value)
	}
	_, err := config.Read()
	if err == nil {
		t.Fatal("an empty environment passed")
	}
	for _, name := range []string{"MYSQL_DSN", "REDIS_URL", "PUBLIC_URL", "SECRET_KEY", "maybe"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
	t.Setenv("QLOBOOKS_MYSQL_DSN", "u:p@tcp(h:3306)/q")
	t.Setenv("QLOBOOKS_REDIS_URL", "redis://h:6379/0")
	t.Setenv("QLOBOOKS_PUBLIC_URL", "https://books.example.com")
	t.Setenv("QLOBOOKS_SECRET_KEY", key)
	t.Setenv("QLOBOOKS_WEBHOOK_ALLOW_PRIVATE", "true")
	c, err := config.Read()
	if err != nil || !c.WebhookPrivate || c.SecretKey != secret.String(key) || c.Listen != ":8080" {
		t.Errorf("read %+v, %v", c, err)
	}
}
