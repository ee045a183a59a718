// Package detect finds what changed in QloApps and queues what the schedule may queue.
//
// QloApps dates only some of its changes, by two clocks, in a zone without an offset. So dates
// and growing ids only name candidates; a sweep over cheap sums names what left no trace. Every
// candidate is loaded completely and its print compared with the last look: only a real
// difference counts. Documents remember it as news until they are queued; a change that is found
// while its switch is off waits there.
//
// A pass may be repeated, run twice at once, or be taken over: nothing is found or queued twice.
package detect

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/statement"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Sections in the order in which a pass looks at them. New orders name guests, so guests are last.
var Sections = []string{"currencies", "hotels", "room-types", "service-products", "orders", "customers"}

const (
	// Overlap is how far clocks of PHP, database and QloBooks may lie apart, or a statement take,
	// without a change being left to the sweep.
	Overlap = 10 * time.Minute
	page    = 500
	traced  = 2000
	// sweepPage records of a section have their sums read at once. A tick reads one page of each, and further
	// ones only while all that has taken less than sweepTime, of which orders have the first half: a small hotel
	// is swept whole by every tick, a large one by the daily pass.
	sweepPage = 250
	sweepTime = 6 * time.Millisecond
)

// Detector looks at one hotel. All fields but Short, Import and SweepPages are required.
type Detector struct {
	Store    *store.Store
	Hotel    *qloapps.Reader
	Settings func(ctx context.Context) (settings.All, error)
	// Documents names what listed records of a section may become in Zoho Books, as the settings are now.
	Documents func(ctx context.Context, section string) (func(l qloapps.Listing) []store.Ref, error)
	// Flows are those of these documents.
	Flows func(ctx context.Context, section string) ([]string, error)
	// Short is up to how many records orders and customers are loaded and looked at when they are
	// listed; 0 = 5 000. Longer lists are stored inside the database.
	Short int
	// Import fetches payments from Zoho in the daily pass; nil = there is no import.
	Import func(ctx context.Context, run store.Run) error
	// SweepPages are swept by each tick; 0 = as many as its time allows, negative = none. The daily pass
	// sweeps all.
	SweepPages int
}

// Result is what a pass found and queued, in records by section.
type Result struct {
	Found  map[string]int `json:"found"`
	Queued map[string]int `json:"queued"`
	// Import is why payments were not fetched from Zoho; nil = they are, or were not to be.
	Import *store.Issue `json:"import,omitempty"`
}

// progress is where a pass goes on when its worker died.
type progress struct {
	Found  map[string]int `json:"found"`
	Wish   int            `json:"wish"` // the first wish that is not queued yet
	After  uint64         `json:"after,omitempty"`
	Queues bool           `json:"queues,omitempty"` // the brakes have been passed
}

// pass is one tick or daily pass under way.
type pass struct {
	*Detector
	run      store.Run
	daily    bool
	all      settings.All
	sections map[string]bool
	at       progress
	move     func(cursor string) error
	swept    time.Duration // how long this tick's sweeps have taken
}

// Tick detects, then queues what the auto switches allow. move stores how far it came.
func (d *Detector) Tick(ctx context.Context, run store.Run, move func(cursor string) error) (any, error) {
	return d.pass(qloapps.Sharing(ctx), run, false, move)
}

// Daily detects with a whole sweep and a look at everything open, then queues what is unsent or
// changed of the kinds that are chosen.
func (d *Detector) Daily(ctx context.Context, run store.Run, move func(cursor string) error) (any, error) {
	return d.pass(ctx, run, true, move)
}

func (d *Detector) pass(ctx context.Context, run store.Run, daily bool, move func(cursor string) error) (any, error) {
	p := &pass{Detector: d, run: run, daily: daily, move: move, at: progress{Found: map[string]int{}}}
	if run.Cursor != "" {
		if err := json.Unmarshal([]byte(run.Cursor), &p.at); err != nil {
			return nil, fmt.Errorf("cursor of run %d: %w", run.ID, err)
		}
	}
	var err error
	if p.all, err = d.Settings(ctx); err != nil {
		return nil, err
	}
	if p.sections, err = d.Store.InitializedSections(ctx); err != nil {
		return nil, err
	}
	if !p.at.Queues {
		if err := p.detect(ctx); err != nil {
			return nil, err
		}
		if err := p.retiring(ctx); err != nil {
			return nil, err
		}
	}
	if err := p.queue(ctx); err != nil {
		return p.result(map[string]int{}), err
	}
	trouble, err := p.fetch(ctx)
	if err != nil {
		return nil, err
	}
	queued, err := d.Store.RunSections(ctx, run.ID)
	result := p.result(queued)
	result.Import = trouble
	return result, err
}

