package store

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Ref names one record of one flow. Its key at the destination is "flow:id".
type Ref struct{ Flow, ID string }

// Key is the idempotency key that the document carries for ever.
func (r Ref) Key() string { return r.Flow + ":" + r.ID }

// ParseKey is the inverse of Key; ids may contain colons ("customer:3:EUR").
func ParseKey(key string) Ref {
	flow, id, _ := strings.Cut(key, ":")
	return Ref{flow, id}
}

// Status is the state of a record or document; contract section 5.
type Status string

const (
	NotSynced Status = "not_synced"
	Pending   Status = "pending"
	Syncing   Status = "syncing"
	Synced    Status = "synced"
	Blocked   Status = "blocked"
	Held      Status = "held"
	Failed    Status = "failed"
	Unknown   Status = "unknown"
	Rejected  Status = "rejected"
	Skipped   Status = "skipped"
	Disabled  Status = "disabled"
)

// Statuses lists every state, worst first, in the order that decides an order's status.
var Statuses = []Status{Rejected, Unknown, Held, Failed, Blocked, Syncing, Pending, NotSynced, Synced, Disabled, Skipped}

// Lane says who waits: a person, live work, or history.
type Lane int

const (
	Person Lane = iota
	Live
	History
)

// Lanes are all lanes, most urgent first.
var Lanes = []Lane{Person, Live, History}

// Issue is why a document does not stand at Zoho as wanted.
type Issue struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Action string `json:"action"`
	// Proof is facts behind the cause as JSON, such as both computations of a total.
	Proof json.RawMessage `json:"proof,omitempty"`
}

// Notice tells something worth knowing about a document that is nevertheless fine.
type Notice struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Found  bool   `json:"found,omitempty"` // a call found it out, so that no later look at the source alone tells it
}

// StepState is how far one step after the document came.
type StepState struct {
	Name string          `json:"name"`
	Done bool            `json:"done"`
	Call json.RawMessage `json:"call,omitempty"` // what is still to be called
	// Otherwise says that it was taken, and not as it was asked: what stands is held against that before anything of
	// it is called again.
	Otherwise bool `json:"otherwise,omitempty"`
}

// Document is the sync state of one record's document.
type Document struct {
	RowID       uint64
	Ref         Ref
	Version     uint32
	Status      Status
	Lane        Lane
	DueAt       *time.Time
	Attempts    int
	ZohoID      string
	Number      string
	Name        string
	Paired      bool     // a person tied it to what stood in Zoho
	Former      []string // ids of what it stood for in Zoho until a person unpaired it, where that is still there
	Fingerprint string
	Steps       []StepState
	StepDue     bool
	Intent      json.RawMessage
	IntentAt    *time.Time // when the call of the intent left, or at the latest the one before it
	LateUntil   *time.Time // until then an earlier call may still arrive that nobody answered
	Found       bool       // what its steps do may be done or undone without their saying so, as where it stood in Zoho before this link did
	MadeAt      *time.Time // when what stands was made from here; nil = it was not, or before this was kept
	Extra       json.RawMessage
	Sent        json.RawMessage // body of the last call that Zoho accepted
	Wakes       []Ref           // mapped again when this document changes
	Draft       Draft
	Approved    bool // a person chose to go on where the rules ask
	Title       string
	Day         string // YYYY-MM-DD
	Currency    string
	Total       *money.Decimal
	Tax         *money.Decimal
	Applied     *money.Decimal
	Issue       Issue
	Notices     []Notice
	KeepContent bool // queued for its state alone: what stands is not rewritten
	KeepState   bool // queued for its content alone: it is neither retired nor brought back
	SyncedAt    *time.Time
	UpdatedAt   time.Time
	UndoRun     uint64          // the run that takes it back
	Undone      json.RawMessage // the link of what stays void or inactive in Zoho Books since it was taken back
	claimed     string          // the id in Zoho Books that was read of it
	LostIn      string          // the organization in which it stood when the links were reset; "" = the ledger misses nothing of it
	Gave        []string        // of one without a link: the steps by which it may have given money back before its link was lost
}

// What columns hold of texts that come from elsewhere, in characters. One that is longer is cut: a
// document whose end cannot be saved would be tried again for ever.
const (
	longestTitle  = 255
	longestNumber = 255
	longestName   = 255
	longestWords  = 8000
)

// fitting is the document with texts that its columns can hold.
func (d Document) fitting() Document {
	d.Title, d.Number, d.Name = clip(d.Title, longestTitle), clip(d.Number, longestNumber), clip(d.Name, longestName)
	d.Issue.Detail, d.Issue.Action = clip(d.Issue.Detail, longestWords), clip(d.Issue.Action, longestWords)
	notices := d.Notices
	d.Notices = nil
	for _, n := range notices {
		d.Notices = append(d.Notices, Notice{Code: n.Code, Detail: clip(n.Detail, longestWords), Found: n.Found})
	}
	return d
}

