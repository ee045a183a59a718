package detect

import (
	"context"
	"strconv"

	"github.com/qlobooks/qlobooks/internal/store"
)

const (
	short = 5000
	// sliceSize is how many rows one transaction lists inside the database. Tables without a key by order
	// are read once for each.
	sliceSize = 20000
)

// Long reports that a section has so many records that they are listed inside the database, without
// being loaded. They are looked at when they are needed or when something of them changes.
func (d *Detector) Long(ctx context.Context, section string) (bool, error) {
	if section != "orders" && section != "customers" {
		return false, nil
	}
	most := d.Short
	if most == 0 {
		most = short
	}
	first, err := d.Hotel.SliceEnd(ctx, section, 0, most)
	if err != nil || first == 0 {
		return false, err
	}
	more, err := d.Hotel.SliceEnd(ctx, section, first, 1)
	return more > 0, err
}

// List lists a slice of a long section behind an id: it tells where the next one begins, 0 at the end,
// how many records it holds and the highest of them.
func (d *Detector) List(ctx context.Context, section string, after uint64) (next uint64, listed int, highest uint64, err error) {
	last, err := d.Hotel.SliceEnd(ctx, section, after, sliceSize)
	if err != nil {
		return 0, 0, 0, err
	}
	if last == 0 {
		listed, highest, err = d.rest(ctx, section)
		return 0, listed, highest, err
	}
	rows, err := d.Hotel.SliceOf(ctx, section, after, last)
	if err != nil {
		return 0, 0, 0, err
	}
	flows, err := d.Flows(ctx, section)
	if err != nil {
		return 0, 0, 0, err
	}
	slice := store.Slice{Section: section, After: after, Last: last, Records: store.Selection(rows.Records), Listed: store.Selection(rows.Listed), Flows: flows, Documents: map[string][]store.Selection{}}
	for _, t := range rows.Terms {
		slice.Terms = append(slice.Terms, store.Selection(t))
	}
	for flow, list := range rows.Documents {
		for _, s := range list {
			slice.Documents[flow] = append(slice.Documents[flow], store.Selection(s))
		}
	}
	listed, highest, err = d.Store.ListSlice(ctx, slice)
	return last, listed, highest, err
}

// rest lists what has no row of its own: customers that were removed though orders name them, of which
// there are few.
func (d *Detector) rest(ctx context.Context, section string) (listed int, highest uint64, err error) {
	if section != "customers" {
		return 0, 0, nil
	}
	for after := ""; ; {
		ids, err := d.Hotel.GoneCustomers(ctx, after, page)
		if err != nil {
			return listed, highest, err
		}
		if len(ids) == 0 {
			return listed, highest, nil
		}
		looks, err := d.Hotel.LookAt(ctx, section, ids)
		if err != nil {
			return listed, highest, err
		}
		if err := d.Adopt(ctx, section, looks); err != nil {
			return listed, highest, err
		}
		listed += len(looks)
		after = ids[len(ids)-1]
		last, _ := strconv.ParseUint(after, 10, 64)
		highest = max(highest, last)
	}
}

// FirstLook looks at records that were listed and never looked at, before something of them is sent: from
// then on a change of theirs is noticed.
func (d *Detector) FirstLook(ctx context.Context, refs []store.Ref) error {
	unlooked, err := d.Store.Unlooked(ctx, refs)
	if err != nil {
		return err
	}
	for section, ids := range unlooked {
		quiet := map[string]bool{}
		for _, id := range ids {
			quiet[id] = true
		}
		if _, err := d.inspect(ctx, section, ids, quiet); err != nil {
			return err
		}
	}
	return nil
}
