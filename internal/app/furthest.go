package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

// The marks by which tables that were put back are known again.
const (
	installation = "installation" // tells this one from every other that the same Redis serves
	furthest     = "furthest"     // counts up with whatever is posted, here and in Redis
)

// reach counts up in the tables and in Redis. When Redis had counted further a back-up was put back: what stands in
// Zoho Books may be unknown here, and people may have worked on it, so that everything new is looked for before it is
// made. When Redis knows nothing any more, nothing tells whether one was, so that what has no key, by which Zoho Books
// would find it, is looked for. From a Redis that does not answer nothing is concluded.
func (a *App) reach(ctx context.Context) error {
	key, err := a.furthestKey(ctx)
	if err != nil {
		return err
	}
	was, is, forgot, err := a.counts(ctx, key)
	if err == nil && forgot && is > 0 { // or another process was the first ever since Redis was asked
		was, is, forgot, err = a.counts(ctx, key)
	}
	if err != nil {
		return err
	}
	if forgot && is == 0 { // the first ever: Redis knows of it before the tables count
		_ = a.redis.SetNX(ctx, key, 0, 0).Err()
	}
	switch {
	case is < was:
		err = a.Store.FoundUnknown(ctx)
	case forgot && is > 0:
		err = a.Store.ReachUnknown(ctx)
	}
	if err != nil {
		return fmt.Errorf("note that a back-up may have been put back: %w", err)
	}
	next := max(is, was) + 1
	if err := a.Store.RaiseMark(ctx, furthest, next); err != nil { // never less than another process told Redis meanwhile
		return err
	}
	_ = a.redis.Set(ctx, key, next, 0).Err()
	return nil
}

// counts is what Redis and the tables counted; forgot, that Redis answers and knows nothing. Redis is read first: it
// never counts further than the tables did before.
func (a *App) counts(ctx context.Context, key string) (told, kept uint64, forgot bool, err error) {
	text, err := a.redis.Get(ctx, key).Result()
	if err == nil {
		told = number(text)
	}
	forgot = errors.Is(err, redis.Nil)
	mark, err := a.Store.Mark(ctx, furthest)
	return told, number(mark), forgot, err
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
