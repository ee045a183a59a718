package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
)

var errRunsActive = fault.New(fault.Conflict, "runs_active", "Runs are under way or waiting.").Do("Wait until they have ended, or cancel them.")

// Forget deletes what QloBooks knows: the mappings people chose, the links to Zoho Books, or all
// that it keeps of either side. Nothing is deleted anywhere else, keys stay the same, and the
// audit trail stays. Conflict/runs_active or ErrBusy while anything is under way.
//
// Links are kept for the organization they belong to, and return when it is chosen again after another one;
// who forgets all forgets these as well.
func (s *Store) Forget(ctx context.Context, mappings, links, lists bool, e Event) (map[string]int, error) {
	forgotten := map[string]int{}
	organization, err := s.Belongs(ctx)
	if err != nil {
		return forgotten, err
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		clear(forgotten)
		if err := nothingActive(tx); err != nil {
			return err
		}
		if links && !lists {
			if err := keepLinks(tx, organization); err != nil {
				return err
			}
		}
		run := func(kind, statement string, args ...any) error {
			res := tx.Exec(statement, args...)
			if res.Error != nil {
				return fmt.Errorf("forget %s: %w", cmp.Or(kind, "counts"), res.Error)
			}
			if kind != "" { // what is only derived is no news to anybody
				forgotten[kind] += int(res.RowsAffected)
			}
			return nil
		}
		for _, step := range forgetting(mappings, links, lists, organization, s.Now()) {
			if err := run(step.kind, step.statement, step.args...); err != nil {
				return err
			}
		}
		if links && !lists {
			if err := s.refreshAll(tx); err != nil {
				return err
			}
		}
		if lists { // of what was entered anew under another id nothing here tells any more
			if err := tx.Exec(reachUnknown, s.Now()).Error; err != nil {
				return fmt.Errorf("note that nothing tells how far the tables reached: %w", err)
			}
		}
		e.At = s.Now()
		return addEvent(tx, e)
	})
	return forgotten, err
}

// Forgettable counts by kind what Forget would forget now.
func (s *Store) Forgettable(ctx context.Context, mappings, links, lists bool) (map[string]int, error) {
	counts := map[string]int{}
	for _, step := range forgetting(mappings, links, lists, "", s.Now()) {
		if step.kind == "" {
			continue
		}
		var n int
		if err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM " + step.from).Scan(&n).Error; err != nil {
			return nil, fmt.Errorf("count %s: %w", step.kind, err)
		}
		counts[step.kind] += n
	}
	return counts, nil
}

// refreshAll shows every record as its documents are now.
func (s *Store) refreshAll(tx *gorm.DB) error {
	last := uint64(0)
	for {
		var ids []uint64
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE id > ? ORDER BY id LIMIT 1000", last).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return err
		}
		if err := s.refreshRecords(tx, ids, s.Now()); err != nil {
			return err
		}
		last = ids[len(ids)-1]
	}
}

// readThere is what is known of an organization besides mappings and links: what was read there, how far, and under which
// names ours stand there.
var readThere = []forgettingStep{
	{kind: "names", from: namesTable}, {kind: "contacts", from: "qlobooks_zoho_contacts"}, {kind: "zoho_documents", from: "qlobooks_zoho_documents"},
	{kind: "reconciled_days", from: "qlobooks_reconciled_days"}, {kind: "imported_payments", from: "qlobooks_imported_payments"},
	{kind: "imported_shares", from: "qlobooks_imported_shares"}, {kind: "imported_strange", from: "qlobooks_imported_strange"},
	{kind: "marks", from: "qlobooks_marks WHERE name = 'payment_import'"},
}

const namesTable = "qlobooks_names"

// ledgerTables and ledgerMarks are what is reckoned from documents that stand; which row a line bills is kept.
var ledgerTables = []string{"qlobooks_ledger_orders", "qlobooks_ledger_entries", "qlobooks_ledger_days", "qlobooks_ledger_journals"}

const ledgerMarks = "('ledger_synced', 'ledger_updated', 'ledger_balance')"

// sharesKept is what stays of what is kept with a link: what the shares of a payment were posted as, which its rows do not tell.
const sharesKept = "IF(flow = 'payment' AND JSON_CONTAINS_PATH(COALESCE(extra, '{}'), 'one', '$.shares'), JSON_OBJECT('shares', JSON_EXTRACT(extra, '$.shares')), NULL)"

type forgettingStep struct {
	kind, statement string
	args            []any
	from            string // the table with its condition
}

