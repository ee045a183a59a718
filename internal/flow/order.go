package flow

import (
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// invoicedFirst makes a credit wait for the invoice it belongs to: one that nobody queued is not
// pulled along.
func invoicedFirst(o *qloapps.Order, links engine.Links) error {
	for _, i := range o.Invoices {
		if link := links.Look(Invoice, i.ID); link.Status == engine.Synced || link.Exists() {
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
