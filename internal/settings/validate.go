package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/qlobooks/qlobooks/internal/collate"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// problems gathers wrong fields of one section.
type problems []fault.FieldError

func (p *problems) unless(ok bool, field, format string, args ...any) {
	if !ok {
		*p = append(*p, fault.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
}

var (
	isoCode    = regexp.MustCompile(`^[A-Z]{3}$`)
	clock      = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	identifier = regexp.MustCompile(`^(0|[1-9][0-9]{0,19})$`) // one spelling of each, as in paths and filters
	variable   = regexp.MustCompile(`\{[^}]*\}`)
)

// Validate names every wrong field of a section.
func Validate(all All, section string, private bool) []fault.FieldError {
	var p problems
	switch section {
	case "currencies":
		c := all.Currencies
		p.unless(c.DefaultCurrency == nil || isoCode.MatchString(*c.DefaultCurrency), "default_currency", "must be an ISO code such as EUR, or null")
	case "customers":
		validatePattern(&p, all.Customers.NamePattern)
	case "hotels":
		oneOf(&p, "target", all.Hotels.Target, "item", "tag", "location")
		p.unless(all.Hotels.IgnoredHotels != nil, "ignored_hotels", "must be a list")
		for i, id := range all.Hotels.IgnoredHotels {
			p.unless(identifier.MatchString(id), fmt.Sprintf("ignored_hotels[%d]", i), "must be the id of a hotel")
		}
	case "orders":
		validateOrders(&p, all)
	case "payments":
		validatePayments(&p, all.Payments)
	case "schedule":
		validateSchedule(&p, all)
	case "limits":
		validateLimits(&p, all.Limits)
	case "access":
		p.unless(all.Access.ProfileRoles != nil, "profile_roles", "must be an object")
		for profile, role := range all.Access.ProfileRoles {
			p.unless(identifier.MatchString(profile), "profile_roles."+profile, "must be named by the id of a QloApps profile")
			p.unless(profile != "1" || role == "admin", "profile_roles.1", "is QloApps' SuperAdmin, who is always admin")
			p.unless(slices.Contains([]string{"viewer", "operator", "accountant", "admin"}, role), "profile_roles."+profile, "must be viewer, operator, accountant or admin")
		}
	case "alerts":
		validateAlerts(&p, all.Alerts, private)
	case "revenue":
		validateRevenue(&p, all.Revenue)
	case "logs":
		between(&p, "body_days", all.Logs.BodyDays, 1, 3650)
		between(&p, "line_days", all.Logs.LineDays, 1, 3650)
	}
	return p
}

func between(p *problems, field string, value, least, most int) {
	p.unless(value >= least && value <= most, field, "must lie between %d and %d", least, most)
}

func oneOf(p *problems, field, value string, allowed ...string) {
	p.unless(slices.Contains(allowed, value), field, "must be one of %s", strings.Join(allowed, ", "))
}

// oneLine reports a text that says something, in one line of at most so many characters.
func oneLine(text string, most int) bool {
	return strings.TrimSpace(text) != "" && len([]rune(text)) <= most && !strings.ContainsFunc(text, unicode.IsControl)
}

func aDay(text *string) bool {
	if text == nil {
		return true
	}
	day, err := time.Parse(time.DateOnly, *text)
	return err == nil && day.Year() >= 1970 && day.Year() <= 9998 // databases refuse some beyond
}

func validateAlerts(p *problems, a Alerts, private bool) {
	p.unless(a.WebhookURL == nil || webhook(*a.WebhookURL, private), "webhook_url", "must be a public address beginning with https://, or null; addresses of this network need QLOBOOKS_WEBHOOK_ALLOW_PRIVATE")
	p.unless(a.WebhookSecret == nil || *a.WebhookSecret == "" || len(*a.WebhookSecret) >= 12, "webhook_secret", "must have at least 12 characters; an empty one forgets it")
	p.unless(a.Events != nil, "events", "must be a list")
	for i, event := range a.Events {
		oneOf(p, fmt.Sprintf("events[%d]", i), event, Events...)
	}
}

// Pattern names what is wrong with a name pattern.
func Pattern(pattern string) []fault.FieldError {
	var p problems
	validatePattern(&p, pattern)
	return p
}

func validatePattern(p *problems, pattern string) {
	p.unless(oneLine(pattern, 200), "name_pattern", "must have between 1 and 200 characters in one line")
	known := []string{"{id}", "{login}", "{email}", "{firstname}", "{lastname}", "{name}", "{company}"}
	found := variable.FindAllString(pattern, -1)
	for _, v := range found {
		p.unless(slices.Contains(known, v), "name_pattern", "has the unknown variable %s; known are %s", v, strings.Join(known, " "))
	}
	p.unless(len(found) > 0, "name_pattern", "must have at least one variable, or all contacts would have the same name")
}

func validateOrders(p *problems, all All) {
	o := all.Orders
	oneOf(p, "invoice_numbering", o.InvoiceNumbering, "qloapps", "zoho")
	oneOf(p, "cancel_policy", o.CancelPolicy, "void_or_credit_note", "credit_note", "hold")
	oneOf(p, "locked_period_policy", o.LockedPeriodPolicy, "hold", "first_open_day")
	oneOf(p, "post_as", o.PostAs, "sent", "draft")
	between(p, "rounding_limit", o.RoundingLimit, 0, 1000)
	p.unless(aDay(o.ExportFromDate), "export_from_date", "must be a day such as 2026-01-31, or null")
	p.unless(o.RoundingItemID == nil || identifier.MatchString(*o.RoundingItemID), "rounding_item_id", "must be the id of a Zoho item, or null")
	daily := all.Schedule.Customers || all.Schedule.Invoices || all.Schedule.CreditNotes || all.Schedule.Payments
	p.unless(o.ExportFromDate != nil || !daily, "export_from_date", "cannot be null while the daily pass has something to do: switch its kinds off in the section schedule first")
}

func validatePayments(p *problems, s Payments) {
	p.unless(s.AllowedMethods != nil, "allowed_methods", "must be a list")
	p.unless(s.PaymentModes != nil, "payment_modes", "must be a list")
	for i, mode := range s.PaymentModes {
		p.unless(oneLine(mode, 100), fmt.Sprintf("payment_modes[%d]", i), "must have between 1 and 100 characters in one line, which is what Zoho Books takes")
		p.unless(!slices.ContainsFunc(s.PaymentModes[:i], func(other string) bool { return collate.Equal(other, mode) }), fmt.Sprintf("payment_modes[%d]", i), "names «%s» a second time", mode)
	}
	for i, method := range s.AllowedMethods {
		p.unless(oneLine(method, 255), fmt.Sprintf("allowed_methods[%d]", i), "must be a payment method of QloApps")
	}
	p.unless(s.DefaultDepositAccountID == nil || identifier.MatchString(*s.DefaultDepositAccountID), "default_deposit_account_id", "must be the id of a Zoho account, or null")
	p.unless(s.DefaultPaymentMode == nil || oneLine(*s.DefaultPaymentMode, 100), "default_payment_mode", "must have between 1 and 100 characters, or be null")
	p.unless(aDay(s.ImportFromDate), "import_from_date", "must be a day such as 2026-01-31, or null")
	p.unless(oneLine(s.ImportMethodLabel, 100), "import_method_label", "must have between 1 and 100 characters")
	oneOf(p, "statement_grouping", s.StatementGrouping, "daily", "monthly")
}

func validateSchedule(p *problems, all All) {
	s := all.Schedule
	between(p, "interval_minutes", s.IntervalMinutes, 1, 1440)
	p.unless(s.LaunchTime == nil || clock.MatchString(*s.LaunchTime), "launch_time", "must be a time such as 03:30, or null")
	for _, kind := range []struct {
		field string
		on    bool
	}{{"customers", s.Customers}, {"invoices", s.Invoices}, {"credit_notes", s.CreditNotes}, {"payments", s.Payments}} {
		p.unless(!kind.on || all.Orders.ExportFromDate != nil, kind.field, "needs a start date first: choose export_from_date in the section orders")
	}
}

func validateRevenue(p *problems, r Revenue) {
	oneOf(p, "period", r.Period, "day", "month")
	between(p, "post_after", r.PostAfter, 0, 23)
	p.unless(r.DeferredAccountID == nil || identifier.MatchString(*r.DeferredAccountID), "deferred_account_id", "must be the id of a Zoho account, or null")
	p.unless(aDay(r.From), "from", "must be a day such as 2026-01-31, or null")
	p.unless(r.DeferredAccountID != nil || !r.Enabled, "deferred_account_id", "must be chosen before revenue by the night is switched on")
	p.unless(r.From != nil || !r.Enabled, "from", "must be chosen before revenue by the night is switched on")
}

func validateLimits(p *problems, l Limits) {
	between(p, "calls_per_minute", l.CallsPerMinute, 1, 100000)
	p.unless(l.CallsPerDay == nil || *l.CallsPerDay >= 1, "calls_per_day", "must be at least 1, or null")
	between(p, "reserve_for_live_percent", l.ReserveForLivePercent, 0, 90)
	p.unless(l.BrakeMaxRecords == nil || *l.BrakeMaxRecords >= 0, "brake_max_records", "must not be negative; null switches the brake off")
	p.unless(l.BrakeMaxVoids == nil || *l.BrakeMaxVoids >= 0, "brake_max_voids", "must not be negative; null switches the brake off")
	p.unless(l.BrakeMaxAmount == nil || !l.BrakeMaxAmount.IsNegative(), "brake_max_amount", "must not be negative; null switches the brake off")
}
