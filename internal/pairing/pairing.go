// Package pairing ties records to what already stands in Zoho Books, and unties them, by a
// person's wish: one by one for any record, in bulk and with suggestions for customers.
//
// It reads Zoho before it ties anything, never deletes or changes a document there (except that
// a voided one which is wanted again becomes a draft first), and leaves everything else to the
// next sync: a link without fingerprint is sent whole.
package pairing

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/lately"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/strict"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Service pairs. All fields are required.
type Service struct {
	Store  *store.Store
	Engine *engine.Engine
	Hotel  *qloapps.Reader
	// Books gives the client of the connected organization.
	Books func(ctx context.Context) (*zoho.Client, error)
	// Base is the ISO code of the organization's base currency.
	Base func(ctx context.Context) (string, error)
	// Early is the ISO code of contacts made before any document needs one, "" where that is the base.
	Early func(ctx context.Context) (string, error)

	counted lately.Answers[map[string]int] // linked and open customers, of many
}

// Pair ties the document of ref to a Zoho record of the same kind and currency that stands for
// nothing else of ours: Invalid when it cannot be, Conflict/already_paired when it does.
func (s *Service) Pair(ctx context.Context, ref store.Ref, zohoID, by string) error {
	doc, resource, err := s.find(ctx, ref)
	if err != nil {
		return err
	}
	if err := free(doc, zohoID); err != nil {
		return err
	}
	books, err := s.Books(ctx)
	if err != nil {
		return err
	}
	rec, err := books.Get(zoho.WithRef(zoho.WithLane(ctx, limit.Person), ref.Key()), resource, zohoID)
	if fault.Is(err, fault.NotFound) {
		return wrong("there is no such %s in Zoho Books", resource.Envelope)
	}
	if err != nil {
		return err
	}
	if rec.ID != zohoID {
		return wrong("Zoho Books answered with another record")
	}
	if doc, err = s.meant(ctx, doc, rec); err != nil {
		return err
	}
	if err := free(doc, zohoID); err != nil {
		return err
	}
	gone, err := s.goneHolders(ctx, doc, resource, rec)
	if err != nil {
		return err
	}
	if err := s.fits(ctx, doc, resource, rec, gone); err != nil {
		return err
	}
	return s.Store.Pair(ctx, s.sharing(resource), []store.Pairing{{Ref: doc.Ref, Zoho: standing(resource, rec), Space: space(resource), From: gone}}, by)
}

// goneHolders are those for which a document stands, or whose key it bears, and which QloApps no longer has: a person who
// pairs it says which row it is now.
func (s *Service) goneHolders(ctx context.Context, doc store.Document, resource zoho.Resource, rec zoho.Record) (gone []store.Ref, err error) {
	if resource.Path == zoho.Contacts.Path || resource.Path == zoho.Items.Path {
		return nil, nil
	}
	held, err := s.Store.Holders(ctx, s.sharing(resource), rec.ID)
	if err != nil {
		return nil, err
	}
	if rec.Key != "" {
		held = append(held, store.ParseKey(rec.Key))
	}
	for _, ref := range held {
		if ref == doc.Ref || slices.Contains(gone, ref) {
			continue
		}
		if there, err := s.Engine.There(ctx, ref); err != nil {
			return nil, err
		} else if !there {
			gone = append(gone, ref)
		}
	}
	return gone, nil
}

// free refuses to tie a document that stands for another record.
func free(doc store.Document, zohoID string) error {
	if doc.ZohoID != "" && doc.ZohoID != zohoID && doc.Issue.Code != "zoho_record_gone" {
		return fault.New(fault.Conflict, "already_linked", "It stands for %s in Zoho Books already.", words(doc)).Do("Unpair it first; nothing is deleted in Zoho Books.")
	}
	return nil
}

