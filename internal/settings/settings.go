// Package settings holds every choice a hotel makes, by section, with safe defaults.
//
// All automatic switches are off after installation. A section is read and written whole.
package settings

import "github.com/qlobooks/qlobooks/internal/money"

// All is every section. The JSON names are the contract's.
type All struct {
	Currencies      Currencies `json:"currencies"`
	Customers       Customers  `json:"customers"`
	Hotels          Hotels     `json:"hotels"`
	RoomTypes       Auto       `json:"room_types"`
	ServiceProducts Auto       `json:"service_products"`
	Orders          Orders     `json:"orders"`
	Payments        Payments   `json:"payments"`
	Schedule        Schedule   `json:"schedule"`
	Limits          Limits     `json:"limits"`
	Access          Access     `json:"access"`
	Alerts          Alerts     `json:"alerts"`
	Logs            Logs       `json:"logs"`
	Revenue         Revenue    `json:"revenue"`

	sealed string // alerts.webhook_secret as it is stored, "" = none; only its version shows that it was replaced
} // @name Settings

// Auto are the switches every master section has; they bind only the scheduler.
type Auto struct {
	AutoSyncNew bool `json:"auto_sync_new"`
	AutoUpdate  bool `json:"auto_update"`
	AutoDelete  bool `json:"auto_delete"`
} // @name SettingsAuto

// Currencies decides which currencies documents may have.
type Currencies struct {
	Auto
	MultiCurrency   bool    `json:"multi_currency"`
	DefaultCurrency *string `json:"default_currency" maxLength:"3" extensions:"x-nullable"` // ISO code; nil = Zoho's base currency
} // @name SettingsCurrencies

// Customers decides how guests become contacts.
type Customers struct {
	Auto
	CustomerPortal    bool   `json:"customer_portal"`
	CheckBeforeUpdate bool   `json:"check_before_update"`
	IgnoreInactive    bool   `json:"ignore_inactive"`
	NamePattern       string `json:"name_pattern" maxLength:"200"` // variables {id} {login} {email} {firstname} {lastname} {name} {company}
} // @name SettingsCustomers

// Hotels decides how hotels are shown in Zoho and which are left out.
type Hotels struct {
	Auto
	Target        string   `json:"target" enums:"item,tag,location"` // item, tag, location
	IgnoredHotels []string `json:"ignored_hotels" validate:"max=1000" maxLength:"20"`
} // @name SettingsHotels

// Orders decides how orders become sales orders, invoices and credit notes.
type Orders struct {
	AutoSyncNewOrders   bool    `json:"auto_sync_new_orders"`
	AutoUpdateOrders    bool    `json:"auto_update_orders"`
	AutoSyncNewInvoices bool    `json:"auto_sync_new_invoices"`
	AutoSyncNewPayments bool    `json:"auto_sync_new_payments"`
	AutoSyncCreditNotes bool    `json:"auto_sync_credit_notes"`
	CreateSalesOrders   bool    `json:"create_sales_orders"`
	ExportFromDate      *string `json:"export_from_date" maxLength:"10" extensions:"x-nullable"`    // YYYY-MM-DD in the shop's time zone
	InvoiceNumbering    string  `json:"invoice_numbering" enums:"qloapps,zoho"`                     // qloapps, zoho
	RoundingItemID      *string `json:"rounding_item_id" maxLength:"32" extensions:"x-nullable"`    // a Zoho item
	RoundingLimit       int     `json:"rounding_limit"`                                             // smallest units of the document's currency
	CancelPolicy        string  `json:"cancel_policy" enums:"void_or_credit_note,credit_note,hold"` // void_or_credit_note, credit_note, hold
	LockedPeriodPolicy  string  `json:"locked_period_policy" enums:"hold,first_open_day"`           // hold, first_open_day
	PostAs              string  `json:"post_as" enums:"sent,draft"`                                 // sent, draft: left for a person to mark as sent
} // @name SettingsOrders

// Payments decides which payments travel, and into which account.
type Payments struct {
	ExportEnabled           bool     `json:"export_enabled"`
	AllowedMethods          []string `json:"allowed_methods" validate:"max=200" maxLength:"255"` // empty = all
	PaymentModes            []string `json:"payment_modes" validate:"max=200" maxLength:"255"`
	DefaultPaymentMode      *string  `json:"default_payment_mode" maxLength:"100" extensions:"x-nullable"`
	DefaultDepositAccountID *string  `json:"default_deposit_account_id" maxLength:"32" extensions:"x-nullable"`
	ImportEnabled           bool     `json:"import_enabled"`
	ImportFromDate          *string  `json:"import_from_date" maxLength:"10" extensions:"x-nullable"`
	ImportMethodLabel       string   `json:"import_method_label" maxLength:"100"`
	CreatePaymentAlways     bool     `json:"create_payment_always"`
	StatementGrouping       string   `json:"statement_grouping" enums:"daily,monthly"` // daily, monthly
} // @name SettingsPayments

