// Package strict reads JSON that people wrote by hand: what is not understood is named, never
// dropped.
//
// Go's own decoder matches names without regard to case, names an unknown field without its
// place, stops at the first mistake and cannot tell an absent field from an empty one. Here
// every unknown and every absent field is reported at once, with its path.
package strict

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Decode reads one JSON value into v, a pointer.
//
// Text that is no JSON, or more than one value, is fault.Invalid/malformed. Unknown fields,
// absent fields and values of a wrong type are fault.Invalid/validation with every field by its
// path. A field may be absent or null when its tag says omitempty or validate:"optional"; other
// nulls are taken only by pointers. How long a text and a list may be stands in the tags maxLength and
// validate:"max=…", of which the OpenAPI file is made too; without one, Longest and Most hold.
func Decode(data []byte, v any) error {
	var raw json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&raw); err != nil {
		return malformed(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return malformed(errors.New("there is something behind the first value"))
	}
	wrong := twice(raw)
	check(raw, reflect.TypeOf(v).Elem(), "", bounds{Longest, Most}, &wrong)
	if len(wrong) > 0 {
		return Invalid(wrong...)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return Invalid(fault.FieldError{Message: plain(err)})
	}
	return nil
}

// MostErrors is how many wrong fields an answer names: it must not be larger than the input was.
const MostErrors = 100

// Invalid is the fault of an input with these fields at fault.
func Invalid(wrong ...fault.FieldError) error {
	more := len(wrong) - MostErrors
	if more > 0 {
		wrong = slices.Clone(wrong[:MostErrors])
	}
	words := make([]string, len(wrong))
	for i, w := range wrong {
		wrong[i].Field = short(w.Field)
		words[i] = strings.TrimSpace(wrong[i].Field + " " + w.Message)
	}
	if more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	err := fault.New(fault.Invalid, "validation", "The input is not valid: %s.", strings.Join(words, "; "))
	err.Fields, err.Field = wrong, wrong[0].Field
	return err
}

// twice names what an object says more than once: which of the two is meant nobody knows, and Go's decoder mixes them
// with parts of the first that are looked at by nothing.
func twice(raw json.RawMessage) (wrong []fault.FieldError) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	var open []place
	for len(wrong) <= MostErrors {
		token, err := decoder.Token()
		if err != nil {
			return wrong
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		if len(open) > 0 {
			in := &open[len(open)-1]
			if in.isName {
				in.name, in.isName = token.(string), false
				if in.seen[in.name] {
					wrong = append(wrong, fault.FieldError{Field: pathOf(open), Message: "stands more than once"})
				}
				in.seen[in.name] = true
				continue
			}
			in.isName, in.item = in.seen != nil, in.item+1
		}
		switch token {
		case json.Delim('{'):
			open = append(open, place{seen: map[string]bool{}, isName: true})
		case json.Delim('['):
			open = append(open, place{})
		}
	}
	return wrong
}

// place is where in an object, or in a list, the reading of a body is.
type place struct {
	seen   map[string]bool // names of an object; nil of a list
	name   string          // whose value is read
	isName bool            // what comes next is a name
	item   int             // of a list, from 1
}

func pathOf(open []place) string {
	path := ""
	for _, p := range open {
		if p.seen == nil {
			path += fmt.Sprintf("[%d]", p.item-1)
		} else {
			path = join(path, p.name)
		}
	}
	return path
}

func malformed(err error) error {
	detail := "The body is no valid JSON: " + err.Error() + "."
	if errors.Is(err, io.EOF) {
		detail = "The body is empty; it must be a JSON object."
	}
	return &fault.Error{Kind: fault.Invalid, Code: "malformed", Detail: detail}
}

