package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// beforeCounting lets something happen before Redis is told a number.
type beforeCounting struct{ once func() }

func (beforeCounting) DialHook(next redis.DialHook) redis.DialHook { return next }

func (beforeCounting) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (h *beforeCounting) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if args := cmd.Args(); len(args) > 1 && cmd.Name() == "set" && strings.Contains(args[1].(string), furthest) && h.once != nil {
			happens := h.once
			h.once = nil
			happens()
		}
		return next(ctx, cmd)
	}
}

// TestTwoThatPostFirstFindNothingForgotten: one has counted in the tables and not in Redis yet when the other looks.
// Redis looked as if it had forgotten, and everything without a key was looked for over thirty days.
func TestTwoThatPostFirstFindNothingForgotten(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	kept := store.New(storetest.New(t), time.Now)
	refs := []store.Ref{{Flow: "journal", ID: "1"}}
	post := func() (*App, *beforeCounting) {
		hook := &beforeCounting{}
		client := redis.NewClient(&redis.Options{Addr: server.Addr()})
		t.Cleanup(func() { client.Close() })
		client.AddHook(hook)
		return &App{Store: kept, redis: client}, hook
	}
	one, hook := post()
	other, _ := post()
	hook.once = func() {
		if err := other.reach(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := one.reach(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, unsure, _, err := kept.Posted(t.Context(), refs); err != nil || unsure {
		t.Errorf("after the first two at once: unsure %v, %v", unsure, err)
	}
	server.FlushAll()
	if err := other.reach(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, unsure, _, err := kept.Posted(t.Context(), refs); err != nil || !unsure {
		t.Errorf("Redis was emptied: unsure %v, %v", unsure, err)
	}
}
