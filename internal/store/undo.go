package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// What a run posted is taken back document by document, by the engine as everything else: a document bears the run that
// takes it back until that has ended. What is deleted in Zoho Books ends its link; what stays void or inactive there
// keeps its key, so its link is put aside, and the next sync that a person asks for brings that very document back. From
// the moment on at which it is to be taken back it bears undone_at, which keeps every schedule away, and which ends when a
// person asks for it.

// UndoPlace orders documents as Zoho Books accepts it that they are taken back: money that went back of payments,
// payments, credit notes, invoices, sales orders, and masters last. "d" is the document.
const undoPlace = "CASE WHEN d.flow IN ('credit_note', 'refund', 'payment') AND LOCATE('\"giveback:', COALESCE(d.steps, '')) > 0 THEN 0 WHEN d.flow = 'payment' THEN 1 WHEN d.flow IN ('credit_note', 'refund', 'cancellation') THEN 2 " +
	"WHEN d.flow = 'invoice' THEN 3 WHEN d.flow = 'sales_order' THEN 4 ELSE 5 END"

// UndoPosition is where a page of what would be taken back ends; the zero value is before everything.
type UndoPosition struct {
	Place int
	ID    uint64
}

// PostedDocument is a document that a run was asked for, with what decides whether the run may take it back.
type PostedDocument struct {
	Document
	Place int
	Idle  bool // nobody works on it or is about to, and the outcome of its calls is known
	// By is what the document came to stand for while this run asked for it; "" = for nothing then.
	By string
}

// places is how many there are in undoPlace.
const places = 6

// PostedBy lists the documents of a run that stand in Zoho Books, in the order in which they can be taken back. A next
// position that is nil is the end. Place by place the members are gone through by their key, so that all pages together
// read the run a few times, however many they are.
func (s *Store) PostedBy(ctx context.Context, run uint64, after UndoPosition, limit int) ([]PostedDocument, *UndoPosition, error) {
	type row struct {
		Row   documentRow `gorm:"embedded"`
		Place int
		Idle  bool
		By    string
	}
	var rows []row
	for place, id := after.Place, after.ID; place < places && len(rows) <= limit; place, id = place+1, 0 {
		var more []row
		err := s.db.WithContext(ctx).Raw("SELECT "+documentColumns+", ? place, d.lease_owner IS NULL AND d.intent IS NULL AND d.step_due = 0 AND (d.due_at IS NULL OR d.status IN ('held', 'failed')) idle, p.linked `by` FROM "+
			"(SELECT m.document_id id, MAX(m.zoho_id) linked FROM qlobooks_run_documents m STRAIGHT_JOIN qlobooks_documents d ON d.id = m.document_id WHERE m.run_id = ? AND m.document_id > ? AND d.zoho_id <> '' AND "+undoPlace+" = ? "+
			// what was taken back after the run and stands again is a later run's
			"AND NOT EXISTS (SELECT 1 FROM qlobooks_undo u WHERE u.document_id = d.id AND u.state = 'taken_back' AND u.run_id > ?) GROUP BY m.document_id ORDER BY m.document_id LIMIT ?) p "+
			"JOIN qlobooks_documents d ON d.id = p.id ORDER BY p.id", place, run, id, place, run, limit+1-len(rows)).Scan(&more).Error
		if err != nil {
			return nil, nil, fmt.Errorf("read what a run posted: %w", err)
		}
		rows = append(rows, more...)
	}
	var next *UndoPosition
	if len(rows) > limit {
		rows = rows[:limit]
		next = &UndoPosition{rows[limit-1].Place, rows[limit-1].Row.ID}
	}
	list := make([]PostedDocument, len(rows))
	for i, r := range rows {
		list[i] = PostedDocument{Document: r.Row.document(), Place: r.Place, Idle: r.Idle, By: r.By}
	}
	return list, next, nil
}

// undoneAction is the event of a document that was taken back.
const undoneAction = "undone"

// Undo is one document of a run that takes back, or is left as it stands.
type Undo struct {
	Document PostedDocument
	Way      string
	Refused  Issue // why it is left; zero = it is taken back
}

