package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestEvent is the event of a message that a person sends to see whether it arrives.
const TestEvent = "test"

// Test sends one message now, signed as all are, and tells what became of it. It is not tried again.
func (s *Service) Test(ctx context.Context, by string) (wire.Delivery, error) {
	all, err := s.Settings.Load(ctx)
	if err != nil {
		return wire.Delivery{}, err
	}
	if all.Alerts.WebhookURL == nil {
		return wire.Delivery{}, fault.New(fault.Conflict, "no_webhook", "No address is saved to which a message could go.").Do("Save an address under Configuration, Alerts first.")
	}
	if all.Unopened() {
		return wire.Delivery{}, fault.New(fault.Conflict, "key_wrong", "The webhook's secret cannot be opened with the secret key, and no message goes out unsigned.").Do("Start with the right QLOBOOKS_SECRET_KEY, or save a new secret.")
	}
	secret := ""
	if all.Alerts.WebhookSecret != nil {
		secret = *all.Alerts.WebhookSecret
	}
	a, token, err := s.Store.AddTried(ctx, TestEvent, uuid.NewString(), map[string]any{"text": "A test of QloBooks' messages.", "link": s.PublicURL + "/configuration/alerts"})
	if err != nil {
		return wire.Delivery{}, err
	}
	answer, failed := s.post(ctx, *all.Alerts.WebhookURL, secret, a)
	tried := store.Attempt{Answer: answer}
	if failed != nil {
		tried.Outcome = failed.Error()
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.Store.SettleAlert(ctx, token, a.ID, tried); err != nil {
		return wire.Delivery{}, err
	}
	if s.Audit != nil {
		if err := s.Audit(ctx, by, "Sent a test message to the webhook."); err != nil {
			return wire.Delivery{}, err
		}
	}
	list, err := s.Store.Deliveries(ctx, a.ID+1, 1)
	if err != nil || len(list) == 0 {
		return wire.Delivery{}, fmt.Errorf("read the test message: %w", err)
	}
	return show(list[0]), nil
}

// Deliveries are the messages that were made, newest first, and what became of each.
func (s *Service) Deliveries(ctx context.Context, limit int, after *wire.Position) (wire.DeliveryPage, error) {
	var before uint64
	if after != nil {
		n, err := strconv.ParseUint(after.ID, 10, 64)
		if err != nil {
			return wire.DeliveryPage{}, fault.New(fault.Invalid, "validation", "The cursor is not one of this list.").On("cursor")
		}
		before = n
	}
	rows, err := s.Store.Deliveries(ctx, before, limit+1)
	if err != nil {
		return wire.DeliveryPage{}, err
	}
	page := wire.DeliveryPage{Items: []wire.Delivery{}}
	for i, row := range rows {
		if i == limit {
			page.Next = &wire.Position{ID: page.Items[limit-1].ID}
			break
		}
		page.Items = append(page.Items, show(row))
	}
	return page, nil
}

func show(d store.Delivery) wire.Delivery {
	w := wire.Delivery{ID: fmt.Sprint(d.ID), Event: d.Event, At: wire.At(d.At), Attempts: d.Attempts, Data: json.RawMessage(d.Data)}
	if d.TriedAt != nil {
		w.TriedAt = wire.AtOrNull(*d.TriedAt)
	}
	if d.Answer != 0 {
		w.Answer = &d.Answer
	}
	w.Outcome = wire.TextOrNull(d.Outcome)
	switch {
	case d.LeaseHeld:
		w.State = "sending"
	case d.DueAt == nil && d.TriedAt == nil && d.Outcome == "":
		w.State = "unknown" // from before outcomes were kept
	case d.DueAt == nil && d.Taken:
		w.State = "delivered"
	case d.DueAt == nil:
		w.State = "given_up"
	default:
		w.State, w.NextTryAt = "waiting", wire.AtOrNull(*d.DueAt)
	}
	return w
}
