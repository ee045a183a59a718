package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
)

// Stands is how a step ends that read what stands: Extra is learned of the document, and Err is how the step
// ended; nil = it is done.
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

// NotAsAsked is how a step ends that was taken, and not as it was asked for. Its document is not as wanted until
// what stands is as asked or a person leaves it: it is called for again only once nothing of it stands. Extra is
// learned of it.
type NotAsAsked struct {
	Extra json.RawMessage
	Err   error
}

func (o *NotAsAsked) Error() string { return o.Err.Error() }

func (o *NotAsAsked) Unwrap() error { return o.Err }

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
	if learned, changed := learn(a.doc.Extra, more); changed {
		a.doc.Extra, a.unsaved = learned, true
	}
}

// remember keeps what an answer tells of the document. Of one that stood before, what the answer does not
// tell stays: that its money is in doubt, what a person was asked, what it uses of others.
func (a *attempt) remember(told json.RawMessage, created bool) {
	if len(told) > 0 && created {
		a.doc.Extra = told
		return
	}
	a.learn(told)
}

// learn puts fields into what is kept. A name with slashes is a field inside of others, which keep theirs:
// "credits/7" is what is kept under "7" of the credits. Null takes a field away.
func learn(kept, more json.RawMessage) (learned json.RawMessage, changed bool) {
	var fields, all map[string]json.RawMessage
	if json.Unmarshal(more, &fields) != nil || len(fields) == 0 {
		return kept, false
	}
	if json.Unmarshal(kept, &all) != nil || all == nil {
		all = map[string]json.RawMessage{}
	}
	for name, value := range fields {
		if outer, inner, within := strings.Cut(name, "/"); within {
			one, _ := json.Marshal(map[string]json.RawMessage{inner: value})
			all[outer], _ = learn(all[outer], one)
		} else if string(value) == "null" {
			delete(all, name)
		} else {
			all[name] = value
		}
	}
	learned, err := json.Marshal(all)
	return learned, err == nil && !bytes.Equal(learned, kept)
}

// asked takes back what a person chose before, where she is asked anew.
func (b *batch) asked(ctx context.Context, a *attempt, err error) error {
	if err != nil && a.asks && a.doc.Approved {
		if failed := b.store.Unapprove(ctx, a.doc.RowID); failed != nil {
			return failed
		}
		a.doc.Approved = false
	}
	return err
}
