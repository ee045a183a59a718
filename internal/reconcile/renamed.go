package reconcile

import (
	"cmp"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/store"
)

// renamed tells what people changed of a document in Zoho Books without moving an amount, beside whatever else differs of
// it. By itself that explains no balance: money is compared all the same.
func (x item) renamed(d *wire.Difference) *wire.Difference {
	if x.doc.Status == store.Skipped || x.src.Imported || !x.posted.counts() || !x.zoho.counts() {
		return d
	}
	words := x.posted.named.Differs(x.zoho.named)
	if len(words) == 0 {
		return d
	}
	said := "Somebody changed it in Zoho Books: " + strings.Join(words, ", ") + "."
	if d != nil {
		d.Detail += " " + said
		return d
	}
	d = &wire.Difference{Kind: "different", Flow: x.ref.Flow, SourceID: x.ref.ID, Title: x.title, QloApps: x.qloapps.wire(), Posted: x.posted.wire(), Zoho: x.zoho.wire(), ZohoID: &x.posted.zohoID}
	if x.order != "" {
		d.OrderID = &x.order
	}
	d.Detail = said + " No amount moved. To have it as it was posted, put it back there"
	if x.ref.Flow == flow.Invoice {
		d.Detail = said + " No amount moved. Recreate on the document puts it back as it was posted"
	}
	d.Detail += "."
	d.Action = x.act("take-change", "Take the change over", nil)
	return d
}

// answered is how a document stands in Zoho Books that was sent since that was read: as it was posted, and named as the answer
// told it. A step alone tells nothing of that: it is named as it was read.
func answered(x item, c copyRow, copied bool) *side {
	is := *x.posted
	told := destination.KeptOf(engine.Link{Extra: x.doc.Extra})
	if copied && x.zoho != nil {
		is.named = x.zoho.named
		if told.ToldAt == nil || !told.ToldAt.After(c.SeenAt) {
			return &is
		}
	}
	is.named.Number, is.named.Reference = cmp.Or(told.Renumbered, is.number), cmp.Or(told.Reference, is.named.Reference)
	return &is
}
