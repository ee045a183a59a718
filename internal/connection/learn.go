package connection

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// fresh is how long what was learned is trusted, as locks and currencies may change any time.
const fresh = time.Hour

// Learn asks Zoho what stands in the organisation: its name, currencies, key fields.
func (s *Service) Learn(ctx context.Context) error {
	r, err := s.connected(ctx)
	if err != nil {
		return err
	}
	c, err := s.Client(ctx)
	if err != nil {
		return err
	}
	l := Learned{TaxRounding: "entity_level", Currencies: map[string]rules.Currency{}, KeyFields: map[string]string{}}
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
		l.Name, l.Plan, l.TimeZone, l.Country, l.Base = string(o.Name), string(o.Plan), string(o.TimeZone), string(o.Country), string(o.BaseCurrency)
		if o.TaxRounding != "" {
			l.TaxRounding = string(o.TaxRounding)
		}
	}
	if !found {
		if err := s.set(ctx, s.DB, map[string]any{"issue_code": chooseOrganization}); err != nil {
			return err
		}
		return unseen(r.OrganizationID)
	}
	currencies, err := c.Currencies(ctx)
	if err != nil {
		return err
	}
	for _, x := range currencies {
		l.Currencies[string(x.Code)] = rules.Currency{ID: string(x.ID), Precision: int32(x.Precision.IntPart())}
		if bool(x.Base) {
			l.Base = string(x.Code)
		}
	}
	if err := learnKeyFields(ctx, c, &l); err != nil {
		return err
	}
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return s.set(ctx, s.DB, map[string]any{"learned": string(body), "learned_at": s.Now().UTC(), "issue_code": ""})
}

func learnKeyFields(ctx context.Context, c *zoho.Client, l *Learned) error {
	for _, r := range zoho.Resources {
		fields, err := c.Fields(ctx, r.Entity)
		if fault.Is(err, fault.Rejected) || fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		for _, f := range fields {
			if strings.EqualFold(string(f.Label), zoho.KeyLabel) && bool(f.Unique) {
				l.KeyFields[r.Entity] = string(f.APIName)
			}
		}
	}
	return nil
}

// Known is what was last learned of the organisation, zero before anything was; it asks nobody.
func (s *Service) Known(ctx context.Context) (Learned, error) {
	r, err := s.read(ctx, s.DB, "")
	return r.learned, err
}

// ExclusiveMet keeps that the organisation refused an invoice whose lines include tax.
func (s *Service) ExclusiveMet(ctx context.Context) error {
	return s.DB.WithContext(ctx).Exec("UPDATE qlobooks_connection SET exclusive_for = organization_id WHERE id = 1").Error
}

// Organization gives what is known of the organisation, learning it anew when that is old.
func (s *Service) Organization(ctx context.Context) (Learned, string, error) {
	r, err := s.connected(ctx)
	if err != nil {
		return Learned{}, "", err
	}
	if r.OrganizationID == "" {
		return Learned{}, "", fault.New(fault.Held, "not_connected", "Nobody has chosen an organisation of Zoho Books yet.").Do("Choose it on the Configuration page.")
	}
	if r.LearnedAt == nil || s.Now().Sub(*r.LearnedAt) > fresh {
		if err := s.Learn(ctx); err != nil {
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

// Test checks everything that posting needs, and says what to do about what is missing.
func (s *Service) Test(ctx context.Context) ([]wire.Check, error) {
	checks := []wire.Check{}
	add := func(name string, ok bool, detail, action string) {
		if ok {
			action = ""
		}
		checks = append(checks, wire.Check{Check: name, OK: ok, Detail: detail, Action: action})
	}
	if _, err := s.Token(ctx); err != nil {
		f := fault.Of(err)
		add("token", false, f.Detail, first(f.Action, "Connect on the Configuration page."))
		for _, name := range []string{"organization", "plan", "base_currency", "time_zone", "custom_field", "taxes", "deposit_account", "lock_dates", "reminders"} {
			add(name, false, "Could not be checked without access.", "Connect first.")
		}
		return checks, nil
	}
	add("token", true, "Zoho accepts the access.", "")
	err := s.Learn(ctx)
	l, id, orgErr := s.Organization(ctx)
	if err == nil {
		err = orgErr
	}
	detail := fmt.Sprintf("%s (%s).", l.Name, id)
	if err != nil {
		detail = fault.Of(err).Detail
	}
	add("organization", err == nil, detail, "Choose the hotel's organisation.")
	add("plan", l.Plan != "", first(l.Plan, "Zoho does not name the plan."), "Check in Zoho Books that the plan includes the API.")
	add("base_currency", l.Base != "", first(l.Base, "unknown"), "Check the organisation's base currency.")
	add("time_zone", l.TimeZone != "", first(l.TimeZone, "unknown"), "Choose a time zone in Zoho Books.")
	missing := missingKeys(l)
	add("custom_field", len(missing) == 0, keyWords(missing), "Run Set up.")
	c, err := s.Client(ctx)
	if err != nil {
		return checks, err
	}
	taxes, err := c.Taxes(ctx)
	add("taxes", err == nil && len(taxes) > 0, fmt.Sprintf("%d taxes and tax groups.", len(taxes)), "Run Set up with «create taxes», or add the hotel's taxes in Zoho Books.")
	accounts, err := c.Accounts(ctx)
	deposits := 0
	for _, a := range accounts {
		if zoho.Deposit(string(a.Type)) {
			deposits++
		}
	}
	add("deposit_account", err == nil && deposits > 0, fmt.Sprintf("%d accounts can take payments.", deposits), "Add a bank or cash account in Zoho Books.")
	if err := s.RereadLocks(ctx); err != nil {
		add("lock_dates", false, "The locked periods could not be read: "+fault.Of(err).Detail, "Try again later.")
	} else {
		locks, err := s.Locks(ctx)
		add("lock_dates", err == nil && locks.Known, locks.Show().Detail, "Look in Zoho Books, Accountant, Transaction locking which periods are locked, before posting history.")
	}
	checks = append(checks, wire.Check{Check: "reminders", OK: true, Detail: "Zoho Books' own payment reminders cannot be read over its API.", Action: "Before posting history, check in Zoho Books, Settings, Reminders that automatic ones are off, or guests of past stays may be written to."})
	return checks, nil
}

func missingKeys(l Learned) []string {
	var missing []string
	for _, r := range zoho.Resources {
		if l.KeyFields[r.Entity] == "" {
			missing = append(missing, r.Entity)
		}
	}
	return missing
}

func keyWords(missing []string) string {
	if len(missing) == 0 {
		return "The field «" + zoho.KeyLabel + "» stands on all six modules and allows no doubles."
	}
	return "The field «" + zoho.KeyLabel + "» is missing, or allows doubles, on: " + strings.Join(missing, ", ") + "."
}
