package flow

import (
	"slices"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// invoicedFirst makes a credit wait for the invoice it belongs to: one that nobody queued is not
// pulled along.
func invoicedFirst(o *qloapps.Order, links engine.Links) error {
	for _, i := range o.Invoices {
		link := links.Look(Invoice, i.ID)
		if link.Retired() { // its order may be coming back to life
			if _, err := links.Settled(Invoice, i.ID); err != nil {
				return err
			}
		}
		if !link.Draft && (link.Status == engine.Synced || link.Exists()) {
			continue
		}
		if _, err := links.Of(Invoice, i.ID); err != nil {
			return err
		}
	}
	return nil
}

// settlers are the documents of an order that may settle its invoices.
func settlers(o *qloapps.Order) []engine.Ref {
	var refs []engine.Ref
	seen := map[string]bool{}
	for _, s := range o.Shares {
		if !seen[s.PaymentID] {
			seen[s.PaymentID] = true
			refs = append(refs, ref(Payment, s.PaymentID))
		}
	}
	for _, id := range o.SlipIDs {
		refs = append(refs, ref(CreditNote, id))
	}
	return refs
}

// openStep opens a document; a list of what open means proves it.
func openStep(r zoho.Resource) engine.Step {
	return engine.Step{Name: "open", Method: "POST", Path: r.Path + "/{id}/status/open",
		Proof: &engine.Proof{Path: r.Path + "/{id}", Envelope: r.Envelope, Field: "status", Any: destination.Opened(r)}}
}

// redraftStep makes a void credit note a draft again, as which alone it can be opened.
const redraftStep = "redraft"

func redraft() engine.Step {
	step := statusStep(zoho.CreditNotes, "draft", "void", true)
	step.Name = redraftStep
	return step
}

// opened puts before the steps of a credit note that it is open, which its creation brings about and its
// status proves. Notes that stand from before that was looked at stay as they are.
func opened(steps []engine.Step, self engine.Link) []engine.Step {
	if self.Exists() && !slices.Contains(self.Steps, "open") && !self.Retired() {
		return steps
	}
	open := openStep(zoho.CreditNotes)
	open.Implied = true
	if self.Retired() || slices.Contains(self.Steps, redraftStep) { // it was taken back, and is void until then
		return append([]engine.Step{redraft(), open}, steps...)
	}
	return append([]engine.Step{open}, steps...)
}

// statusStep moves a document to a status; its proof is the status the document then shows, or,
// with not, no longer shows.
func statusStep(r zoho.Resource, name, status string, not bool) engine.Step {
	return engine.Step{Name: name, Method: "POST", Path: r.Path + "/{id}/status/" + name,
		Proof: &engine.Proof{Path: r.Path + "/{id}", Envelope: r.Envelope, Field: "status", Value: status, Not: not}}
}

func invoiceStands(o *qloapps.Order, links engine.Links) bool {
	for _, i := range o.Invoices {
		if links.Look(Invoice, i.ID).Exists() {
			return true
		}
	}
	return false
}

// invoiceStood reports that an invoice of an order stood when the links were reset, though it was not found again yet.
func invoiceStood(o *qloapps.Order, links engine.Links, r *rules.Rules) bool {
	return slices.ContainsFunc(o.Invoices, func(i qloapps.InvoiceHead) bool {
		lost := links.Look(Invoice, i.ID).LostIn
		return lost != "" && lost == r.Org.ID
	})
}
