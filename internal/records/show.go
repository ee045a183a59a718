package records

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// show makes a list row of a record, its documents and, for an order, its guest's contact.
func show(r store.Record, docs []store.Document, contact store.Document, links Links) wire.Record {
	w := wire.Record{SourceID: r.ID, Name: r.Name, Status: string(r.Status), Phase: string(r.Phase), Notices: []wire.Notice{}, Fields: map[string]wire.Field{},
		Draft: drafted(docs), QloAppsURL: wire.TextOrNull(links.QloApps(r.Section, r.ID)), LastSyncedAt: instant(r.SyncedAt)}
	if main := mainDocument(r.Section, docs); main != nil {
		w.Paired = main.Paired
		if main.Ref.Flow == mainFlow[r.Section] {
			w.ZohoID, w.ZohoNumber = wire.TextOrNull(main.ZohoID), wire.TextOrNull(main.Number)
			w.ZohoURL = wire.TextOrNull(links.Zoho(main.Ref.Flow, main.ZohoID))
		}
	}
	for _, d := range docs {
		for _, n := range d.Notices {
			if told := (wire.Notice{Code: n.Code, Detail: n.Detail}); !slices.Contains(w.Notices, told) { // several documents tell the same of their order
				w.Notices = append(w.Notices, told)
			}
		}
	}
	if d := worst(docs, r.Status); d != nil {
		if w.Issue = issue(d.Issue); w.Issue != nil {
			w.Issue.Comparison = nil // the document itself shows it
		}
	}
	for name, text := range r.Fields {
		w.Fields[name] = wire.One(text, "")
	}
	if r.Section == wire.Orders {
		orderFields(w.Fields, r, docs, contact, links)
	}
	return w
}

// worst is the first document in the record's own state that says why.
func worst(docs []store.Document, status store.Status) *store.Document {
	for i := range docs {
		if docs[i].Status == status && (docs[i].Issue.Code != "" || docs[i].Issue.Detail != "") {
			return &docs[i]
		}
	}
	return nil
}

var numberFields = map[string]string{
	"sales_order": "zoho_sales_order_number", "invoice": "zoho_invoice_number", "payment": "zoho_payment_number", "credit_note": "zoho_credit_note_number",
}

func orderFields(fields map[string]wire.Field, r store.Record, docs []store.Document, contact store.Document, links Links) {
	if r.CustomerID != "" {
		fields["guest"] = wire.One(r.Fields["guest"], links.QloApps("customers", r.CustomerID))
	}
	fields["zoho_customer_id"] = wire.One(contact.ZohoID, links.Zoho("customer", contact.ZohoID))
	numbers := map[string][]wire.FieldText{}
	for _, d := range docs {
		name, ok := numberFields[d.Ref.Flow]
		if !ok || d.ZohoID == "" || d.ByRefund() { // money given back stands on the payment that it came from
			continue
		}
		number := d.Number
		if number == "" {
			number = d.ZohoID
		}
		numbers[name] = append(numbers[name], wire.FieldText{Text: number, URL: wire.TextOrNull(links.Zoho(d.Ref.Flow, d.ZohoID))})
	}
	for _, name := range numberFields {
		fields[name] = wire.Many(numbers[name]...)
	}
}

func document(d store.Document, links Links) wire.Document {
	w := wire.Document{Flow: d.Ref.Flow, SourceID: d.Ref.ID, Key: d.Ref.Key(), Status: string(d.Status), Title: title(d),
		ZohoID: wire.TextOrNull(d.ZohoID), ZohoNumber: wire.TextOrNull(d.Number), ZohoURL: wire.TextOrNull(links.Zoho(d.Ref.Flow, d.ZohoID)),
		Date: wire.TextOrNull(d.Day), Currency: wire.TextOrNull(d.Currency), Total: amount(d.Total), Tax: amount(d.Tax), Applied: amount(d.Applied),
		Paired: d.Paired, Steps: []wire.Step{}, Issue: issue(d.Issue), Draft: d.Draft != store.NoDraft, Releasable: releasable(d), Notices: []wire.Notice{}, LastSyncedAt: instant(d.SyncedAt)}
	if d.ByRefund() {
		w.ZohoURL = wire.TextOrNull(links.Zoho("payment", d.ZohoID))
	}
	for _, s := range d.Steps {
		status := "pending"
		if s.Done {
			status = "done"
		}
		w.Steps = append(w.Steps, wire.Step{Name: s.Name, Status: status})
	}
	for _, n := range d.Notices {
		w.Notices = append(w.Notices, wire.Notice{Code: n.Code, Detail: n.Detail})
	}
	return w
}

func title(d store.Document) string {
	if d.Title != "" {
		return d.Title
	}
	word := strings.ReplaceAll(d.Ref.Flow, "_", " ")
	return strings.ToUpper(word[:1]) + word[1:] + " " + d.Ref.ID
}

func amount(d *money.Decimal) *string {
	if d == nil {
		return nil
	}
	s := money.Text(*d)
	return &s
}

func issue(i store.Issue) *wire.Issue {
	if i.Code == "" && i.Detail == "" {
		return nil
	}
	if i.Code == "" {
		return &wire.Issue{Title: "Waiting", Detail: i.Detail, Action: i.Action}
	}
	return &wire.Issue{Code: i.Code, Title: fault.Explain(i.Code).Title, Detail: i.Detail, Action: i.Action, Comparison: wire.CompareJSON(i.Proof)}
}

func instant(t *time.Time) *wire.Instant {
	if t == nil {
		return nil
	}
	at := wire.At(*t)
	return &at
}

// ShowRun makes the API's run of a stored one, without an estimate of its end.
func ShowRun(r store.Run) wire.Run {
	w := wire.Run{ID: fmt.Sprint(r.ID), Kind: r.Kind, Section: wire.TextOrNull(r.Section), Status: string(r.Status), Done: r.Done, Failed: r.Failed, Held: r.Held,
		Unchanged: r.Unchanged, Skipped: r.Skipped, CallsUsed: r.CallsUsed, StartedBy: r.StartedBy, CreatedAt: wire.At(r.CreatedAt),
		StartedAt: instant(r.StartedAt), FinishedAt: instant(r.FinishedAt), Result: r.Result}
	if r.Total != nil {
		w.Total = *r.Total
	}
	var brake wire.Brake
	if len(r.Brake) > 0 && json.Unmarshal(r.Brake, &brake) == nil {
		w.Brake = &brake
	}
	var problem store.Issue
	if r.Error != "" && json.Unmarshal([]byte(r.Error), &problem) == nil {
		w.Error = issue(problem)
	}
	w.Title, w.Sentence = titleOf(r, nil), sentenceOf(r)
	return w
}
