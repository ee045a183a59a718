package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// Finding is one thing that the product needs, and whether it is there.
type Finding struct {
	Name   string
	OK     bool
	Detail string
}

// Check looks at everything that the product needs, and says of each in words whether it is there.
// What cannot be looked at because something before it is missing is left out.
func Check(ctx context.Context, c config.Config) []Finding {
	var list []Finding
	add := func(name string, err error, right string) bool {
		f := Finding{Name: name, OK: err == nil, Detail: right}
		if err != nil {
			f.Detail = err.Error()
		}
		list = append(list, f)
		return err == nil
	}
	add("public URL", publicURL(c.PublicURL), c.PublicURL)
	prefix, err := HotelPrefix(ctx, c)
	if !add("QloApps' database", err, "found, tables begin with "+prefix) {
		return list
	}
	a, err := Open(ctx, c)
	if !add("schema, Redis and key", err, "up to date, answers, can be read") {
		return list
	}
	defer a.Close()
	add("rights", a.mayRead(ctx), "every table that is needed can be read")
	zone, err := a.zone(ctx)
	add("time zone", err, fmt.Sprint(zone))
	checks := a.Checks(ctx)
	for _, name := range []string{"database", "schema", "redis", "secret_key"} {
		list = append(list, Finding{Name: name, OK: checks[name].OK, Detail: checks[name].Detail})
	}
	if n, err := a.Tokens.Count(ctx); err == nil && n == 0 && a.Sessions == nil {
		list = append(list, Finding{Name: "people", Detail: "nobody could sign in: set QLOBOOKS_QLOAPPS_COOKIE_KEY, or make a token"})
	}
	return list
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

// mayRead asks each table for nothing.
func (a *App) mayRead(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var there, denied []string
	if err := a.hotelDB.WithContext(ctx).Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&there).Error; err != nil {
		return plain(err)
	}
	for _, name := range qloapps.Tables {
		full := a.Hotel.Prefix() + name
		if !slices.Contains(there, full) {
			continue // this version has none, or the user must not see it: the reader says so
		}
		if err := a.hotelDB.WithContext(ctx).Exec("SELECT 1 FROM `" + full + "` LIMIT 0").Error; err != nil {
			denied = append(denied, full)
		}
	}
	if len(denied) > 0 {
		return plain(fault.New(fault.Conflict, "no_right_to_read", "The database user must not read %s.", strings.Join(denied, ", ")).Do("Run what «api grants» prints as a stronger user."))
	}
	return nil
}
