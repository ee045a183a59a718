package zoho

import (
	"errors"
	"strings"
)

// foreign reports that a refusal is about a field that this edition or plan does not know. Its
// words follow the user's language, the name of the field does not.
func (a answered) foreign() bool { return a.code == "11" || a.code == "8" }

// ForeignField is the first of fields that Zoho refused because its edition or plan does not know
// it, "" when it is none of them.
func ForeignField(err error, fields ...string) string {
	var a answered
	if !errors.As(err, &a) || !a.foreign() {
		return ""
	}
	for _, field := range fields {
		for _, word := range strings.FieldsFunc(a.message, func(c rune) bool {
			return c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9')
		}) {
			if word == field {
				return field
			}
		}
	}
	return ""
}
