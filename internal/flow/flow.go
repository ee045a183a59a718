// Package flow states, kind by kind, what becomes of a QloApps record in Zoho Books.
//
// A mapping is a pure function of the record, the links of what it refers to and the rules of
// the moment. The arithmetic stands in docs/mapping.md, field by field. What a document comes to is
// computed in package bill, what settles what in package settlement, and package destination brings
// it to Zoho Books.
package flow

import (
	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Names of the flows; they are part of the keys that documents carry for ever.
const (
	Hotel          = "hotel"
	RoomType       = "room_type"
	ServiceProduct = "service_product"
	Customer       = "customer"
	SalesOrder     = "sales_order"
	Invoice        = "invoice"
	Payment        = "payment"
	CreditNote     = "credit_note"
	Refund         = "refund"
	Cancellation   = "cancellation"
	Currency       = "currency"
)

func ref(flow, id string) engine.Ref { return engine.Ref{Flow: flow, ID: id} }

func keyField(r *rules.Rules, key engine.Ref) []zoho.CustomField {
	name := r.KeyField
	if resource, ok := Resource(key.Flow); ok && r.KeyFields[resource.Entity] != "" {
		name = r.KeyFields[resource.Entity]
	}
	return []zoho.CustomField{{APIName: name, Value: key.Key()}}
}

// told are the notices of a bill as the engine keeps them.
func told(notices []bill.Notice) []engine.Notice {
	var list []engine.Notice
	for _, n := range notices {
		list = append(list, engine.Notice{Code: n.Code, Detail: n.Detail})
	}
	return list
}
