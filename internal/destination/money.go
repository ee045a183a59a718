package destination

import (
	"encoding/json"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Money is what of a payment or credit note settles what, as Zoho Books last showed it or as it was
// moved from here since. What is in neither is unused.
type Money struct {
	Settles map[string]money.Decimal `json:"settles"`        // by the invoice's id
	Back    map[string]money.Decimal `json:"back,omitempty"` // by reference, Unnamed where the answer tells none
}

// PostedShare is a share of a payment as it was posted. QloApps keeps no converted amount, and the rates by which it made
// one move on: what stands is never reckoned from them anew.
type PostedShare struct {
	Currency string        `json:"currency"` // with the amount, of its row
	Amount   money.Decimal `json:"amount"`
	In       string        `json:"in"`    // its order's currency
	Worth    money.Decimal `json:"worth"` // in that, as QloApps counts it
	Total    money.Decimal `json:"total"` // and as it was posted
}

// Unnamed is the reference of money that went back for a reason that was not read.
const Unnamed = "?"

// Took is what one record of money given back took from a payment.
type Took struct {
	Back  money.Decimal            `json:"back"`
	Stays map[string]money.Decimal `json:"stays,omitempty"` // of the allocations that were lowered for it, by the invoice's id
}

// SettledOf is the name under which it is learned what a payment or credit note settles of one invoice.
func SettledOf(invoice string) string { return "money/settles/" + invoice }

// CreditOf is the name under which it is learned what of one credit note settles an invoice as a voucher.
func CreditOf(note string) string { return "credits/" + note }

// readMoney is MoneyOf for whatever is decided by what settles what.
func readMoney(r zoho.Resource, rec zoho.Record) (*Money, error) {
	if !rec.TellsSettled() {
		return nil, untold(r, rec, "which invoices it settles")
	}
	return MoneyOf(rec), nil
}

// untold asks a person about what Zoho Books does not tell of a document, though it answers: nothing that is decided by
// that is guessed. It is read again from time to time.
func untold(r zoho.Resource, rec zoho.Record, what string) error {
	kind := map[string]string{zoho.CustomerPayments.Path: "payment", zoho.CreditNotes.Path: "credit note", zoho.Invoices.Path: "invoice"}[r.Path]
	return fault.New(fault.Held, "money_untold", "Zoho Books answers about %s %s without telling %s, so nothing more of it is moved.", kind, word(rec.Number, rec.ID), what).
		Do("Look at it in Zoho Books. It is read again by itself, or at once with Retry; or use Skip to leave it as it stands.").After(time.Hour)
}

// MoneyOf reads a record.
func MoneyOf(rec zoho.Record) *Money {
	m := &Money{Settles: map[string]money.Decimal{}}
	left, told := rec.Total.Sub(rec.Balance.Decimal), true
	for _, a := range rec.Settles {
		told = told && a.AmountApplied.IsPositive() // else nobody knows which part of the rest it is
		m.Settles[a.InvoiceID] = m.Settles[a.InvoiceID].Add(a.AmountApplied.Decimal)
		left = left.Sub(a.AmountApplied.Decimal)
	}
	if told && rec.ListsSettled && rec.HasTotal && rec.HasBalance && left.IsPositive() {
		m.Back = map[string]money.Decimal{Unnamed: left}
	}
	return m
}

// KeptOf reads what was kept of a document's answers.
func KeptOf(link engine.Link) Kept {
	var k Kept
	_ = json.Unmarshal(link.Extra, &k)
	return k
}

// KeptDoubt tells of what is kept of a document that its money is to be read again.
func KeptDoubt(extra json.RawMessage) bool { return KeptOf(engine.Link{Extra: extra}).Doubt }

// MovedByHand tells of what is kept of a document that somebody was seen to move its money, and that it is not decided yet
// what becomes of it.
func MovedByHand(extra json.RawMessage) bool {
	kept := KeptOf(engine.Link{Extra: extra})
	return kept.Doubt && (kept.Seen || kept.Asked)
}

// extra is a part of what is kept, which replaces what was kept before.
func extra(fields map[string]any) json.RawMessage {
	raw, _ := json.Marshal(fields)
	return raw
}
