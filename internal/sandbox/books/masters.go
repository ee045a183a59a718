package books

import (
	"maps"
	"strings"
)

func contactModule() *module {
	return &module{
		path: "contacts", entity: "contact", envelope: "contact", idField: "contact_id", numberField: "contact_number",
		listed: []string{"contact_name", "company_name", "contact_type", "email", "phone", "currency_code"}, spec: contactSpec,
		apply: (*Server).applyContact, show: (*Server).showContact, remove: removeUnused,
		act: map[string]func(*Server, *doc, *request) (object, *refusal){
			"POST active":   setStatus("active"),
			"POST inactive": setStatus("inactive"),
			"POST portal/enable": func(s *Server, d *doc, r *request) (object, *refusal) {
				if bad := (spec{"contact_persons": list{"contact_person_id": "id"}}).check(r.body); bad != nil {
					return nil, bad
				}
				known, _ := d.body["contact_persons"].([]any)
				for _, want := range r.body.objects("contact_persons") {
					if !hasPerson(known, want.text("contact_person_id")) {
						return nil, refuse(400, 4, "Invalid value passed for contact_person_id")
					}
				}
				for _, p := range d.body.objects("contact_persons") {
					if s.portalTaken(d, p.text("email")) {
						return nil, refuse(400, 3070, "The portal is enabled already for the e-mail address %s.", p.text("email"))
					}
				}
				d.body["is_portal_enabled"], d.Modified = true, s.now()
				return nil, nil
			},
		},
	}
}

func hasPerson(persons []any, id string) bool {
	for _, p := range persons {
		if person, ok := p.(map[string]any); ok && object(person).text("contact_person_id") == id {
			return true
		}
	}
	return false
}

func itemModule() *module {
	return &module{
		path: "items", entity: "item", envelope: "item", idField: "item_id", numberField: "sku",
		listed: []string{"name", "rate", "description", "account_id"}, spec: itemSpec,
		apply: (*Server).applyItem, show: (*Server).showItem, remove: removeUnused,
		act: map[string]func(*Server, *doc, *request) (object, *refusal){
			"POST active":   setStatus("active"),
			"POST inactive": setStatus("inactive"),
		},
	}
}

func setStatus(status string) func(*Server, *doc, *request) (object, *refusal) {
	return func(s *Server, d *doc, _ *request) (object, *refusal) {
		d.Status, d.Modified = status, s.now()
		return object{"message": "The status has been changed to " + status + "."}, nil
	}
}

func removeUnused(s *Server, d *doc) *refusal {
	if s.used(d) {
		return refuse(400, 1021, "It is used in transactions and cannot be deleted.")
	}
	return nil
}

// used reports that a transaction names a contact or item.
func (s *Server) used(d *doc) bool {
	return s.index.uses[d.ID] > 0
}

func (s *Server) applyContact(d *doc, body object, _ *request) *refusal {
	name := strings.TrimSpace(body.text("contact_name"))
	if name == "" {
		return refuse(400, 4, "Invalid value passed for contact_name")
	}
	if s.index.other(nameKey("contacts", name), d) != nil {
		return refuse(400, 3062, "The customer %q already exists. Please specify a different name.", name)
	}
	currencyOf := s.currencies[0]
	if id := body.text("currency_id"); id != "" {
		if currencyOf = s.currencyByID(id); currencyOf == nil {
			return refuse(400, 4, "Invalid value passed for currency_id")
		}
	}
	if d.currency != nil && d.currency != currencyOf && s.used(d) {
		return refuse(400, 3027, "The currency of a customer with transactions cannot be changed.")
	}
	if bad := s.emails(d, body); bad != nil {
		return bad
	}
	persons, bad := s.persons(d, body)
	if bad != nil {
		return bad
	}
	body["contact_persons"] = persons
	d.body, d.currency = body, currencyOf
	if d.Status == "" {
		d.Status = "active"
	}
	return nil
}

// persons replaces the contact persons as a whole; ones left out are deleted.
func (s *Server) persons(d *doc, body object) ([]any, *refusal) {
	known := map[string]object{}
	for _, p := range d.body.objects("contact_persons") {
		known[p.text("contact_person_id")] = p
	}
	persons := []any{}
	for _, p := range body.objects("contact_persons") {
		person := map[string]any{}
		id := p.text("contact_person_id")
		if id != "" && known[id] == nil {
			return nil, refuse(400, 1002, "Contact person does not exist.")
		}
		maps.Copy(person, known[id])
		maps.Copy(person, p)
		if id == "" {
			person["contact_person_id"] = s.id()
		}
		persons = append(persons, person)
	}
	return persons, nil
}

func (s *Server) showContact(d *doc) object {
	o := object{"contact_id": d.ID, "contact_name": d.body.text("contact_name"), "company_name": d.body.text("company_name"), "contact_type": "customer",
		"status": d.Status, "currency_id": d.currency.ID, "currency_code": d.currency.Code, "email": "", "phone": "", "has_transaction": s.used(d),
		"created_time": s.stamp(d.Created), "last_modified_time": s.stamp(d.Modified), "custom_fields": d.customFields(s, "contact"),
		"contact_persons": d.body["contact_persons"], "notes": d.body.text("notes"), "is_portal_enabled": d.body.flag("is_portal_enabled")}
	for _, name := range []string{"billing_address", "shipping_address", "customer_sub_type", "website"} {
		if value, ok := d.body[name]; ok {
			o[name] = value
		}
	}
	for _, p := range d.body.objects("contact_persons") {
		if p.flag("is_primary_contact") || o["email"] == "" {
			o["email"], o["phone"] = p.text("email"), p.text("phone")
		}
	}
	for name, value := range d.custom {
		o[name] = value
	}
	return o
}

func (s *Server) applyItem(d *doc, body object, _ *request) *refusal {
	name := strings.TrimSpace(body.text("name"))
	if _, given := body["rate"]; name == "" || !given {
		return refuse(400, 4, "Invalid value passed for name or rate")
	}
	if s.index.other(nameKey("items", name), d) != nil {
		return refuse(400, 1001, "Item %q already exists.", name)
	}
	if id := body.text("account_id"); id != "" && !s.accountExists(id) {
		return refuse(400, 4, "Invalid value passed for account_id")
	}
	d.body = body
	if d.Status == "" {
		d.Status = "active"
	}
	return nil
}

func (s *Server) showItem(d *doc) object {
	o := object{"item_id": d.ID, "name": d.body.text("name"), "status": d.Status, "rate": n(d.body.number("rate")), "description": d.body.text("description"),
		"account_id": d.body.text("account_id"), "product_type": d.body.text("product_type"), "item_type": d.body.text("item_type"),
		"created_time": s.stamp(d.Created), "last_modified_time": s.stamp(d.Modified), "custom_fields": d.customFields(s, "item")}
	for name, value := range d.custom {
		o[name] = value
	}
	return o
}
