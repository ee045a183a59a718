package zoho

import (
	"bytes"
	"encoding/json"
	"strings"
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

// Amount reads a number that may come as a text or be absent.
type Amount struct{ money.Decimal }

// UnmarshalJSON takes anything that is not a number for zero.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var t Text
	_ = t.UnmarshalJSON(data)
	a.Decimal = money.Zero
	if d, err := money.Parse(string(t)); err == nil {
		a.Decimal = d
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

// Clip shortens text to what Zoho takes and drops control characters.
func Clip(text string, most int) string {
	clean := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' {
			return -1
		}
		return c
	}, strings.TrimSpace(text))
	runes := []rune(clean)
	if len(runes) > most {
		return strings.TrimSpace(string(runes[:most]))
	}
	return clean
}
