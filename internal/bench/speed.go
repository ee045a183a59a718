package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

const connections = 10

// speed compares the engine with a loop that does nothing but call.
func (b *bench) speed(ctx context.Context) ([]Figure, error) {
	var figures []Figure
	for _, latency := range []time.Duration{100 * time.Millisecond, 0} {
		n := 1000
		bare, err := bareLoop(ctx, latency, n)
		if err != nil {
			return nil, err
		}
		contacts, orders, err := b.engine(ctx, latency, n)
		if err != nil {
			return nil, err
		}
		at := fmt.Sprintf(" at %d ms answers", latency.Milliseconds())
		figures = append(figures, shown("bare loop, 10 connections,"+at, bare, "documents/s", ""))
		if latency > 0 {
			figures = append(figures,
				least("contacts against the bare loop,"+at, contacts/bare, 0.9, "", fmt.Sprintf("%.1f documents/s", contacts)),
				least("invoices and payments against the bare loop,"+at, orders/bare, 0.9, "", fmt.Sprintf("%.1f documents/s", orders)))
			continue
		}
		figures = append(figures,
			least("contacts,"+at, contacts, 150, "documents/s", "database and stand-in on the same machine"),
			least("invoices and payments,"+at, orders, 150, "documents/s", "database and stand-in on the same machine"))
	}
	return figures, nil
}

// engine gives documents per second of a run over contacts, and of one over paid orders of them.
func (b *bench) engine(ctx context.Context, latency time.Duration, n int) (contacts, orders float64, err error) {
	h, list, err := b.open(ctx, books.Options{Latency: latency}, sample.Crowd{First: 1000, Orders: n / 2, Guests: n}, false)
	if err != nil {
		return 0, 0, err
	}
	defer h.Close()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprint(1000 + i)
	}
	if contacts, err = perSecond(ctx, h.Stage, "/records/customers/sync", ids); err != nil {
		return 0, 0, err
	}
	if _, err := h.Start(ctx, "/records/room-types/sync", map[string]any{"all": true}); err != nil {
		return 0, 0, err
	}
	ids = ids[:0]
	for _, o := range list {
		ids = append(ids, fmt.Sprint(o.ID))
	}
	orders, err = perSecond(ctx, h.Stage, "/records/orders/sync", ids)
	return contacts, orders, err
}

// perSecond counts documents from the first call of a run to its last.
func perSecond(ctx context.Context, s *rehearsal.Stage, path string, ids []string) (float64, error) {
	s.Books.ForgetCalls()
	before := len(s.Books.Snapshot())
	if _, err := s.Start(ctx, path, map[string]any{"ids": ids, "confirm": true}); err != nil {
		return 0, err
	}
	calls := s.Books.Calls()
	first, last := calls[0].At.Add(-calls[0].Duration), calls[0].At
	for _, c := range calls {
		if begun := c.At.Add(-c.Duration); begun.Before(first) {
			first = begun
		}
		if c.At.After(last) {
			last = c.At
		}
	}
	return float64(len(s.Books.Snapshot())-before) / last.Sub(first).Seconds(), nil
}

// bareLoop makes keyed contacts on ten connections and nothing else.
func bareLoop(ctx context.Context, latency time.Duration, n int) (float64, error) {
	server := httptest.NewServer(books.New(books.Options{NoLimits: true, Latency: latency}))
	defer server.Close()
	token, err := grant(server.URL)
	if err != nil {
		return 0, err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	call := func(method, path, key string, body any) error {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, method, server.URL+"/books/v3"+path+"?organization_id=10234695", bytes.NewReader(b))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Zoho-oauthtoken "+token)
		if key != "" {
			req.Header.Set("X-Unique-Identifier-Key", "cf_qloapps_key")
			req.Header.Set("X-Unique-Identifier-Value", key)
			req.Header.Set("X-Upsert", "true")
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if answer, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode >= 300 || !strings.Contains(string(answer), `"code":0`) {
			return fmt.Errorf("%s %s: %d %s %v", method, path, resp.StatusCode, answer, err)
		}
		return nil
	}
	if err := call("POST", "/settings/fields", "", map[string]any{"label": "QloApps Key", "data_type": "string", "entity": "contact", "is_unique": true}); err != nil {
		return 0, err
	}
	var next atomic.Int64
	var failed atomic.Value
	var group sync.WaitGroup
	began := time.Now()
	for range connections {
		group.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				key := fmt.Sprintf("customer:%d", i)
				body := map[string]any{"contact_name": fmt.Sprintf("Guest %d", i), "contact_type": "customer", "custom_fields": []any{map[string]string{"api_name": "cf_qloapps_key", "value": key}}}
				if err := call("PUT", "/contacts", key, body); err != nil {
					failed.Store(err)
					return
				}
			}
		})
	}
	group.Wait()
	if err, bad := failed.Load().(error); bad {
		return 0, err
	}
	return float64(n) / time.Since(began).Seconds(), nil
}