// QueueUndo makes documents members of a run that takes them back, and queues them for that. What is refused is counted
// at once. Whatever somebody works on by now is refused as well.
func (s *Store) QueueUndo(ctx context.Context, run uint64, list []Undo) error {
	if len(list) == 0 {
		return nil
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		ids := make([]uint64, len(list))
		for i, u := range list {
			ids[i] = u.Document.RowID
		}
		var idle []uint64
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE id IN ? AND lease_owner IS NULL AND intent IS NULL AND step_due = 0 AND (due_at IS NULL OR status IN ('held', 'failed')) AND zoho_id <> '' AND undo_run = 0 ORDER BY id FOR UPDATE", ids).Scan(&idle).Error; err != nil {
			return fmt.Errorf("lock what is taken back: %w", err)
		}
		// a run that was canceled meanwhile takes nothing back any more; one that is canceled from now on waits for this
		var on []uint64
		if err := tx.Raw("SELECT id FROM qlobooks_runs WHERE id = ? AND status = 'running' FOR UPDATE", run).Scan(&on).Error; err != nil || len(on) == 0 {
			return err
		}
		free := map[uint64]bool{}
		for _, id := range idle {
			free[id] = true
		}
		var known []uint64 // a worker that took the run over lists again what was listed
		if err := tx.Raw("SELECT document_id FROM qlobooks_undo WHERE run_id = ? AND document_id IN ?", run, ids).Scan(&known).Error; err != nil {
			return err
		}
		before := map[uint64]bool{}
		for _, id := range known {
			before[id] = true
		}
		var rows [][]any
		var wanted, refused, members []uint64
		for _, u := range list {
			d := u.Document
			if before[d.RowID] {
				continue
			}
			state, why := "wanted", u.Refused
			if why.Code == "" && !free[d.RowID] {
				why = Issue{Code: "busy", Detail: "It is being synchronized right now, or the outcome of a call is still being found out.", Action: "Undo the run again in a moment."}
			}
			if why.Code != "" {
				state, refused = "refused", append(refused, d.RowID)
			} else {
				wanted = append(wanted, d.RowID)
			}
			members = append(members, d.RowID)
			rows = append(rows, []any{run, d.RowID, d.Place, u.Way, d.ZohoID, state, string(d.Status), d.DueAt, d.Issue.Code, orNull(d.Issue.Detail), orNull(d.Issue.Action), why.Code, orNull(why.Detail), orNull(why.Action)})
		}
		if len(members) == 0 {
			return nil
		}
		if err := insert(tx, "INSERT INTO qlobooks_undo (run_id, document_id, place, way, zoho_id, state, was_status, was_due, was_code, was_detail, was_action, code, detail, action)", rows, ""); err != nil {
			return fmt.Errorf("note what is taken back: %w", err)
		}
		if err := addMemberDocuments(tx, run, members); err != nil {
			return err
		}
		if len(wanted) > 0 {
			err := tx.Exec("UPDATE qlobooks_documents SET undo_run = ?, undone_at = ?, version = version + 1, lane = ?, due_at = ?, attempts = 0, status = 'pending', news_taken = 0 WHERE id IN ?", run, now, int(History), now, wanted).Error
			if err != nil {
				return fmt.Errorf("queue what is taken back: %w", err)
			}
		}
		if len(refused) > 0 {
			if err := count(tx, refused, CountHeld, now); err != nil {
				return err
			}
		}
		return s.refreshRecords(tx, members, now)
	})
}

// UndoBefore names the documents that the same run takes back and that must be gone before this one can be: they belong
// to the same record, and Zoho Books accepts them first; or they are invoices that this one, a credit note, pays as a voucher,
// of whichever order, which keep their credit where they are left. unsure tells that there are such invoices of which the run
// has not come to say yet whether it takes them back.
func (s *Store) UndoBefore(ctx context.Context, run uint64, d Document) (first []Ref, unsure bool, err error) {
	var rows []struct{ Flow, SourceID string }
	err = s.db.WithContext(ctx).Raw("SELECT DISTINCT d.flow, d.source_id FROM qlobooks_undo me JOIN qlobooks_record_documents mine ON mine.document_id = me.document_id "+
		"JOIN qlobooks_record_documents t ON t.section = mine.section AND t.record_id = mine.record_id JOIN qlobooks_undo u ON u.run_id = me.run_id AND u.document_id = t.document_id AND u.place < me.place AND u.state = 'wanted' "+
		"JOIN qlobooks_documents d ON d.id = u.document_id AND d.undo_run = u.run_id WHERE me.run_id = ? AND me.document_id = ? ORDER BY d.flow, d.source_id LIMIT 200", run, d.RowID).Scan(&rows).Error
	if err != nil {
		return nil, false, fmt.Errorf("read what is taken back first: %w", err)
	}
	for _, r := range rows {
		first = append(first, Ref{r.Flow, r.SourceID})
	}
	if d.Ref.Flow != "credit_note" {
		return first, false, nil
	}
	var paid []struct {
		SourceID string
		Mine     bool
	}
	step := `"` + CreditStep + d.ZohoID
	err = s.db.WithContext(ctx).Raw("SELECT d.source_id, d.undo_run = ? mine FROM qlobooks_documents d JOIN qlobooks_runs r ON r.id = ? LEFT JOIN qlobooks_undo u ON u.run_id = r.id AND u.document_id = d.id "+
		"WHERE d.pays_credit = 1 AND d.flow = 'invoice' AND d.zoho_id <> '' AND (LOCATE(?, d.steps) > 0 OR LOCATE(?, d.steps) > 0) AND (d.undo_run = r.id OR u.run_id IS NULL AND r.status = 'running' AND r.listed = 0) ORDER BY d.id LIMIT 200", run, run, step+`"`, step+`#`).Scan(&paid).Error
	if err != nil {
		return nil, false, fmt.Errorf("read what a credit note pays: %w", err)
	}
	for _, p := range paid {
		if unsure = unsure || !p.Mine; p.Mine {
			first = append(first, Ref{"invoice", p.SourceID})
		}
	}
	return first, unsure, nil
}

