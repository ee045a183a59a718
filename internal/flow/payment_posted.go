package flow

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settlement"
	"github.com/qlobooks/qlobooks/internal/zoho"
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
		if !kept {
			shares[n].Posted = partOfWhatStands(s, o, link)
			continue
		}
		if as.In != o.Currency || as.Currency != s.Currency || !as.Amount.Equal(s.Amount) {
			continue
		}
		if link.Exists() && as.Total.IsNegative() && len(doneSteps(link.Done, destination.GiveBackStep)) == 0 { // nothing of it went
			continue
		}
		shares[n].Posted = &qloapps.Posted{Worth: as.Worth, Total: as.Total}
	}
	return shares
}

// partOfWhatStands is a share of a payment that an earlier version posted, which kept only what the whole came to: its part of
// that, by what QloApps says of both. nil where nothing stands, or what stands tells it otherwise.
func partOfWhatStands(s qloapps.Share, o *qloapps.Order, link engine.Link) *qloapps.Posted {
	whole := standsOver(link)
	if !link.Exists() || s.Currency == o.Currency || otherCurrency(o, link) || s.Whole.Sign() != s.Amount.Sign() || whole.Sign() != s.Amount.Sign() {
		return nil
	}
	if s.Amount.IsPositive() && s.Amount.Equal(s.Whole) {
		return nil
	}
	part := money.RoundHalfUp(whole.Mul(s.Amount).Div(s.Whole), zoho.CurrencyOf(o.Currency).Precision)
	return &qloapps.Posted{Worth: part, Total: part}
}

// standsOver is what of a payment stands in all. What went back stands as it went, or is about to, step by step: what was
// noted beside that may have been reckoned since.
func standsOver(link engine.Link) money.Decimal {
	if steps, back := stepsDone(slices.Concat(link.Done, pending(link)), destination.GiveBackStep); len(steps) > 0 {
		return back.Neg()
	}
	return link.Total
}

// pending are the steps of a link that were not taken yet.
func pending(link engine.Link) []string {
	return slices.DeleteFunc(slices.Clone(link.Steps), func(name string) bool { return slices.Contains(link.Done, name) })
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
func knowingPosted(p qloapps.Payment, me engine.Link, links engine.Links, r *rules.Rules) qloapps.Payment {
	links = self{links, ref(Payment, p.ID), me}
	p.Orders, p.Shares = maps.Clone(p.Orders), slices.Clone(p.Shares)
	stands := p.Amount // without what is left out
	for _, s := range p.Shares {
		if o := p.Orders[s.OrderID]; o != nil && skippedHotel(o.HotelID, o.HotelName, r) != nil {
			stands = stands.Sub(s.Amount)
		}
	}
	for id, o := range p.Orders {
		own := *o
		own.Shares = slices.Clone(o.Shares)
		for n, s := range own.Shares {
			if s.PaymentID == p.ID {
				own.Shares[n].Whole = stands
			}
		}
		p.Orders[id] = asStanding(&own, links)
	}
	for n, s := range p.Shares {
		s.Whole = stands
		if o := p.Orders[s.OrderID]; o != nil {
			s = postedShares([]qloapps.Share{s}, o, links)[0]
		}
		p.Shares[n] = s
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
