package books

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// doc is one record of any of the six modules. body holds what callers wrote, merged.
type doc struct {
	ID, Module, Number, Status string
	Key                        string // value of the unique custom field
	Created, Modified          time.Time
	body                       object
	custom                     map[string]string

	// Of invoices, sales orders and credit notes.
	currency *currency
	lines    []docLine
	totals   totals
	roundOff decimal.Decimal
	uses     []use    // of an invoice: what settles it; of a credit note or payment: what it settles
	refunds  []refund // of credit notes and payments
	invoices []string // of a sales order
	matched  bool     // with a line of the bank's statement

	indexed, names []string // as the index knows it
}

type docLine struct {
	ID    string
	body  object
	taxes []taxPart
}

// use is an amount of a payment or credit note that settles an invoice.
type use struct {
	ID, Source, Invoice string
	Amount              decimal.Decimal
}

type refund struct {
	ID   string
	body object
}

// module is what the six kinds of records differ in.
type module struct {
	path, entity, envelope string
	idField, numberField   string
	listed                 []string // body fields that lists show and filter by
	spec                   spec
	apply                  func(s *Server, d *doc, body object, r *request) *refusal // checks and takes a merged body
	show                   func(s *Server, d *doc) object
	act                    map[string]func(s *Server, d *doc, r *request) (object, *refusal)
	remove                 func(s *Server, d *doc) *refusal
}

var modules map[string]*module

func init() {
	// The table names functions that name the table, which Go only allows this way.
	modules = map[string]*module{
		"contacts":         contactModule(),
		"items":            itemModule(),
		"invoices":         invoiceModule(),
		"salesorders":      salesorderModule(),
		"creditnotes":      creditnoteModule(),
		"customerpayments": paymentModule(),
	}
}

func (s *Server) module(m *module, r *request) (int, object, *refusal) {
	switch {
	case len(r.path) == 1 || r.path[1] == "":
		switch r.method {
		case http.MethodGet:
			return s.list(m, r)
		case http.MethodPost:
			return s.create(m, r)
		case http.MethodPut:
			return s.upsert(m, r)
		}
		return 0, nil, errMethod
	case len(r.path) == 3 && r.path[1] == "status" && r.method == http.MethodPost:
		return s.bulk(m, r)
	}
	d := s.byID[r.path[1]]
	if d == nil || d.Module != m.path {
		return 0, nil, refuse(404, 1002, "%s does not exist.", strings.ToUpper(m.entity[:1])+m.entity[1:])
	}
	if len(r.path) == 2 {
		return s.single(m, d, r)
	}
	if len(r.path) == 4 && m.path == "creditnotes" && r.path[2] == "invoices" && r.method == http.MethodDelete {
		if bad := s.unapply(d, r.path[3]); bad != nil {
			return 0, nil, bad
		}
		return 200, object{"message": "Credits applied to an invoice have been deleted."}, nil
	}
	if len(r.path) == 4 && (m.path == "creditnotes" || m.path == "customerpayments") && r.path[2] == "refunds" && r.method == http.MethodDelete {
		if s.idle(m.path + "/refunds/delete") {
			return 200, object{"message": "The refund has been deleted."}, nil
		}
		if bad := s.unrefund(d, r.path[3]); bad != nil {
			return 0, nil, bad
		}
		return 200, object{"message": "The refund has been deleted."}, nil
	}
	if len(r.path) == 4 && r.path[2] == "refunds" && r.method == http.MethodGet && m.act["GET refunds"] != nil {
		answer, bad := s.oneRefund(d, r.path[3])
		return 200, answer, bad
	}
	action := strings.Join(r.path[2:], "/")
	if s.idle(m.path + "/" + strings.TrimPrefix(action, "status/")) {
		return 200, object{"message": "The status has been changed."}, nil
	}
	if run := m.act[r.method+" "+action]; run != nil {
		answer, bad := run(s, d, r)
		if bad != nil {
			return 0, nil, bad
		}
		if answer == nil {
			answer = object{}
		}
		return 200, answer, nil
	}
	return 0, nil, errURL
}

