package settings

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Change is one setting that somebody changed, as JSON writes its value, whole; secrets are never told.
type Change struct{ Field, Before, After string }

// changes lists the fields of a section that differ, in the section's own order.
func changes(before, after All, section string) []Change {
	a, _ := field(&before, section)
	b, _ := field(&after, section)
	return differing(a, b)
}

func differing(a, b reflect.Value) []Change {
	var list []Change
	for i := range a.NumField() {
		at := a.Type().Field(i)
		if at.Anonymous {
			list = append(list, differing(a.Field(i), b.Field(i))...)
			continue
		}
		name, _, _ := strings.Cut(at.Tag.Get("json"), ",")
		was, is := written(a.Field(i)), written(b.Field(i))
		if was == is {
			continue
		}
		if name == "webhook_secret" || name == "webhook_url" { // receivers put secrets into addresses
			if was, is = hidden(a.Field(i)), hidden(b.Field(i)); was == is {
				is = `"another secret"`
			}
		}
		list = append(list, Change{Field: name, Before: was, After: is})
	}
	return list
}

func hidden(secret reflect.Value) string {
	if secret.IsNil() {
		return "null"
	}
	return `"kept secret"`
}

func written(v reflect.Value) string {
	body, err := json.Marshal(v.Interface())
	if err != nil {
		return ""
	}
	return string(body)
}
