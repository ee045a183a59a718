package flow

import (
	"context"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

const (
	itemNameLength    = 100
	contactNameLength = 200
)

// hotels become items, so that reports by item can name the hotel; the item of a hotel that
// is disabled is inactive. No document line uses them.
func hotels(load func(context.Context, []string) (map[string]qloapps.Hotel, error), dest engine.Dest[zoho.Item]) engine.Flow[qloapps.Hotel, zoho.Item] {
	return engine.Flow[qloapps.Hotel, zoho.Item]{Name: Hotel, Section: "hotels", Version: 1, Master: true, NameSpace: "item", Load: load, Map: mapHotel, Dest: dest,
		Revive: activity(zoho.Items.Path+"/", true)[0], Gone: func(id string) qloapps.Hotel { return qloapps.Hotel{ID: id, Gone: true} }}
}

func mapHotel(h qloapps.Hotel, self engine.Link, _ engine.Links, r *rules.Rules) (engine.Mapped[zoho.Item], error) {
	place := strings.Join(nonEmpty(h.Address.Line1, h.Address.City, h.Address.Country), ", ")
	item := newItem(r, ref(Hotel, h.ID), money.Zero, clip(place, 2000))
	active := h.Active || self.Live && !r.Settings.Hotels.AutoDelete
	return mappedItem(item, h.Name, itemNames(h.Name, "", h.ID), active, h.Gone), nil
}

// room types become items priced per night. Items are never deleted: invoices use them.
func roomTypes(load func(context.Context, []string) (map[string]qloapps.Product, error), dest engine.Dest[zoho.Item]) engine.Flow[qloapps.Product, zoho.Item] {
	return engine.Flow[qloapps.Product, zoho.Item]{Name: RoomType, Section: "room-types", Version: 1, Master: true, NameSpace: "item", Load: load, Map: mapRoomType, Dest: dest,
		Revive: activity(zoho.Items.Path+"/", true)[0], Gone: goneProduct}
}

func goneProduct(id string) qloapps.Product { return qloapps.Product{ID: id, Gone: true} }

func mapRoomType(p qloapps.Product, _ engine.Link, _ engine.Links, r *rules.Rules) (engine.Mapped[zoho.Item], error) {
	return mapProduct(p, RoomType, r.Settings.RoomTypes.AutoDelete, r)
}

// service products become items priced per unit.
func serviceProducts(load func(context.Context, []string) (map[string]qloapps.Product, error), dest engine.Dest[zoho.Item]) engine.Flow[qloapps.Product, zoho.Item] {
	return engine.Flow[qloapps.Product, zoho.Item]{Name: ServiceProduct, Section: "service-products", Version: 1, Master: true, NameSpace: "item", Load: load, Map: mapServiceProduct, Dest: dest,
		Revive: activity(zoho.Items.Path+"/", true)[0], Gone: goneProduct}
}

func mapServiceProduct(p qloapps.Product, _ engine.Link, _ engine.Links, r *rules.Rules) (engine.Mapped[zoho.Item], error) {
	return mapProduct(p, ServiceProduct, r.Settings.ServiceProducts.AutoDelete, r)
}

func mapProduct(p qloapps.Product, flow string, retire bool, r *rules.Rules) (engine.Mapped[zoho.Item], error) {
	price, err := inBase(p.Price, r)
	if err != nil {
		return engine.Mapped[zoho.Item]{}, err
	}
	item := newItem(r, ref(flow, p.ID), price, "")
	if account, err := r.Mappings.Find(rules.Accounts, flow+":"+p.ID); err == nil {
		item.AccountID = account.ZohoID
	}
	return mappedItem(item, p.Name, itemNames(p.Name, p.HotelName, p.ID), p.Active || !retire, p.Gone), nil
}

func newItem(r *rules.Rules, key engine.Ref, price money.Decimal, description string) zoho.Item {
	return zoho.Item{Rate: money.N(price), Description: description, ProductType: "service", ItemType: "sales", CustomFields: keyField(r, key)}
}

// mappedItem is an item; that of a product or hotel whose row is gone stays as it is.
func mappedItem(item zoho.Item, title string, names []string, active, gone bool) engine.Mapped[zoho.Item] {
	return engine.Mapped[zoho.Item]{
		Doc: item, Keep: gone, Names: names, SetName: func(i *zoho.Item, name string) { i.Name = name },
		Steps: activity("/items/", active), Facts: engine.Facts{Title: title},
	}
}

// activity is the step that makes a master active or inactive; a new one is active by itself.
func activity(path string, active bool) []engine.Step {
	if active {
		return []engine.Step{{Name: engine.StepActive, Method: "POST", Path: path + "{id}/active", Implied: true}}
	}
	return []engine.Step{{Name: engine.StepInactive, Method: "POST", Path: path + "{id}/inactive"}}
}

// itemNames are the names an item may have: plain, with its hotel, with its id.
func itemNames(name, hotel, id string) []string {
	names := []string{suffixed(name, "", itemNameLength)}
	if hotel != "" {
		names = append(names, suffixed(name, " ("+hotel+")", itemNameLength))
	}
	return append(names, suffixed(name, " (QLO-"+id+")", itemNameLength))
}

// inBase turns a price in QloApps' default currency into Zoho's base currency, in which items
// are priced. Lines carry prices of their own, so this one only informs.
func inBase(price money.Decimal, r *rules.Rules) (money.Decimal, error) {
	precision := int32(2)
	if base, known := r.Org.Currencies[r.Org.BaseCurrency]; known {
		precision = base.Precision
	}
	if r.Org.BaseCurrency == r.QloBase {
		return money.RoundHalfUp(price, precision), nil
	}
	rate, err := qloRate(r, r.Org.BaseCurrency)
	if err != nil {
		return money.Zero, err
	}
	return money.RoundHalfUp(price.Mul(rate), precision), nil
}
