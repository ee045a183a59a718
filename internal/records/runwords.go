package records

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// sectionWords are one record of a section and several, as sentences name them.
var sectionWords = map[string][2]string{
	"hotels": {"hotel", "hotels"}, "room-types": {"room type", "room types"}, "service-products": {"service product", "service products"},
	"customers": {"customer", "customers"}, "currencies": {"currency", "currencies"}, "orders": {"order", "orders"},
}

func several(section string, n int) string {
	words, ok := sectionWords[section]
	if !ok {
		words = [2]string{"record", "records"}
	}
	if n == 1 {
		return "1 " + words[0]
	}
	return fmt.Sprintf("%d %s", n, words[1])
}

// partNames are the parts of orders that a run may be asked for, by the flows that the request names.
var partNames = []struct{ flow, name string }{{"sales_order", "Sales orders"}, {"invoice", "Invoices"}, {"payment", "Payments"}, {"credit_note", "Refunds"}}

// name gives each run its title and sentence. shown and list are the same runs.
func (r Runs) name(ctx context.Context, shown []wire.Run, list []store.Run) error {
	names, err := r.singleNames(ctx, list)
	if err != nil {
		return err
	}
	for i, run := range list {
		shown[i].Title, shown[i].Sentence = titleOf(run, names), sentenceOf(run)
	}
	return nil
}

// singleNames reads the names of those records that are a run's only one.
func (r Runs) singleNames(ctx context.Context, list []store.Run) (map[string]string, error) {
	wanted := map[string][]string{}
	for _, run := range list {
		if req, ok := requested(run); ok && len(req.IDs) == 1 && !slices.Contains(wanted[run.Section], req.IDs[0]) {
			wanted[run.Section] = append(wanted[run.Section], req.IDs[0])
		}
	}
	names := map[string]string{}
	for section, ids := range wanted {
		found, _, err := r.Records(ctx, store.RecordQuery{Section: section, IDs: ids, Limit: len(ids)})
		if err != nil {
			return nil, err
		}
		for _, record := range found {
			names[section+" "+record.ID] = record.Name
		}
	}
	return names, nil
}

func requested(run store.Run) (runs.Request, bool) {
	var req runs.Request
	if run.Kind != runs.Sync && run.Kind != runs.Preview {
		return req, false
	}
	return req, json.Unmarshal(run.Request, &req) == nil
}

func titleOf(run store.Run, names map[string]string) string {
	what := several(run.Section, 2)[2:]
	switch run.Kind {
	case runs.Initialize:
		return "List of " + what
	case runs.Setup:
		return "Set-up of Zoho Books"
	case runs.Import:
		return "Payments from Zoho Books"
	case runs.Pairing:
		return "Contacts of Zoho Books read"
	case runs.MappingRefresh:
		return "Lists for the mapping read"
	case runs.Reconcile:
		return "Reconciliation read"
	case runs.Tick:
		return "Look for changes"
	case runs.Daily:
		return "Daily pass"
	case runs.Undo:
		var of struct {
			Run uint64 `json:"run"`
		}
		_ = json.Unmarshal(run.Request, &of)
		return fmt.Sprintf("Undo of run %d", of.Run)
	}
	req, _ := requested(run)
	title := ""
	switch {
	case len(req.IDs) == 1:
		title = names[run.Section+" "+req.IDs[0]]
		if title == "" {
			title = several(run.Section, 1)
		}
	case len(req.Refs) == 1:
		title = "One " + strings.ReplaceAll(req.Refs[0].Flow, "_", " ")
	case len(req.Refs) > 1:
		title = fmt.Sprintf("Tried again: %d documents", len(req.Refs))
	case req.Issue != "":
		title = "Tried again: " + fault.Explain(req.Issue).Title
	case len(req.IDs) > 1:
		title = several(run.Section, len(req.IDs))
	case run.Total != nil:
		title = several(run.Section, *run.Total)
	case req.All:
		title = "All " + what
	default:
		title = "Filtered " + what
	}
	var parts []string
	for _, p := range partNames {
		if slices.Contains(req.Flows, p.flow) {
			parts = append(parts, p.name)
		}
	}
	if len(parts) > 0 && len(req.Refs) == 0 {
		title = strings.Join(parts, ", ") + " of " + title
	}
	if run.Kind == runs.Preview {
		return "Preview: " + title
	}
	return capital(title)
}

