package config_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/config"
)

func good() config.Config {
	return config.Config{MySQLDSN: "u:p@tcp(h:3306)/q", RedisURL: "redis://h:6379/0", PublicURL: "https://books.example.com/",
		SecretKey: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", LogLevel: "info", LogFormat: "text"}
}

func TestEveryProblemIsNamed(t *testing.T) {
	c := good()
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	if c.PublicURL != "https://books.example.com" {
		t.Errorf("public URL %q", c.PublicURL)
	}
	bad := config.Config{MySQLDSN: "rubbish", PublicURL: "books", SecretKey: "c2hvcnQ=", AllowedOrigins: []string{"ftp://x"}, TrustedProxies: []string{"x"}, LogLevel: "loud", LogFormat: "xml", ZohoClientID: "1"}
	err := bad.Check()
	if err == nil {
		t.Fatal("rubbish passed")
	}
	for _, name := range []string{"MYSQL_DSN", "REDIS_URL", "PUBLIC_URL", "SECRET_KEY", "ALLOWED_ORIGINS", "TRUSTED_PROXIES", "LOG_LEVEL", "LOG_FORMAT", "CLIENT_ID"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
	if strings.Contains(err.Error(), "c2hvcnQ") {
		t.Error("the secret key is shown")
	}
}
