package qloapps

import (
	"context"
	"regexp"
	"strings"

	"github.com/qlobooks/qlobooks/internal/money"
)

// discounts are the cart rules used on orders. One whose rule was made from a credit slip, or is
// what was left of such a rule, names the slip.
func (b *orderBatch) discounts(ctx context.Context, ids []string) error {
	var rows []struct {
		ID, IDOrder, IDCartRule, Name string
		IDOrderInvoice                *string
		Value, ValueTaxExcl           money.Decimal
		ReductionProduct, Code        *string
		Gone                          bool
	}
	optional := func(column, expression string) string {
		if b.has("cart_rule." + column) {
			return expression
		}
		return "NULL"
	}
	err := b.query(ctx, &rows, "SELECT r.id_order_cart_rule id, r.id_order, r.id_cart_rule, r.name, r.id_order_invoice, r.value, r.value_tax_excl, "+
		optional("reduction_product", "NULLIF(c.reduction_product, 0)")+" reduction_product, "+optional("code", "c.code")+" code, r.id_cart_rule > 0 AND c.id_cart_rule IS NULL gone "+
		"FROM {p}order_cart_rule r LEFT JOIN {p}cart_rule c ON c.id_cart_rule = r.id_cart_rule WHERE r.id_order IN ? ORDER BY r.id_order_cart_rule", ids)
	if err != nil {
		return err
	}
	rules := make([]string, 0, len(rows))
	for _, x := range rows {
		rules = append(rules, x.IDCartRule)
	}
	slips, err := b.slipsOfRules(ctx, rules)
	if err != nil {
		return err
	}
	coded, err := b.slipsOfCodes(ctx, func(each func(code string)) {
		for _, x := range rows {
			if slips[x.IDCartRule] == "" {
				each(deref(x.Code))
			}
		}
	})
	if err != nil {
		return err
	}
	named := map[string]string{} // the slips of which discounts were made whose code tells none, by the discount
	for _, x := range rows {
		if code := deref(x.Code); slips[x.IDCartRule] == "" && coded[code] == "" && !leftOver.MatchString(code) {
			if slip := slipNamed(x.Name, b.shop); slip != "" {
				named[x.ID] = slip
			}
		}
	}
	stand, err := b.turned(ctx, values(named))
	if err != nil {
		return err
	}
	for _, x := range rows {
		if o := b.orders[x.IDOrder]; o != nil {
			d := Discount{ID: x.ID, CartRuleID: x.IDCartRule, Name: x.Name, InvoiceID: noZero(deref(x.IDOrderInvoice)), Excl: x.ValueTaxExcl, Incl: x.Value,
				ProductID: deref(x.ReductionProduct), FromSlip: slips[x.IDCartRule]}
			if left := leftOver.FindStringSubmatch(deref(x.Code)); d.FromSlip == "" && left != nil {
				d.FromSlip = left[1]
			}
			if slip := coded[deref(x.Code)]; d.FromSlip == "" {
				d.FromSlip = slip
			}
			if slip := named[x.ID]; slip != "" && stand[slip] {
				d.FromSlip = slip
			} else if slip != "" {
				d.Untraced = true
			}
			o.Discounts = append(o.Discounts, d)
		}
	}
	return b.slipsOfVouchers(ctx)
}

// slipsOfRules gives the first slip that was turned into each of some cart rules. The table of slips has no
// key by rule, so that it is gone through once for all of them.
func (r *Reader) slipsOfRules(ctx context.Context, rules []string) (map[string]string, error) {
	slips := map[string]string{}
	if len(rules) == 0 {
		return slips, nil
	}
	var rows []struct{ Rule, Slip string }
	err := r.query(ctx, &rows, "SELECT id_cart_rule rule, MIN(id_order_slip) slip FROM {p}order_slip WHERE redeem_status = 2 AND id_cart_rule > 0 AND id_cart_rule IN ? GROUP BY id_cart_rule", rules)
	for _, x := range rows {
		slips[x.Rule] = x.Slip
	}
	return slips, err
}

// counted is the count at the end of the code of what is left of a voucher.
var counted = regexp.MustCompile(`-\d{1,2}$`)

