package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// side is what one side says of a document.
type side struct {
	amount                        money.Decimal
	currency, day, status, number string
	zohoID                        string
	void                          bool
	tax, balance                  *money.Decimal // nil = it does not tell
	contact                       string
	taxes                         map[string]rate // by tax id; nil = it does not tell
	named                         destination.Named
}

// counts tells whether a side adds to the sums.
func (x *side) counts() bool { return x != nil && !x.void }

// item is one document with what each side says of it; nil = it says nothing.
type item struct {
	ref                   store.Ref
	doc                   store.Document
	src                   sourceRow
	unit                  money.Decimal // smallest of its currency
	title, order          string
	hotelID, hotel        string
	tax, mode             string
	state                 string // of the source
	read                  bool   // Zoho's side was looked for
	doubted               bool   // what is open of it in Zoho Books was looked into
	qloapps, posted, zoho *side
	presumed              bool  // it was sent since Zoho Books was read, so its side there is what was posted
	seen                  *side // what was read there
	keyed                 bool  // nothing here is linked to it, and what bears its key was read there
	readAt                time.Time
	twins                 []side // keyless documents in Zoho Books that look the same
}

// difference is nil when a document is the same everywhere, or a person decided to leave it.
func (x item) difference() *wire.Difference {
	if x.doc.Status == store.Skipped {
		return nil
	}
	d := &wire.Difference{Flow: x.ref.Flow, SourceID: x.ref.ID, Title: x.title, QloApps: x.qloapps.wire(), Posted: x.posted.wire(), Zoho: x.zoho.wire()}
	if x.order != "" {
		d.OrderID = &x.order
	}
	for _, s := range []*side{x.zoho, x.posted} {
		if s != nil && s.zohoID != "" && d.ZohoID == nil {
			d.ZohoID = &s.zohoID
		}
	}
	switch {
	case x.posted == nil && x.zoho.counts():
		d.Kind, d.Detail = "orphan", "A document in Zoho Books carries the key of this record, but nothing here is linked to it."
		d.Action = x.act("pair", "Pair the record with it", map[string]any{"zoho_id": x.zoho.zohoID})
	case x.posted != nil && x.state == gone && x.zoho.counts():
		d.Kind, d.Detail = "orphan", "Its row no longer exists in QloApps, but the document stands in Zoho Books."
		d.Action = open("Decide in Zoho Books whether it stays")
	case x.src.Imported && (x.posted == nil || x.zoho == nil && x.read):
		d.Kind, d.Detail = "missing", "It came to QloApps from Zoho Books, where it no longer stands."
		if x.posted == nil {
			d.Detail = "It came to QloApps from Zoho Books, and is not tied to a payment there."
		}
		d.Action = open("Import the payments, then decide on the page Payments from Zoho")
	case x.posted == nil && x.qloapps != nil:
		d.Kind, d.Detail = "missing", "QloApps has it, and it was never posted."
		d.Action = x.send()
		if x.doc.Issue.Detail != "" {
			d.Detail = "QloApps has it, and it is not posted: " + x.doc.Issue.Detail
		}
	case x.posted.counts() && x.zoho == nil && x.read:
		d.Kind, d.Detail = "missing", "It was posted, and no longer exists in Zoho Books."
		d.Action = x.act("recreate", "Create it again", nil)
	default:
		return x.unequal(d)
	}
	return d
}

