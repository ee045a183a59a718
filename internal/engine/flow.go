// Package engine carries records to their documents exactly once.
//
// Every kind of record lives the same life, said here once: queue, claim, load, map, compare,
// gate, save the intent, call, save the answer, run the steps, wake who waits. A kind states
// only what is its own, as a Flow. MySQL decides what is to be done; a queue only wakes workers.
//
// Words: a record is one source row set and its sync state, a document is what stands at the
// destination, a link ties both, a key names the document for ever. See docs/architecture.md.
package engine

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Ref names one record of one flow; its key at the destination is "flow:id".
type Ref = store.Ref

// ParseKey reads a key back into a Ref; ids may contain colons ("customer:3:EUR").
func ParseKey(key string) Ref { return store.ParseKey(key) }

// Flow carries one kind of record in one direction.
type Flow[S, D any] struct {
	Name    string // stable; part of keys and stored rows
	Section string // whose page shows it: hotels, room-types, service-products, customers, currencies, orders
	Version int    // of what is compared: raise it when that changes, and what may be written again is compared anew
	Master  bool   // made when a document needs it, whatever its own switch says
	// NameSpace is where Mapped.Names must be unique at the destination: "contact", "item", "" = nowhere.
	NameSpace string

	// Money says that its documents move money, so that a lock of banking concerns them too.
	Money bool

	// Journal says that its documents are journals, which another lock concerns than what is sold.
	Journal bool

	// Parts says that other documents name parts of its documents, such as their lines, by their ids.
	Parts bool

	// Load reads the records of ids with a number of queries that does not grow with ids.
	// An id that is missing from the answer is gone at the source.
	Load func(ctx context.Context, ids []string) (map[string]S, error)

	// Revive makes a retired master active again, for a document that is still owed on it, and what is void one that can be
	// changed: what was taken back is brought up to date as that.
	Revive Step

	// Gone stands in for a record whose row was removed while its document stands, so that Map can
	// retire it; nil leaves such a document as it is.
	Gone func(id string) S

	// Needs names the records whose documents this one refers to, so that the engine can look
	// all of a batch up at once and queue missing masters.
	Needs func(record S, r *rules.Rules) []Ref

	// Kin names records that Map looks at and does without: they are looked up with the others and
	// never made for this record's sake.
	Kin func(record S, r *rules.Rules) []Ref

	// Named tells which documents of another flow a body of this flow's or its neighbours' names by their ids at the
	// destination, as Holder gives them. Whose they are is looked up with the others.
	Named func(sent json.RawMessage) []Ref

	// Rows are the flows whose records are of one kind, with what people call these: of a record that is posted once, one of them
	// that was posted and is gone at the source may be the same one, entered anew under another id. nil = that is never asked.
	Rows map[string]string

	// Map states the wanted document. It is pure: no clock, no database, no network.
	// self is the record's own link, zero before its first document.
	Map func(record S, self Link, links Links, r *rules.Rules) (Mapped[D], error)

	Dest Dest[D]

	// Spare, unless nil, has the last word about the body of every update.
	Spare Spare

	// Edited, unless nil, is asked before an update whether somebody changed amounts at the destination.
	Edited Edited
}

