package zoho

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/qlobooks/qlobooks/internal/money"
)

// TellsSettled reports that a record says what of it settles invoices: by the list of these with their amounts, or as all
// of it is unused. That a list is missing does not say that it is empty.
func (r Record) TellsSettled() bool {
	return r.ListsSettled || r.HasTotal && r.HasBalance && r.Balance.Equal(r.Total.Decimal)
}

// GetMoney reads a payment or credit note for whoever decides by what of it settles what. What its own answer leaves out
// is read from the lists that Zoho's documentation has beside it; what these do not tell either stays untold.
func (c *Client) GetMoney(ctx context.Context, r Resource, id string) (Record, error) {
	rec, err := c.Get(ctx, r, id)
	if err == nil && r.Path == CreditNotes.Path && !rec.TellsSettled() {
		err = c.readCredited(ctx, &rec)
	}
	if err == nil && !rec.HasBalance && rec.HasTotal && rec.ListsSettled {
		err = c.readBack(ctx, r, &rec)
	}
	return rec, err
}

// readCredited reads what a credit note settles.
func (c *Client) readCredited(ctx context.Context, note *Record) error {
	resp, err := c.Do(ctx, Request{Method: http.MethodGet, Path: CreditNotes.Path + "/" + note.ID + "/invoices"})
	if err != nil {
		return untold(err)
	}
	var answer struct {
		List json.RawMessage `json:"invoices_credited"`
	}
	_ = json.Unmarshal(resp.Body, &answer)
	if list, told := settled(answer.List); told {
		note.Settles, note.ListsSettled = list, true
	}
	return nil
}

// readBack reckons what is unused from what settles invoices and what went back.
func (c *Client) readBack(ctx context.Context, r Resource, rec *Record) error {
	list := "creditnote_refunds"
	if r.Path == CustomerPayments.Path {
		list = "payment_refunds"
	}
	back := money.Zero
	rows, err := c.Beside(ctx, r.Path+"/"+rec.ID+"/refunds", list)
	if err != nil {
		return untold(err)
	}
	for _, raw := range rows {
		var row struct {
			Amount  *Amount `json:"amount"`
			Foreign *Amount `json:"amount_fcy"` // as lists call it, in the document's currency
		}
		_ = json.Unmarshal(raw, &row)
		part := row.Amount.Or(row.Foreign)
		if part == nil {
			return nil
		}
		back = back.Add(part.Decimal)
	}
	rec.left(back)
	return nil
}

// Beside reads a list that stands beside a document, to its end. An answer without it, or with nothing in its place, is
// Unlisted and proves nothing.
func (c *Client) Beside(ctx context.Context, path, list string) (all []json.RawMessage, err error) {
	for rows, err := range c.Pages(ctx, path, list, nil, 1) {
		if err == nil && rows == nil {
			err = Unread(http.MethodGet, fmt.Errorf("list %q: %w", list, errNoList))
		}
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// untold is nil where a list is not there for us: then it tells nothing.
func untold(err error) error {
	if NotThere(err) {
		return nil
	}
	return err
}

// settled reads a list of invoices with what of each is settled; told is false where there is no list, or a row of it
// without an amount.
func settled(raw json.RawMessage) (list []Allocation, told bool) {
	var rows []struct {
		ID       Text    `json:"invoice_id"`
		Amount   *Amount `json:"amount_applied"`
		Credited *Amount `json:"credited_amount"` // so, or by the next name, of a credit note
		Part     *Amount `json:"amount"`
	}
	if json.Unmarshal(raw, &rows) != nil || rows == nil {
		return nil, false
	}
	told = true
	for _, s := range rows {
		part := s.Amount.Or(s.Credited, s.Part)
		told = told && part != nil
		list = append(list, Allocation{InvoiceID: string(s.ID), AmountApplied: money.N(cmp.Or(part, &Amount{}).Decimal)})
	}
	return list, told
}
