package mapping

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Another choice concerns none of the documents that stand: they keep the tax, account or item with
// which they were sent, until their rows change or a person has them sent again.

// keepFormer keeps what a row stood for before it is given another choice.
func (s *Service) keepFormer(tx *gorm.DB, kind string, row wire.MappingRow) error {
	now := ""
	if row.ZohoID != nil {
		now = *row.ZohoID
	}
	if err := tx.Exec("DELETE FROM qlobooks_mapping_former WHERE kind = ? AND source_id = ? AND zoho_id = ?", kind, row.SourceID, now).Error; err != nil {
		return err
	}
	return tx.Exec("INSERT INTO qlobooks_mapping_former (kind, source_id, zoho_id, name, facts, until) "+
		"SELECT m.kind, m.source_id, m.zoho_id, COALESCE(c.name, m.zoho_id), c.facts, ? FROM qlobooks_mappings m LEFT JOIN qlobooks_mapping_choices c ON c.kind = m.kind AND c.zoho_id = m.zoho_id "+
		"WHERE m.kind = ? AND m.source_id = ? AND m.zoho_id <> ? ON DUPLICATE KEY UPDATE until = VALUES(until)", s.Now().UTC(), kind, row.SourceID, now).Error
}

type formerRow struct {
	Kind, SourceID, ZohoID, Name string
	Source                       *string
	Facts                        *string
	Until                        time.Time
}

// loadFormer adds the last choice that each row had before, and the taxes that these are.
func (s *Service) loadFormer(ctx context.Context, m *rules.Mappings) error {
	var rows []formerRow
	if err := s.DB.WithContext(ctx).Raw("SELECT kind, source_id, zoho_id, name, facts, until FROM qlobooks_mapping_former ORDER BY until").Scan(&rows).Error; err != nil {
		return fmt.Errorf("read former choices: %w", err)
	}
	for _, r := range rows {
		kind, f := rules.Kind(r.Kind), choiceRow{Facts: r.Facts}.facts()
		if m.Former[kind] == nil {
			m.Former[kind] = map[string]rules.Choice{}
		}
		m.Former[kind][r.SourceID] = rules.Choice{ZohoID: r.ZohoID, ZohoName: r.Name, Detail: f.Detail, Tag: f.Tag, Whole: f.Whole}
		if _, known := m.Taxes[r.ZohoID]; f.Tax != nil && !known {
			m.Taxes[r.ZohoID] = *f.Tax
		}
	}
	return nil
}

// mostFormer is how many former choices a page tells of, the latest first.
const mostFormer = 20

// former are the choices that documents still stand under, although no row has them any more.
func (s *Service) former(ctx context.Context, kind string) ([]wire.MappingFormer, error) {
	list := []wire.MappingFormer{}
	var rows []formerRow
	if err := s.DB.WithContext(ctx).Raw("SELECT f.source_id, s.name source, f.zoho_id, f.name, f.until FROM qlobooks_mapping_former f LEFT JOIN qlobooks_mapping_sources s ON s.kind = f.kind AND s.source_id = f.source_id "+
		"WHERE f.kind = ? AND NOT EXISTS (SELECT 1 FROM qlobooks_mappings m WHERE m.kind = f.kind AND m.zoho_id = f.zoho_id) ORDER BY f.until DESC, f.source_id LIMIT ?", kind, mostFormer).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read former choices: %w", err)
	}
	counts, err := s.standing(ctx, kind, rows)
	if err != nil {
		return nil, err
	}
	for n, r := range rows {
		c := counts[n]
		if c.Documents == 0 {
			continue
		}
		name := r.SourceID
		if r.Source != nil {
			name = *r.Source
		}
		list = append(list, wire.MappingFormer{SourceID: r.SourceID, SourceName: name, ZohoID: r.ZohoID, ZohoName: r.Name, Until: wire.At(r.Until), Documents: c.Documents, MayBeSent: min(c.May, mostAgain)})
	}
	return list, nil
}

type formerCount struct{ N, Documents, May int }

