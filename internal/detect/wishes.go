package detect

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// wishes are what the switches let a tick queue. Masters come first, as documents need them.
func wishes(all settings.All, sections map[string]bool) []store.Wish {
	var list []store.Wish
	for _, m := range masters(all) {
		if sections[m.section] {
			list = append(list, master(m.flow, m.auto)...)
		}
	}
	if !sections["orders"] {
		return list
	}
	o := all.Orders
	for _, f := range []struct {
		flow string
		on   bool
	}{
		{"sales_order", o.AutoSyncNewOrders}, {"invoice", o.AutoSyncNewInvoices}, {"payment", o.AutoSyncNewPayments},
		{"credit_note", o.AutoSyncCreditNotes}, {"refund", o.AutoSyncCreditNotes}, {"cancellation", o.AutoUpdateOrders},
	} {
		if f.on {
			list = append(list, store.Wish{Flow: f.flow, News: store.NewsContent, InScope: true})
		}
		if o.AutoUpdateOrders {
			list = append(list, store.Wish{Flow: f.flow, Linked: true, News: store.NewsContent})
		}
	}
	return list
}

// mastered is a section of masters with its switches.
type mastered struct {
	section, flow string
	auto          settings.Auto
}

func masters(all settings.All) []mastered {
	return []mastered{{"currencies", "currency", all.Currencies.Auto}, {"hotels", "hotel", all.Hotels.Auto}, {"room-types", "room_type", all.RoomTypes},
		{"service-products", "service_product", all.ServiceProducts}, {"customers", "customer", all.Customers.Auto}}
}

// retiring notes, once when a switch that retires masters is found to be on, which of them were disabled
// before and stand active. What is disabled later is news by itself.
func (p *pass) retiring(ctx context.Context) error {
	for _, m := range masters(p.all) {
		name, is := "retires:"+m.section, ""
		if p.sections[m.section] && m.auto.AutoDelete {
			is = "1"
		}
		was, err := p.Store.Mark(ctx, name)
		if err != nil {
			return err
		}
		if was == is {
			continue
		}
		if is != "" {
			if err := p.Store.RetireLate(ctx, m.section); err != nil {
				return err
			}
		}
		if err := p.Store.SetMark(ctx, name, is); err != nil {
			return err
		}
	}
	return nil
}

func master(flow string, auto settings.Auto) []store.Wish {
	var list []store.Wish
	if auto.AutoSyncNew {
		list = append(list, store.Wish{Flow: flow, News: store.NewsContent, InScope: true})
	}
	switch {
	case auto.AutoUpdate && auto.AutoDelete:
		list = append(list, store.Wish{Flow: flow, Linked: true, News: store.NewsContent | store.NewsState})
	case auto.AutoUpdate:
		list = append(list, store.Wish{Flow: flow, Linked: true, News: store.NewsContent, KeepState: true})
	case auto.AutoDelete:
		list = append(list, store.Wish{Flow: flow, Linked: true, News: store.NewsState, KeepContent: true})
	}
	return list
}

// chosen are what the daily pass queues: everything unsent or changed of the kinds that are on.
func chosen(all settings.All, sections map[string]bool) []store.Wish {
	if all.Orders.ExportFromDate == nil { // refused by validation; without a date nothing is in its scope
		return nil
	}
	var list []store.Wish
	add := func(on bool, section string, flows ...string) {
		for _, flow := range flows {
			if on && sections[section] {
				list = append(list, store.Wish{Flow: flow, From: *all.Orders.ExportFromDate},
					store.Wish{Flow: flow, Linked: true, News: store.NewsContent | store.NewsState, From: *all.Orders.ExportFromDate})
			}
		}
	}
	s := all.Schedule
	add(s.Customers, "customers", "customer")
	add(s.Invoices, "orders", "sales_order", "invoice", "cancellation")
	add(s.CreditNotes, "orders", "credit_note", "refund")
	add(s.Payments, "orders", "payment")
	return list
}

// queue takes the wishes, unless the brakes stop them all.
func (p *pass) queue(ctx context.Context) error {
	list, lane := wishes(p.all, p.sections), store.Live
	if p.daily {
		list, lane = chosen(p.all, p.sections), store.History
	}
	if !p.at.Queues {
		stop, err := p.brake(ctx, list)
		if err != nil || stop {
			return err
		}
		p.at.Queues = true
		if err := p.save(); err != nil {
			return err
		}
	}
	for ; p.at.Wish < len(list); p.at.Wish, p.at.After = p.at.Wish+1, 0 {
		for {
			next, err := p.Store.TakeWish(ctx, p.run.ID, list[p.at.Wish], lane, p.at.After, page)
			if err != nil {
				return err
			}
			p.at.After = next
			if err := p.save(); err != nil {
				return err
			}
			if next == 0 {
				break
			}
		}
	}
	return nil
}

// brake measures what is wanted. While another run already waits for a person's word, a further
// one of the same cause ends without queueing.
func (p *pass) brake(ctx context.Context, list []store.Wish) (stop bool, err error) {
	if p.run.Released {
		return false, nil
	}
	m, err := p.Store.MeasureWishes(ctx, list)
	if err != nil {
		return false, err
	}
	b := Exceeded(m, p.all.Limits)
	if b == nil {
		return false, nil
	}
	if waits, err := p.Store.Waiting(ctx, p.run.Kind); err != nil || waits {
		return true, err
	}
	return true, &store.Braked{Brake: *b}
}

// Exceeded is the first limit that something would exceed; nil = none.
func Exceeded(m store.Measure, l settings.Limits) *store.Brake {
	brake := func(limit, allowed, wanted string) *store.Brake {
		return &store.Brake{Limit: limit, Allowed: allowed, Wanted: wanted, Sample: append([]string{}, m.Sample...)}
	}
	switch {
	case l.BrakeMaxVoids != nil && m.Voids > *l.BrakeMaxVoids:
		return brake("brake_max_voids", fmt.Sprint(*l.BrakeMaxVoids), fmt.Sprint(m.Voids))
	case l.BrakeMaxRecords != nil && m.Records > *l.BrakeMaxRecords:
		return brake("brake_max_records", fmt.Sprint(*l.BrakeMaxRecords), fmt.Sprint(m.Records))
	case l.BrakeMaxAmount != nil && m.Amount.GreaterThan(*l.BrakeMaxAmount):
		return brake("brake_max_amount", l.BrakeMaxAmount.StringFixed(2), m.Amount.StringFixed(2))
	}
	return nil
}
