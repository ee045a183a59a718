package reconcile

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

const (
	// wholeEvery is how long what changed and a count are trusted before a day is listed whole again.
	wholeEvery = 24 * time.Hour
	// overlap is read twice, as clocks differ and lists lag.
	overlap = 10 * time.Minute
	// few is how many documents are listed rather than looked for and counted, as their pages are no
	// more calls than that.
	few = 400
)

// part is days that are read together.
type part struct {
	days  []string
	since time.Time // of what changed since then only; zero = all of it
}

func (p part) dayRange() wire.DayRange {
	return wire.DayRange{From: p.days[0], To: p.days[len(p.days)-1]}
}

// parts divides days into those that are read together: days that were listed whole not long ago
// in one part, of which only what changed is read, and the others month by month, so that what was
// read stays when the day's calls end. What this run has read already is left out.
func (s *Service) parts(ctx context.Context, days []string, began time.Time) ([]part, error) {
	var rows []struct {
		Day      string
		ReadAt   time.Time
		ListedAt *time.Time
	}
	err := s.db(ctx).Raw("SELECT DATE_FORMAT(day, '%Y-%m-%d') day, read_at, listed_at FROM qlobooks_reconciled_days WHERE day BETWEEN ? AND ?", days[0], days[len(days)-1]).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read reconciled days: %w", err)
	}
	fresh, done := map[string]time.Time{}, map[string]bool{}
	for _, r := range rows {
		done[r.Day] = r.ReadAt.After(began)
		if r.ListedAt != nil && s.Store.Now().Sub(*r.ListedAt) < wholeEvery {
			fresh[r.Day] = r.ReadAt
		}
	}
	var parts []part
	open := false // the last part takes the next day
	for _, d := range days {
		if done[d] {
			open = false
			continue
		}
		since, known := fresh[d]
		if open {
			last := &parts[len(parts)-1]
			if known != last.since.IsZero() && (known || d[:7] == last.days[0][:7]) {
				last.days = append(last.days, d)
				if known && since.Before(last.since) {
					last.since = since
				}
				continue
			}
		}
		parts, open = append(parts, part{days: []string{d}, since: since}), true
	}
	return parts, nil
}

// readPart reads one module's documents of a part. whole tells that all of them were listed.
func (s *Service) readPart(ctx context.Context, books *zoho.Client, run uint64, r zoho.Resource, p part) (n int, whole bool, err error) {
	kept, err := s.kept(ctx, r, p.dayRange())
	if err != nil {
		return 0, false, err
	}
	if p.since.IsZero() || kept <= few || s.listsOnly(r) {
		n, err = s.readModule(ctx, books, run, r, p.dayRange())
		return n, true, err
	}
	n, same, err := s.readChanges(ctx, books, run, r, p)
	if err != nil || same {
		return n, false, err
	}
	more, err := s.readModule(ctx, books, run, r, p.dayRange())
	return n + more, true, err
}

// readChanges reads what changed since a part was last read, and counts. same tells that what is
// kept is then what stands: as many documents as Zoho counts, and none of ours unseen. What it
// cannot tell, because Zoho ignores the filter or does not count, is not the same.
func (s *Service) readChanges(ctx context.Context, books *zoho.Client, run uint64, r zoho.Resource, p part) (n int, same bool, err error) {
	days := p.dayRange()
	since := p.since.Add(-overlap).UTC().Truncate(time.Second)
	filter := url.Values{"date_start": {days.From}, "date_end": {days.To}}
	stands, counted, err := books.Count(ctx, r.Path, filter)
	if err != nil {
		return 0, false, err
	}
	if !counted {
		s.onlyList(r)
		return 0, false, nil
	}
	filter.Set("last_modified_time", since.Format(zohoTime))
	var rows []zoho.Record
	asked := s.Store.Now()
	for raw, err := range books.Rows(ctx, r.Path, r.List, filter) {
		if err != nil {
			return 0, false, err
		}
		rec, err := r.Row(raw, books.KeyFieldOf(r))
		if err != nil {
			continue
		}
		if rec, err = whole(ctx, books, r, rec); fault.Is(err, fault.NotFound) {
			continue
		} else if err != nil {
			return 0, false, err
		}
		if at, err := time.Parse(zohoTime, factsOf(rec).Modified); err != nil || at.Before(since) {
			s.onlyList(r) // the filter is ignored
			return 0, false, nil
		}
		rows = append(rows, rec)
	}
	if err := s.completeKeys(ctx, books, r, rows); err != nil {
		return 0, false, err
	}
	for _, rec := range rows {
		if err := s.keep(ctx, run, r, rec, false, asked); err != nil {
			return 0, false, err
		}
	}
	kept, err := s.kept(ctx, r, days)
	if err != nil || kept != stands {
		return len(rows), false, err
	}
	unseen, err := s.linked(ctx, r, "day BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM qlobooks_zoho_documents z WHERE z.module = ? AND z.zoho_id = qlobooks_documents.zoho_id)", days.From, days.To, r.List)
	return len(rows), len(unseen) == 0, err
}

// kept counts what is known to stand in Zoho Books.
func (s *Service) kept(ctx context.Context, r zoho.Resource, days wire.DayRange) (n int, err error) {
	err = s.db(ctx).Raw("SELECT COUNT(*) FROM qlobooks_zoho_documents WHERE module = ? AND gone = 0 AND day BETWEEN ? AND ?", r.List, days.From, days.To).Scan(&n).Error
	return n, wrap(err)
}

// zohoTime is how Zoho writes instants.
const zohoTime = "2006-01-02T15:04:05-0700"

// listsOnly tells that Zoho does not count a module's documents or does not say what of them
// changed, as was found out before.
func (s *Service) listsOnly(r zoho.Resource) bool {
	_, only := s.whole.Load(r.Path)
	return only
}

func (s *Service) onlyList(r zoho.Resource) { s.whole.Store(r.Path, true) }