func forgetting(mappings, links, lists bool, organization string, now time.Time) []forgettingStep {
	var steps []forgettingStep
	drop := func(kind, from string) {
		steps = append(steps, forgettingStep{kind, "DELETE FROM " + from, nil, from})
	}
	if mappings {
		drop("mappings", "qlobooks_mappings")
		drop("mapping_former", "qlobooks_mapping_former")
	}
	if links {
		// What stood there goes on being billed there; journals wait until it is linked again.
		steps = append(steps, forgettingStep{statement: "UPDATE qlobooks_documents SET lost_in = ? WHERE zoho_id <> '' AND status <> 'disabled' AND flow IN " + billing, args: []any{orNull(organization)}})
		const linked = "zoho_id <> '' OR intent IS NOT NULL"
		steps = append(steps, forgettingStep{"links", "UPDATE qlobooks_documents SET version = version + 1, status = IF(issue_code = 'skipped_by_person', status, 'not_synced'), due_at = NULL, attempts = 0, draft = 0, zoho_id = '', zoho_number = '', zoho_name = '', paired = 0, " +
			"fingerprint = '', former = '', steps = NULL, step_due = 0, late_until = IF(intent IS NULL, late_until, intent_at + INTERVAL ? SECOND), found = 0, made_at = NULL, intent = NULL, extra = " + sharesKept + ", sent = NULL, wakes = NULL, approved = 0, applied = NULL, issue_detail = IF(issue_code = 'skipped_by_person', issue_detail, NULL), issue_action = IF(issue_code = 'skipped_by_person', issue_action, NULL), " +
			"notices = NULL, last_synced_at = NULL, issue_code = IF(issue_code = 'skipped_by_person', issue_code, ''), updated_at = ? WHERE " + linked, []any{int(Arrival / time.Second), now}, "qlobooks_documents WHERE " + linked})
		steps = append(steps, forgettingStep{statement: "UPDATE qlobooks_documents SET posted_at = NULL, posted_total = NULL WHERE posted_at IS NOT NULL"},
			forgettingStep{statement: "DELETE FROM qlobooks_counts WHERE list = 'posted'"}, forgettingStep{statement: "DELETE FROM qlobooks_count_changes WHERE list = 'posted'"})
		for _, known := range readThere {
			if known.from == namesTable && !lists { // a suffix once given stays: nobody's own name is given to another one
				known.from += " WHERE owner = '" + Foreign + "'"
			}
			drop(known.kind, known.from)
		}
		for _, table := range ledgerTables { // which is reckoned anew from what stands then
			steps = append(steps, forgettingStep{statement: "DELETE FROM " + table})
		}
		steps = append(steps, forgettingStep{statement: "DELETE FROM qlobooks_marks WHERE name IN " + ledgerMarks})
		// Journals build on all that stand before them, so all are looked for, also of days of which nothing is to be moved.
		steps = append(steps, forgettingStep{statement: "UPDATE qlobooks_documents SET version = version + 1, status = 'not_synced', due_at = NULL, attempts = 0, issue_code = '', issue_detail = NULL, issue_action = NULL, updated_at = ? WHERE flow = '" + revenueFlow + "' AND status <> 'not_synced'", args: []any{now}})
	}
	if lists {
		drop("documents", "qlobooks_documents")
		drop("records", "qlobooks_records")
		for _, table := range []string{"record_documents", "undo", "doubts", "unlisted", "waits", "search", "sections", "source_documents", "mapping_sources", "mapping_choices", "mapping_refreshes", "former_links", "former_organizations", "periods", "period_documents", "period_drifts"} {
			drop(table, "qlobooks_"+table)
		}
		steps = append(steps, forgettingStep{statement: "DELETE FROM qlobooks_counts"}, forgettingStep{statement: "DELETE FROM qlobooks_count_changes"})
	}
	return steps
}

// NothingActive is nil while nothing is under way that was begun with what stands now.
func (s *Store) NothingActive(ctx context.Context) error {
	return nothingActive(s.db.WithContext(ctx))
}

// nothingActive refuses while a run goes on or a document is being worked on.
func nothingActive(tx *gorm.DB) error {
	var runs, busy int
	if err := tx.Raw("SELECT COUNT(*) FROM qlobooks_runs WHERE status IN ('queued', 'waiting', 'running')").Scan(&runs).Error; err != nil {
		return err
	}
	if runs > 0 {
		return errRunsActive
	}
	if err := tx.Raw("SELECT COUNT(*) FROM (SELECT 1 FROM qlobooks_documents WHERE lease_owner IS NOT NULL LIMIT 1) x").Scan(&busy).Error; err != nil {
		return err
	}
	if busy > 0 {
		return ErrBusy
	}
	return nil
}
