// Package connection is the tie to one Zoho Books organization: the person's choices, the grant
// and its tokens, and what Zoho says of the organization.
//
// One row holds it all; secrets in it are sealed. Only one process renews a token at a time: it
// holds the row's lock while it asks, and the others find the new token when they get it.
package connection

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/strict"
	"github.com/qlobooks/qlobooks/internal/version"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Service answers for the connection. All fields but the functions are required.
type Service struct {
	DB             *gorm.DB
	Ring           *secret.Ring
	Now            func() time.Time
	PublicURL      string
	AllowedOrigins []string // extra origins for custom data centers, the only ones that may be http
	HostClientID   string   // the host's own application; "" = none
	HostSecret     secret.String
	HTTP           *http.Client
	Limiter        func(organization string) *limit.Limiter
	Recorder       zoho.Recorder
	Waits          []time.Duration // before a call is made again whose fresh access was refused; nil = the client's own

	// Linked reports whether any record is linked to a document, or may be.
	Linked func(ctx context.Context) (bool, error)
	// Idle is a Conflict while something is under way that was begun with the organization that is chosen; nil = nothing ever is.
	Idle func(ctx context.Context) error
	// Connected is called when records that waited for the grant may go on.
	Connected func(ctx context.Context) error
	// Moved is called when another organization may have been chosen; nil = nobody cares.
	Moved func(ctx context.Context) error
	// LocksChanged is called when other periods are locked than before; nil = nobody cares.
	LocksChanged func(ctx context.Context) error

	// KeyFieldsStand is called when every module has a field for our key, which was not so before; nil = nobody
	// cares.
	KeyFieldsStand func(ctx context.Context) error

	// Journals tells whether journals are made, for which the access must be asked for besides; nil = never.
	Journals func(ctx context.Context) (bool, error)

	// TokenMay reports whether a consent was begun with a token that may still connect; nil = none may.
	TokenMay func(ctx context.Context, begun string) (bool, error)

	// SettingGone is told of something in Zoho Books that a mapping may have chosen and that is gone; it
	// tells whether one had. Nil = nobody cares.
	SettingGone func(ctx context.Context, kind zoho.Setting, id string) bool

	mu        sync.Mutex
	cached    secret.String
	until     time.Time
	made      *zoho.Client
	madeUntil time.Time
	standing  map[string]*zoho.Standing // by organization
}

const custom = "custom"

func dataCenter(name string) zoho.DataCenter { return zoho.DataCenters[name] }

// Get shows the connection without secrets.
func (s *Service) Get(ctx context.Context) (wire.Connection, error) {
	r, err := s.read(ctx, s.DB, "")
	if err != nil {
		return wire.Connection{}, err
	}
	return s.show(r), nil
}

func (s *Service) show(r row) wire.Connection {
	c := wire.Connection{DataCenter: r.chosen.DataCenter, TokenDomain: r.chosen.TokenDomain, APIDomain: r.chosen.APIDomain, DashboardDomain: r.chosen.DashboardDomain,
		UseOwnApplication: r.chosen.UseOwnApplication, ClientID: r.chosen.ClientID, HasClientSecret: r.ClientSecret != nil, HostApplication: s.HostClientID != "", RedirectURL: s.redirectURL(),
		OrganizationID: wire.TextOrNull(r.OrganizationID), OrganizationName: wire.TextOrNull(r.learned.Name), BaseCurrency: wire.TextOrNull(r.learned.Base),
		PlanName: wire.TextOrNull(r.learned.Plan), Status: r.Status, Version: r.version()}
	if r.ConnectedAt != nil {
		c.ConnectedAt = wire.AtOrNull(*r.ConnectedAt)
	}
	if r.AccessExpiresAt != nil {
		c.AccessExpiresAt = wire.AtOrNull(*r.AccessExpiresAt)
	}
	if c.Status == string(Connected) && r.LastError != nil && r.AccessExpiresAt != nil && s.Now().After(*r.AccessExpiresAt) {
		c.Status = string(Expired) // and could not be renewed yet
	}
	if r.LastError != nil {
		c.LastError = wire.TextOrNull(*r.LastError)
	}
	if r.IssueCode != "" {
		c.Issue = issueOf(r.IssueCode)
	}
	if r.OrganizationID != "" {
		locks := r.locks().Show()
		c.Locks = &locks
	}
	return c
}

