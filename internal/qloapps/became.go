package qloapps

import (
	"context"
	"sort"
	"strings"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Marks that QloApps itself writes where otherwise stands how money was given back; it translates
// neither. They are no methods: nothing left the house.
const (
	MarkUnpaid  = "Unpaid by customer" // an unpaid booking was given back
	MarkVoucher = "Voucher"            // the guest got a voucher
)

// MethodOfMoney reports that a text of order_return.payment_mode tells how money was given back.
func MethodOfMoney(mode string) bool {
	return strings.TrimSpace(mode) != "" && mode != MarkUnpaid && mode != MarkVoucher
}

// MoneyLeft reports that a refund request gave money back.
func (r Return) MoneyLeft() bool { return r.Amount.IsPositive() && MethodOfMoney(r.PaymentMode) }

// Became is what a refund request became, of which accounting knows five things.
type Became string

// What a refund request became. Contradicts is everything that QloApps' own pages do not write.
const (
	BecameNothing Became = "nothing"     // no document of its own: denied, pending, nothing given back, a voucher, or a slip that keeps its credit
	BecameSlip    Became = "slip_repaid" // its slip is a credit note whose amount was given back in money
	BecameMoney   Became = "money_alone" // money was given back with neither slip nor voucher
	Contradicts   Became = "contradicts"
)

// Contrary says why rows about given back money cannot all be true.
type Contrary string

// Why a request contradicts itself.
const (
	BothMoneyAndVoucher Contrary = "money_and_voucher" // one request gave money and a voucher
	SlipTurnedVoucher   Contrary = "slip_turned"       // its slip was given back and turned into a voucher as well
	NotFinished         Contrary = "not_finished"      // denied or pending, yet it names how money was given back
	NoSlip              Contrary = "no_slip"           // it names a slip that is not to be found
	SeveralSlips        Contrary = "several_slips"     // more than one slip fits it
	SlipBeside          Contrary = "slip_beside"       // it names no slip, but one over the same lies beside it
	UnknownKind         Contrary = "unknown_kind"      // of no kind that QloApps has
	RepaidTwice         Contrary = "repaid_twice"      // two requests gave the money of one slip back
)

// Becomes reads a refund request from all of its fields together, as each of them by itself proves
// nothing. QloApps sets them independently of each other.
func (r Return) Becomes() (Became, Contrary) {
	money := r.MoneyLeft()
	switch {
	case r.Denied || !r.Refunded:
		if money {
			return Contradicts, NotFinished
		}
		return BecameNothing, ""
	case r.Amount.IsNegative() && MethodOfMoney(r.PaymentMode): // money that came back with a request of giving it
		return Contradicts, UnknownKind
	case r.Kind == ReturnVoucher && money:
		return Contradicts, BothMoneyAndVoucher
	case r.Kind == ReturnVoucher:
		return BecameNothing, ""
	case r.Kind == ReturnSlip && money && r.SlipID == "":
		return Contradicts, r.Doubt
	case r.Kind == ReturnSlip && money && r.SlipTurned:
		return Contradicts, SlipTurnedVoucher
	case r.Kind == ReturnSlip && money:
		return BecameSlip, ""
	case r.Kind == ReturnSlip:
		return BecameNothing, ""
	case r.Kind != ReturnNone && r.Amount.IsPositive():
		return Contradicts, UnknownKind
	case money && r.Doubt == SlipBeside:
		return Contradicts, SlipBeside
	case money:
		return BecameMoney, ""
	default:
		return BecameNothing, ""
	}
}

// Kinds of refund requests: order_return.return_type.
const (
	ReturnNone    = 0
	ReturnVoucher = 1
	ReturnSlip    = 2
)

// narrow is what order_return.id_return_type stores of every id that it cannot hold: a tinyint.
const narrow = "255"

// slipRow is a credit slip as its order shows it.
type slipRow struct {
	ID, IDOrder  string
	IDCustomer   string
	Incl, Amount money.Decimal
	Turned       bool
	over         string // what it is over: its details, in order
}

func (b *orderBatch) slips(ctx context.Context, ids []string) error {
	var rows []slipRow
	err := b.query(ctx, &rows, "SELECT id_order_slip id, id_order, id_customer, COALESCE(total_products_tax_incl, amount) incl, amount, redeem_status = 2 turned FROM {p}order_slip WHERE id_order IN ? ORDER BY id_order_slip", ids)
	for _, x := range rows {
		if o := b.orders[x.IDOrder]; o != nil {
			o.alsoOf(x.IDCustomer)
			o.SlipIDs = append(o.SlipIDs, x.ID)
			if x.Turned {
				o.TurnedSlips = append(o.TurnedSlips, x.ID)
			}
			o.slips = append(o.slips, x)
			o.Slipped = o.Slipped.Add(x.Incl)
		}
	}
	return err
}

// namedSlips ties refund requests to the slips they were turned into. The column that names the
// slip is a tinyint: from the 256th slip on it reads 255, and then the slip is found by its order,
// by what it is over and by its amount.
func (b *orderBatch) namedSlips(ctx context.Context, ids []string) error {
	var asked, slips []string
	var doubtful []*Order
	for _, id := range ids {
		o := b.orders[id]
		if o == nil || len(o.Returns) == 0 {
			continue
		}
		if o.nameSlips() {
			continue
		}
		doubtful = append(doubtful, o)
		for _, ret := range o.Returns {
			asked = append(asked, ret.ID)
		}
		slips = append(slips, o.SlipIDs...)
	}
	if len(doubtful) == 0 {
		return nil
	}
	over, err := b.returnedOver(ctx, asked)
	if err != nil {
		return err
	}
	of, err := b.slippedOver(ctx, slips)
	if err != nil {
		return err
	}
	for _, o := range doubtful {
		for i := range o.slips {
			o.slips[i].over = of[o.slips[i].ID]
		}
		o.findSlips(over)
	}
	return nil
}

// nameSlips believes what the column can say: an id below the narrow one, of a slip of this order.
// It tells whether nothing is left to be found.
func (o *Order) nameSlips() (all bool) {
	all = true
	for i := range o.Returns {
		ret := &o.Returns[i]
		s := o.slipOf(ret.made)
		switch {
		case ret.Kind == ReturnSlip && ret.made != narrow && s != nil:
			ret.SlipID, ret.SlipTurned = s.ID, s.Turned
		case ret.Kind == ReturnSlip, ret.Kind == ReturnNone && ret.MoneyLeft() && len(o.slips) > 0:
			all = false
		}
	}
	return all
}

func (o *Order) slipOf(id string) *slipRow {
	for i := range o.slips {
		if o.slips[i].ID == id {
			return &o.slips[i]
		}
	}
	return nil
}

// findSlips looks for the slips that requests do not name; over tells what each request is over.
func (o *Order) findSlips(over map[string]string) {
	taken := map[string]bool{}
	for _, ret := range o.Returns {
		taken[ret.SlipID] = true
	}
	for i := range o.Returns {
		ret := &o.Returns[i]
		if ret.SlipID != "" || ret.Kind != ReturnSlip && ret.Kind != ReturnNone {
			continue
		}
		var fit []*slipRow
		for j := range o.slips {
			s := &o.slips[j]
			if !taken[s.ID] && s.over == over[ret.ID] && s.Incl.Sub(ret.Amount).Abs().LessThanOrEqual(money.Unit(2)) {
				fit = append(fit, s)
			}
		}
		switch {
		case ret.Kind == ReturnNone:
			for _, s := range fit {
				ret.Doubt, ret.Beside = SlipBeside, append(ret.Beside, s.ID)
			}
		case len(fit) == 1:
			ret.SlipID, ret.SlipTurned = fit[0].ID, fit[0].Turned
			taken[fit[0].ID] = true
		default:
			ret.Doubt = SeveralSlips
			if len(fit) == 0 {
				ret.Doubt = NoSlip
				fit = o.untaken(taken)
			}
			for _, s := range fit {
				ret.Doubtful = append(ret.Doubtful, s.ID)
			}
		}
	}
}

func (o *Order) untaken(taken map[string]bool) (list []*slipRow) {
	for i := range o.slips {
		if !taken[o.slips[i].ID] {
			list = append(list, &o.slips[i])
		}
	}
	return list
}

// Repaid is the request in which a slip's amount was given back in money. contrary says that the
// requests which concern the slip cannot all be true, or that it cannot be told which slip one means.
func (o *Order) Repaid(slipID string) (ret Return, found bool, contrary Contrary) {
	for _, r := range o.Returns {
		if r.SlipID != slipID && !contains(r.Doubtful, slipID) {
			continue
		}
		switch became, why := r.Becomes(); {
		case became == Contradicts:
			return r, false, why
		case became == BecameSlip && found:
			return r, false, RepaidTwice
		case became == BecameSlip:
			ret, found = r, true
		}
	}
	return ret, found, ""
}

// Concerns tells that a request is about a slip: it was turned into that one, may have been, or is about to be.
func (r Return) Concerns(slipID string) bool {
	return r.SlipID == slipID || contains(r.Doubtful, slipID) || contains(r.Beside, slipID)
}

// returnedOver names what requests are over: booking, service and order line of each part.
func (r *Reader) returnedOver(ctx context.Context, ids []string) (map[string]string, error) {
	return r.over(ctx, "order_return_detail", "id_order_return", ids)
}

func (r *Reader) slippedOver(ctx context.Context, ids []string) (map[string]string, error) {
	return r.over(ctx, "order_slip_detail", "id_order_slip", ids)
}

func (r *Reader) over(ctx context.Context, table, key string, ids []string) (map[string]string, error) {
	service, done := "0", ""
	if r.has(table + ".id_service_product_order_detail") {
		service = "COALESCE(id_service_product_order_detail, 0)"
	}
	if table == "order_return_detail" { // a part that was refused is in no slip
		done = " AND (id_customization = 1 OR refunded_amount > 0)"
	}
	parts := map[string][]string{}
	err := chunk(ids, func(ids []string) error {
		var rows []struct{ ID, Part string }
		err := r.query(ctx, &rows, "SELECT "+key+" id, CONCAT_WS('/', id_order_detail, COALESCE(id_htl_booking, 0), "+service+") part FROM {p}"+table+" WHERE "+key+" IN ?"+done, ids)
		for _, x := range rows {
			parts[x.ID] = append(parts[x.ID], x.Part)
		}
		return err
	})
	out := map[string]string{}
	for id, list := range parts {
		sort.Strings(list)
		out[id] = strings.Join(list, " ")
	}
	return out, err
}
