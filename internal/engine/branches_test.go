package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// ledger is a desk whose one flow does what a test says: bills, which name note 1 when they need it.
type ledger struct {
	*desk
	mapped  func(text string, self engine.Link, links engine.Links) (engine.Mapped[page], error)
	needs   func(text string) []engine.Ref
	spare   engine.Spare
	loads   error
	rules   rules.Rules
	unruled error // why the rules cannot be had
	relock  func() error
	stands  func(id string) (json.RawMessage, error) // what can be read of a document
	edited  engine.Edited
	reread  string // what is to be kept of a document as it stands now
	drafted string // what was kept of a document when a call for it was drafted last
}

var bill = store.Ref{Flow: "bill", ID: "1"}

// readable is a shelf whose pages can be read.
type readable struct {
	*shelf
	ledger *ledger
}

func (r readable) Draft(key string, known engine.Link, p page) (engine.Call, error) {
	r.ledger.drafted = string(known.Extra)
	return r.shelf.Draft(key, known, p)
}

func (r readable) Reread(context.Context, string) (json.RawMessage, error) {
	return json.RawMessage(r.ledger.reread), nil
}

func (r readable) Current(_ context.Context, id string) (json.RawMessage, error) {
	return r.ledger.stands(id)
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	d := newDesk(t)
	l := &ledger{desk: d, relock: func() error { return nil }}
	l.mapped = func(text string, _ engine.Link, _ engine.Links) (engine.Mapped[page], error) {
		return engine.Mapped[page]{Doc: page{Text: text}, Facts: engine.Facts{Date: "2026-02-10"}}, nil
	}
	l.stands = func(string) (json.RawMessage, error) {
		return nil, fault.New(fault.NotFound, "zoho_record_gone", "gone")
	}
	d.Engine = engine.New(d.store, func(context.Context) (*rules.Rules, error) { return &l.rules, l.unruled }, engine.Options{Relock: func(context.Context) error { return l.relock() }})
	load := func(_ context.Context, ids []string) (map[string]string, error) {
		found := map[string]string{}
		for _, id := range ids {
			if text, ok := d.texts[id]; ok {
				found[id] = text
			}
		}
		return found, l.loads
	}
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "note", Section: "hotels", Version: 1, Master: true, NameSpace: "note", Load: load, Dest: d.shelf,
		Map: func(text string, self engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			unneeded := text == "unneeded" && !self.Awaited && !self.Exists()
			return engine.Mapped[page]{Doc: page{Text: text}, Nothing: text == "nothing" || unneeded, Unneeded: unneeded, Names: []string{"Same name", "Same name (" + self.Ref.ID + ")"}, SetName: func(p *page, name string) { p.Name = name }}, nil
		}})
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "bill", Section: "orders", Version: 1, Load: load, Dest: readable{d.shelf, l},
		Needs: func(text string, _ *rules.Rules) []engine.Ref {
			if l.needs == nil {
				return nil
			}
			return l.needs(text)
		},
		Map: func(text string, self engine.Link, links engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			return l.mapped(text, self, links)
		},
		Edited: func(known engine.Link, stands json.RawMessage) (string, any) {
			if l.edited == nil {
				return "", nil
			}
			return l.edited(known, stands)
		},
		Spare: func(body, sent, stands json.RawMessage) (json.RawMessage, json.RawMessage, []string) {
			if l.spare == nil {
				return body, body, nil
			}
			return l.spare(body, sent, stands)
		}})
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "order", Section: "orders", Version: 1, Parts: true, Load: load, Dest: readable{d.shelf, l},
		Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			return engine.Mapped[page]{Doc: page{Text: text}, Facts: engine.Facts{Date: "2026-02-10"}}, nil
		}})
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "cash", Section: "orders", Version: 1, Money: true, Load: load, Dest: readable{d.shelf, l},
		Map: func(text string, self engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			m := engine.Mapped[page]{Doc: page{Text: text}, Compare: "as it was", CreateOnly: true}
			if text == "moved" {
				m.Steps = []engine.Step{{Name: "moves", After: json.RawMessage(`{"money":"moved"}`)}}
			}
			return m, nil
		}})
	d.add(t, "bill", "1")
	return l
}

// try has a bill tried once more.
func (l *ledger) try(t *testing.T) store.Document {
	t.Helper()
	l.queue(t, bill)
	l.settle(t)
	return l.doc(t, "bill", "1")
}

