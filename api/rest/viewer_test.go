package rest_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// heldRecords answers nobody until its gate is opened.
type heldRecords struct {
	records
	inside, gate chan struct{}
}

func (r heldRecords) List(context.Context, string, wire.RecordQuery) (wire.RecordPage, error) {
	r.inside <- struct{}{}
	<-r.gate
	return wire.RecordPage{}, nil
}

// TestAViewersScriptHoldsUpNobodyElse: however many requests one caller sends at once, six are worked on, thirty
// wait, and the rest are refused at once; an administrator's overview is begun and answered meanwhile, with
// the same single look as ever.
func TestAViewersScriptHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()

	const worked, waiting, sent = 6, 30, 200
	w := &world{changes: &changes{events: make(chan wire.Event, 8)}}
	held := heldRecords{records{w}, make(chan struct{}, sent), make(chan struct{})}
	all := services(w)
	all.Records = held
	api := rest.New(all, rest.Options{PublicURL: "https://books.example.com", RatePerSecond: 1e6, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	answers := make(chan int, sent)
	for range sent {
		go func() {
			r, got := httptest.NewRequest("GET", "/api/v1/records/orders", nil), httptest.NewRecorder()
			r.Header.Set("Authorization", "Bearer qlb_viewer")
			api.ServeHTTP(got, r)
			answers <- got.Code
		}()
	}
	at, refused := 0, 0
	for range sent - waiting {
		select {
		case <-held.inside:
			at++
		case code := <-answers:
			refused++
			if code != 429 {
				t.Errorf("one over the ceiling got %d", code)
			}
		}
	}
	if at != worked || refused != sent-worked-waiting {
		t.Errorf("%d are worked on and %d refused", at, refused)
	}
	if got := call(t, api, "admin", "GET", "/api/v1/overview", ""); got.Code != 200 {
		t.Errorf("the administrator got %d %s", got.Code, got.Body)
	}
	w.mu.Lock()
	asked := slices.Clone(w.asked)
	w.mu.Unlock()
	if len(held.inside) != 0 || !slices.Equal(asked, []string{"overview"}) {
		t.Errorf("%d more of the viewer's are worked on, and the services were asked for %v", len(held.inside), asked)
	}
	close(held.gate)
	for range sent - refused {
		<-answers
	}
}
