package main

import (
	"context"
	"fmt"
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

// calls counts what new paid orders of a known guest cost, and what an unchanged pass costs.
func (b *bench) calls(ctx context.Context) ([]Figure, error) {
	const first, together, single = 1000, 100, 10
	var figures []Figure
	for _, with := range []bool{false, true} {
		s, orders, err := b.open(ctx, books.Options{}, sample.Crowd{First: first, Orders: 1 + together + single, Guests: 1, RoomTypes: 1}, with)
		if err != nil {
			return figures, err
		}
		defer s.Close()
		if with && s.App.Engine.Section("sales_order") == "" {
			figures = append(figures, Figure{Name: "calls per order, with sales order", Target: "≤ 4.1", Note: "there is no flow for sales orders yet"})
			continue
		}
		if _, err := syncOrders(ctx, s, orders[:1]); err != nil { // the guest and the room type are known from now on
			return figures, err
		}
		words, target, alone := "without", 2.1, 3.0
		if with {
			words, target, alone = "with", 4.1, 5.0
		}
		s.Books.ForgetCalls()
		if _, err := syncOrders(ctx, s, orders[1:1+together]); err != nil {
			return figures, err
		}
		figures = append(figures, most(fmt.Sprintf("calls per order, %d queued together, %s sales order", together, words), float64(len(s.Books.Calls()))/together, target, "calls", ""))
		highest := 0
		for _, o := range orders[1+together:] {
			s.Books.ForgetCalls()
			if _, err := syncOrders(ctx, s, []sample.Paid{o}); err != nil {
				return figures, err
			}
			highest = max(highest, len(s.Books.Calls()))
		}
		figures = append(figures, most(fmt.Sprintf("calls of a single order, %s sales order", words), float64(highest), alone, "calls", fmt.Sprintf("the most of %d", single)))
		s.Books.ForgetCalls()
		run, err := syncOrders(ctx, s, orders)
		if err != nil {
			return figures, err
		}
		figures = append(figures, most(fmt.Sprintf("calls of an unchanged pass, %s sales order", words), float64(len(s.Books.Calls())), 0, "calls",
			fmt.Sprintf("%d orders with all their documents compared", run.Unchanged)))
	}
	return figures, nil
}

// latency is how long a person waits from the request to the first call.
func (b *bench) latency(ctx context.Context) ([]Figure, error) {
	const n = 40
	s, orders, err := b.open(ctx, books.Options{}, sample.Crowd{First: 1000, Orders: n, Guests: n}, false)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var waits []time.Duration
	for _, o := range orders {
		s.Books.ForgetCalls()
		asked := time.Now()
		if _, err := s.Start(ctx, fmt.Sprintf("/records/customers/%d/sync", o.Guest), nil); err != nil {
			return nil, err
		}
		calls := s.Books.Calls()
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
