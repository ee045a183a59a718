package books

import (
	"net/http"
	"slices"
	"strings"
)

// tag is a reporting tag; whole ones are given to documents, the others to lines.
type tag struct {
	ID, Name         string
	Mandatory, Whole bool
	Inactive, Draft  bool
	Options          []*option
}

type option struct {
	ID, Name          string
	Inactive, Default bool
	Children          []*option
}

type location struct{ ID, Name string }

// AddTag makes a reporting tag as a person does in the settings; it gives the ids of the options
// by name, of which the first is the default.
func (s *Server) AddTag(name string, mandatory, whole bool, options ...string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tag{ID: s.id(), Name: name, Mandatory: mandatory, Whole: whole}
	ids := map[string]string{}
	for _, o := range options {
		made := &option{ID: s.id(), Name: o, Default: len(t.Options) == 0}
		t.Options, ids[o] = append(t.Options, made), made.ID
	}
	s.tags = append(s.tags, t)
	return ids
}

// NestOption puts an option under another one as a person does in the settings, and gives its id.
func (s *Server) NestOption(name, under, nested string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	made := &option{ID: s.id(), Name: nested}
	for _, t := range s.tags {
		for _, o := range flat(t.Options) {
			if t.Name == name && o.Name == under {
				o.Children = append(o.Children, made)
			}
		}
	}
	return made.ID
}

// DefaultOption is the option of a tag that a person made its default, "" without one.
func (s *Server) DefaultOption(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tags {
		for _, o := range flat(t.Options) {
			if t.Name == name && o.Default {
				return o.Name
			}
		}
	}
	return ""
}

// OptionsOf shows the options of a tag, those under one in brackets behind it.
func (s *Server) OptionsOf(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var words func([]*option) string
	words = func(options []*option) string {
		var list []string
		for _, o := range options {
			if list = append(list, o.Name); len(o.Children) > 0 {
				list[len(list)-1] += " (" + words(o.Children) + ")"
			}
		}
		return strings.Join(list, ", ")
	}
	for _, t := range s.tags {
		if t.Name == name {
			return words(t.Options)
		}
	}
	return ""
}

// flat gives the options of a tree, each before those under it.
func flat(options []*option) (all []*option) {
	for _, o := range options {
		all = append(append(all, o), flat(o.Children)...)
	}
	return all
}

// RestTag makes a tag inactive as a person does in the settings, or one of its options, or puts them to use again.
func (s *Server) RestTag(name, option string, inactive bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tags {
		if t.Name != name {
			continue
		}
		if option == "" {
			t.Inactive = inactive
		}
		for _, o := range flat(t.Options) {
			if o.Name == option {
				o.Inactive = inactive
			}
		}
	}
}

// AddLocation makes a location and gives its id. Before the first there are none, as in most plans.
func (s *Server) AddLocation(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &location{s.id(), name}
	s.locations = append(s.locations, l)
	return l.ID
}

func (t *tag) show() object {
	preference := "line_item"
	if t.Whole {
		preference = "transaction"
	}
	return object{"tag_id": t.ID, "tag_name": t.Name, "is_active": !t.Inactive && !t.Draft, "is_mandatory": t.Mandatory, "is_draft": t.Draft, "multi_preference_entities": object{"preference": preference}}
}

func (s *Server) tagByID(id string) *tag {
	if n := slices.IndexFunc(s.tags, func(t *tag) bool { return t.ID == id }); n >= 0 {
		return s.tags[n]
	}
	return nil
}

func (s *Server) tagCalls(r *request) (int, object, *refusal) {
	switch {
	case len(r.path) == 1 && r.method == http.MethodGet:
		rows := []object{}
		for _, t := range s.tags {
			rows = append(rows, t.show())
		}
		return 200, object{"reporting_tags": rows}, nil
	case len(r.path) == 1 && r.method == http.MethodPost:
		for _, field := range []string{"tag_name", "entities", "multi_preference_entities"} {
			if r.body[field] == nil {
				return 0, nil, refuse(400, 4, "Invalid value passed for %s", field)
			}
		}
		preference, _ := r.body["multi_preference_entities"].(map[string]any)
		t := &tag{ID: s.id(), Draft: true, Name: r.body.text("tag_name"), Mandatory: r.body.flag("is_mandatory"), Whole: object(preference).text("preference") == "transaction"}
		s.tags = append(s.tags, t)
		return 201, object{"tag": t.show()}, nil
	case len(r.path) == 2 && r.path[1] == "options" && r.method == http.MethodGet:
		t := s.tagByID(r.query.Get("tag_id"))
		if t == nil {
			return 0, nil, refuse(404, 1002, "Reporting tag does not exist.")
		}
		return paged(r, "options", tree(t.Options))
	case len(r.path) == 3 && r.path[2] == "active" && r.method == http.MethodPost:
		t := s.tagByID(r.path[1])
		if t == nil {
			return 0, nil, refuse(404, 1002, "Reporting tag does not exist.")
		}
		t.Inactive, t.Draft = false, false
		return 200, object{"message": "The reporting tag has been activated."}, nil
	case len(r.path) == 3 && r.path[2] == "options" && r.method == http.MethodPut:
		t := s.tagByID(r.path[1])
		if t == nil {
			return 0, nil, refuse(404, 1002, "Reporting tag does not exist.")
		}
		return s.putOptions(t, r.body.objects("options"))
	default:
		return 0, nil, errURL
	}
}