// steps lets bills have steps.
func (l *ledger) steps(steps ...engine.Step) {
	l.mapped = func(text string, _ engine.Link, _ engine.Links) (engine.Mapped[page], error) {
		return engine.Mapped[page]{Doc: page{Text: text}, Steps: steps, Facts: engine.Facts{Date: "2026-02-10"}}, nil
	}
}

func is(t *testing.T, what string, got store.Document, status store.Status, code string) {
	t.Helper()
	if got.Status != status || got.Issue.Code != code {
		t.Errorf("%s: %s %+v, want %s %s", what, got.Status, got.Issue, status, code)
	}
}

func TestARowThatIsGoneChangesNothingInZoho(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1", "2")
	d.queue(t, note)
	d.settle(t)
	delete(d.texts, "1")
	delete(d.texts, "2")
	d.queue(t, note, store.Ref{Flow: "note", ID: "2"})
	d.settle(t)
	is(t, "one that never stood", d.doc(t, "note", "2"), store.Skipped, "source_gone")
	got := d.doc(t, "note", "1")
	is(t, "one that stands", got, store.Synced, "")
	if len(got.Notices) != 1 || got.Notices[0].Code != "source_gone" || d.shelf.calls != 1 || d.shelf.pages["note:1"] != "text 1" {
		t.Errorf("%+v, %d calls, %v", got.Notices, d.shelf.calls, d.shelf.pages)
	}
}

func TestARecordWhoseNamesAreAllTakenSaysSo(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	d.shelf.names["Same name"], d.shelf.names["Same name (1)"] = "a stranger's", "another's"
	d.queue(t, note)
	d.settle(t)
	got := d.doc(t, "note", "1")
	is(t, "both names taken", got, store.Rejected, "name_taken")
	if !strings.Contains(got.Issue.Detail, `"Same name"`) || got.Issue.Action == "" || len(d.shelf.pages) != 0 || got.Intent != nil {
		t.Errorf("%+v, %v", got.Issue, d.shelf.pages)
	}
}

func TestThereIsNoWorkForAFlowThatDoesNotExist(t *testing.T) {
	d := newDesk(t)
	if _, err := d.Work(t.Context(), store.Queue{Flow: "telegram"}, nil); !fault.Is(err, fault.Invalid) || d.Section("telegram") != "" {
		t.Errorf("%v, shown on %q", err, d.Section("telegram"))
	}
}

// TestTroubleBeforeTheCallLosesNothing has a record fail before anything is sent, and succeed when the
// cause is gone.
func TestTroubleBeforeTheCallLosesNothing(t *testing.T) {
	plain := func(l *ledger) func() {
		was := l.mapped
		return func() { l.mapped = was }
	}
	for name, trouble := range map[string]func(l *ledger) (cure func()){
		"QloApps' tables cannot be read": func(l *ledger) func() {
			l.loads = errors.New("table is marked as crashed")
			return func() { l.loads = nil }
		},
		"what it needs makes it stumble": func(l *ledger) func() {
			cure := plain(l)
			l.needs = func(string) []engine.Ref { panic("a needed row is missing") }
			l.mapped = func(string, engine.Link, engine.Links) (engine.Mapped[page], error) { panic("the same row is missing") }
			return func() { cure(); l.needs = nil }
		},
		"what is compared cannot be written down": func(l *ledger) func() {
			cure := plain(l)
			l.mapped = func(string, engine.Link, engine.Links) (engine.Mapped[page], error) {
				return engine.Mapped[page]{Compare: func() {}}, nil
			}
			return cure
		},
		"a kind of fault without a policy": func(l *ledger) func() {
			l.shelf.refuse["bill:1"] = fault.New("unheard of", "internal", "Something new.")
			return func() { delete(l.shelf.refuse, "bill:1") }
		},
		"a mapping ends with an error of no kind": func(l *ledger) func() {
			cure := plain(l)
			l.mapped = func(string, engine.Link, engine.Links) (engine.Mapped[page], error) {
				return engine.Mapped[page]{}, errors.New("a defect")
			}
			return cure
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			cure := trouble(l)
			got := l.try(t)
			is(t, "with the trouble", got, store.Failed, "internal")
			if _, err := l.Wanted(t.Context(), "bill", []string{"1"}); l.loads != nil && !errors.Is(err, l.loads) {
				t.Errorf("a comparison of what cannot be read: %v", err)
			}
			everything := func(context.Context, []engine.Ref) (map[engine.Ref]bool, error) { return nil, nil }
			if list, err := l.Preview(t.Context(), everything, true).Page(t.Context(), []store.Document{got}); l.loads != nil && !errors.Is(err, l.loads) || l.loads == nil && (err != nil || len(list) != 1) {
				t.Errorf("a preview of it: %+v, %v", list, err)
			}
			if len(l.shelf.pages) != 0 || got.DueAt == nil {
				t.Errorf("%v, due %v", l.shelf.pages, got.DueAt)
			}
			cure()
			l.later(time.Hour)
			l.settle(t)
			is(t, "without it", l.doc(t, "bill", "1"), store.Synced, "")
			if len(l.shelf.pages) != 1 {
				t.Errorf("%v", l.shelf.pages)
			}
		})
	}
}

