package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/secret"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// install gives an environment with the sample hotel. Tests here change the environment, so
// they do not run in parallel.
func install(t *testing.T) *sql.DB {
	t.Helper()
	dsn := privatetest.Database(t)
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := sample.Load(t.Context(), db, "qlo_", time.Now()); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"QLOBOOKS_MYSQL_DSN": dsn, "QLOBOOKS_REDIS_URL": "redis://" + miniredis.RunT(t).Addr(), "QLOBOOKS_PUBLIC_URL": "http://localhost:8080",
		"QLOBOOKS_SECRET_KEY": newKey(), "QLOBOOKS_SECRET_KEY_OLD": "", "QLOBOOKS_LISTEN": "127.0.0.1:0", "QLOBOOKS_QLOAPPS_COOKIE_KEY": "", "QLOBOOKS_LOG_LEVEL": "error",
	} {
		t.Setenv(name, value)
	}
	return db
}

func newKey() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

func command(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, &out)
	return out.String(), err
}

func must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := command(t, args...)
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return out
}

func TestCommandsAreNamed(t *testing.T) {
	if out := must(t, "version"); out != "dev\n" {
		t.Errorf("version %q", out)
	}
	_, err := command(t, "rotate")
	for _, word := range []string{"serve", "migrate", "token create", "rotate-key", "indexes", "version"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("a wrong command is answered with %v, which lacks %s", err, word)
		}
	}
}

// TestHelpIsNoMistake: whoever asks how a command is written is told, wherever it stands and without an environment.
func TestHelpIsNoMistake(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"-h"}, {"-help"}, {"help"}, {"token", "create", "--help"}, {"serve", "-h"}} {
		if out := must(t, args...); !strings.HasPrefix(out, "usage: api ") {
			t.Errorf("%v is answered with %q", args, out)
		}
	}
}

// TestNobodyCouldSignIn: the API starts when a token or the cookie key lets somebody in.
func TestNobodyCouldSignIn(t *testing.T) {
	install(t)
	if _, err := command(t); err == nil || !strings.Contains(err.Error(), "migrate") {
		t.Fatalf("before the migrations: %v", err)
	}
	must(t, "migrate")
	if _, err := command(t, "serve"); err == nil || !strings.Contains(err.Error(), "QLOBOOKS_QLOAPPS_COOKIE_KEY") || !strings.Contains(err.Error(), "token create") {
		t.Fatalf("with neither: %v", err)
	}
	starts := func(how string) {
		t.Helper()
		t.Setenv("QLOBOOKS_LISTEN", privatetest.FreeAddress(t))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- run(ctx, []string{"serve"}, io.Discard) }()
		privatetest.Until(t, "the API is healthy", func() bool {
			select {
			case err := <-ended:
				t.Fatalf("with %s: %v", how, err)
			default:
			}
			_, err := command(t, "healthy")
			return err == nil
		})
		stop()
		if err := <-ended; err != nil {
			t.Errorf("stopping with %s: %v", how, err)
		}
		if _, err := command(t, "healthy"); err == nil {
			t.Error("a server that has stopped is called healthy")
		}
	}
	t.Setenv("QLOBOOKS_QLOAPPS_COOKIE_KEY", sample.CookieKey)
	starts("the cookie key")
	t.Setenv("QLOBOOKS_QLOAPPS_COOKIE_KEY", "")
	if out := must(t, "token", "create", "--name", "Night audit", "--role", "admin"); !strings.HasPrefix(out, "qlb_") || strings.Count(out, "\n") != 1 {
		t.Errorf("the token is printed as %q", out)
	}
	starts("a token")
}

func TestRotateKey(t *testing.T) {
	db := install(t)
	must(t, "migrate")
	if out := must(t, "rotate-key"); out != "sealed again: 0\nalready current: 0\ncannot be opened: 0\n" {
		t.Errorf("with nothing stored: %s", out)
	}
	old := os.Getenv("QLOBOOKS_SECRET_KEY")
	sealed := sealAll(t, db, old)

	t.Setenv("QLOBOOKS_SECRET_KEY", newKey())
	out, err := command(t, "rotate-key")
	if err == nil || !strings.Contains(err.Error(), "QLOBOOKS_SECRET_KEY_OLD") || !strings.Contains(out, "cannot be opened: 4") {
		t.Errorf("without the old key: %s %v", out, err)
	}
	if got := texts(t, db); got != sealed {
		t.Errorf("what cannot be opened was changed to %s", got)
	}
	t.Setenv("QLOBOOKS_SECRET_KEY_OLD", old)
	if out := must(t, "rotate-key"); out != "sealed again: 4\nalready current: 0\ncannot be opened: 0\n" {
		t.Errorf("with both keys: %s", out)
	}
	rotated := texts(t, db)
	if out := must(t, "rotate-key"); !strings.Contains(out, "sealed again: 0\nalready current: 4") || texts(t, db) != rotated {
		t.Errorf("repeated: %s", out)
	}
	t.Setenv("QLOBOOKS_SECRET_KEY_OLD", "")
	if out := must(t, "rotate-key"); !strings.Contains(out, "already current: 4\ncannot be opened: 0") {
		t.Errorf("without the old key again: %s", out)
	}
	if got := opened(t, db); got != "client refresh access webhook-secret" {
		t.Errorf("after it all the secrets read %q", got)
	}
}

