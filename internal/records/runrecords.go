package records

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// between turns the days of a filter into moments of the hotel's zone.
func (r Runs) between(ctx context.Context, q wire.RunQuery, filter *store.RunQuery) error {
	if q.From == "" && q.To == "" {
		return nil
	}
	zone := time.UTC
	if r.Zone != nil {
		if found, err := r.Zone(ctx); err == nil {
			zone = found
		}
	}
	if from, err := time.ParseInLocation(time.DateOnly, q.From, zone); err == nil {
		filter.From = &from
	}
	if to, err := time.ParseInLocation(time.DateOnly, q.To, zone); err == nil {
		to = to.AddDate(0, 0, 1)
		filter.To = &to
	}
	return nil
}

// RunRecords lists a run's own records.
func (r Runs) RunRecords(ctx context.Context, id, outcome string, limit int, after *wire.Position) (wire.RunRecordPage, error) {
	page := wire.RunRecordPage{Items: []wire.RunRecord{}, Counts: map[string]int{}}
	whole, err := r.Get(ctx, id)
	if err != nil {
		return page, err
	}
	page.Counts = map[string]int{"done": whole.Done, "unchanged": whole.Unchanged, "skipped": whole.Skipped, "held": whole.Held, "failed": whole.Failed}
	run, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return page, fault.New(fault.NotFound, "not_found", "There is no run %q.", id)
	}
	var from store.RunMember
	if after != nil {
		from.Section, from.RecordID, _ = strings.Cut(after.ID, " ")
	}
	list, err := r.RunMembers(ctx, run, outcome, from, limit+1)
	if err != nil {
		return page, err
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[len(list)-1]
		page.Next = &wire.Position{ID: last.Section + " " + last.RecordID}
	}
	for _, m := range list {
		name := m.Name
		if name == "" {
			name = m.RecordID
		}
		page.Items = append(page.Items, wire.RunRecord{Section: m.Section, SourceID: m.RecordID, Name: name, Outcome: m.Outcome, Status: m.Status, Phase: m.Phase,
			Issue: issue(store.Issue{Code: m.IssueCode, Detail: m.IssueDetail, Action: m.IssueAction})})
	}
	return page, nil
}