// slipsOfCodes gives the slips of which vouchers are left over whose codes staff chose: such a code is that of a voucher
// made from a slip, and counts. A code that several slips' vouchers have tells none.
func (b *orderBatch) slipsOfCodes(ctx context.Context, codes func(func(code string))) (map[string]string, error) {
	slips, bases := map[string]string{}, map[string][]string{} // bases: what a code may be counted from, the nearest first
	var all []string
	codes(func(code string) {
		if leftOver.MatchString(code) || bases[code] != nil {
			return
		}
		for base := code; counted.MatchString(base); {
			base = counted.ReplaceAllString(base, "")
			bases[code], all = append(bases[code], base), append(all, base)
		}
	})
	if len(all) == 0 {
		return slips, nil
	}
	var rows []struct {
		Code, Slip string
		Alone      bool
	}
	err := b.query(ctx, &rows, "SELECT c.code, MIN(s.id_order_slip) slip, COUNT(DISTINCT c.id_cart_rule) = 1 alone FROM {p}cart_rule c JOIN {p}order_slip s ON s.id_cart_rule = c.id_cart_rule AND s.redeem_status = 2 WHERE c.code IN ? GROUP BY c.code", all)
	for code, of := range bases {
		for _, base := range of {
			for _, x := range rows {
				if slips[code] == "" && x.Alone && strings.EqualFold(x.Code, base) {
					slips[code] = x.Slip
				}
			}
		}
	}
	return slips, err
}

// leftOver is the code of a voucher made from a slip. What a voucher is worth more than the order
// that it pays becomes a new one, whose code is the old one and a count.
var leftOver = regexp.MustCompile(`^CS(\d+)C\d+O\d+(?:-\d{1,2})*$`)

// madeOf begins the name of a voucher made from a slip, which ends in the slip's printed number. QloApps translates it
// into no language.
const madeOf = "Voucher for credit slip #"

var slipNumber = regexp.MustCompile(`^0*([1-9]\d*)$`)

// slipNamed is the slip that the name of a voucher tells. What is left of a voucher has its name, and an order keeps it,
// also when the cart rule with its code is gone.
func slipNamed(name string, shop Shop) string {
	printed, made := strings.CutPrefix(name, madeOf)
	if !made {
		return ""
	}
	for _, numbering := range append([]Numbering{shop.Numbering}, shop.Numberings()...) {
		for _, prefix := range numbering.SlipPrefix {
			if number, its := strings.CutPrefix(printed, prefix); its {
				if id := slipNumber.FindStringSubmatch(number); id != nil {
					return id[1]
				}
			}
		}
	}
	if id := slipNumber.FindStringSubmatch(printed[max(0, len(printed)-6):]); id != nil { // the prefix was another one then
		return id[1]
	}
	return ""
}

// turned tells which of some slips were turned into a voucher.
func (r *Reader) turned(ctx context.Context, ids []string) (map[string]bool, error) {
	turned := map[string]bool{}
	if len(ids) == 0 {
		return turned, nil
	}
	var rows []struct{ ID string }
	err := r.query(ctx, &rows, "SELECT id_order_slip id FROM {p}order_slip WHERE redeem_status = 2 AND id_cart_rule > 0 AND id_order_slip IN ?", ids)
	for _, x := range rows {
		turned[x.ID] = true
	}
	return turned, err
}

// slipsOfVouchers says in which currency the slips are that discounts name.
func (b *orderBatch) slipsOfVouchers(ctx context.Context) error {
	slips := map[string]string{}
	for _, o := range b.orders {
		for _, d := range o.Discounts {
			if d.FromSlip != "" {
				slips[d.FromSlip] = d.FromSlip
			}
		}
	}
	if len(slips) == 0 {
		return nil
	}
	var rows []struct{ ID, Iso string }
	err := b.query(ctx, &rows, "SELECT s.id_order_slip id, UPPER(c.iso_code) iso FROM {p}order_slip s JOIN {p}orders o ON o.id_order = s.id_order JOIN {p}currency c ON c.id_currency = o.id_currency "+
		"WHERE s.redeem_status = 2 AND s.id_order_slip IN ?", values(slips))
	for _, x := range rows {
		for _, o := range b.orders {
			for i := range o.Discounts {
				if o.Discounts[i].FromSlip == x.ID {
					o.Discounts[i].FromSlipCurrency = x.Iso
				}
			}
		}
	}
	return err
}
