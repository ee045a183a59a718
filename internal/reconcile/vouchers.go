package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// use is an invoice, mostly of another order, in which a credit note pays as a voucher, and how much of it; nil
// where that was not kept.
type use struct {
	invoice store.Ref
	amount  *money.Decimal
}

// vouchersUsed finds the invoices of a flow that vouchers pay, by a key of their own.
const vouchersUsed = "SELECT source_id, steps, COALESCE(extra, '') extra FROM qlobooks_documents WHERE pays_credit = 1 AND flow = ? AND steps IS NOT NULL"

// usersOf are the uses of credit notes as vouchers, by the note's id. They are read once for many credit notes.
func (s *Service) usersOf(ctx context.Context) (map[string][]use, error) {
	var rows []struct{ SourceID, Steps, Extra string }
	err := s.db(ctx).Raw(vouchersUsed, flow.Invoice).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what vouchers pay: %w", err)
	}
	uses := map[string][]use{}
	for _, row := range rows {
		var invoice store.Document
		_ = json.Unmarshal([]byte(row.Steps), &invoice.Steps)
		for note, amount := range store.VouchersUsed(invoice.Taken(), destination.KeptOf(engine.Link{Extra: json.RawMessage(row.Extra)}).Credits) {
			uses[note] = append(uses[note], use{store.Ref{Flow: flow.Invoice, ID: row.SourceID}, amount})
		}
	}
	return uses, nil
}

// users are the invoices that use the credit notes among items as vouchers, by the note's id.
func (s *Service) users(ctx context.Context, items []item) (map[string][]store.Document, error) {
	if !slices.ContainsFunc(items, func(x item) bool { return x.ref.Flow == flow.CreditNote }) {
		return nil, nil
	}
	uses, err := s.usersOf(ctx)
	if err != nil {
		return nil, err
	}
	var refs []store.Ref
	for _, x := range items {
		for _, u := range uses[x.doc.ZohoID] {
			refs = append(refs, u.invoice)
		}
	}
	docs, err := s.Store.Documents(ctx, refs)
	users := map[string][]store.Document{}
	for note, list := range uses {
		for _, u := range list {
			if d, known := docs[u.invoice]; known {
				users[note] = append(users[note], d)
			}
		}
	}
	return users, err
}

// usedAsVouchers takes off what is unused of credit notes what other orders' invoices use of them as vouchers.
func (s *Service) usedAsVouchers(ctx context.Context, read []source) error {
	if !slices.ContainsFunc(read, func(x source) bool { return x.Flow == flow.CreditNote && x.Open != nil }) {
		return nil
	}
	uses, err := s.usersOf(ctx)
	if err != nil {
		return err
	}
	used, unknown := map[string]money.Decimal{}, map[string]bool{}
	for note, list := range uses {
		for _, u := range list {
			if u.amount == nil {
				unknown[note] = true
			} else {
				used[note] = used[note].Add(*u.amount)
			}
		}
	}
	var refs []store.Ref
	for _, x := range read {
		if x.Flow == flow.CreditNote && x.Open != nil {
			refs = append(refs, store.Ref{Flow: x.Flow, ID: x.SourceID})
		}
	}
	docs, err := s.Store.Documents(ctx, refs)
	for i, x := range read {
		id := docs[store.Ref{Flow: x.Flow, ID: x.SourceID}].ZohoID
		if x.Flow != flow.CreditNote || x.Open == nil || id == "" {
			continue
		}
		rest := x.Open.Sub(used[id])
		if read[i].Open = &rest; unknown[id] {
			read[i].Open = nil
		}
	}
	return err
}
