package destination

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// What Zoho Books answers to a step is held against what was asked, as far as it tells: money that went back
// otherwise, or settles another amount, is not as wanted because the call went well.

// taken is the fault of a step that was taken otherwise than it was asked for; nil when it was not. currency is that of the
// document, "" where it is not known here.
//
// An answer that tells of no refund, or not over how much, is no answer to one: whether the money went back is read,
// after as long as the call may take to arrive.
func taken(body, answer json.RawMessage, currency string) error {
	words, told := refundAnswered(body, answer, currency)
	if !told {
		return zoho.Unread(http.MethodPost, errNoRefund)
	}
	if len(words) == 0 {
		words = creditDiffers(body, answer, currency)
	}
	return otherwise(words)
}

var errNoRefund = errors.New("the answer tells of no refund")

// otherwise is the fault of what stands otherwise than it was asked for; nil without words. It was taken all the
// same, so it is not repeated while it stands.
func otherwise(words []string) error {
	if len(words) == 0 {
		return nil
	}
	return &engine.NotAsAsked{Extra: extra(map[string]any{"doubt": true}), Err: fault.New(fault.Rejected, "answer_differs", "Zoho Books did something else than was asked: %s.", strings.Join(words, "; ")).
		Do("Correct it in Zoho Books, or delete it there to have it done again; then use Retry. Or use Skip here to leave it as it stands.")}
}

// refundAnswered compares money given back with what is answered to that; told is false where that is nothing.
func refundAnswered(body, answer json.RawMessage, currency string) (words []string, told bool) {
	var want zoho.Refund
	var envelope map[string]json.RawMessage
	if json.Unmarshal(body, &want) != nil || want.Account == "" || want.Reference == "" {
		return nil, true // no refund was asked for
	}
	_ = json.Unmarshal(answer, &envelope)
	for name, raw := range envelope {
		if !strings.Contains(name, "refund") {
			continue
		}
		var row refunded
		var list []refunded
		if json.Unmarshal(raw, &list) == nil { // some editions answer with all of them
			mine := ours(list, want.Reference)
			return refundDiffers(want, mine, true, currency), tellAmounts(want, mine)
		}
		if json.Unmarshal(raw, &row) == nil && row != (refunded{}) {
			mine := []refunded{row}
			return refundDiffers(want, mine, true, currency), tellAmounts(want, mine)
		}
	}
	return nil, false
}

// refunded is one refund of a payment or credit note. What a list does not show of it, it may show alone.
type refunded struct {
	OfPayment zoho.Text `json:"payment_refund_id"`
	OfNote    zoho.Text `json:"creditnote_refund_id"`
	Reference zoho.Text `json:"reference_number"`
	Date      zoho.Day  `json:"date"`
	Account   zoho.Text `json:"from_account_id"`
	Amount    zoho.Text `json:"amount"`
	Foreign   zoho.Text `json:"amount_fcy"` // as lists call it, in the document's currency
	Base      zoho.Text `json:"amount_bcy"`
	Rate      zoho.Text `json:"exchange_rate"`
}

// over is what went back, in the currency of the document; told says that it is known.
func (r refunded) over(base bool) (amount money.Decimal, told bool) {
	names := []zoho.Text{r.Amount, r.Foreign}
	if base {
		names = append(names, r.Base)
	}
	for _, shown := range names {
		if part, err := zoho.Figure(string(shown)); err == nil && (!told || amount.IsZero()) {
			amount, told = part, true
		}
	}
	return amount, told
}

// tellAmounts reports that there are refunds, and that each tells over how much it is.
func tellAmounts(want zoho.Refund, rows []refunded) bool {
	return len(rows) > 0 && !slices.ContainsFunc(rows, func(r refunded) bool { _, told := r.over(inBase(want)); return !told })
}

// inBase tells that a refund is in Zoho's own currency, in which no rate is sent.
func inBase(want zoho.Refund) bool { return want.ExchangeRate == nil }

// ours are the refunds that bear our reference.
func ours(rows []refunded, reference string) (mine []refunded) {
	for _, r := range rows {
		if strings.TrimSpace(string(r.Reference)) == reference {
			mine = append(mine, r)
		}
	}
	return mine
}

// refundDiffers says in words how refunds stand otherwise than the one that was asked for: by the sum, and, whole,
// by the day, the account and the rate.
func refundDiffers(want zoho.Refund, rows []refunded, whole bool, currency string) (words []string) {
	sum := money.Zero
	for _, r := range rows {
		part, _ := r.over(inBase(want))
		sum = sum.Add(part)
	}
	if tellAmounts(want, rows) && !sum.Equal(want.Amount.Decimal) {
		words = append(words, fmt.Sprintf("%s were given back there instead of %s", money.Words(sum, currency), money.Words(want.Amount.Decimal, currency)))
	}
	differ := func(label, is, to string) {
		if said := fmt.Sprintf("%s is «%s» there instead of «%s»", label, is, to); is != "" && is != to && !slices.Contains(words, said) {
			words = append(words, said)
		}
	}
	for _, r := range rows {
		if whole {
			differ("the day of the refund", string(r.Date), want.Date)
			differ("the account of the refund", string(r.Account), want.Account)
			if to := want.ExchangeRate; to != nil && !alike("exchange_rate", to.String(), string(r.Rate)) {
				differ("the exchange rate of the refund", string(r.Rate), to.String())
			}
		}
	}
	return words
}

