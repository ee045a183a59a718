package flow

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// service products become items priced per unit.
func serviceProducts(load func(context.Context, []string) (map[string]qloapps.Product, error), dest engine.Dest[zoho.Item]) engine.Flow[qloapps.Product, zoho.Item] {
	return engine.Flow[qloapps.Product, zoho.Item]{Name: ServiceProduct, Section: "service-products", Version: 1, Master: true, NameSpace: "item", Load: load, Map: mapServiceProduct, Dest: dest,
		Revive: activity(zoho.Items, true)[0], Gone: goneProduct}
}

func mapServiceProduct(p qloapps.Product, self engine.Link, _ engine.Links, r *rules.Rules) (engine.Mapped[zoho.Item], error) {
	return mapProduct(p, ServiceProduct, r.Settings.ServiceProducts.AutoDelete, self, r)
}
