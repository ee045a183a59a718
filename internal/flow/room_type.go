package flow

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// room types become items priced per night. Items are never deleted: invoices use them.
func roomTypes(load func(context.Context, []string) (map[string]qloapps.Product, error), dest engine.Dest[zoho.Item]) engine.Flow[qloapps.Product, zoho.Item] {
	return engine.Flow[qloapps.Product, zoho.Item]{Name: RoomType, Section: "room-types", Version: 1, Master: true, NameSpace: "item", Load: load, Map: mapRoomType, Dest: dest,
		Revive: activity(zoho.Items, true)[0], Gone: goneProduct}
}

func mapRoomType(p qloapps.Product, self engine.Link, _ engine.Links, r *rules.Rules) (engine.Mapped[zoho.Item], error) {
	return mapProduct(p, RoomType, r.Settings.RoomTypes.AutoDelete, self, r)
}
