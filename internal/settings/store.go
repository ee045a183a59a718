package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/strict"
	"github.com/qlobooks/qlobooks/internal/version"
)

// Store keeps the sections that somebody changed.
type Store struct {
	DB  *gorm.DB
	Now func() time.Time
	// Ring seals alerts.webhook_secret; without one such a secret is refused.
	Ring *secret.Ring
	// PrivateWebhooks allows alerts to be posted to addresses that are not public.
	PrivateWebhooks bool
	// Contradicts names the fields of a section that are well formed and yet cannot be, as things
	// stand elsewhere; nil = nothing is known elsewhere.
	Contradicts func(ctx context.Context, all All, section string) ([]fault.FieldError, error)
	// Changed is called after a section was stored; may be nil.
	Changed func(ctx context.Context, section string, changes []Change, by string) error
}

// Load reads every section, with defaults where nobody chose.
func (s *Store) Load(ctx context.Context) (All, error) {
	var rows []struct{ Section, Body string }
	if err := s.DB.WithContext(ctx).Raw("SELECT section, body FROM qlobooks_settings").Scan(&rows).Error; err != nil {
		return All{}, fmt.Errorf("read settings: %w", err)
	}
	all := Default()
	for _, row := range rows {
		if field, ok := field(&all, row.Section); ok {
			if err := json.Unmarshal([]byte(row.Body), field.Addr().Interface()); err != nil {
				return All{}, fmt.Errorf("settings of %s: %w", row.Section, err)
			}
		}
	}
	if kept := all.Alerts.WebhookSecret; kept != nil {
		all.sealed = *kept
	}
	all.Alerts.WebhookSecret = s.open(all.Alerts.WebhookSecret)
	return all, nil
}

// sealRow ties the sealed text to its place.
const sealRow = "settings:alerts:webhook_secret"

// open gives the stored secret, nil when the key in use cannot: everything else stays usable.
func (s *Store) open(sealed *string) *string {
	if sealed == nil || s.Ring == nil {
		return nil
	}
	plain, err := s.Ring.Open(*sealed, sealRow)
	if err != nil {
		return nil
	}
	text := plain.Reveal()
	return &text
}

// Unopened reports that a webhook secret is stored which the key in use does not open.
func (a All) Unopened() bool { return a.sealed != "" && a.Alerts.WebhookSecret == nil }

// Opens reports whether what is stored opens with the keys of this process; nil also while nothing is.
func (s *Store) Opens(ctx context.Context) error {
	all, err := s.Load(ctx)
	if err == nil && all.Unopened() {
		return fault.New(fault.Auth, "key_wrong", "The stored webhook secret was sealed with another key than QLOBOOKS_SECRET_KEY.").
			Do("Set QLOBOOKS_SECRET_KEY to the key it was sealed with (while rotating, QLOBOOKS_SECRET_KEY_OLD too) and start again; or enter the webhook secret anew.")
	}
	return err
}

// body is what is stored of a section. A secret that is still the one before keeps its sealed text, and so
// does one that the key in use does not open: the right key will.
func (s *Store) body(before All, all *All, section string) ([]byte, error) {
	kept := *all
	if section == "alerts" {
		if all.Unopened() {
			kept.Alerts.WebhookSecret = &all.sealed
		} else if all.Alerts.WebhookSecret != nil {
			if s.Ring == nil {
				return nil, strict.Invalid(fault.FieldError{Field: "webhook_secret", Message: "cannot be kept: this installation has no key to seal it"})
			}
			all.sealed = s.sealed(before, *all.Alerts.WebhookSecret)
			kept.Alerts.WebhookSecret = &all.sealed
		}
	}
	target, _ := field(&kept, section)
	return json.Marshal(target.Interface())
}

func (s *Store) sealed(before All, plain string) string {
	if was := before.Alerts.WebhookSecret; was != nil && *was == plain && !s.Ring.Stale(before.sealed) {
		return before.sealed
	}
	return s.Ring.Seal(secret.String(plain), sealRow)
}

// name is how a section's versions are kept.
func name(section string) string { return "settings:" + section }

// Version is the version of a section; ok is false for an unknown one. A secret counts by its sealed text,
// which is another one whenever it is replaced; a hash of the secret itself could be guessed at.
func Version(all All, section string) (tag string, ok bool) {
	shown, ok := Section(WithoutSecrets(all), section)
	if !ok {
		return "", false
	}
	sealed := ""
	if section == "alerts" {
		sealed = all.sealed
	}
	return version.Of([]any{shown, sealed}), true
}

