package wire

// Connection is the tie to one Zoho Books organization. It never carries a secret.
type Connection struct {
	DataCenter        string `json:"data_center" enums:"us,eu,in,au,jp,ca,cn,sa,uk,ae,custom"`
	TokenDomain       string `json:"token_domain"`
	APIDomain         string `json:"api_domain"`
	DashboardDomain   string `json:"dashboard_domain"`
	UseOwnApplication bool   `json:"use_own_application"`
	ClientID          string `json:"client_id"`
	HasClientSecret   bool   `json:"has_client_secret"`
	// Whether the host has configured an application of its own.
	HostApplication  bool     `json:"host_application"`
	RedirectURL      string   `json:"redirect_url"`
	OrganizationID   *string  `json:"organization_id" extensions:"x-nullable"`
	OrganizationName *string  `json:"organization_name" extensions:"x-nullable"`
	BaseCurrency     *string  `json:"base_currency" extensions:"x-nullable"`
	PlanName         *string  `json:"plan_name" extensions:"x-nullable"`
	Status           string   `json:"status" enums:"disconnected,connected,expired,revoked"`
	ConnectedAt      *Instant `json:"connected_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	AccessExpiresAt  *Instant `json:"access_expires_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	LastError        *string  `json:"last_error" extensions:"x-nullable"`
	Issue            *Issue   `json:"issue" extensions:"x-nullable"`
	// Null without an organization.
	Locks *Locks `json:"locks" extensions:"x-nullable"`
	// Version of the choices, as the ETag says it.
	Version string `json:"-"`
} // @name Connection

// Locks are the periods closed in Zoho Books, each part of the books by itself, as they were last
// read. A day is closed itself; null = nothing is.
type Locks struct {
	// False when Zoho Books does not tell; then what it refuses is held.
	Known bool `json:"known"`
	// For sales orders, invoices, credit notes, payments and refunds.
	Sales *string `json:"sales" format:"date" extensions:"x-nullable"`
	// For payments and refunds.
	Banking *string `json:"banking" format:"date" extensions:"x-nullable"`
	// The same in words.
	Detail string `json:"detail"`
} // @name Locks

// ConnectionInput replaces the connection's choices as a whole.
type ConnectionInput struct {
	DataCenter string `json:"data_center" enums:"us,eu,in,au,jp,ca,cn,sa,uk,ae,custom"`
	// Origins, used only with the data center custom; may be "" otherwise.
	TokenDomain     string `json:"token_domain" validate:"optional" maxLength:"255"`
	APIDomain       string `json:"api_domain" validate:"optional" maxLength:"255"`
	DashboardDomain string `json:"dashboard_domain" validate:"optional" maxLength:"255"`
	// Absent = whether a client_id is named.
	UseOwnApplication *bool  `json:"use_own_application" validate:"optional"`
	ClientID          string `json:"client_id" validate:"optional" maxLength:"255"`
	// Write-only; absent keeps the stored one.
	ClientSecret *string `json:"client_secret,omitempty" validate:"optional" maxLength:"255"`
	// Null = found by itself when the grant sees exactly one organization.
	OrganizationID *string `json:"organization_id" validate:"optional" maxLength:"32" extensions:"x-nullable"`
} // @name ConnectionInput

// Authorization is where the person goes to grant access.
type Authorization struct {
	AuthorizationURL string  `json:"authorization_url"`
	ExpiresAt        Instant `json:"expires_at" swaggertype:"string" format:"date-time"`
} // @name Authorization

// Organization is one organization that the grant can see.
type Organization struct {
	OrganizationID string `json:"organization_id"`
	Name           string `json:"name"`
	BaseCurrency   string `json:"base_currency"`
	Country        string `json:"country"`
	TimeZone       string `json:"time_zone"`
	PlanName       string `json:"plan_name"`
} // @name Organization

// OrganizationList is every organization of the grant.
type OrganizationList struct {
	Items []Organization `json:"items"`
} // @name OrganizationList

// Check is one line of the connection test.
type Check struct {
	Check string `json:"check" enums:"token,organization,plan,base_currency,time_zone,custom_field,taxes,deposit_account,lock_dates,rounding,reminders"`
	OK    bool   `json:"ok"`
	// Why it is not, or whether it could be looked at: unchecked says nothing about Zoho Books, and
	// ask_yourself is what only a person can see there.
	State  string `json:"state" enums:"ok,needs_you,unchecked,ask_yourself"`
	Detail string `json:"detail"`
	Action string `json:"action"`
} // @name Check

// CheckList is the whole connection test.
type CheckList struct {
	Items []Check `json:"items"`
} // @name CheckList

// Budget is what may still be called today.
type Budget struct {
	Minute      MinuteBudget `json:"minute"`
	Day         DayBudget    `json:"day"`
	Reserve     int          `json:"reserve"`
	Lanes       Lanes        `json:"lanes"`
	PausedUntil *Instant     `json:"paused_until" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	Concurrency int          `json:"concurrency"`
} // @name Budget

// MinuteBudget counts calls of the running minute.
type MinuteBudget struct {
	Limit int `json:"limit"`
	Used  int `json:"used"`
} // @name MinuteBudget

// DayBudget counts calls of the organization's day.
type DayBudget struct {
	Limit        int     `json:"limit"`
	UsedByUs     int     `json:"used_by_us"`
	UsedByOthers int     `json:"used_by_others"`
	Left         int     `json:"left"`
	ResetsAt     Instant `json:"resets_at" swaggertype:"string" format:"date-time"`
	Source       string  `json:"source" enums:"header,setting,default"`
} // @name DayBudget

// Lanes are the calls waiting or made per lane.
type Lanes struct {
	Person  int `json:"person"`
	Live    int `json:"live"`
	History int `json:"history"`
} // @name Lanes
