package destination

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/zoho"
)

// spared are Zoho's words of those among ids that a call for many left out, "" when it names none. How it names them
// is documented for reminders only, as lists of ids under a name that speaks of errors; whatever else tells of
// errors or of what failed is read likewise.
func spared(answer json.RawMessage, ids []string) string {
	var body any
	decoder := json.NewDecoder(strings.NewReader(string(answer)))
	decoder.UseNumber() // an id has more digits than a float keeps
	if decoder.Decode(&body) != nil {
		return ""
	}
	return sparedIn(body, ids, false)
}

func sparedIn(value any, ids []string, trouble bool) string {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			speaks := strings.Contains(name, "error") || strings.Contains(name, "fail")
			if words := sparedIn(inner, ids, trouble || speaks); words != "" {
				if told, _ := v["message"].(string); trouble && told != "" {
					return strings.TrimRight(told, ".")
				}
				return words
			}
		}
	case []any:
		for _, inner := range v {
			if words := sparedIn(inner, ids, trouble); words != "" {
				return words
			}
		}
	case string, json.Number:
		var told zoho.Text
		raw, _ := json.Marshal(v)
		_ = told.UnmarshalJSON(raw)
		if trouble && slices.ContainsFunc(strings.Split(string(told), ","), func(id string) bool { return slices.Contains(ids, strings.TrimSpace(id)) }) {
			return "document " + string(told)
		}
	}
	return ""
}
