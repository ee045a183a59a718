package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
)

// Standing is a record of Zoho Books that a person ties to one of ours.
type Standing struct {
	ZohoID, Number, Name string
	Day, Currency        string // "" for masters
	Total, Tax           *money.Decimal
	Steps                []StepState // what it already settles
	Extra                json.RawMessage
}

// ErrBusy says that a document is being worked on, or that the outcome of a call is not known yet.
var ErrBusy = fault.New(fault.Conflict, "busy", "It is being synchronized right now, or the outcome of a call is still being found out.").
	Do("Try again in a moment.")

// Holders names the documents of flows that a Zoho record stands for; money given back stands on a
// payment without being it.
func (s *Store) Holders(ctx context.Context, flows []string, zohoID string) ([]Ref, error) {
	return holders(s.db.WithContext(ctx), flows, zohoID, "")
}

func holders(tx *gorm.DB, flows []string, zohoID, lock string) ([]Ref, error) {
	var rows []struct{ Flow, SourceID string }
	if err := tx.Raw("SELECT flow, source_id FROM qlobooks_documents WHERE flow IN ? AND zoho_id = ? AND (total IS NULL OR total >= 0) ORDER BY id"+lock, flows, zohoID).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read holders of a Zoho record: %w", err)
	}
	refs := make([]Ref, len(rows))
	for i, r := range rows {
		refs[i] = Ref{r.Flow, r.SourceID}
	}
	return refs, nil
}

// Pairing is one link that a person wants. Space is the name space of the flow, "" = none.
type Pairing struct {
	Ref   Ref
	Zoho  Standing
	Space string
	// From are records that the source no longer has, which hand over what stands for them.
	From []Ref
}