func issueOf(code string) *wire.Issue {
	if code == chooseOrganization {
		return &wire.Issue{Code: code, Title: "Choose an organization", Detail: "The grant sees several organizations, or not the one that was named.", Action: "Choose the hotel's organization and save."}
	}
	words := fault.Explain(code)
	return &wire.Issue{Code: code, Title: words.Title, Detail: words.Explanation, Action: words.Action}
}

const chooseOrganization = "choose_organization"

func (s *Service) redirectURL() string { return s.PublicURL + "/api/v1/connection/callback" }

// Put replaces the choices. Another data center or application ends the grant. match, unless empty, is the
// version from which the change was made; Conflict/changed_meanwhile when another one stands.
func (s *Service) Put(ctx context.Context, in wire.ConnectionInput, match, by string) (wire.Connection, error) {
	if wrong := s.check(in); len(wrong) > 0 {
		return wire.Connection{}, strict.Invalid(wrong...)
	}
	old, err := s.read(ctx, s.DB, "")
	if err != nil {
		return wire.Connection{}, err
	}
	if err := version.Check(s.DB.WithContext(ctx), versions, match, old.version()); err != nil {
		return wire.Connection{}, err // before Zoho is asked anything
	}
	next := choices{DataCenter: in.DataCenter, UseOwnApplication: ownApplication(in), ClientID: strings.TrimSpace(in.ClientID)}
	if in.DataCenter == custom {
		next.TokenDomain, next.APIDomain, next.DashboardDomain = trim(in.TokenDomain), trim(in.APIDomain), trim(in.DashboardDomain)
	} else {
		dc := dataCenter(in.DataCenter)
		next.TokenDomain, next.APIDomain, next.DashboardDomain = dc.Token, dc.API, dc.Dashboard
	}
	sameGrant := next.TokenDomain == old.chosen.TokenDomain && next.APIDomain == old.chosen.APIDomain && next.ClientID == old.chosen.ClientID && next.UseOwnApplication == old.chosen.UseOwnApplication
	organization := ""
	switch {
	case in.OrganizationID != nil:
		organization = strings.TrimSpace(*in.OrganizationID)
	case sameGrant:
		organization = old.OrganizationID
	}
	if err := s.mayMove(ctx, old.OrganizationID, organization); err != nil {
		if in.OrganizationID != nil || fault.Of(err).Code != needsReset {
			return wire.Connection{}, err
		}
		organization = old.OrganizationID // nobody named another one: what is linked stays where it is
	}
	moved := sameGrant && organization != old.OrganizationID && organization != "" && old.Status == string(Connected)
	if moved {
		if err := s.sees(ctx, organization); err != nil {
			return wire.Connection{}, err
		}
	}
	body, err := json.Marshal(next)
	if err != nil {
		return wire.Connection{}, err
	}
	columns := map[string]any{"choices": string(body), "organization_id": organization}
	if in.ClientSecret != nil {
		columns["client_secret"] = nil
		if *in.ClientSecret != "" {
			columns["client_secret"] = s.seal(secret.String(*in.ClientSecret), "client_secret")
		}
	}
	if !sameGrant {
		for _, name := range []string{"refresh_token", "access_token", "access_expires_at", "connected_at", "last_error", "learned", "learned_at", "locks", "locks_at", "organizations", "organizations_at"} {
			columns[name] = nil
		}
		columns["status"], columns["issue_code"], columns["api_domain"], columns["token_domain"] = string(Disconnected), "", "", ""
		s.forgetToken()
	} else if organization != old.OrganizationID {
		columns["learned"], columns["learned_at"], columns["issue_code"], columns["locks"], columns["locks_at"] = nil, nil, "", nil, nil
	}
	if moved {
		columns = access.and(columns)
	}
	if err := s.replace(ctx, columns, match, by); err != nil {
		return wire.Connection{}, err
	}
	if err := s.arrived(ctx); err != nil {
		return wire.Connection{}, err
	}
	if moved {
		if err := s.Learn(ctx); err != nil {
			return wire.Connection{}, err
		}
		if err := s.Free(ctx); err != nil {
			return wire.Connection{}, err
		}
	}
	return s.Get(ctx)
}

// arrived tells that an organization was chosen.
func (s *Service) arrived(ctx context.Context) error {
	if s.Moved == nil {
		return nil
	}
	return s.Moved(ctx)
}