// Mapped is what Map wants at the destination.
type Mapped[D any] struct {
	Doc D
	// Nothing means that rightly no document exists for this record (a payment of 0.00);
	// the record counts as synced.
	Nothing bool
	// Counts tells, with Nothing, that one that stands all the same counts: where the link may have been lost, it is looked
	// for and taken as it stands. One that is ever changed is mapped again then.
	Counts bool
	// Unneeded tells of a master, with Nothing, that a document is made as soon as another one waits
	// for it. Only while Link.Awaited is false may it be said, or that one waits for ever.
	Unneeded bool
	// Keep leaves the document that stands as it is, whatever Doc says; only steps are taken.
	Keep bool
	// Stands is the id of another record's document to which the steps belong, where this record
	// makes none of its own (money given back stands on the payment it came from).
	Stands string
	// Stood says that the steps are those that may have been taken before the link was lost. They are looked for and never
	// called: one that was taken stands for this record, and the record is mapped once more in any case.
	Stood bool
	// Before is a call that must come before a standing document can be changed, such as making a
	// void one a draft again. Whatever was done to the document before is then done again.
	Before *Step
	// Retired records read disabled although no step of theirs says so at the destination.
	Retired bool
	// Wakes are mapped again when this document changes at the destination, if theirs stand; of one that has nothing to do,
	// whenever it comes to that.
	Wakes []Ref
	// Look reads what stands before a document is updated, so that the flow's Spare can leave alone
	// what people changed there.
	Look bool
	// Compare is what the fingerprint covers; nil = Doc. Facts fixed at first posting
	// (exchange rates, allocations) stay out of it.
	Compare any
	// Formerly are what Compare would have been by former definitions, while nothing else changed: a
	// document that was posted by one of them is as wanted.
	Formerly []any
	// Learn are fields of what is kept of the document from when it stands, with what was decided then.
	Learn json.RawMessage
	// Chosen is Compare with what of the mapping a body was sent with, nil where its lines are others: a
	// choice that changes alone changes nothing that stands.
	Chosen func(sent json.RawMessage) any
	// Names are the wanted display names in order of preference where Zoho demands unique
	// ones; empty otherwise. The engine reserves the first free one and sets it by SetName.
	Names   []string
	SetName func(doc *D, name string)
	// Steps are calls that follow the document: marked sent, applied, made inactive.
	Steps   []Step
	Facts   Facts
	Notices []Notice
	// CreateOnly records are never updated once posted: a changed one is Rejected with both versions.
	CreateOnly bool
}

// Facts are shown to people and compared with the destination's answer.
type Facts struct {
	Title    string // one line a person recognizes: "Invoice #IN000004"
	Date     string // YYYY-MM-DD, "" for masters
	Own      string // its day at the source, where a locked period may give a new document another one
	Currency string // ISO code, "" for masters
	Total    money.Decimal
	Tax      money.Decimal
	Applied  money.Decimal
	// Taxes are the amounts by tax id that the destination should come to; nil = only Tax is known.
	Taxes    map[string]money.Decimal `json:",omitempty"`
	HasTotal bool                     // Total must equal the destination's answer
	// Otherwise is what the document comes to where the destination rounds taxes in the other way than is known; zero = not
	// reckoned.
	Otherwise money.Decimal `json:",omitzero"`
	// Open is what of an invoice is open, or of a payment or credit note unused, once money settles what
	// it is wanted to settle; nil = that is not known here.
	Open  *money.Decimal `json:",omitempty"`
	Due   string         // the day payment is due, "" where that means nothing
	Hotel string
}

// Notice tells something worth knowing about a record that is nevertheless fine.
type Notice = store.Notice

