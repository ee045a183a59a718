package engine

import (
	"context"
	"encoding/json"
	"errors"
)

// Stands is how a step ends that read what stands: Extra is kept of the document, in place of the
// fields of the same names, and Err is how the step ended; nil = it is done.
type Stands struct {
	Extra json.RawMessage
	Err   error
	// Ask says that a person is asked, whatever she chose before.
	Ask bool
}

func (s *Stands) Error() string {
	if s.Err == nil {
		return "it was read"
	}
	return s.Err.Error()
}

func (s *Stands) Unwrap() error { return s.Err }

// saw keeps what a step read of its document, and gives how the step ended.
func (a *attempt) saw(step Step, err error) error {
	var stands *Stands
	if !errors.As(err, &stands) {
		if err == nil {
			a.learn(step.After)
		}
		return err
	}
	a.learn(stands.Extra)
	a.asks = a.asks || stands.Ask
	return stands.Err
}

// learn puts fields into what is kept of the document.
func (a *attempt) learn(more json.RawMessage) {
	var fields, all map[string]json.RawMessage
	if json.Unmarshal(more, &fields) != nil || len(fields) == 0 {
		return
	}
	if json.Unmarshal(a.doc.Extra, &all) != nil || all == nil {
		all = map[string]json.RawMessage{}
	}
	for name, value := range fields {
		all[name] = value
	}
	if raw, err := json.Marshal(all); err == nil {
		a.doc.Extra, a.unsaved = raw, true
	}
}

// asked takes back what a person chose before, where she is asked anew.
func (b *batch) asked(ctx context.Context, a *attempt, err error) error {
	if a.asks && a.doc.Approved {
		if failed := b.store.Unapprove(ctx, a.doc.RowID); failed != nil {
			return failed
		}
		a.doc.Approved = false
	}
	return err
}