// Pair links documents to Zoho records that stood there before, all or none. Nothing is sent:
// the fingerprint is empty, so that the next sync brings each up to date. flows are all flows
// that share the records. ErrBusy and Conflict/already_paired leave everything as it was.
func (s *Store) Pair(ctx context.Context, flows []string, list []Pairing, by string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		for _, p := range list {
			if err := s.pairOne(tx, flows, p, by); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) pairOne(tx *gorm.DB, flows []string, p Pairing, by string) error {
	now := s.Now()
	held, err := holders(tx, flows, p.Zoho.ZohoID, " FOR UPDATE")
	if err != nil {
		return err
	}
	over, sent := "", ""
	for _, ref := range held {
		switch {
		case ref == p.Ref:
		case !slices.Contains(p.From, ref):
			return AlreadyPaired(ref)
		default:
			if sent, err = s.handOver(tx, ref, p.Ref, by); err != nil {
				return err
			}
			over += ", which stood for " + rowWords(ref) + ": that row no longer exists in QloApps"
		}
	}
	id, err := s.idle(tx, p.Ref)
	if err != nil {
		return err
	}
	if err := s.unposted(tx, id); err != nil {
		return err
	}
	z := p.Zoho
	err = tx.Exec("UPDATE qlobooks_documents SET version = version + 1, status = 'synced', due_at = NULL, attempts = 0, zoho_id = ?, zoho_number = ?, zoho_name = ?, paired = 1, found = 1, made_at = NULL, fingerprint = '', steps = ?, extra = ?, sent = ?, wakes = NULL, approved = 0, "+
		"day = COALESCE(?, day), currency = IF(? = '', currency, ?), total = COALESCE(?, total), tax = COALESCE(?, tax), issue_code = '', issue_detail = NULL, issue_action = NULL, notices = NULL, updated_at = ? WHERE id = ?",
		z.ZohoID, clip(z.Number, 100), clip(z.Name, 200), jsonOrNull(z.Steps), orNull(string(z.Extra)), orNull(sent), orNull(z.Day), z.Currency, z.Currency, z.Total, z.Tax, now, id).Error
	if err != nil {
		return fmt.Errorf("pair %s: %w", p.Ref.Key(), err)
	}
	if p.Space != "" && z.Name != "" {
		// The name that made a first attempt fail may be the paired record's own.
		if err := tx.Exec("INSERT INTO qlobooks_names (module, folded, owner) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE owner = IF(owner = ?, VALUES(owner), owner)", p.Space, Fold(z.Name), p.Ref.Key(), Foreign).Error; err != nil {
			return fmt.Errorf("give %s its name: %w", p.Ref.Key(), err)
		}
	}
	if err := s.changedLink(tx, id, CountUnchanged); err != nil {
		return err
	}
	return addEvent(tx, Event{At: now, Actor: by, Action: "pair", Ref: p.Ref, Detail: fmt.Sprintf("Paired with %s in Zoho Books (%s)%s.", orWord(z.Number, z.Name), z.ZohoID, over)})
}

func rowWords(ref Ref) string { return strings.ReplaceAll(ref.Flow, "_", " ") + " " + ref.ID }

// handOver ends the link of a record that the source no longer has, as a person paired what stands for it with another one,
// and gives what was sent of it: it was posted from here all the same.
func (s *Store) handOver(tx *gorm.DB, ref, to Ref, by string) (sent string, err error) {
	var rows []struct {
		ID   uint64
		Sent *string
	}
	if err := tx.Raw("SELECT id, sent FROM qlobooks_documents WHERE flow = ? AND source_id = ?", ref.Flow, ref.ID).Scan(&rows).Error; err != nil {
		return "", fmt.Errorf("read what %s hands over: %w", ref.Key(), err)
	} else if len(rows) == 0 {
		return "", ErrNoRow
	}
	words := "Its row no longer exists in QloApps, and what stood for it was paired with " + rowWords(to) + "."
	if err := s.forgetIn(tx, ref, Event{Actor: by, Action: "pair", Ref: ref, Detail: words}); err != nil {
		return "", err
	}
	if err := tx.Exec("UPDATE qlobooks_documents SET status = 'skipped', issue_code = 'source_gone', issue_detail = ? WHERE id = ?", words, rows[0].ID).Error; err != nil {
		return "", fmt.Errorf("hand over %s: %w", ref.Key(), err)
	}
	if rows[0].Sent != nil {
		sent = *rows[0].Sent
	}
	return sent, s.refreshRecords(tx, []uint64{rows[0].ID}, s.Now())
}

func orWord(words ...string) string {
	for _, w := range words {
		if w != "" {
			return "«" + w + "»"
		}
	}
	return "a record"
}

// AlreadyPaired is the fault of a Zoho record that another of our records has.
func AlreadyPaired(by Ref) error {
	return fault.New(fault.Conflict, "already_paired", "This record of Zoho Books already stands for %s.", by.Key()).
		Do("Unpair that one first, or choose another record.").On("zoho_id")
}

// idle locks a document that nobody works on and whose outcome is known. A person decides about it, so that no run takes it
// back any more.
func (s *Store) idle(tx *gorm.DB, ref Ref) (uint64, error) {
	var rows []struct {
		ID   uint64
		Idle bool
	}
	err := tx.Raw("SELECT id, lease_owner IS NULL AND intent IS NULL AND step_due = 0 idle FROM qlobooks_documents WHERE flow = ? AND source_id = ? FOR UPDATE", ref.Flow, ref.ID).Scan(&rows).Error
	switch {
	case err != nil:
		return 0, fmt.Errorf("lock %s: %w", ref.Key(), err)
	case len(rows) == 0:
		return 0, ErrNoRow
	case !rows[0].Idle:
		return 0, ErrBusy
	}
	return rows[0].ID, s.leaveUndo(tx, []uint64{rows[0].ID}, s.Now())
}

// Unpair forgets what stands for a document in Zoho Books, except that it once stood for it; nothing is
// changed there.
func (s *Store) Unpair(ctx context.Context, ref Ref, reason, by string) error {
	return s.forget(ctx, ref, Event{Actor: by, Action: "unpair", Ref: ref, Detail: reason})
}

// Anew forgets what stood for a document in Zoho Books, so that the next sync makes it again
// under the same key or finds what carries it.
func (s *Store) Anew(ctx context.Context, ref Ref, reason, by string) error {
	return s.forget(ctx, ref, Event{Actor: by, Action: "recreate", Ref: ref, Detail: reason})
}

func (s *Store) forget(ctx context.Context, ref Ref, e Event) error {
	return s.tx(ctx, func(tx *gorm.DB) error { return s.forgetIn(tx, ref, e) })
}

func (s *Store) forgetIn(tx *gorm.DB, ref Ref, e Event) error {
	id, err := s.idle(tx, ref)
	if err != nil {
		return err
	}
	if err := s.unposted(tx, id); err != nil {
		return err
	}
	e.At = s.Now()
	former := "former"
	if e.Action == "unpair" {
		former = "IF(issue_code = '" + gone + "', former, RIGHT(CONCAT_WS(' ', former, zoho_id), 1000))" // before zoho_id is emptied
	}
	err = tx.Exec("UPDATE qlobooks_documents SET former = "+former+", version = version + 1, status = 'not_synced', due_at = NULL, attempts = 0, draft = 0, zoho_id = '', zoho_number = '', zoho_name = '', paired = 0, found = 0, made_at = NULL, fingerprint = '', steps = NULL, extra = NULL, sent = NULL, wakes = NULL, approved = 0, "+
		"applied = NULL, issue_code = '', issue_detail = NULL, issue_action = NULL, notices = NULL, last_synced_at = NULL, lost_in = NULL, updated_at = ? WHERE id = ?", e.At, id).Error
	if err != nil {
		return fmt.Errorf("forget the link of %s: %w", ref.Key(), err)
	}
	if err := forgetFormer(tx, id); err != nil {
		return err
	}
	if err := s.changedLink(tx, id, CountSkipped); err != nil {
		return err
	}
	return addEvent(tx, e)
}

// unposted takes a document out of what was posted, as its link changes.
func (s *Store) unposted(tx *gorm.DB, id uint64) error {
	changes := countChanges{}
	if err := countUnposted(tx, []uint64{id}, changes); err != nil {
		return err
	}
	if err := tx.Exec("UPDATE qlobooks_documents SET posted_at = NULL, posted_total = NULL WHERE id = ?", id).Error; err != nil {
		return err
	}
	return s.change(tx, changes)
}

// reopened is a step that nobody takes: until the next sync says which steps are wanted, nothing
// that refers to the document goes on.
var reopened = []StepState{{Name: "reopened"}}

// Reopen keeps a document's link and forgets which steps were taken, and, with whole, that it
// stands as wanted, so that the next sync sends it whole. extra is what stands there now, as
// later drafts need it: a person may have replaced its lines. Its steps may stand all the same, so each is looked
// for before it is taken, and its money is read before any of it is moved.
func (s *Store) Reopen(ctx context.Context, ref Ref, whole bool, extra json.RawMessage, reason, by string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		id, err := s.idle(tx, ref)
		if err != nil {
			return err
		}
		now := s.Now()
		if err := tx.Exec("UPDATE qlobooks_documents SET version = version + 1, fingerprint = IF(?, '', fingerprint), found = 1, steps = ?, extra = ?, updated_at = ? WHERE id = ?", whole, jsonOrNull(reopened), doubted(extra, false), now, id).Error; err != nil {
			return fmt.Errorf("reopen %s: %w", ref.Key(), err)
		}
		return addEvent(tx, Event{At: now, Actor: by, Action: "recreate", Ref: ref, Detail: reason})
	})
}