// Put replaces one section by a whole JSON object: every field there, none unknown, each valid.
// A write-only secret that is absent stays as it is. match, unless empty, is the version from which the
// change was made; Conflict/changed_meanwhile when another one stands.
func (s *Store) Put(ctx context.Context, section string, body []byte, match, by string) error {
	if _, ok := Section(Default(), section); !ok {
		return fault.New(fault.NotFound, "not_found", "There is no section «%s».", section)
	}
	save := func() error {
		var changed []Change
		err := version.Alone(ctx, s.DB, name(section), func(tx *gorm.DB) (err error) {
			within := *s
			within.DB = tx
			changed, err = within.put(ctx, section, body, match, by)
			return err
		})
		if err != nil || s.Changed == nil {
			return err
		}
		// what is saved is carried out, also when who saved it has gone
		return s.Changed(context.WithoutCancel(ctx), section, changed, by)
	}
	lock, together := togetherWith[section]
	if !together {
		return save()
	}
	return version.Alone(ctx, s.DB, lock, func(*gorm.DB) error { return save() })
}

// Defaults is the lock under which the default rows of the mapping and the payment settings, which are the
// same choice, are changed together.
const Defaults = "payment defaults"

// togetherWith names the lock of sections that are valid only with one another.
var togetherWith = map[string]string{"orders": "dates", "schedule": "dates", "payments": Defaults}

func (s *Store) put(ctx context.Context, section string, body []byte, match, by string) ([]Change, error) {
	all, err := s.Load(ctx)
	if err != nil {
		return nil, err
	}
	stands, _ := Version(all, section)
	if err := version.Check(s.DB, name(section), match, stands); err != nil {
		return nil, err
	}
	kept, before := all.Alerts.WebhookSecret, all
	target, _ := field(&all, section)
	fresh := reflect.New(target.Type())
	if err := strict.Decode(body, fresh.Interface()); err != nil {
		return nil, err
	}
	target.Set(fresh.Elem())
	if all.Alerts.WebhookSecret == nil {
		all.Alerts.WebhookSecret = kept
	}
	if wrong := Validate(all, section, s.PrivateWebhooks); len(wrong) > 0 {
		return nil, strict.Invalid(wrong...)
	}
	if s.Contradicts != nil {
		wrong, err := s.Contradicts(ctx, all, section)
		if err != nil {
			return nil, err
		}
		if len(wrong) > 0 {
			return nil, strict.Invalid(wrong...)
		}
	}
	if secret := all.Alerts.WebhookSecret; secret != nil && *secret == "" {
		all.Alerts.WebhookSecret, all.sealed = nil, "" // a person forgets it
	}
	return s.store(ctx, before, all, section, by)
}

// store keeps a section as it is in all, and which version it had before.
func (s *Store) store(ctx context.Context, before, all All, section, by string) ([]Change, error) {
	stored, err := s.body(before, &all, section)
	if err != nil {
		return nil, fmt.Errorf("settings of %s: %w", section, err)
	}
	if err := s.save(ctx, section, stored, by); err != nil {
		return nil, err
	}
	list := changes(before, all, section)
	told := make([]version.Change, len(list))
	for i, c := range list {
		told[i] = version.Change(c)
	}
	was, _ := Version(before, section)
	became, _ := Version(all, section)
	return list, version.Note(s.DB, name(section), was, became, told, by, s.Now())
}

// field finds a section by its JSON name.
func field(all *All, section string) (reflect.Value, bool) {
	v := reflect.ValueOf(all).Elem()
	for i := range v.NumField() {
		if one := v.Type().Field(i); one.IsExported() && one.Tag.Get("json") == section {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// Section gives one section by its JSON name.
func Section(all All, section string) (any, bool) {
	v, ok := field(&all, section)
	if !ok {
		return nil, false
	}
	return v.Interface(), true
}

// WithoutSecrets leaves write-only values out.
func WithoutSecrets(all All) All {
	all.Alerts.WebhookSecret = nil
	return all
}

// Change stores what the product itself changes of a section, without looking at it again.
func (s *Store) Change(ctx context.Context, section string, change func(all *All), by string) error {
	return version.Alone(ctx, s.DB, name(section), func(tx *gorm.DB) error {
		within := *s
		within.DB = tx
		before, err := within.Load(ctx)
		if err != nil {
			return err
		}
		all := before
		change(&all)
		_, err = within.store(ctx, before, all, section, by)
		return err
	})
}

// ForMost is what everybody may see: receivers put secrets into their addresses, so that of the
// webhook's only the host is told.
func ForMost(all All) All {
	all = WithoutSecrets(all)
	if all.Alerts.WebhookURL != nil {
		host := hostOnly(*all.Alerts.WebhookURL)
		all.Alerts.WebhookURL = &host
	}
	return all
}

func hostOnly(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "…"
	}
	return u.Scheme + "://" + u.Host + "/…"
}

func (s *Store) save(ctx context.Context, section string, body []byte, by string) error {
	err := s.DB.WithContext(ctx).Exec("INSERT INTO qlobooks_settings (section, body, updated_at, updated_by) VALUES (?, ?, ?, ?) "+
		"ON DUPLICATE KEY UPDATE body = VALUES(body), updated_at = VALUES(updated_at), updated_by = VALUES(updated_by)", section, string(body), s.Now().UTC(), by).Error
	if err != nil {
		return fmt.Errorf("store settings of %s: %w", section, err)
	}
	return nil
}