// fetch begins the import of payments where a daily pass is to. That it cannot begin undoes nothing of what the
// pass has done: it is told beside that.
func (p *pass) fetch(ctx context.Context) (*store.Issue, error) {
	if !p.daily || p.Import == nil || !p.all.Schedule.Payments || !p.all.Payments.ImportEnabled {
		return nil, nil
	}
	err := p.Import(ctx, p.run)
	if err == nil || ctx.Err() != nil || statement.Passing(err) {
		return nil, err
	}
	slog.WarnContext(ctx, "payments are not fetched by this daily pass", "run", p.run.ID, "error", err)
	f := fault.Of(err)
	return &store.Issue{Code: f.Code, Detail: f.Detail, Action: f.Action}, nil
}

// result names every section that is listed, also those in which nothing happened.
func (p *pass) result(queued map[string]int) Result {
	r := Result{Found: map[string]int{}, Queued: map[string]int{}}
	for _, section := range Sections {
		if p.sections[section] {
			r.Found[section], r.Queued[section] = p.at.Found[section], queued[section]
		}
	}
	return r
}

func (p *pass) save() error {
	body, err := json.Marshal(p.at)
	if err != nil {
		return err
	}
	return p.move(string(body))
}

func (p *pass) detect(ctx context.Context) error {
	for _, section := range Sections {
		if !p.sections[section] {
			continue
		}
		var err error
		if section == "orders" || section == "customers" {
			err = p.large(ctx, section)
		} else {
			err = p.small(ctx, section)
		}
		if err != nil {
			return err
		}
		if p.daily {
			if err := p.CountUnlisted(ctx, section); err != nil {
				return err
			}
		}
	}
	return nil
}

// found adds to what the pass found and keeps it for whoever takes over.
func (p *pass) found(section string, n int) error {
	p.at.Found[section] += n
	return p.save()
}

// Begin is called before a section is listed for the first time: from that moment on nothing of
// it is missed, however long the listing takes.
func (d *Detector) Begin(ctx context.Context, section string) error {
	_, err := d.since(ctx, section)
	if err != nil {
		return err
	}
	for _, t := range d.Hotel.Traces(section) {
		if t.Dated {
			continue
		}
		if _, err := d.idMark(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// Adopt stores a page of Initialize.
func (d *Detector) Adopt(ctx context.Context, section string, looks []qloapps.Look) error {
	seen, err := d.seen(ctx, section, looks, nil)
	if err != nil {
		return err
	}
	return d.Store.Adopt(ctx, section, seen)
}

// Refresh looks at given orders or customers again, before a person's wish queues them.
func (d *Detector) Refresh(ctx context.Context, section string, ids []string) error {
	_, err := d.inspect(ctx, section, ids, nil)
	return err
}

// doubts are what an order's rows say twice and differently and no document stops at.
func doubts(l qloapps.Listing) (list []store.Doubt) {
	for _, c := range l.Doubts {
		list = append(list, store.Doubt{Code: c.Code, Detail: c.Words(l.Name, l.Currency), Currency: l.Currency, Apart: c.Says.Sub(c.Comes).Abs()})
	}
	return list
}

// CountUnlisted counts what QloApps has and a section does not list, for its page to say so.
func (d *Detector) CountUnlisted(ctx context.Context, section string) error {
	found, err := d.Hotel.Unlisted(ctx, section)
	if err != nil {
		return err
	}
	list := make([]store.Unlisted, len(found))
	for i, u := range found {
		list[i] = store.Unlisted{What: u.What, Because: u.Because, N: u.Count, First: u.First}
	}
	return d.Store.SetUnlisted(ctx, section, list)
}

func (d *Detector) seen(ctx context.Context, section string, looks []qloapps.Look, quiet map[string]bool) ([]store.Seen, error) {
	documents, err := d.Documents(ctx, section)
	if err != nil {
		return nil, err
	}
	list := make([]store.Seen, 0, len(looks))
	for _, l := range looks {
		if l.Writing {
			continue
		}
		list = append(list, store.Seen{
			Listed: store.Listed{ID: l.ID, Name: l.Name, Terms: l.Search, Fields: l.Fields, HotelID: l.HotelID, Currency: l.Currency,
				CustomerID: l.CustomerID, Day: l.Date, Canceled: l.Canceled, DueOpen: l.DueOpen, Doubts: doubts(l.Listing), Documents: documents(l.Listing)},
			Print: l.Print, Sum: l.Sum, Retired: l.Retired, Active: l.Active, Amount: l.Amount, LastDay: l.LastDay, Quiet: quiet[l.ID],
		})
	}
	return list, nil
}