// Loosen forgets that documents of the same records had taken the steps of this name, whatever follows a colon or
// a number sign in it, so that they are taken again when they are queued. Of what somebody is at this is done once ref stands.
func (s *Store) Loosen(ctx context.Context, ref Ref, step string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		_, busy, err := loosen(tx, ref, step)
		if err != nil || !busy {
			return err
		}
		return tx.Exec("UPDATE qlobooks_documents SET extra = JSON_SET(COALESCE(extra, '{}'), '$.nothing', ?), version = version + 1 WHERE flow = ? AND source_id = ?", letGo, ref.Flow, ref.ID).Error
	})
}

// busyPause is after how long what others are at is looked at again.
const busyPause = time.Second

// loosen is Loosen; it names the documents, and tells whether somebody is at one of them, which stays as it is.
func loosen(tx *gorm.DB, ref Ref, step string) (refs []Ref, busy bool, err error) {
	var rows []documentRow
	err = tx.Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE d.steps LIKE ? AND d.id IN (SELECT t.document_id FROM qlobooks_record_documents t "+
		"JOIN qlobooks_record_documents m ON m.section = t.section AND m.record_id = t.record_id JOIN qlobooks_documents o ON o.id = m.document_id WHERE o.flow = ? AND o.source_id = ?) ORDER BY d.id FOR UPDATE", "%"+step+"%", ref.Flow, ref.ID).Scan(&rows).Error
	if err != nil {
		return nil, false, fmt.Errorf("find steps of %s: %w", ref.Key(), err)
	}
	for _, row := range rows {
		d := row.document()
		had := len(d.Steps)
		kept := slices.DeleteFunc(d.Steps, func(have StepState) bool {
			rest, is := strings.CutPrefix(have.Name, step)
			return is && (rest == "" || rest[0] == ':' || rest[0] == '#')
		})
		if len(kept) == had {
			continue
		}
		var leased bool
		if err := tx.Raw("SELECT lease_owner IS NOT NULL FROM qlobooks_documents WHERE id = ?", d.RowID).Scan(&leased).Error; err != nil {
			return nil, false, err
		}
		if leased {
			busy = true
			continue
		}
		if err := tx.Exec("UPDATE qlobooks_documents SET steps = ?, extra = ?, version = version + 1 WHERE id = ?", jsonOrNull(kept), doubted(d.Extra, false), d.RowID).Error; err != nil {
			return nil, false, err
		}
		refs = append(refs, d.Ref)
	}
	return refs, busy, nil
}

