package destination

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// What is wished beside a contact must never hold it up, as documents and money wait for it: a dummy
// address, a phone number that is none, the customer portal. Zoho's refusal becomes a notice.

// details are what a contact can do without, in words for people. Who it is, in which currency, and our
// key are not among them.
var details = []struct{ field, words string }{
	{"email", "the e-mail address"}, {"phone", "the phone number"}, {"mobile", "the mobile number"}, {"website", "the website"}, {"zip", "the postcode"},
	{"street2", "the second line of the address"}, {"attention", "the addressee"}, {"state_code", "the state"}, {"state", "the state"}, {"city", "the city"}, {"country", "the country"},
	{"billing_address", "the address"}, {"shipping_address", "the address"}, {"address", "the street"}, {"notes", "the notes"}, {"first_name", "the first name"}, {"last_name", "the last name"},
	{"company_name", "the company's name"}, {"customer_sub_type", "the kind of customer"}, {"contact_persons", "the person"},
}

// unnamed are the details to leave out where a refusal of a value does not say which one it is about. Any other
// refusal is about something else: asking for less would only be refused again.
var unnamed = [][]string{{"email", "phone", "mobile"}, {"billing_address", "shipping_address", "website", "notes"}}

// less asks for less after a refusal, and tells whether there is anything less to ask for.
func (s *sparing) less(err error, keyField string) bool {
	if f := fault.Of(err); f.Kind != fault.Rejected || f.Code != "zoho_refused" || zoho.Says(err, keyField, zoho.KeyLabel, zoho.KeyHeader) {
		return false
	}
	if s.resource.Path == zoho.Invoices.Path && zoho.Says(err, "salesorder_item_id") { // its lines stand for the order's already
		if _, there := s.drop("salesorder_item_id"); there {
			s.tell("Zoho Books did not tie all lines to the sales order (%s); they stand without.", zoho.Said(err))
			return true
		}
	}
	if s.resource.Path == zoho.Contacts.Path {
		fields := make([]string, len(details))
		for i, d := range details {
			fields[i] = d.field
		}
		for _, field := range fields {
			if zoho.Detail(err, field) != "" && s.leave(err, field) {
				return true
			}
		}
	}
	if plain, changed := plainly(s.req.Body); changed && !s.plain {
		s.req.Body, s.plain = plain, true
		s.tell("Zoho Books did not take some characters of it, such as emoji; it was sent without them.")
		return true
	}
	for s.resource.Path == zoho.Contacts.Path && zoho.Invalid(err) && s.bare < len(unnamed) {
		s.bare++
		if s.leave(err, unnamed[s.bare-1]...) {
			return true
		}
	}
	return false
}

// leave leaves details out and names their values.
func (s *sparing) leave(err error, fields ...string) bool {
	var left []string
	for _, field := range fields {
		values, there := s.drop(field)
		if !there {
			continue
		}
		words := field
		if i := slices.IndexFunc(details, func(d struct{ field, words string }) bool { return d.field == field }); i >= 0 {
			words = details[i].words
		}
		if len(values) > 0 {
			words += " «" + strings.Join(values, ", ") + "»"
		}
		left = append(left, words)
	}
	if len(left) == 0 {
		return false
	}
	s.tell("Zoho Books did not take %s (%s); the contact stands without.", strings.Join(left, ", "), zoho.Said(err))
	return true
}

// PortalStep opens Zoho's customer portal for a contact.
const PortalStep = "portal"

// Portal is for the portal's step: whom it would invite.
type Portal struct {
	Email string `json:"email"`
}

// invite opens the portal. Zoho may refuse that, as for an address that has it already: the contact
// stands all the same, and people are told.
func invite(ctx context.Context, client *zoho.Client, step engine.Step, id string) error {
	var body struct {
		Persons []map[string]string `json:"contact_persons"`
	}
	_ = json.Unmarshal(step.Body, &body)
	if len(body.Persons) == 0 { // the contact was made a moment ago
		persons, err := personsOf(ctx, client, id)
		if err != nil {
			return err
		}
		for _, person := range persons[:min(1, len(persons))] {
			body.Persons = append(body.Persons, map[string]string{personID: person})
		}
	}
	var whom Portal
	_ = json.Unmarshal(step.Aim, &whom)
	if len(body.Persons) == 0 {
		return &engine.Told{Code: "field_not_taken", Detail: "The customer portal was not opened, as Zoho Books shows no person of the contact."}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = client.Do(ctx, zoho.Request{Method: step.Method, Path: strings.ReplaceAll(step.Path, "{id}", id), Body: raw})
	if fault.Is(err, fault.NotFound) {
		if _, gone := client.Get(ctx, zoho.Contacts, id); gone != nil {
			return err
		}
	}
	if fault.Is(err, fault.Rejected) || fault.Is(err, fault.NotFound) || zoho.Missing(err) {
		return &engine.Told{Code: "field_not_taken", Detail: "Zoho Books did not open the customer portal for «" + whom.Email + "» (" + zoho.Said(err) + "); the contact stands without."}
	}
	return err
}

// personsOf are the ids of a contact's persons, the primary one first.
func personsOf(ctx context.Context, client *zoho.Client, id string) ([]string, error) {
	if errand, ok := engine.ErrandOf(ctx); ok {
		if kept := KeptOf(engine.Link{Extra: errand.Extra}); len(kept.Persons) > 0 {
			return kept.Persons, nil
		}
	}
	rec, err := client.Get(ctx, zoho.Contacts, id)
	return rec.PersonIDs, err
}
