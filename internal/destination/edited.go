package destination

import (
	"encoding/json"
	"fmt"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// EditedAmounts compares the total and the number of lines of a document with what was last sent and seen.
// Other words that people change, such as a note, are not asked about: an update does not send them.
func EditedAmounts(known engine.Link, stands json.RawMessage) string {
	var is, sent struct {
		Total  *zoho.Amount      `json:"total"`
		Status zoho.Text         `json:"status"`
		Lines  []json.RawMessage `json:"line_items"`
	}
	if json.Unmarshal(stands, &is) != nil || is.Total == nil || is.Status == "void" {
		return "" // nothing that could be compared
	}
	_ = json.Unmarshal(known.Sent, &sent)
	switch {
	case !is.Total.Equal(known.Total):
		return fmt.Sprintf("it comes to %s %s there, and was sent over %s.", is.Total.Decimal, known.Currency, known.Total)
	case len(is.Lines) > 0 && len(sent.Lines) > 0 && len(is.Lines) != len(sent.Lines):
		return fmt.Sprintf("it has %d lines there, and was sent with %d.", len(is.Lines), len(sent.Lines))
	default:
		return ""
	}
}
