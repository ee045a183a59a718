package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/sample"
)

// deed is what the hotel's staff, or somebody in Zoho Books, does later, when documents stand or
// are under way.
type deed struct {
	order   int      // that must have been queued before
	wants   []string // keys of documents that must stand before; none = at once
	section string   // where what it changed is synchronized; "" = by an import of payments
	id      string   // of the record that it changed
	back    bool     // money goes back by it
	do      func(ctx context.Context) error
}

// plot lists the deeds of all lives. Guests and room types have a fate besides.
func (t *trial) plot() []*deed {
	desk := sample.Desk{DB: t.hotel, Prefix: prefix, Now: point.Fast(t.o.Speed, t.since)}
	var deeds []*deed
	guests, rooms := map[int]bool{}, map[int]bool{}
	for _, o := range t.orders {
		if o.Life == sample.PaidThere {
			t.payers[o.Guest] = true
		}
	}
	for i, o := range t.orders {
		id := fmt.Sprint(o.ID)
		invoice, payment := "invoice:"+id, "payment:"+id
		add := func(do func(ctx context.Context, order string) error, wants ...string) {
			// Half of what happens to guests who leave and in rooms that are closed happens after that.
			if o.Currency == "USD" && t.guestFate(o.Guest) == leaves && i%2 == 0 {
				wants = append(wants, fmt.Sprintf("customer:%d disabled", o.Guest))
			}
			if fateOf(o.Product) == leaves && i%2 == 1 {
				wants = append(wants, fmt.Sprintf("room_type:%d disabled", o.Product))
			}
			deeds = append(deeds, &deed{order: i, wants: wants, section: "orders", id: id,
				back: o.Life == sample.Wired || o.Life == sample.Returned || o.Life == sample.CashBack, do: func(ctx context.Context) error { return do(ctx, id) }})
		}
		// The guest's and the room type's deed come first, so that what happens to the order later may
		// meet an inactive contact or item.
		if guest, fate := fmt.Sprint(o.Guest), t.guestFate(o.Guest); fate != stays && !guests[o.Guest] && o.Currency == "USD" {
			guests[o.Guest] = true
			do := func(ctx context.Context) error { return desk.Rename(ctx, guest, renamed) }
			if fate == leaves {
				do = func(ctx context.Context) error { return desk.Forget(ctx, guest) }
			}
			deeds = append(deeds, &deed{order: i, wants: []string{"customer:" + guest, "sales_order:" + id}, section: "customers", id: guest, do: do})
		}
		if product, fate := fmt.Sprint(o.Product), fateOf(o.Product); fate != stays && !rooms[o.Product] {
			rooms[o.Product] = true
			do := func(ctx context.Context) error { return desk.RenameRoomType(ctx, product, renamed+" "+product) }
			if fate == leaves {
				do = func(ctx context.Context) error { return desk.CloseRoomType(ctx, product) }
			}
			deeds = append(deeds, &deed{order: i, wants: []string{"room_type:" + product, "sales_order:" + id}, section: "room-types", id: product, do: do})
		}
		switch o.Life {
		case sample.Edited:
			excl, incl := dearer(o)
			reprice := func(ctx context.Context, order string) error {
				return desk.Reprice(ctx, order, excl.String(), incl.String())
			}
			if i%2 == 0 {
				add(reprice, invoice)
			} else {
				add(reprice) // while it is being posted, most likely
			}
		case sample.Voided, sample.Credited:
			add(desk.Cancel, invoice)
		case sample.Withdrawn:
			add(desk.Cancel, "sales_order:"+id)
		case sample.Deposit:
			add(desk.Invoice, payment)
		case sample.Wired:
			add(desk.RefundInCash, invoice, payment)
		case sample.HalfPaid, sample.Kept:
			add(desk.Refund, invoice, payment)
		case sample.Returned:
			add(desk.Return, invoice, payment)
		case sample.CashBack:
			add(desk.CashBack, invoice, payment)
		case sample.PaidThere:
			deeds = append(deeds, &deed{order: i, wants: []string{invoice}, id: id, do: func(ctx context.Context) error { return t.payThere(ctx, o) }})
		}
	}
	return deeds
}

// What becomes of guests and room types.
type fate int

const (
	stays fate = iota
	changes
	leaves
)

const renamed = "Renamed"

func fateOf(id int) fate {
	switch id % 10 {
	case 3:
		return changes
	case 7:
		return leaves
	default:
		return stays
	}
}

