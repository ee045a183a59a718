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

// hotels become items, so that reports by item can name the hotel; the item of a hotel that
// is disabled is inactive. No document line uses them.
func hotels(load func(context.Context, []string) (map[string]qloapps.Hotel, error), dest engine.Dest[zoho.Item]) engine.Flow[qloapps.Hotel, zoho.Item] {
	return engine.Flow[qloapps.Hotel, zoho.Item]{Name: Hotel, Section: "hotels", Version: 1, Master: true, NameSpace: "item", Load: load, Map: mapHotel, Dest: dest,
		Revive: activity(zoho.Items, true)[0], Gone: func(id string) qloapps.Hotel { return qloapps.Hotel{ID: id, Gone: true} }}
}

func mapHotel(h qloapps.Hotel, self engine.Link, _ engine.Links, r *rules.Rules) (engine.Mapped[zoho.Item], error) {
	place := strings.Join(nonEmpty(h.Address.Line1, h.Address.City, h.Address.Country), ", ")
	item := newItem(r, ref(Hotel, h.ID), money.Zero, zoho.Name(place, 2000))
	active := h.Active || self.Live && !r.Settings.Hotels.AutoDelete
	name := called(h.Name, Hotel, h.ID, h.Gone)
	return mappedItem(item, name, itemNames(name, "", h.ID), active, h.Gone), nil
}
