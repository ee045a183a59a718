package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// readTaxes reads the tax of our documents that were changed in Zoho Books after our last write to
// anything of their order: lists show totals only, and a total may stay while its tax moves. Each
// change is read once; one of which it is not understood when it was, too.
func (s *Service) readTaxes(ctx context.Context, books *zoho.Client, r zoho.Resource, days wire.DayRange) error {
	if r.Path == zoho.CustomerPayments.Path {
		return nil
	}
	var rows []struct {
		ZohoID, Modified, TaxAt string
		WrittenAt               *time.Time
	}
	err := s.db(ctx).Raw("SELECT z.zoho_id, z.modified, z.tax_at, (SELECT MAX(o.last_synced_at) FROM qlobooks_record_documents t JOIN qlobooks_record_documents u ON u.section = t.section AND u.record_id = t.record_id "+
		"JOIN qlobooks_documents o ON o.id = u.document_id WHERE t.document_id = d.id) written_at "+
		"FROM qlobooks_zoho_documents z JOIN qlobooks_documents d ON d.flow IN ? AND d.zoho_id = z.zoho_id "+
		"WHERE z.module = ? AND z.gone = 0 AND z.status <> 'void' AND z.tax_at <> z.modified AND z.day BETWEEN ? AND ? AND d.tax IS NOT NULL", s.flowsOf(r), r.List, days.From, days.To).Scan(&rows).Error
	if err != nil {
		return wrap(err)
	}
	for _, row := range rows {
		changed, err := time.Parse(zohoTime, row.Modified)
		if err == nil && row.TaxAt != again && row.WrittenAt != nil && !changed.Add(-books.Ahead()).After(row.WrittenAt.Truncate(time.Second)) {
			continue
		}
		rec, err := books.Get(ctx, r, row.ZohoID)
		if fault.Is(err, fault.NotFound) {
			continue // the list lags
		}
		if err != nil {
			return err
		}
		if err := s.db(ctx).Exec("UPDATE qlobooks_zoho_documents SET tax = ?, taxes = ?, tax_at = ? WHERE module = ? AND zoho_id = ?", rec.Tax.Decimal, ratesText(ratesIn(rec)), row.Modified, r.List, row.ZohoID).Error; err != nil {
			return wrap(err)
		}
	}
	return nil
}

// again says of a tax that it is to be read once more, whatever was changed when.
const again = "again"

// doubtTaxes has the tax read once more of what was sent again since it was read: Zoho Books tells a change by the second
// only, and two may lie in one.
func (s *Service) doubtTaxes(ctx context.Context, r zoho.Resource, days wire.DayRange) error {
	return wrap(s.db(ctx).Exec("UPDATE qlobooks_zoho_documents z JOIN qlobooks_documents d ON d.flow IN ? AND d.zoho_id = z.zoho_id SET z.tax_at = ? WHERE z.module = ? AND z.day BETWEEN ? AND ? AND z.tax_at <> '' AND d.updated_at > z.seen_at",
		s.flowsOf(r), again, r.List, days.From, days.To).Error)
}

// rate is the tax of one rate.
type rate struct {
	Name   string        `json:"name,omitempty"`
	Amount money.Decimal `json:"amount"`
}

// ratesIn are the taxes of a record by their ids; nil where its answer does not tell them apart.
func ratesIn(rec zoho.Record) map[string]rate {
	var told struct {
		Taxes []struct {
			ID   zoho.Text `json:"tax_id"`
			Name zoho.Text `json:"tax_name"`
		} `json:"taxes"`
	}
	_ = json.Unmarshal(rec.Raw, &told)
	rates := map[string]rate{}
	for id, amount := range rec.Taxes {
		rates[id] = rate{Amount: amount}
		for _, t := range told.Taxes {
			if string(t.ID) == id {
				rates[id] = rate{string(t.Name), amount}
			}
		}
	}
	if rec.Taxes == nil {
		return nil
	}
	return rates
}

func ratesText(rates map[string]rate) any {
	if rates == nil {
		return nil
	}
	raw, _ := json.Marshal(rates)
	return string(raw)
}

func ratesOf(text *string) (rates map[string]rate) {
	if text != nil {
		_ = json.Unmarshal([]byte(*text), &rates)
	}
	return rates
}

// ratesApart says at which rate b has another tax than a; "" where each is equal, or where they do not
// tell the same rates.
func ratesApart(a, b map[string]rate, limit money.Decimal, currency string) string {
	common := slices.ContainsFunc(slices.Collect(maps.Keys(b)), func(id string) bool { _, known := a[id]; return known })
	if a == nil || b == nil || !common {
		return ""
	}
	for _, id := range slices.Sorted(maps.Keys(b)) {
		if _, known := a[id]; !known && b[id].Amount.Abs().GreaterThan(limit) {
			return fmt.Sprintf("tax of %s for %s, where none is", money.Words(b[id].Amount, currency), orText(b[id].Name, id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(a)) {
		if off := a[id].Amount.Sub(b[id].Amount).Abs(); off.GreaterThan(limit) {
			return fmt.Sprintf("tax of %s instead of %s for %s", money.Words(b[id].Amount, currency), money.Words(a[id].Amount, currency), orText(b[id].Name, a[id].Name, "tax "+id))
		}
	}
	return ""
}
