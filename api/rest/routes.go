package rest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/internal/access"
)

const base = "/api/v1"

// open is the role of routes that need no credentials.
const open access.Role = ""

// health is that of routes which a monitor asks: no credentials, and never too many of them.
const health access.Role = "health"

type route struct {
	method, path string
	role         access.Role // the least that may call it
	handle       echo.HandlerFunc
}

func (r route) guards(s *server) []echo.MiddlewareFunc {
	if r.role == health {
		return nil
	}
	if r.role == open {
		return []echo.MiddlewareFunc{s.throttleStrangers}
	}
	among := s.requests
	if strings.HasSuffix(r.path, "/events") {
		among = s.streams
	}
	guards := []echo.MiddlewareFunc{s.authenticate(r.role), func(next echo.HandlerFunc) echo.HandlerFunc { return s.atOnce(among, next) }}
	for name, form := range map[string]*regexp.Regexp{"source_id": sourceID, "id": sourceID, "order_id": plainID, "code": causeCode, "flow": causeCode, "month": monthForm} {
		if form == sourceID && strings.Contains(r.path, "/documents/") {
			form = documentID
		}
		if strings.Contains(r.path, "/:"+name) {
			guards = append(guards, formOf(name, form))
		}
	}
	if slices.Contains(bodiless, r.method+" "+strings.TrimPrefix(r.path, base)) {
		guards = append(guards, withoutBody)
	}
	return guards
}

// readsOnly tells that a route answers at once and changes nothing: no stream, and not the callback, which uses up a state.
func (r route) readsOnly() bool {
	return r.method == http.MethodGet && r.role != health && r.role != open && !strings.HasSuffix(r.path, "/events")
}

// bodiless are the acts that read nothing from their body.
var bodiless = []string{
	"POST /connection/authorize", "POST /connection/refresh", "POST /connection/test", "POST /schedule/pause", "POST /schedule/resume",
	"POST /records/:section/initialize", "POST /records/:section/:source_id/unskip", "POST /records/:section/:source_id/mark-sent",
	"POST /documents/:flow/:source_id/unskip", "POST /documents/:flow/:source_id/mark-sent", "POST /runs/:id/cancel",
	"POST /pairing/customers/load", "POST /alerts/test", "POST /tokens/:id/take-over", "DELETE /session", "DELETE /tokens/:id", "DELETE /connection",
}

// withoutBody refuses what would be ignored: whoever sent it meant something.
func withoutBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		var nothing *struct{} // null says nothing either
		if err := readOptionalBody(c, &nothing); err != nil {
			return err
		}
		return next(c)
	}
}

// What an id may look like. Databases take other spellings for the same id, 01 among them; there is one
// here, in paths, in filters and in bodies.
var (
	sourceID = regexp.MustCompile(`^(0|[1-9][0-9]{0,19})(:[A-Z]{3})?$`) // a row of QloApps', ours or Zoho's; of a contact for one currency also that
	// A document may also be of a hotel's day.
	documentID = regexp.MustCompile(`^(0|[1-9][0-9]{0,19})(:[A-Z]{3}|:[0-9]{4}-[0-9]{2}-[0-9]{2})?$`)

	plainID = regexp.MustCompile(`^(0|[1-9][0-9]{0,19})$`)

	monthForm = regexp.MustCompile(`^[12][0-9]{3}-(0[1-9]|1[0-2])$`)
)

// formOf lets a request through whose path names something by an id that can be one; to any other
// there is nothing.
func formOf(name string, form *regexp.Regexp) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if id := c.Param(name); !form.MatchString(id) {
				return notFound(strings.ReplaceAll(name, "_", " "), shown(id, 40))
			}
			return next(c)
		}
	}
}

