package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/money"
)

// What was chosen and linked belongs to one organization of Zoho Books: its ids mean nothing in another one.
// Whoever chooses another organization begins with none of it, and finds it again when coming back.

// linkColumns are what of a document is kept for its organization.
const linkColumns = "flow, source_id, status, zoho_id, zoho_number, zoho_name, paired, fingerprint, former, steps, extra, sent, wakes, approved, day, currency, total, tax, applied, notices, last_synced_at, made_at"

// keepLinks keeps the links that stand for their organization, in the place of what was kept of these before; what was
// forgotten before and has not come to stand again since stays kept. What a call may still change is not certain enough: its
// key finds it again. Money that was given back has none: from which payments it went is kept in any case.
func keepLinks(tx *gorm.DB, organization string) error {
	if organization == "" {
		return nil
	}
	if err := tx.Exec("DELETE l FROM qlobooks_former_links l JOIN qlobooks_documents d ON d.flow = l.flow AND d.source_id = l.source_id WHERE l.organization_id = ? AND d.zoho_id <> ''", organization).Error; err != nil {
		return fmt.Errorf("forget former links: %w", err)
	}
	err := tx.Exec("INSERT INTO qlobooks_former_links (organization_id, "+linkColumns+") SELECT ?, "+strings.Replace(linkColumns, "status", "IF(status = 'pending' AND stood <> '', stood, status)", 1)+" FROM qlobooks_documents WHERE zoho_id <> '' AND (intent IS NULL AND step_due = 0 OR steps LIKE '%\""+GiveBackStep+"%') AND issue_code <> 'zoho_record_gone'", organization).Error
	if err != nil {
		return fmt.Errorf("keep links: %w", err)
	}
	return nil
}

// mapped is what of the mapping and the settings belongs to an organization.
type mapped struct {
	Rows    []mappedRow       `json:"rows"`
	Choices []mappedChoice    `json:"choices"`
	Read    []mappedRead      `json:"read"`
	Chosen  map[string]string `json:"chosen"` // settings that name something there
}

type mappedRow struct {
	Kind, SourceID, ZohoID, UpdatedBy string
	UpdatedAt                         time.Time
}

type mappedChoice struct {
	Kind, ZohoID, Name string
	Facts              *string
	Position           int
}

type mappedRead struct {
	Kind        string
	RefreshedAt time.Time
}

// Belongs is the organization to which mappings and links belong; "" = none was ever chosen.
func (s *Store) Belongs(ctx context.Context) (string, error) { return s.Mark(ctx, belongs) }

const belongs = "organization"

// MoveTo makes an organization the one to which everything belongs. What belonged to the one before is kept
// with it, and what belonged to this one formerly comes back without a call. chosen takes the settings that
// name something in Zoho Books and puts others in their place, within the same transaction.
func (s *Store) MoveTo(ctx context.Context, organization string, chosen func(tx *gorm.DB, next map[string]string) (before map[string]string, err error)) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		var from string
		if err := tx.Raw("SELECT value FROM qlobooks_marks WHERE name = ? FOR UPDATE", belongs).Scan(&from).Error; err != nil {
			return err
		}
		if from == organization {
			return nil
		}
		now := s.Now()
		if err := tx.Exec("INSERT INTO qlobooks_marks (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)", belongs, organization).Error; err != nil {
			return err
		}
		if from == "" { // the first one that was ever chosen has what stands
			return nil
		}
		next, err := formerMapping(tx, organization)
		if err != nil {
			return err
		}
		var was mapped
		if was.Chosen, err = chosen(tx, next.Chosen); err != nil {
			return err
		}
		if err := swapMapping(tx, from, was, next, now); err != nil {
			return fmt.Errorf("keep the mapping of organization %s: %w", from, err)
		}
		if err := tx.Exec("UPDATE qlobooks_documents SET undone = NULL WHERE undone IS NOT NULL").Error; err != nil { // of what stays void there
			return err
		}
		for _, known := range readThere { // before what was linked here formerly comes back with its names
			if err := tx.Exec("DELETE FROM " + known.from).Error; err != nil {
				return fmt.Errorf("forget %s of organization %s: %w", known.kind, from, err)
			}
		}
		for _, table := range ledgerTables {
			if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
				return err
			}
		}
		if err := tx.Exec("DELETE FROM qlobooks_marks WHERE name IN " + ledgerMarks).Error; err != nil {
			return err
		}
		back, err := s.linksBack(tx, organization, now)
		if err != nil {
			return fmt.Errorf("bring the links of organization %s back: %w", organization, err)
		}
		return addEvent(tx, Event{At: now, Actor: Itself, Action: "organization", Detail: fmt.Sprintf("Organization %s after %s: %d mapped rows and %d links came back.", organization, from, len(next.Rows), back)})
	})
}