// TestWhatIsNeededDecides ends a bill by how the note ended that it names.
func TestWhatIsNeededDecides(t *testing.T) {
	l := newLedger(t)
	l.texts["1"] = "nothing"
	l.add(t, "note", "1")
	l.needs = func(string) []engine.Ref { return []engine.Ref{note} }
	l.mapped = func(text string, _ engine.Link, links engine.Links) (engine.Mapped[page], error) {
		_, err := links.Of("note", "1")
		return engine.Mapped[page]{Doc: page{Text: text}}, err
	}
	l.queue(t, note)
	l.settle(t)
	got := l.try(t)
	is(t, "it rightly has no document", got, store.Blocked, "not_queued")
	if want := "Waits for note 1, which has no document in Zoho Books."; got.Issue.Detail != want {
		t.Errorf("says %q, want %q", got.Issue.Detail, want)
	}
	if _, err := l.store.SetSkipped(t.Context(), []store.Ref{note}, true, "not ours"); err != nil {
		t.Fatal(err)
	}
	got = l.try(t)
	is(t, "a person skipped it", got, store.Skipped, "skipped_by_person")
	if !strings.HasPrefix(got.Issue.Detail, "It belongs to note 1, which is skipped: ") || l.shelf.calls != 0 {
		t.Errorf("%+v after %d calls", got.Issue, l.shelf.calls)
	}
}

// TestWhatNothingNeededIsMadeWhenItIsNeeded leaves a note without a document until a bill names it.
func TestWhatNothingNeededIsMadeWhenItIsNeeded(t *testing.T) {
	l := newLedger(t)
	l.texts["1"] = "unneeded"
	l.add(t, "note", "1")
	l.queue(t, note)
	l.settle(t)
	is(t, "nothing needs it", l.doc(t, "note", "1"), store.Synced, "")
	if l.shelf.calls != 0 {
		t.Errorf("%d calls", l.shelf.calls)
	}
	l.needs = func(string) []engine.Ref { return []engine.Ref{note} }
	l.mapped = func(text string, _ engine.Link, links engine.Links) (engine.Mapped[page], error) {
		_, err := links.Of("note", "1")
		return engine.Mapped[page]{Doc: page{Text: text}}, err
	}
	is(t, "the bill that needs it", l.try(t), store.Synced, "")
	if d := l.doc(t, "note", "1"); d.Status != store.Synced || d.ZohoID == "" || len(l.shelf.pages) != 2 {
		t.Errorf("the note is %s as %q; %v", d.Status, d.ZohoID, l.shelf.pages)
	}
}

func TestTheProofOfAFaultIsKept(t *testing.T) {
	l := newLedger(t)
	l.mapped = func(string, engine.Link, engine.Links) (engine.Mapped[page], error) {
		return engine.Mapped[page]{}, fault.New(fault.Held, "totals_differ", "They differ.").Show(map[string]string{"wanted": "1.00"})
	}
	got := l.try(t)
	is(t, "held", got, store.Held, "totals_differ")
	var proof map[string]string
	if err := json.Unmarshal(got.Issue.Proof, &proof); err != nil || proof["wanted"] != "1.00" {
		t.Errorf("%s, %v", got.Issue.Proof, err)
	}
}

// TestStepsWaitForALockedPeriod holds steps that are taken for many documents together, too.
func TestStepsWaitForALockedPeriod(t *testing.T) {
	l := newLedger(t)
	l.steps(engine.Step{Name: "sent", Bulk: "/sent", BulkParam: "ids"})
	l.queue(t, bill)
	if _, err := l.Work(t.Context(), store.Queue{Flow: "bill", Lane: store.Person}, nil); err != nil {
		t.Fatal(err)
	}
	l.rules.Locks = rules.Locks{Known: true, Sales: "2026-02-28"}
	l.later(time.Minute)
	l.settle(t)
	is(t, "locked before it was sent", l.doc(t, "bill", "1"), store.Held, "period_locked")
	if n := l.shelf.steps["id-bill:1 sent"]; n != 0 {
		t.Errorf("sent %d times in a locked period", n)
	}
	l.rules.Locks = rules.Locks{Known: true}
	is(t, "unlocked", l.try(t), store.Synced, "")
	if n := l.shelf.steps["id-bill:1 sent"]; n != 1 || len(l.shelf.pages) != 1 {
		t.Errorf("sent %d times: %v", n, l.shelf.pages)
	}
}

