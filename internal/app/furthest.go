package app

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"
)

// The marks by which tables that were put back are known again.
const (
	installation = "installation" // tells this one from every other that the same Redis serves
	furthest     = "furthest"     // counts up with whatever is posted, here and in Redis
)

// reach counts up in the tables and in Redis. When Redis had counted further a back-up was put back: what stands in
// Zoho Books may be unknown here, and people may have worked on it, so that everything new is looked for before it is
// made. From what Redis does not know nothing is concluded.
func (a *App) reach(ctx context.Context) error {
	key, err := a.furthestKey(ctx)
	if err != nil {
		return err
	}
	// Redis first: it never counts further than the tables did before
	told, err := a.redis.Get(ctx, key).Result()
	if err != nil {
		told = ""
	}
	mark, err := a.Store.Mark(ctx, furthest)
	if err != nil {
		return err
	}
	was, is := number(told), number(mark)
	if is < was {
		if err := a.Store.FoundUnknown(ctx); err != nil {
			return fmt.Errorf("note that a back-up was put back: %w", err)
		}
	}
	next := max(is, was) + 1
	if err := a.Store.RaiseMark(ctx, furthest, next); err != nil { // never less than another process told Redis meanwhile
		return err
	}
	_ = a.redis.Set(ctx, key, next, 0).Err()
	return nil
}

// number is a count as it is kept; 0 = none is.
func number(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (a *App) furthestKey(ctx context.Context) (string, error) {
	id, err := a.Store.Mark(ctx, installation)
	if err == nil && id == "" {
		if err = a.Store.SetMarkOnce(ctx, installation, uuid.NewString()); err == nil {
			id, err = a.Store.Mark(ctx, installation)
		}
	}
	return "qlobooks:furthest:" + id, err
}
