package flow

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/settlement"
)

// What was posted of a payment is never reckoned anew: QloApps overwrites the order's rate with every payment, and the
// currencies' own move on, while its rows say the same. So what each share came to is kept with the link.

// postedShares are shares of an order with what they stand as. One whose row was changed since is as its row says: its payment
// is told to have been changed.
func postedShares(shares []qloapps.Share, o *qloapps.Order, links engine.Links) []qloapps.Share {
	shares = slices.Clone(shares)
	for n, s := range shares {
		link := links.Look(Payment, s.PaymentID)
		as, kept := destination.KeptOf(link).Shares[s.ID]
		if !kept || as.In != o.Currency || as.Currency != s.Currency || !as.Amount.Equal(s.Amount) {
			continue
		}
		if link.Exists() && as.Total.IsNegative() && len(doneSteps(link.Done, destination.GiveBackStep)) == 0 { // nothing of it went
			continue
		}
		shares[n].Posted = &qloapps.Posted{Worth: as.Worth, Total: as.Total}
	}
	return shares
}

// asStanding is an order that knows what of its payments stands as what.
func asStanding(o *qloapps.Order, links engine.Links) *qloapps.Order {
	known := *o
	known.Shares = postedShares(o.Shares, o, links)
	if slices.ContainsFunc(known.Shares, func(s qloapps.Share) bool { return s.Posted != nil && s.Currency != o.Currency }) {
		known.Check()
	}
	return &known
}

// knowingPosted is a payment with its orders as they stand.
func knowingPosted(p qloapps.Payment, me engine.Link, links engine.Links) qloapps.Payment {
	links = self{links, ref(Payment, p.ID), me}
	p.Orders, p.Shares = maps.Clone(p.Orders), slices.Clone(p.Shares)
	for id, o := range p.Orders {
		p.Orders[id] = asStanding(o, links)
	}
	for n, s := range p.Shares {
		if o := p.Orders[s.OrderID]; o != nil {
			p.Shares[n] = postedShares([]qloapps.Share{s}, o, links)[0]
		}
	}
	return p
}

// keepsShares is what is kept of a payment's shares from when it stands.
func keepsShares(parts []settlement.Part) json.RawMessage {
	shares := map[string]destination.PostedShare{}
	for _, x := range parts {
		shares[x.Share.ID] = destination.PostedShare{Currency: x.Share.Currency, Amount: x.Share.Amount, In: x.Order.Currency, Worth: x.Worth, Total: x.Amount}
	}
	raw, _ := json.Marshal(map[string]any{"shares": shares})
	return raw
}

// beyondPosted is what a payment stands as beside its shares.
func beyondPosted(link engine.Link) money.Decimal {
	rest := link.Total
	for _, as := range destination.KeptOf(link).Shares {
		rest = rest.Sub(as.Total)
	}
	return rest
}