// TestStepsAreTakenWhenTheRulesCannotBeHad does not stop what was begun: Zoho refuses what is locked.
func TestStepsAreTakenWhenTheRulesCannotBeHad(t *testing.T) {
	l := newLedger(t)
	l.steps(engine.Step{Name: "sent", Bulk: "/sent", BulkParam: "ids"})
	l.queue(t, bill)
	if _, err := l.Work(t.Context(), store.Queue{Flow: "bill", Lane: store.Person}, nil); err != nil {
		t.Fatal(err)
	}
	l.unruled = errors.New("the settings cannot be read")
	l.later(time.Minute)
	l.settle(t)
	is(t, "its steps", l.doc(t, "bill", "1"), store.Synced, "")
	if n := l.shelf.steps["id-bill:1 sent"]; n != 1 {
		t.Errorf("sent %d times", n)
	}
}

// TestARefusedStepLooksForALock asks once whether a period was locked meanwhile.
func TestARefusedStepLooksForALock(t *testing.T) {
	for name, tt := range map[string]struct {
		relock error
		locks  rules.Locks
		status store.Status
		code   string
	}{
		"locked meanwhile":        {locks: rules.Locks{Known: true, Sales: "2026-02-28"}, status: store.Held, code: "period_locked"},
		"nothing is locked":       {status: store.Rejected, code: "zoho_refused"},
		"locks cannot be read":    {relock: errors.New("Zoho is down"), locks: rules.Locks{Known: true, Sales: "2026-02-28"}, status: store.Rejected, code: "zoho_refused"},
		"another day than locked": {locks: rules.Locks{Known: true, Sales: "2026-01-31"}, status: store.Rejected, code: "zoho_refused"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			l.steps(engine.Step{Name: "sent", Bulk: "/sent", BulkParam: "ids"})
			l.shelf.spoiled = "id-bill:1"
			l.relock = func() error {
				l.rules.Locks = tt.locks
				return tt.relock
			}
			l.queue(t, bill)
			l.settle(t)
			l.later(time.Minute)
			if l.settle(t); tt.relock == nil {
				is(t, name, l.doc(t, "bill", "1"), tt.status, tt.code)
			} else if got := l.doc(t, "bill", "1"); got.Issue.Code != tt.code {
				t.Errorf("%s: %+v", name, got.Issue)
			}
		})
	}
}

// TestAnEarlierDocumentInTheWayIsOurs takes the document whose number stands in the way for its own
// when it carries the key, and looks at it anew the next time.
func TestAnEarlierDocumentInTheWayIsOurs(t *testing.T) {
	l := newLedger(t)
	l.shelf.pages["bill:1"] = "of an earlier life"
	l.shelf.refuse["bill:1"] = fault.New(fault.Rejected, "number_taken", "taken")
	got := l.try(t)
	is(t, "its own", got, store.Synced, "")
	if got.ZohoID != "id-bill:1" || got.Fingerprint != "" {
		t.Errorf("as %q with fingerprint %q", got.ZohoID, got.Fingerprint)
	}
	delete(l.shelf.refuse, "bill:1")
	is(t, "looked at again", l.try(t), store.Synced, "")
	if len(l.shelf.pages) != 1 || l.shelf.pages["bill:1"] != "text 1" {
		t.Errorf("%v", l.shelf.pages)
	}
}