// standing counts for each former choice the documents that were last sent with it, and those that may be
// sent again. The bodies are looked through once, however many choices there are.
func (s *Service) standing(ctx context.Context, kind string, rows []formerRow) (map[int]formerCount, error) {
	fields := named[rules.Kind(kind)]
	if len(rows) == 0 || len(fields) == 0 {
		return nil, nil
	}
	var choices []string
	var args []any
	for n, r := range rows {
		choices = append(choices, "SELECT ? n, ? one, ? other")
		args = append(args, n, holds(fields[0], r.ZohoID), holds(fields[len(fields)-1], r.ZohoID))
	}
	var counts []formerCount
	err := s.DB.WithContext(ctx).Raw("SELECT f.n, COUNT(*) documents, COALESCE(SUM("+mayAgain+"), 0) may FROM qlobooks_documents d STRAIGHT_JOIN ("+strings.Join(choices, " UNION ALL ")+") f "+
		"ON d.sent LIKE f.one OR d.sent LIKE f.other WHERE d.flow IN ? AND d.zoho_id <> '' GROUP BY f.n", append(args, flowsOf(kind))...).Scan(&counts).Error
	if err != nil {
		return nil, fmt.Errorf("count what stands under former choices: %w", err)
	}
	by := map[int]formerCount{}
	for _, c := range counts {
		by[c.N] = c
	}
	return by, nil
}

// holds is the pattern of a body that has a choice in a field.
func holds(field, zohoID string) string {
	return `%"` + field + `":"` + store.ToTheLetter(zohoID) + `"%`
}

// flowsOf are the documents that can stand under a choice of a kind.
func flowsOf(kind string) []string {
	if rules.Kind(kind).Typed() {
		return []string{"payment"}
	}
	return []string{"sales_order", "invoice", "credit_note", "refund", "cancellation"}
}

// mayAgain tells that Zoho Books lets a document be changed: invoices that nothing settles, and sales orders
// that are not invoiced. Payments and credit notes are never changed.
const (
	sameOrder = "SELECT 1 FROM qlobooks_record_documents t JOIN qlobooks_record_documents o ON o.section = t.section AND o.record_id = t.record_id " +
		"JOIN qlobooks_documents x ON x.id = o.document_id WHERE t.document_id = d.id AND t.section = 'orders' AND x.zoho_id <> ''"
	mayAgain = "d.status = 'synced' AND (d.flow = 'invoice' AND NOT EXISTS (" + sameOrder + " AND x.flow IN ('payment', 'credit_note', 'refund', 'cancellation')) OR d.flow = 'sales_order' AND NOT EXISTS (" + sameOrder + " AND x.flow = 'invoice'))"
)

// named are the fields of a document that hold a choice, by kind.
var named = map[rules.Kind][]string{
	rules.Taxes: {"tax_id", "tax_exemption_id"}, rules.Items: {"item_id"}, rules.Accounts: {"account_id"}, rules.DepositAccounts: {"account_id"}, rules.PaymentModes: {"payment_mode"},
}

// mostAgain is how many documents are sent again by one wish; what is left stays on the page.
const mostAgain = 2000

// mayBeSent are the documents that were last sent with a choice and that Zoho Books lets be changed.
func (s *Service) mayBeSent(ctx context.Context, kind, zohoID string) (list []store.Ref, err error) {
	var like []string
	args := []any{flowsOf(kind)}
	for _, field := range named[rules.Kind(kind)] {
		like, args = append(like, "d.sent LIKE ?"), append(args, holds(field, zohoID))
	}
	if len(like) == 0 {
		return nil, nil
	}
	var rows []struct{ Flow, SourceID string }
	err = s.DB.WithContext(ctx).Raw("SELECT d.flow, d.source_id FROM qlobooks_documents d WHERE d.flow IN ? AND d.zoho_id <> '' AND ("+strings.Join(like, " OR ")+") AND "+mayAgain+" ORDER BY d.id LIMIT ?", append(args, mostAgain)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what stands under a former choice: %w", err)
	}
	for _, r := range rows {
		list = append(list, store.Ref{Flow: r.Flow, ID: r.SourceID})
	}
	return list, nil
}

// SendAgain has the documents that stand under a former choice sent with what is chosen now, as far as
// Zoho Books lets them be changed.
func (s *Service) SendAgain(ctx context.Context, kind, sourceID, zohoID, by string) (wire.Run, error) {
	list, err := s.former(ctx, kind)
	if err != nil {
		return wire.Run{}, err
	}
	at := slices.IndexFunc(list, func(f wire.MappingFormer) bool { return f.SourceID == sourceID && f.ZohoID == zohoID })
	if at < 0 {
		return wire.Run{}, fault.New(fault.NotFound, "not_found", "No document stands under that former choice.")
	}
	may, err := s.mayBeSent(ctx, kind, zohoID)
	if err != nil {
		return wire.Run{}, err
	}
	if len(may) == 0 {
		return wire.Run{}, fault.New(fault.Conflict, "nothing_to_send", "Zoho Books lets none of these documents be changed: they are settled, invoiced, or never changed once posted.").
			Do("Leave them as they stand, or correct them by hand.")
	}
	return s.Again(ctx, may, fmt.Sprintf("what stands under «%s», which was chosen for «%s»", list[at].ZohoName, list[at].SourceName), by)
}