// check compares the shape of raw with t and adds what does not fit.
func check(raw json.RawMessage, t reflect.Type, path string, most bounds, wrong *[]fault.FieldError) {
	add := func(field, message string) { *wrong = append(*wrong, fault.FieldError{Field: field, Message: message}) }
	null := string(raw) == "null"
	if t == reflect.TypeFor[json.RawMessage]() {
		return
	}
	if t.Kind() == reflect.Pointer {
		if !null {
			check(raw, t.Elem(), path, most, wrong)
		}
		return
	}
	if null {
		add(path, "must not be null")
		return
	}
	switch {
	case readsItself(t):
		if t.Kind() == reflect.Slice && raw[0] == '[' { // a list that also takes one alone has the same end
			check(raw, reflect.SliceOf(t.Elem()), path, most, wrong)
		} else if len(raw) > most.length+2 { // its quotation marks
			add(path, "is too long")
		} else if json.Unmarshal(raw, reflect.New(t).Interface()) != nil {
			add(path, "has a value that cannot be read")
		}
	case t.Kind() == reflect.Struct:
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			add(path, "must be an object")
			return
		}
		checkMembers(members, t, path, wrong)
	case t.Kind() == reflect.Slice:
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			add(path, "must be a list")
			return
		}
		if len(items) > most.items {
			add(path, fmt.Sprintf("has %d items instead of %d at most", len(items), most.items))
			return
		}
		for i, item := range items {
			check(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i), most, wrong)
		}
	case t.Kind() == reflect.Map:
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			add(path, "must be an object")
			return
		}
		if len(members) > most.items {
			add(path, fmt.Sprintf("has %d members instead of %d at most", len(members), most.items))
			return
		}
		for _, name := range sorted(members) {
			if utf8.RuneCountInString(name) > most.length {
				add(join(path, name), fmt.Sprintf("has a name longer than %d characters", most.length))
				continue
			}
			check(members[name], t.Elem(), join(path, name), most, wrong)
		}
	default:
		value := reflect.New(t)
		if err := json.Unmarshal(raw, value.Interface()); err != nil {
			add(path, plain(err))
		} else if t.Kind() == reflect.String && utf8.RuneCountInString(value.Elem().String()) > most.length {
			add(path, fmt.Sprintf("is longer than %d characters", most.length))
		}
	}
}

func checkMembers(members map[string]json.RawMessage, t reflect.Type, path string, wrong *[]fault.FieldError) {
	known := fields(t)
	for _, name := range sorted(members) {
		if !slices.ContainsFunc(known, func(f field) bool { return f.name == name }) {
			*wrong = append(*wrong, fault.FieldError{Field: join(path, name), Message: "is unknown"})
		}
	}
	for _, f := range known {
		raw, there := members[f.name]
		switch {
		case there && f.optional && string(raw) == "null":
			// As good as absent.
		case there:
			check(raw, f.kind, join(path, f.name), f.most, wrong)
		case !f.optional:
			*wrong = append(*wrong, fault.FieldError{Field: join(path, f.name), Message: "is missing"})
		}
	}
}

type field struct {
	name     string
	kind     reflect.Type
	optional bool
	most     bounds
}

// fields lists the JSON fields of a struct, those of embedded structs among them.
func fields(t reflect.Type) []field {
	var list []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			list = append(list, fields(f.Type)...)
		case name != "" && name != "-":
			rules := strings.Split(f.Tag.Get("validate"), ",")
			optional := strings.Contains(options, "omitempty") || slices.Contains(rules, "optional")
			list = append(list, field{name, f.Type, optional, boundsOf(f.Tag)})
		}
	}
	return list
}

func readsItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func sorted(members map[string]json.RawMessage) []string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// plain says what was expected, in words that name no Go type.
func plain(err error) string {
	var typed *json.UnmarshalTypeError
	if !errors.As(err, &typed) {
		return "has a value that cannot be read"
	}
	switch typed.Type.Kind() {
	case reflect.Bool:
		return "must be true or false"
	case reflect.String:
		return "must be a text"
	case reflect.Int, reflect.Int64, reflect.Int32:
		return "must be a whole number"
	default:
		return "has a value of the wrong kind (" + typed.Value + ")"
	}
}
