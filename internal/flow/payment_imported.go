package flow

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Imported tells that a payment says that it came from Zoho Books, so that it is never sent back.
func Imported(transactionID string) bool { return qloapps.ImportedID(transactionID) != "" }

// knowing marks payments that say they came from Zoho Books, and of which no import knows.
func knowing(load func(context.Context, []string) (map[string]qloapps.Payment, error), seen func(context.Context, []string) (map[string]bool, error)) func(context.Context, []string) (map[string]qloapps.Payment, error) {
	return func(ctx context.Context, ids []string) (map[string]qloapps.Payment, error) {
		payments, err := load(ctx, ids)
		if err != nil {
			return nil, err
		}
		var named []string
		for _, p := range payments {
			if id := qloapps.ImportedID(p.TransactionID); id != "" {
				named = append(named, id)
			}
		}
		if len(named) == 0 {
			return payments, nil
		}
		known, err := seen(ctx, named)
		if err != nil {
			return nil, err
		}
		for key, p := range payments {
			if id := qloapps.ImportedID(p.TransactionID); id != "" && !known[id] {
				p.Stranger = true
				payments[key] = p
			}
		}
		return payments, nil
	}
}

// cameFromZoho leaves a payment as it stands in Zoho Books, also while its link is not saved yet. What anybody
// may write into a transaction id is no proof: money that only says so would be missing there without a word.
func cameFromZoho(p qloapps.Payment, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CustomerPayment], error) {
	m := engine.Mapped[zoho.CustomerPayment]{Keep: true, CreateOnly: true, Nothing: !self.Exists()}
	m.Facts = engine.Facts{Title: "Payment from Zoho Books by " + p.Method, Date: qloapps.Day(p.Added), Currency: p.Currency, Total: p.Amount, Applied: p.Amount}
	if self.Exists() || !p.Stranger {
		return m, nil
	}
	if _, _, err := inScope(p, self, links, r); err != nil {
		return m, err
	}
	return m, fault.New(fault.Held, "import_unknown", "The transaction id «%s» says that this payment of %s %s is payment %s of Zoho Books, but no import has seen that one, so nothing shows that the money stands there.",
		p.TransactionID, money.Words(p.Amount, p.Currency), p.Currency, qloapps.ImportedID(p.TransactionID)).
		Do("Use Import all on the page Payments from Zoho: if the payment stands in Zoho Books, this ends by itself. If it does not, correct the transaction id in QloApps' database and use Retry, and it is sent; or use Skip here.")
}