func (s *Server) single(m *module, d *doc, r *request) (int, object, *refusal) {
	switch r.method {
	case http.MethodGet:
		return 200, object{m.envelope: m.show(s, d)}, nil
	case http.MethodPut:
		if bad := s.change(m, d, r); bad != nil {
			return 0, nil, bad
		}
		return 200, object{m.envelope: m.show(s, d)}, nil
	case http.MethodDelete:
		if m.remove == nil {
			return 0, nil, errMethod
		}
		if d.matched {
			return 0, nil, errMatched
		}
		if s.idle(m.path + "/delete") {
			return 200, object{"message": "deleted"}, nil
		}
		if bad := m.remove(s, d); bad != nil {
			return 0, nil, bad
		}
		s.forget(d)
		return 200, object{"message": "deleted"}, nil
	}
	return 0, nil, errMethod
}

func (s *Server) forget(d *doc) {
	delete(s.byID, d.ID)
	s.index.drop(d)
	all := s.docs[d.Module]
	for i, other := range all {
		if other == d {
			s.docs[d.Module] = append(all[:i:i], all[i+1:]...)
		}
	}
}

// custom reads the custom fields of a body and refuses unknown fields and doubled unique values.
func (s *Server) customOf(m *module, body object, self *doc) (map[string]string, string, *refusal) {
	values := map[string]string{}
	if self != nil {
		maps.Copy(values, self.custom)
	}
	key := ""
	for _, c := range body.objects("custom_fields") {
		name := c.text("api_name")
		f := s.field(m.entity, name)
		if f == nil {
			return nil, "", refuse(400, 4, "Invalid value passed for custom_fields: there is no field %q", name)
		}
		value := c.text("value")
		if f.Type == "number" {
			if _, err := decimal.NewFromString(value); value != "" && err != nil {
				return nil, "", refuse(400, 4, "Invalid value passed for %s", f.Label)
			}
		}
		if f.Unique && value != "" {
			if s.index.other(customKey(m.path, name, value), self) != nil {
				return nil, "", refuse(400, 120412, "The value %q of %s already exists in another record.", value, f.Label)
			}
		}
		values[name] = value
	}
	for name, value := range values {
		if f := s.field(m.entity, name); f != nil && f.Unique {
			key = value
		}
	}
	return values, key, nil
}

func (s *Server) create(m *module, r *request) (int, object, *refusal) {
	d, bad := s.make(m, r)
	if bad != nil {
		return 0, nil, bad
	}
	status := 201
	if s.opts.Contrary {
		status = 200
	}
	return status, object{m.envelope: m.show(s, d), "message": "The " + m.entity + " has been created."}, nil
}

func (s *Server) make(m *module, r *request) (*doc, *refusal) {
	if bad := m.spec.check(r.body); bad != nil {
		return nil, bad
	}
	if bad := s.contrary(m, r.body); bad != nil {
		return nil, bad
	}
	custom, key, bad := s.customOf(m, r.body, nil)
	if bad != nil {
		return nil, bad
	}
	now := s.now()
	d := &doc{Module: m.path, Created: now, Modified: now, body: object{}, custom: custom, Key: key}
	body := maps.Clone(r.body)
	if bad := m.apply(s, d, body, r); bad != nil {
		return nil, bad
	}
	d.ID = s.id()
	s.docs[m.path] = append(s.docs[m.path], d)
	s.byID[d.ID] = d
	s.index.put(d)
	return d, s.made(m, d)
}

// made does what follows a creation: a payment settles its invoices.
func (s *Server) made(m *module, d *doc) *refusal {
	if m.path == "customerpayments" && s.prefer.PaymentsSettle != nil {
		for id, amount := range s.prefer.PaymentsSettle {
			s.settle(d, s.byID[id], decimal.RequireFromString(amount))
		}
	} else if m.path == "customerpayments" {
		s.allocate(d)
	}
	if m.path == "invoices" {
		s.linkOrder(d)
	}
	return nil
}