// Undoing is what a document reads again if it is not taken back.
type Undoing struct {
	DocumentID                    uint64
	Way                           string
	WasStatus                     Status
	WasDue                        *time.Time // when it is looked at again
	WasCode, WasDetail, WasAction string
}

// Undoing reads how documents that runs take back stood before.
func (s *Store) Undoing(ctx context.Context, ids []uint64) (map[uint64]Undoing, error) {
	var rows []Undoing
	err := s.db.WithContext(ctx).Raw("SELECT u.document_id, u.way, u.was_status, u.was_due, u.was_code, COALESCE(u.was_detail, '') was_detail, COALESCE(u.was_action, '') was_action FROM qlobooks_undo u JOIN qlobooks_documents d ON d.id = u.document_id AND d.undo_run = u.run_id WHERE u.document_id IN ?", ids).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what is taken back: %w", err)
	}
	found := map[uint64]Undoing{}
	for _, r := range rows {
		found[r.DocumentID] = r
	}
	return found, nil
}

// InUndo tells which documents of a flow, by their ids in Zoho Books, a run takes back or has taken back.
func (s *Store) InUndo(ctx context.Context, run uint64, flow string, zohoIDs []string) (map[string]bool, error) {
	mine := map[string]bool{}
	if len(zohoIDs) == 0 {
		return mine, nil
	}
	var ids []string
	err := s.db.WithContext(ctx).Raw("SELECT u.zoho_id FROM qlobooks_undo u JOIN qlobooks_documents d ON d.id = u.document_id WHERE u.run_id = ? AND d.flow = ? AND u.zoho_id IN ? AND u.state <> 'refused'", run, flow, zohoIDs).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("read what a run takes back: %w", err)
	}
	for _, id := range ids {
		mine[id] = true
	}
	return mine, nil
}

// UndoEnd is how it ended that a document was to be taken back.
type UndoEnd struct {
	Run     uint64
	Refused Issue // why it was not; zero = it was
	Aside   bool  // it stays in Zoho Books, void or inactive, and its link is put aside
	Half    bool  // a part of it was taken back before it was refused
}

// Aside is the link of a document that was taken back and stays void or inactive in Zoho Books.
type Aside struct {
	ZohoID      string          `json:"zoho_id"`
	Number      string          `json:"number,omitempty"`
	Name        string          `json:"name,omitempty"`
	Fingerprint string          `json:"fingerprint,omitempty"`
	Steps       []StepState     `json:"steps"`
	Extra       json.RawMessage `json:"extra,omitempty"`
	Sent        json.RawMessage `json:"sent,omitempty"`
}

func asideOf(d Document) Aside {
	return Aside{ZohoID: d.ZohoID, Number: d.Number, Name: d.Name, Fingerprint: d.Fingerprint, Steps: d.Steps, Extra: d.Extra, Sent: d.Sent}
}

// Brought is the document with the link that was put aside when it was taken back, so that it comes back to life instead
// of being made a second time; ok is false where there is none.
func (d Document) Brought() (Document, bool) {
	var aside Aside
	if d.ZohoID != "" || json.Unmarshal(d.Undone, &aside) != nil || aside.ZohoID == "" {
		return d, false
	}
	d.ZohoID, d.Number, d.Name, d.Fingerprint, d.Steps, d.Extra, d.Sent = aside.ZohoID, aside.Number, aside.Name, aside.Fingerprint, aside.Steps, aside.Extra, aside.Sent
	return d, true
}

