package flow

import (
	"encoding/json"
	"fmt"
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

// buyer is whom every document of an order names, and the currency in which it is; the contacts of
// other customers that rows of the order name are looked up, as it may have begun under one of them.
func buyer(o *qloapps.Order, r *rules.Rules) []engine.Ref {
	needs := append(currencyNeeds(o.Currency, r), contactRef(o.CustomerID, o.Currency, r))
	for _, id := range o.Customers {
		needs = append(needs, contactRef(id, o.Currency, r))
	}
	return needs
}

// guestGone says under whom an order stands whose guest QloApps does not have.
func guestGone(o *qloapps.Order) []engine.Notice {
	switch {
	case !o.CustomerGone:
		return nil
	case o.CustomerID == qloapps.Nobody:
		return []engine.Notice{{Code: "guest_gone", Detail: fmt.Sprintf("Order %s names no customer in QloApps. It stands under the contact «%s», as all such orders do.", o.Reference, nobody)}}
	default:
		return []engine.Notice{{Code: "guest_gone", Detail: fmt.Sprintf("Order %s names customer %s, whom QloApps no longer has. It stands under the contact of that number, which was made from the address of the invoice or stood before.", o.Reference, o.CustomerID)}}
	}
}

// contactOf is the contact that a document of an order names: its guest's. An order stays with the
// contact under which its first document was posted, as Zoho moves no document from one contact to
// another, and no money between them: a person may pair the guest with another one, and QloApps may
// give the order to another of its customers, such as a guest's other account.
func contactOf(o *qloapps.Order, self engine.Link, links engine.Links, r *rules.Rules) (string, error) {
	if stands := begunWith(o, self, links, r); stands != "" {
		return stands, nil
	}
	who := contactRef(o.CustomerID, o.Currency, r)
	contact, err := links.Of(who.Flow, who.ID)
	return contact.ID, err
}

// begunWith is the contact of the order's first document, "" while none stands, or once that contact
// stands for no customer any more because it was deleted or merged away.
func begunWith(o *qloapps.Order, self engine.Link, links engine.Links, r *rules.Rules) string {
	posted := []engine.Link{self}
	for _, i := range o.Invoices {
		posted = append(posted, links.Look(Invoice, i.ID))
	}
	posted = append(posted, links.Look(SalesOrder, o.ID))
	for _, settler := range settlers(o) {
		posted = append(posted, links.Look(settler.Flow, settler.ID))
	}
	for _, p := range posted {
		if sent := contactSent(p); p.Exists() && (p.Currency == "" || p.Currency == o.Currency) && sent != "" && known(sent, o, links, r) {
			return sent
		}
	}
	return ""
}

// formerly reports that a contact of an order stands for a customer for whom another one stood, until a
// person merged and paired them anew.
func formerly(other, contact string, o *qloapps.Order, links engine.Links, r *rules.Rules) bool {
	for _, customer := range append([]string{o.CustomerID}, o.Customers...) {
		who := contactRef(customer, o.Currency, r)
		if link := links.Look(who.Flow, who.ID); link.ID == contact && slices.Contains(link.Former, other) {
			return true
		}
	}
	return false
}

// known reports that a contact stands, or stood until a person paired anew, for a customer: one of the order's, or one
// whose it was before, as QloApps merges accounts and leaves no row that names the former one.
func known(id string, o *qloapps.Order, links engine.Links, r *rules.Rules) bool {
	for _, customer := range append([]string{o.CustomerID}, o.Customers...) {
		who := contactRef(customer, o.Currency, r)
		if stood(links.Look(who.Flow, who.ID), id) {
			return true
		}
	}
	holder := engine.Holder(Customer, id) // no row of the order may name that customer any more
	return stood(links.Look(holder.Flow, holder.ID), id)
}

// stood reports that a contact is the one of an id, or was until a person paired its guest anew.
func stood(contact engine.Link, id string) bool {
	return contact.ID == id || slices.Contains(contact.Former, id)
}

// namedContact is the contact that a document's body names.
func namedContact(sent json.RawMessage) []engine.Ref {
	id := contactSent(engine.Link{Sent: sent})
	if id == "" {
		return nil
	}
	return []engine.Ref{engine.Holder(Customer, id)}
}

// whose names whom an order's documents belong to: the contact with which it began, else its customer.
func whose(o *qloapps.Order, links engine.Links, r *rules.Rules) string {
	if stands := begunWith(o, engine.Link{}, links, r); stands != "" {
		return "contact " + stands
	}
	who := contactRef(o.CustomerID, o.Currency, r)
	if contact := links.Look(who.Flow, who.ID); contact.Exists() {
		return "contact " + contact.ID
	}
	return "customer " + o.CustomerID
}
