package connection

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// fresh is how long what was learned is trusted, as locks and currencies may change any time.
const fresh = time.Hour

// Learn asks Zoho what stands in the organization: its name, currencies, key fields.
func (s *Service) Learn(ctx context.Context) error { return s.LearnWith(ctx, nil, nil) }

// LearnWith asks for what is not known from just before; nil is asked for.
func (s *Service) LearnWith(ctx context.Context, keyFields map[string]string, currencies []zoho.Currency) error {
	r, c, err := s.calling(ctx)
	if err != nil {
		return err
	}
	l := Learned{TaxRounding: cmp.Or(r.learned.TaxRounding, "entity_level"), Currencies: map[string]rules.Currency{}}
	organizations, err := c.Organizations(ctx)
	if err != nil {
		return err
	}
	found := false
	for _, o := range organizations {
		if string(o.ID) != r.OrganizationID {
			continue
		}
		found = true
		l.Name, l.Plan, l.TimeZone, l.Country, l.Base = string(o.Name), string(o.Plan), string(o.TimeZone), o.Country(), string(o.BaseCurrency)
		if o.TaxRounding != "" {
			l.TaxRounding = string(o.TaxRounding)
		}
	}
	if !found {
		if err := s.setWhile(ctx, r, true, map[string]any{"issue_code": chooseOrganization}); err != nil {
			return err
		}
		return unseen(r.OrganizationID)
	}
	if currencies == nil {
		if currencies, err = c.Currencies(ctx); err != nil {
			return err
		}
	}
	if c.Complete(zoho.CurrenciesPath) != nil { // one that could not be read is not gone
		maps.Copy(l.Currencies, r.learned.Currencies)
	}
	for _, x := range currencies {
		l.Currencies[string(x.Code)] = rules.Currency{ID: string(x.ID), Precision: x.Digits()}
		if bool(x.Base) {
			l.Base = string(x.Code)
		}
	}
	if l.KeyFields = keyFields; keyFields == nil {
		if l.KeyFields, err = learnKeyFields(ctx, c, r.learned.KeyFields); err != nil {
			return err
		}
	}
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	columns := map[string]any{"learned": string(body), "learned_at": s.Now().UTC(), "issue_code": ""}
	if len(missingKeys(l)) == 0 && len(missingKeys(r.learned)) > 0 {
		columns = keyFieldsStand.and(columns)
	}
	return s.setWhile(ctx, r, true, columns)
}

// learnKeyFields asks for the key field of every module. Where its list cannot be read, the one that is known
// stands: only a list that was read shows that it is gone.
func learnKeyFields(ctx context.Context, c *zoho.Client, known map[string]string) (map[string]string, error) {
	found := map[string]string{}
	for _, r := range zoho.Resources {
		fields, err := c.Fields(ctx, r.Entity)
		if zoho.NotThere(err) {
			if name := known[r.Entity]; name != "" {
				found[r.Entity] = name
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			if strings.EqualFold(string(f.Label), zoho.KeyLabel) && f.Carries() {
				found[r.Entity] = string(f.APIName)
			}
		}
	}
	return found, nil
}

// Known is what was last learned of the organization, zero before anything was; it asks nobody.
func (s *Service) Known(ctx context.Context) (Learned, error) {
	r, err := s.read(ctx, s.DB, "")
	return r.learned, err
}

// Look is what Get and Known give, as it stands at one moment.
func (s *Service) Look(ctx context.Context) (wire.Connection, Learned, error) {
	r, err := s.read(ctx, s.DB, "")
	if err != nil {
		return wire.Connection{}, Learned{}, err
	}
	return s.show(r), r.learned, nil
}

// RoundsTaxes keeps how the organization rounds taxes, as a document told: Zoho's documentation has no such field for the
// organization itself.
func (s *Service) RoundsTaxes(ctx context.Context, how string) error {
	return s.DB.WithContext(ctx).Exec("UPDATE qlobooks_connection SET learned = JSON_SET(learned, '$.tax_rounding', ?) WHERE id = 1 AND learned IS NOT NULL", how).Error
}

// ExclusiveMet keeps that the organization refused an invoice whose lines include tax.
func (s *Service) ExclusiveMet(ctx context.Context) error {
	return s.DB.WithContext(ctx).Exec("UPDATE qlobooks_connection SET exclusive_for = organization_id WHERE id = 1").Error
}

// Organization gives what is known of the organization, learning it anew when that is old.
func (s *Service) Organization(ctx context.Context) (Learned, string, error) {
	r, err := s.connected(ctx)
	if err != nil {
		return Learned{}, "", err
	}
	if r.OrganizationID == "" {
		return Learned{}, "", fault.New(fault.Held, "not_connected", "Nobody has chosen an organization of Zoho Books yet.").Do("Choose it on the Configuration page.")
	}
	if r.LearnedAt == nil || s.Now().Sub(*r.LearnedAt) > fresh {
		if err := s.learnOnce(ctx); err != nil {
			if r.LearnedAt == nil {
				return Learned{}, "", err
			}
			return r.learned, r.OrganizationID, nil // yesterday's answer is better than none
		}
		if r, err = s.read(ctx, s.DB, ""); err != nil {
			return Learned{}, "", err
		}
	}
	return r.learned, r.OrganizationID, nil
}

// asksToLearn is how often Zoho is asked at most what stands in the organization while it does not tell, by all
// processes together.
const asksToLearn = time.Minute

// learnOnce is Learn by one of all processes. The others go on with what is known meanwhile, and so does
// everybody for a while after Zoho did not tell.
func (s *Service) learnOnce(ctx context.Context) error {
	now := s.Now().UTC()
	res := s.DB.WithContext(ctx).Exec("UPDATE qlobooks_connection SET learn_asked_at = ? WHERE id = 1 AND (learn_asked_at IS NULL OR learn_asked_at <= ? OR learn_asked_at > ?)", now, now.Add(-asksToLearn), now)
	if res.Error != nil {
		return fmt.Errorf("claim the question what stands in the organization: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return fault.New(fault.Limited, "zoho_unavailable", "Zoho Books was asked a moment ago what stands in the organization, and has not told yet.").
			Do("It is asked again by itself.").After(asksToLearn)
	}
	return s.Learn(ctx)
}