// changedLink lets who waits for a document look again, shows its records anew, and counts it for runs that
// had queued it.
func (s *Store) changedLink(tx *gorm.DB, id uint64, as Count) error {
	now := s.Now()
	woken, err := wake(tx, []uint64{id}, now)
	if err != nil {
		return err
	}
	return s.ended(tx, []uint64{id}, as, now, woken...)
}

// LinkImported says that a document stands at Zoho because it came from there; saying it again
// changes nothing. ErrBusy means that it is being worked on and must be linked later.
func (s *Store) LinkImported(ctx context.Context, ref Ref, z Standing, detail string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		if err := ensure(tx, ref, History, now); err != nil {
			return err
		}
		res := tx.Exec("UPDATE qlobooks_documents SET version = version + 1, status = 'synced', due_at = NULL, zoho_id = ?, zoho_number = ?, day = ?, currency = ?, total = ?, applied = ?, last_synced_at = ?, updated_at = ?, "+
			"issue_code = '', issue_detail = NULL, issue_action = NULL WHERE flow = ? AND source_id = ? AND zoho_id = '' AND lease_owner IS NULL",
			z.ZohoID, clip(z.Number, 100), orNull(z.Day), z.Currency, z.Total, z.Total, now, now, ref.Flow, ref.ID)
		if res.Error != nil {
			return fmt.Errorf("link %s: %w", ref.Key(), res.Error)
		}
		if res.RowsAffected == 0 {
			held, err := holders(tx, []string{ref.Flow}, z.ZohoID, "")
			if err == nil && !slices.Contains(held, ref) {
				err = ErrBusy
			}
			return err
		}
		var id uint64
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE flow = ? AND source_id = ?", ref.Flow, ref.ID).Scan(&id).Error; err != nil {
			return err
		}
		if err := s.changedLink(tx, id, CountDone); err != nil {
			return err
		}
		return addEvent(tx, Event{At: now, Actor: Itself, Action: "import", Ref: ref, Detail: detail})
	})
}

// doubted is what is kept of a document whose money somebody may have moved: it is read before anything
// of it is moved. seen says that it was seen to be moved, and not from here.
func doubted(extra json.RawMessage, seen bool) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(extra, &fields) != nil || fields == nil {
		fields = map[string]json.RawMessage{}
	}
	fields["doubt"] = json.RawMessage("true")
	if seen {
		fields["seen"] = json.RawMessage("true")
	}
	raw, _ := json.Marshal(fields)
	return string(raw)
}

// Doubt has payments and credit notes read again before anything of them is moved, as they were seen to
// stand otherwise in Zoho Books than they were left, and queues them. What a person left alone, is
// asked about already, or is under way is passed over; pending are those of them of which nobody knows yet how
// they end, so that they are to be doubted again.
func (s *Store) Doubt(ctx context.Context, refs []Ref, lane Lane) (pending []Ref, err error) {
	if len(refs) == 0 {
		return nil, nil
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		var rows []documentRow
		if err := tx.Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE (d.flow, d.source_id) IN ? ORDER BY d.id FOR UPDATE", pairs(refs)).Scan(&rows).Error; err != nil {
			return fmt.Errorf("find documents to doubt: %w", err)
		}
		var ids []uint64
		pending = nil
		for _, row := range rows {
			d := row.document()
			switch {
			case d.ZohoID == "", d.Status == Skipped, d.Status == Held && d.Issue.Code == "settled_otherwise":
				continue
			case d.Status != Synced: // a worker is at it, or a cause holds it
				pending = append(pending, d.Ref)
				continue
			}
			if err := tx.Exec("UPDATE qlobooks_documents SET extra = ? WHERE id = ?", doubted(d.Extra, true), d.RowID).Error; err != nil {
				return err
			}
			ids = append(ids, d.RowID)
		}
		return s.queue(tx, 0, ids, want{lane: lane, again: true})
	})
	return pending, err
}

// Reread has documents' money read before anything of it is moved, as what was asked of Zoho Books was done
// otherwise there, and maps them again.
func (s *Store) Reread(ctx context.Context, refs ...Ref) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		var rows []documentRow
		if err := tx.Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE (d.flow, d.source_id) IN ? AND d.zoho_id <> '' ORDER BY d.id FOR UPDATE", pairs(refs)).Scan(&rows).Error; err != nil {
			return fmt.Errorf("find documents to read again: %w", err)
		}
		for _, row := range rows {
			d := row.document()
			if err := tx.Exec("UPDATE qlobooks_documents SET extra = ? WHERE id = ?", doubted(d.Extra, false), d.RowID).Error; err != nil {
				return err
			}
		}
		return mapAgain(tx, refs, s.Now())
	})
}
