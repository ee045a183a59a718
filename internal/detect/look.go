package detect

import (
	"context"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
)

// small looks at every record of a short list, as most of these tables have no dates at all.
func (p *pass) small(ctx context.Context, section string) error {
	after, n := "", 0
	seen := map[string]bool{}
	for {
		looks, err := p.Hotel.LookPage(ctx, section, after, page)
		if err != nil {
			return err
		}
		if len(looks) == 0 {
			break
		}
		after = looks[len(looks)-1].ID
		for _, l := range looks {
			seen[l.ID] = true
		}
		list, err := p.seen(ctx, section, looks, p.quiet(looks))
		if err != nil {
			return err
		}
		found, err := p.Store.See(ctx, section, list)
		if err != nil {
			return err
		}
		n += len(found)
		if len(looks) < page {
			break
		}
	}
	stored, err := p.Store.Sums(ctx, section, "", "")
	if err != nil {
		return err
	}
	var gone []store.Seen
	for id, s := range stored {
		if !seen[id] && !s.Retired {
			gone = append(gone, store.Seen{Listed: store.Listed{ID: id}, Gone: true})
		}
	}
	found, err := p.Store.See(ctx, section, gone)
	if err != nil {
		return err
	}
	return p.found(section, n+len(found))
}

// quiet marks all: nothing but the look itself says that they changed.
func (p *pass) quiet(looks []qloapps.Look) map[string]bool {
	all := map[string]bool{}
	for _, l := range looks {
		all[l.ID] = true
	}
	return all
}

// large gathers candidates of a long list, then looks at each.
func (p *pass) large(ctx context.Context, section string) error {
	if err := p.follow(ctx, section); err != nil {
		return err
	}
	if err := p.sweep(ctx, section); err != nil {
		return err
	}
	if p.daily && section == "orders" {
		if err := p.open(ctx); err != nil {
			return err
		}
	}
	for {
		candidates, err := p.Store.Candidates(ctx, section, page)
		if err != nil {
			return err
		}
		if len(candidates) == 0 {
			return p.save()
		}
		ids, quiet := make([]string, len(candidates)), map[string]bool{}
		for i, c := range candidates {
			ids[i], quiet[c.ID] = c.ID, c.Quiet
		}
		n, err := p.inspect(ctx, section, ids, quiet)
		if err != nil {
			return err
		}
		if err := p.Store.DropCandidates(ctx, section, candidates); err != nil {
			return err
		}
		if err := p.found(section, n); err != nil {
			return err
		}
	}
}

// inspect loads records completely, compares them with the last look and tells how many differ.
func (d *Detector) inspect(ctx context.Context, section string, ids []string, quiet map[string]bool) (int, error) {
	looks, err := d.Hotel.LookAt(ctx, section, ids)
	if err != nil {
		return 0, err
	}
	stored, err := d.Store.Known(ctx, section, ids)
	if err != nil {
		return 0, err
	}
	there := map[string]bool{}
	listed := looks[:0:0]
	var guests []string
	for _, l := range looks {
		there[l.ID] = true
		if l.Unlisted && !stored[l.ID] {
			continue
		}
		listed = append(listed, l)
		if section == "orders" && !stored[l.ID] {
			guests = append(guests, l.CustomerID)
		}
	}
	list, err := d.seen(ctx, section, listed, quiet)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if !there[id] && stored[id] {
			list = append(list, store.Seen{Listed: store.Listed{ID: id}, Gone: true})
		}
	}
	if err := d.named(ctx, guests); err != nil {
		return 0, err
	}
	found, err := d.Store.See(ctx, section, list)
	return len(found), err
}

// named looks at the guests of new orders: a banned one is listed as soon as an order names him.
func (d *Detector) named(ctx context.Context, guests []string) error {
	if len(guests) == 0 {
		return nil
	}
	sections, err := d.Store.InitializedSections(ctx)
	if err != nil || !sections["customers"] {
		return err
	}
	return d.Store.AddCandidates(ctx, "customers", guests, false)
}

// follow gathers what left a trace since the last pass.
func (p *pass) follow(ctx context.Context, section string) error {
	shop, err := p.Hotel.Shop(ctx)
	if err != nil {
		return err
	}
	now := p.Store.Now()
	begun, err := p.since(ctx, section)
	if err != nil {
		return err
	}
	since := qloapps.Since(begun.Add(-Overlap), now, shop.Zone)
	if section == "customers" { // of which some statements are dated by the database server
		if since, err = p.Hotel.ServerSince(ctx, since, now, shop.Zone); err != nil {
			return err
		}
	}
	for _, t := range p.Hotel.Traces(section) {
		if err := p.trace(ctx, section, t, since); err != nil {
			return err
		}
	}
	return p.Store.SetMark(ctx, section+".since", now.Format(time.RFC3339Nano))
}

