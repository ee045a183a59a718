package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// sync synchronizes orders by id and waits for the end of their run and of what follows it.
func syncOrders(ctx context.Context, s *rehearsal.Stage, orders []sample.Paid) (rehearsal.Run, error) {
	ids := make([]string, len(orders))
	for i, o := range orders {
		ids[i] = fmt.Sprint(o.ID)
	}
	return s.Start(ctx, "/records/orders/sync", map[string]any{"ids": ids, "confirm": true})
}

// calls counts what new paid orders of a known guest cost, however they come to the product, and what
// a pass over unchanged ones costs.
func (b *bench) calls(ctx context.Context) ([]Figure, error) {
	const first, together, single = 1000, 100, 10
	var figures []Figure
	for _, with := range []bool{false, true} {
		words, target, alone := "without", 2.1, 3.0
		if with {
			words, target, alone = "with", 4.1, 5.0
		}
		words += " sales order"
		h, orders, err := b.open(ctx, books.Options{}, sample.Crowd{First: first, Orders: 1 + together + single, Guests: 1, RoomTypes: 1}, with)
		if err != nil {
			return figures, err
		}
		defer h.Close()
		if _, err := syncOrders(ctx, h.Stage, orders[:1]); err != nil { // the guest and the room type are known from now on
			return figures, err
		}
		h.Books.ForgetCalls()
		if _, err := syncOrders(ctx, h.Stage, orders[1:1+together]); err != nil {
			return figures, err
		}
		figures = append(figures, most(fmt.Sprintf("calls per order, %d queued together, %s", together, words), float64(len(h.Books.Calls()))/together, target, "calls", ""))
		highest := 0
		for _, o := range orders[1+together:] {
			h.Books.ForgetCalls()
			if _, err := syncOrders(ctx, h.Stage, []sample.Paid{o}); err != nil {
				return figures, err
			}
			highest = max(highest, len(h.Books.Calls()))
		}
		figures = append(figures, most("calls of a single order that a person syncs, "+words, float64(highest), alone, "calls", fmt.Sprintf("the most of %d", single)))
		h.Books.ForgetCalls()
		run, err := syncOrders(ctx, h.Stage, orders)
		if err != nil {
			return figures, err
		}
		figures = append(figures, most("calls of an unchanged pass, "+words, float64(len(h.Books.Calls())), 0, "calls",
			fmt.Sprintf("%d orders with all their documents compared", run.Unchanged)))
		live, err := h.live(ctx, words, alone)
		figures = append(figures, live...)
		if err != nil {
			return figures, err
		}
	}
	return figures, nil
}

// live counts the calls of orders that nobody asks for: the front desk makes them, a tick finds them.
func (h *hotel) live(ctx context.Context, words string, target float64) ([]Figure, error) {
	for _, field := range []string{"auto_sync_new_orders", "auto_sync_new_invoices", "auto_sync_new_payments", "auto_update_orders"} {
		if err := h.Set(ctx, "orders", field, true); err != nil {
			return nil, err
		}
	}
	known, err := h.desk.Book(ctx) // its guest and its room are known from then on
	if err != nil {
		return nil, err
	}
	if _, err := h.comes(ctx, known, false); err != nil {
		return nil, err
	}
	const orders = 5
	var figures []Figure
	for _, slowly := range []bool{false, true} {
		highest := 0
		for range orders {
			id, err := h.desk.Book(ctx)
			if err != nil {
				return figures, err
			}
			calls, err := h.comes(ctx, id, slowly)
			if err != nil {
				return figures, err
			}
			highest = max(highest, calls)
		}
		how := "booked, invoiced and paid before a tick"
		if slowly {
			how = "with a tick after each"
		}
		figures = append(figures, most(fmt.Sprintf("calls of a single live order, %s, %s", how, words), float64(highest), target, "calls", fmt.Sprintf("the most of %d", orders)))
	}
	h.Books.ForgetCalls()
	if err := h.tick(ctx); err != nil {
		return figures, err
	}
	var records int
	if err := h.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_records").Scan(&records); err != nil {
		return figures, err
	}
	return append(figures, most("calls of a tick that finds nothing, "+words, float64(len(h.Books.Calls())), 0, "calls", fmt.Sprintf("%d records looked at", records))), nil
}

// comes has a booked order invoiced and paid, and counts the calls that it takes to stand in Zoho Books.
func (h *hotel) comes(ctx context.Context, id int, slowly bool) (int, error) {
	h.Books.ForgetCalls()
	for _, deed := range []func(context.Context, string) error{h.desk.Invoice, h.desk.Pay} {
		if slowly {
			if err := h.tick(ctx); err != nil {
				return 0, err
			}
		}
		if err := deed(ctx, fmt.Sprint(id)); err != nil {
			return 0, err
		}
	}
	if err := h.tick(ctx); err != nil {
		return 0, err
	}
	calls := len(h.Books.Calls())
	var order struct{ Status, Phase string }
	if err := h.Call(ctx, http.MethodGet, fmt.Sprintf("/records/orders/%d", id), nil, &order); err != nil {
		return calls, err
	}
	if order.Phase != "synced" {
		return calls, fmt.Errorf("order %d is %s, %s", id, order.Status, order.Phase)
	}
	return calls, nil
}

// tick lets the schedule look once, and waits for what it queued to come to rest.
func (h *hotel) tick(ctx context.Context) error {
	if _, err := h.Start(ctx, "/schedule/run", map[string]any{"kind": "tick"}); err != nil {
		return err
	}
	pause := time.NewTicker(50 * time.Millisecond)
	defer pause.Stop()
	for {
		var moving int
		if err := h.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE status IN ('pending', 'syncing')").Scan(&moving); err != nil || moving == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d documents do not come to rest: %w", moving, ctx.Err())
		case <-pause.C:
		}
	}
}

// latency is how long a person waits from the request to the first call.
func (b *bench) latency(ctx context.Context) ([]Figure, error) {
	const n = 40
	h, orders, err := b.open(ctx, books.Options{}, sample.Crowd{First: 1000, Orders: n, Guests: n}, false)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	var waits []time.Duration
	for _, o := range orders {
		h.Books.ForgetCalls()
		asked := time.Now()
		if _, err := h.Start(ctx, fmt.Sprintf("/records/customers/%d/sync", o.Guest), nil); err != nil {
			return nil, err
		}
		calls := h.Books.Calls()
		if len(calls) == 0 {
			return nil, fmt.Errorf("customer %d was not called for", o.Guest)
		}
		waits = append(waits, calls[0].At.Sub(asked))
	}
	slices.Sort(waits)
	return []Figure{
		shown("enqueue to first call, median", waits[n/2].Seconds(), "s", ""),
		shown("enqueue to first call, p95", waits[n*95/100].Seconds(), "s", fmt.Sprintf("%d single requests of a person", n)),
	}, nil
}