func formerMapping(tx *gorm.DB, organization string) (mapped, error) {
	var kept []string
	var m mapped
	if err := tx.Raw("SELECT kept FROM qlobooks_former_organizations WHERE organization_id = ?", organization).Scan(&kept).Error; err != nil || len(kept) == 0 {
		return m, err
	}
	return m, json.Unmarshal([]byte(kept[0]), &m)
}

// mappingTables hold what belongs to one organization.
var mappingTables = []string{"qlobooks_mappings", "qlobooks_mapping_choices", "qlobooks_mapping_refreshes", "qlobooks_mapping_unread", "qlobooks_mapping_former"}

func swapMapping(tx *gorm.DB, from string, was, next mapped, now time.Time) error {
	if err := tx.Raw("SELECT kind, source_id, zoho_id, updated_by, updated_at FROM qlobooks_mappings").Scan(&was.Rows).Error; err != nil {
		return err
	}
	if err := tx.Raw("SELECT kind, zoho_id, name, facts, position FROM qlobooks_mapping_choices").Scan(&was.Choices).Error; err != nil {
		return err
	}
	if err := tx.Raw("SELECT kind, refreshed_at FROM qlobooks_mapping_refreshes").Scan(&was.Read).Error; err != nil {
		return err
	}
	body, err := json.Marshal(was)
	if err != nil {
		return err
	}
	if err := tx.Exec("REPLACE INTO qlobooks_former_organizations (organization_id, kept, left_at) VALUES (?, ?, ?)", from, string(body), now).Error; err != nil {
		return err
	}
	for _, table := range mappingTables {
		if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
			return err
		}
	}
	var rows, choices, read [][]any
	for _, r := range next.Rows {
		rows = append(rows, []any{r.Kind, r.SourceID, r.ZohoID, r.UpdatedBy, r.UpdatedAt})
	}
	for _, c := range next.Choices {
		choices = append(choices, []any{c.Kind, c.ZohoID, c.Name, c.Facts, c.Position})
	}
	for _, r := range next.Read {
		read = append(read, []any{r.Kind, r.RefreshedAt})
	}
	const some = 1000
	for len(choices) > some {
		if err := insert(tx, "INSERT INTO qlobooks_mapping_choices (kind, zoho_id, name, facts, position)", choices[:some], ""); err != nil {
			return err
		}
		choices = choices[some:]
	}
	if err := insert(tx, "INSERT INTO qlobooks_mappings (kind, source_id, zoho_id, updated_by, updated_at)", rows, ""); err != nil {
		return err
	}
	if err := insert(tx, "INSERT INTO qlobooks_mapping_choices (kind, zoho_id, name, facts, position)", choices, ""); err != nil {
		return err
	}
	return insert(tx, "INSERT INTO qlobooks_mapping_refreshes (kind, refreshed_at)", read, "")
}

// atRest are links l of which nothing was to be done. What was held, refused or half posted is looked at again, as its
// cause was not kept.
const atRest = "l.status IN ('synced', 'disabled', 'not_synced')"