// unequal names what differs between the sides that are there.
func (x item) unequal(d *wire.Difference) *wire.Difference {
	d.Kind = "different"
	byHand := x.zoho != nil && x.posted != nil && x.words(x.posted, x.zoho) != ""
	switch {
	case x.posted == nil:
		return nil
	case asked(x.doc):
		d.Detail, d.Action = x.doc.Issue.Detail, release(x.doc)
	case saidNoMore(x.doc):
		d.Detail, d.Action = x.doc.Issue.Detail, x.act("sync", "Look at it again", nil)
	case x.posted.void && x.zoho.counts() && x.zoho.status != "":
		d.Detail = "It was made void from here, and is «" + strings.ReplaceAll(x.zoho.status, "_", " ") + "» in Zoho Books."
		d.Action = x.act("recreate", "Make it void there", nil)
	case x.state == held && x.posted.counts():
		d.Detail = "QloApps no longer says what was posted"
		if x.doc.Issue.Detail != "" {
			d.Detail += ": " + x.doc.Issue.Detail
		}
		d.Action = x.act("sync", "Look at it again", nil)
	case x.pairedOtherwise() != "":
		d.Detail = "It was paired with what stood in Zoho Books, and is otherwise there than QloApps says: " + x.pairedOtherwise() + "."
		d.Action = open("Correct it in Zoho Books")
	case x.state == changed || x.qloapps != nil && x.posted.counts() && x.words(x.qloapps, x.posted) != "":
		what := x.words(x.posted, x.qloapps)
		if what == "" {
			what = "its contents"
		}
		d.Detail = "It was changed in QloApps after it was posted: " + what + "."
		d.Action = x.act("sync", "Send the change to Zoho Books", nil)
	case x.doc.Draft == store.AsDraft && x.posted.counts() && x.zoho.counts() && x.zoho.status == "draft" && !byHand:
		d.Detail = "It stands in Zoho Books as a draft, which is in no ledger."
		d.Action = x.act("mark-sent", "Mark as sent", nil)
	case x.sentByHand():
		d.Detail = "It was posted as a draft, and somebody sent it in Zoho Books: payments and credit of the order still wait for it."
		d.Action = x.act("mark-sent", "Take it as sent", nil)
	case byHand && x.zoho.void:
		d.Detail = "Somebody voided it in Zoho Books."
		d.Action = x.act("recreate", "Set it to draft and send it again", nil)
	case byHand && x.src.Imported:
		d.Detail = "It came from Zoho Books and was changed there since: " + x.words(x.posted, x.zoho) + "."
		d.Action = open("Decide on the page Payments from Zoho")
	case x.posted.counts() && x.zoho.counts() && x.doc.Status == store.Synced && (stepped(x.doc, "sent") || stepped(x.doc, "open")) && slices.Contains(unposted, x.zoho.status):
		d.Detail = "It was marked as sent from here, and is «" + strings.ReplaceAll(x.zoho.status, "_", " ") + "» in Zoho Books."
		if !stepped(x.doc, "sent") {
			d.Detail = "It was opened from here, and is «" + strings.ReplaceAll(x.zoho.status, "_", " ") + "» in Zoho Books."
		}
		d.Action = open("Have it approved and sent in Zoho Books")
		if x.zoho.status == "draft" {
			d.Action = x.act("recreate", "Send it again", nil)
		}
	case byHand:
		d.Detail = "Somebody changed it in Zoho Books: " + x.words(x.posted, x.zoho) + "."
		d.Action = open("Correct it in Zoho Books")
		if x.ref.Flow == flow.Invoice {
			d.Action = x.act("recreate", "Put it back as QloApps says", nil)
		}
	default:
		return nil
	}
	return d
}

// pairedOtherwise says how money that a person paired with what stood differs there from QloApps; "" where it does not. As
// such documents are never sent again, neither side need have changed since.
func (x item) pairedOtherwise() string {
	if !x.doc.Paired || x.ref.Flow == flow.Invoice || x.ref.Flow == flow.SalesOrder || x.state == changed || x.src.Imported || !x.qloapps.counts() || !x.zoho.counts() {
		return ""
	}
	return x.words(x.qloapps, x.zoho)
}