func (s *Server) change(m *module, d *doc, r *request) *refusal {
	if bad := m.spec.check(r.body); bad != nil {
		return bad
	}
	if bad := s.contrary(m, r.body); bad != nil {
		return bad
	}
	custom, key, bad := s.customOf(m, r.body, d)
	if bad != nil {
		return bad
	}
	body := maps.Clone(d.body)
	maps.Copy(body, r.body)
	if bad := m.apply(s, d, body, r); bad != nil {
		return bad
	}
	d.custom, d.Key, d.Modified = custom, key, s.now()
	s.index.put(d)
	return nil
}

// upsert finds the record by a unique custom field. Zoho does not say that it fills that field
// in by itself, so only what the body says counts.
func (s *Server) upsert(m *module, r *request) (int, object, *refusal) {
	name, value := r.header.Get("X-Unique-Identifier-Key"), r.header.Get("X-Unique-Identifier-Value")
	f := s.field(m.entity, name)
	if name == "" || value == "" || f == nil || !f.Unique {
		return 0, nil, refuse(400, 4, "Invalid value passed for X-Unique-Identifier-Key: a unique custom field is needed")
	}
	if d := s.index.other(customKey(m.path, name, value), nil); d != nil {
		if bad := s.change(m, d, r); bad != nil {
			return 0, nil, bad
		}
		return 200, object{m.envelope: m.show(s, d)}, nil
	}
	if r.header.Get("X-Upsert") != "true" {
		return 0, nil, refuse(404, 1002, "No record has this value in %s.", f.Label)
	}
	return s.create(m, r)
}

// bulk changes the status of many documents; one that cannot change spoils the call for all.
func (s *Server) bulk(m *module, r *request) (int, object, *refusal) {
	run := m.act["POST status/"+r.path[2]]
	ids := strings.Split(r.query.Get(m.entity+"_ids"), ",")
	if run == nil || ids[0] == "" || len(ids) > 100 {
		return 0, nil, refuse(400, 4, "Invalid value passed for %s_ids", m.entity)
	}
	var docs []*doc
	for _, id := range ids {
		d := s.byID[id]
		if d == nil || d.Module != m.path {
			return 0, nil, refuse(404, 1002, "%s %s does not exist.", m.entity, id)
		}
		docs = append(docs, d)
	}
	if s.idle(m.path + "/" + r.path[2]) {
		docs = nil
	}
	for _, d := range docs {
		if _, bad := run(s, d, r); bad != nil {
			return 0, nil, bad
		}
	}
	return 200, object{"message": fmt.Sprintf("%d documents have been changed.", len(ids))}, nil
}

// idle reports a change that is answered as done and is not.
func (s *Server) idle(change string) bool { return slices.Contains(s.prefer.Idle, change) }

func (s *Server) list(m *module, r *request) (int, object, *refusal) {
	rows := []object{}
	if bad := s.unlisted(m, r); bad != nil {
		return 0, nil, bad
	}
	all := append([]*doc{}, s.docs[m.path]...)
	slices.SortStableFunc(all, order(r.query))
	for _, d := range all {
		if r.lags && s.now().Sub(d.Created) < time.Minute {
			continue
		}
		row := s.row(m, d)
		if matches(m, d, row, r) {
			rows = append(rows, row)
		}
	}
	if r.query.Get("response_option") == "2" && (m.path == "invoices" || s.opts.Contrary) { // only documented for invoices
		return 200, object{"page_context": object{"total": len(rows)}}, nil
	}
	return paged(r, m.path, rows)
}

// order is by the moment of creation, the newest first, or as the query asks.
func order(query url.Values) func(a, b *doc) int {
	created := func(a, b *doc) int { return a.Created.Compare(b.Created) }
	by := map[string]func(a, b *doc) int{"created_time": created, "date": func(a, b *doc) int {
		return cmp.Or(strings.Compare(a.body.text("date"), b.body.text("date")), created(a, b))
	}}[query.Get("sort_column")]
	if by == nil {
		return func(a, b *doc) int { return created(b, a) }
	}
	if query.Get("sort_order") == "D" {
		return func(a, b *doc) int { return by(b, a) }
	}
	return by
}

