package engine

import (
	"context"
	"encoding/json"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
)

type contextKey struct{}

// Errand says for which document, and for whom, a call is made.
type Errand struct {
	Ref  Ref
	Also []Ref // other documents for which the same call is made
	Lane store.Lane
	// Since is when the batch was claimed: what was read before may have been cured by whoever had it tried again.
	Since time.Time
	// Again says that the document stood still for a cause and somebody had it tried again, who may have cured that.
	Again bool
	// Extra is what was kept of the document's answers, as it is when the call is made.
	Extra json.RawMessage
	// Leaving, unless nil, is told right before a call that changes something leaves, which may be
	// long after it was made ready. On an error the call must not leave.
	Leaving func(ctx context.Context) error
}

func onErrand(ctx context.Context, d store.Document) context.Context {
	return OnErrand(ctx, Errand{Ref: d.Ref, Lane: d.Lane})
}

// OnErrand is a context for the calls of one document.
func OnErrand(ctx context.Context, e Errand) context.Context {
	return context.WithValue(ctx, contextKey{}, e)
}

// ErrandOf tells a Dest what the call is for.
func ErrandOf(ctx context.Context) (Errand, bool) {
	e, ok := ctx.Value(contextKey{}).(Errand)
	return e, ok
}
