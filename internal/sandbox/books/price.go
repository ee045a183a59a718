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
	s.mu.Lock()
	defer s.mu.Unlock()
	m := modules[module]
	r := &request{method: http.MethodPost, path: []string{module}, query: map[string][]string{"ignore_auto_number_generation": {"true"}}}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	if err := decoder.Decode(&r.body); err != nil {
		return total, tax, err
	}
	if bad := m.spec.check(r.body); bad != nil {
		return total, tax, bad
	}
	d := &doc{Module: m.path, Created: s.now(), Modified: s.now(), body: object{}}
	if bad := m.apply(s, d, maps.Clone(r.body), r); bad != nil {
		return total, tax, bad
	}
	return d.totals.Total, d.totals.Tax, nil
}

// AddTax makes a single tax exist, as a person does in the settings, and gives its id.
func (s *Server) AddTax(name string, percent decimal.Decimal, compound bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tax{ID: s.id(), Name: name, Percent: percent, Compound: compound}
	s.taxes = append(s.taxes, t)
	return t.ID
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