// TestWhatStandsIsReadBeforeAnUpdate sends nothing while it cannot be read, and keeps the words about
// what was left alone as long as no other update follows.
func TestWhatStandsIsReadBeforeAnUpdate(t *testing.T) {
	l := newLedger(t)
	l.mapped = func(text string, _ engine.Link, _ engine.Links) (engine.Mapped[page], error) {
		steps := []engine.Step{{Name: engine.StepActive, Implied: true}}
		if rest, closed := strings.CutSuffix(text, ", closed"); closed {
			text, steps = rest, []engine.Step{{Name: engine.StepInactive}}
		}
		return engine.Mapped[page]{Doc: page{Text: text}, Look: true, Steps: steps}, nil
	}
	is(t, "made", l.try(t), store.Synced, "")
	l.write("1", "better")
	l.stands = func(string) (json.RawMessage, error) {
		return nil, fault.New(fault.Unavailable, "zoho_unavailable", "down")
	}
	is(t, "what stands cannot be read", l.try(t), store.Failed, "zoho_unavailable")
	if l.shelf.pages["bill:1"] != "text 1" {
		t.Errorf("%v", l.shelf.pages)
	}
	l.stands = func(string) (json.RawMessage, error) { return json.RawMessage(`{"Text":"by hand"}`), nil }
	l.spare = func(body, _, stands json.RawMessage) (json.RawMessage, json.RawMessage, []string) {
		if string(stands) != `{"Text":"by hand"}` {
			t.Errorf("spared with %s before it", stands)
		}
		return body, body, []string{"the website"}
	}
	l.later(time.Minute)
	l.settle(t)
	got := l.doc(t, "bill", "1")
	is(t, "updated", got, store.Synced, "")
	told := func(d store.Document) bool {
		return slices.ContainsFunc(d.Notices, func(n store.Notice) bool {
			return n.Code == "edited_in_zoho" && strings.Contains(n.Detail, "the website")
		})
	}
	if !told(got) || l.shelf.pages["bill:1"] != "better" {
		t.Errorf("%+v, %v", got.Notices, l.shelf.pages)
	}
	l.write("1", "better, closed")
	if got = l.try(t); !told(got) || got.Status != store.Disabled {
		t.Errorf("after a step alone: %s %+v", got.Status, got.Notices)
	}
	l.stands = func(string) (json.RawMessage, error) {
		return nil, fault.New(fault.NotFound, "zoho_record_gone", "gone")
	}
	l.spare = nil
	l.write("1", "best")
	if got = l.try(t); got.Status != store.Synced || told(got) || l.shelf.pages["bill:1"] != "best" {
		t.Errorf("%s %+v %v", got.Status, got.Notices, l.shelf.pages)
	}
}

// TestALostUpdateThatIsRefusedIsReadBeforeItIsJudged takes every way in which that reading may end.
func TestALostUpdateThatIsRefusedIsReadBeforeItIsJudged(t *testing.T) {
	down := fault.New(fault.Unavailable, "zoho_unavailable", "down")
	refusal := fault.New(fault.Rejected, "paid_document", "settled")
	for name, tt := range map[string]struct {
		stands string
		unread error
		blind  error
		status store.Status
		keeps  bool // the question stays open
	}{
		"it stands as it was sent":       {stands: `{"Name":"","Text":"better","Total":"0"}`, status: store.Synced},
		"it stands as before":            {stands: `{"Name":"","Text":"text 1","Total":"0"}`, status: store.Rejected},
		"it is gone":                     {unread: fault.New(fault.NotFound, "zoho_record_gone", "gone"), status: store.Rejected},
		"it cannot be read":              {unread: down, status: store.Failed},
		"it cannot be read for certain":  {unread: fault.New(fault.Unknown, "outcome_unknown", "lost"), status: store.Unknown, keeps: true},
		"its answer cannot be had again": {stands: `{"Name":"","Text":"better","Total":"0"}`, blind: fault.New(fault.Unknown, "outcome_unknown", "lost"), status: store.Unknown, keeps: true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			is(t, "made", l.try(t), store.Synced, "")
			l.write("1", "better")
			l.shelf.lose = 1
			is(t, "lost", l.try(t), store.Unknown, "outcome_unknown")
			l.shelf.refuse["bill:1"], l.shelf.blind = refusal, tt.blind
			l.stands = func(string) (json.RawMessage, error) { return json.RawMessage(tt.stands), tt.unread }
			l.later(time.Hour)
			l.settle(t)
			got := l.doc(t, "bill", "1")
			if got.Status != tt.status || tt.keeps && got.Intent == nil || got.ZohoID != "id-bill:1" {
				t.Errorf("%s %+v, intent %s", got.Status, got.Issue, got.Intent)
			}
			delete(l.shelf.refuse, "bill:1")
			l.shelf.blind, l.stands = nil, func(string) (json.RawMessage, error) { return json.RawMessage(`{}`), nil }
			is(t, "when the trouble is over", l.try(t), store.Synced, "")
			if len(l.shelf.pages) != 1 || l.shelf.pages["bill:1"] != "better" {
				t.Errorf("%v", l.shelf.pages)
			}
		})
	}
}

