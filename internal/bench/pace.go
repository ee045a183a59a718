package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// speedUp is how much faster the minute passes than it does.
const speedUp = 4

// pace lets workers call as often as they may, for three minutes of a clock that runs faster.
func (b *bench) pace(ctx context.Context) ([]Figure, error) {
	const perMinute, minutes = 100, 3
	var mu sync.Mutex
	var figures []Figure
	var group errgroup.Group
	for _, fixed := range []bool{false, true} {
		for _, workers := range []int{1, 4} {
			group.Go(func() error {
				load, accepted, err := b.race(ctx, workers, fixed, perMinute, minutes)
				if err != nil {
					return err
				}
				words := "any 60 seconds"
				if fixed {
					words = "minutes of the clock"
				}
				name := fmt.Sprintf("%d worker(s), %s", workers, words)
				mu.Lock()
				defer mu.Unlock()
				figures = append(figures,
					least("share of the allowed minute rate, "+name, float64(accepted)/(perMinute*minutes), 0.98, "", fmt.Sprintf("most in a minute: %d of %d", load.MostMinute, perMinute)),
					most("refused with 429, "+name, float64(load.Refused), 0, "calls", ""))
				return nil
			})
		}
	}
	return figures, group.Wait()
}

// race gives what the stand-in saw and how many calls it took within the minutes.
func (b *bench) race(ctx context.Context, workers int, fixed bool, perMinute, minutes int) (books.Load, int, error) {
	since := time.Now()
	clock := point.Fast(speedUp, since)
	stand := books.New(books.Options{PerMinute: perMinute, PerDay: 100000, FixedWindow: fixed, Clock: clock, Latency: 20 * time.Millisecond})
	server := httptest.NewServer(stand)
	defer server.Close()
	token, err := grant(server.URL)
	if err != nil {
		return books.Load{}, 0, err
	}
	end := clock().Add(time.Duration(minutes) * time.Minute)
	var group sync.WaitGroup
	for range workers {
		options, err := redis.ParseURL(b.redis.URL)
		if err != nil {
			return books.Load{}, 0, err
		}
		client := redis.NewClient(options)
		defer client.Close()
		limiter := limit.New(client, fmt.Sprintf("%d-%t", workers, fixed), limit.Options{Rates: limit.Rates{PerMinute: perMinute, PerDay: 100000, Concurrency: 10}, Now: clock, Sleep: fastSleep})
		z := zoho.New(zoho.Config{APIDomain: server.URL, Organization: "10234695", Tokens: fixedToken(token), Limiter: limiter, Now: clock})
		for range 5 {
			group.Go(func() {
				for clock().Before(end) && ctx.Err() == nil {
					_, _ = z.Do(zoho.WithLane(ctx, limit.History), zoho.Request{Method: http.MethodGet, Path: "/organizations"})
				}
			})
		}
	}
	group.Wait()
	accepted := 0
	for _, c := range stand.Calls() {
		if c.Status == http.StatusOK && c.At.Before(end) {
			accepted++
		}
	}
	return stand.Load(), accepted, ctx.Err()
}

func fastSleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d / speedUp)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fixedToken is a token that needs no renewal.
type fixedToken secret.String

func (t fixedToken) Token(context.Context) (secret.String, error) { return secret.String(t), nil }
func (t fixedToken) Renew(context.Context, secret.String) (secret.String, error) {
	return secret.String(t), nil
}

// grant goes through the stand-in's consent.
func grant(origin string) (string, error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	q := url.Values{"response_type": {"code"}, "client_id": {"sandbox-client"}, "redirect_uri": {origin + "/back"}, "scope": {"ZohoBooks.fullaccess.all"}, "access_type": {"offline"}, "approve": {"1"}}
	resp, err := client.Get(origin + "/oauth/v2/auth?" + q.Encode())
	if err != nil {
		return "", err
	}
	_ = resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		return "", err
	}
	resp, err = client.PostForm(origin+"/oauth/v2/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {"sandbox-client"}, "client_secret": {"sandbox-secret"}, "code": {back.Query().Get("code")}})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct {
		Access string `json:"access_token"`
	}
	return answer.Access, decode(resp, &answer, &answer.Access)
}

func decode(resp *http.Response, into any, token *string) error {
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return err
	}
	if *token == "" {
		return fmt.Errorf("the stand-in gave no token")
	}
	return nil
}
