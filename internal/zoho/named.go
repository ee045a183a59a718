package zoho

import (
	"context"
	"slices"
	"strings"
	"time"
)

// glance is a record as it was read a moment ago.
type glance struct {
	rec Record
	err error
	at  time.Time
}

// glanced is how long what was read for one refusal serves the others of the same batch; no longer, as
// the next may be refused for what somebody did since.
const glanced = time.Second

// Glance reads a record, once for all who ask within moments: after a refusal every document of a
// batch asks for the same contacts and items.
func (c *Client) Glance(ctx context.Context, r Resource, id string) (Record, error) {
	s, key := c.c.Standing, r.Path+"/"+id
	s.mu.Lock()
	was, known := s.glances[key]
	s.mu.Unlock()
	if known && c.c.Now().Sub(was.at) < glanced {
		return was.rec, was.err
	}
	rec, err := c.Get(ctx, r, id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.glances == nil || len(s.glances) > 1000 {
		s.glances = map[string]glance{}
	}
	s.glances[key] = glance{rec, err, c.c.Now()}
	return rec, err
}

// listing is a list as it was read a moment ago.
type listing struct {
	ids []string
	err error
	at  time.Time
}

// Unlisted are those of ids that a list of settings does not show any more. Lists are read once for
// all who ask within moments.
func (c *Client) Unlisted(ctx context.Context, kind Setting, ids []string) ([]string, error) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return nil, nil
	}
	s := c.c.Standing
	s.mu.Lock()
	was, known := s.listings[kind]
	s.mu.Unlock()
	if !known || c.c.Now().Sub(was.at) >= glanced {
		was = listing{at: c.c.Now()}
		was.ids, was.err = c.listIDs(ctx, kind)
		s.mu.Lock()
		if s.listings == nil {
			s.listings = map[Setting]listing{}
		}
		s.listings[kind] = was
		s.mu.Unlock()
	}
	return slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(was.ids, id) }), was.err
}

func (c *Client) listIDs(ctx context.Context, kind Setting) ([]string, error) {
	var ids []string
	if kind == AccountSetting {
		accounts, err := c.Accounts(ctx)
		for _, a := range accounts {
			ids = append(ids, string(a.ID))
		}
		return ids, err
	}
	taxes, err := c.Taxes(ctx)
	for _, t := range taxes {
		ids = append(ids, string(t.ID))
	}
	if err != nil {
		return nil, err
	}
	exemptions, err := c.Exemptions(ctx)
	for _, e := range exemptions {
		ids = append(ids, string(e.ID))
	}
	return ids, err
}

// TellGone says that something a mapping may have chosen is gone, and tells whether one had.
func (c *Client) TellGone(ctx context.Context, kind Setting, id string) bool {
	return c.c.Gone != nil && c.c.Gone(context.WithoutCancel(ctx), kind, id)
}

// shape are the custom fields of an entity as they were read a moment ago.
type shape struct {
	fields []Field
	err    error
	at     time.Time
}

// KeyFieldNow is the key field of a kind of record as Zoho Books has it now, read once for all who ask
// within moments; nil when there is none.
func (c *Client) KeyFieldNow(ctx context.Context, r Resource) (*Field, error) {
	s := c.c.Standing
	s.mu.Lock()
	was, known := s.shapes[r.Entity]
	s.mu.Unlock()
	if !known || c.c.Now().Sub(was.at) >= glanced {
		was = shape{at: c.c.Now()}
		was.fields, was.err = c.Fields(ctx, r.Entity)
		s.mu.Lock()
		if s.shapes == nil {
			s.shapes = map[string]shape{}
		}
		s.shapes[r.Entity] = was
		s.mu.Unlock()
	}
	for i, f := range was.fields {
		if string(f.APIName) == c.KeyFieldOf(r) || strings.EqualFold(string(f.Label), KeyLabel) {
			return &was.fields[i], was.err
		}
	}
	return nil, was.err
}
