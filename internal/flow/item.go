package flow

import (
	"strings"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// itemRef is the item of a line's product, nil when the line has none.
func itemRef(l qloapps.Line) *engine.Ref {
	if l.ProductID == "" || l.ProductID == "0" || l.ProductGone || l.Kind == qloapps.FacilityLine {
		return nil
	}
	flow := RoomType
	if l.Kind == qloapps.ServiceLine {
		flow = ServiceProduct
	}
	item := ref(flow, l.ProductID)
	return &item
}

// itemsIn finds the items of lines among the documents that stand.
func itemsIn(links engine.Links) bill.Items {
	return func(l qloapps.Line) (string, error) {
		item := itemRef(l)
		if item == nil {
			return "", nil
		}
		link, err := links.Of(item.Flow, item.ID)
		return link.ID, err
	}
}

// itemRefs are the items of all lines that cost anything.
func itemRefs(lines []qloapps.Line) []engine.Ref {
	var refs []engine.Ref
	for _, l := range lines {
		if item := itemRef(l); item != nil && !(l.Incl.IsZero() && l.Excl.IsZero()) {
			refs = append(refs, *item)
		}
	}
	return refs
}

func goneProduct(id string) qloapps.Product { return qloapps.Product{ID: id, Gone: true} }

// mapProduct makes an item that sells to the chosen income account. One that stands keeps its account
// when the choice is taken back.
func mapProduct(p qloapps.Product, flow string, retire bool, self engine.Link, r *rules.Rules) (engine.Mapped[zoho.Item], error) {
	price, err := inBase(p.Price, r)
	if err != nil {
		return engine.Mapped[zoho.Item]{}, err
	}
	item := newItem(r, ref(flow, p.ID), price, "")
	account, err := r.Mappings.Find(rules.Accounts, flow+":"+p.ID)
	if err != nil && !self.Exists() {
		return engine.Mapped[zoho.Item]{}, err
	}
	item.AccountID = account.ZohoID
	name := called(p.Name, flow, p.ID, p.Gone)
	return mappedItem(item, name, itemNames(name, p.HotelName, p.ID), p.Active || !retire, p.Gone), nil
}

// called is a master's name. One whose name in the shop's language is gone is called by its number, as
// Zoho takes nothing without a name; of one that is gone altogether nothing is sent.
func called(name, flow, id string, gone bool) string {
	if gone || strings.TrimSpace(name) != "" {
		return name
	}
	words := strings.ReplaceAll(flow, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:] + " " + id
}

func newItem(r *rules.Rules, key engine.Ref, price money.Decimal, description string) zoho.Item {
	return zoho.Item{Rate: money.N(price), Description: description, ProductType: "service", ItemType: "sales", CustomFields: keyField(r, key)}
}

// mappedItem is an item; that of a product or hotel whose row is gone stays as it is.
func mappedItem(item zoho.Item, title string, names []string, active, gone bool) engine.Mapped[zoho.Item] {
	return engine.Mapped[zoho.Item]{
		Doc: item, Keep: gone, Names: names, SetName: func(i *zoho.Item, name string) { i.Name = name },
		Steps: activity(zoho.Items, active), Facts: engine.Facts{Title: title},
	}
}

// activity is the step that makes a master active or inactive; a new one is active by itself. Its status proves it.
func activity(r zoho.Resource, active bool) []engine.Step {
	step := engine.Step{Name: engine.StepInactive, Method: "POST", Path: r.Path + "/{id}/inactive", Again: true,
		Proof: &engine.Proof{Path: r.Path + "/{id}", Envelope: r.Envelope, Field: "status", Value: "inactive"}}
	if active {
		step.Name, step.Path, step.Implied, step.Proof.Value = engine.StepActive, r.Path+"/{id}/active", true, "active"
	}
	return []engine.Step{step}
}
