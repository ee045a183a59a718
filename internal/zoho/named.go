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
// batch asks for the same contacts and items. What was read before since does not serve.
func (c *Client) Glance(ctx context.Context, r Resource, id string, since time.Time) (Record, error) {
	s, key := c.c.Standing, r.Path+"/"+id
	s.mu.Lock()
	was, known := s.glances[key]
	s.mu.Unlock()
	if known && c.c.Now().Sub(was.at) < glanced && !was.at.Before(since) {
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

// seen is one thing of a mapping as it was read a moment ago.
type seen struct {
	stands Stands
	err    error
	at     time.Time
}

// GlanceSetting is SettingStands, once for all who ask within moments. What was read before since does not serve.
func (c *Client) GlanceSetting(ctx context.Context, kind Setting, id string, since time.Time) (Stands, error) {
	s, key := c.c.Standing, string(kind)+id
	s.mu.Lock()
	was, known := s.seen[key]
	s.mu.Unlock()
	if known && c.c.Now().Sub(was.at) < glanced && !was.at.Before(since) {
		return was.stands, was.err
	}
	stands, err := c.SettingStands(ctx, kind, id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil || len(s.seen) > 1000 {
		s.seen = map[string]seen{}
	}
	s.seen[key] = seen{stands, err, c.c.Now()}
	return stands, err
}

// listing is a list as it was read a moment ago.
type listing struct {
	rows map[string]Stands // by id
	err  error
	at   time.Time
}

// listedLife is how long a list serves to find what is out of use: whatever it shows so is read alone before it is
// believed.
const listedLife = time.Minute

// Idle are those of ids that a list of settings shows as out of use, or not at all. Lists are read once for all
// who ask within a minute, or, fresh, within moments.
func (c *Client) Idle(ctx context.Context, kind Setting, ids []string, fresh bool) ([]string, error) {
	life := listedLife
	if fresh {
		life = glanced
	}
	list, err := c.listing(ctx, kind, ids, life)
	if list == nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		row, shown := list[id]
		return id == "" || shown && !row.Inactive
	}), err
}

func (c *Client) listing(ctx context.Context, kind Setting, ids []string, life time.Duration) (map[string]Stands, error) {
	if !slices.ContainsFunc(ids, func(id string) bool { return id != "" }) {
		return nil, nil
	}
	s := c.c.Standing
	s.mu.Lock()
	was, known := s.listings[kind]
	s.mu.Unlock()
	if !known || was.err != nil || c.c.Now().Sub(was.at) >= life {
		was = listing{at: c.c.Now()}
		was.rows, was.err = c.list(ctx, kind)
		s.mu.Lock()
		if s.listings == nil {
			s.listings = map[Setting]listing{}
		}
		s.listings[kind] = was
		s.mu.Unlock()
	}
	return was.rows, was.err
}

func (c *Client) list(ctx context.Context, kind Setting) (map[string]Stands, error) {
	rows := map[string]Stands{}
	if kind == AccountSetting {
		accounts, err := c.Accounts(ctx)
		for _, a := range accounts {
			rows[string(a.ID)] = Stands{Name: string(a.Name), Inactive: a.Inactive()}
		}
		return rows, err
	}
	taxes, err := c.Taxes(ctx)
	for _, t := range taxes {
		rows[string(t.ID)] = Stands{Name: string(t.Name), Inactive: t.Inactive()}
	}
	if err != nil {
		return nil, err
	}
	exemptions, err := c.Exemptions(ctx)
	for _, e := range exemptions {
		rows[string(e.ID)] = Stands{Name: string(e.Code)}
	}
	return rows, err
}

// Slept notes whether something that documents name is out of use, and Sleeps tells what was noted: it is looked
// at before a document that names it is sent.
func (c *Client) Slept(kind Setting, id string, inactive bool) {
	s := c.c.Standing
	s.mu.Lock()
	defer s.mu.Unlock()
	if key := string(kind) + id; !inactive && s.asleep[key] {
		delete(s.asleep, key)
		delete(s.glances, key)
	} else if inactive {
		if s.asleep == nil {
			s.asleep = map[string]bool{}
		}
		s.asleep[key] = true
	}
}

// Sleeps tells whether something was out of use when it was last looked at.
func (c *Client) Sleeps(kind Setting, id string) bool {
	s := c.c.Standing
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asleep[string(kind)+id]
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