// words says how b differs from a; "" when they are equal. What a side does not tell is equal.
func (x item) words(a, b *side) string {
	if a == nil || b == nil {
		return ""
	}
	var parts []string
	currency := cmp.Or(b.currency, a.currency)
	if a.void != b.void {
		parts = append(parts, "it is void")
	}
	if !a.amount.Equal(b.amount) {
		parts = append(parts, fmt.Sprintf("%s instead of %s", money.Words(b.amount, currency), money.Words(a.amount, cmp.Or(a.currency, currency))))
	}
	if a.currency != "" && b.currency != "" && a.currency != b.currency {
		parts = append(parts, b.currency+" instead of "+a.currency)
	}
	if a.day != "" && b.day != "" && a.day != b.day {
		parts = append(parts, "dated "+b.day+" instead of "+a.day)
	}
	if limit := x.unit.Mul(taxUnits); a.tax != nil && b.tax != nil && a.tax.Sub(*b.tax).Abs().GreaterThan(limit) {
		parts = append(parts, fmt.Sprintf("tax of %s instead of %s", money.Words(*b.tax, currency), money.Words(*a.tax, currency)))
	} else if apart := ratesApart(a.taxes, b.taxes, limit, currency); apart != "" {
		parts = append(parts, apart)
	}
	if a.contact != "" && b.contact != "" && a.contact != b.contact {
		parts = append(parts, "of contact "+b.contact+" instead of "+a.contact)
	}
	return strings.Join(parts, ", ")
}

// taxUnits is by how many of the currency's smallest units the tax of a document may be apart where its
// total is equal; what QloApps itself rounds otherwise is a notice of the document.
var taxUnits = money.Whole(5)

// unposted are the states of a document that is in no books.
var unposted = []string{"draft", "pending_approval", "approved", "rejected", "pending_signature"}

func (x item) act(verb, label string, body map[string]any) wire.CureAction {
	path := "/documents/" + x.ref.Flow + "/" + x.ref.ID + "/" + verb
	a := wire.CureAction{Verb: verb, Label: label, Path: &path}
	if body != nil {
		a.Body = body
	}
	return a
}

// send is how a document that was never posted gets there.
func (x item) send() wire.CureAction {
	switch {
	case x.doc.RowID == 0 && x.order != "":
		path := "/records/orders/" + x.order + "/sync"
		return wire.CureAction{Verb: "sync", Label: "Queue the order", Path: &path}
	case x.doc.Issue.Code != "":
		return x.act("retry", "Try again", nil)
	default:
		return x.act("sync", "Send it to Zoho Books", nil)
	}
}

func open(label string) wire.CureAction { return wire.CureAction{Verb: "open", Label: label} }

// duplicates are a document's twins: Zoho keeps our key unique, so that a double has none.
func (x item) duplicates() []wire.Difference {
	var list []wire.Difference
	for _, t := range x.twins {
		d := wire.Difference{Kind: "duplicate", Flow: x.ref.Flow, SourceID: x.ref.ID, Title: x.title, ZohoID: &t.zohoID, QloApps: x.qloapps.wire(), Posted: x.posted.wire(), Zoho: t.wire(),
			Detail: "A second document in Zoho Books has the same customer and amount as " + orText(x.zoho.number, x.title) + ".", Action: open("Compare both in Zoho Books and delete the double")}
		if x.order != "" {
			d.OrderID = &x.order
		}
		list = append(list, d)
	}
	return list
}

func orText(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return "this one"
}

func (x *side) wire() *wire.Side {
	if x == nil {
		return nil
	}
	w := &wire.Side{Figures: wire.Figures{Count: 1, Amount: money.Text(x.amount)}, Currency: x.currency, Day: x.day, Status: x.status, Number: x.number}
	if x.void {
		w.Count, w.Status = 0, "void"
	}
	if x.balance != nil {
		open := money.Text(*x.balance)
		w.Balance = &open
	}
	return w
}

// inside tells whether any side lies in the range, and whether it is of the hotel.
func (x item) inside(q wire.ReconciliationQuery) bool {
	if q.Hotel != "" && x.hotelID != q.Hotel {
		return false
	}
	for _, s := range []*side{x.qloapps, x.posted, x.zoho} {
		if s != nil && s.day >= q.From && s.day <= q.To {
			return true
		}
	}
	return false
}