// meant is the document that a person means: a guest's contact in the currency of early contacts is
// not the one in Zoho's base currency.
func (s *Service) meant(ctx context.Context, doc store.Document, rec zoho.Record) (store.Document, error) {
	early, err := s.Early(ctx)
	if err != nil || early == "" || doc.Ref.Flow != flow.Customer || strings.Contains(doc.Ref.ID, ":") || rec.Currency != early {
		return doc, err
	}
	ref := flow.ContactRef(doc.Ref.ID, early)
	if err := s.Store.Ensure(ctx, ref); err != nil {
		return doc, err
	}
	doc, _, err = s.find(ctx, ref)
	return doc, err
}

func wrong(format string, args ...any) error {
	return strict.Invalid(fault.FieldError{Field: "zoho_id", Message: fault.New("", "", format, args...).Detail})
}

func words(d store.Document) string {
	if d.Number != "" {
		return "«" + d.Number + "» (" + d.ZohoID + ")"
	}
	return d.ZohoID
}

// find gives a document and where its kind stands in Zoho Books.
func (s *Service) find(ctx context.Context, ref store.Ref) (store.Document, zoho.Resource, error) {
	resource, ok := flow.Resource(ref.Flow)
	if !ok {
		return store.Document{}, resource, fault.New(fault.Conflict, "not_pairable", "A %s is found in Zoho Books by itself and needs no pairing.", strings.ReplaceAll(ref.Flow, "_", " "))
	}
	found, err := s.Store.Documents(ctx, []store.Ref{ref})
	if err != nil {
		return store.Document{}, resource, err
	}
	doc, ok := found[ref]
	if !ok {
		return doc, resource, fault.New(fault.NotFound, "unknown_document", "QloBooks knows no %s %s.", ref.Flow, ref.ID).Do("Initialize its section if it is new.")
	}
	return doc, resource, nil
}

// sharing are the flows whose documents stand in the same place, so that one record there may
// stand for only one of theirs.
func (s *Service) sharing(resource zoho.Resource) []string {
	var flows []string
	for _, name := range s.Engine.Flows() {
		if r, ok := flow.Resource(name); ok && r.Path == resource.Path {
			flows = append(flows, name)
		}
	}
	return flows
}

// fits refuses what is of another kind or currency, void, or of another record of ours.
func (s *Service) fits(ctx context.Context, doc store.Document, resource zoho.Resource, rec zoho.Record, gone []store.Ref) error {
	var facts struct {
		Kind zoho.Text `json:"contact_type"`
	}
	_ = json.Unmarshal(rec.Raw, &facts)
	switch {
	case resource.Path == zoho.Contacts.Path && facts.Kind != "" && facts.Kind != "customer":
		return wrong("is a %s in Zoho Books, not a customer", facts.Kind)
	case rec.Status == "void":
		return fault.New(fault.Conflict, "zoho_record_void", "This document is void in Zoho Books.").Do("Set it to draft there first, or choose another one.").On("zoho_id")
	case rec.Key != "" && rec.Key != doc.Ref.Key() && !slices.Contains(gone, store.ParseKey(rec.Key)):
		return store.AlreadyPaired(store.ParseKey(rec.Key))
	}
	want, err := s.currency(ctx, doc)
	if err != nil {
		return err
	}
	if want != "" && rec.Currency != "" && rec.Currency != want {
		return wrong("is in %s in Zoho Books, but %s is needed", rec.Currency, want)
	}
	return nil
}

// currency is the one a document must have in Zoho Books; "" when it has none.
func (s *Service) currency(ctx context.Context, doc store.Document) (string, error) {
	switch doc.Ref.Flow {
	case flow.Customer:
		if _, iso, ok := strings.Cut(doc.Ref.ID, ":"); ok {
			return iso, nil
		}
		return s.Base(ctx)
	case flow.Hotel, flow.RoomType, flow.ServiceProduct:
		return "", nil
	}
	if doc.Currency != "" {
		return doc.Currency, nil
	}
	shown, err := s.Store.RecordsOf(ctx, doc.Ref)
	if err != nil || len(shown) == 0 {
		return "", err
	}
	return shown[0].Currency, nil
}