// capital begins a text with a capital letter, whatever its script.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// endedWords are what is said of a run that did nothing: one that failed or was canceled had something to do.
func endedWords(run store.Run, nothing string) string {
	switch {
	case run.Status == store.RunFailed:
		return "could not work"
	case run.Status == store.RunCanceled:
		return "canceled before anything was done"
	case !run.Finished():
		return "at work"
	}
	return nothing
}

// sentenceOf says what came of a run so far; parts that are nothing are left out.
func sentenceOf(run store.Run) string {
	switch run.Status {
	case store.RunQueued:
		return "Waits for a worker."
	case store.RunWaiting:
		return "Waits for you at a brake; nothing was sent."
	}
	var parts []string
	add := func(n int, words string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words))
		}
	}
	done := "sent"
	switch run.Kind {
	case runs.Initialize:
		done = "listed"
	case runs.Preview:
		done = "looked at"
	case runs.Setup:
		return setupSentence(run)
	case runs.Tick, runs.Daily:
		parts = tickParts(run)
	case runs.Reconcile, runs.Pairing, runs.MappingRefresh:
		done = "read"
	case runs.Import:
		done = "looked at"
	case runs.Undo:
		return undoSentence(run)
	}
	add(run.Done, done)
	add(run.Unchanged, "unchanged")
	add(run.Skipped, "left out")
	add(run.Held, "held")
	if run.Kind == runs.Import {
		parts = append(parts, importParts(run)...)
	}
	add(run.Failed, "not sent")
	if len(parts) == 0 {
		parts = append(parts, endedWords(run, "nothing to do"))
	}
	add(run.CallsUsed, map[bool]string{true: "call", false: "calls"}[run.CallsUsed == 1])
	return capital(strings.Join(parts, " · "))
}

// undoSentence says how many records were taken back, and how many were left as they stand.
func undoSentence(run store.Run) string {
	var parts []string
	add := func(n int, words string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words))
		}
	}
	add(run.Done, "taken back")
	add(run.Held, "left as they stand")
	add(run.Failed, "tried again by itself")
	if len(parts) == 0 {
		parts = append(parts, capital(endedWords(run, "nothing to take back")))
	}
	add(run.CallsUsed, map[bool]string{true: "call", false: "calls"}[run.CallsUsed == 1])
	return strings.Join(parts, " · ")
}

func setupSentence(run store.Run) string {
	var result wire.SetupResult
	if json.Unmarshal(run.Result, &result) != nil || len(result.Steps) == 0 {
		return capital(endedWords(run, "ended"))
	}
	made, there, yours := 0, 0, 0
	for _, s := range result.Steps {
		switch s.Status {
		case "done":
			made++
		case "existed":
			there++
		default:
			yours++
		}
	}
	text := fmt.Sprintf("%d made · %d were there", made, there)
	if yours > 0 {
		text += fmt.Sprintf(" · %d for you", yours)
	}
	return text
}

// importParts says what a look for payments could not bring.
func importParts(run store.Run) []string {
	var result struct {
		Waiting int `json:"waiting"`
		Left    int `json:"left_count"`
	}
	if json.Unmarshal(run.Result, &result) != nil {
		return nil
	}
	var parts []string
	if result.Waiting > 0 {
		parts = append(parts, fmt.Sprintf("%d for you", result.Waiting))
	}
	if result.Left > 0 {
		parts = append(parts, fmt.Sprintf("%d left for the next import", result.Left))
	}
	return parts
}

// tickParts says what a look for changes found and queued.
func tickParts(run store.Run) []string {
	var result struct{ Found, Queued map[string]int }
	if json.Unmarshal(run.Result, &result) != nil {
		return nil
	}
	var parts []string
	for _, section := range wire.Sections {
		if n := result.Found[section]; n > 0 {
			parts = append(parts, several(section, n)+" changed")
		}
	}
	if len(parts) == 0 && run.Status == store.RunDone {
		return []string{"no changes"}
	}
	return parts
}
