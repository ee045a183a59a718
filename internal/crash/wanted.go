package crash

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// want is how one document must stand in the end.
type want struct {
	life     sample.Life
	contact  string // key of the contact
	currency string
	total    decimal.Decimal
	open     decimal.Decimal   // of an invoice its balance, of a payment or credit note what is unused
	settles  map[string]string // of a payment or credit note: key of the invoice → amount
	refunds  map[string]string // of a payment or credit note: reference → amount
	statuses []string          // in the books; none = any
	name     string            // of a master
	ours     string            // our own state of it; "" = synced
}

// hotelRows are what the hotel's rows became: ids by order.
type hotelRows struct {
	invoice, slip, ret map[int]string
	back               map[int]string    // negative payments
	there              map[int][]string  // payments that came from Zoho Books
	paid               map[int]string    // total_paid_real
	standsAs           map[string]string // our key of a payment → key, or id, of what it stands as
}

func (t *trial) hotelRows(ctx context.Context) (hotelRows, error) {
	h := hotelRows{invoice: map[int]string{}, slip: map[int]string{}, ret: map[int]string{}, back: map[int]string{}, there: map[int][]string{}, paid: map[int]string{}, standsAs: map[string]string{}}
	read := func(query string, take func(order int, id, other string)) error {
		rows, err := t.hotel.QueryContext(ctx, strings.ReplaceAll(query, "{p}", prefix), firstID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var order int
			var id, other string
			if err := rows.Scan(&order, &id, &other); err != nil {
				return err
			}
			take(order, id, other)
		}
		return rows.Err()
	}
	into := func(m map[int]string) func(order int, id, other string) {
		return func(order int, id, _ string) { m[order] = id }
	}
	for query, take := range map[string]func(order int, id, other string){
		"SELECT id_order, id_order_invoice, '' FROM {p}order_invoice WHERE id_order >= ?": into(h.invoice),
		"SELECT id_order, id_order_slip, '' FROM {p}order_slip WHERE id_order >= ?":       into(h.slip),
		"SELECT id_order, id_order_return, '' FROM {p}order_return WHERE id_order >= ?":   into(h.ret),
		"SELECT id_order, total_paid_real, '' FROM {p}orders WHERE id_order >= ?":         into(h.paid),
		"SELECT d.id_order, p.id_order_payment, IF(p.amount < 0, '', p.transaction_id) FROM {p}order_payment p JOIN {p}order_payment_detail d ON d.id_order_payment = p.id_order_payment " +
			"WHERE d.id_order >= ? AND (p.amount < 0 OR p.transaction_id LIKE 'zoho:%')": func(order int, id, transaction string) {
			if transaction == "" {
				h.back[order] = id
				h.standsAs["payment:"+id] = fmt.Sprintf("payment:%d", order)
				return
			}
			h.there[order] = append(h.there[order], id)
			h.standsAs["payment:"+id] = strings.TrimPrefix(transaction, "zoho:")
		},
	} {
		if err := read(query, take); err != nil {
			return h, err
		}
	}
	return h, nil
}

func contactKey(o sample.Lived) string {
	key := fmt.Sprintf("customer:%d", o.Guest)
	if o.Currency != "USD" {
		key += ":" + o.Currency
	}
	return key
}

// dearer is what an edited order's room costs in the end, without tax and with it.
func dearer(o sample.Lived) (excl, incl decimal.Decimal) {
	incl = o.Total.Add(decimal.RequireFromString("10.40"))
	return incl.Div(decimal.RequireFromString("1.04")).Round(2), incl
}

