package books

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"

	"github.com/shopspring/decimal"
)

// Price tells what a document would come to, as strictly as if it were created, and keeps
// nothing. body is a create body as JSON.
func (s *Server) Price(module string, body []byte) (total, tax decimal.Decimal, err error) {
	d, err := s.Suppose(module, body)
	if err != nil {
		return total, tax, err
	}
	total, tax = d.Totals()
	return total, tax, nil
}

// Supposed is a document that nobody sees: it can be changed and priced as one that stands.
type Supposed struct {
	server *Server
	doc    *doc
}

// Suppose makes one, as strictly as if it were created.
func (s *Server) Suppose(module string, body []byte) (*Supposed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := modules[module]
	d := &doc{Module: m.path, Created: s.now(), Modified: s.now(), body: object{}}
	return &Supposed{s, d}, s.suppose(m, d, http.MethodPost, body)
}

// Change updates it, as strictly as an update by id: what body leaves out stays.
func (x *Supposed) Change(body []byte) error {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	x.doc.ID = "supposed"
	return x.server.suppose(modules[x.doc.Module], x.doc, http.MethodPut, body)
}

// Totals are what it comes to.
func (x *Supposed) Totals() (total, tax decimal.Decimal) { return x.doc.totals.Total, x.doc.totals.Tax }

// Lines are the ids of its lines.
func (x *Supposed) Lines() []string {
	ids := make([]string, len(x.doc.lines))
	for n, l := range x.doc.lines {
		ids[n] = l.ID
	}
	return ids
}

func (s *Server) suppose(m *module, d *doc, method string, body []byte) error {
	r := &request{method: method, path: []string{m.path}, query: map[string][]string{"ignore_auto_number_generation": {"true"}}}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	if err := decoder.Decode(&r.body); err != nil {
		return err
	}
	if bad := m.spec.check(r.body); bad != nil {
		return bad
	}
	whole := maps.Clone(d.body)
	maps.Copy(whole, r.body)
	if bad := m.apply(s, d, whole, r); bad != nil {
		return bad
	}
	return nil
}

// AddTax makes a single tax exist, as a person does in the settings, and gives its id.
func (s *Server) AddTax(name string, percent decimal.Decimal, compound bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tax{ID: s.id(), Name: name, Percent: percent, Compound: compound}
	s.taxes = append(s.taxes, t)
	return t.ID
}

// Account is the id of an account of the chart by its name, "" where none has it.
func (s *Server) Account(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		if a.Name == name {
			return a.ID
		}
	}
	return ""
}

// AddTaxGroup makes a group of single taxes exist and gives its id.
func (s *Server) AddTaxGroup(name string, ids ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	group := &tax{ID: s.id(), Name: name, Parts: []*tax{}}
	for _, id := range ids {
		for _, t := range s.taxes {
			if t.ID == id {
				group.Parts = append(group.Parts, t)
			}
		}
	}
	s.taxes = append(s.taxes, group)
	return group.ID
}