// linksBack gives documents that stand for nothing the links that they had in an organization. Each counts
// as found, so that what is still to be done of it is looked for first.
func (s *Store) linksBack(tx *gorm.DB, organization string, now time.Time) (back int, err error) {
	const these = " FROM qlobooks_former_links l JOIN qlobooks_documents d ON d.flow = l.flow AND d.source_id = l.source_id WHERE l.organization_id = ? AND d.zoho_id = '' AND d.intent IS NULL AND d.lease_owner IS NULL"
	err = tx.Exec("INSERT IGNORE INTO qlobooks_documents (flow, source_id, lane, created_at, updated_at) SELECT flow, source_id, ?, ?, ? FROM qlobooks_former_links WHERE organization_id = ?", int(History), now, now, organization).Error
	if err != nil {
		return 0, err
	}
	var ids []uint64
	if err := tx.Raw("SELECT d.id"+these+" ORDER BY d.id", organization).Scan(&ids).Error; err != nil || len(ids) == 0 {
		return 0, err
	}
	for at := 0; at < len(ids); at += freeSlice {
		some := ids[at:min(at+freeSlice, len(ids))]
		err = tx.Exec("UPDATE qlobooks_documents d JOIN qlobooks_former_links l ON l.flow = d.flow AND l.source_id = d.source_id AND l.organization_id = ? SET d.version = d.version + 1, d.status = IF(d.issue_code = 'skipped_by_person', d.status, IF("+atRest+", l.status, 'pending')), "+
			"d.due_at = IF("+atRest+" OR d.issue_code = 'skipped_by_person', NULL, ?), d.attempts = 0, d.issue_detail = IF(d.issue_code = 'skipped_by_person', d.issue_detail, NULL), d.issue_action = IF(d.issue_code = 'skipped_by_person', d.issue_action, NULL), d.issue_code = IF(d.issue_code = 'skipped_by_person', d.issue_code, ''), "+
			"d.zoho_id = l.zoho_id, d.zoho_number = l.zoho_number, d.zoho_name = l.zoho_name, d.paired = l.paired, d.found = 1, d.made_at = l.made_at, d.fingerprint = l.fingerprint, d.former = l.former, d.steps = l.steps, d.pays_credit = COALESCE(l.steps LIKE '%\"credit:%', 0), d.draft = COALESCE(l.steps LIKE '%\""+DraftStep+"\"%' AND l.status <> 'disabled', 0), d.extra = l.extra, d.sent = l.sent, d.wakes = l.wakes, d.approved = l.approved, "+
			"d.day = l.day, d.currency = l.currency, d.total = l.total, d.tax = l.tax, d.applied = l.applied, d.notices = l.notices, d.last_synced_at = l.last_synced_at, d.updated_at = ? WHERE d.id IN ?", organization, now, now, some).Error
		if err != nil {
			return 0, err
		}
		if err := s.namesBack(tx, some); err != nil {
			return 0, err
		}
		woken, err := wake(tx, some, now)
		if err != nil {
			return 0, err
		}
		if err := s.ended(tx, some, CountUnchanged, now, woken...); err != nil {
			return 0, err
		}
	}
	return len(ids), tx.Exec("DELETE FROM qlobooks_former_links WHERE organization_id = ?", organization).Error
}

// forgetFormer forgets what documents stood for in the present organization before the links were reset, as somebody decided
// since that it is theirs no more.
func forgetFormer(tx *gorm.DB, id uint64) error {
	return tx.Exec("DELETE l FROM qlobooks_former_links l JOIN qlobooks_documents d ON d.flow = l.flow AND d.source_id = l.source_id WHERE d.id = ? AND l.organization_id = (SELECT value FROM qlobooks_marks WHERE name = '"+belongs+"')", id).Error
}

// FormerLink is what a document stood for in the present organization when the links were reset, as far as it is kept.
func (s *Store) FormerLink(ctx context.Context, ref Ref) (was Document, err error) {
	var rows []documentRow
	err = s.db.WithContext(ctx).Raw("SELECT zoho_id, zoho_number, zoho_name, paired, fingerprint, former, steps, extra, sent, day, currency, total, tax, applied FROM qlobooks_former_links WHERE organization_id = (SELECT value FROM qlobooks_marks WHERE name = '"+belongs+"') AND flow = ? AND source_id = ?", ref.Flow, ref.ID).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return was, err
	}
	return rows[0].document(), nil
}