// Step is one call after the document exists. "{id}" in Path and Body stands for the document's id.
type Step struct {
	Name   string          `json:"name"`
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Query  url.Values      `json:"query,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
	// Proof is how to read whether the step has happened, when its answer was lost.
	Proof *Proof `json:"proof,omitempty"`
	// Implied steps come about by the creation itself and are called only later, when the
	// wanted state changes back (an item made active again).
	Implied bool `json:"implied,omitempty"`
	// Since says of an implied step that what it settles was made from here since the document's link may have been lost: of
	// a document that stood before that, its creation brought nothing of it about.
	Since bool `json:"since,omitempty"`
	// Bulk, when not empty, is a path that takes up to 100 ids at once in BulkParam.
	Bulk      string `json:"bulk,omitempty"`
	BulkParam string `json:"bulk_param,omitempty"`
	// Calls is how many calls the step takes when it is more than one.
	Calls int `json:"calls,omitempty"`
	// Days are those on which the step takes effect, where these are not the document's own; none
	// may lie in a locked period.
	Days []string `json:"days,omitempty"`
	// Money says that the step moves money, though its document does not.
	Money bool `json:"money,omitempty"`
	// Aim is for the destination alone: what the step means to reach, should its call be refused.
	Aim json.RawMessage `json:"aim,omitempty"`
	// After are fields of what is kept of the document, as they are once the step is taken; what it does not
	// name stays as it is kept.
	After json.RawMessage `json:"after,omitempty"`
	// Otherwise is the step that was taken in the place of this one if the document's status proves it: what
	// was to be a draft was sent before.
	Otherwise *Step `json:"otherwise,omitempty"`
	// Again says that taking it twice changes nothing, so that it is not looked for first.
	Again bool `json:"again,omitempty"`
	// From is the record whose money the step moves, where that is another's than its document's: it is read again
	// when the step came to something else than was asked.
	From *Ref `json:"from,omitempty"`
	// Sent says that it was called from here, so that what stands is held against all that was asked. What a person
	// did in its place may bear another day.
	Sent bool `json:"-"`
}

// Proof names where a step leaves its trace: a record whose field has a value, or, with List, one
// of whose rows has. "{id}" in Path stands for the document's id.
type Proof struct {
	Path     string `json:"path"`
	Envelope string `json:"envelope,omitempty"` // of the record in the answer; "" when List stands in the answer itself
	List     string `json:"list,omitempty"`
	Field    string `json:"field"`
	Value    string `json:"value"`
	Not      bool   `json:"not,omitempty"` // any other value proves it
	// Absent says that it is proved when there is no such record or row any more.
	Absent bool `json:"absent,omitempty"`
	// Any, unless empty, are the values that prove it, in the place of Value. What a status means is
	// proved by a list of what it is, never by what it is not.
	Any []string `json:"any,omitempty"`
	// Alone says that nothing from here brings it about: in any other status, a draft's too, somebody at the
	// destination must act.
	Alone bool `json:"alone,omitempty"`
	// Sum names an amount of the rows found that must come to Reach together, where an earlier step
	// left the same trace over less.
	Sum   string `json:"sum,omitempty"`
	Reach string `json:"reach,omitempty"`
}

// Link is what became of a record.
type Link struct {
	Ref      Ref
	ID       string // id at the destination; "" when there is none yet
	Number   string
	Name     string
	Day      string // that it was posted with, "" of masters
	Status   Status
	Total    money.Decimal
	Applied  money.Decimal // what of it settles other documents
	Currency string
	// Former are the ids of what it stood for until a person unpaired it, where that is still there.
	Former []string
	// Extra is what Dest.Answer kept for later mappings and drafts: line ids, rate, person id.
	Extra json.RawMessage
	// Sent is the body that stands at the destination as it was last sent.
	Sent json.RawMessage
	// Done names the steps already taken, Steps all that are known of.
	Done, Steps []string
	// Otherwise names those that were taken, and not as they were asked.
	Otherwise []string
	// Draft says that it is a draft, which no person has marked as sent.
	Draft bool
	// LostIn is the organization in which it stood when the links were reset, until it is found there; "" = it did not.
	LostIn string
	// Gave names, of one without a document, the steps by which it may have given money back out of others' before its link
	// was lost, and that no one looked for since.
	Gave []string
	// Made says that what stands was made from here, and not found.
	Made bool
	// Live says that the scheduler queued it, not a person.
	Live bool
	// Approved says that a person chose to go on where the rules ask.
	Approved bool
	// Late is how long an unanswered call of it may still be done, which would overwrite what is moved meanwhile.
	Late time.Duration
	// Unread says that such a call may have made its parts anew, and that they are read again soon.
	Unread bool
	// Awaited says that another document waits for this one; told only of a master's own link while
	// it has no document.
	Awaited bool
}

// Retired reports that the document was made inactive or void by us, whatever is being done to
// the record right now.
func (l Link) Retired() bool { return slices.ContainsFunc(l.Done, retired) }

// Exists reports whether a document is known.
func (l Link) Exists() bool { return l.ID != "" }

// Links answers what became of other records.
type Links interface {
	// Of gives the link of a record that must have a document by now. A record without one is
	// fault.Blocked; only records named by Needs can be asked for.
	Of(flow, id string) (Link, error)
	// Look gives the link as it is, with or without a document.
	Look(flow, id string) Link
	// Settled is Look once the record has come to rest; while it moves by itself it is
	// fault.Blocked, and this record is mapped again when it has.
	Settled(flow, id string) (Link, error)
}

// Dest writes one kind of document.
type Dest[D any] interface {
	// Draft is the one exact call that makes doc stand at the destination: a keyed upsert when
	// known has no id (repeating it is harmless), an update by id otherwise.
	Draft(key string, known Link, doc D) (Call, error)
	// Send makes a drafted call and reads the answer.
	Send(ctx context.Context, call Call) (Answer, error)
	// Find looks the document of a key up by whatever the destination can be searched for, and
	// only takes one that really carries the key. It resolves an outcome that a repeated call
	// could not; call is what was sent.
	Find(ctx context.Context, key string, call Call) (answer Answer, found bool, err error)
	// Step makes one step's call for the given ids (one, unless the step has Bulk).
	Step(ctx context.Context, step Step, ids []string) error
	// StepDone reads whether a step has already happened, to resolve an unknown outcome; NotAsAsked says that it
	// has, and otherwise than the step asks.
	StepDone(ctx context.Context, step Step, id string) (bool, error)
}

// Call is one request, stored before it is made so that it can be repeated to the letter.
type Call struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Query  url.Values      `json:"query,omitempty"`
	Key    string          `json:"key,omitempty"` // set on keyed upserts
	Body   json.RawMessage `json:"body,omitempty"`
	// Once says that the destination would not know the call again: it is never repeated, and what became of
	// one without an answer is looked for when it can arrive no more.
	Once bool `json:"once,omitempty"`
	// Found says of a call that is only looked for that its document may stand for long: what of the mapping it was
	// posted with is no difference, whatever is chosen now.
	Found bool `json:"-"`
	// Known is, of a call that is only looked for, the id of a document that had its key formerly: what no list shows of it is
	// read by that. "" = none is known.
	Known string `json:"-"`
	// Counts is what counts as sent where an update leaves out of the body what never changes.
	Counts json.RawMessage `json:"-"`
}

// Answer is what the destination says stands there now.
type Answer struct {
	ID, Number, Name string
	Status           string
	Total, Tax       money.Decimal
	HasTax           bool                     // it tells the tax
	Taxes            map[string]money.Decimal // by tax id; nil where it does not tell
	Currency         string                   // ISO code, "" where it does not tell
	// Differs says in words what else stands otherwise than it was sent: contact, date, number.
	Differs []string
	// Rounds is how the destination rounds taxes, as the answer tells; "" = it does not.
	Rounds string
	// TaxOnTop says that lines that were sent with tax in them were taken as without.
	TaxOnTop bool
	// Why is a preference of the destination that explains another total, and Cure what helps; "" = none.
	Why, Cure string
	Extra     json.RawMessage
	// Without are fields that were sent and left out in the end, as the destination does not take them.
	Without []string
	Made    bool // by this very call; what was not may have stood for long
	// Asks is, of a document that stands as it was sent, what a person is asked about it all the same; nil = nothing.
	Asks    error
	Notices []Notice // what a person should know of how it came to stand
	// Sent is, of a document that was found, what was asked with the choices of the mapping as they stand; Other says
	// that it stands otherwise in something that is no such choice.
	Sent  json.RawMessage
	Other bool
	// Another says, of a document that was found, that it is of another record to which the source gave the same id.
	Another error
}

// Status is the state of a record; contract section 5.
type Status = store.Status

const (
	NotSynced = store.NotSynced
	Pending   = store.Pending
	Syncing   = store.Syncing
	Synced    = store.Synced
	Blocked   = store.Blocked
	Held      = store.Held
	Failed    = store.Failed
	Unknown   = store.Unknown
	Rejected  = store.Rejected
	Skipped   = store.Skipped
	Disabled  = store.Disabled
)