// endUndo saves that a document was taken back, or is left, after its outcome was.
func (s *Store) endUndo(tx *gorm.DB, o Outcome, now time.Time) error {
	d, end := o.Document, *o.Undo
	state := "taken_back"
	if end.Refused.Code != "" {
		state = "refused"
	}
	err := tx.Exec("UPDATE qlobooks_undo SET state = ?, code = ?, detail = ?, action = ? WHERE run_id = ? AND document_id = ?", state, end.Refused.Code, orNull(clip(end.Refused.Detail, longestWords)), orNull(clip(end.Refused.Action, longestWords)), end.Run, d.RowID).Error
	if err != nil {
		return fmt.Errorf("note how taking back ended: %w", err)
	}
	if end.Half { // no schedule puts it back, as none sends what is taken back
		return tx.Exec("UPDATE qlobooks_documents SET undo_run = 0, status = IF(undone_at IS NULL, 'pending', 'held'), due_at = IF(undone_at IS NULL, ?, NULL) WHERE id = ?", now, d.RowID).Error
	}
	if state == "refused" { // what a person wished for meanwhile is carried out
		return tx.Exec("UPDATE qlobooks_documents SET undo_run = 0, status = IF(undone_at IS NULL, 'pending', status), due_at = IF(undone_at IS NULL, ?, due_at), undone_at = NULL WHERE id = ?", now, d.RowID).Error
	}
	if err := s.unposted(tx, d.RowID); err != nil {
		return err
	}
	if err := forgetCopy(tx, d, end.Aside); err != nil {
		return err
	}
	var aside any
	if end.Aside {
		body, err := json.Marshal(asideOf(d))
		if err != nil {
			return fmt.Errorf("put a link aside: %w", err)
		}
		aside = string(body)
	}
	// A person's wish that came meanwhile has ended that it stays taken back: it is sent anew at once. What was only woken,
	// because something else came to an end, is pending too, and stays away.
	err = tx.Exec("UPDATE qlobooks_documents SET undo_run = 0, undone = ?, status = IF(undone_at IS NULL, 'pending', 'not_synced'), due_at = IF(undone_at IS NULL, ?, NULL), undone_at = IF(undone_at IS NULL, NULL, ?), zoho_id = '', zoho_number = '', zoho_name = '', paired = 0, found = 0, made_at = NULL, former = '', fingerprint = '', steps = NULL, pays_credit = 0, draft = 0, "+
		"extra = NULL, sent = NULL, wakes = NULL, approved = 0, applied = NULL, notices = NULL, last_synced_at = NULL, lost_in = NULL WHERE id = ?", aside, now, now, d.RowID).Error
	if err != nil {
		return fmt.Errorf("end the link of what was taken back: %w", err)
	}
	return forgetFormer(tx, d.RowID)
}

// forgetCopy has what the reconciliation read of a document be as it was taken back: void, or there no more. Until the next
// reading it would be told as standing, and offered to be tied again.
func forgetCopy(tx *gorm.DB, d Document, void bool) error {
	module := map[string]string{"invoice": "invoices", "credit_note": "creditnotes", "refund": "creditnotes", "cancellation": "creditnotes", "payment": "customerpayments"}[d.Ref.Flow]
	if module == "" || d.ByRefund() { // money that went back stands on a payment, which stays
		return nil
	}
	set := "gone = 1"
	if void {
		set = "status = 'void', balance = 0"
	}
	if err := tx.Exec("UPDATE qlobooks_zoho_documents SET "+set+" WHERE module = ? AND zoho_id = ?", module, d.ZohoID).Error; err != nil {
		return fmt.Errorf("note that what was read was taken back: %w", err)
	}
	return nil
}