func standing(resource zoho.Resource, rec zoho.Record) store.Standing {
	kept := destination.Answer(resource, rec)
	z := store.Standing{ZohoID: rec.ID, Number: kept.Number, Name: rec.Name, Extra: kept.Extra}
	if resource.Path == zoho.Contacts.Path || resource.Path == zoho.Items.Path {
		return z
	}
	total, tax := rec.Total.Decimal, rec.Tax.Decimal
	z.Currency, z.Total, z.Tax, z.Day = rec.Currency, &total, &tax, day(rec)
	for _, a := range rec.Settles {
		z.Steps = append(z.Steps, store.StepState{Name: store.ApplyStep + a.InvoiceID + ":" + a.AmountApplied.String(), Done: true})
	}
	return z
}

func day(rec zoho.Record) string {
	var facts struct {
		Date zoho.Day `json:"date"`
	}
	_ = json.Unmarshal(rec.Raw, &facts)
	return string(facts.Date)
}

// space is where names of a resource must be unique.
func space(resource zoho.Resource) string {
	switch resource.Path {
	case zoho.Contacts.Path:
		return "contact"
	case zoho.Items.Path:
		return "item"
	default:
		return ""
	}
}

// Unpair forgets the link of ref. What stands in Zoho Books stays as it is; a later sync finds
// it again if it carries the key.
func (s *Service) Unpair(ctx context.Context, ref store.Ref, reason, by string) error {
	doc, _, err := s.find(ctx, ref)
	if err != nil {
		return err
	}
	if doc.ZohoID == "" {
		return notLinked()
	}
	return s.Store.Unpair(ctx, ref, "Forgot "+words(doc)+": "+reason, by)
}

func notLinked() error {
	return fault.New(fault.Conflict, "not_linked", "It stands for nothing in Zoho Books.").Do("Use Sync to send it, or Pair to tie it to a record that is there.")
}

// Recreate prepares a document to be made to stand in Zoho Books again as QloApps says, and
// names what must then be queued: it, and the money that settled it. The key stays the same, so
// that what carries it is found rather than made twice.
func (s *Service) Recreate(ctx context.Context, ref store.Ref, reason, by string) ([]store.Ref, error) {
	doc, resource, err := s.find(ctx, ref)
	if err != nil {
		return nil, err
	}
	if ref.Flow == flow.Payment {
		if came, err := s.Hotel.ImportedPayments(ctx, []string{ref.ID}); err != nil || len(came) > 0 {
			return nil, cmp.Or(err, cameFromZoho())
		}
	}
	if doc.ZohoID == "" {
		return nil, notLinked()
	}
	books, err := s.Books(ctx)
	if err != nil {
		return nil, err
	}
	ctx = zoho.WithRef(zoho.WithLane(ctx, limit.Person), ref.Key())
	rec, err := books.Get(ctx, resource, doc.ZohoID)
	switch {
	case fault.Is(err, fault.NotFound):
		err = s.Store.Anew(ctx, ref, reason, by)
	case err != nil:
	case rec.Key != "" && rec.Key != ref.Key():
		return nil, fault.New(fault.Conflict, "still_there", "It has no document of its own in Zoho Books: it stands on the one of %s.", rec.Key)
	case doc.Done(store.VoidStep) && rec.Status != "void": // it was answered and not done, or somebody brought it back
		err = s.Store.Reopen(ctx, ref, false, destination.Answer(resource, rec).Extra, reason, by)
	case rec.Status == "void" || rec.Status == "draft" && ref.Flow != flow.SalesOrder:
		err = s.reopen(ctx, books, doc, resource, rec, reason, by)
	case !changed(doc, resource, rec) && (!updated(ref.Flow) || len(renamed(doc, rec)) == 0):
		return nil, fault.New(fault.Conflict, "still_there", "%s still stands in Zoho Books as it was posted.", words(doc)).Do("Use Sync to send changes, or Unpair to forget the link.")
	case !updated(ref.Flow):
		return nil, fault.New(fault.Conflict, "still_there", "%s was changed in Zoho Books by hand, and documents of this kind are never overwritten.", words(doc)).Do("Correct it in Zoho Books.")
	default:
		err = s.Store.Reopen(ctx, ref, true, destination.PutBack(destination.Answer(resource, rec).Extra, doc.Number), reason, by)
	}
	if err != nil {
		return nil, err
	}
	return s.withMoney(ctx, doc)
}