// Otherwise reports that a step was taken, and not as it was asked.
func (d Document) Otherwise(step string) bool {
	return slices.ContainsFunc(d.Steps, func(s StepState) bool { return s.Name == step && s.Otherwise })
}

// Gone reports that a person deleted the document at Zoho, or merged it away.
func (d Document) Gone() bool {
	return d.ZohoID != "" && d.Status == Rejected && d.Issue.Code == gone
}

// As is a document with the link that it had formerly. It counts as found: what of it was done is looked for.
func (d Document) As(was Document) Document {
	d.ZohoID, d.Number, d.Name, d.Fingerprint, d.Former, d.Steps, d.Extra, d.Sent, d.Found = was.ZohoID, was.Number, was.Name, was.Fingerprint, was.Former, was.Steps, was.Extra, was.Sent, true
	d.Day, d.Currency, d.Total, d.Tax, d.Applied, d.Paired = was.Day, was.Currency, was.Total, was.Tax, was.Applied, was.Paired
	return d
}

// WasGone reports the same of one that is on its way again, as it was when it was last tried, also when it had to wait since.
func (d Document) WasGone() bool {
	var kept struct {
		WasGone bool `json:"was_gone"`
	}
	_ = json.Unmarshal(d.Extra, &kept)
	return d.ZohoID != "" && (d.Issue.Code == gone || kept.WasGone)
}

const gone, voided = "zoho_record_gone", VoidedByHand

// VoidedByHand is the cause of an invoice that a person made void there.
const VoidedByHand = "invoice_voided_by_hand"

// Nothing reports that what the link names counts for nothing in the books any more: a person deleted it or made it void
// there, also where another one then left it so.
func (d Document) Nothing() bool {
	return d.Gone() || d.ZohoID != "" && d.Status == Rejected && d.Issue.Code == voided || LeftAsNothing(d.Extra)
}

// LeftAsNothing reports that a document counted for nothing when it was last seen or skipped. It holds until it is sent again.
func LeftAsNothing(extra json.RawMessage) bool {
	left := nothing(extra)
	return left != "" && left != letGo
}

// LetGo reports that of a document which counted for nothing, or did until it was sent, it is not noted yet what it let go.
func LetGo(extra json.RawMessage) bool { return nothing(extra) != "" }

// letGo is why a document is looked at once more that stands again: somebody was at what had settled it.
const letGo = "let_go"

func nothing(extra json.RawMessage) string {
	var kept struct {
		Nothing string `json:"nothing"`
	}
	_ = json.Unmarshal(extra, &kept)
	return kept.Nothing
}

// Usable reports that the document stands at Zoho with every step done, so others may refer to it.
func (d Document) Usable() bool {
	if d.ZohoID == "" || d.StepDue || d.Gone() || d.Draft != NoDraft || d.UndoRun != 0 {
		return false
	}
	for _, s := range d.Steps {
		if !s.Done {
			return false
		}
	}
	return true
}

// Done reports that a step of this name was taken.
func (d Document) Done(step string) bool {
	for _, s := range d.Steps {
		if s.Name == step && s.Done {
			return true
		}
	}
	return false
}

// ByRefund reports that it has no document of its own: money went back, and it stands as refunds of the
// payments that the money came from.
func (d Document) ByRefund() bool {
	return slices.ContainsFunc(d.Steps, func(s StepState) bool { return strings.HasPrefix(s.Name, "giveback:") })
}

// Unneeded is the extra of a document that is not made until another one waits for it.
const Unneeded = `{"unneeded":true}`

// Unbegun reports that nothing of it stands and nobody is at it: it was never queued, or nothing
// needed it until now.
func (d Document) Unbegun() bool {
	return d.Status == NotSynced || d.Status == Synced && d.ZohoID == "" && string(d.Extra) == Unneeded
}

// Has reports that a step of this name was taken or is to be.
func (d Document) Has(step string) bool {
	return slices.ContainsFunc(d.Steps, func(s StepState) bool { return s.Name == step })
}

// PaysCredit reports that a voucher's credit pays the document, or is to pay it.
func (d Document) PaysCredit() bool {
	return slices.ContainsFunc(d.Steps, func(s StepState) bool { return strings.HasPrefix(s.Name, CreditStep) })
}

// Moving reports that the engine is still at it without anybody's help.
func (d Document) Moving() bool {
	switch d.Status {
	case Pending, Syncing:
		return true
	case Failed, Unknown:
		return d.DueAt != nil
	case Blocked:
		return d.Issue.Code == ""
	default:
		return false
	}
}

