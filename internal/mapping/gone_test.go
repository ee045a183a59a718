package mapping

import (
	"context"
	"errors"
	"slices"
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

// TestWhatIsSavedAsItWasIsToldSo names no number of rows, of which there is none.
func TestWhatIsSavedAsItWasIsToldSo(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.Free = func(context.Context) (int, error) { return 0, nil }
	d.Country = func(context.Context) (string, error) { return "", nil }
	for _, statement := range []string{
		"INSERT INTO qlobooks_mapping_refreshes (kind, refreshed_at) VALUES ('taxes', NOW())",
		"INSERT INTO qlobooks_mapping_sources (kind, source_id, name, used_by, position) VALUES ('taxes', '4', '4 %', 1, 0)",
		"INSERT INTO qlobooks_mapping_choices (kind, zoho_id, name, position) VALUES ('taxes', '7', 'Tax', 0)",
	} {
		if err := d.DB.Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
	tax := "7"
	for range 2 {
		if _, err := d.Put(t.Context(), "taxes", []wire.MappingRow{{SourceID: "4", ZohoID: &tax}}, "", "x"); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"Changed one row of the mapping of taxes.", "Saved the mapping of taxes as it was."}; !slices.Equal(d.audited, want) {
		t.Errorf("audited %q, want %q", d.audited, want)
	}
}
