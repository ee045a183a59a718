package books

import (
	"net/http"
	"slices"
	"strings"
)

// documentedCodes are those that some source shows; the rest are guesses of this stand-in.
var documentedCodes = map[int]bool{2: true, 4: true, 5: true, 8: true, 11: true, 14: true, 15: true, 37: true, 44: true, 45: true, 57: true, 1000: true, 1001: true, 1002: true, 1038: true, 1070: true,
	3062: true, 4097: true, 6018: true, 6041: true, 12006: true, 24016: true, 36023: true, 36026: true, 110802: true}

// codeOf is the code with which a refusal is answered.
func (s *Server) codeOf(r *refusal) int {
	if s.opts.Contrary && !documentedCodes[r.code] {
		return 900000 + r.code
	}
	return r.code
}

// contrary refuses what an edition or plan may not know.
func (s *Server) contrary(m *module, body object) *refusal {
	if bad := s.lacksField(m, body); bad != nil {
		return bad
	}
	if words := s.prefer.Refuses[m.path]; words != "" {
		return refuse(400, 4100, "%s", words)
	}
	if bad := s.plainNames(body); bad != nil {
		return bad
	}
	if s.opts.Exclusive && m.path == "invoices" {
		if _, given := body["is_inclusive_tax"]; given {
			return refuse(400, 11, "Invalid Element is_inclusive_tax")
		}
	}
	if !s.opts.Contrary {
		return nil
	}
	for _, name := range []string{"website", "customer_sub_type", "item_type", "adjustment_description"} {
		if _, given := body[name]; given {
			return refuse(400, 8, "Ungültiges Element: %s", name)
		}
	}
	for _, line := range body.objects("line_items") {
		if line.number("rate").IsNegative() {
			return refuse(400, 4, "Invalid value passed for rate")
		}
	}
	return nil
}

// paymentEntity is how the fields of payments are named here.
func (s *Server) paymentEntity(name string) bool {
	return !s.opts.Contrary || strings.ReplaceAll(name, "_", "") != "customerpayment" || name == "customer_payment"
}

// AddExemption makes a tax exemption exist, as a person does in the settings, and gives its id.
func (s *Server) AddExemption(code string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := exemption{s.id(), code}
	s.exemptions = append(s.exemptions, e)
	return e.ID
}

type exemption struct{ ID, Code string }

func (s *Server) exempts(id string) bool {
	return slices.ContainsFunc(s.exemptions, func(e exemption) bool { return e.ID == id })
}

// exemptionCalls lists exemptions; only the editions that have them know the address.
func (s *Server) exemptionCalls(r *request) (int, object, *refusal) {
	if r.method != http.MethodGet || s.opts.Contrary {
		return 0, nil, errURL
	}
	if len(r.path) > 2 && !s.exempts(r.path[2]) {
		return 0, nil, refuse(404, 1002, "Tax exemption does not exist.")
	}
	rows := []object{}
	for _, e := range s.exemptions {
		rows = append(rows, object{"tax_exemption_id": e.ID, "tax_exemption_code": e.Code, "description": "", "type": "item"})
	}
	return 200, object{"tax_exemptions": rows}, nil
}
