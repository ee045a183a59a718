package rest

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
)

// packed keeps the files that are the same for everybody as they are sent compressed, each compressed
// once: strangers may ask for them as often as they like. What differs from caller to caller is never
// compressed, as secrets beside echoed input would be told by the length.
type packed struct {
	mu    sync.Mutex
	files map[string][]byte // by name; nil = not smaller
}

const worthPacking = 1024

func (p *packed) send(c echo.Context, name, kind string, data []byte) error {
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if len(data) < worthPacking || !strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		return c.Blob(http.StatusOK, kind, data)
	}
	small := p.of(name, data)
	if small == nil {
		return c.Blob(http.StatusOK, kind, data)
	}
	c.Response().Header().Set(echo.HeaderContentEncoding, "gzip")
	return c.Blob(http.StatusOK, kind, small)
}

func (p *packed) of(name string, data []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if small, there := p.files[name]; there {
		return small
	}
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is one
	_, _ = w.Write(data)                                    // memory only
	_ = w.Close()
	if p.files == nil {
		p.files = map[string][]byte{}
	}
	p.files[name] = nil
	if out.Len() < len(data) {
		p.files[name] = out.Bytes()
	}
	return p.files[name]
}
