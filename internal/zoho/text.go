package zoho

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Text reads a text that Zoho may send as a number, a truth or nothing. Digits stay exact.
type Text string

// UnmarshalJSON never fails on well-formed JSON; objects and lists are no text.
func (t *Text) UnmarshalJSON(data []byte) error {
	*t = ""
	switch data = bytes.TrimSpace(data); {
	case len(data) == 0, string(data) == "null", data[0] == '{', data[0] == '[':
	case data[0] == '"':
		return json.Unmarshal(data, (*string)(t))
	default:
		*t = Text(data)
	}
	return nil
}

// State reads the word for how something stands, whatever its letters: "Partially Paid" is "partially_paid".
type State string

// UnmarshalJSON never fails on well-formed JSON.
func (s *State) UnmarshalJSON(data []byte) error {
	var t Text
	err := t.UnmarshalJSON(data)
	*s = State(StateOf(string(t)))
	return err
}

// StateOf is such a word as Zoho's documentation writes it.
func StateOf(text string) string {
	return strings.Join(strings.Fields(strings.ToLower(text)), "_")
}

// Day reads a calendar day that may have a time written behind it. What is no day stays as it is told.
type Day string

// UnmarshalJSON never fails on well-formed JSON.
func (d *Day) UnmarshalJSON(data []byte) error {
	var t Text
	err := t.UnmarshalJSON(data)
	*d = Day(DayOf(string(t)))
	return err
}

// DayOf is the day of what Zoho writes where a day stands.
func DayOf(text string) string {
	if len(text) > len(time.DateOnly) && strings.ContainsRune("T ", rune(text[len(time.DateOnly)])) && IsDay(text[:len(time.DateOnly)]) {
		return text[:len(time.DateOnly)]
	}
	return text
}

// IsDay tells a day that a document may bear from what is none.
func IsDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// Amount reads a number that may come as a text or be absent.
type Amount struct {
	money.Decimal
	words bool // no number was told
}

// grouped are digits with a comma after each thousand, as people read amounts.
var grouped = regexp.MustCompile(`^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)

// Figure reads a number that was told as a text, also where its thousands are set off by commas.
func Figure(text string) (money.Decimal, error) {
	if grouped.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	return money.Parse(text)
}

// UnmarshalJSON takes anything that is not a number for zero, which then was not told.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var t Text
	_ = t.UnmarshalJSON(data)
	d, err := Figure(string(t))
	if a.Decimal, a.words = d, err != nil; a.words {
		a.Decimal = money.Zero
	}
	return nil
}

// Told reports that a number was told: neither nothing, nor null, nor a text that is none. What is not told is not zero.
func (a *Amount) Told() bool { return a != nil && !a.words }

// Or is the first amount that was told; nil where none was.
func (a *Amount) Or(others ...*Amount) *Amount {
	for _, one := range append([]*Amount{a}, others...) {
		if one.Told() {
			return one
		}
	}
	return nil
}

// Truth reads a boolean that may come as a text or a number.
type Truth bool

// UnmarshalJSON takes anything but true, "true" and 1 for false.
func (b *Truth) UnmarshalJSON(data []byte) error {
	var t Text
	_ = t.UnmarshalJSON(data)
	*b = t == "true" || t == "1"
	return nil
}

// breaks are what parts words without being seen: ends of lines, tabs and other control characters, with the spaces around.
var breaks = regexp.MustCompile(`[ ]*[\p{Cc}\p{Zl}\p{Zp}][\p{Cc}\p{Zl}\p{Zp} ]*`)

// Name shortens what stands on one line, as names and the parts of an address do: what breaks it is one space.
func Name(text string, most int) string { return Clip(breaks.ReplaceAllString(text, " "), most) }

// Clip shortens text to what Zoho takes and drops control characters; a tab is a space.
func Clip(text string, most int) string {
	clean := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' {
			return -1
		}
		return c
	}, strings.TrimSpace(strings.ReplaceAll(text, "\t", " ")))
	runes := []rune(clean)
	if len(runes) > most {
		return strings.TrimSpace(string(runes[:most]))
	}
	return clean
}