func (p *pass) trace(ctx context.Context, section string, t qloapps.Trace, since string) error {
	if t.Dated {
		return p.pages(ctx, section, t, since, "")
	}
	mark, err := p.idMark(ctx, t)
	if err != nil {
		return err
	}
	top, err := p.Hotel.Top(ctx, t)
	if err != nil {
		return err
	}
	// Ids are given out in order but may become visible out of it, so that each pass begins where
	// the one before the last ended.
	before, last, _ := strings.Cut(mark, ",")
	if err := p.pages(ctx, section, t, since, before); err != nil {
		return err
	}
	return p.Store.SetMark(ctx, "id."+t.Name, last+","+top)
}

func (p *pass) pages(ctx context.Context, section string, t qloapps.Trace, since, after string) error {
	for {
		ids, next, err := p.Hotel.Follow(ctx, t, since, after, traced)
		if err != nil {
			return err
		}
		if err := p.Store.AddCandidates(ctx, section, ids, false); err != nil {
			return err
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

// since is the instant up to which a section's dated traces were followed; it begins now.
func (d *Detector) since(ctx context.Context, section string) (time.Time, error) {
	text, err := d.Store.Mark(ctx, section+".since")
	if err != nil {
		return time.Time{}, err
	}
	if text == "" {
		now := d.Store.Now()
		return now, d.Store.SetMark(ctx, section+".since", now.Format(time.RFC3339Nano))
	}
	return time.Parse(time.RFC3339Nano, text)
}

// idMark is where a trace by ids goes on: the ends of the last two passes. It begins at the top.
func (d *Detector) idMark(ctx context.Context, t qloapps.Trace) (string, error) {
	mark, err := d.Store.Mark(ctx, "id."+t.Name)
	if err != nil || mark != "" {
		return mark, err
	}
	top, err := d.Hotel.Top(ctx, t)
	if err != nil {
		return "", err
	}
	mark = top + "," + top
	return mark, d.Store.SetMark(ctx, "id."+t.Name, mark)
}

// sweep compares the sums of some records with those at the last look, going round: all of them
// in the daily pass. It also notices rows that are gone and rows that are in no list.
func (p *pass) sweep(ctx context.Context, section string) error {
	complete, err := p.Hotel.Complete(ctx, section)
	if err != nil {
		return err
	}
	name := section + ".sweep"
	begun, err := p.Store.Mark(ctx, name)
	if err != nil {
		return err
	}
	if p.daily {
		begun = ""
	}
	after, wrapped := begun, begun == ""
	began, most := time.Now(), sweepTime
	if section == "orders" {
		most /= 2
	}
	defer func() { p.swept += time.Since(began) }()
	more := func(n int) bool {
		switch {
		case p.daily:
			return true
		case p.SweepPages != 0:
			return n < p.SweepPages
		default:
			return n == 0 || p.swept+time.Since(began) < most
		}
	}
	for n := 0; more(n); n++ {
		last, err := p.sweepOne(ctx, section, after, complete)
		if err != nil {
			return err
		}
		after = last
		if last == "" { // the end: go on from the beginning, once
			if wrapped {
				break
			}
			wrapped = true
		}
		if p.daily {
			if err := p.save(); err != nil {
				return err
			}
		}
	}
	return p.Store.SetMark(ctx, name, after)
}

func (p *pass) sweepOne(ctx context.Context, section, after string, complete bool) (last string, err error) {
	// What is stored is read first: a record that another pass stores meanwhile is looked at once
	// more, instead of being taken for changed by nobody.
	ids, err := p.Hotel.SweepIDs(ctx, section, after, sweepPage)
	if err != nil {
		return "", err
	}
	if len(ids) == sweepPage {
		last = ids[len(ids)-1]
	}
	stored, err := p.Store.Sums(ctx, section, after, last)
	if err != nil {
		return "", err
	}
	var looked []string // of what was never looked at there is nothing to compare with
	for _, id := range ids {
		if was, known := stored[id]; !known || was.Looked {
			looked = append(looked, id)
		}
	}
	sums, err := p.Hotel.Sums(ctx, section, looked, complete)
	if err != nil {
		return "", err
	}
	var changed, quiet []string
	for _, id := range ids {
		was, known := stored[id]
		delete(stored, id)
		switch {
		case known && (was.Sum == sums[id] || !was.Looked):
		case known && kind(was.Sum) != kind(sums[id]):
			quiet = append(quiet, id)
		default:
			changed = append(changed, id)
		}
	}
	for id, was := range stored {
		if !was.Retired {
			changed = append(changed, id)
		}
	}
	if err := p.Store.AddCandidates(ctx, section, quiet, true); err != nil {
		return "", err
	}
	return last, p.Store.AddCandidates(ctx, section, changed, false)
}

// kind is the part of a sum that says what it covers.
func kind(sum string) string {
	k, _, _ := strings.Cut(sum, ":")
	return k
}

// open makes candidates of all orders in scope that are not finished.
func (p *pass) open(ctx context.Context) error {
	after := ""
	for {
		ids, err := p.Store.Open(ctx, after, sweepPage)
		if err != nil {
			return err
		}
		if err := p.Store.AddCandidates(ctx, "orders", ids, true); err != nil {
			return err
		}
		if len(ids) < sweepPage {
			return nil
		}
		after = ids[len(ids)-1]
	}
}
