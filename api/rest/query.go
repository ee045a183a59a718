package rest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/strict"
)

const (
	defaultLimit = 50
	maxLimit     = 200
	defaultSort  = "-source_id"
)

var (
	sorts     = []string{"source_id", "name", "last_synced_at", "updated_at"}
	runStates = []string{"queued", "waiting", "running", "done", "failed", "canceled"}
	runKinds  = []string{"initialize", "sync", "preview", "setup", "import", "pairing", "mapping_refresh", "reconcile", "tick", "daily", "undo"}
	// runOutcomes are how a record of a run may end
	runOutcomes = []string{"done", "unchanged", "skipped", "held", "failed"}
	documents   = []string{"orders", "invoices", "payments", "credit_notes"}
	isoCode     = regexp.MustCompile(`^[A-Z]{3}$`)
	causeCode   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
)

// wrongs gathers every wrong field of one input, so that all are named at once.
type wrongs []fault.FieldError

func (w *wrongs) add(field, format string, args ...any) {
	*w = append(*w, fault.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (w *wrongs) oneOf(field, value string, allowed []string) {
	if value != "" && !slices.Contains(allowed, value) {
		w.add(field, "is none of %s", strings.Join(allowed, ", "))
	}
}

// id refuses what no id looks like; "" = none was named.
func (w *wrongs) id(field, value string, form *regexp.Regexp) {
	if value != "" && !form.MatchString(value) {
		w.add(field, "must be an id, as digits")
	}
}

// currency refuses what no code of one looks like; "" = none was named.
func (w *wrongs) currency(field, value string) {
	if value != "" && !isoCode.MatchString(value) {
		w.add(field, "must be an ISO code of three capitals")
	}
}

func (w wrongs) err() error {
	if len(w) == 0 {
		return nil
	}
	return strict.Invalid(w...)
}

func sectionOf(c echo.Context) (string, error) {
	section := c.Param("section")
	if !slices.Contains(wire.Sections, section) {
		return "", notFound("section", section)
	}
	return section, nil
}

func recordQuery(c echo.Context, section string) (RecordQuery, error) {
	var w wrongs
	sort := sortOf(c)
	limit, after := limitOf(c, &w), positionOf(c, sort, sortedBy(sort), &w)
	q := selection(c, section, &w, "limit", "cursor")
	q.Limit, q.After = limit, after
	return q, w.err()
}

// recordFilters are the query of a list without its pages, which a file does not have.
func recordFilters(c echo.Context, section string) (RecordQuery, error) {
	var w wrongs
	q := selection(c, section, &w)
	return q, w.err()
}

// selection reads what records a query selects, and in which order; more are the parameters that it may have besides.
func selection(c echo.Context, section string, w *wrongs, more ...string) RecordQuery {
	known(c, w, append(more, "sort", "q", "status", "phase", "hotel", "currency", "date_from", "date_to", "customer", "issue", "draft")...)
	sort := sortOf(c)
	q := RecordQuery{
		Sort: strings.TrimPrefix(sort, "-"), Descending: strings.HasPrefix(sort, "-"),
		RecordFilter: wire.RecordFilter{
			Status: c.QueryParams()["status"], Q: strings.TrimSpace(c.QueryParam("q")), Phase: c.QueryParam("phase"),
			Hotel: c.QueryParam("hotel"), Currency: c.QueryParam("currency"), Customer: c.QueryParam("customer"), Issue: c.QueryParam("issue"),
			DateFrom: c.QueryParam("date_from"), DateTo: c.QueryParam("date_to"),
		},
	}
	if !slices.Contains(sorts, q.Sort) {
		w.add("sort", "is none of %s", strings.Join(sorts, ", "))
	}
	w.oneOf("draft", c.QueryParam("draft"), []string{"true", "false"})
	q.Draft = c.QueryParam("draft") == "true"
	checkFilter(section, q.RecordFilter, "", w)
	return q
}

func sortOf(c echo.Context) string {
	if sort := c.QueryParam("sort"); sort != "" {
		return sort
	}
	return defaultSort
}

// oldestFirst is the sort of a list in the order of time, by or -by: by where the oldest is asked for, and "" = the newest
// first, as it is without.
func oldestFirst(c echo.Context, by string, w *wrongs) string {
	sort := c.QueryParam("sort")
	w.oneOf("sort", sort, []string{by, "-" + by})
	if sort == "-"+by {
		return ""
	}
	return sort
}

// runQuery reads a page of runs, and the sort that its cursors are for.
func runQuery(c echo.Context) (RunQuery, string, error) {
	var w wrongs
	known(c, &w, "limit", "cursor", "sort", "q", "kind", "status", "by", "from", "to", "outcome")
	sort := oldestFirst(c, "created_at", &w)
	q := RunQuery{Limit: limitOf(c, &w), After: positionOf(c, sort, numbered, &w), Oldest: sort != "", Q: strings.TrimSpace(c.QueryParam("q")), Kind: c.QueryParams()["kind"], Status: c.QueryParams()["status"],
		By: c.QueryParam("by"), From: c.QueryParam("from"), To: c.QueryParam("to"), Outcome: c.QueryParam("outcome")}
	for _, kind := range q.Kind {
		w.oneOf("kind", kind, runKinds)
	}
	w.oneOf("outcome", q.Outcome, runOutcomes)
	w.days("from", q.From, "to", q.To)
	for _, status := range q.Status {
		w.oneOf("status", status, runStates)
	}
	return q, sort, w.err()
}

// longestParameter is how many characters a parameter may have; a cursor carries a name.
const longestParameter, mostParameters = 1000, 50

// repeatable are the parameters of which any of several values counts.
var repeatable = []string{"status", "kind"}

// known refuses parameters that would be ignored: a misspelt filter must not show everything, nor the second
// of two. No parameter is longer, or comes more often, than one may be that means something.
func known(c echo.Context, w *wrongs, names ...string) {
	for name, values := range c.QueryParams() {
		if !slices.Contains(names, name) {
			w.add(name, "is unknown")
			continue
		}
		if len(values) > mostParameters {
			w.add(name, "comes more than %d times", mostParameters)
			continue
		}
		several := slices.Contains(repeatable, name)
		if len(values) > 1 && !several {
			w.add(name, "comes more than once")
		}
		for _, value := range values {
			if value == "" && several {
				w.add(name, "is empty")
			}
			if name == "cursor" {
				continue // which we made, however long the name in it
			}
			if utf8.RuneCountInString(value) > longestParameter {
				w.add(name, "is longer than %d characters", longestParameter)
			}
		}
	}
}

func limitOf(c echo.Context, w *wrongs) int {
	text := c.QueryParam("limit")
	if text == "" {
		return defaultLimit
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxLimit {
		w.add("limit", "must be a whole number from 1 to %d", maxLimit)
		return defaultLimit
	}
	return n
}

func checkFilter(section string, f wire.RecordFilter, at string, w *wrongs) {
	for _, status := range f.Status {
		if !slices.Contains(wire.Statuses, status) && (status != "" || at != "") { // known tells of an empty parameter
			w.add(at+"status", "is none of %s", strings.Join(wire.Statuses, ", "))
		}
	}
	if len([]rune(f.Q)) > 200 {
		w.add(at+"q", "is longer than 200 characters")
	}
	if f.Issue != "" && !causeCode.MatchString(f.Issue) {
		w.add(at+"issue", "must be the code of a cause, as totals_differ")
	}
	w.id(at+"hotel", f.Hotel, plainID)
	w.id(at+"customer", f.Customer, sourceID)
	w.oneOf(at+"phase", f.Phase, wire.Phases)
	w.currency(at+"currency", f.Currency)
	w.days(at+"date_from", f.DateFrom, at+"date_to", f.DateTo)
	if section == wire.Orders {
		return
	}
	if f.Draft {
		w.add(at+"draft", "is for orders only: nothing else is left as a draft")
	}
	for name, value := range map[string]string{
		"phase": f.Phase, "hotel": f.Hotel, "currency": f.Currency, "customer": f.Customer,
		"date_from": f.DateFrom, "date_to": f.DateTo,
	} {
		if value != "" {
			w.add(at+name, "is for orders only")
		}
	}
}

// checkSelection wants exactly one way of choosing records.
func checkSelection(section string, sel wire.SyncRequest) error {
	var w wrongs
	ways := 0
	for _, used := range []bool{len(sel.IDs) > 0, sel.All, sel.Filter != nil} {
		if used {
			ways++
		}
	}
	if ways != 1 {
		w.add("ids", "choose records by exactly one of ids, all and filter")
	}
	for i, id := range sel.IDs {
		if !sourceID.MatchString(id) {
			w.add(fmt.Sprintf("ids[%d]", i), "must be an id, as digits")
		}
	}
	if sel.Filter != nil {
		checkFilter(section, *sel.Filter, "filter.", &w)
	}
	if sel.Documents != nil && len(sel.Documents) == 0 {
		w.add("documents", "names none; leave it out for all")
	}
	for i, doc := range sel.Documents {
		field := fmt.Sprintf("documents[%d]", i)
		if section != wire.Orders {
			w.add(field, "is for orders only")
		} else if !slices.Contains(documents, doc) {
			w.add(field, "is none of %s", strings.Join(documents, ", "))
		}
	}
	return w.err()
}