// compare adds items up and lists what differs.
func compare(items []item, q wire.ReconciliationQuery) ([]wire.ReconciliationRow, []wire.Difference) {
	t := table{from: q.From, to: q.To, sums: map[wire.ReconciliationRow]*[3]sum{}}
	differences := []wire.Difference{}
	for _, x := range items {
		if !x.inside(q) {
			continue
		}
		t.add(x, 0, x.qloapps)
		t.add(x, 1, x.posted)
		t.add(x, 2, x.zoho)
		for i := range x.twins {
			t.add(x, 2, &x.twins[i])
		}
		if d := x.renamed(x.difference()); d != nil {
			differences = append(differences, *d)
		}
		differences = append(differences, x.duplicates()...)
	}
	return t.rows(), differences
}

type sum struct {
	n      int
	amount money.Decimal
}

// table sums by what a row is named by.
type table struct {
	from, to string
	sums     map[wire.ReconciliationRow]*[3]sum
}

func (t *table) add(x item, column int, s *side) {
	if !s.counts() || s.day < t.from || s.day > t.to {
		return
	}
	currency := s.currency
	if currency == "" && x.posted != nil {
		currency = x.posted.currency
	}
	key := wire.ReconciliationRow{Day: s.day, Hotel: x.hotel, Currency: currency, Tax: x.tax, PaymentMode: x.mode, Kind: x.ref.Flow}
	if t.sums[key] == nil {
		t.sums[key] = &[3]sum{}
	}
	t.sums[key][column].n++
	t.sums[key][column].amount = t.sums[key][column].amount.Add(s.amount)
}

func (t *table) rows() []wire.ReconciliationRow {
	list := []wire.ReconciliationRow{}
	for key, sums := range t.sums {
		for i, into := range []*wire.Figures{&key.QloApps, &key.Posted, &key.Zoho} {
			*into = wire.Figures{Count: sums[i].n, Amount: money.Text(sums[i].amount)}
		}
		list = append(list, key)
	}
	order := func(r wire.ReconciliationRow) string {
		return strings.Join([]string{r.Day, r.Kind, r.Hotel, r.Currency, r.Tax, r.PaymentMode}, "\x00")
	}
	sort.Slice(list, func(i, j int) bool { return order(list[i]) < order(list[j]) })
	return list
}

// stepped tells that a document has taken a step.
func stepped(d store.Document, name string) bool {
	return slices.ContainsFunc(d.Steps, func(s store.StepState) bool { return s.Name == name && s.Done })
}

// later tells that a document was sent, or made void from here, after a copy was read, so that the copy says nothing of it.
// One that was sent and then waits, as its approval does, was sent all the same; of one that was refused nobody knows.
// Whoever only looked at it since, as when its money was read again, changed nothing there.
func later(d store.Document, read time.Time) bool {
	kept := destination.KeptOf(engine.Link{Extra: d.Extra})
	if kept.ToldAt == nil && kept.MovedAt == nil {
		return lookedAt(d, read)
	}
	return d.Status != store.Rejected && (kept.ToldAt != nil && kept.ToldAt.After(read) || kept.MovedAt != nil && kept.MovedAt.After(read))
}

// lookedAt tells that a document was sent, or found to stand as wanted, after its rows were read.
func lookedAt(d store.Document, read time.Time) bool {
	told := destination.KeptOf(engine.Link{Extra: d.Extra}).ToldAt
	return told != nil && told.After(read) && d.Status != store.Rejected ||
		(d.Status == store.Synced && d.Fingerprint != "" || d.Status == store.Disabled) && d.UpdatedAt.After(read)
}

// sentByHand reports a document that was posted as a draft and stands in Zoho Books as one that was sent.
func (x item) sentByHand() bool {
	return x.doc.Draft == store.AsDraft && x.posted.counts() && x.zoho.counts() && slices.Contains(destination.Opened(zoho.Invoices), x.zoho.status)
}
