package engine

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Releaser is a Dest that can take a key off a record which does not stand for it any more.
type Releaser interface {
	// Release empties the key of the record with this id if it carries key, and tells its name; ""
	// when it does not, is gone, or is of a kind whose key stays.
	Release(ctx context.Context, key, id string) (name string, err error)
}

// released takes the document's key off what it stood for before a person paired it anew. Keys are
// unique at the destination, so an update that writes the key is refused until then; its code is
// not known for certain. Doing so twice changes nothing, so an attempt that is broken off in
// between is simply made again. It tells whether the call is worth another try.
func (b *batch) released(ctx context.Context, a *attempt, refusal error) (bool, error) {
	f := fault.Of(refusal)
	if f == nil || f.Kind != fault.Rejected || f.Code != "zoho_refused" || a.doc.ZohoID == "" || b.runner.release == nil {
		return false, nil
	}
	for _, id := range a.doc.Former {
		if id == a.doc.ZohoID {
			continue
		}
		a.calls++
		name, err := b.runner.release(ctx, a.doc.Ref.Key(), id)
		if err != nil {
			return false, err
		}
		if name != "" {
			a.calls++
			a.event = "«" + name + "», for which it stood before, carries its key no more. "
			return true, nil
		}
	}
	return false, nil
}
