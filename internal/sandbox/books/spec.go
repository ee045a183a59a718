package books

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// spec says which fields a body may have: "s100" text of at most 100 characters, "n" number,
// "b" bool, "d" date, "id" text naming a record, or a nested list or object.
type spec map[string]any

// list is a list of objects.
type list spec

// nested is one object.
type nested spec

var (
	customFields  = list{"api_name": "s100", "value": "s255", "label": "s100", "customfield_id": "id"}
	addressFields = nested{"attention": "s100", "address": "s500", "street2": "s255", "city": "s100", "state": "s100", "state_code": "s100", "zip": "s50", "country": "s100", "phone": "s50"}

	contactSpec = spec{
		"contact_name": "s200", "contact_type": "s20", "customer_sub_type": "s20", "company_name": "s200", "website": "s200", "currency_id": "id",
		"is_portal_enabled": "b", "billing_address": addressFields, "shipping_address": addressFields, "notes": "s5000", "custom_fields": customFields,
		"contact_persons": list{"contact_person_id": "id", "salutation": "s25", "first_name": "s100", "last_name": "s100", "email": "s100", "phone": "s50", "mobile": "s50", "is_primary_contact": "b"},
		"contact_number":  "s200", "payment_terms": "n", "payment_terms_label": "s200", "language_code": "s10", "ignore_auto_number_generation": "b",
	}
	itemSpec = spec{
		"name": "s100", "rate": "n", "description": "s2000", "sku": "s100", "unit": "s100", "product_type": "s20", "item_type": "s30", "account_id": "id",
		"custom_fields": customFields, "is_taxable": "b", "tax_exemption_id": "id",
	}
	tagFields  = list{"tag_id": "id", "tag_option_id": "id"}
	lineFields = list{
		"tags": tagFields, "location_id": "id",
		"line_item_id": "id", "item_id": "id", "name": "s100", "description": "s2000", "account_id": "id", "rate": "n", "quantity": "n", "unit": "s100",
		"discount": "n", "tax_id": "id", "tax_exemption_id": "id", "salesorder_item_id": "id", "item_order": "n", "line_item_category": "s20",
	}
	invoiceSpec = spec{
		"tags": tagFields, "location_id": "id",
		"customer_id": "id", "invoice_number": "s100", "reference_number": "s100", "date": "d", "due_date": "d", "payment_terms": "n", "payment_terms_label": "s100",
		"currency_id": "id", "exchange_rate": "n", "discount": "n", "discount_type": "s20", "is_discount_before_tax": "b", "is_inclusive_tax": "b",
		"adjustment": "n", "adjustment_description": "s200", "shipping_charge": "n", "line_items": lineFields, "notes": "s5000", "terms": "s10000", "custom_fields": customFields, "billing_address_id": "id",
	}
	salesorderSpec = spec{
		"tags": tagFields, "location_id": "id",
		"customer_id": "id", "salesorder_number": "s100", "reference_number": "s100", "date": "d", "shipment_date": "d", "currency_id": "id", "exchange_rate": "n",
		"discount": "n", "discount_type": "s20", "is_discount_before_tax": "b", "is_inclusive_tax": "b", "adjustment": "n", "adjustment_description": "s200",
		"shipping_charge": "n", "line_items": lineFields, "notes": "s5000", "terms": "s10000", "custom_fields": customFields,
	}
	creditnoteSpec = spec{
		"tags": tagFields, "location_id": "id",
		"customer_id": "id", "creditnote_number": "s100", "reference_number": "s100", "date": "d", "currency_id": "id", "exchange_rate": "n", "is_inclusive_tax": "b",
		"line_items": lineFields, "notes": "s5000", "terms": "s10000", "custom_fields": customFields, "is_draft": "b",
	}
	paymentSpec = spec{
		"location_id": "id",
		"customer_id": "id", "payment_mode": "s100", "amount": "n", "date": "d", "reference_number": "s100", "description": "s2000", "exchange_rate": "n",
		"account_id": "id", "invoices": list{"invoice_id": "id", "amount_applied": "n"}, "custom_fields": customFields, "bank_charges": "n",
	}
)

// check refuses what the spec does not know, and values that are not of its form.
func (want spec) check(body object) *refusal {
	for name, value := range body {
		form, known := want[name]
		if !known {
			return refuse(400, 11, "Invalid Element %s", name)
		}
		if bad := checkValue(name, form, value); bad != nil {
			return bad
		}
	}
	return nil
}

func checkValue(name string, form, value any) *refusal {
	invalid := refuse(400, 4, "Invalid value passed for %s", name)
	switch form := form.(type) {
	case list:
		items, ok := value.([]any)
		if !ok {
			return invalid
		}
		for _, item := range items {
			if bad := checkValue(name, nested(form), item); bad != nil {
				return bad
			}
		}
	case nested:
		fields, ok := value.(map[string]any)
		if !ok {
			return invalid
		}
		return spec(form).check(fields)
	case string:
		if !plain(form, value) {
			if text, ok := value.(string); ok && strings.HasPrefix(form, "s") && tooLong(form, text) {
				return refuse(400, 15, "Please ensure that the %s has less than %s characters.", name, form[1:])
			}
			return invalid
		}
	}
	return nil
}

func plain(form string, value any) bool {
	switch form[0] {
	case 'n':
		number, ok := value.(json.Number)
		if !ok {
			return false
		}
		d, err := decimal.NewFromString(number.String())
		return err == nil && -d.Exponent() <= 10
	case 'b':
		_, ok := value.(bool)
		return ok
	case 'd':
		text, ok := value.(string)
		return ok && isDay(text)
	case 'i':
		_, ok := value.(string)
		return ok
	default:
		text, ok := value.(string)
		return ok && !tooLong(form, text)
	}
}

func tooLong(form, text string) bool {
	most := 0
	for _, c := range form[1:] {
		most = most*10 + int(c-'0')
	}
	return utf8.RuneCountInString(text) > most
}

func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

func (o object) flag(name string) bool {
	b, _ := o[name].(bool)
	return b
}

func (o object) number(name string) decimal.Decimal {
	v, ok := o[name].(json.Number)
	if !ok {
		return decimal.Zero
	}
	return decimal.RequireFromString(v.String())
}

func (o object) objects(name string) []object {
	items, _ := o[name].([]any)
	out := make([]object, 0, len(items))
	for _, item := range items {
		if fields, ok := item.(map[string]any); ok {
			out = append(out, fields)
		}
	}
	return out
}