// sees refuses an organization that the grant does not see, before it is stored.
func (s *Service) sees(ctx context.Context, organization string) error {
	r, err := s.connected(ctx)
	if err != nil {
		return err
	}
	list, err := s.askOrganizations(ctx, r)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(o wire.Organization) bool { return o.OrganizationID == organization }) {
		return unseen(organization)
	}
	return nil
}

func unseen(organization string) error {
	return fault.New(fault.Conflict, chooseOrganization, "The grant does not see organization %s.", organization).Do("Choose one that it sees, or connect with another user.")
}

// needsReset is the code of what is linked and would point at another organization.
const needsReset = "organization_change_needs_reset"

// mayMove refuses to point links at another organization, and to leave one while something of it is under way: what was
// asked there would be kept as if the next one had said it.
func (s *Service) mayMove(ctx context.Context, from, to string) error {
	if from == "" || from == to {
		return nil
	}
	linked, err := s.Linked(ctx)
	if err == nil && linked {
		err = fault.New(fault.Conflict, needsReset, "Records are linked to documents of organization %s.", from).
			Do("Forget the links with Tools, Reset before choosing another organization.").On("organization_id")
	}
	if err == nil && s.Idle != nil {
		err = s.Idle(ctx)
	}
	return err
}

// ownApplication is the person's choice; without one, naming a client id says it.
func ownApplication(in wire.ConnectionInput) bool {
	if in.UseOwnApplication == nil {
		return strings.TrimSpace(in.ClientID) != ""
	}
	return *in.UseOwnApplication
}

func trim(origin string) string { return strings.TrimRight(strings.TrimSpace(origin), "/") }

var organizationID = regexp.MustCompile(`^[0-9A-Za-z]{1,32}$`)

