package paymentimport

import (
	"encoding/json"

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
	ID     zoho.Text   `json:"invoice_id"`
	Number zoho.Text   `json:"invoice_number"`
	Amount zoho.Amount `json:"amount_applied"`
}

func factsOf(raw json.RawMessage) facts {
	var f struct {
		Date      zoho.Text `json:"date"`
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