// tree shows options with those under each.
func tree(options []*option) []object {
	rows := []object{}
	for _, o := range options {
		rows = append(rows, object{"option_id": o.ID, "option_name": o.Name, "is_active": !o.Inactive, "is_default": o.Default, "children": tree(o.Children)})
	}
	return rows
}

// putOptions replaces the whole tree: an option that is left out is deleted, and one that is not said to be the default is none.
func (s *Server) putOptions(t *tag, rows []object) (int, object, *refusal) {
	options, bad := s.grown(t, rows)
	if bad != nil {
		return 0, nil, bad
	}
	t.Options = options
	return 200, object{"message": "The options have been saved."}, nil
}

func (s *Server) grown(t *tag, rows []object) (options []*option, bad *refusal) {
	for _, row := range rows {
		o := &option{ID: row.text("option_id"), Name: row.text("option_name"), Inactive: row["is_active"] == false, Default: row.flag("is_default")}
		if o.ID == "" {
			o.ID = s.id()
		} else if !slices.ContainsFunc(flat(t.Options), func(have *option) bool { return have.ID == o.ID }) {
			return nil, refuse(404, 1002, "Option does not exist.")
		}
		if o.Name == "" || slices.ContainsFunc(options, func(have *option) bool { return have.Name == o.Name }) {
			return nil, refuse(400, 4, "Invalid value passed for option_name")
		}
		if children, told := row["children"].([]any); told && len(children) == 0 {
			return nil, refuse(400, 11, "Invalid Element children")
		}
		if o.Children, bad = s.grown(t, row.objects("children")); bad != nil {
			return nil, bad
		}
		options = append(options, o)
	}
	return options, nil
}

func (s *Server) locationCalls(r *request) (int, object, *refusal) {
	if len(r.path) != 1 || r.method != http.MethodGet {
		return 0, nil, errURL
	}
	if len(s.locations) == 0 {
		return 0, nil, refuse(400, 1, "Locations are not enabled for this organization.")
	}
	rows := []object{}
	for _, l := range s.locations {
		rows = append(rows, object{"location_id": l.ID, "location_name": l.Name, "status": "active"})
	}
	return 200, object{"locations": rows}, nil
}

// divided refuses tags and locations that are none, a tag where it does not belong, and a document that
// lacks what the organization demands.
func (s *Server) divided(body object) *refusal {
	rows := body.objects("line_items")
	if bad := s.given(body, true); bad != nil {
		return bad
	}
	for _, row := range rows {
		if bad := s.given(row, false); bad != nil {
			return bad
		}
	}
	for _, t := range s.tags {
		bearers := rows
		if t.Whole {
			bearers = []object{body}
		}
		for _, b := range bearers {
			if t.Mandatory && !slices.ContainsFunc(b.objects("tags"), func(o object) bool { return o.text("tag_id") == t.ID }) {
				return refuse(400, 10086, "Please select an option for the mandatory reporting tag %s.", t.Name)
			}
		}
	}
	return nil
}

func (s *Server) given(bearer object, whole bool) *refusal {
	if id := bearer.text("location_id"); id != "" && !slices.ContainsFunc(s.locations, func(l *location) bool { return l.ID == id }) {
		return refuse(400, 1002, "Location does not exist.")
	}
	for _, o := range bearer.objects("tags") {
		t := s.tagByID(o.text("tag_id"))
		if t == nil || !slices.ContainsFunc(flat(t.Options), func(have *option) bool { return have.ID == o.text("tag_option_id") }) {
			return refuse(400, 1002, "Reporting tag or option does not exist.")
		}
		if t.Inactive || t.Draft {
			return refuse(400, 4, "Invalid value passed for tags: %s is not active", t.Name)
		}
		if t.Whole != whole {
			return refuse(400, 4, "Invalid value passed for tags: %s belongs elsewhere", t.Name)
		}
	}
	return nil
}

// bear shows the tags and the location of a document or line.
func bear(shown, body object) {
	for _, name := range []string{"tags", "location_id"} {
		if value, given := body[name]; given {
			shown[name] = value
		}
	}
}