type documentRow struct {
	ID           uint64
	Flow         string
	SourceID     string
	Version      uint32
	Status       string
	Lane         int
	DueAt        *time.Time
	Attempts     int
	ZohoID       string
	ZohoNumber   string
	ZohoName     string
	Paired       bool
	Former       string
	Fingerprint  string
	Steps        *string
	StepDue      bool
	Intent       *string
	IntentAt     *time.Time
	LateUntil    *time.Time
	Found        bool
	MadeAt       *time.Time
	Extra        *string
	Sent         *string
	Wakes        *string
	Draft        Draft
	Approved     bool
	Title        string
	Day          *time.Time
	Currency     string
	Total        *money.Decimal
	Tax          *money.Decimal
	Applied      *money.Decimal
	IssueCode    string
	IssueDetail  *string
	IssueAction  *string
	IssueProof   *string
	Notices      *string
	KeepContent  bool
	KeepState    bool
	LastSyncedAt *time.Time
	UpdatedAt    time.Time
	UndoRun      uint64
	Undone       *string
	LostIn       *string
}

const documentColumns = "d.id, d.flow, d.source_id, d.version, d.status, d.lane, d.due_at, d.attempts, d.zoho_id, d.zoho_number, d.zoho_name, d.paired, d.former, " +
	"d.fingerprint, d.steps, d.step_due, d.intent, d.intent_at, d.late_until, d.found, d.made_at, d.extra, d.sent, d.wakes, d.draft, d.approved, d.title, d.day, d.currency, d.total, d.tax, d.applied, d.issue_code, d.issue_detail, " +
	"d.issue_action, d.issue_proof, d.notices, d.keep_content, d.keep_state, d.last_synced_at, d.updated_at, d.undo_run, d.undone, d.lost_in"

// shownColumns are documentColumns without what no list shows: bodies of calls and proofs, which are
// most of a row.
const shownColumns = "d.id, d.flow, d.source_id, d.version, d.status, d.lane, d.due_at, d.attempts, d.zoho_id, d.zoho_number, d.zoho_name, d.paired, d.former, " +
	"d.fingerprint, d.steps, d.step_due, d.draft, d.approved, d.title, d.day, d.currency, d.total, d.tax, d.applied, d.issue_code, d.issue_detail, d.issue_action, d.notices, " +
	"d.keep_content, d.keep_state, d.last_synced_at, d.updated_at, d.undo_run"

func (r documentRow) document() Document {
	d := Document{
		RowID: r.ID, Ref: Ref{r.Flow, r.SourceID}, Version: r.Version, Status: Status(r.Status), Lane: Lane(r.Lane), DueAt: r.DueAt,
		Attempts: r.Attempts, ZohoID: r.ZohoID, Number: r.ZohoNumber, Name: r.ZohoName, Paired: r.Paired, Former: strings.Fields(r.Former), Fingerprint: r.Fingerprint, StepDue: r.StepDue,
		Intent: rawJSON(r.Intent), IntentAt: r.IntentAt, LateUntil: r.LateUntil, Found: r.Found, MadeAt: r.MadeAt, Extra: rawJSON(r.Extra), Sent: rawJSON(r.Sent), Draft: r.Draft, Approved: r.Approved, Title: r.Title, Currency: r.Currency, Total: r.Total, Tax: r.Tax, Applied: r.Applied,
		Issue:       Issue{Code: r.IssueCode, Detail: text(r.IssueDetail), Action: text(r.IssueAction), Proof: rawJSON(r.IssueProof)},
		KeepContent: r.KeepContent, KeepState: r.KeepState, SyncedAt: r.LastSyncedAt, UpdatedAt: r.UpdatedAt, UndoRun: r.UndoRun, Undone: rawJSON(r.Undone), LostIn: text(r.LostIn), claimed: r.ZohoID,
	}
	if r.Day != nil {
		d.Day = r.Day.Format(time.DateOnly)
	}
	_ = json.Unmarshal(rawJSON(r.Steps), &d.Steps)
	_ = json.Unmarshal(rawJSON(r.Notices), &d.Notices)
	_ = json.Unmarshal(rawJSON(r.Wakes), &d.Wakes)
	return d
}

func documents(rows []documentRow) []Document {
	list := make([]Document, len(rows))
	for i, r := range rows {
		list[i] = r.document()
	}
	return list
}

func rawJSON(s *string) json.RawMessage {
	if s == nil || *s == "" {
		return nil
	}
	return json.RawMessage(*s)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// orNull stores an empty text as NULL.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// jsonOrNull stores v as JSON text, and nothing for an empty list.
func jsonOrNull[T any](list []T) any {
	if len(list) == 0 {
		return nil
	}
	b, err := json.Marshal(list)
	if err != nil {
		return nil
	}
	return string(b)
}