func cameFromZoho() error {
	return fault.New(fault.Conflict, "came_from_zoho", "This payment came from Zoho Books and is never sent there.").Do("Decide about it on the page Payments from Zoho.")
}

// reopen makes a void document a draft, under its own key, as a key is never used twice. What is
// never updated, a credit note, is opened again as it was.
func (s *Service) reopen(ctx context.Context, books *zoho.Client, doc store.Document, resource zoho.Resource, rec zoho.Record, reason, by string) error {
	if err := s.Store.Reopen(ctx, doc.Ref, updated(doc.Ref.Flow), destination.Answer(resource, rec).Extra, reason, by); err != nil {
		return err
	}
	if err := s.Store.Loosen(ctx, doc.Ref, store.ApplyStep+doc.ZohoID); err != nil {
		return err
	}
	statuses := map[string][]string{zoho.SalesOrders.Path: {"open"}, zoho.Invoices.Path: {"draft"}, zoho.CreditNotes.Path: {"draft", "open"}}[resource.Path]
	if rec.Status == "draft" {
		statuses = map[string][]string{zoho.CreditNotes.Path: {"open"}}[resource.Path] // an invoice is sent by its next sync
	}
	for _, status := range statuses {
		if _, err := books.Do(ctx, zoho.Request{Method: http.MethodPost, Path: resource.Path + "/" + doc.ZohoID + "/status/" + status}); err != nil {
			return err
		}
	}
	return nil
}

// updated tells that documents of a flow follow changes in QloApps.
func updated(name string) bool { return name == flow.Invoice || name == flow.SalesOrder }

// changed tells whether what stands in Zoho Books is not what was posted.
func changed(doc store.Document, resource zoho.Resource, rec zoho.Record) bool {
	if doc.Total == nil || resource.Path == zoho.Contacts.Path || resource.Path == zoho.Items.Path {
		return false
	}
	var sent, now struct {
		Contact zoho.Text `json:"customer_id"`
	}
	_, _ = json.Unmarshal(doc.Sent, &sent), json.Unmarshal(rec.Raw, &now)
	return !rec.Total.Equal(*doc.Total) || rec.Currency != "" && rec.Currency != doc.Currency || day(rec) != doc.Day ||
		doc.Tax != nil && !rec.Tax.Equal(*doc.Tax) || sent.Contact != "" && now.Contact != "" && sent.Contact != now.Contact || taxed(doc.Sent) != "" && taxed(rec.Raw) != taxed(doc.Sent)
}

// taxed are the taxes of a document's lines, whatever their sequence; "" where none is told.
func taxed(document json.RawMessage) string {
	var told struct {
		Lines []struct {
			Tax zoho.Text `json:"tax_id"`
		} `json:"line_items"`
	}
	_ = json.Unmarshal(document, &told)
	var list []string
	for _, l := range told.Lines {
		if l.Tax != "" {
			list = append(list, string(l.Tax))
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// withMoney adds the posted payments and credit notes of an invoice's orders, which settle it again.
func (s *Service) withMoney(ctx context.Context, doc store.Document) ([]store.Ref, error) {
	refs := []store.Ref{doc.Ref}
	if doc.Ref.Flow != flow.Invoice {
		return refs, nil
	}
	shown, err := s.Store.RecordsOf(ctx, doc.Ref)
	if err != nil {
		return nil, err
	}
	for _, record := range shown {
		docs, err := s.Store.DocumentsOf(ctx, record.Section, []string{record.ID})
		if err != nil {
			return nil, err
		}
		for _, d := range docs[record.ID] {
			if d.ZohoID != "" && (d.Ref.Flow == flow.Payment || d.Ref.Flow == flow.CreditNote) && d.Status != store.Skipped {
				refs = append(refs, d.Ref)
			}
		}
	}
	return refs, nil
}
