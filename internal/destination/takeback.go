package destination

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TakeBackStep begins a step that takes a credit note off the invoice whose id follows.
const TakeBackStep = "takeback:"

// reallocate writes a payment's allocations as they are to be; the rest of it stays as it was sent, or, where that is not
// known or people may have changed it without moving an amount, as it stands.
func reallocate(ctx context.Context, client *zoho.Client, payment zoho.Record, sent json.RawMessage, stays []zoho.Allocation) error {
	var body, now map[string]json.RawMessage
	if err := json.Unmarshal(payment.Raw, &now); err != nil {
		return err
	}
	stands := byHand
	if json.Unmarshal(sent, &body) != nil || len(body) == 0 {
		body, stands = map[string]json.RawMessage{}, []string{"customer_id", "payment_mode", "amount", "date", "reference_number", "description", "exchange_rate", "account_id"}
	}
	for _, name := range stands {
		if value, there := now[name]; there && text(value) != "" {
			body[name] = value
		}
	}
	stays = slices.DeleteFunc(stays, func(a zoho.Allocation) bool { return !a.AmountApplied.IsPositive() })
	var err error
	if body["invoices"], err = json.Marshal(append([]zoho.Allocation{}, stays...)); err != nil {
		return err
	}
	req, err := zoho.CustomerPayments.Update(payment.ID, body)
	if err != nil {
		return err
	}
	resp, err := client.Do(ctx, req)
	if err != nil {
		return err
	}
	rec, err := zoho.CustomerPayments.Read(resp.Body, client.KeyFieldOf(zoho.CustomerPayments))
	if err != nil || !rec.TellsSettled() { // the answer tells nothing
		if rec, err = client.Get(ctx, zoho.CustomerPayments, payment.ID); err != nil {
			return err
		}
		if _, err = readMoney(zoho.CustomerPayments, rec); err != nil {
			return err
		}
	}
	if words := allocationsDiffer(req.Body, rec); len(words) > 0 { // nothing else is moved then
		return fault.New(fault.Held, "answer_differs", "Zoho Books did something else than was asked: %s.", strings.Join(words, "; ")).
			Do("Correct the payment in Zoho Books, then use Retry.")
	}
	return nil
}

// takeBackNote takes a credit note off an invoice. It reads first what is applied, so that repeating it
// changes nothing.
func takeBackNote(ctx context.Context, client *zoho.Client, note, invoice string) error {
	rec, err := client.Get(ctx, zoho.CreditNotes, note)
	if err != nil {
		return err
	}
	if err := uncredit(ctx, client, rec, invoice); err != nil {
		return err
	}
	if rec, err = client.GetMoney(ctx, zoho.CreditNotes, note); err != nil {
		return err
	}
	read, err := readMoney(zoho.CreditNotes, rec)
	if err != nil {
		return err
	}
	return learned(read, nil)
}

// uncredit takes every row of a credit note off an invoice.
func uncredit(ctx context.Context, client *zoho.Client, rec zoho.Record, invoice string) error {
	path := zoho.CreditNotes.Path + "/" + rec.ID + "/invoices"
	rows, named := creditedRows(rec.Raw, "invoices", invoice)
	if named && len(rows) == 0 || !listed(rec.Raw, "invoices") { // the record itself does not tell the ids
		resp, err := client.Do(ctx, zoho.Request{Method: "GET", Path: path})
		if err != nil {
			return err
		}
		if rows, named = creditedRows(resp.Body, "invoices_credited", invoice); named && len(rows) == 0 || !listed(resp.Body, "invoices_credited") {
			return untold(zoho.CreditNotes, rec, "which invoices it settles")
		}
	}
	for _, id := range rows {
		if _, err := client.Do(ctx, zoho.Request{Method: "DELETE", Path: path + "/" + id}); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// listed reports that an answer holds a list, be it empty.
func listed(raw json.RawMessage, list string) bool {
	var body map[string]json.RawMessage
	var rows []json.RawMessage
	return json.Unmarshal(raw, &body) == nil && json.Unmarshal(body[list], &rows) == nil && rows != nil
}

// creditedRows are the ids of the rows that settle an invoice; named tells that there is one, with or
// without an id.
func creditedRows(raw json.RawMessage, list, invoice string) (ids []string, named bool) {
	var body map[string]json.RawMessage
	var rows []struct {
		ID      zoho.Text `json:"creditnote_invoice_id"`
		Invoice zoho.Text `json:"invoice_id"`
	}
	if json.Unmarshal(raw, &body) != nil || json.Unmarshal(body[list], &rows) != nil {
		return nil, false
	}
	for _, r := range rows {
		if string(r.Invoice) != invoice {
			continue
		}
		if named = true; r.ID != "" {
			ids = append(ids, string(r.ID))
		}
	}
	return ids, named
}
