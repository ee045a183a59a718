package connection

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Status is the state of the grant.
type Status string

const (
	Disconnected Status = "disconnected"
	Connected    Status = "connected"
	Expired      Status = "expired"
	Revoked      Status = "revoked"
)

// choices are what a person decided.
type choices struct {
	DataCenter        string `json:"data_center"`
	TokenDomain       string `json:"token_domain"`
	APIDomain         string `json:"api_domain"`
	DashboardDomain   string `json:"dashboard_domain"`
	UseOwnApplication bool   `json:"use_own_application"`
	ClientID          string `json:"client_id"`
}

// Learned is what Zoho says of the organization and what set-up found there.
type Learned struct {
	Name        string                    `json:"name"`
	Plan        string                    `json:"plan"`
	TimeZone    string                    `json:"time_zone"`
	Country     string                    `json:"country"`
	Base        string                    `json:"base"`
	TaxRounding string                    `json:"tax_rounding"`
	Currencies  map[string]rules.Currency `json:"currencies"`
	KeyFields   map[string]string         `json:"key_fields"` // api name by entity, only of unique fields
	// Exclusive says that the organization refused invoices whose lines include tax.
	Exclusive bool `json:"-"`
}

// row is the connection as stored, with its secrets opened.
type row struct {
	Choices         string
	ClientSecret    *string
	OrganizationID  string
	Learned         *string
	LearnedAt       *time.Time
	Status          string
	RefreshToken    *string
	AccessToken     *string
	AccessExpiresAt *time.Time
	RefusedUntil    *time.Time
	NoAnswerUntil   *time.Time
	Renewals        *string
	APIDomain       string
	TokenDomain     string
	ConnectedAt     *time.Time
	LastError       *string
	IssueCode       string
	LocksKept       *string
	LocksAt         *time.Time
	ExclusiveFor    string
	Organizations   *string
	ToFree          come
	ToFreeNo        uint

	chosen  choices
	learned Learned
}

const rowColumns = "choices, client_secret, organization_id, learned, learned_at, status, refresh_token, access_token, access_expires_at, refused_until, no_answer_until, renewals, api_domain, token_domain, connected_at, last_error, issue_code, locks AS locks_kept, locks_at, exclusive_for, organizations, to_free, to_free_no"

func (s *Service) read(ctx context.Context, db *gorm.DB, lock string) (row, error) {
	var rows []row
	if err := db.WithContext(ctx).Raw("SELECT " + rowColumns + " FROM qlobooks_connection WHERE id = 1" + lock).Scan(&rows).Error; err != nil {
		return row{}, fmt.Errorf("read connection: %w", err)
	}
	r := row{Status: string(Disconnected), chosen: choices{DataCenter: "us"}}
	if len(rows) > 0 {
		r = rows[0]
		if err := json.Unmarshal([]byte(r.Choices), &r.chosen); err != nil {
			return row{}, fmt.Errorf("stored connection: %w", err)
		}
		if r.Learned != nil {
			if err := json.Unmarshal([]byte(*r.Learned), &r.learned); err != nil {
				return row{}, fmt.Errorf("stored organization: %w", err)
			}
		}
	}
	r.learned.Exclusive = r.ExclusiveFor != "" && r.ExclusiveFor == r.OrganizationID
	if r.chosen.DataCenter != custom {
		dc := dataCenter(r.chosen.DataCenter)
		r.chosen.TokenDomain, r.chosen.APIDomain, r.chosen.DashboardDomain = dc.Token, dc.API, dc.Dashboard
	}
	return r, nil
}

// set changes columns of the one row, which is made first when it is missing.
func (s *Service) set(ctx context.Context, db *gorm.DB, columns map[string]any) error {
	defer s.forgetClient()
	if err := db.WithContext(ctx).Exec("INSERT IGNORE INTO qlobooks_connection (id, choices) VALUES (1, ?)", `{"data_center":"us"}`).Error; err != nil {
		return fmt.Errorf("store connection: %w", err)
	}
	query, args := "UPDATE qlobooks_connection SET ", []any{}
	for name, value := range columns {
		if len(args) > 0 {
			query += ", "
		}
		query += name + " = ?"
		args = append(args, value)
	}
	if err := db.WithContext(ctx).Exec(query+" WHERE id = 1", args...).Error; err != nil {
		return fmt.Errorf("store connection: %w", err)
	}
	return nil
}

// setWhile is set as long as what is stored was asked of what is chosen: where r's data center or application, or of an
// organization also that, gave way to another meanwhile, it would be believed of the next one.
func (s *Service) setWhile(ctx context.Context, r row, ofOrganization bool, columns map[string]any) error {
	defer s.forgetClient() // after the change is there for all
	return s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		now, err := s.read(ctx, tx, " FOR UPDATE")
		if err != nil {
			return err
		}
		if now.chosen != r.chosen || ofOrganization && now.OrganizationID != r.OrganizationID {
			return fault.New(fault.Limited, "changed_meanwhile", "Another connection was chosen while Zoho Books was asked.").Do("Try again.").After(time.Second)
		}
		return s.set(ctx, tx, columns)
	})
}

// forgetClient has the next call read the connection.
func (s *Service) forgetClient() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made = nil
}

// open gives a sealed column's text; "" when there is none.
func (s *Service) open(sealed *string, column string) (secret.String, error) {
	if sealed == nil || *sealed == "" {
		return "", nil
	}
	text, err := s.Ring.Open(*sealed, place(column))
	if err != nil {
		return "", keyWrong(err)
	}
	return text, nil
}

// keyWrong says that what is stored was sealed with another key. Records wait for the right one.
func keyWrong(cause error) *fault.Error {
	return fault.New(fault.Auth, "key_wrong", "The stored access to Zoho Books was sealed with another key than QLOBOOKS_SECRET_KEY.").
		Do("Set QLOBOOKS_SECRET_KEY to the key it was sealed with (while rotating, QLOBOOKS_SECRET_KEY_OLD too) and start again; or enter the secrets again and connect anew.").By(cause)
}

func (s *Service) seal(plain secret.String, column string) string {
	return s.Ring.Seal(plain, place(column))
}

// move follows the account into the data center of its accounts server, whose other origins
// and links then hold. Origins that a person entered stay.
func (r *row) move(server string) {
	if r.chosen.DataCenter == custom || r.chosen.TokenDomain == server {
		return
	}
	for name, dc := range zoho.DataCenters {
		if dc.Token == server {
			r.chosen.DataCenter, r.APIDomain = name, ""
			r.chosen.TokenDomain, r.chosen.APIDomain, r.chosen.DashboardDomain = dc.Token, dc.API, dc.Dashboard
		}
	}
}

// base is the origin used for a purpose: what Zoho named at the grant, if it was allowed.
func (r row) tokenBase() string { return first(r.TokenDomain, r.chosen.TokenDomain) }

func (r row) apiBase() string { return first(r.APIDomain, r.chosen.APIDomain) }

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
