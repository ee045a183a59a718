package wire

// Overview is what a person wants to know first.
type Overview struct {
	// Runs that have not ended.
	Running []Run `json:"running"`
	// Records that wait for a person: held, blocked, failed, unknown or rejected.
	WaitingForMe int         `json:"waiting_for_me"`
	Budget       *Budget     `json:"budget" extensions:"x-nullable"`
	PostedToday  PostedTotal `json:"posted_today"`
	PostedMonth  PostedTotal `json:"posted_month"`
	// QloApps' time zone, in which people read instants; null when QloApps names none that is known.
	TimeZone *string `json:"time_zone" example:"Europe/Paris" extensions:"x-nullable"`
} // @name Overview

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
	Code             string           `json:"code"`
	Title            string           `json:"title"`
	Explanation      string           `json:"explanation"`
	Action           string           `json:"action"`
	Count            int              `json:"count"`
	AmountByCurrency []CurrencyAmount `json:"amount_by_currency"`
	// Page of the user interface that lists them: that of the section with the most.
	Link string `json:"link"`
	// The records that show them, by section, most first.
	Sections []IssueSection `json:"sections"`
} // @name IssueGroup

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
