package connection

import (
	"bytes"
	"io"
	"net/http"

	"github.com/qlobooks/qlobooks/internal/zoho"
)

// asJSON lets an OAuth answer that is JSON be read as such, whatever type its header names:
// otherwise the name of Zoho's error would be lost.
type asJSON struct{ next http.RoundTripper }

const largestToken = 64 << 10

func (t asJSON) RoundTrip(r *http.Request) (*http.Response, error) {
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestToken))
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	body = zoho.Unmarked(body)
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		resp.Header.Set("Content-Type", "application/json")
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
