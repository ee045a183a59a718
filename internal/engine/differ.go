package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Reader is a Dest that can also show what stands at the destination now.
type Reader interface {
	Current(ctx context.Context, id string) (json.RawMessage, error)
}

// Rereader is a Dest that can also tell what is to be kept of a document as it stands now.
type Rereader interface {
	Reread(ctx context.Context, id string) (kept json.RawMessage, err error)
}

// Current reads what stands for a document; nil when nothing does or its destination cannot be
// read. It makes one call.
func (e *Engine) Current(ctx context.Context, d store.Document) (json.RawMessage, error) {
	r := e.named[d.Ref.Flow]
	if r == nil || r.current == nil || d.ZohoID == "" {
		return nil, nil
	}
	return r.current(onErrand(ctx, d), d.ZohoID)
}

// Differences says in words where want, a body to be sent, differs from what stands. Only what
// want names is compared: the rest is nobody's to change. Custom fields carry the key alone.
func Differences(want, stands json.RawMessage) []string {
	var to, from map[string]any
	if !decode(want, &to) || !decode(stands, &from) {
		return nil
	}
	return differ("", to, from)
}

// decode keeps the digits of numbers.
func decode(raw json.RawMessage, into any) bool {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return len(raw) > 0 && decoder.Decode(into) == nil
}

func differ(at string, want, have map[string]any) []string {
	names := make([]string, 0, len(want))
	for name := range want {
		if name != "custom_fields" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var words []string
	for _, name := range names {
		label := at + strings.ReplaceAll(name, "_", " ")
		switch to := want[name].(type) {
		case []any:
			from, _ := have[name].([]any)
			words = append(words, differList(label, to, from)...)
		case map[string]any:
			from, _ := have[name].(map[string]any)
			words = append(words, differ(label+", ", to, from)...)
		default:
			if !same(to, have[name]) {
				words = append(words, fmt.Sprintf("%s: %s instead of %s", label, show(to), show(have[name])))
			}
		}
	}
	return words
}

func differList(label string, want, have []any) []string {
	var words []string
	if len(want) != len(have) {
		words = append(words, fmt.Sprintf("%s: %d instead of %d", label, len(want), len(have)))
	}
	for i := range min(len(want), len(have)) {
		to, isObject := want[i].(map[string]any)
		from, _ := have[i].(map[string]any)
		if isObject {
			words = append(words, differ(fmt.Sprintf("%s %d, ", label, i+1), to, from)...)
		} else if !same(want[i], have[i]) {
			words = append(words, fmt.Sprintf("%s %d: %s instead of %s", label, i+1, show(want[i]), show(have[i])))
		}
	}
	return words
}

// same compares as an accountant does: 10.0 is 10, and nothing is nothing however it is written.
func same(a, b any) bool {
	x, y := plain(a), plain(b)
	if x == y {
		return true
	}
	left, right := amount(x), amount(y)
	return left != nil && right != nil && left.Equal(*right)
}

// amount reads a number, nil where text is none; an amount that is not shown is zero.
func amount(text string) *money.Decimal {
	if text == "" {
		return &money.Zero
	}
	d, err := money.Parse(text)
	if err != nil {
		return nil
	}
	return &d
}

func plain(v any) string {
	switch t := v.(type) {
	case nil:
		return ""
	case string:
		return t
	default:
		return fmt.Sprint(t)
	}
}

func show(v any) string {
	if text := plain(v); text != "" {
		return "«" + text + "»"
	}
	return "nothing"
}