// guestFate spares those who pay in Zoho Books, where nobody pays as an inactive contact.
func (t *trial) guestFate(id int) fate {
	if t.payers[id] {
		return stays
	}
	return fateOf(id)
}

// payThere records a payment of an invoice in Zoho Books by hand.
func (t *trial) payThere(ctx context.Context, o sample.Lived) error {
	t.mu.Lock()
	done := t.there[o.ID] != ""
	t.mu.Unlock()
	if done {
		return nil
	}
	var contact, invoice string
	query := "SELECT (SELECT zoho_id FROM qlobooks_documents WHERE flow = 'customer' AND source_id = ?), (SELECT zoho_id FROM qlobooks_documents WHERE flow = 'invoice' AND source_id = ?)"
	if err := t.hotel.QueryRowContext(ctx, query, strings.TrimPrefix(contactKey(o), "customer:"), fmt.Sprint(o.ID)).Scan(&contact, &invoice); err != nil {
		return err
	}
	body := fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Bank Transfer","date":%q,"amount":%s,"invoices":[{"invoice_id":%q,"amount_applied":%s}]}`, contact, time.Now().Format(time.DateOnly), o.Total, invoice, o.Total)
	var made struct{ ID string }
	err := t.ask(ctx, http.MethodPost, "/sandbox/records", map[string]any{"module": "customerpayments", "body": json.RawMessage(body)}, &made)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.there[o.ID] = made.ID
	return err
}

// ready takes up to n deeds whose time has come; all of them with n < 0.
func (t *trial) ready(ctx context.Context, n int) ([]*deed, error) {
	stand := map[string]bool{}
	err := patiently(ctx, 30*time.Second, func() error {
		rows, err := t.hotel.QueryContext(ctx, "SELECT CONCAT(flow, ':', source_id, IF(status = 'disabled', ' disabled', '')) FROM qlobooks_documents WHERE zoho_id <> '' AND status IN ('synced', 'disabled')")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			if err := rows.Scan(&key); err != nil {
				return err
			}
			stand[key] = true
			stand[strings.TrimSuffix(key, " disabled")] = true
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var taken, left []*deed
	for _, d := range t.deeds {
		met := d.order < t.queued
		for _, key := range d.wants {
			met = met && stand[key]
		}
		if met && (n < 0 || len(taken) < n) && !t.spared(d, n < 0) {
			taken = append(taken, d)
		} else {
			left = append(left, d)
		}
	}
	t.deeds = left
	return taken, nil
}

// goOn does deeds whose time has come, and has what they changed brought to Zoho Books: as a person
// asks for it, or as a tick finds it.
func (t *trial) goOn(ctx context.Context, n int, byTick bool) error {
	deeds, err := t.ready(ctx, n)
	if err != nil || len(deeds) == 0 && !byTick {
		return err
	}
	ids, paidThere := map[string][]string{}, false
	for _, d := range deeds {
		if err := t.act(ctx, d); err != nil {
			return fmt.Errorf("%s %s: %w", d.section, d.id, err)
		}
		if d.section == "" {
			paidThere = true
		} else {
			ids[d.section] = append(ids[d.section], d.id)
		}
	}
	t.mu.Lock()
	t.report.Later += len(deeds)
	t.mu.Unlock()
	if paidThere {
		if err := t.wish(ctx, "/payments/import", map[string]any{"scope": "all"}); err != nil {
			return err
		}
	}
	if byTick {
		return t.wish(ctx, "/schedule/run", map[string]any{"kind": "tick"})
	}
	for section, list := range ids {
		if err := t.wish(ctx, "/records/"+section+"/sync", map[string]any{"ids": list, "confirm": true}); err != nil {
			return err
		}
	}
	return nil
}

// act does one deed while the database server may be away. A deed that cannot be done any more
// after a lost answer was done.
func (t *trial) act(ctx context.Context, d *deed) error {
	again := false
	return patiently(ctx, 30*time.Second, func() error {
		err := d.do(ctx)
		if again && errors.Is(err, sample.ErrNotNow) {
			return nil
		}
		again = true
		return err
	})
}

// wish asks the product for a run.
func (t *trial) wish(ctx context.Context, path string, in any) error {
	return patiently(ctx, 30*time.Second, func() error { return t.stage.Call(ctx, http.MethodPost, path, in, nil) })
}