// routes is every documented path with the role it needs; contract section 3.
func (s *server) routes() []route {
	list := []route{
		{"GET", "/healthz", health, s.health},
		{"GET", "/readyz", health, s.ready},
	}
	add := func(there bool, more ...route) {
		for _, r := range more {
			if there {
				r.path = base + r.path
				list = append(list, r)
			}
		}
	}
	const viewer, operator, accountant, admin = access.Viewer, access.Operator, access.Accountant, access.Admin

	add(s.Tokens != nil,
		route{"POST", "/session", open, s.signIn},
		route{"GET", "/session", viewer, s.getSession},
		route{"DELETE", "/session", viewer, s.endSession},
		route{"GET", "/tokens", admin, s.listTokens},
		route{"POST", "/tokens", admin, s.createToken},
		route{"DELETE", "/tokens/:id", admin, s.deleteToken},
		route{"POST", "/tokens/:id/take-over", admin, s.takeToken},
	)
	add(s.SignIns != nil, route{"GET", "/sign-ins", viewer, s.listSignIns})
	add(s.Connection != nil,
		route{"GET", "/connection", viewer, s.getConnection},
		route{"PUT", "/connection", admin, s.putConnection},
		route{"DELETE", "/connection", admin, s.disconnect},
		route{"POST", "/connection/authorize", admin, s.authorize},
		route{"GET", "/connection/callback", open, s.callback},
		route{"POST", "/connection/refresh", admin, s.refreshConnection},
		route{"GET", "/connection/organizations", viewer, s.listOrganizations},
		route{"POST", "/connection/test", admin, s.testConnection},
		route{"GET", "/connection/budget", viewer, s.getBudget},
	)
	add(s.Settings != nil,
		route{"GET", "/settings", viewer, s.getSettings},
		route{"GET", "/settings/:section", viewer, s.getSettingsSection},
		route{"PUT", "/settings/:section", admin, s.putSettingsSection},
	)
	add(s.Profiles != nil, route{"GET", "/profiles", viewer, s.listProfiles})
	add(s.Schedule != nil,
		route{"GET", "/schedule", viewer, s.getSchedule},
		route{"POST", "/schedule/run", accountant, s.runSchedule},
		route{"POST", "/schedule/pause", admin, s.pauseSchedule},
		route{"POST", "/schedule/resume", admin, s.resumeSchedule},
	)
	add(s.Setup != nil, route{"POST", "/setup", admin, s.startSetup})
	add(s.Records != nil,
		route{"GET", "/records/:section", viewer, s.listRecords}, // and /records/{section}.csv
		route{"GET", "/records/:section/:source_id", viewer, s.getRecord},
		route{"POST", "/records/:section/initialize", operator, s.initializeSection},
		route{"POST", "/records/:section/sync", operator, s.syncRecords},
		route{"POST", "/records/:section/preview", operator, s.previewRecords},
		route{"POST", "/records/:section/mark-sent", accountant, s.markRecordsSent},
		route{"POST", "/records/:section/mark-sent/preview", operator, s.countDrafts},
		route{"POST", "/records/:section/:source_id/sync", operator, s.syncRecord},
		route{"POST", "/records/:section/:source_id/preview", operator, s.previewRecord},
		route{"POST", "/records/:section/:source_id/retry", operator, s.retryRecord},
		route{"POST", "/records/:section/:source_id/mark-sent", accountant, s.markRecordSent},
		route{"POST", "/records/:section/:source_id/skip", accountant, s.skipRecord},
		route{"POST", "/records/:section/:source_id/unskip", accountant, s.unskipRecord},
	)
	add(s.Documents != nil,
		route{"GET", "/documents/:flow/:source_id", viewer, s.getDocument},
		route{"POST", "/documents/:flow/:source_id/sync", operator, s.syncDocument},
		route{"POST", "/documents/:flow/:source_id/preview", operator, s.previewDocument},
		route{"POST", "/documents/:flow/:source_id/retry", operator, s.retryDocument},
		route{"POST", "/documents/:flow/:source_id/skip", accountant, s.skipDocument},
		route{"POST", "/documents/:flow/:source_id/unskip", accountant, s.unskipDocument},
		route{"POST", "/documents/:flow/:source_id/release", accountant, s.releaseDocument},
		route{"POST", "/documents/:flow/:source_id/mark-sent", accountant, s.markDocumentSent},
	)
	add(s.Runs != nil,
		route{"GET", "/runs", viewer, s.listRuns},
		route{"GET", "/runs/:id", viewer, s.getRun},
		route{"GET", "/runs/:id/records", viewer, s.listRunRecords},
		route{"GET", "/runs/:id/events", viewer, s.streamRun},
		route{"POST", "/runs/:id/cancel", operator, s.cancelRun},
		route{"POST", "/runs/:id/release", accountant, s.releaseRun},
	)
	add(s.Undo != nil,
		route{"POST", "/runs/:id/undo/preview", admin, s.previewUndo},
		route{"POST", "/runs/:id/undo", admin, s.undoRun},
	)
	add(s.Changes != nil, route{"GET", "/events", viewer, s.streamChanges})
	add(s.Mappings != nil,
		route{"GET", "/mappings/:kind", viewer, s.getMapping},
		route{"PUT", "/mappings/:kind", accountant, s.putMapping},
		route{"POST", "/mappings/refresh", accountant, s.refreshMappings},
		route{"POST", "/mappings/:kind/send-again", accountant, s.sendMappingAgain},
	)
	add(s.Overview != nil, route{"GET", "/overview", viewer, s.getOverview})
	add(s.Issues != nil,
		route{"GET", "/issues", viewer, s.listIssues},
		route{"POST", "/issues/:code/retry", operator, s.retryIssue},
		route{"POST", "/issues/:code/handled", accountant, s.handleIssue},
	)
	add(s.Ties != nil,
		route{"POST", "/records/:section/:source_id/pair", accountant, s.pairRecord},
		route{"POST", "/records/:section/:source_id/unpair", accountant, s.unpairRecord},
		route{"POST", "/records/:section/:source_id/recreate", accountant, s.recreateRecord},
		route{"POST", "/documents/:flow/:source_id/pair", accountant, s.pairDocument},
		route{"POST", "/documents/:flow/:source_id/unpair", accountant, s.unpairDocument},
		route{"POST", "/documents/:flow/:source_id/recreate", accountant, s.recreateDocument},
		route{"POST", "/documents/:flow/:source_id/take-change", accountant, s.takeDocumentChange},
	)
	add(s.Pairing != nil,
		route{"POST", "/pairing/customers/load", accountant, s.loadContacts},
		route{"GET", "/pairing/customers", viewer, s.listPairing},
		route{"GET", "/pairing/contacts", viewer, s.listContacts},
		route{"GET", "/pairing/names", viewer, s.previewNames},
		route{"GET", "/pairing/customers.csv", viewer, s.getPairs},
		route{"POST", "/pairing/customers.csv", accountant, s.importPairs},
		route{"POST", "/pairing/customers/:id", accountant, s.pairCustomer},
		route{"DELETE", "/pairing/customers/:id", accountant, s.unpairCustomer},
	)
	add(s.Imports != nil,
		route{"POST", "/payments/import", accountant, s.importPayments},
		route{"GET", "/payments/imported", viewer, s.listImported},
		route{"POST", "/payments/imported/:id/assign", accountant, s.assignPayment},
		route{"POST", "/payments/imported/:id/handled", accountant, s.handledPayment},
		route{"GET", "/payments/statements", viewer, s.getStatements},
	)
	add(s.Reconciliation != nil,
		route{"GET", "/reconciliation", viewer, s.getReconciliation},
		route{"POST", "/reconciliation/refresh", accountant, s.refreshReconciliation},
	)
	add(s.Periods != nil,
		route{"GET", "/periods", viewer, s.listPeriods},
		route{"POST", "/periods/:month/close", accountant, s.closePeriod},
		route{"DELETE", "/periods/:month/close", accountant, s.reopenPeriod},
	)
	add(s.Ledger != nil,
		route{"GET", "/guest-ledger", viewer, s.getGuestLedger},
		route{"GET", "/guest-ledger/:order_id", viewer, s.getGuestOrder},
	)
	add(s.Logs != nil,
		route{"GET", "/logs", viewer, s.listLogs},
		route{"GET", "/logs/:id", accountant, s.getLog},
		route{"GET", "/audit", viewer, s.listAudit},
	)
	add(s.Alerts != nil,
		route{"GET", "/alerts", viewer, s.listAlerts},
		route{"POST", "/alerts/test", admin, s.testAlert},
	)
	add(s.Tools != nil, route{"POST", "/tools/reset", admin, s.reset}, route{"POST", "/tools/reset/preview", admin, s.previewReset})
	return list
}
