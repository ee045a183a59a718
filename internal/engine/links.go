package engine

import (
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Waiting is the code of a Blocked fault while the engine is at the awaited record by itself.
// It is never shown: the record simply reads Blocked, with what it waits for.
const Waiting = "waiting"

// linked answers links from documents read beforehand, and remembers what was missing.
type linked struct {
	engine  *Engine
	found   map[Ref]store.Document
	missing []Ref
	stuck   bool // something missing does not move by itself
}

func (l *linked) Look(flow, id string) Link {
	ref := Ref{Flow: flow, ID: id}
	d, ok := l.found[ref]
	if !ok {
		return Link{Ref: ref, Status: NotSynced}
	}
	if d.Gone() {
		return Link{Ref: ref, Status: d.Status}
	}
	return l.link(d)
}

func (l *linked) link(d store.Document) Link {
	link := linkOf(d)
	if d.LateUntil != nil {
		runner := l.engine.named[d.Ref.Flow]
		link.Unread = runner != nil && runner.parts && d.ZohoID != "" && d.DueAt != nil
		link.Late = max(d.LateUntil.Sub(l.engine.store.Now()), 0)
	}
	return link
}

func (l *linked) Of(flow, id string) (Link, error) {
	ref := Ref{Flow: flow, ID: id}
	d, ok := l.found[ref]
	if !ok {
		d = store.Document{Ref: ref, Status: NotSynced}
	}
	if d.Usable() {
		return l.link(d), nil
	}
	l.missing = append(l.missing, ref)
	runner := l.engine.named[flow]
	switch {
	case d.Draft == store.AsDraft && d.Status == Synced:
		l.stuck = true
		return Link{}, fault.New(fault.Blocked, "invoice_draft", "It belongs to %s, which is a draft in Zoho Books.", words(ref)).
			Do("Mark the invoice as sent; this document then follows by itself.")
	case d.Moving(), d.Unbegun() && runner != nil && runner.master:
		return Link{}, fault.New(fault.Blocked, Waiting, "Waits for %s.", words(ref))
	case d.Status == NotSynced:
		l.stuck = true
		return Link{}, fault.New(fault.Blocked, "not_queued", "It belongs to %s, which nobody has queued for Zoho Books.", words(ref)).
			Do("Queue the order; this document then follows by itself.")
	case d.Status == Skipped:
		return Link{}, skippedWith(ref, d.Issue)
	default:
		l.stuck = true
		code := d.Issue.Code
		if code == "" {
			return Link{}, fault.New(fault.Blocked, "not_queued", "Waits for %s, which has no document in Zoho Books.", words(ref)).
				Do("Nothing while that is right; otherwise correct the record in QloApps.")
		}
		return Link{}, fault.New(fault.Blocked, code, "Waits for %s, which is %s: %s", words(ref), d.Status, d.Issue.Detail).Do(d.Issue.Action)
	}
}

// skippedWith leaves a document out with the one that it belongs to, and says what brings both back.
func skippedWith(ref Ref, why store.Issue) error {
	cure := why.Action
	if cure == store.UseUnskip {
		cure = "Use Unskip on " + words(ref) + "; this document then comes back with it."
	}
	return fault.New(fault.Skipped, why.Code, "It belongs to %s, which is skipped: %s", words(ref), why.Detail).Do(cure)
}

func (l *linked) Settled(flow, id string) (Link, error) {
	ref := Ref{Flow: flow, ID: id}
	if d, ok := l.found[ref]; ok && d.Moving() {
		l.missing = append(l.missing, ref)
		return Link{}, fault.New(fault.Blocked, Waiting, "Waits for %s.", words(ref))
	}
	return l.Look(flow, id), nil
}

// holds begins the id of a reference that names a document by its id at the destination.
const holds = "@"

// Holder names the record of a flow whose document has an id at the destination, or had it until a person paired the
// record with another one. Only Look answers for it.
func Holder(flow, destID string) Ref { return Ref{Flow: flow, ID: holds + destID} }

func linkOf(d store.Document) Link {
	link := Link{Ref: d.Ref, ID: d.ZohoID, Number: d.Number, Name: d.Name, Day: d.Day, Status: d.Status, Currency: d.Currency, Former: d.Former, Extra: d.Extra, Sent: d.Sent, Draft: d.Draft == store.AsDraft, Approved: d.Approved, Live: d.Lane == store.Live, LostIn: d.LostIn, Gave: d.Gave, Made: d.MadeAt != nil, Total: money.Zero, Applied: money.Zero}
	for _, s := range d.Steps {
		link.Steps = append(link.Steps, s.Name)
		if s.Done {
			link.Done = append(link.Done, s.Name)
		}
		if s.Otherwise {
			link.Otherwise = append(link.Otherwise, s.Name)
		}
	}
	if d.Total != nil {
		link.Total = *d.Total
	}
	if d.Applied != nil {
		link.Applied = *d.Applied
	}
	return link
}

var flowWords = map[string]string{
	"hotel": "hotel", "room_type": "room type", "service_product": "service product", "currency": "currency", "customer": "the contact of customer",
	"sales_order": "the sales order of order", "invoice": "invoice", "payment": "payment", "credit_note": "credit slip", "refund": "refund", "cancellation": "the cancellation of invoice",
}

func words(ref Ref) string {
	word := flowWords[ref.Flow]
	if word == "" {
		word = ref.Flow
	}
	return word + " " + ref.ID
}