// Gave reads by which steps documents without a link may have given money back out of payments: those that they had when the
// links were reset, and, of those that beside names too, one without its amount for each payment of their records that is
// not among known. Nothing else tells of such money but the payment that it came from, whose row may be gone.
func (s *Store) Gave(ctx context.Context, refs, beside []Ref, known map[Ref]Document) (map[Ref][]string, error) {
	gave := map[Ref][]string{}
	if len(refs) == 0 {
		return gave, nil
	}
	const here = "organization_id = (SELECT value FROM qlobooks_marks WHERE name = '" + belongs + "')"
	var rows []documentRow
	err := s.db.WithContext(ctx).Raw("SELECT flow, source_id, steps FROM qlobooks_former_links WHERE "+here+" AND (flow, source_id) IN ? AND steps LIKE '%\""+GiveBackStep+"%'", pairs(refs)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what gave money back: %w", err)
	}
	for _, r := range rows {
		d := r.document()
		for _, step := range d.Steps {
			if strings.HasPrefix(step.Name, GiveBackStep) {
				gave[d.Ref] = append(gave[d.Ref], step.Name)
			}
		}
	}
	if len(beside) == 0 {
		return gave, nil
	}
	var others []struct{ Flow, SourceID, Payment, ZohoID string }
	err = s.db.WithContext(ctx).Raw("SELECT DISTINCT d.flow, d.source_id, p.source_id payment, COALESCE(NULLIF(p.zoho_id, ''), l.zoho_id) zoho_id FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id "+
		"JOIN qlobooks_record_documents m ON m.section = t.section AND m.record_id = t.record_id JOIN qlobooks_documents p ON p.id = m.document_id AND p.flow = 'payment' "+
		"LEFT JOIN qlobooks_former_links l ON l."+here+" AND l.flow = p.flow AND l.source_id = p.source_id WHERE (d.flow, d.source_id) IN ? HAVING zoho_id IS NOT NULL ORDER BY d.id, p.id", pairs(beside)).Scan(&others).Error
	if err != nil {
		return nil, fmt.Errorf("read which payments stand beside: %w", err)
	}
	for _, o := range others {
		ref, name := Ref{o.Flow, o.SourceID}, GiveBackStep+o.ZohoID+":"
		_, is := known[Ref{"payment", o.Payment}]
		if !is && !slices.ContainsFunc(gave[ref], func(have string) bool { return strings.HasPrefix(have, name) }) {
			gave[ref] = append(gave[ref], name)
		}
	}
	return gave, nil
}

// Beside reads what else of the flows stands for the records of documents without a link, also what did when the links were
// reset. What gave its money back out of payments stands on these, and has GiveBackStep among its steps.
func (s *Store) Beside(ctx context.Context, refs []Ref, flows []string) (map[Ref][]Document, error) {
	beside := map[Ref][]Document{}
	if len(refs) == 0 || len(flows) == 0 {
		return beside, nil
	}
	var rows []struct {
		OfFlow, OfID, Flow, SourceID, ZohoID, ZohoNumber, Currency string
		Total                                                      *money.Decimal
		Steps                                                      *string
	}
	err := s.db.WithContext(ctx).Raw("SELECT DISTINCT d.flow of_flow, d.source_id of_id, p.flow, p.source_id, COALESCE(NULLIF(p.zoho_id, ''), l.zoho_id) zoho_id, COALESCE(NULLIF(p.zoho_number, ''), l.zoho_number) zoho_number, "+
		"COALESCE(p.total, l.total) total, COALESCE(NULLIF(p.currency, ''), l.currency) currency, COALESCE(NULLIF(p.steps, ''), l.steps) steps "+
		"FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id JOIN qlobooks_record_documents m ON m.section = t.section AND m.record_id = t.record_id JOIN qlobooks_documents p ON p.id = m.document_id AND p.id <> d.id AND p.flow IN ? "+
		"LEFT JOIN qlobooks_former_links l ON l.organization_id = (SELECT value FROM qlobooks_marks WHERE name = '"+belongs+"') AND l.flow = p.flow AND l.source_id = p.source_id AND p.zoho_id = '' "+
		"WHERE (d.flow, d.source_id) IN ? AND d.zoho_id = '' AND p.status <> 'disabled' HAVING zoho_id IS NOT NULL ORDER BY p.flow, p.source_id", flows, pairs(refs)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what stands beside: %w", err)
	}
	for _, r := range rows {
		ref, d := Ref{r.OfFlow, r.OfID}, documentRow{Flow: r.Flow, SourceID: r.SourceID, ZohoID: r.ZohoID, ZohoNumber: r.ZohoNumber, Currency: r.Currency, Total: r.Total, Steps: r.Steps}
		beside[ref] = append(beside[ref], d.document())
	}
	return beside, nil
}

// namesBack gives masters the names under which they stand.
func (s *Store) namesBack(tx *gorm.DB, ids []uint64) error {
	var masters []struct{ Flow, SourceID, ZohoName string }
	if err := tx.Raw("SELECT flow, source_id, zoho_name FROM qlobooks_documents WHERE id IN ? AND flow IN ('customer', 'hotel', 'room_type', 'service_product') AND zoho_name <> ''", ids).Scan(&masters).Error; err != nil {
		return err
	}
	var rows [][]any
	for _, m := range masters {
		space := "item"
		if m.Flow == "customer" {
			space = "contact"
		}
		rows = append(rows, []any{space, Fold(m.ZohoName), Ref{m.Flow, m.SourceID}.Key()})
	}
	return insert(tx, "INSERT IGNORE INTO qlobooks_names (module, folded, owner)", rows, "")
}
