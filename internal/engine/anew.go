package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// A row that was posted may be deleted at the source and entered anew under another id. Its key is another one then, and
// nothing but the order and the amount tells that it is the same money: so a person is asked before it is posted.

// Other is a document of the destination that may stand for what is to be made.
type Other struct {
	ID, Key, Number, Currency string
	Total                     money.Decimal
}

// OtherLooker is a Dest that looks for documents of other keys: those of ids that count, and with search those
// that its list shows for the contact and the reference of a call, over the same total.
type OtherLooker interface {
	Others(ctx context.Context, call Call, total money.Decimal, ids []string, search bool) ([]Other, error)
}

// beside reads what else of the batch's kind stands for the records of documents without a link.
func (b *batch) beside(ctx context.Context, docs []store.Document) (map[Ref][]store.Document, error) {
	var refs []Ref
	for _, d := range docs {
		if d.ZohoID == "" {
			refs = append(refs, d.Ref)
		}
	}
	flows := make([]string, 0, len(b.runner.rows))
	for name := range b.runner.rows {
		flows = append(flows, name)
	}
	return b.store.Beside(ctx, refs, flows)
}

// gone are those beside a document that is to be made which are over the same, and whose rows the source no longer has;
// without those of which a person said that it is another one.
func (b *batch) gone(ctx context.Context, a *attempt) (list []store.Document, err error) {
	f := a.plan.facts
	for _, d := range a.beside {
		if a.doc.ZohoID != "" || d.Total == nil || !d.Total.Equal(f.Total) || d.Currency != f.Currency || a.anotherOne(d.ZohoID) {
			continue
		}
		if there, err := b.there(ctx, d.Ref); err != nil {
			return nil, err
		} else if there {
			continue
		}
		if held, err := b.heldByAnother(ctx, d); err != nil {
			return nil, err
		} else if !held {
			list = append(list, d)
		}
	}
	return list, nil
}

// heldByAnother tells that what stands for a document, or did, stands for another record of its kind by now. What gave its money
// back stands on payments, as others may.
func (b *batch) heldByAnother(ctx context.Context, d store.Document) (bool, error) {
	if gaveBack(d) {
		return false, nil
	}
	held, err := b.store.Holders(ctx, b.sharing(), d.ZohoID)
	return slices.ContainsFunc(held, func(ref Ref) bool { return ref != d.Ref }), err
}

// gaveBack tells that a document gave its money back out of payments.
func gaveBack(d store.Document) bool {
	return slices.ContainsFunc(d.Steps, func(s store.StepState) bool { return strings.HasPrefix(s.Name, store.GiveBackStep) })
}

// There tells that the source has the row of a record, whatever the engine has of it.
func (e *Engine) There(ctx context.Context, ref Ref) (bool, error) {
	return (&batch{Engine: e}).there(ctx, ref)
}

// there tells that the source has the row of a record.
func (b *batch) there(ctx context.Context, ref Ref) (bool, error) {
	r := b.named[ref.Flow]
	if r == nil {
		return true, nil
	}
	rows, err := r.load(ctx, []string{ref.ID})
	_, is := rows[ref.ID]
	return is, err
}

// enteredAnew has a person asked, before a document is made, whether it is one that stands already for a row that is gone.
// Where links were lost of which nothing tells, the destination is looked through for it.
func (b *batch) enteredAnew(ctx context.Context, a *attempt, call Call) error {
	if b.runner.others == nil || len(b.runner.rows) == 0 {
		return nil
	}
	beside, err := b.gone(ctx, a)
	if err != nil {
		return err
	}
	var asked []Other
	of, ids := map[string]Ref{}, []string{}
	for _, d := range beside {
		if gaveBack(d) { // it stands on what gave it, where what goes back is looked for
			asked = append(asked, Other{ID: d.ZohoID, Key: d.Ref.Key()})
			continue
		}
		of[d.ZohoID], ids = d.Ref, append(ids, d.ZohoID)
	}
	var others []Other
	if len(ids) > 0 || a.unsure {
		a.calls += len(ids)
		if a.unsure {
			a.calls++
		}
		if others, err = b.runner.others(ctx, call, a.plan.facts.Total, ids, a.unsure); err != nil {
			return err
		}
	}
	for _, o := range others {
		ref, known := of[o.ID]
		if !known {
			ref = ParseKey(o.Key)
		}
		if b.runner.rows[ref.Flow] == "" || ref == a.doc.Ref || !o.Total.Equal(a.plan.facts.Total) || o.Currency != a.plan.facts.Currency || a.anotherOne(o.ID) || slices.ContainsFunc(asked, func(have Other) bool { return have.ID == o.ID }) {
			continue
		}
		if there, err := b.there(ctx, ref); err != nil {
			return err
		} else if !there {
			o.Key = ref.Key()
			asked = append(asked, o)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	return b.asks(ctx, a, asked)
}

// sameAs is the name under which it is kept of which documents a person was asked.
const sameAs = "same_as"

// anotherOne reports that a person, asked about this document, said that what is to be made is another one.
func (a *attempt) anotherOne(id string) bool {
	return a.doc.Approved && slices.Contains(a.askedOf(), id)
}

func (a *attempt) askedOf() []string {
	var kept struct {
		SameAs []string `json:"same_as"`
	}
	_ = json.Unmarshal(a.doc.Extra, &kept)
	return kept.SameAs
}

// asks asks about all of them at once, so that one answer is enough. What was answered before stays so: it counts with that answer.
func (b *batch) asks(ctx context.Context, a *attempt, others []Other) error {
	var of []string
	if a.doc.Approved {
		of = a.askedOf()
	}
	for _, o := range others {
		of = append(of, o.ID)
	}
	as, _ := json.Marshal(map[string][]string{sameAs: of})
	a.learn(as)
	a.asks = true
	return b.asked(ctx, a, b.sameOne(a, others))
}

// sameOne is the fault of what may be the same as one of the documents of rows that are gone.
func (b *batch) sameOne(a *attempt, others []Other) error {
	f := a.plan.facts
	var rows, names []string
	for _, o := range others {
		ref := ParseKey(o.Key)
		rows, names = append(rows, b.runner.rows[ref.Flow]+" "+ref.ID), append(names, "«"+cmp.Or(o.Number, o.ID)+"»")
	}
	stand, one, is := "stands", "that one", "the same"
	if len(others) > 1 {
		stand, one, is = "each stand", "one of these", "one of these"
	}
	return fault.New(fault.Held, "entered_anew", "QloApps no longer has %s, for which %s over %s %s %s in Zoho Books. This is over the same, so it may be %s, entered anew: nothing was posted once more.", strings.Join(rows, " and "), strings.Join(names, " and "), money.Words(f.Total, f.Currency), f.Currency, stand, one).
		Do("If it is " + is + ", use Pair to link this with it, or Skip to leave what stands, or delete that document in Zoho Books and use Retry. If it is another one, use Release to have it posted as well.")
}
