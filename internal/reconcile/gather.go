package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

const (
	sourceColumns = "SELECT flow, source_id, order_id, day, hotel_id, hotel, currency, tax, payment_mode, amount, state, due, bills, imported, unsettled, taxes, read_at FROM qlobooks_source_documents WHERE "
	copyColumns   = "SELECT module, zoho_id, doc_key, number, status, contact_id, reference, payment_mode, account_id, day, currency, total, balance, IF(tax_at = modified, tax, NULL) tax, IF(tax_at = modified, taxes, NULL) taxes, doubted, gone, seen_at FROM qlobooks_zoho_documents WHERE "
)

// gather reads what was kept of a range: by the day of any side, then the other sides of each; more are documents that
// lie elsewhere and are wanted as well.
func (s *Service) gather(ctx context.Context, days wire.DayRange, more []store.Ref) (*kept, error) {
	k := &kept{sources: map[store.Ref]sourceRow{}, docs: map[store.Ref]store.Document{}, copies: map[string]copyRow{}, linked: map[string]bool{}, read: map[string]time.Time{}}
	var read []struct {
		Day    string
		ReadAt time.Time
	}
	if err := s.db(ctx).Raw("SELECT DATE_FORMAT(day, '%Y-%m-%d') day, read_at FROM qlobooks_reconciled_days WHERE day BETWEEN ? AND ?", days.From, days.To).Scan(&read).Error; err != nil {
		return nil, fmt.Errorf("read reconciled days: %w", err)
	}
	for _, d := range read {
		k.read[d.Day] = d.ReadAt
	}
	if err := s.addSources(ctx, k, "day BETWEEN ? AND ?", days.From, days.To); err != nil {
		return nil, err
	}
	if err := s.addCopies(ctx, k, "module <> ? AND day BETWEEN ? AND ?", zoho.SalesOrders.List, days.From, days.To); err != nil {
		return nil, err
	}
	var missing [][]any
	for _, ref := range more {
		if _, known := k.sources[ref]; !known {
			missing = append(missing, []any{ref.Flow, ref.ID})
		}
	}
	for part := range slices.Chunk(missing, 500) {
		if err := s.addSources(ctx, k, "(flow, source_id) IN ?", part); err != nil {
			return nil, err
		}
	}
	refs, err := s.postedOn(ctx, days)
	if err != nil {
		return nil, err
	}
	refs = append(refs, more...)
	for ref := range k.sources {
		refs = append(refs, ref)
	}
	for _, c := range k.copies {
		if c.DocKey != "" {
			refs = append(refs, store.ParseKey(c.DocKey))
		}
	}
	if k.docs, err = s.Store.Compared(ctx, unique(refs)); err != nil {
		return nil, err
	}
	return k, s.complete(ctx, k)
}

// complete adds the sources and copies of documents found by another side's day.
func (s *Service) complete(ctx context.Context, k *kept) error {
	ids := map[string][]string{}
	var pairs [][]any
	for ref, d := range k.docs {
		if _, ok := k.sources[ref]; !ok {
			pairs = append(pairs, []any{ref.Flow, ref.ID})
		}
		if at := moduleOf(ref.Flow) + d.ZohoID; d.ZohoID != "" {
			k.linked[at] = true
			if _, ok := k.copies[at]; !ok {
				ids[moduleOf(ref.Flow)] = append(ids[moduleOf(ref.Flow)], d.ZohoID)
			}
		}
	}
	for part := range slices.Chunk(pairs, 500) {
		if err := s.addSources(ctx, k, "(flow, source_id) IN ?", part); err != nil {
			return err
		}
	}
	var unread []store.Ref
	for ref, d := range k.docs {
		if _, ok := k.sources[ref]; !ok && d.ZohoID != "" {
			unread = append(unread, ref)
		}
	}
	k.shown = map[store.Ref]store.Record{}
	for part := range slices.Chunk(unread, 500) {
		shown, err := s.Store.ShownBy(ctx, part)
		if err != nil {
			return err
		}
		maps.Copy(k.shown, shown)
	}
	for module, list := range ids {
		for part := range slices.Chunk(list, 500) {
			if err := s.addCopies(ctx, k, "module = ? AND zoho_id IN ?", module, part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) addSources(ctx context.Context, k *kept, where string, args ...any) error {
	var rows []sourceRow
	if err := s.db(ctx).Raw(sourceColumns+where, args...).Scan(&rows).Error; err != nil {
		return fmt.Errorf("read what QloApps said: %w", err)
	}
	for _, r := range rows {
		k.sources[store.Ref{Flow: r.Flow, ID: r.SourceID}] = r
	}
	return nil
}

func (s *Service) addCopies(ctx context.Context, k *kept, where string, args ...any) error {
	var rows []copyRow
	if err := s.db(ctx).Raw(copyColumns+where, args...).Scan(&rows).Error; err != nil {
		return fmt.Errorf("read what Zoho Books showed: %w", err)
	}
	for _, r := range rows {
		k.copies[r.Module+r.ZohoID] = r
	}
	return nil
}

func unique(refs []store.Ref) []store.Ref {
	seen := map[store.Ref]bool{}
	return slices.DeleteFunc(refs, func(r store.Ref) bool {
		was := seen[r]
		seen[r] = true
		return was
	})
}

func contains(list []string, want string) bool { return slices.Contains(list, want) }

func sortItems(items []item) {
	slices.SortFunc(items, func(a, b item) int { return byRef(a.ref, b.ref) })
}

func byRef(a, b store.Ref) int {
	return cmp.Or(cmp.Compare(a.Flow, b.Flow), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
}

func title(ref store.Ref, d store.Document) string {
	if d.Title != "" {
		return d.Title
	}
	word := strings.ReplaceAll(ref.Flow, "_", " ")
	return strings.ToUpper(word[:1]) + word[1:] + " " + ref.ID
}
