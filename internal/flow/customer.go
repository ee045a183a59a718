package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// guest is a customer in one currency; Currency "" is Zoho's base.
type guest struct {
	qloapps.Customer
	Currency string
}

// customers become contacts, one for each currency in which they have documents, as Zoho gives
// a contact one currency. A guest without any document gets one in the currency that the settings
// name; then no contact in Zoho's base currency is made until a document needs it. E-mail never
// identifies: guests share addresses.
func customers(load func(context.Context, []string) (map[string]qloapps.Customer, error), dest engine.Dest[zoho.Contact]) engine.Flow[guest, zoho.Contact] {
	return engine.Flow[guest, zoho.Contact]{
		Name: Customer, Section: "customers", Version: 1, Master: true, NameSpace: ContactSpace, Load: loadGuests(load), Map: mapCustomer, Dest: dest,
		Needs:  guestNeeds,
		Kin:    otherContacts,
		Revive: activity(zoho.Contacts, true)[0],
		Gone:   func(id string) guest { return guest{Customer: qloapps.Customer{ID: id, Gone: true}} },
		Spare:  destination.SpareContact,
	}
}

// guestNeeds are the currency of a contact, and the contact that is made in the place of one that no
// document needs.
func guestNeeds(g guest, r *rules.Rules) []engine.Ref {
	needs := currencyNeeds(g.Currency, r)
	if iso := earlyCurrency(r); g.Currency == "" && iso != "" {
		needs = append(needs, contactRef(g.ID, iso, r))
	}
	return needs
}

// otherContacts are the contacts that an inactive guest may have in other currencies: it is the guest who
// was sent before or not, and not the contact of one currency.
func otherContacts(g guest, r *rules.Rules) []engine.Ref {
	if g.Active || !r.Settings.Customers.IgnoreInactive {
		return nil
	}
	kin := []engine.Ref{ref(Customer, g.ID)}
	for iso := range r.Org.Currencies {
		if other := contactRef(g.ID, iso, r); other != kin[0] {
			kin = append(kin, other)
		}
	}
	return kin
}

// ignored tells that a guest is left out as inactive: one of whom nothing stands in Zoho Books, in no
// currency. Whoever was sent or paired before stays in the books with all documents.
func ignored(g guest, self engine.Link, links engine.Links, r *rules.Rules) bool {
	if g.Active || !r.Settings.Customers.IgnoreInactive || self.Exists() {
		return false
	}
	return !slices.ContainsFunc(otherContacts(g, r), func(other engine.Ref) bool { return links.Look(other.Flow, other.ID).Exists() })
}

// earlyCurrency is the currency of contacts made before any document needs one; "" = Zoho's base.
func earlyCurrency(r *rules.Rules) string {
	iso := r.Settings.Currencies.DefaultCurrency
	if iso == nil || *iso == r.Org.BaseCurrency {
		return ""
	}
	return *iso
}

// loadGuests reads "3" and "3:EUR" as the same customer.
func loadGuests(load func(context.Context, []string) (map[string]qloapps.Customer, error)) func(context.Context, []string) (map[string]guest, error) {
	return func(ctx context.Context, ids []string) (map[string]guest, error) {
		plain := make([]string, len(ids))
		for i, id := range ids {
			plain[i], _, _ = strings.Cut(id, ":")
		}
		found, err := load(ctx, plain)
		guests := map[string]guest{}
		for _, id := range ids {
			customerID, iso, _ := strings.Cut(id, ":")
			if c, ok := found[customerID]; ok {
				guests[id] = guest{Customer: c, Currency: iso}
			}
		}
		return guests, err
	}
}

// emailLength is what Zoho takes of an e-mail address; QloApps keeps up to 128 characters.
const emailLength = 100