// wants is every document that must stand, by key.
func (t *trial) wants(rows hotelRows, b standing) map[string]want {
	wants := map[string]want{}
	for _, o := range t.orders {
		t.wantOrder(wants, o, rows, b)
		guest := want{statuses: []string{"active"}, name: "Guest " + sample.Words(o.Guest)}
		switch t.guestFate(o.Guest) {
		case changes:
			if t.knownInDollars(o.Guest) {
				guest.name = "Guest " + renamed
			}
		case leaves:
			if t.knownInDollars(o.Guest) {
				guest.statuses, guest.ours = []string{"inactive"}, "disabled"
			}
		}
		wants[contactKey(o)] = guest
		room := want{statuses: []string{"active"}, name: "Room " + sample.Words(o.Product)}
		switch fateOf(o.Product) {
		case changes:
			room.name = fmt.Sprintf("%s %d", renamed, o.Product)
		case leaves:
			room.statuses, room.ours = []string{"inactive"}, "disabled"
		}
		wants[fmt.Sprintf("room_type:%d", o.Product)] = room
	}
	return wants
}

// knownInDollars reports that a guest has an order in dollars, through which the guest's fate comes.
func (t *trial) knownInDollars(guest int) bool {
	return slices.ContainsFunc(t.orders, func(o sample.Lived) bool { return o.Guest == guest && o.Currency == "USD" })
}

// wantOrder is what the documents of one order must be.
func (t *trial) wantOrder(wants map[string]want, o sample.Lived, rows hotelRows, b standing) {
	base := want{life: o.Life, contact: contactKey(o), currency: o.Currency, total: o.Total}
	half, none := o.Half(), decimal.Zero
	invoice := "invoice:" + rows.invoice[o.ID]
	payment := fmt.Sprintf("payment:%d", o.ID)
	doc := func(key string, total, open decimal.Decimal, change func(w *want)) {
		w := base
		w.total, w.open = total, open
		if change != nil {
			change(&w)
		}
		wants[key] = w
	}
	settles := func(key string, amount decimal.Decimal) func(w *want) {
		return func(w *want) {
			if amount.IsPositive() {
				w.settles = map[string]string{key: amount.String()}
			}
		}
	}
	refunded := func(reference string, amount decimal.Decimal) func(w *want) {
		return func(w *want) { w.refunds = map[string]string{reference: amount.String()} }
	}
	status := func(ours string, list ...string) func(w *want) {
		return func(w *want) { w.ours, w.statuses = ours, list }
	}
	ordered := status("", "open", "invoiced")
	if o.Life == sample.Withdrawn {
		doc(fmt.Sprintf("sales_order:%d", o.ID), o.Total, none, status("disabled", "void"))
		return
	}
	doc(fmt.Sprintf("sales_order:%d", o.ID), o.Total, none, ordered)
	paid := status("", "paid")
	due := status("", "sent", "overdue", "partially_paid")
	slip := "credit_note:" + rows.slip[o.ID]
	switch o.Life {
	case sample.Edited:
		_, incl := dearer(o)
		doc(invoice, incl, incl, due)
	case sample.Voided, sample.Credited:
		cancellation := "cancellation:" + rows.invoice[o.ID]
		if o.Life == sample.Voided && (b.byKey[cancellation].ID == "" || t.thisMonth(o.Date)) {
			doc(invoice, o.Total, none, status("disabled", "void"))
			break
		}
		doc(invoice, o.Total, none, paid)
		doc(cancellation, o.Total, none, settles(invoice, o.Total))
	case sample.Deposit:
		advance := decimal.RequireFromString("50")
		doc(invoice, o.Total, o.Total.Sub(advance), due)
		doc(payment, advance, none, settles(invoice, advance))
	case sample.HalfPaid:
		first := decimal.RequireFromString("40")
		doc(invoice, o.Total, o.Total.Sub(first).Sub(half), due)
		doc(payment, first, none, settles(invoice, first))
		doc(slip, half, none, settles(invoice, half))
	case sample.CashBack:
		back := decimal.RequireFromString("20")
		doc(invoice, o.Total, back, due)
		doc(payment, o.Total, none, func(w *want) {
			settles(invoice, o.Total.Sub(back))(w)
			refunded("payment:"+rows.back[o.ID], back)(w)
		})
	case sample.PaidThere:
		doc(invoice, o.Total, none, paid)
		if len(rows.there[o.ID]) != 1 || !decimal.RequireFromString(rows.paid[o.ID]).Equal(o.Total) {
			t.wrong("order %d was paid in Zoho Books: QloApps has the payments %v and says %s is paid", o.ID, rows.there[o.ID], rows.paid[o.ID])
		}
	case sample.VoucherUsed:
		before := t.orders[o.ID-firstID-1].Total
		doc(invoice, o.Total, none, paid)
		doc(payment, o.Total.Sub(before), none, settles(invoice, o.Total.Sub(before)))
		doc("credit_note:"+rows.slip[o.ID-1], before, none, settles(invoice, before))
	default:
		doc(invoice, o.Total, none, paid)
		doc(payment, o.Total, none, settles(invoice, o.Total))
	}
	switch o.Life {
	case sample.Wired:
		doc(slip, half, none, refunded(slip, half))
	case sample.Kept:
		doc(slip, half, half, nil)
	case sample.Returned:
		doc("refund:"+rows.ret[o.ID], half, none, refunded("refund:"+rows.ret[o.ID], half))
	}
}

