package wire

// Overview is what a person wants to know first.
type Overview struct {
	// Runs that have not ended.
	Running []Run `json:"running"`
	// Records that wait for a person: held, blocked, failed, unknown or rejected.
	WaitingForMe int     `json:"waiting_for_me"`
	Budget       *Budget `json:"budget" extensions:"x-nullable"`
	// What was left of the day's calls when it began, after each of its hours and now, oldest first; empty when budget is null.
	CallsLeft   []CallsLeft `json:"calls_left"`
	PostedToday PostedTotal `json:"posted_today"`
	PostedMonth PostedTotal `json:"posted_month"`
	// QloApps' time zone, in which people read instants; null when QloApps names none that is known.
	TimeZone *string `json:"time_zone" example:"Europe/Paris" extensions:"x-nullable"`
	// Whether work goes on by itself, measured by the schedule.
	Health OverviewHealth `json:"health"`
	// The orders dated in this month, by phase.
	Orders map[string]PhaseCount `json:"orders"`
	// What was posted on each of the last 30 days and what QloApps billed, by currency, oldest first; a
	// day without either is not listed.
	Days []OverviewDay `json:"days"`
	// The last twelve months of the reconciliation, oldest first.
	Months []OverviewMonth `json:"months"`
	Guide  Guide           `json:"guide"`
} // @name Overview

// CallsLeft is what was left of the day's calls at a moment, as Zoho Books' answers until then said.
type CallsLeft struct {
	At   Instant `json:"at" swaggertype:"string" format:"date-time"`
	Left int     `json:"left"`
} // @name CallsLeft

// OverviewHealth says whether automatic work is on time.
type OverviewHealth struct {
	// stopped: no worker, or two intervals late; delayed: one interval late, or later while Zoho Books is to be left alone; off: the schedule is off.
	State      string   `json:"state" enums:"on_time,delayed,stopped,off"`
	LastTickAt *Instant `json:"last_tick_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	NextTickAt *Instant `json:"next_tick_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// When a worker last told that it lives; null when none ever did.
	WorkerSeenAt *Instant `json:"worker_seen_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// No worker has told for half a minute that it lives.
	WorkerSilent bool `json:"worker_silent"`
	// Runs that wait at a brake.
	WaitingRuns int `json:"waiting_runs"`
	// Runs that wait for a worker.
	QueuedRuns int `json:"queued_runs"`
	// Until when Zoho Books is left alone, as it asked for; null when it is not.
	PausedUntil *Instant `json:"paused_until" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// Dependencies that do not answer, by name.
	Down []string `json:"down"`
	// The schedule is on and its look for changes is three intervals old, whatever the rest says.
	Overdue bool `json:"-"`
} // @name OverviewHealth

// OverviewDay is what was posted for one day in one currency, and what QloApps billed on it.
type OverviewDay struct {
	Day         string `json:"day" format:"date"`
	Currency    string `json:"currency"`
	Invoices    string `json:"invoices" example:"1560.00"`
	CreditNotes string `json:"credit_notes" example:"0.00"`
	Payments    string `json:"payments" example:"1560.00"`
	// QloApps' own total of the day's invoices.
	Source string `json:"source" example:"1560.00"`
} // @name OverviewDay

// OverviewMonth is what the reconciliation says of one month.
type OverviewMonth struct {
	Month string `json:"month" example:"2026-03"`
	// unread: not every day of it was read yet.
	State string `json:"state" enums:"agrees,differs,unread,closed"`
	// Of an open month; of a closed one those that were accepted.
	Differences int `json:"differences"`
	// Documents of a closed month that are not as they were agreed.
	Drifts int `json:"drifts"`
} // @name OverviewMonth

// Guide is the way from a fresh installation to work that goes on by itself.
type Guide struct {
	// In the order in which they are taken.
	Steps []GuideStep `json:"steps"`
} // @name Guide

// GuideStep is one step, computed from what stands.
type GuideStep struct {
	Key string `json:"key" enums:"check,connect,set_up,map,rehearse,switch_on"`
	// blocked: an earlier step comes first.
	State string `json:"state" enums:"done,open,blocked"`
	// What is done or missing, in a sentence.
	Detail string `json:"detail"`
	Link   string `json:"link"`
	// Parts of the step that were looked at by themselves.
	Checks []GuideCheck `json:"checks"`
} // @name GuideStep

