package mapping

import (
	"sync"
	"time"

	"github.com/qlobooks/qlobooks/internal/lately"
)

// offers remembers what QloApps offers to be mapped. To read it goes through all lines that were ever
// sold: a moment in a small hotel, many seconds in a large one. So it is read by one caller at a time, and
// kept for some times as long as the reading took beyond a moment.
type offers struct {
	mu    sync.Mutex
	kinds map[string]*offer

	waiting lately.Answers[map[string]int]
}

type offer struct {
	mu    sync.Mutex
	rows  []Source
	until time.Time
}

const (
	share  = 20
	moment = 250 * time.Millisecond
)

func (o *offers) rows(kind string, read func() ([]Source, error)) ([]Source, error) {
	o.mu.Lock()
	if o.kinds == nil {
		o.kinds = map[string]*offer{}
	}
	of := o.kinds[kind]
	if of == nil {
		of = &offer{}
		o.kinds[kind] = of
	}
	o.mu.Unlock()
	of.mu.Lock()
	defer of.mu.Unlock()
	began := time.Now()
	if began.Before(of.until) {
		return of.rows, nil
	}
	rows, err := read()
	if err == nil {
		of.rows, of.until = rows, time.Now().Add(share*(time.Since(began)-moment))
	}
	return rows, err
}