// unlisted does with the parts of a query that no documentation names for this list what the preferences say.
func (s *Server) unlisted(m *module, r *request) *refusal {
	documented := map[string][]string{
		"invoices":    {"date_start", "date_end", "last_modified_time", "response_option"},
		"salesorders": {"last_modified_time"}, "creditnotes": {"last_modified_time"},
	}
	for _, name := range []string{"sort_order", "date_start", "date_end", "last_modified_time", "response_option"} {
		if !r.query.Has(name) || slices.Contains(documented[m.path], name) {
			continue
		}
		switch s.prefer.Unlisted {
		case "refused":
			return refuse(400, 2, "Invalid value passed for %s", name)
		case "ignored":
			r.query.Del(name)
		}
	}
	return nil
}

// row is the short form of lists: other fields than the detail, custom fields flat.
func (s *Server) row(m *module, d *doc) object {
	full := m.show(s, d)
	row := object{"created_time": s.stamp(d.Created), "last_modified_time": s.stamp(d.Modified), "status": full["status"]}
	hash := object{}
	for name, value := range d.custom {
		row[name] = value
		hash[name] = value
	}
	row["custom_field_hash"] = hash
	for _, name := range append([]string{m.idField, m.numberField}, m.listed...) {
		if value, ok := full[name]; ok {
			row[name] = value
		}
	}
	for _, name := range s.prefer.Short[m.path] {
		delete(row, name)
	}
	return row
}

func matches(m *module, d *doc, row object, r *request) bool {
	for name := range r.query {
		want := r.query.Get(name)
		switch name {
		case "custom_field":
			if !anyCustom(d, func(v string) bool { return v == want }) {
				return false
			}
		case "custom_field_startswith":
			if !anyCustom(d, func(v string) bool { return strings.HasPrefix(v, want) }) {
				return false
			}
		case "custom_field_contains":
			if !anyCustom(d, func(v string) bool { return strings.Contains(v, want) }) {
				return false
			}
		case "last_modified_time":
			since, err := time.Parse("2006-01-02T15:04:05-0700", want)
			if err == nil && m.path != "contacts" && m.path != "items" && m.path != "customerpayments" && d.Modified.Before(since) {
				return false
			}
		case "date_start":
			if fmt.Sprint(row["date"]) < want {
				return false
			}
		case "date_end":
			if fmt.Sprint(row["date"]) > want {
				return false
			}
		case "search_text":
			if !strings.Contains(strings.ToLower(fmt.Sprint(row)), strings.ToLower(want)) {
				return false
			}
		default:
			if value, shown := row[name]; shown && want != "" && !strings.EqualFold(fmt.Sprint(value), want) {
				return false
			}
		}
	}
	if m.path == "items" && r.query.Get("filter_by") != "Status.All" && d.Status == "inactive" {
		return false
	}
	return true
}

func anyCustom(d *doc, is func(string) bool) bool {
	for _, value := range d.custom {
		if is(value) {
			return true
		}
	}
	return false
}

// paged cuts a list into pages: ten rows unless per_page asks for up to 200.
func paged(r *request, name string, rows []object) (int, object, *refusal) {
	page, size := 1, 10
	if v, err := strconv.Atoi(r.query.Get("page")); err == nil && v > 0 {
		page = v
	}
	if v, err := strconv.Atoi(r.query.Get("per_page")); err == nil && v > 0 {
		size = min(v, 200)
	}
	if r.most > 0 {
		size = min(size, r.most)
	}
	from := min((page-1)*size, len(rows))
	to := min(from+size, len(rows))
	context := object{"page": page, "per_page": size, "has_more_page": to < len(rows) && !r.ends}
	if r.most > 0 {
		delete(context, "has_more_page")
	}
	if r.alone && to == from+1 {
		return 200, object{name: rows[from], "page_context": context}, nil
	}
	return 200, object{name: rows[from:to], "page_context": context}, nil
}

func (d *doc) customFields(s *Server, m string) []object {
	out := []object{}
	for _, name := range sortedKeys(d.custom) {
		label := name
		if f := s.field(m, name); f != nil {
			label = f.Label
		}
		out = append(out, object{"api_name": name, "label": label, "value": d.custom[name]})
	}
	return out
}