func mapCustomer(g guest, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.Contact], error) {
	none := engine.Mapped[zoho.Contact]{}
	if ignored(g, self, links, r) {
		return none, fault.New(fault.Skipped, "skipped_inactive", "The customer is inactive in QloApps, was never sent to Zoho Books, and such customers are ignored.").
			Do("Switch «Ignore inactive customers» off in Configuration, Customers, make the customer active in QloApps, or pair the customer with a contact.")
	}
	if early := earlyCurrency(r); g.Currency == "" && early != "" && !self.Exists() && !self.Awaited {
		stands := contactRef(g.ID, early, r)
		if _, err := links.Of(stands.Flow, stands.ID); err != nil {
			return none, err
		}
		return engine.Mapped[zoho.Contact]{Nothing: true, Unneeded: true, Facts: engine.Facts{Title: displayName(g.Customer, r.Settings.Customers.NamePattern)}}, nil
	}
	iso := g.Currency
	if iso == "" {
		iso = r.Org.BaseCurrency
	}
	currency, err := currencyOf(iso, self.Exists(), links, r)
	if err != nil {
		return none, err
	}
	key := ref(Customer, g.ID)
	if g.Currency != "" {
		key = ref(Customer, g.ID+":"+g.Currency)
	}
	name := displayName(g.Customer, r.Settings.Customers.NamePattern)
	doc := contact(g.Customer, currency.ID, r, key)
	m := engine.Mapped[zoho.Contact]{
		Doc: doc, Names: contactNames(name, g.ID, g.Currency), SetName: func(c *zoho.Contact, name string) { c.Name = name },
		Steps: activity(zoho.Contacts, g.Deleted == 0 && !g.Gone || !r.Settings.Customers.AutoDelete), Facts: engine.Facts{Title: name},
	}
	if len(doc.Persons) > 0 && utf8.RuneCountInString(doc.Persons[0].Email) > emailLength { // cut it would be somebody else's
		m.Notices = []engine.Notice{{Code: "field_not_taken", Detail: fmt.Sprintf("The e-mail address %s is longer than the %d characters that Zoho Books takes, and was left out.", doc.Persons[0].Email, emailLength)}}
		doc.Persons[0].Email = ""
		m.Doc = doc
	}
	m.Compare = doc                                // its name is compared besides
	paired := self.Exists() && len(self.Sent) == 0 // people's record, to which nothing was sent yet
	m.Look = r.Settings.Customers.CheckBeforeUpdate || paired
	if g.Gone && g.FirstName+g.LastName+g.Company == "" {
		m.Facts.Title = "" // nobody remembers the name; what lists show stays
	}
	if r.Settings.Customers.CustomerPortal && len(doc.Persons) > 0 && doc.Persons[0].Email != "" && g.Deleted == 0 && !g.Gone {
		openPortal(&m, self)
	}
	// What QloApps left of a deleted customer never overwrites a contact.
	m.Keep = g.Deleted != 0 || g.Gone
	return m, nil
}

// openPortal lets a contact use Zoho's customer portal, by a step of its own: it is a wish beside the
// contact, for which documents and money wait. One without a person has nobody to invite.
func openPortal(m *engine.Mapped[zoho.Contact], self engine.Link) {
	persons := destination.KeptOf(self).Persons
	if self.Exists() && len(persons) == 0 {
		return
	}
	var body json.RawMessage
	if len(persons) > 0 { // those of a new contact are known once it stands
		body, _ = json.Marshal(map[string]any{"contact_persons": []map[string]string{{"contact_person_id": persons[0]}}})
	}
	aim, _ := json.Marshal(destination.Portal{Email: m.Doc.Persons[0].Email})
	m.Steps = append(m.Steps, engine.Step{Name: destination.PortalStep, Method: "POST", Path: "/contacts/{id}/portal/enable", Body: body, Aim: aim,
		Proof: &engine.Proof{Path: "/contacts/{id}", Envelope: "contact", Field: "is_portal_enabled", Value: "true"}})
}

func contact(c qloapps.Customer, currencyID string, r *rules.Rules, key engine.Ref) zoho.Contact {
	doc := zoho.Contact{Type: "customer", SubType: "individual", CompanyName: zoho.Name(c.Company, 200), Website: zoho.Name(c.Website, 100), CurrencyID: currencyID, CustomFields: keyField(r, key)}
	if c.Company != "" {
		doc.SubType = "business"
	}
	person := zoho.ContactPerson{FirstName: zoho.Name(c.FirstName, 100), LastName: zoho.Name(c.LastName, 100), Email: c.Email, Phone: zoho.Name(c.Phone, 50), Primary: true}
	if person.FirstName+person.LastName+person.Email != "" {
		doc.Persons = []zoho.ContactPerson{person}
	}
	if a := c.Address; a.Line1+a.City+a.Postcode+a.Country != "" {
		doc.BillingAddress = &zoho.Address{Attention: zoho.Name(strings.TrimSpace(a.FirstName+" "+a.LastName), 100), Address: zoho.Name(a.Line1, 500), Street2: zoho.Name(a.Line2, 255), City: zoho.Name(a.City, 100),
			State: zoho.Name(a.State, 100), Zip: zoho.Name(a.Postcode, 50), Country: zoho.Name(a.Country, 100), Phone: zoho.Name(a.Phone, 50)}
	}
	if c.Address.VATNumber != "" {
		doc.Notes = "VAT number: " + zoho.Name(c.Address.VATNumber, 100)
	}
	return doc
}

// nobody is the contact of all orders in which QloApps names no guest: one named after any of them would have the
// others' documents stand under a stranger's name.
const nobody = "Guests without a customer in QloApps"

// displayName fills the name pattern; a customer without any name is called by number.
func displayName(c qloapps.Customer, pattern string) string {
	if c.ID == qloapps.Nobody {
		return nobody
	}
	name := strings.Join(nonEmpty(c.Company, c.FirstName, c.LastName), " ")
	filled := strings.NewReplacer("{id}", c.ID, "{login}", c.Email, "{email}", c.Email, "{firstname}", c.FirstName, "{lastname}", c.LastName, "{name}", name, "{company}", c.Company).Replace(pattern)
	filled = strings.Join(strings.Fields(filled), " ")
	if filled == "" {
		filled = "Customer " + c.ID
	}
	return filled
}