// elsewhereApplied reports an answer that lists what was applied, and what was asked is not among it. Zoho's own files
// show answers without such a list, which prove nothing.
func elsewhereApplied(body, answer json.RawMessage) bool {
	var want map[string]json.RawMessage
	_ = json.Unmarshal(body, &want)
	for _, of := range settlings {
		list := listIn(answer, of.list)
		have := amountsIn(list, of.id)
		for id := range amountsIn(want[of.list], of.id) {
			if _, told := have[id]; list != nil && !told {
				return true
			}
		}
	}
	return false
}

// listIn is a list of an answer, on its own or within an envelope; nil where there is none.
func listIn(answer json.RawMessage, name string) json.RawMessage {
	var envelope, inner map[string]json.RawMessage
	var rows []json.RawMessage
	_ = json.Unmarshal(answer, &envelope)
	if list := envelope[name]; json.Unmarshal(list, &rows) == nil && len(rows) > 0 {
		return list
	}
	for _, raw := range envelope {
		if json.Unmarshal(raw, &inner) == nil && json.Unmarshal(inner[name], &rows) == nil && len(rows) > 0 {
			return inner[name]
		}
	}
	return nil
}

// settling are the lists of amounts that settle something, by the field that names what.
var settlings = []struct{ list, id string }{{"invoices", "invoice_id"}, {"invoice_payments", "payment_id"}, {"apply_creditnotes", "creditnote_id"}}

// creditDiffers compares what was asked to settle something with what the answer says settles it.
func creditDiffers(body, answer json.RawMessage, currency string) (words []string) {
	var want map[string]json.RawMessage
	if json.Unmarshal(body, &want) != nil {
		return nil
	}
	for _, of := range settlings {
		asked := amountsIn(want[of.list], of.id)
		if len(asked) == 0 {
			continue
		}
		have := amountsIn(listIn(answer, of.list), of.id)
		for id, to := range asked {
			if is, told := have[id]; told && !is.Equal(to) {
				words = append(words, fmt.Sprintf("%s were applied there instead of %s", money.Words(is, currency), money.Words(to, currency)))
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

// settledBy is a payment that was to settle something, read once more where the answer does not tell what it settles: not
// even a list of no invoices. Whoever asked for nothing learns it before anything is moved.
func settledBy(ctx context.Context, client *zoho.Client, sent json.RawMessage, rec zoho.Record) (zoho.Record, error) {
	if rec.TellsSettled() || len(allocationsIn(sent)) == 0 {
		return rec, nil
	}
	return client.Get(ctx, zoho.CustomerPayments, rec.ID)
}

// allocationsIn are the invoices that a payment was to settle.
func allocationsIn(sent json.RawMessage) []zoho.Allocation {
	var want struct {
		Invoices []zoho.Allocation `json:"invoices"`
	}
	_ = json.Unmarshal(sent, &want)
	return want.Invoices
}

// allocationsDiffer compares the invoices that a payment was to settle with those that the answer says it settles.
// An answer that does not tell proves no difference.
func allocationsDiffer(sent json.RawMessage, rec zoho.Record) (words []string) {
	if !rec.TellsSettled() {
		return nil
	}
	wanted := allocationsIn(sent)
	have, numbers := map[string]money.Decimal{}, numbersOf(rec)
	for _, a := range rec.Settles {
		have[a.InvoiceID] = have[a.InvoiceID].Add(a.AmountApplied.Decimal)
	}
	asked := map[string]money.Decimal{}
	for _, a := range wanted {
		asked[a.InvoiceID] = asked[a.InvoiceID].Add(a.AmountApplied.Decimal)
	}
	for _, a := range zoho.Merge(nil, append(wanted, rec.Settles...)) {
		if id := a.InvoiceID; !have[id].Equal(asked[id]) {
			words = append(words, fmt.Sprintf("%s of it settle invoice %s there instead of %s", money.Words(have[id], rec.Currency), word(numbers[id], id), money.Words(asked[id], rec.Currency)))
		}
	}
	return words
}

// settledOtherwise has a person asked about a payment that settles something else than was asked when it was made,
// as credits that Zoho Books applies by itself do: with what was asked and what stands, which is read again whenever
// it is tried again.
func settledOtherwise(answer engine.Answer, sent json.RawMessage, rec zoho.Record) engine.Answer {
	if len(allocationsDiffer(sent, rec)) == 0 {
		return answer
	}
	asked := Money{Settles: map[string]money.Decimal{}}
	for _, a := range zoho.Merge(nil, allocationsIn(sent)) {
		asked.Settles[a.InvoiceID] = a.AmountApplied.Decimal
	}
	read := MoneyOf(rec)
	unused := rec.Total.Sub(read.back())
	for _, amount := range read.Settles {
		unused = unused.Sub(amount)
	}
	var stands *engine.Stands
	errors.As(Looking{Known: asked, Want: asked}.asks(rec, *read, unused, byItself), &stands)
	kept := map[string]json.RawMessage{}
	for _, raw := range []json.RawMessage{answer.Extra, stands.Extra, extra(map[string]any{"doubt": true, "seen": true})} {
		_ = json.Unmarshal(raw, &kept)
	}
	answer.Extra, _ = json.Marshal(kept)
	answer.Asks = stands.Err
	return answer
}