// TestAPairedDocumentWithAnotherTotalIsNotAccepted leaves to a person what another made otherwise.
func TestAPairedDocumentWithAnotherTotalIsNotAccepted(t *testing.T) {
	for total, status := range map[string]store.Status{"99.00": store.Rejected, "100.00": store.Synced} {
		l := newLedger(t)
		l.mapped = func(text string, _ engine.Link, _ engine.Links) (engine.Mapped[page], error) {
			want := money.MustParse("100.00")
			return engine.Mapped[page]{Doc: page{Text: text, Total: want}, CreateOnly: true, Facts: engine.Facts{Currency: "EUR", Total: want, HasTotal: true, Date: "2026-02-10"}}, nil
		}
		err := l.store.Gorm().Exec("UPDATE qlobooks_documents SET zoho_id = 'theirs', paired = 1, total = ?, currency = 'EUR' WHERE flow = 'bill'", total).Error
		if err != nil {
			t.Fatal(err)
		}
		got := l.try(t)
		if got.Status != status || l.shelf.calls != 0 || got.ZohoID != "theirs" {
			t.Errorf("%s: %s %+v after %d calls", total, got.Status, got.Issue, l.shelf.calls)
		}
		if status == store.Rejected && (got.Issue.Code != "totals_differ" || !strings.Contains(got.Issue.Detail, "99.00 EUR") || !strings.Contains(got.Issue.Detail, "100.00 EUR")) {
			t.Errorf("it says %q", got.Issue.Detail)
		}
	}
}

// TestAReviverThatFailsLeavesWhatStands changes nothing of a void document that cannot be made a draft,
// and nothing for a master that cannot be made active.
func TestAReviverThatFailsLeavesWhatStands(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	d.want(t, "stay", "1", "booked")
	d.want(t, "stay", "1", "void")
	d.shelf.spoiled = "id-stay:1"
	d.want(t, "stay", "1", "booked again")
	if got := d.doc(t, "stay", "1"); got.Status != store.Rejected || d.shelf.pages["stay:1"] != "booked" {
		t.Errorf("%s %v", got.Status, d.shelf.pages)
	}
	d.shelf.spoiled = ""
	d.want(t, "stay", "1", "booked again")
	if got := d.doc(t, "stay", "1"); got.Status != store.Synced || d.shelf.pages["stay:1"] != "booked again" || d.shelf.steps["id-stay:1 draft"] != 1 {
		t.Errorf("%s %v %v", got.Status, d.shelf.pages, d.shelf.steps)
	}

	d.want(t, "room", "70", "closed")
	d.shelf.asleep, d.shelf.spoiled = "id-room:70", "id-room:70"
	d.want(t, "stay", "2", "owed")
	if got := d.doc(t, "stay", "2"); got.Status != store.Rejected || d.shelf.pages["stay:2"] != "" {
		t.Errorf("%s %v", got.Status, d.shelf.pages)
	}
	d.shelf.spoiled = ""
	d.later(time.Minute)
	d.want(t, "stay", "2", "owed")
	d.later(time.Minute)
	d.settle(t)
	if got := d.doc(t, "stay", "2"); got.Status != store.Synced || d.shelf.pages["stay:2"] != "owed" || !d.shelf.inactive["id-room:70"] {
		t.Errorf("%s %+v %v", got.Status, got.Issue, d.shelf.pages)
	}
}

