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

// body is what is stored of a section.
func (s *Store) body(all All, section string) ([]byte, error) {
	if plain := all.Alerts.WebhookSecret; section == "alerts" && plain != nil {
		if s.Ring == nil {
			return nil, strict.Invalid(fault.FieldError{Field: "webhook_secret", Message: "cannot be kept: this installation has no key to seal it"})
		}
		sealed := s.Ring.Seal(secret.String(*plain), sealRow)
		all.Alerts.WebhookSecret = &sealed
	}
	target, _ := field(&all, section)
	return json.Marshal(target.Interface())
}

// Put replaces one section by a whole JSON object: every field there, none unknown, each valid.
// A write-only secret that is absent stays as it is.
func (s *Store) Put(ctx context.Context, section string, body []byte, by string) error {
	all, err := s.Load(ctx)
	if err != nil {
		return err
	}
	kept, before := all.Alerts.WebhookSecret, all
	target, ok := field(&all, section)
	if !ok {
		return fault.New(fault.NotFound, "not_found", "There is no section «%s».", section)
	}
	fresh := reflect.New(target.Type())
	if err := strict.Decode(body, fresh.Interface()); err != nil {
		return err
	}
	target.Set(fresh.Elem())
	if all.Alerts.WebhookSecret == nil {
		all.Alerts.WebhookSecret = kept
	}
	if wrong := Validate(all, section, s.PrivateWebhooks); len(wrong) > 0 {
		return strict.Invalid(wrong...)
	}
	if s.Contradicts != nil {
		wrong, err := s.Contradicts(ctx, all, section)
		if err != nil {
			return err
		}
		if len(wrong) > 0 {
			return strict.Invalid(wrong...)
		}
	}
	if secret := all.Alerts.WebhookSecret; secret != nil && *secret == "" {
		all.Alerts.WebhookSecret = nil // a person forgets it
	}
	stored, err := s.body(all, section)
	if err != nil {
		return fmt.Errorf("settings of %s: %w", section, err)
	}
	if err := s.save(ctx, section, stored, by); err != nil {
		return err
	}
	if s.Changed != nil {
		return s.Changed(ctx, section, changes(before, all, section), by)
	}
	return nil
}

// field finds a section by its JSON name.
func field(all *All, section string) (reflect.Value, bool) {
	v := reflect.ValueOf(all).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("json") == section {
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

// SaveSection stores a section that the product itself changed, without looking at it again.
func (s *Store) SaveSection(ctx context.Context, section string, value any, by string) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("settings of %s: %w", section, err)
	}
	return s.save(ctx, section, body, by)
}

func (s *Store) save(ctx context.Context, section string, body []byte, by string) error {
	err := s.DB.WithContext(ctx).Exec("INSERT INTO qlobooks_settings (section, body, updated_at, updated_by) VALUES (?, ?, ?, ?) "+
		"ON DUPLICATE KEY UPDATE body = VALUES(body), updated_at = VALUES(updated_at), updated_by = VALUES(updated_by)", section, string(body), s.Now().UTC(), by).Error
	if err != nil {
		return fmt.Errorf("store settings of %s: %w", section, err)
	}
	return nil
}
