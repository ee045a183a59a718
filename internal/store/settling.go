package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/money"
)

const (
	// ApplyStep begins the name of a step by which money settles an invoice: its id at the destination and the
	// sum reached follow.
	ApplyStep = "apply:"
	// CreditStep begins the name of a step by which a credit note pays an invoice as a voucher: its id follows.
	CreditStep = "credit:"
	// GiveBackStep begins the name of a step by which money of a payment goes back: the payment's id at the
	// destination and the amount follow.
	GiveBackStep = "giveback:"
)

// AppliedBy reads from steps that were taken what they settle of which invoice, by its id at the destination.
func AppliedBy(done []string) map[string]money.Decimal {
	settles := map[string]money.Decimal{}
	for _, name := range done {
		rest, is := strings.CutPrefix(name, ApplyStep)
		last := strings.LastIndex(rest, ":")
		if !is || last < 0 {
			continue
		}
		sum, _, _ := strings.Cut(rest[last+1:], "#")
		if reached, err := money.Parse(sum); err == nil && reached.GreaterThan(settles[rest[:last]]) {
			settles[rest[:last]] = reached
		}
	}
	return settles
}

// VouchersUsed reads from an invoice's steps that were taken how much of which credit note, by its id at the
// destination, pays it; nil where the destination never told.
func VouchersUsed(done []string, told map[string]money.Decimal) map[string]*money.Decimal {
	used := map[string]*money.Decimal{}
	for _, name := range done {
		plain, _, _ := strings.Cut(name, "#")
		note, is := strings.CutPrefix(plain, CreditStep)
		if !is {
			continue
		}
		used[note] = nil
		if amount, known := told[note]; known {
			used[note] = &amount
		}
	}
	return used
}

// Taken are the names of the steps that were taken.
func (d Document) Taken() (names []string) {
	for _, s := range d.Steps {
		if s.Done {
			names = append(names, s.Name)
		}
	}
	return names
}

// PaidWith gives the invoices that credit notes pay as vouchers, whatever order they are of; ids are those of the notes at
// the destination.
func (s *Store) PaidWith(ctx context.Context, notes []string) ([]Document, error) {
	if len(notes) == 0 {
		return nil, nil
	}
	which, args := make([]string, len(notes)), []any{}
	for i, note := range notes {
		step := `"` + CreditStep + note
		which[i], args = "LOCATE(?, d.steps) > 0 OR LOCATE(?, d.steps) > 0", append(args, step+`"`, step+`#`)
	}
	var rows []documentRow
	err := s.db.WithContext(ctx).Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE d.pays_credit = 1 AND d.flow = 'invoice' AND d.zoho_id <> '' AND ("+strings.Join(which, " OR ")+")", args...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what credit notes pay: %w", err)
	}
	return documentsIn(rows), nil
}

// GivenBackOf gives the documents of money that went back out of payments, whatever order they are of; ids are those of the
// payments at the destination.
func (s *Store) GivenBackOf(ctx context.Context, payments []string) ([]Document, error) {
	if len(payments) == 0 {
		return nil, nil
	}
	var rows []documentRow
	err := s.db.WithContext(ctx).Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE d.flow IN ('payment', 'credit_note', 'refund') AND d.zoho_id IN ? AND LOCATE(?, d.steps) > 0", payments, `"`+GiveBackStep).Scan(&rows).Error
	return documentsIn(rows), err
}

func documentsIn(rows []documentRow) []Document {
	found := make([]Document, len(rows))
	for i, r := range rows {
		found[i] = r.document()
	}
	return found
}
