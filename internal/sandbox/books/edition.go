package books

import (
	"fmt"
	"slices"
	"strings"
)

// Way is how Zoho answers where an edition, a plan or a role lacks something.
type Way string

const (
	WayURL     Way = "404/5"  // there is no such address
	WayModule  Way = "6018"   // the module is not set up, or not in the plan
	WayRole    Way = "57"     // the user may not, with HTTP 401
	WayElement Way = "400/11" // an element that is not known
	WayOther   Way = "400/8"  // the same by another code
	WayMethod  Way = "405"    // not by this method
	WayHTML    Way = "403"    // a web page
)

// Ways are all of them but the web page, which is something on the way rather than an answer.
var Ways = []Way{WayURL, WayModule, WayRole, WayElement, WayOther, WayMethod}

func (w Way) refusal(what string) *refusal {
	switch w {
	case WayURL:
		return refuse(404, 5, "Invalid URL Passed")
	case WayModule:
		return refuse(400, 6018, "This module is not available in your plan.")
	case WayRole:
		return refuse(401, 57, "You are not authorized to perform this operation")
	case WayOther:
		return refuse(400, 8, "Ungültiges Element: %s", what)
	case WayMethod:
		return refuse(405, 37, "The HTTP method is not allowed for the requested resource")
	case WayHTML:
		return &refusal{status: 403, message: "<html><body>Access denied.</body></html>", page: true}
	default:
		return refuse(400, 11, "Invalid Element %s", what)
	}
}

// Lack says what is not there from now on, and how that is answered: an address below the version
// ("/salesorders", with "GET " or "PUT " in front for one method only), or a field of a module
// ("invoices.is_inclusive_tax"; "invoices.line_items.tax_exemption_id").
func (s *Server) Lack(lacks map[string]Way) error {
	for what, way := range lacks {
		if !slices.Contains(append(Ways, WayHTML), way) {
			return fmt.Errorf("%s: there is no way %q", what, way)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lacks = lacks
	return nil
}

// lacksAddress refuses an address that is not there.
func (s *Server) lacksAddress(r *request) *refusal {
	path := "/" + strings.Join(r.path, "/")
	for what, way := range s.lacks {
		method, address, one := strings.Cut(what, " ")
		if !one {
			method, address = r.method, what
		}
		if strings.HasPrefix(address, "/") && method == r.method && (path == address || strings.HasPrefix(path, address+"/")) {
			return way.refusal(strings.TrimPrefix(address, "/"))
		}
	}
	return nil
}

// lacksField refuses a field that is not known.
func (s *Server) lacksField(m *module, body object) *refusal {
	for what, way := range s.lacks {
		field, ours := strings.CutPrefix(what, m.path+".")
		if !ours {
			continue
		}
		if inner, ofLine := strings.CutPrefix(field, "line_items."); ofLine {
			for _, line := range body.objects("line_items") {
				if _, given := line[inner]; given {
					return way.refusal(inner)
				}
			}
		} else if _, given := body[field]; given {
			return way.refusal(field)
		}
	}
	return nil
}

// Editions are those that Zoho's OpenAPI files tell apart by x-node_available_in and
// x-node_unavailable_in.
var Editions = []string{"us", "ca", "uk", "eu", "au", "in", "gcc", "mx", "ke", "za", "global"}

// countries are where an organization of an edition is.
var countries = map[string]string{"us": "US", "ca": "CA", "uk": "GB", "eu": "DE", "au": "AU", "in": "IN", "gcc": "AE", "mx": "MX", "ke": "KE", "za": "ZA", "global": "SG"}

// LacksOf are the things that we send or ask for and an edition does not have, by the same files, each
// answered in one of ways, in turn. A field can only be refused by a code, so for it the ways of addresses
// stand for that of an element.
func LacksOf(edition string, ways ...Way) map[string]Way {
	lacks := map[string]Way{}
	turn := 0
	next := func() Way {
		turn++
		return ways[(turn-1)%len(ways)]
	}
	for _, l := range lacking {
		if slices.Contains(l.has, edition) == l.not {
			for _, field := range l.fields {
				if lacks[field] = next(); lacks[field] != WayOther {
					lacks[field] = WayElement
				}
			}
		}
	}
	if !slices.Contains([]string{"us", "ca", "in", "au"}, edition) {
		lacks["/settings/taxexemptions"] = next()
	}
	// What no file documents may be missing anywhere.
	for _, address := range []string{"/settings/paymentmodes", "/transactionlocks", "GET /settings/taxgroups"} {
		lacks[address] = next()
	}
	return lacks
}

// lacking says which editions have a field, or, with not, have it not.
var lacking = []struct {
	has    []string
	not    bool
	fields []string
}{
	{has: []string{"in", "us"}, fields: []string{"invoices.line_items.tax_exemption_id", "salesorders.line_items.tax_exemption_id"}},
	{has: []string{"in", "us", "au", "ca"}, fields: []string{"creditnotes.line_items.tax_exemption_id"}},
	{has: []string{"us", "ca"}, not: true, fields: []string{"salesorders.is_inclusive_tax", "creditnotes.is_inclusive_tax"}},
	{has: []string{"us", "in", "mx", "ke", "za"}, fields: []string{"items.tax_exemption_id", "items.is_taxable"}},
	{has: []string{"us", "in"}, not: true, fields: []string{"items.tax_id"}},
	{has: []string{"us", "ca", "au", "in"}, fields: []string{"contacts.tax_exemption_id"}},
	{has: []string{"in", "us"}, fields: []string{"contacts.tax_id"}},
}