// TestReadingFailsAtEveryStatement previews and compares while the connection breaks at every statement
// in turn: whoever asks is told, and nothing is changed or sent.
func TestReadingFailsAtEveryStatement(t *testing.T) {
	d := lives(t)
	database := privatetest.Fail(d.store.Gorm())
	d.empty(t)
	d.made(store.Ref{Flow: "stay", ID: "1"})
	d.write("1", "changed")
	all := func(_ context.Context, refs []engine.Ref) (map[engine.Ref]bool, error) {
		covered := map[engine.Ref]bool{}
		for _, ref := range refs {
			covered[ref] = true
		}
		return covered, nil
	}
	refs := []store.Ref{{Flow: "letter", ID: "7"}, {Flow: "note", ID: "1"}, {Flow: "stay", ID: "1"}, {Flow: "room", ID: "70"}}
	docs, err := d.store.Documents(t.Context(), refs)
	if err != nil {
		t.Fatal(err)
	}
	var page []store.Document
	for _, ref := range refs {
		page = append(page, docs[ref])
	}
	calls := d.shelf.calls
	for door, read := range map[string]func() (int, error){
		"a preview": func() (int, error) {
			list, err := d.Preview(t.Context(), all, true).Page(t.Context(), page)
			return len(list), err
		},
		"a comparison": func() (int, error) {
			list, err := d.Wanted(t.Context(), "note", []string{"1", "7"})
			return len(list), err
		},
	} {
		whole, err := read()
		if err != nil || whole == 0 {
			t.Fatal(door, whole, err)
		}
		n := 1
		for ; ; n++ {
			database.Arm(n, privatetest.Undone)
			got, err := read()
			if !database.Disarm() {
				break
			}
			if err == nil || got != 0 {
				t.Errorf("%s passes for whole with %d of %d although statement %d failed", door, got, whole, n)
			}
		}
		if n < 3 {
			t.Errorf("%s was only tried with %d statements", door, n-1)
		}
	}
	away := errors.New("QloApps' tables are away")
	unselected := func(context.Context, []engine.Ref) (map[engine.Ref]bool, error) { return nil, away }
	if list, err := d.Preview(t.Context(), unselected, true).Page(t.Context(), page[:1]); !errors.Is(err, away) || len(list) > 0 {
		t.Errorf("a preview that cannot tell what is selected gives %d, %v", len(list), err)
	}
	d.held = fault.New(fault.Held, "not_connected", "Not connected.")
	if list, err := d.Wanted(t.Context(), "note", []string{"1"}); !fault.Is(err, fault.Held) || len(list) > 0 {
		t.Errorf("a comparison without rules gives %d, %v", len(list), err)
	}
	after, err := d.store.Documents(t.Context(), refs)
	if err != nil || d.shelf.calls != calls {
		t.Fatalf("%d calls, %v", d.shelf.calls-calls, err)
	}
	for _, ref := range refs {
		if before, now := docs[ref], after[ref]; before.Version != now.Version || before.Status != now.Status {
			t.Errorf("%s was changed by looking at it", ref.Key())
		}
	}
}

// TestAPreviewSaysWhatASyncThenDoes previews records in every odd situation, and holds the preview to
// the sync that follows: how each ends, for what cause, and with how many calls.
func TestAPreviewSaysWhatASyncThenDoes(t *testing.T) {
	room, stay, letter := store.Ref{Flow: "room", ID: "70"}, store.Ref{Flow: "stay", ID: "1"}, store.Ref{Flow: "letter", ID: "7"}
	for name, tt := range map[string]struct {
		before func(d *desk)
		refs   []store.Ref
	}{
		"new, with what it needs":             {func(*desk) {}, []store.Ref{letter}},
		"all of it, in any order":             {func(*desk) {}, []store.Ref{stay, letter, note, room}},
		"nothing changed":                     {func(d *desk) { d.made(note) }, []store.Ref{note}},
		"changed":                             {func(d *desk) { d.made(note); d.write("1", "better") }, []store.Ref{note}},
		"its row is gone, and it never stood": {func(d *desk) { delete(d.texts, "7") }, []store.Ref{letter}},
		"its row is gone, and it stands":      {func(d *desk) { d.made(letter); delete(d.texts, "7") }, []store.Ref{letter}},
		"a master's row is gone":              {func(d *desk) { d.made(room); delete(d.texts, "70") }, []store.Ref{room}},
		"skipped by a person": {func(d *desk) {
			if _, err := d.store.SetSkipped(context.Background(), []store.Ref{note}, true, "not ours"); err != nil {
				panic(err)
			}
		}, []store.Ref{note}},
		"its first answer was lost": {func(d *desk) {
			d.shelf.lose = 1
			d.made(note)
		}, []store.Ref{note}},
		"the answer of its step was lost": {func(d *desk) {
			d.shelf.loseSteps = 1
			d.made(letter)
		}, []store.Ref{letter}},
		"void, and wanted again": {func(d *desk) {
			d.made(room)
			d.made(stay)
			d.write("1", "void")
			d.made(stay)
			d.write("1", "booked")
		}, []store.Ref{stay}},
		"it stands on another's document":   {func(d *desk) { d.made(room); d.write("1", "on id-stay:9") }, []store.Ref{stay}},
		"what is never changed was changed": {func(d *desk) { d.made(room); d.write("1", "on id-stay:9"); d.made(stay); d.write("1", "on id-stay:8") }, []store.Ref{stay}},
		"not connected":                     {func(d *desk) { d.held = fault.New(fault.Held, "not_connected", "Not connected.") }, []store.Ref{note, letter}},
		"it stumbles":                       {func(d *desk) { d.write("1", "panic") }, []store.Ref{note, letter}},
	} {
		t.Run(name, func(t *testing.T) {
			d := lives(t)
			d.empty(t)
			tt.before(d)
			covered := func(_ context.Context, refs []engine.Ref) (map[engine.Ref]bool, error) {
				in := map[engine.Ref]bool{}
				for _, ref := range refs {
					in[ref] = slices.Contains(tt.refs, ref)
				}
				return in, nil
			}
			docs, err := d.store.Documents(t.Context(), tt.refs)
			if err != nil {
				t.Fatal(err)
			}
			var page []store.Document
			for _, ref := range tt.refs {
				page = append(page, docs[ref])
			}
			p := d.Preview(t.Context(), covered, true)
			foreseen, err := p.Page(t.Context(), page)
			if err != nil || len(foreseen) != len(tt.refs) {
				t.Fatalf("%d foreseen, %v", len(foreseen), err)
			}
			calls := d.shelf.calls
			if err := d.wish(tt.refs...); err != nil {
				t.Fatal(err)
			}
			for range 3 { // what was lost is looked for when it can arrive no more
				if err := d.pass(t.Context()); err != nil {
					t.Fatal(err)
				}
				d.later(store.Arrival)
			}
			for _, f := range foreseen {
				got := d.doc(t, f.Before.Ref.Flow, f.Before.Ref.ID)
				if got.Status != f.Status || got.Issue.Code != f.Issue.Code {
					t.Errorf("%s: foreseen as %s %s, ended as %s %s", f.Before.Ref.Key(), f.Status, f.Issue.Code, got.Status, got.Issue.Code)
				}
			}
			// What was lost may turn out to have happened, and then needs no call.
			if made := d.shelf.calls - calls; made > p.Forecast.Calls() || made < p.Forecast.Calls() && docs[tt.refs[0]].Intent == nil {
				t.Errorf("%d calls foreseen, %d made", p.Forecast.Calls(), made)
			}
		})
	}
}

