package app

import (
	"context"
	"strconv"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// moved makes mappings and links those of the organization that is chosen now.
func (a *App) moved(ctx context.Context) error {
	organization, err := a.organization(ctx)
	if err != nil || organization == "" {
		return err
	}
	return a.belong(ctx, organization)
}

// belong is moved for an organization that is known.
func (a *App) belong(ctx context.Context, organization string) error {
	belongs, err := a.Store.Belongs(ctx)
	if err != nil || belongs == organization {
		return err
	}
	return a.Store.MoveTo(ctx, organization, func(tx *gorm.DB, next map[string]string) (map[string]string, error) {
		within := *a.Settings
		within.DB = tx
		before := map[string]string{}
		for _, section := range []string{"payments", "orders", "revenue"} {
			err := within.Change(ctx, section, func(all *settings.All) {
				for name, at := range foreign(all, section) {
					if *at != nil {
						before[name] = **at
					}
					*at = wire.TextOrNull(next[name])
				}
				if section == "revenue" { // without an account of this organization there is nothing to post to
					before[deferring] = strconv.FormatBool(all.Revenue.Enabled)
					all.Revenue.Enabled = next[deferring] == "true" && all.Revenue.DeferredAccountID != nil
				}
			}, store.Itself)
			if err != nil {
				return nil, err
			}
		}
		return before, nil
	})
}

// deferring is kept with the account of deferred revenue: whether journals were made with it.
const deferring = "revenue_enabled"

// foreign are the settings of a section that name something in the organization of Zoho Books.
func foreign(all *settings.All, section string) map[string]**string {
	switch section {
	case "orders":
		return map[string]**string{"rounding_item_id": &all.Orders.RoundingItemID}
	case "revenue":
		return map[string]**string{"deferred_account_id": &all.Revenue.DeferredAccountID}
	}
	return map[string]**string{"default_payment_mode": &all.Payments.DefaultPaymentMode, "default_deposit_account_id": &all.Payments.DefaultDepositAccountID}
}
