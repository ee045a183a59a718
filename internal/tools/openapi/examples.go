package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// typical are values of strings by the name of their field, where neither an example nor an enum says more.
var typical = map[string]string{
	"id": "42", "source_id": "1042", "zoho_id": "460000000026049", "organization_id": "60001234567", "contact_id": "460000000026049", "employee_id": "1",
	"name": "Ada Holt", "zoho_name": "Ada Holt", "email": "ada@hotel.example", "title": "Period is locked", "detail": "The books are locked until 2026-01-31.", "action": "Unlock the period in Zoho Books, or choose another policy.",
	"code": "period_locked", "currency": "EUR", "reason": "Agreed with the accountant.", "link": "/synchronization/orders?record=1042", "number": "INV-000017", "zoho_number": "INV-000017", "by": "Ada Holt", "started_by": "Ada Holt", "created_by": "Ada Holt",
	"flow": "invoice", "section": "orders", "kind": "sync", "cursor": "eyJpZCI6IjQyIn0", "next_cursor": "eyJpZCI6IjQyIn0", "time_zone": "Europe/Berlin", "date": "2026-03-01", "day": "2026-03-01", "month": "2026-03", "version": "1.7.0",
	"url": "https://books.example.com", "zoho_url": "https://books.zoho.eu/app/60001234567#/invoices/460000000026049", "qloapps_url": "https://hotel.example.com/admin/index.php?controller=AdminOrders&id_order=1042",
	"quantity": "2", "percent": "10", "rates": "10", "discount": "0.00", "predicted": "1560.00", "wanted": "1284", "allowed": "500", "limit": "brake_max_records", "csrf_token": "mYq1cJx0…", "label": "Retry", "actor": "Ada Holt", "method": "POST",
	"path": "/api/v1/issues/period_locked/retry", "status": "done", "text": "A message of QloBooks.", "account": "ada@hotel.example", "source_name": "Ada Holt", "zoho_number_format": "INV-", "prefix": "qlb_4fGh", "token": "qlb_…", "event": "run_failed",
	"sentence": "3 orders were posted.", "key": "1", "phone": "+49 30 1234567", "base_currency": "EUR", "plan_name": "Premium", "payment_mode": "Bank Transfer", "after": "true", "before": "false", "field": "auto_sync_new",
	"api_domain": "https://www.zohoapis.eu", "dashboard_domain": "https://books.zoho.eu", "token_domain": "https://accounts.zoho.eu", "last_error": "The access was refused.", "organization_name": "Harbour Hotels", "company": "Holt Ltd",
	"launch_time": "03:30", "zoho_contact_name": "Ada Holt", "contact": "Ada Holt", "reference": "LARKSPUR1", "refunded": "0.00", "unused": "0.00", "elsewhere": "0.00", "outcome": "Signed in", "phase": "synced", "explanation": "The date of the document lies in a closed period.",
	"country": "Germany", "hotel": "Harbour", "guest": "Ada Holt", "query": "Ada", "request": "{}", "response": "{}", "webhook_secret": "a long secret text", "name_pattern": "{first} {last}", "default_payment_mode": "Bank Transfer", "import_method_label": "Zoho Books",
	"errors.field": "limit", "errors.message": "must be a whole number from 1 to 200", "type": "about:blank", "instance": "/api/v1/records/orders", "request_id": "5f0c7a7e-3b0a-4a63-9a53-8f7f8b0c6d11", "etag": "\"1\"",
}

// amounts are the names of fields that hold money, as text.
var amounts = []string{"amount", "total", "balance", "applied", "paid", "due", "tax", "invoices", "payments", "credit_notes", "source", "zoho", "qloapps", "rate"}

// addExamples gives every operation an example of what is sent, of what is answered, and of a problem. They
// follow the schemas, so that they cannot be of another shape than what is sent; the conversion validates
// each against its schema.
func addExamples(api *openapi3.T) {
	for _, path := range api.Paths.Map() {
		for _, operation := range path.Operations() {
			if operation.RequestBody != nil && operation.RequestBody.Value != nil {
				exemplify(operation.RequestBody.Value.Content, true)
			}
			for status, answer := range operation.Responses.Map() {
				if status == "default" {
					for _, media := range answer.Value.Content {
						media.Example = problemOf(operation)
					}
				} else if answer.Value != nil {
					exemplify(answer.Value.Content, false)
				}
			}
		}
	}
}

// asked are requests of which not all fields can be sent together.
var asked = map[string]any{
	"SyncRequest": map[string]any{"ids": []any{"1042"}, "confirm": true},
}