// standing is what the books hold.
type standing struct {
	byKey map[string]books.Record
	keys  map[string]string // by id
}

func newStanding(records []books.Record) standing {
	b := standing{map[string]books.Record{}, map[string]string{}}
	for _, r := range records {
		b.byKey[r.Key], b.keys[r.ID] = r, r.Key
	}
	delete(b.byKey, "")
	return b
}

// differs says in what a document is not as wanted.
func (b standing) differs(key string, w want) []string {
	r, ok := b.byKey[key]
	if !ok {
		return []string{"is lost"}
	}
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if len(w.statuses) > 0 && !slices.Contains(w.statuses, r.Status) {
		say("is %s, wanted %v", r.Status, w.statuses)
	}
	if w.name != "" && r.Name != w.name && !strings.HasPrefix(r.Name, w.name+" (") {
		say("is called %q, wanted %q", r.Name, w.name)
	}
	if w.contact == "" {
		return wrong
	}
	if !r.Total.Equal(w.total) || r.Currency != w.currency {
		say("comes to %s %s, wanted %s %s", r.Total, r.Currency, w.total, w.currency)
	}
	if contact := b.byKey[w.contact]; r.Contact != contact.Name || contact.ID == "" {
		say("is posted on %q, wanted %q", r.Contact, contact.Name)
	}
	if r.Module != "salesorders" && r.Status != "void" && !r.Balance.Equal(w.open) {
		say("has %s open, wanted %s", r.Balance, w.open)
	}
	settled := map[string]string{}
	for id, amount := range r.Applied {
		settled[b.keys[id]] = amount
	}
	if !same(settled, w.settles) {
		say("settles %v, wanted %v", settled, w.settles)
	}
	refunds := map[string]string{}
	for _, f := range r.Refunds {
		if _, twice := refunds[f.Reference]; twice {
			say("was refunded twice for %s", f.Reference)
		}
		refunds[f.Reference] = f.Amount.String()
	}
	if !same(refunds, w.refunds) {
		say("was refunded %v, wanted %v", refunds, w.refunds)
	}
	return wrong
}

// same compares amounts by name.
func same(have, want map[string]string) bool {
	if len(have) != len(want) {
		return false
	}
	for name, amount := range want {
		got, ok := have[name]
		if !ok || !decimal.RequireFromString(amount).Equal(decimal.RequireFromString(got)) {
			return false
		}
	}
	return true
}

// thisMonth reports that a day lay in the hotel's month for the whole trial.
func (t *trial) thisMonth(day string) bool {
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		return false
	}
	return t.since.In(zone).Format("2006-01") == day[:7] && point.Fast(t.o.Speed, t.since)().In(zone).Format("2006-01") == day[:7]
}