// TestWhatAnotherWorkerHoldsIsWaitedForBeforeItsStepIsTakenAgain has money refused because its letter was not sent, though
// that was answered, while another worker looks at the letter: that is no second time, and nobody is asked.
func TestWhatAnotherWorkerHoldsIsWaitedForBeforeItsStepIsTakenAgain(t *testing.T) {
	d := newDesk(t)
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "money", Section: "orders", Version: 1, Dest: d.shelf,
		Load: func(_ context.Context, ids []string) (map[string]string, error) {
			return map[string]string{ids[0]: "text"}, nil
		},
		Needs: func(string, *rules.Rules) []engine.Ref { return []engine.Ref{{Flow: "letter", ID: "1"}} },
		Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			return engine.Mapped[page]{Doc: page{Text: text}}, nil
		}})
	d.add(t, "note", "1")
	d.add(t, "letter", "1")
	d.add(t, "money", "1")
	letter, money := store.Ref{Flow: "letter", ID: "1"}, store.Ref{Flow: "money", ID: "1"}
	d.queue(t, store.Ref{Flow: "note", ID: "1"}, letter)
	d.settle(t)

	d.queue(t, letter)
	if docs, err := d.store.Claim(t.Context(), "other", store.Queue{Flow: "letter", Lane: store.Person}, 1, time.Minute); err != nil || len(docs) != 1 {
		t.Fatalf("%d letters are held, %v", len(docs), err)
	}
	d.shelf.refuse["money:1"] = &engine.NotTaken{ID: d.doc(t, "letter", "1").ZohoID, Step: "sent", Err: fault.New(fault.Rejected, "zoho_refused", "It is a draft.")}
	d.queue(t, money)
	if _, err := d.Work(t.Context(), store.Queue{Flow: "money", Lane: store.Person}, nil); err != nil {
		t.Fatal(err)
	}
	if got := d.doc(t, "money", "1"); got.Status != store.Pending || got.DueAt == nil {
		t.Errorf("while its letter is looked at the money is %s: %+v", got.Status, got.Issue)
	}

	if err := d.store.Release(t.Context(), "other"); err != nil {
		t.Fatal(err)
	}
	d.settle(t)
	d.later(time.Minute)
	if _, err := d.Work(t.Context(), store.Queue{Flow: "money", Lane: store.Person}, nil); err != nil {
		t.Fatal(err)
	}
	delete(d.shelf.refuse, "money:1")
	d.later(time.Minute)
	d.settle(t)
	if got := d.doc(t, "money", "1"); got.Status != store.Synced || d.shelf.steps["id-letter:1 sent"] != 2 {
		t.Errorf("the money is %s, its letter was sent %v times: %+v", got.Status, d.shelf.steps, got.Issue)
	}
}
