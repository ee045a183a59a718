package zoho

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Glance reads a record, once for all who ask within moments. What was read before since does not serve.
func (c *Client) Glance(ctx context.Context, r Resource, id string, since time.Time) (Record, error) {
	return c.c.Standing.glances.get(r.Path+"/"+id, c.c.Now, glanced, since, func() (Record, error) { return c.Get(ctx, r, id) })
}

// GlanceSetting is SettingStands, once for all who ask within moments. What was read before since does not serve.
func (c *Client) GlanceSetting(ctx context.Context, kind Setting, id string, since time.Time) (Stands, error) {
	return c.c.Standing.seen.get(string(kind)+id, c.c.Now, glanced, since, func() (Stands, error) { return c.SettingStands(ctx, kind, id) })
}

// listedLife is how long a list serves to find what is out of use: whatever it shows so is read alone before it is
// believed.
const listedLife = time.Minute

// Idle are those of ids that a list of settings shows as out of use, or not at all. Lists are read once for all
// who ask within a minute, or, fresh, within moments.
func (c *Client) Idle(ctx context.Context, kind Setting, ids []string, fresh bool) ([]string, error) {
	if !slices.ContainsFunc(ids, func(id string) bool { return id != "" }) {
		return nil, nil
	}
	life := listedLife
	if fresh {
		life = glanced
	}
	list, err := c.c.Standing.listings.get(string(kind), c.c.Now, life, time.Time{}, func() (map[string]Stands, error) { return c.list(ctx, kind) })
	if list == nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		row, shown := list[id]
		return id == "" || shown && !row.Inactive
	}), err
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

// Asleep is something that documents name and that is out of use, as it was last looked at.
type Asleep struct {
	Name   string
	Words  string // of the refusal behind which it was found, "" where there was none
	Looked time.Time
}

// Slept notes that something which documents name was seen to be out of use: what names it need not be sent. Words of
// a refusal stay until it is in use again.
func (c *Client) Slept(kind Setting, id, name, words string) {
	s, key := c.c.Standing, string(kind)+id
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asleep == nil {
		s.asleep = map[string]Asleep{}
	}
	s.asleep[key] = Asleep{Name: name, Words: cmp.Or(words, s.asleep[key].Words), Looked: c.c.Now()}
}

// Woke forgets it, and whatever was read of it.
func (c *Client) Woke(kind Setting, id string) {
	s, key := c.c.Standing, string(kind)+id
	s.mu.Lock()
	_, slept := s.asleep[key]
	delete(s.asleep, key)
	s.mu.Unlock()
	if slept {
		s.glances.forget(key)
		s.seen.forget(key)
	}
}

// Sleeps tells what was out of use when it was last looked at, and how long ago that was.
func (c *Client) Sleeps(kind Setting, id string) (was Asleep, ago time.Duration, sleeps bool) {
	s := c.c.Standing
	s.mu.Lock()
	defer s.mu.Unlock()
	was, sleeps = s.asleep[string(kind)+id]
	return was, c.c.Now().Sub(was.Looked), sleeps
}

// TellGone says that something a mapping may have chosen is gone, and tells whether one had.
func (c *Client) TellGone(ctx context.Context, kind Setting, id string) bool {
	return c.c.Gone != nil && c.c.Gone(context.WithoutCancel(ctx), kind, id)
}

// KeyFieldNow is the key field of a kind of record as Zoho Books has it now, read once for all who ask
// within moments; nil when there is none.
func (c *Client) KeyFieldNow(ctx context.Context, r Resource) (*Field, error) {
	fields, err := c.c.Standing.shapes.get(r.Entity, c.c.Now, glanced, time.Time{}, func() ([]Field, error) { return c.Fields(ctx, r.Entity) })
	for i, f := range fields {
		if string(f.APIName) == c.KeyFieldOf(r) || strings.EqualFold(string(f.Label), KeyLabel) {
			return &fields[i], err
		}
	}
	return nil, err
}