// Schedule is the master switch of all automatic work.
type Schedule struct {
	Enabled         bool    `json:"enabled"`
	IntervalMinutes int     `json:"interval_minutes"`                                  // 1 to 1440
	LaunchTime      *string `json:"launch_time" maxLength:"5" extensions:"x-nullable"` // HH:MM in the shop's time zone
	Customers       bool    `json:"customers"`
	Invoices        bool    `json:"invoices"`
	CreditNotes     bool    `json:"credit_notes"`
	Payments        bool    `json:"payments"`
} // @name SettingsSchedule

// Limits protects Zoho's quota and stops surprising runs.
type Limits struct {
	CallsPerMinute        int            `json:"calls_per_minute"`
	CallsPerDay           *int           `json:"calls_per_day" extensions:"x-nullable"` // nil = learn from Zoho
	ReserveForLivePercent int            `json:"reserve_for_live_percent"`
	BrakeMaxRecords       *int           `json:"brake_max_records" extensions:"x-nullable"`
	BrakeMaxVoids         *int           `json:"brake_max_voids" extensions:"x-nullable"`
	BrakeMaxAmount        *money.Decimal `json:"brake_max_amount" swaggertype:"string" maxLength:"30" extensions:"x-nullable"`
} // @name SettingsLimits

// Access maps QloApps' employee profiles to roles.
type Access struct {
	ProfileRoles map[string]string `json:"profile_roles" validate:"max=200" maxLength:"20"`
} // @name SettingsAccess

// Alerts tells an address of the host about trouble.
type Alerts struct {
	WebhookURL    *string  `json:"webhook_url" maxLength:"2000" extensions:"x-nullable"`
	WebhookSecret *string  `json:"webhook_secret,omitempty" validate:"optional" maxLength:"255" extensions:"x-nullable"` // write-only
	Events        []string `json:"events" validate:"max=20" enums:"run_failed,brake,grant_revoked,records_held,daily_limit,schedule_stopped,worker_silent,reconciliation_differs,month_drifted,many_failures,run_ended,records_changed"`
} // @name SettingsAlerts

// Events of which the webhook can be told.
const (
	RunFailed    = "run_failed"    // a run could not work at all
	AtBrake      = "brake"         // a run waits at a brake
	GrantRevoked = "grant_revoked" // Zoho Books no longer accepts the access
	RecordsHeld  = "records_held"  // documents came to be held
	DailyLimit   = "daily_limit"   // the calls of the day are used up

	ScheduleStopped = "schedule_stopped"       // the schedule is on, and no look for changes began for three intervals
	WorkerSilent    = "worker_silent"          // no worker was heard of lately
	Differs         = "reconciliation_differs" // a reconciliation ended with differences
	MonthDrifted    = "month_drifted"          // a closed month is not as it was agreed any more
	ManyFailures    = "many_failures"          // more records than usual wait after a failure

	RunEnded       = "run_ended"       // for third-party tools: a run ended, whatever became of it
	RecordsChanged = "records_changed" // for third-party tools: records came to be in another state
)

// Events are all of them.
var Events = []string{RunFailed, AtBrake, GrantRevoked, RecordsHeld, DailyLimit, ScheduleStopped, WorkerSilent, Differs, MonthDrifted, ManyFailures, RunEnded, RecordsChanged}

// Logs says how long traces are kept.
type Logs struct {
	BodyDays int `json:"body_days"`
	LineDays int `json:"line_days"`
} // @name SettingsLogs

// Revenue decides whether journals move billed revenue to the nights in which it is earned.
type Revenue struct {
	Enabled           bool    `json:"enabled"`
	DeferredAccountID *string `json:"deferred_account_id" maxLength:"32" extensions:"x-nullable"` // a liability account of Zoho Books
	Period            string  `json:"period" enums:"day,month"`                                   // day, month: one journal on its last day
	From              *string `json:"from" maxLength:"10" extensions:"x-nullable"`                // YYYY-MM-DD, the first day that has a journal
	PostAfter         int     `json:"post_after"`                                                 // hour of the next day in the shop's time zone
} // @name SettingsRevenue

// Default is what a fresh installation does: nothing by itself.
func Default() All {
	records, voids := 500, 20
	return All{
		Customers: Customers{NamePattern: "{name}"},
		Hotels:    Hotels{Target: "item", IgnoredHotels: []string{}},
		Orders: Orders{
			CreateSalesOrders: true, InvoiceNumbering: "qloapps", RoundingLimit: 5,
			CancelPolicy: "void_or_credit_note", LockedPeriodPolicy: "hold", PostAs: "sent",
		},
		Payments: Payments{
			ExportEnabled: true, AllowedMethods: []string{}, PaymentModes: []string{},
			ImportMethodLabel: "Zoho Books", StatementGrouping: "daily",
		},
		Schedule: Schedule{IntervalMinutes: 5},
		Limits: Limits{
			CallsPerMinute: 90, ReserveForLivePercent: 20, BrakeMaxRecords: &records, BrakeMaxVoids: &voids,
		},
		Access: Access{ProfileRoles: map[string]string{}},
		Alerts: Alerts{Events: []string{}},
		Logs:   Logs{BodyDays: 30, LineDays: 400},

		Revenue: Revenue{Period: "day", PostAfter: 4},
	}
}
