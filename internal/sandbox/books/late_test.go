package books

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestALateCallIsDoneAfterItsCallerHungUp gives up a call, finds nothing done, and then something.
func TestALateCallIsDoneAfterItsCallerHungUp(t *testing.T) {
	c := connect(t, Options{})
	c.setup()
	if err := c.books.SetFaults(Rule{Method: "POST", Path: "/contacts$", Fault: FaultLate}); err != nil {
		t.Fatal(err)
	}
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	ended := make(chan error, 1)
	go func() {
		req, _ := http.NewRequestWithContext(ctx, "POST", c.url+"/books/v3/contacts?organization_id=10234695", strings.NewReader(`{"contact_name":"Late"}`))
		req.Header.Set("Authorization", "Zoho-oauthtoken "+c.token)
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		ended <- err
	}()
	for c.books.Late() == 0 {
		select {
		case err := <-ended:
			t.Fatalf("the call did not wait: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	hangUp()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	count := func() int {
		_, _, body := c.call("GET", "/contacts", "")
		list, _ := body["contacts"].([]any)
		return len(list)
	}
	if n := count(); n != 0 {
		t.Fatalf("%d contacts before it was let go", n)
	}
	c.books.GoOn()
	for end := time.Now().Add(30 * time.Second); count() != 1; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d contacts after it", count())
		}
	}
}