func (s *Service) check(in wire.ConnectionInput) []fault.FieldError {
	var wrong []fault.FieldError
	add := func(field, message string) { wrong = append(wrong, fault.FieldError{Field: field, Message: message}) }
	if _, known := zoho.DataCenters[in.DataCenter]; !known && in.DataCenter != custom {
		add("data_center", "must be one of us, eu, in, au, jp, ca, cn, sa, uk, ae, custom")
	}
	if in.DataCenter == custom {
		for name, origin := range map[string]string{"token_domain": in.TokenDomain, "api_domain": in.APIDomain, "dashboard_domain": in.DashboardDomain} {
			if !s.allowed(trim(origin)) {
				add(name, "must be an origin of Zoho's, or one of QLOBOOKS_ZOHO_ALLOWED_ORIGINS")
			}
		}
	}
	if ownApplication(in) && strings.TrimSpace(in.ClientID) == "" {
		add("client_id", "is needed for an application of your own")
	}
	if len(in.ClientID) > 200 {
		add("client_id", "is too long")
	}
	if in.OrganizationID != nil && !organizationID.MatchString(strings.TrimSpace(*in.OrganizationID)) {
		add("organization_id", "must be the id of a Zoho Books organization, or null")
	}
	slices.SortFunc(wrong, func(a, b fault.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return wrong
}

// allowed reports whether secrets may go to an origin: one of Zoho's own, or one the host named.
func (s *Service) allowed(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return false
	}
	if slices.Contains(s.AllowedOrigins, origin) {
		return true
	}
	for _, dc := range zoho.DataCenters {
		if origin == dc.Token || origin == dc.API || origin == dc.Dashboard {
			return true
		}
	}
	return false
}

// Client calls the organization that is connected now.
func (s *Service) Client(ctx context.Context) (*zoho.Client, error) {
	s.mu.Lock()
	made, until := s.made, s.madeUntil
	s.mu.Unlock()
	if made != nil && time.Now().Before(until) {
		return made, nil
	}
	_, made, err := s.calling(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.made, s.madeUntil = made, time.Now().Add(clientLife)
	s.mu.Unlock()
	return made, nil
}

// calling is the connection as it is now, with the client of just that one.
func (s *Service) calling(ctx context.Context) (row, *zoho.Client, error) {
	r, err := s.connected(ctx)
	if err != nil {
		return r, nil, err
	}
	if r.OrganizationID == "" {
		return r, nil, fault.New(fault.Held, "not_connected", "Nobody has chosen an organization of Zoho Books yet.").Do("Choose it on the Configuration page.")
	}
	return r, s.client(r, r.OrganizationID), nil
}

// clientLife is how long a client serves before the connection is read again. This process' own
// changes end it at once.
const clientLife = time.Second

func (s *Service) client(r row, organization string) *zoho.Client {
	return zoho.New(zoho.Config{APIDomain: r.apiBase(), Organization: organization, Tokens: s, Limiter: s.Limiter(first(organization, r.OrganizationID)), Recorder: s.Recorder,
		HTTP: s.HTTP, Waits: s.Waits, KeyFields: r.learned.KeyFields, Standing: s.standingOf(organization), Gone: s.SettingGone, Links: zoho.Links{Dashboard: r.chosen.DashboardDomain, Organization: organization}, Now: s.Now,
		Doubted: r.IssueCode == "grant_revoked" || r.IssueCode == zoho.RefusedCode})
}

// standingOf is what this process knows of an organization's answers.
func (s *Service) standingOf(organization string) *zoho.Standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.standing == nil {
		s.standing = map[string]*zoho.Standing{}
	}
	if s.standing[organization] == nil {
		s.standing[organization] = &zoho.Standing{}
	}
	return s.standing[organization]
}

// Refused shows on the connection what its records say: that Zoho refuses everything, for now or for
// long. The grant itself is not given up, as only the accounts server can end it.
func (s *Service) Refused(ctx context.Context, code, words string) {
	if err := s.DB.WithContext(ctx).Exec("UPDATE qlobooks_connection SET issue_code = ?, last_error = ? WHERE id = 1 AND status = ?", code, words, string(Connected)).Error; err != nil {
		slog.WarnContext(ctx, "could not note that Zoho refuses everything", "error", err)
	}
}

// Accepted takes that back when Zoho answers again.
func (s *Service) Accepted(ctx context.Context) {
	if err := s.DB.WithContext(ctx).Exec("UPDATE qlobooks_connection SET issue_code = '', last_error = NULL WHERE id = 1 AND status = ? AND issue_code IN ('grant_revoked', ?)", string(Connected), zoho.RefusedCode).Error; err != nil {
		slog.WarnContext(ctx, "could not note that Zoho answers again", "error", err)
	}
}

func (s *Service) connected(ctx context.Context) (row, error) {
	r, err := s.read(ctx, s.DB, "")
	if err != nil {
		return r, err
	}
	return r, granted(r)
}

// granted is nil while there is a grant to work with.
func granted(r row) error {
	switch Status(r.Status) {
	case Connected:
		return nil
	case Revoked, Expired:
		return revoked()
	default:
		return fault.New(fault.Held, "not_connected", "QloBooks is not connected to Zoho Books.").Do("Connect on the Configuration page; what waits then goes on by itself.")
	}
}

func revoked() error {
	return fault.New(fault.Auth, "grant_revoked", "Zoho Books no longer accepts the access that was granted.").Do("Reconnect on the Configuration page.")
}

// Links builds addresses into the web app, of the data center and organization chosen.
func (s *Service) Links(ctx context.Context) (zoho.Links, error) {
	r, err := s.read(ctx, s.DB, "")
	return zoho.Links{Dashboard: r.chosen.DashboardDomain, Organization: r.OrganizationID}, err
}

// Budget shows how many calls are left.
func (s *Service) Budget(ctx context.Context) (wire.Budget, error) {
	r, err := s.read(ctx, s.DB, "")
	if err != nil {
		return wire.Budget{}, err
	}
	b, err := s.Limiter(r.OrganizationID).Budget(ctx)
	if err != nil {
		return wire.Budget{}, err
	}
	out := wire.Budget{Minute: wire.MinuteBudget(b.Minute), Reserve: b.Reserve, Lanes: wire.Lanes(b.Lanes), Concurrency: b.Concurrency,
		Day: wire.DayBudget{Limit: b.Day.Limit, UsedByUs: b.Day.UsedByUs, UsedByOthers: b.Day.UsedByOthers, Left: b.Day.Left, ResetsAt: wire.At(b.Day.ResetsAt), Source: b.Day.Source}}
	if b.PausedUntil != nil {
		out.PausedUntil = wire.AtOrNull(*b.PausedUntil)
	}
	return out, nil
}

var errNoSecret = errors.New("no client secret is stored")
