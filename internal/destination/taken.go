package destination

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// What Zoho Books answers to a step is held against what was asked, as far as it tells: money that went back
// otherwise, or settles another amount, is not as wanted because the call went well.

// taken is the fault of a step that was taken otherwise than it was asked for; nil when it was not. It was taken
// all the same, so it is never repeated.
func taken(body, answer json.RawMessage) error {
	var words []string
	if words = append(words, refundDiffers(body, answer)...); len(words) == 0 {
		words = creditDiffers(body, answer)
	}
	if len(words) == 0 {
		return nil
	}
	return &engine.NotAsAsked{Extra: extra(map[string]any{"doubt": true}), Err: fault.New(fault.Rejected, "answer_differs", "Zoho Books did something else than was asked: %s.", strings.Join(words, "; ")).
		Do("Correct it in Zoho Books, then use Retry; it is read again before anything of it is moved.")}
}

// refundDiffers compares the amount, day and account of money given back.
func refundDiffers(body, answer json.RawMessage) (words []string) {
	var want, have map[string]json.RawMessage
	var envelope map[string]json.RawMessage
	if json.Unmarshal(body, &want) != nil || want["from_account_id"] == nil || json.Unmarshal(answer, &envelope) != nil {
		return nil
	}
	for name, raw := range envelope {
		if !strings.Contains(name, "refund") {
			continue
		}
		var list []map[string]json.RawMessage
		if json.Unmarshal(raw, &list) == nil { // some editions answer with all of them
			for _, row := range list {
				if text(row["reference_number"]) == text(want["reference_number"]) {
					have = row
				}
			}
		} else {
			_ = json.Unmarshal(raw, &have)
		}
	}
	if to, is, told := amountIn(want, "amount"), amountIn(have, "amount"), text(have["amount"]) != ""; told && !is.Equal(to) {
		words = append(words, fmt.Sprintf("%s were given back there instead of %s", is, to))
	}
	for name, label := range map[string]string{"date": "the day of the refund", "from_account_id": "the account of the refund"} {
		if to, is := text(want[name]), text(have[name]); is != "" && is != to {
			words = append(words, fmt.Sprintf("%s is «%s» there instead of «%s»", label, is, to))
		}
	}
	return words
}

// settling are the lists of amounts that settle something, by the field that names what.
var settlings = []struct{ list, id string }{{"invoices", "invoice_id"}, {"invoice_payments", "payment_id"}, {"apply_creditnotes", "creditnote_id"}}

// creditDiffers compares what was asked to settle something with what the answer says settles it.
func creditDiffers(body, answer json.RawMessage) (words []string) {
	var want, envelope map[string]json.RawMessage
	if json.Unmarshal(body, &want) != nil || json.Unmarshal(answer, &envelope) != nil {
		return nil
	}
	for _, of := range settlings {
		asked := amountsIn(want[of.list], of.id)
		if len(asked) == 0 {
			continue
		}
		have := amountsIn(envelope[of.list], of.id)
		for _, raw := range envelope { // or within an envelope of its own
			var inner map[string]json.RawMessage
			if len(have) == 0 && json.Unmarshal(raw, &inner) == nil {
				have = amountsIn(inner[of.list], of.id)
			}
		}
		for id, to := range asked {
			if is, told := have[id]; told && !is.Equal(to) {
				words = append(words, fmt.Sprintf("%s were applied there instead of %s", is, to))
			}
		}
	}
	return words
}

func amountIn(row map[string]json.RawMessage, name string) money.Decimal {
	var a zoho.Amount
	_ = a.UnmarshalJSON(row[name])
	return a.Decimal
}

// amountsIn are the sums that a list tells by id; a row that tells no amount tells nothing.
func amountsIn(raw json.RawMessage, id string) map[string]money.Decimal {
	var rows []map[string]json.RawMessage
	if json.Unmarshal(raw, &rows) != nil {
		return nil
	}
	sums := map[string]money.Decimal{}
	for _, row := range rows {
		if text(row["amount_applied"]) == "" {
			continue
		}
		sums[text(row[id])] = sums[text(row[id])].Add(amountIn(row, "amount_applied"))
	}
	return sums
}

// allocationsDiffer compares the invoices that a payment was to settle with those that the answer says it settles.
// An answer without that list, or without an amount, tells nothing.
func allocationsDiffer(sent json.RawMessage, rec zoho.Record) (words []string) {
	var want struct {
		Invoices []zoho.Allocation `json:"invoices"`
	}
	var told struct {
		Invoices *[]json.RawMessage `json:"invoices"`
	}
	if json.Unmarshal(sent, &want) != nil || json.Unmarshal(rec.Raw, &told) != nil || told.Invoices == nil {
		return nil
	}
	have, numbers := map[string]money.Decimal{}, numbersOf(rec)
	for _, a := range rec.Settles {
		if !a.AmountApplied.IsPositive() {
			return nil
		}
		have[a.InvoiceID] = have[a.InvoiceID].Add(a.AmountApplied.Decimal)
	}
	asked := map[string]money.Decimal{}
	for _, a := range want.Invoices {
		asked[a.InvoiceID] = asked[a.InvoiceID].Add(a.AmountApplied.Decimal)
	}
	for _, a := range zoho.Merge(nil, append(want.Invoices, rec.Settles...)) {
		if id := a.InvoiceID; !have[id].Equal(asked[id]) {
			words = append(words, fmt.Sprintf("%s of it settle invoice %s there instead of %s", have[id], word(numbers[id], id), asked[id]))
		}
	}
	return words
}