// cancelUndo leaves as it stands what a canceled run was to take back and nobody has begun. One of which a part was taken
// back goes on. What waited for something is looked at again, as that may have come, and so is what a person wished for
// meanwhile, whose run waits for it.
func cancelUndo(tx *gorm.DB, run uint64, ids []uint64, now time.Time) error {
	err := tx.Exec("UPDATE qlobooks_documents d JOIN qlobooks_undo u ON u.run_id = d.undo_run AND u.document_id = d.id SET d.status = IF(u.was_status = 'blocked' OR d.undone_at IS NULL, 'pending', u.was_status), d.due_at = IF(u.was_status = 'blocked' OR d.undone_at IS NULL, ?, u.was_due), "+
		"d.issue_code = u.was_code, d.issue_detail = u.was_detail, d.issue_action = u.was_action, d.undo_run = 0, d.undone_at = NULL, u.state = 'refused', u.code = 'run_canceled', u.detail = 'The run was canceled before.' "+
		"WHERE d.undo_run = ? AND d.id IN ? AND d.status IN ('pending', 'blocked', 'failed') AND d.lease_owner IS NULL AND d.intent IS NULL AND COALESCE(d.extra, '') NOT LIKE '%\"half_undone\":true%'", now, run, ids).Error
	if err != nil {
		return fmt.Errorf("leave what a canceled run was to take back: %w", err)
	}
	return nil
}

// leaveUndo ends that idle documents are to be taken back, as a person chose something else for them: they read as before,
// and the run says so. What stands then is as she wants it.
func (s *Store) leaveUndo(tx *gorm.DB, ids []uint64, now time.Time) error {
	var mine []uint64
	if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE id IN ? AND undo_run <> 0 ORDER BY id", ids).Scan(&mine).Error; err != nil || len(mine) == 0 {
		return err
	}
	err := tx.Exec("UPDATE qlobooks_documents d JOIN qlobooks_undo u ON u.run_id = d.undo_run AND u.document_id = d.id SET d.status = IF(u.was_status = 'blocked', 'pending', u.was_status), d.due_at = IF(u.was_status = 'blocked', ?, u.was_due), d.issue_code = u.was_code, d.issue_detail = u.was_detail, d.issue_action = u.was_action, "+
		"d.undo_run = 0, d.undone_at = NULL, d.version = d.version + 1, u.state = 'refused', u.code = 'left_by_person', u.detail = 'A person decided otherwise about it before it was taken back.', u.action = 'Undo the run again if it is to be taken back all the same.' WHERE d.id IN ?", now, mine).Error
	if err != nil {
		return fmt.Errorf("leave what a person decided about: %w", err)
	}
	woken, err := wake(tx, mine, now)
	if err != nil {
		return err
	}
	return s.ended(tx, mine, CountHeld, now, woken...)
}

// StandingBeside reads, for documents of a run, what stands of the same records, can be taken back before them, and was not
// posted by the run, by row id.
func (s *Store) StandingBeside(ctx context.Context, run uint64, page []PostedDocument) (map[uint64][]Document, error) {
	beside := map[uint64][]Document{}
	if len(page) == 0 {
		return beside, nil
	}
	ids, place := make([]uint64, len(page)), map[uint64]int{}
	for i, d := range page {
		ids[i], place[d.RowID] = d.RowID, d.Place
	}
	var pairs []struct {
		Of, ID uint64
		Place  int
	}
	err := s.db.WithContext(ctx).Raw("SELECT DISTINCT mine.document_id of, d.id, "+undoPlace+" place FROM qlobooks_record_documents mine JOIN qlobooks_record_documents t ON t.section = mine.section AND t.record_id = mine.record_id "+
		"JOIN qlobooks_documents d ON d.id = t.document_id WHERE mine.document_id IN ? AND mine.section = 'orders' AND d.zoho_id <> '' AND d.flow IN ('payment', 'credit_note', 'refund', 'cancellation', 'invoice') "+
		"AND NOT EXISTS (SELECT 1 FROM qlobooks_run_documents m WHERE m.run_id = ? AND m.document_id = d.id AND m.zoho_id = d.zoho_id)", ids, run).Scan(&pairs).Error
	if err != nil {
		return nil, fmt.Errorf("read what stands on documents: %w", err)
	}
	wanted := map[uint64]bool{}
	var others []uint64
	for _, p := range pairs {
		if p.Place < place[p.Of] && !wanted[p.ID] {
			wanted[p.ID], others = true, append(others, p.ID)
		}
	}
	found := map[uint64]Document{}
	for len(others) > 0 {
		n := min(500, len(others))
		var rows []documentRow
		if err := s.db.WithContext(ctx).Raw("SELECT "+shownColumns+", d.extra FROM qlobooks_documents d WHERE d.id IN ?", others[:n]).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("read what stands on documents: %w", err)
		}
		for _, d := range documents(rows) {
			found[d.RowID] = d
		}
		others = others[n:]
	}
	for _, p := range pairs {
		if d, ok := found[p.ID]; ok && p.Place < place[p.Of] {
			beside[p.Of] = append(beside[p.Of], d)
		}
	}
	return beside, nil
}
