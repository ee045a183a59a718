package connection

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// States of a check.
const (
	fine        = "ok"
	needsYou    = "needs_you"
	unchecked   = "unchecked"
	askYourself = "ask_yourself"
)

// names are the checks in their order.
var names = []string{"token", "organization", "plan", "base_currency", "time_zone", "custom_field", "taxes", "deposit_account", "lock_dates", "rounding", "reminders"}

// examination gathers what a test of the connection finds.
type examination struct{ checks []wire.Check }

func (e *examination) is(name string, good bool, detail, action string) {
	state := needsYou
	if good {
		state, action = fine, ""
	}
	e.checks = append(e.checks, wire.Check{Check: name, OK: good, State: state, Detail: detail, Action: action})
}

// failed notes a check whose answer is no answer: what passes by itself says nothing about the books.
func (e *examination) failed(name string, err error, action string) {
	f := fault.Of(err)
	state, detail := needsYou, f.Detail
	switch f.Kind {
	case fault.Limited, fault.Unavailable, fault.Unknown, fault.Internal:
		state, detail, action = unchecked, "Not looked at: "+f.Detail, first(f.Action, "Test again in a few minutes.")
	}
	e.checks = append(e.checks, wire.Check{Check: name, State: state, Detail: detail, Action: first(action, f.Action)})
}

// Test checks everything that posting needs, and says what to do about what is missing. What could not
// be looked at is told as that, and never as missing.
func (s *Service) Test(ctx context.Context) ([]wire.Check, error) {
	e := &examination{}
	if _, err := s.Token(ctx); err != nil {
		e.failed("token", err, first(fault.Of(err).Action, "Connect on the Configuration page."))
		for _, name := range names[1:] {
			e.checks = append(e.checks, wire.Check{Check: name, State: unchecked, Detail: "Could not be checked without access.", Action: "Connect first."})
		}
		return e.checks, nil
	}
	e.is("token", true, "Zoho accepts the access.", "")
	s.testOrganization(ctx, e)
	c, err := s.Client(ctx)
	if err != nil { // as while several organizations are there and none is chosen
		for _, name := range names[slices.Index(names, "taxes"):] {
			e.checks = append(e.checks, wire.Check{Check: name, State: unchecked, Detail: "Not looked at: " + fault.Of(err).Detail, Action: first(fault.Of(err).Action, "Choose the hotel's organization.")})
		}
		return e.checks, nil
	}
	if taxes, err := c.Taxes(ctx); err != nil {
		e.failed("taxes", err, "")
	} else {
		e.is("taxes", len(taxes) > 0, fmt.Sprintf("%d taxes and tax groups.", len(taxes)), "Run Set up with «create taxes», or add the hotel's taxes in Zoho Books.")
	}
	if accounts, err := c.Accounts(ctx); err != nil {
		e.failed("deposit_account", err, "")
	} else {
		deposits := 0
		for _, a := range accounts {
			if zoho.Deposit(string(a.Type)) {
				deposits++
			}
		}
		e.is("deposit_account", deposits > 0, fmt.Sprintf("%d accounts can take payments.", deposits), "Add a bank or cash account in Zoho Books.")
	}
	if err := s.RereadLocks(ctx); err != nil {
		e.failed("lock_dates", err, "")
	} else {
		locks, err := s.Locks(ctx)
		e.is("lock_dates", err == nil && locks.Known, locks.Show().Detail, "Look in Zoho Books, Accountant, Transaction locking which periods are locked, before posting history.")
	}
	testRounding(ctx, c, e)
	e.checks = append(e.checks, wire.Check{Check: "reminders", OK: true, State: askYourself, Detail: "Zoho Books' own payment reminders cannot be read over its API.", Action: "Before posting history, check in Zoho Books, Settings, Reminders that automatic ones are off, or guests of past stays may be written to."})
	return e.checks, nil
}

// testOrganization looks at what Zoho says of the organization. When it does not answer, what is known
// from before is not judged anew.
func (s *Service) testOrganization(ctx context.Context, e *examination) {
	err := s.Learn(ctx)
	l, id, known := s.Organization(ctx)
	if err == nil {
		err = known
	}
	if err != nil {
		e.failed("organization", err, "Choose the hotel's organization.")
		for _, name := range []string{"plan", "base_currency", "time_zone", "custom_field"} {
			e.checks = append(e.checks, wire.Check{Check: name, State: unchecked, Detail: "Not looked at, as the organization could not be read.", Action: "Test again when it can."})
		}
		return
	}
	e.is("organization", true, fmt.Sprintf("%s (%s).", l.Name, id), "")
	e.is("plan", l.Plan != "", first(l.Plan, "Zoho does not name the plan."), "Check in Zoho Books that the plan includes the API.")
	e.is("base_currency", l.Base != "", first(l.Base, "unknown"), "Check the organization's base currency.")
	e.is("time_zone", l.TimeZone != "", first(l.TimeZone, "unknown"), "Choose a time zone in Zoho Books.")
	missing := missingKeys(l)
	e.is("custom_field", len(missing) == 0, keyWords(missing), "Run Set up.")
}

// testRounding looks at the newest invoice, as no other answer of Zoho's tells the preference.
func testRounding(ctx context.Context, c *zoho.Client, e *examination) {
	words, found, err := c.Rounding(ctx)
	switch {
	case err != nil:
		e.failed("rounding", err, "")
	case !found:
		e.checks = append(e.checks, wire.Check{Check: "rounding", OK: true, State: askYourself, Detail: "Only an invoice tells whether Zoho Books rounds totals of sales, and there is none yet.",
			Action: "Check in Zoho Books, Settings, Preferences that rounding off in sales transactions is off, and that discounts are given at transaction level."})
	default:
		e.is("rounding", words == "", first(words, "Totals of sales are not rounded off."), "In Zoho Books, Settings, Preferences, switch rounding off in sales transactions to «No rounding», or no total will be the hotel's.")
	}
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
