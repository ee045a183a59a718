package strict

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What holds for texts and lists whose tags say nothing of it.
const (
	Longest = 1000 // characters of a text
	Most    = 1000 // items of a list, members of an object
)

// bounds are how much one field may hold.
type bounds struct{ length, items int }

// boundsOf reads them from the tags from which the OpenAPI file is made.
func boundsOf(tag reflect.StructTag) bounds {
	b := bounds{Longest, Most}
	if n, err := strconv.Atoi(tag.Get("maxLength")); err == nil {
		b.length = n
	}
	for _, rule := range strings.Split(tag.Get("validate"), ",") {
		if n, err := strconv.Atoi(strings.TrimPrefix(rule, "max=")); err == nil {
			b.items = n
		}
	}
	return b
}

// short is the path of a field as an answer names it: a caller may have chosen part of it.
func short(path string) string {
	const most = 120
	if utf8.RuneCountInString(path) <= most {
		return path
	}
	return string([]rune(path)[:most]) + "…"
}

// Plain is a text that a person wrote, without what is not seen and changes how the rest is seen:
// control characters, and those that turn the direction of reading.
func Plain(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, text))
}
