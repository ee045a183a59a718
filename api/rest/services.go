package rest

import (
	"context"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// Services are what the API asks. All errors are *fault.Error values (or wrap one); anything
// else is shown as a defect of ours, without its text. Sections, roles and the shape of bodies
// are checked before a service is asked. by is the caller's name, for runs and the audit.
//
// A nil service leaves its routes out, so that no route exists that cannot work.
type Services struct {
	Tokens     Tokens
	Sessions   Sessions // nil = sign-in with QloApps' employees is off; its route says so
	SignIns    SignIns
	Profiles   Profiles
	Changes    Changes
	Settings   Settings
	Connection Connection
	Schedule   Schedule
	Setup      Setup
	Records    Records
	Documents  Documents
	Runs       Runs
	Undo       Undo
	Mappings   Mappings
	Overview   Overview
	Issues     Issues

	Ties           Ties
	Pairing        Pairing
	Reconciliation Reconciliation
	Periods        Periods
	Ledger         Ledger
	Imports        Imports
	Logs           Logs
	Tools          Tools
	Alerts         Alerts
}

// Alerts are the messages to the webhook; *alert.Service is the real one.
type Alerts interface {
	// Deliveries are the messages, newest first.
	Deliveries(ctx context.Context, limit int, after *wire.Position) (wire.DeliveryPage, error)
	// Test sends one now; Conflict/no_webhook while no address is saved.
	Test(ctx context.Context, by string) (wire.Delivery, error)
}

// Tokens are the API tokens; *access.Tokens is the real one.
type Tokens interface {
	// Authenticate gives the caller that owns the secret; fault.Forbidden/invalid_token for
	// any other text.
	Authenticate(ctx context.Context, secret string) (access.Caller, error)
	List(ctx context.Context) ([]access.Token, error)
	// Make gives the secret once.
	Make(ctx context.Context, wish access.TokenWish) (access.Token, string, error)
	// TakeOver ties a token to the caller instead of who made it.
	TakeOver(ctx context.Context, id string, by access.Caller) error
	Delete(ctx context.Context, id, by string) error
}

// Sessions are sign-ins of QloApps' employees; *access.Sessions is the real one.
type Sessions interface {
	// SignIn begins a session; fault.Forbidden/wrong_credentials whatever is wrong.
	SignIn(ctx context.Context, email string, password secret.String) (access.NewSession, error)
	// BrowserOf names a browser that kept what KnownBrowser gave it for this address; "" for any other.
	BrowserOf(kept secret.String, email string) string
	KnownBrowser(email string) secret.String
	// Authenticate gives the caller behind a cookie; fault.Forbidden/session_ended.
	Authenticate(ctx context.Context, cookie secret.String) (access.Caller, error)
	// End ends the caller's session, or all of that employee.
	End(ctx context.Context, who access.Caller, everywhere bool) error
}

// SignIns is the list of who tried to sign in; *access.SignIns is the real one.
type SignIns interface {
	Note(ctx context.Context, try access.SignInTry) error
	// List gives one page, newest first, of one employee or of all; it fills Next when there is more.
	List(ctx context.Context, employee string, limit int, after *wire.Position) (wire.SignInPage, error)
}

// Profiles are those of QloApps' employees, which access.profile_roles gives roles.
type Profiles interface {
	// Profiles are none where the database user may not read them.
	Profiles(ctx context.Context) ([]wire.Profile, error)
}

// Changes tells what changes while somebody listens; *live.Hub is the real one.
type Changes interface {
	// Listen gives events until ctx ends, after the position of an earlier listener if there was
	// one. The channel is closed early when its reader is too slow.
	Listen(ctx context.Context, after string) (position string, events <-chan wire.Event)
}

// Settings are every section's choices; *settings.Store is the real one.
type Settings interface {
	Load(ctx context.Context) (settings.All, error)
	// Put replaces one section by a whole JSON object, fault.Invalid with every wrong field. match is the
	// version from which it was made, "" = any; Conflict/changed_meanwhile when another one stands.
	Put(ctx context.Context, section string, body []byte, match, by string) error
}

// Connection is the tie to Zoho Books.
type Connection interface {
	Get(ctx context.Context) (wire.Connection, error)
	// Put replaces the choices; a nil ClientSecret keeps the stored one.
	// fault.Conflict/organization_change_needs_reset when linked records belong to another one.
	Put(ctx context.Context, in wire.ConnectionInput, match, by string) (wire.Connection, error)
	// Authorize makes a single-use state of ten minutes. session is the id of the caller's
	// cookie session, "" for a token; the callback must then come from the same session.
	Authorize(ctx context.Context, begun, by string) (wire.Authorization, error)
	// Callback ends the grant that Zoho redirects back with.
	Callback(ctx context.Context, answer CallbackAnswer) error
	Refresh(ctx context.Context, by string) (wire.Connection, error)
	// Disconnect revokes the grant at Zoho and forgets it; links stay.
	Disconnect(ctx context.Context, by string) error
	// Organizations are those that the grant sees, as Zoho said last; with ask it may be asked again.
	Organizations(ctx context.Context, ask bool) ([]wire.Organization, error)
	Test(ctx context.Context) ([]wire.Check, error)
	Budget(ctx context.Context) (wire.Budget, error)
}

// CallbackAnswer is the query of Zoho's redirect.
type CallbackAnswer = wire.CallbackAnswer

// Schedule is what works by itself.
type Schedule interface {
	Get(ctx context.Context) (wire.Schedule, error)
	// Run starts a tick or a daily pass now; a second request while one is at work answers that one.
	Run(ctx context.Context, kind, by string) (wire.Run, error)
	// Switch sets schedule.enabled.
	Switch(ctx context.Context, on bool, by string) (wire.Schedule, error)
}

// Setup prepares the organization: key field, taxes, currencies.
type Setup interface {
	// Start gives a run of kind setup whose result is a wire.SetupResult. A second identical
	// request while one runs answers the running one.
	Start(ctx context.Context, in wire.SetupRequest, by string) (wire.Run, error)
}

// Records are the lists of section 4. section is always one of wire.Sections.
type Records interface {
	// List gives one page. Before Initialize it is empty with a nil InitializedAt, which is
	// no error. It fills Next when there is more; NextCursor is left to the caller.
	List(ctx context.Context, section string, q RecordQuery) (wire.RecordPage, error)
	// Each gives every record that a query selects, in its order, until one cannot be taken.
	Each(ctx context.Context, section string, q RecordQuery, take func(wire.Record) error) error
	// Get gives one record; fault.NotFound when it is not listed.
	Get(ctx context.Context, section, id string) (wire.RecordDetail, error)
	// Initialize lists every source record, without a call to Zoho.
	Initialize(ctx context.Context, section, by string) (wire.Run, error)
	// Sync queues the chosen records; fault.Conflict/not_initialized before Initialize,
	// fault.NotFound naming an id that is not listed.
	Sync(ctx context.Context, section string, sel wire.SyncRequest, by string) (wire.Run, error)
	// SyncOne queues one record, an order with all its documents.
	SyncOne(ctx context.Context, section, id string, confirm bool, by string) (wire.Run, error)
	// Preview tells what Sync would do, and PreviewOne what SyncOne would, document by document;
	// nothing is sent. The run's result is a wire.Preview.
	Preview(ctx context.Context, section string, sel wire.SyncRequest, by string) (wire.Run, error)
	PreviewOne(ctx context.Context, section, id, by string) (wire.Run, error)
	// Retry queues those documents of the record again that did not get through.
	Retry(ctx context.Context, section, id string, confirm bool, by string) (wire.Run, error)
	// MarkSent sends the drafts of chosen orders; fault.Conflict/no_draft when one alone has none.
	MarkSent(ctx context.Context, sel wire.SyncRequest, by string) (wire.Run, error)
	// Drafts counts what MarkSent would send.
	Drafts(ctx context.Context, sel wire.SyncRequest) (wire.DraftCount, error)
	// Skip takes the record's main document out of scope until Unskip.
	Skip(ctx context.Context, section, id, reason, by string) (wire.RecordDetail, error)
	Unskip(ctx context.Context, section, id, by string) (wire.RecordDetail, error)
}

// RecordQuery is one page of one section. Everything in the filter is checked for form.
type RecordQuery = wire.RecordQuery

// Documents are single records of single flows. An unknown flow or id is fault.NotFound.
type Documents interface {
	Get(ctx context.Context, flow, id string) (wire.Document, error)
	Sync(ctx context.Context, flow, id string, confirm bool, by string) (wire.Run, error)
	// Preview tells what Sync would do; the run's result is a wire.Preview.
	Preview(ctx context.Context, flow, id, by string) (wire.Run, error)
	Retry(ctx context.Context, flow, id string, confirm bool, by string) (wire.Run, error)
	Skip(ctx context.Context, flow, id, reason, by string) (wire.Document, error)
	Unskip(ctx context.Context, flow, id, by string) (wire.Document, error)
	// Release goes on with a document about which the rules ask a person; fault.Conflict when
	// nothing is asked.
	Release(ctx context.Context, flow, id, reason, by string) (wire.Run, error)
	// MarkSent sends a draft; fault.Conflict/no_draft when it is none.
	MarkSent(ctx context.Context, flow, id, by string) (wire.Run, error)
}

// Runs are the pieces of work that were asked for.
type Runs interface {
	// List gives one page, newest first.
	List(ctx context.Context, q RunQuery) (wire.RunPage, error)
	// Get is cheap: an open event stream asks it about once a second.
	Get(ctx context.Context, id string) (wire.Run, error)
	// RunRecords lists a run's own records in the order of their ids, of one outcome or all.
	RunRecords(ctx context.Context, id, outcome string, limit int, after *wire.Position) (wire.RunRecordPage, error)
	// Cancel stops what has not started; fault.Conflict/run_ended when nothing is left.
	Cancel(ctx context.Context, id, by string) (wire.Run, error)
	// Release lets a run pass the brake at which it waits; fault.Conflict/not_waiting otherwise.
	Release(ctx context.Context, id, reason, by string) (wire.Run, error)
}

// RunQuery is one page of runs.
type RunQuery = wire.RunQuery

// Mappings are the mapping tables. kind is always one of wire.MappingKinds.
type Mappings interface {
	Get(ctx context.Context, kind string) (wire.MappingPage, error)
	// Put changes only the rows named and releases what was blocked for them. A row or Zoho id
	// that does not exist is fault.Invalid naming items[n].field; nothing is saved then.
	Put(ctx context.Context, kind string, rows []wire.MappingRow, match, by string) (wire.MappingPage, error)
	// Refresh reads the choices from Zoho again.
	Refresh(ctx context.Context, kinds []string, by string) (wire.Run, error)
	// SendAgain sends what stands under a former choice of a row.
	SendAgain(ctx context.Context, kind, sourceID, zohoID, by string) (wire.Run, error)
}

// Overview is what a person wants to know first.
type Overview interface {
	Get(ctx context.Context) (wire.Overview, error)
}

// Issues are the open causes.
type Issues interface {
	List(ctx context.Context) ([]wire.IssueGroup, error)
	// Imports tells that nothing but payments from Zoho Books waits for a cause.
	Imports(ctx context.Context, code string) (bool, error)
	// Retry queues every record that waits for this cause; payments from Zoho Books are imported again.
	Retry(ctx context.Context, code string, confirm bool, by string) (wire.Run, error)
	// Handle notes that somebody dealt with it; it counts again when another record comes to wait for it.
	Handle(ctx context.Context, code, reason, by string) (wire.IssueGroup, error)
}
