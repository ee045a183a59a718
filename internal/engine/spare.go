package engine

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Spare takes out of the body of an update what somebody changed at the destination: sent is what
// was sent before, stands what the destination shows, nil when nobody looked. It gives the body to
// send, what counts as sent from then on, and the names of what was left alone.
type Spare func(body, sent, stands json.RawMessage) (send, kept json.RawMessage, left []string)

const edited = "edited_in_zoho"

// spared makes an update leave alone what its plan says, and gives what then counts as sent.
func (b *batch) spared(ctx context.Context, a *attempt, call *Call) (kept json.RawMessage, err error) {
	if a.doc.ZohoID == "" || a.plan.spare == nil {
		return nil, nil
	}
	var stands json.RawMessage
	if a.plan.look && b.runner.current != nil {
		a.calls++
		if stands, err = b.runner.current(ctx, a.doc.ZohoID); err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	var left []string
	call.Body, kept, left = a.plan.spare(call.Body, a.doc.Sent, stands)
	a.plan.notices = slices.DeleteFunc(a.plan.notices, isEdited)
	if len(left) > 0 {
		a.found(Notice{Code: edited, Detail: "Somebody changed this in Zoho Books, so it was left alone: " + strings.Join(left, ", ") + "."})
	}
	return kept, nil
}

// stillSpared are the words of an earlier update, as long as none follows it.
func stillSpared(p plan, before []Notice) []Notice {
	if !p.look {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(before), func(n Notice) bool { return !isEdited(n) })
}

func isEdited(n Notice) bool { return n.Code == edited }

// Without is a body without a field, wherever in it that stands; found reports that it stood there.
func Without(body json.RawMessage, field string) (less json.RawMessage, found bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return body, false
	}
	_, found = fields[field]
	delete(fields, field)
	for name, value := range fields {
		var rows []json.RawMessage
		switch {
		case strings.HasPrefix(string(value), "{"):
			inner, there := Without(value, field)
			fields[name], found = inner, found || there
		case json.Unmarshal(value, &rows) == nil:
			for i := range rows {
				inner, there := Without(rows[i], field)
				rows[i], found = inner, found || there
			}
			fields[name], _ = json.Marshal(rows)
		}
	}
	less, err := json.Marshal(fields)
	if err != nil {
		return body, false
	}
	return less, found
}
