package store

import (
	"context"
	"fmt"
)

// RunMember is one record of a run: how its first attempt ended, and how it stands now.
type RunMember struct {
	Section, RecordID, Name             string
	Outcome                             string // the worst of its documents; "" until all have ended
	Status, Phase                       string
	IssueCode, IssueDetail, IssueAction string // of a document of the run that stands still
}

// rank orders outcomes, the worst first; one that is still to come outranks all.
const rank = "MIN(CASE m.outcome WHEN '' THEN 0 WHEN 'failed' THEN 1 WHEN 'held' THEN 2 WHEN 'done' THEN 3 WHEN 'unchanged' THEN 4 WHEN 'empty' THEN 6 WHEN 'empty_again' THEN 7 ELSE 5 END)"

// ranked are the outcomes as they are shown, in the order of rank.
var ranked = []string{"", "failed", "held", "done", "unchanged", "skipped", string(CountEmpty.Shown()), string(CountEmptyAgain.Shown())}

// RunMembers lists records of a run behind one of them, in the order of section and id. outcome "" is all.
func (s *Store) RunMembers(ctx context.Context, run uint64, outcome string, after RunMember, limit int) ([]RunMember, error) {
	having, args := "", []any{run, after.Section, after.Section, after.RecordID}
	if outcome != "" {
		var ranks []int
		for at, name := range ranked {
			if name == outcome {
				ranks = append(ranks, at)
			}
		}
		if len(ranks) > 0 {
			having, args = " HAVING worst IN ?", append(args, ranks)
		}
	}
	var rows []struct {
		RunMember
		Worst int
	}
	err := s.db.WithContext(ctx).Raw("SELECT m.section, m.record_id, "+rank+" worst FROM qlobooks_run_documents m "+
		"WHERE m.run_id = ? AND (m.section > ? OR m.section = ? AND m.record_id > ?) GROUP BY m.section, m.record_id"+having+" ORDER BY m.section, m.record_id LIMIT ?", append(args, limit)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read records of a run: %w", err)
	}
	list := make([]RunMember, len(rows))
	for i, r := range rows {
		list[i] = r.RunMember
		list[i].Outcome = ranked[r.Worst]
	}
	return list, s.describe(ctx, run, list)
}

// describe adds the names of records and why they stand still.
func (s *Store) describe(ctx context.Context, run uint64, list []RunMember) error {
	if len(list) == 0 {
		return nil
	}
	at := map[[2]string]int{}
	var keys [][]any
	for i, m := range list {
		at[[2]string{m.Section, m.RecordID}] = i
		keys = append(keys, []any{m.Section, m.RecordID})
	}
	var records []struct{ Section, SourceID, Name, Status, Phase string }
	if err := s.db.WithContext(ctx).Raw("SELECT section, source_id, name, status, COALESCE(phase, '') phase FROM qlobooks_records WHERE (section, source_id) IN ?", keys).Scan(&records).Error; err != nil {
		return fmt.Errorf("name records of a run: %w", err)
	}
	for _, r := range records {
		m := &list[at[[2]string{r.Section, r.SourceID}]]
		m.Name, m.Status, m.Phase = r.Name, r.Status, r.Phase
	}
	var causes []RunMember
	err := s.db.WithContext(ctx).Raw("SELECT m.section, m.record_id, d.issue_code, COALESCE(d.issue_detail, '') issue_detail, COALESCE(d.issue_action, '') issue_action FROM qlobooks_run_documents m JOIN qlobooks_documents d ON d.id = m.document_id "+
		"WHERE m.run_id = ? AND (m.section, m.record_id) IN ? AND d.issue_code <> '' AND d.status IN "+standing+" ORDER BY d.id DESC", run, keys).Scan(&causes).Error
	var left []RunMember // of what a run was to take back, and why it was not
	if err == nil {
		err = s.db.WithContext(ctx).Raw("SELECT m.section, m.record_id, u.code issue_code, COALESCE(u.detail, '') issue_detail, COALESCE(u.action, '') issue_action FROM qlobooks_run_documents m JOIN qlobooks_undo u ON u.run_id = m.run_id AND u.document_id = m.document_id "+
			"WHERE m.run_id = ? AND (m.section, m.record_id) IN ? AND u.state = 'refused' ORDER BY u.place DESC, u.document_id DESC", run, keys).Scan(&left).Error
	}
	for _, c := range append(causes, left...) { // the first document of each record wins
		m := &list[at[[2]string{c.Section, c.RecordID}]]
		m.IssueCode, m.IssueDetail, m.IssueAction = c.IssueCode, c.IssueDetail, c.IssueAction
	}
	return err
}