func exemplify(content openapi3.Content, request bool) {
	for kind, media := range content {
		switch {
		case media.Example != nil || len(media.Examples) > 0:
		case strings.HasPrefix(kind, "text/csv") && len(content) > 1:
			// Swagger 2.0 knows one schema for both types of an answer, which is that of the other one.
		case strings.HasPrefix(kind, "text/csv"):
			media.Example = "\"id\",\"name\"\r\n\"1042\",\"Ada Holt\"\r\n"
		case media.Schema != nil:
			name := media.Schema.Ref[strings.LastIndex(media.Schema.Ref, "/")+1:]
			if whole, there := asked[name]; there && request {
				media.Example = whole
			} else {
				media.Example = valueOf(media.Schema.Value, "", 0)
			}
		}
	}
}

// problemOf is the refusal that an operation most likely meets.
func problemOf(operation *openapi3.Operation) any {
	problem := func(status int, code, title, detail, action string) map[string]any {
		return map[string]any{"title": title, "status": status, "code": code, "detail": detail, "action": action, "request_id": "5f0c7a7e-3b0a-4a63-9a53-8f7f8b0c6d11"}
	}
	id, query := false, ""
	for _, p := range operation.Parameters {
		id = id || p.Value.In == "path"
		if p.Value.In == "query" && query == "" {
			query = p.Value.Name
		}
	}
	switch {
	case operation.Security == nil:
		return problem(503, "database_down", "The database does not answer", "MySQL could not be reached.", "Look at the database server; it is tried again by itself.")
	case operation.RequestBody != nil && !id, query != "" && !id:
		field := query
		if field == "" {
			field = "name"
		}
		p := problem(422, "validation", "The request is not right", "One field is not right.", "Correct it and send the request again.")
		p["errors"] = []any{map[string]any{"field": field, "message": "is unknown"}}
		return p
	case id:
		return problem(404, "not_found", "Not found", "There is nothing under this address.", "Look at the id.")
	default:
		return problem(403, "forbidden", "Your role does not allow this", "The role viewer may not do this; it takes the role admin.", "Ask an administrator.")
	}
}

const deepest = 8

// valueOf is one value of a schema; name is the field that holds it.
func valueOf(schema *openapi3.Schema, name string, depth int) any {
	if schema == nil || depth > deepest {
		return nil
	}
	if schema.Example != nil {
		return schema.Example
	}
	if schema.Nullable && depth > 0 && (schema.Type.Is("object") || len(schema.AllOf) > 0) {
		return nil // most often there is none
	}
	if len(schema.Enum) > 0 {
		return schema.Enum[0]
	}
	if len(schema.AllOf) > 0 {
		var whole any
		for _, part := range schema.AllOf { // a later part says more of what an earlier one has
			v := valueOf(part.Value, name, depth)
			if fields, ok := v.(map[string]any); ok {
				if former, ok := whole.(map[string]any); ok {
					maps.Copy(former, fields)
					continue
				}
			}
			if v != nil {
				whole = v
			}
		}
		return whole
	}
	switch {
	case schema.Type.Is("array"):
		if v := valueOf(schema.Items.Value, strings.TrimSuffix(name, "s"), depth+1); v != nil {
			return []any{v}
		}
		return []any{}
	case schema.Type.Is("object"):
		return objectOf(schema, depth)
	case schema.Type.Is("boolean"):
		return name != "everywhere" && name != "confirm" && name != "all"
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		if schema.Min != nil && *schema.Min > 1 {
			return *schema.Min
		}
		return 1
	case schema.Type.Is("string"):
		return textOf(schema, name)
	}
	return nil
}

func objectOf(schema *openapi3.Schema, depth int) any {
	out := map[string]any{}
	for name, property := range schema.Properties {
		if len(schema.Required) > 0 && depth == 0 && !slices.Contains(schema.Required, name) {
			continue // what may be left out is left out
		}
		if v := valueOf(property.Value, name, depth+1); v != nil || property.Value.Nullable {
			out[name] = v
		}
	}
	if more := schema.AdditionalProperties.Schema; more != nil && len(out) == 0 {
		if v := valueOf(more.Value, "", depth+1); v != nil {
			out["synced"] = v
		}
	}
	return out
}

func textOf(schema *openapi3.Schema, name string) any {
	switch schema.Format {
	case "date":
		return "2026-03-01"
	case "date-time":
		return "2026-03-01T09:30:00Z"
	case "password":
		return "a password"
	}
	text, known := typical[name]
	if !known {
		text = "text"
		for _, amount := range amounts {
			if name == amount || strings.HasSuffix(name, "_"+amount) {
				text = "1560.00"
			}
		}
		switch {
		case strings.HasSuffix(name, "_id"), strings.HasSuffix(name, "id"):
			text = "42"
		case strings.HasSuffix(name, "url"):
			text = "https://books.example.com"
		}
	}
	if schema.MaxLength != nil && uint64(len(text)) > *schema.MaxLength {
		text = text[:*schema.MaxLength]
	}
	return text
}
