package mapping

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
	"github.com/qlobooks/qlobooks/internal/version"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// desk is a service over tables of its own, the lines that it audited, and which defaults it saved.
type desk struct {
	Service
	audited []string
	saved   []rules.Kind
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	c, err := mysql.ParseDSN(privatetest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.Params == nil {
		c.Params = map[string]string{}
	}
	c.Params["innodb_lock_wait_timeout"] = "1"
	d.DB, d.Now = storetest.Open(t, c.FormatDSN()), time.Now
	d.SaveDefault = func(_ context.Context, kind rules.Kind, _ *string, _ string) error {
		d.saved = append(d.saved, kind)
		return nil
	}
	d.Audit = func(_ context.Context, _, detail string, _ []wire.Change) error {
		d.audited = append(d.audited, detail)
		return nil
	}
	return d
}

func (d *desk) chosen(t *testing.T, kind rules.Kind, source, zohoID string) {
	t.Helper()
	if err := d.DB.Exec("INSERT INTO qlobooks_mappings (kind, source_id, zoho_id, updated_at, updated_by) VALUES (?, ?, ?, NOW(), 'x') ON DUPLICATE KEY UPDATE zoho_id = VALUES(zoho_id)", string(kind), source, zohoID).Error; err != nil {
		t.Fatal(err)
	}
}

// TestADefaultThatIsGoneIsForgottenByNobodyElse: while somebody changes the payment settings, the default row, which is one
// of them, is left alone.
func TestADefaultThatIsGoneIsForgottenByNobodyElse(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.chosen(t, rules.DepositAccounts, rules.Default, "7")
	d.chosen(t, rules.Taxes, "4", "7")
	err := version.Alone(t.Context(), d.DB, settings.Defaults, func(*gorm.DB) error {
		if _, err := d.Gone(t.Context(), rules.Taxes, "7"); err != nil {
			t.Errorf("a tax: %v", err)
		}
		_, err := d.Gone(t.Context(), rules.DepositAccounts, "7")
		return err
	})
	var waited *mysql.MySQLError
	if !errors.As(err, &waited) || waited.Number != 1205 || len(d.saved) > 0 {
		t.Errorf("%v, saved %v: it did not wait", err, d.saved)
	}
	if words, err := d.Gone(t.Context(), rules.DepositAccounts, "7"); err != nil || len(words) != 1 || len(d.saved) != 1 {
		t.Errorf("%q %v, saved %v", words, err, d.saved)
	}
}

// meddler does something after the first statement that names the mappings.
type meddler struct {
	logger.Interface
	now func()
}

func (m *meddler) LogMode(logger.LogLevel) logger.Interface { return m }

func (m *meddler) Trace(_ context.Context, _ time.Time, statement func() (string, int64), _ error) {
	if text, _ := statement(); m.now != nil && strings.Contains(text, "FROM qlobooks_mappings m ") {
		act := m.now
		m.now = nil
		act()
	}
}

// TestWhatWasChosenOtherwiseMeanwhileIsNotTold writes no line of nothing.
func TestWhatWasChosenOtherwiseMeanwhileIsNotTold(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.chosen(t, rules.Taxes, "4", "7")
	d.DB = d.DB.Session(&gorm.Session{Logger: &meddler{Interface: logger.Discard, now: func() { d.chosen(t, rules.Taxes, "4", "8") }}})
	words, err := d.Gone(t.Context(), rules.Taxes, "7")
	if err != nil || len(words) > 0 || len(d.audited) > 0 {
		t.Errorf("%q %v, audited %q", words, err, d.audited)
	}
}
