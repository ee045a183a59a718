package flow

import (
	"encoding/json"
	"slices"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// contactRef names the contact of a customer in a currency: Zoho gives each contact one.
func contactRef(customerID, iso string, r *rules.Rules) engine.Ref {
	if iso == r.Org.BaseCurrency {
		return ref(Customer, customerID)
	}
	return ContactRef(customerID, iso)
}

// ContactRef names the contact of a customer in another currency than Zoho's base.
func ContactRef(customerID, iso string) engine.Ref { return ref(Customer, customerID+":"+iso) }

// buyer is whom every document of an order names, and the currency in which it is.
func buyer(o *qloapps.Order, r *rules.Rules) []engine.Ref {
	return append(currencyNeeds(o.Currency, r), contactRef(o.CustomerID, o.Currency, r))
}

// contactOf is the contact that a document of an order names: its guest's. Where a person paired the
// guest with another one since, an order stays with the contact under which its first document was
// posted, as Zoho moves no document from one contact to another, and no money between them.
func contactOf(o *qloapps.Order, self engine.Link, links engine.Links, r *rules.Rules) (string, error) {
	who := contactRef(o.CustomerID, o.Currency, r)
	contact, err := links.Of(who.Flow, who.ID)
	if err != nil || len(contact.Former) == 0 {
		return contact.ID, err
	}
	posted := []engine.Link{self}
	for _, i := range o.Invoices {
		posted = append(posted, links.Look(Invoice, i.ID))
	}
	posted = append(posted, links.Look(SalesOrder, o.ID))
	for _, settler := range settlers(o) {
		posted = append(posted, links.Look(settler.Flow, settler.ID))
	}
	for _, p := range posted {
		var sent struct {
			Contact string `json:"customer_id"`
		}
		if p.Exists() && json.Unmarshal(p.Sent, &sent) == nil && (sent.Contact == contact.ID || slices.Contains(contact.Former, sent.Contact)) {
			return sent.Contact, nil
		}
	}
	return contact.ID, nil
}
