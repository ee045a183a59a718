package paymentimport

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// facts are what an answer says of a payment beside the record.
type facts struct {
	Day, Modified, Created, Contact, ContactName, Reference, Mode string
	Settles                                                       []settled
}

// settled is the part of a payment that one invoice has in Zoho Books.
type settled struct {
	ID       zoho.Text   `json:"invoice_id"`
	Number   zoho.Text   `json:"invoice_number"`
	Amount   zoho.Amount `json:"amount_applied"`
	Withheld zoho.Amount `json:"tax_amount_withheld"` // settles the invoice beside the amount, and never comes
}

// What Zoho Books calls a payment whose money came, and one whose money did not come, or not yet. A word that nobody
// knows proves neither.
var (
	came    = []string{"", "success", "paid"}
	notCame = []string{"failure", "failed", "void", "voided", "draft", "pending", "pending_approval"}
)

// notCome is the word that says that a payment is no money, or none yet; "" of one that is.
func notCome(rec zoho.Record) string {
	if slices.Contains(notCame, rec.Status) {
		return rec.Status
	}
	return ""
}

// tells refuses an answer that lacks what must be known before anything is written, or contradicts itself:
// what is not told is neither nothing nor today's.
func (f facts) tells(rec zoho.Record) error {
	lacks := func(what string, args ...any) error {
		return fault.New(fault.Conflict, leftOut, "What Zoho Books answers for payment %s %s.", orText(rec.Number, rec.ID), fmt.Sprintf(what, args...)).Do("Look at it in Zoho Books, and correct it there.")
	}
	used := money.Zero
	for _, s := range f.Settles {
		if s.ID == "" || s.Amount.IsNegative() {
			return lacks("settles an invoice that it does not name, or less than nothing of one")
		}
		used = used.Add(s.Amount.Decimal)
	}
	free := money.Zero
	if rec.HasBalance {
		free = rec.Balance.Decimal
	}
	switch {
	case !rec.HasTotal:
		return lacks("lacks its amount")
	case !zoho.IsDay(f.Day):
		return lacks("lacks its date")
	case !rec.ListsSettled && !(rec.HasBalance && rec.Balance.Equal(rec.Total.Decimal)):
		return lacks("does not tell what it settles")
	case used.Add(free).Sub(rec.Total.Decimal).GreaterThan(cent):
		return lacks("settles %s and leaves %s of a payment of %s", amount(used), amount(free), amount(rec.Total.Decimal))
	case !slices.Contains(came, rec.Status) && notCome(rec) == "":
		return lacks("has the status %q, which does not tell whether the money came", rec.Status)
	}
	return nil
}

func factsOf(raw json.RawMessage) facts {
	var f struct {
		Date      zoho.Day  `json:"date"`
		Modified  zoho.Text `json:"last_modified_time"`
		Updated   zoho.Text `json:"updated_time"` // what details call it
		Created   zoho.Text `json:"created_time"`
		Contact   zoho.Text `json:"customer_id"`
		Name      zoho.Text `json:"customer_name"`
		Reference zoho.Text `json:"reference_number"`
		Mode      zoho.Text `json:"payment_mode"`
		Invoices  []settled `json:"invoices"`
	}
	_ = json.Unmarshal(raw, &f)
	if f.Modified == "" {
		f.Modified = f.Updated
	}
	return facts{string(f.Date), string(f.Modified), string(f.Created), string(f.Contact), string(f.Name), string(f.Reference), string(f.Mode), f.Invoices}
}

// unused is what of a payment settles nothing and was not given back. An answer that does not tell
// leaves what its invoices do not have.
func unused(rec zoho.Record, f facts) money.Decimal {
	if rec.HasBalance {
		return rec.Balance.Decimal
	}
	left := rec.Total.Decimal
	for _, s := range f.Settles {
		left = left.Sub(s.Amount.Decimal)
	}
	return left
}