// GuideCheck is one part of a step.
type GuideCheck struct {
	Key    string `json:"key" enums:"database,redis,worker,qloapps,currencies,taxes,payment-modes,deposit-accounts,items,accounts"`
	State  string `json:"state" enums:"ok,needs_you,unchecked"`
	Detail string `json:"detail"`
} // @name GuideCheck

// PostedTotal is what was posted in a period.
type PostedTotal struct {
	Documents  int              `json:"documents"`
	ByCurrency []CurrencyAmount `json:"by_currency"`
} // @name PostedTotal

// CurrencyAmount is a sum in one currency.
type CurrencyAmount struct {
	Currency string `json:"currency"`
	Amount   string `json:"amount" example:"1560.00"`
} // @name CurrencyAmount

// IssueGroup is every record that waits for the same cause.
type IssueGroup struct {
	Code        string `json:"code"`
	Title       string `json:"title"`
	Explanation string `json:"explanation"`
	Action      string `json:"action"`
	// How many wait; 0 for worker, as nothing is counted while everything waits.
	Count            int              `json:"count"`
	AmountByCurrency []CurrencyAmount `json:"amount_by_currency"`
	// Page of the user interface that lists them: that of the section with the most.
	Link string `json:"link"`
	// The records that show them, by section, most first.
	Sections []IssueSection `json:"sections"`
	// What it is that waits: documents, runs at a brake, payments from Zoho Books that wait to be assigned; periods: a closed month of which documents changed; worker: everything, as no worker is heard of.
	Kind string `json:"kind" enums:"documents,runs,payments,periods,worker"`
	// you: it goes on when a person acts; time: it goes on by itself.
	WaitsFor string `json:"waits_for" enums:"you,time"`
	// When the first and the last of them came to stand still; null = not known.
	FirstSeen *Instant `json:"first_seen" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	LastSeen  *Instant `json:"last_seen" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// How many came to stand still on each of the last 14 days, the present one last.
	Days []int `json:"days"`
	// What can be done about it, best first.
	Cures []Cure `json:"cures"`
	// Somebody has said that it is dealt with, and nothing came to stand still for it since.
	Handled *Handled `json:"handled" extensions:"x-nullable"`
} // @name IssueGroup

// Cure is one way out: a page to open, or a request to send.
type Cure struct {
	Label string  `json:"label"`
	Link  *string `json:"link" extensions:"x-nullable"`
	// A request of the API; null for a link.
	Method *string `json:"method" enums:"POST,PUT,DELETE" extensions:"x-nullable"`
	Path   *string `json:"path" extensions:"x-nullable"`
	Body   any     `json:"body" extensions:"x-nullable"`
	// What If-Match is to say, where the request replaces what somebody else may have changed meanwhile.
	IfMatch *string `json:"if_match" extensions:"x-nullable"`
	// The request wants a reason in its body, which a person writes.
	AsksReason bool `json:"asks_reason"`
} // @name Cure

// Handled is who said that a cause is dealt with.
type Handled struct {
	At     Instant `json:"at" swaggertype:"string" format:"date-time"`
	By     string  `json:"by"`
	Reason string  `json:"reason"`
} // @name Handled

// IssueSection is how many records of a section wait for one cause.
type IssueSection struct {
	Section string `json:"section"`
	Count   int    `json:"count"`
	Link    string `json:"link"`
} // @name IssueSection

// IssueList is every open cause, the most frequent first.
type IssueList struct {
	Items []IssueGroup `json:"items"`
} // @name IssueList

// Schedule is what works by itself, and when.
type Schedule struct {
	Enabled         bool     `json:"enabled"`
	IntervalMinutes int      `json:"interval_minutes"`
	LaunchTime      *string  `json:"launch_time" extensions:"x-nullable"`
	Running         bool     `json:"running"`
	LastRun         *Run     `json:"last_run" extensions:"x-nullable"`
	NextRunAt       *Instant `json:"next_run_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
} // @name Schedule

// ScheduleRun says what to start now.
type ScheduleRun struct {
	Kind string `json:"kind" enums:"tick,daily"`
} // @name ScheduleRun

// Health is the state of the service and what it depends on.
type Health struct {
	Status  string                 `json:"status" enums:"ok,unavailable"`
	Version string                 `json:"version"`
	Checks  map[string]HealthCheck `json:"checks"` // database, schema, redis, secret_key, worker, grant
} // @name Health

// HealthCheck is one dependency.
type HealthCheck struct {
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	AgeS   *int   `json:"age_s,omitempty" validate:"optional"` // seconds since it was last seen
	Vital  bool   `json:"-"`                                   // without it nothing works: 503
} // @name HealthCheck
