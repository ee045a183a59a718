package zoho

import (
	"errors"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
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
		if names(a.message, field) {
			return field
		}
	}
	return ""
}

// Detail is the first of fields whose value a refusal says it does not take, "" when it names none of
// them. Only the name of the field is looked for, as words follow the user's language.
func Detail(err error, fields ...string) string {
	var a answered
	if f := fault.Of(err); f == nil || f.Code != "zoho_refused" || !errors.As(err, &a) {
		return ""
	}
	message := strings.NewReplacer("e-mail", "email", "e mail", "email").Replace(strings.ToLower(a.message))
	for _, field := range fields {
		if names(message, field) {
			return field
		}
	}
	return ""
}

// Invalid reports a refusal of a value, by the codes that Zoho's answers show for one; which value it is, it may
// not say.
func Invalid(err error) bool {
	var a answered
	return errors.As(err, &a) && (a.code == "2" || a.code == "4" || a.code == "15")
}

// Said are Zoho's own words of a refusal, "" when it is none.
func Said(err error) string {
	var a answered
	if !errors.As(err, &a) {
		return ""
	}
	return strings.TrimPrefix(said(a), ": ")
}

// Says reports that Zoho's words of a refusal hold one of words, which no language changes: the
// name of a field, a label of ours, an address.
func Says(err error, words ...string) bool {
	var a answered
	if !errors.As(err, &a) {
		return false
	}
	for _, word := range words {
		if word != "" && (names(a.message, word) || strings.ContainsAny(word, " -") && strings.Contains(a.message, word)) {
			return true
		}
	}
	return false
}

// names reports that a message holds a name as a word of its own.
func names(message, name string) bool {
	for _, word := range strings.FieldsFunc(message, func(c rune) bool {
		return c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9')
	}) {
		if word == name {
			return true
		}
	}
	return false
}
