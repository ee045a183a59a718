package qloapps

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/collate"
	"github.com/qlobooks/qlobooks/internal/money"
)

func decimalOf(n int64) money.Decimal { return decimal.NewFromInt(n) }

// Penny is the unit in which QloApps rounds, whatever the currency.
var Penny = money.MustParse("0.01")

// Untaxed is the rate set of lines without tax.
var Untaxed = RateSet{Key: "0"}

// Factor is what an amount without tax is multiplied with to include it.
func (s RateSet) Factor() money.Decimal {
	f, percent := money.One, money.MustParse("0.01")
	for _, rate := range s.Rates {
		if s.Compound {
			f = f.Mul(money.One.Add(rate.Mul(percent)))
		} else {
			f = f.Add(rate.Mul(percent))
		}
	}
	return f
}

// NewRateSet names a set of tax rates: combined ones largest first, compound ones in order.
func NewRateSet(rates []money.Decimal, compound bool) RateSet {
	kept := make([]money.Decimal, 0, len(rates))
	for _, r := range rates {
		if !r.IsZero() {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return Untaxed
	}
	compound = compound && len(kept) > 1
	if !compound {
		sort.SliceStable(kept, func(i, j int) bool { return kept[i].GreaterThan(kept[j]) })
	}
	texts := make([]string, len(kept))
	for i, r := range kept {
		texts[i] = plain(r)
	}
	sign := "+"
	if compound {
		sign = "*"
	}
	return RateSet{Key: strings.Join(texts, sign), Rates: kept, Compound: compound}
}

// plain writes a percentage without needless zeros.
func plain(d money.Decimal) string {
	text := d.String()
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

const compoundMethod = 2

// rates gives each line the rate sets that may be its own, in order of trust.
func (b *orderBatch) rates(ctx context.Context, ids []string) error {
	written, err := b.writtenRates(ctx, ids)
	if err != nil {
		return err
	}
	groups, err := b.groupRates(ctx, b.groupsOf(ids), true) // what was sold when a group was active stays so taxed
	if err != nil {
		return err
	}
	for _, id := range ids {
		o := b.orders[id]
		if o == nil {
			continue
		}
		place := b.taxAddress[id]
		for i := range o.Lines {
			o.Lines[i].Rates = b.candidates(&o.Lines[i], written, groups, place)
		}
		shareRates(o.Lines)
	}
	if err := b.splitServices(ctx, ids, groups); err != nil {
		return err
	}
	return b.formerRates(ctx, ids, written)
}

func (b *orderBatch) candidates(l *Line, written map[string][]writtenRate, groups map[string][]taxRule, place taxPlace) []RateSet {
	d := b.details[l.DetailID]
	var noted []writtenRate
	var named []string
	method := l.method
	switch {
	case l.Kind == FacilityLine:
		noted, named = written["f"+l.ID], []string{l.group}
	case d == nil:
		noted, named = written["d"+l.DetailID], []string{l.group}
	default:
		noted, method = written["d"+l.DetailID], d.method
		named = append(slices.Clone(d.serviceGroups), d.group, d.groupNow)
	}
	var resolved, sets []RateSet
	for _, g := range named {
		if g != "" && g != "0" {
			resolved = append(resolved, resolve(groups[g], place))
		}
	}
	if len(noted) > 0 {
		sets = append(sets, writtenSet(noted, method == compoundMethod, resolved...))
	}
	return distinct(append(sets, resolved...))
}

// distinct keeps the first of equal sets.
func distinct(sets []RateSet) []RateSet {
	var kept []RateSet
	for _, s := range sets {
		if !slices.ContainsFunc(kept, func(have RateSet) bool { return have.Key == s.Key }) {
			kept = append(kept, s)
		}
	}
	return kept
}

// shareRates lets every line also try the rates of the other lines of its order, as a tax group
// may have been edited since, and no tax at all.
func shareRates(lines []Line) {
	var all []RateSet
	seen := map[string]bool{}
	for _, l := range lines {
		for _, s := range l.Rates {
			if !seen[s.Key] {
				seen[s.Key] = true
				all = append(all, s)
			}
		}
	}
	for i := range lines {
		if lines[i].Excl.Equal(lines[i].Incl) {
			lines[i].Rates = []RateSet{Untaxed}
			continue
		}
		have := map[string]bool{}
		for _, s := range lines[i].Rates {
			have[s.Key] = true
		}
		for _, s := range all {
			if !have[s.Key] {
				lines[i].Rates = append(lines[i].Rates, s)
			}
		}
	}
}

// writtenRate is a tax that QloApps noted for a line. weight is its amount by its rate: a tax that is
// reckoned on more weighs more, so that in a compound set the later one does.
type writtenRate struct{ rate, weight money.Decimal }

// writtenSet are the taxes noted for a line as a rate set. The order of a compound set comes from the
// rules of its group, else from the amounts; never from ids, as an edited tax gets a newer one.
func writtenSet(noted []writtenRate, compound bool, groups ...RateSet) RateSet {
	plain := make([]money.Decimal, len(noted))
	for i, n := range noted {
		plain[i] = n.rate
	}
	if !compound {
		return NewRateSet(plain, false)
	}
	for _, g := range groups {
		if g.Compound && sameRates(g.Rates, plain) {
			return g
		}
	}
	noted = slices.Clone(noted)
	sort.SliceStable(noted, func(i, j int) bool { return noted[i].weight.LessThan(noted[j].weight) })
	for i, n := range noted {
		plain[i] = n.rate
	}
	return NewRateSet(plain, true)
}

func sameRates(a, b []money.Decimal) bool {
	return NewRateSet(a, false).Key == NewRateSet(b, false).Key
}

// writtenRates are the taxes that QloApps noted for lines and facilities; old tax ids stay.
func (b *orderBatch) writtenRates(ctx context.Context, ids []string) (map[string][]writtenRate, error) {
	var rows []struct {
		Line   string
		IDTax  string
		Rate   money.Decimal
		Amount money.Decimal
	}
	ofDemand := "0"
	if b.has("htl_booking_demands_tax.unit_amount") {
		ofDemand = "x.unit_amount"
	}
	err := b.query(ctx, &rows, "SELECT CONCAT('d', x.id_order_detail) line, x.id_tax, t.rate, MAX(x.unit_amount) amount FROM {p}order_detail d JOIN {p}order_detail_tax x ON x.id_order_detail = d.id_order_detail "+
		"JOIN {p}tax t ON t.id_tax = x.id_tax WHERE d.id_order IN ? GROUP BY x.id_order_detail, x.id_tax, t.rate UNION ALL "+
		"SELECT CONCAT('d', x.id_order_detail), x.id_tax, t.rate, MAX(x.unit_amount) FROM {p}order_detail_tax x JOIN {p}tax t ON t.id_tax = x.id_tax WHERE x.id_order_detail IN ? GROUP BY x.id_order_detail, x.id_tax, t.rate UNION ALL "+
		"SELECT CONCAT('f', x.id_booking_demand), x.id_tax, t.rate, MAX("+ofDemand+") FROM {p}htl_booking_detail b JOIN {p}htl_booking_demands f ON f.id_htl_booking = b.id "+
		"JOIN {p}htl_booking_demands_tax x ON x.id_booking_demand = f.id_booking_demand JOIN {p}tax t ON t.id_tax = x.id_tax WHERE b.id_order IN ? GROUP BY x.id_booking_demand, x.id_tax, t.rate ORDER BY 1, 2", ids, orNone(b.lostDetails(ids)), ids)
	written := map[string][]writtenRate{}
	for _, row := range rows {
		noted := writtenRate{rate: row.Rate}
		if !row.Rate.IsZero() {
			noted.weight = row.Amount.DivRound(row.Rate, 12)
		}
		written[row.Line] = append(written[row.Line], noted)
	}
	return written, err
}

// lostDetails are the order lines of which only finer rows and taxes are left.
func (b *orderBatch) lostDetails(ids []string) []string {
	lost := map[string]string{}
	for _, id := range ids {
		if o := b.orders[id]; o != nil {
			for _, l := range o.Lines {
				if b.details[l.DetailID] == nil && noZero(l.DetailID) != "" {
					lost[l.DetailID] = l.DetailID
				}
			}
		}
	}
	return values(lost)
}

func (b *orderBatch) groupsOf(ids []string) []string {
	seen := map[string]bool{}
	var groups []string
	add := func(g string) {
		if g != "" && g != "0" && !seen[g] {
			seen[g] = true
			groups = append(groups, g)
		}
	}
	for _, d := range b.details {
		add(d.group)
		add(d.groupNow)
		for _, g := range d.serviceGroups {
			add(g)
		}
	}
	for _, id := range ids {
		if o := b.orders[id]; o != nil {
			for _, l := range o.Lines {
				add(l.group)
			}
		}
	}
	return groups
}

// taxRule is one rule of a group, in the order in which QloApps tries them.
type taxRule struct {
	country, state, from, to string
	behavior                 int
	rate                     money.Decimal
}

// taxPlace is the address that decides which rules hold: the hotel's.
type taxPlace struct{ country, state, postcode string }

// groupRates reads the rules of tax groups; former = also of those that were switched off since.
func (r *Reader) groupRates(ctx context.Context, groups []string, former bool) (map[string][]taxRule, error) {
	rules, active := map[string][]taxRule{}, " AND g.active = 1"
	if former {
		active = ""
	}
	err := chunk(groups, func(groups []string) error {
		var rows []struct {
			IDTaxRulesGroup, IDCountry, IDState string
			ZipcodeFrom, ZipcodeTo              string
			Behavior                            int
			Rate                                money.Decimal
		}
		err := r.query(ctx, &rows, "SELECT tr.id_tax_rules_group, tr.id_country, tr.id_state, tr.zipcode_from, tr.zipcode_to, tr.behavior, t.rate FROM {p}tax_rule tr "+
			"JOIN {p}tax_rules_group g ON g.id_tax_rules_group = tr.id_tax_rules_group"+active+" JOIN {p}tax t ON t.id_tax = tr.id_tax "+
			"WHERE tr.id_tax_rules_group IN ? ORDER BY tr.id_tax_rules_group, tr.zipcode_from DESC, tr.zipcode_to DESC, tr.id_state DESC, tr.id_tax_rule", groups)
		for _, x := range rows {
			rules[x.IDTaxRulesGroup] = append(rules[x.IDTaxRulesGroup], taxRule{x.IDCountry, x.IDState, x.ZipcodeFrom, x.ZipcodeTo, x.Behavior, x.Rate})
		}
		return err
	})
	return rules, err
}

// resolve applies a group's rules at a place: the first rule's behavior says whether the rates are
// combined (1) or compounded (2), and a rule that stands alone (0) is the last one, as QloApps goes
// through them.
func resolve(rules []taxRule, at taxPlace) RateSet {
	var rates []money.Decimal
	behavior := 0
	for _, rule := range rules {
		if !rule.holds(at) {
			continue
		}
		if len(rates) == 0 {
			behavior = rule.behavior
		}
		rates = append(rates, rule.rate)
		if rule.behavior == 0 {
			break
		}
	}
	return NewRateSet(rates, behavior == 2)
}

func (t taxRule) holds(at taxPlace) bool {
	if t.country != at.country || t.state != "0" && t.state != at.state {
		return false
	}
	from, to, postcode := collate.Key(t.from), collate.Key(t.to), collate.Key(at.postcode) // as the database compares texts
	switch {
	case to == "0" || to == "":
		return from == "0" || from == "" || from == postcode
	default:
		return from <= postcode && postcode <= to
	}
}