func TestIndexesAreShownBeforeTheyAreMade(t *testing.T) {
	db := install(t)
	count := func(like string) int {
		var n int
		if err := db.QueryRow("SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name LIKE ?", like).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if _, err := db.Exec("ALTER TABLE qlo_orders ADD INDEX own (id_customer), ADD INDEX qlobooksown (id_cart)"); err != nil {
		t.Fatal(err)
	}
	all := count("%")
	shown := must(t, "indexes")
	for _, want := range []string{
		"ALTER TABLE `qlo_orders` ADD INDEX `qlobooks_date_upd` (`date_upd`), ALGORITHM=INPLACE, LOCK=NONE;",
		"ALTER TABLE `qlo_htl_booking_detail` ADD INDEX `qlobooks_id_order` (`id_order`)",
		"ALTER TABLE `qlo_service_product_order_detail` ADD INDEX `qlobooks_id_order` (`id_order`)",
		"ALTER TABLE `qlo_order_payment_detail` ADD INDEX `qlobooks_id_order` (`id_order`)",
		"Nothing was done.",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("%s\nlacks %s", shown, want)
		}
	}
	if count("%") != all {
		t.Fatal("showing made indexes")
	}
	wanted := strings.Count(shown, "ALTER TABLE")
	if out := must(t, "indexes", "--apply"); strings.Count(out, "done: ") != wanted || count("qlobooks\\_%") != wanted {
		t.Errorf("%d of %d made:\n%s", count("qlobooks\\_%"), wanted, out)
	}
	if out := must(t, "indexes", "--apply"); out != "Nothing to do.\n" {
		t.Errorf("again: %s", out)
	}
	if out := must(t, "indexes", "--remove"); strings.Count(out, "done: ") != wanted || count("%") != all {
		t.Errorf("removing left %d of %d:\n%s", count("%"), all, out)
	}
	if _, err := command(t, "indexes", "--apply", "--remove"); err == nil {
		t.Error("both at once is taken")
	}
}

// TestIndexesOfRealInstallations: what is wanted exists there, where those are at hand.
func TestIndexesOfRealInstallations(t *testing.T) {
	install(t)
	for version, want := range map[string]int{"1.7": 15, "1.6.1": 15} {
		dsn, there := privatetest.Dump(t, version)
		if !there {
			continue
		}
		t.Setenv("QLOBOOKS_MYSQL_DSN", dsn)
		shown := must(t, "indexes")
		if got := strings.Count(shown, "ALTER TABLE"); got != want {
			t.Errorf("%s: %d indexes are wanted:\n%s", version, got, shown)
		}
	}
}

// places are where sealed values stand.
var places = []string{"connection:client_secret", "connection:refresh_token", "connection:access_token", "settings:alerts:webhook_secret"}

// sealAll stores one secret in each place, sealed with key.
func sealAll(t *testing.T, db *sql.DB, key string) string {
	t.Helper()
	ring, err := secret.NewRing(secret.String(key))
	if err != nil {
		t.Fatal(err)
	}
	var sealed []any
	for i, plain := range []secret.String{"client", "refresh", "access", "webhook-secret"} {
		sealed = append(sealed, ring.Seal(plain, places[i]))
	}
	if _, err := db.Exec("INSERT INTO qlobooks_connection (id, choices, client_secret, refresh_token, access_token) VALUES (1, '{\"data_center\":\"eu\"}', ?, ?, ?)", sealed[:3]...); err != nil {
		t.Fatal(err)
	}
	body := `{"webhook_url":"https://hooks.example.com","webhook_secret":"` + sealed[3].(string) + `","events":["brake"]}`
	if _, err := db.Exec("INSERT INTO qlobooks_settings (section, body, updated_at, updated_by) VALUES ('alerts', ?, NOW(), 'Ada')", body); err != nil {
		t.Fatal(err)
	}
	return texts(t, db)
}

// texts are the sealed values as they stand in the database, and what stands beside them.
func texts(t *testing.T, db *sql.DB) string {
	t.Helper()
	var text string
	if err := db.QueryRow("SELECT CONCAT_WS(' ', client_secret, refresh_token, access_token, choices, (SELECT body FROM qlobooks_settings WHERE section = 'alerts')) FROM qlobooks_connection").Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// opened reads all values with the key of the environment alone.
func opened(t *testing.T, db *sql.DB) string {
	t.Helper()
	ring, err := secret.NewRing(secret.String(os.Getenv("QLOBOOKS_SECRET_KEY")))
	if err != nil {
		t.Fatal(err)
	}
	sealed := strings.Fields(texts(t, db))[:3]
	_, rest, _ := strings.Cut(texts(t, db), `"webhook_secret":"`)
	webhook, _, _ := strings.Cut(rest, `"`)
	var words []string
	for i, text := range append(sealed, webhook) {
		plain, err := ring.Open(text, places[i])
		if err != nil {
			t.Fatalf("%s: %v", places[i], err)
		}
		words = append(words, plain.Reveal())
	}
	return strings.Join(words, " ")
}
