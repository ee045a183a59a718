package flow

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/settlement"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Steps that settle an invoice: from a payment or credit note, and from a voucher's credit note.
const (
	applyStep  = store.ApplyStep
	creditStep = store.CreditStep
)

// self reads one document's own link where others are looked up, as it may be newer.
type self struct {
	engine.Links
	ref  engine.Ref
	link engine.Link
}

func (s self) Look(flow, id string) engine.Link {
	if (engine.Ref{Flow: flow, ID: id}) == s.ref {
		return s.link
	}
	return s.Links.Look(flow, id)
}

// allocate says what a payment settles. One that is new names its allocations when it is made; one that
// stands is moved by steps. elsewhere are the rows of its other orders by which money may have gone back.
func allocate(m *engine.Mapped[zoho.CustomerPayment], key engine.Ref, parts []settlement.Part, me engine.Link, precision int32, links engine.Links, elsewhere destination.Says) error {
	links = self{links, key, me}
	kept := destination.KeptOf(me)
	m.Steps = doneSteps(me.Done, applyStep)
	p := payment{Mapped: m, key: key.Key(), me: me, kept: kept, left: m.Facts.Total, whole: true, names: map[string]string{},
		money: destination.Money{Settles: map[string]money.Decimal{}, Back: map[string]money.Decimal{}}, want: destination.Money{Settles: map[string]money.Decimal{}, Back: map[string]money.Decimal{}}}
	var orders []*settling
	for _, a := range ofOrders(parts) {
		s, err := settle(a.order, asked{shares: a.shares}, precision, links)
		if err != nil {
			return err
		}
		orders = append(orders, s)
	}
	p.says = says(orders, m.Facts.Total)
	maps.Copy(p.says, elsewhere)
	for _, s := range orders {
		if err := p.settles(s); err != nil {
			return err
		}
		if len(s.drafts) > 0 { // each is looked at, now that there is money for it; one that was seen to be sent meanwhile is read here
			m.Wakes = append(append(m.Wakes, s.drafts...), key)
		}
	}
	m.Facts.Open = p.unused()
	if me.Exists() && kept.Doubt {
		m.Steps = append(m.Steps, looks(zoho.CustomerPayments, me, m.Doc.Date, destination.Looking{Known: p.money, Want: p.want, Own: p.own, Names: p.names, Says: p.says}))
		m.Wakes = append(m.Wakes, key)
	}
	if m.Facts.Applied = p.applied; p.whole && p.left.IsPositive() {
		m.Notices = append(m.Notices, engine.Notice{Code: "overpaid", Detail: fmt.Sprintf("%s %s more than the invoices' balance; it stands as the guest's credit.", money.Words(p.left, m.Facts.Currency), m.Facts.Currency)})
	}
	return nil
}

// looks is the step that reads a payment or credit note whose money somebody may have moved.
func looks(r zoho.Resource, me engine.Link, day string, l destination.Looking) engine.Step {
	kept := destination.KeptOf(me)
	if l.Ask, l.Force = kept.Seen, me.Approved && kept.Asked; kept.Known != nil {
		l.Known = *kept.Known
	}
	step := engine.Step{Name: anew(me.Done, destination.LookStep+"money"), Method: "GET", Path: r.Path + "/{id}", Again: true}
	if l.Force {
		step.Calls, step.Days = 3, []string{max(day, me.Day)}
	}
	step.Aim, _ = json.Marshal(l)
	return step
}

// payment gathers what a payment settles in the orders it belongs to.
type payment struct {
	*engine.Mapped[zoho.CustomerPayment]
	key     string
	me      engine.Link
	kept    destination.Kept
	money   destination.Money // what it settles and gave back, with the moves so far
	want    destination.Money // what it settles in the end, and gives back in all
	own     []string          // Zoho's ids of its orders' invoices
	names   map[string]string // their printed numbers
	says    destination.Says  // what of it QloApps says went back
	applied money.Decimal     // in all its orders, the moves that are to be made included
	left    money.Decimal     // what it neither settles nor gave back
	whole   bool              // every invoice of its orders stands
	moves   int               // steps so far that move what stands
}

func (p *payment) settles(s *settling) error {
	if !p.me.Exists() {
		s.stand.Totals[p.key] = s.stand.Totals[p.key].Add(s.shares(p.key))
	}
	p.stands(s)
	moves := s.Moves(s.want, s.stand)
	mine := s.Ready(moves, s.stand, func(m settlement.Move) bool { return m.Kind == settlement.Apply && m.Source == p.key })
	if err := s.makesRoom(moves, mine, p.key); err != nil {
		return err
	}
	if p.me.Exists() && len(mine) > 0 && !p.kept.Doubt && len(pending(p.me)) == 0 {
		if err := s.aside(moves, p.key); err != nil {
			return err
		}
	}
	if !p.me.Exists() {
		if err := s.changesFirst(mine); err != nil {
			return err
		}
	}
	for _, i := range s.Invoices {
		p.own = append(p.own, s.zoho[i.ID].ID)
		p.names[s.zoho[i.ID].ID] = s.zoho[i.ID].Number
		p.whole = p.whole && !i.Absent
	}
	p.whole = p.whole && len(s.Invoices) > 0
	after := s.stand.With(mine...)
	for _, i := range s.Invoices {
		settles := after.Settles[settlement.Cell{Source: p.key, To: i.ID}]
		p.applied, p.left = p.applied.Add(settles), p.left.Sub(settles)
	}
	p.wants(s, moves)
	for at, back := range s.want.Back {
		if at.Source == p.key {
			p.left, p.want.Back[destination.Unnamed] = p.left.Sub(back), p.want.Back[destination.Unnamed].Add(back)
		}
	}
	p.left = p.left.Sub(s.stand.Back[settlement.Cell{Source: p.key, To: destination.Unnamed}])
	if !p.me.Exists() {
		for _, m := range mine {
			p.Doc.Invoices = zoho.Merge(p.Doc.Invoices, []zoho.Allocation{{InvoiceID: s.zoho[m.To].ID, AmountApplied: money.N(m.Amount)}})
			p.Steps = append(p.Steps, p.apply(s, m, m.Amount, false))
		}
		return nil
	}
	if p.kept.Doubt {
		return nil // it is read first, and mapped again
	}
	for _, m := range mine {
		p.Steps = append(p.Steps, p.apply(s, m, m.Amount.Add(s.stand.Settles[m.Cell]), false))
	}
	if len(mine) == 0 {
		p.astray(s)
	}
	return nil
}

// wants notes what the payment settles once everything is moved that can be, and what it should settle and is
// used otherwise.
func (p *payment) wants(s *settling, moves []settlement.Move) {
	all, lost := s.stand.With(moves...), s.Astray(s.want, s.stand)[p.key]
	for _, i := range s.Invoices {
		at := settlement.Cell{Source: p.key, To: i.ID}
		settles := all.Settles[at]
		if part := money.Min(lost, s.want.Settles[at].Sub(settles)); part.IsPositive() {
			settles, lost = settles.Add(part), lost.Sub(part)
		}
		p.want.Settles[s.zoho[i.ID].ID] = settles
	}
}

// unused is what the payment neither settles nor gives back in the end.
func (p *payment) unused() *money.Decimal {
	rest := p.Facts.Total.Sub(p.want.Back[destination.Unnamed])
	for _, amount := range p.want.Settles {
		rest = rest.Sub(amount)
	}
	return &rest
}

// shares are what a payment is for one order.
func (s *settling) shares(key string) money.Decimal {
	sum := money.Zero
	for _, row := range s.Rows {
		if row.Key == key && row.Sort == settlement.Paid {
			sum = sum.Add(row.Amount)
		}
	}
	return sum
}

// makesRoom waits for money given back earlier that is on its way: it opens the invoice again, which
// this payment then settles at once. Money that earlier payments do not have does not wait for anything but this one.
func (s *settling) makesRoom(moves, mine []settlement.Move, key string) error {
	want := s.want.Of(key)
	if s.stand.With(mine...).Of(key).GreaterThanOrEqual(want) {
		return nil
	}
	first := slices.IndexFunc(s.Rows, func(row settlement.Row) bool { return row.Key == key })
	earlier := s.Order
	earlier.Rows = s.Rows[:max(first, 0)]
	_, owed := earlier.Wanted(s.gone())
	for _, row := range earlier.Rows {
		if row.Sort == settlement.Cash && !owed[row.Key].IsPositive() && slices.ContainsFunc(moves, func(m settlement.Move) bool { return m.Kind == settlement.GiveBack && m.To == row.Key }) {
			record := engine.ParseKey(row.Key)
			if _, err := s.links.Settled(record.Flow, record.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// aside lets money that is about to go back out of this payment go first, so that no two moves of one
// payment are ever under way. One that has a step to take, or is to be read, goes first itself: what goes back waits for that.
func (s *settling) aside(moves []settlement.Move, key string) error {
	for _, m := range moves {
		if m.Kind != settlement.GiveBack || m.Source != key {
			continue
		}
		record := engine.ParseKey(m.To)
		if _, err := s.links.Settled(record.Flow, record.ID); err != nil {
			return err
		}
	}
	return nil
}

// astray looks after money that is used otherwise in Zoho Books, so that an invoice stays open which it
// should settle. What was found out once is not asked again.
func (p *payment) astray(s *settling) {
	missing := s.Astray(s.want, s.stand)[p.key]
	for _, i := range s.Invoices {
		at := settlement.Cell{Source: p.key, To: i.ID}
		part := money.Min(missing, s.want.Settles[at].Sub(s.stand.Settles[at]))
		if !part.IsPositive() {
			continue
		}
		missing = missing.Sub(part)
		step := p.apply(s, settlement.Move{Kind: settlement.Apply, Cell: at, Amount: part}, part.Add(s.stand.Settles[at]), true)
		if !slices.Contains(p.me.Done, step.Name) {
			p.Steps = append(p.Steps, step)
			p.Wakes = append(p.Wakes, p.me.Ref) // it is mapped once more by what was found
		}
	}
}

// apply is the step by which the payment settles an invoice up to what is reached. Its name says the sum
// reached, so that no step is ever taken for two amounts.
func (p *payment) apply(s *settling, m settlement.Move, reach money.Decimal, look bool) engine.Step {
	invoice := s.zoho[m.To]
	step := engine.Step{Name: applyStep + invoice.ID + ":" + reach.String(), Method: "POST", Path: zoho.Invoices.Path + "/" + invoice.ID + "/credits", Implied: true,
		Days: []string{max(p.Doc.Date, invoice.Day)},
		Proof: &engine.Proof{Path: zoho.CustomerPayments.Path + "/{id}", Envelope: zoho.CustomerPayments.Envelope, List: "invoices", Field: "invoice_id", Value: invoice.ID,
			Sum: "amount_applied", Reach: reach.String()}}
	step.Body, _ = json.Marshal(map[string]any{"invoice_payments": []map[string]any{{"payment_id": "{id}", "amount_applied": money.N(m.Amount)}}})
	step.Aim, _ = json.Marshal(destination.Aim{Invoice: invoice.ID, Reach: reach, Due: s.Due(m.To, s.want, s.stand), Look: look, Own: p.own, Force: look && p.me.Approved && p.kept.Asked, Says: p.says})
	if !p.me.Exists() && invoice.Made {
		step.Since = true
		step.After, _ = json.Marshal(map[string]any{destination.SettledOf(invoice.ID): reach})
	}
	if p.me.Exists() {
		if name := step.Name; look { // asked once for what stands
			step.Name = fmt.Sprintf("%s#%08x", name, crc32.ChecksumIEEE(p.standing()))
		} else {
			step.Name = anew(p.me.Done, name) // reached before and taken back since
		}
		p.money.Settles[invoice.ID] = reach
		if after := map[string]any{"money": p.money}; p.moves == 0 {
			step.After, _ = json.Marshal(after)
		} else { // what the step before it came to is learned by then
			step.After, _ = json.Marshal(map[string]any{destination.SettledOf(invoice.ID): reach})
		}
		p.moves++
	}
	return step
}

// anew names a step that is to be taken although one of its name may have been: no name is ever used twice.
func anew(done []string, name string) string {
	for n := len(done); slices.Contains(done, name); n++ {
		plain, _, _ := strings.Cut(name, "#")
		name = fmt.Sprintf("%s#%d", plain, n)
	}
	return name
}

// standing is what the payment settles and gave back, for a name.
func (p *payment) standing() []byte {
	raw, _ := json.Marshal(p.money)
	return raw
}

// stands takes over what the payment settles and gave back as one of its orders knows it.
func (p *payment) stands(s *settling) {
	for at, amount := range s.stand.Settles {
		if at.Source != p.key {
			continue
		}
		link, ours := s.zoho[at.To]
		if ours {
			p.money.Settles[link.ID] = amount
		} else if _, known := p.money.Settles[at.To]; !known {
			p.money.Settles[at.To] = amount
		}
	}
	for at, amount := range s.stand.Back {
		if at.Source == p.key && amount.IsPositive() {
			p.money.Back[at.To] = amount
		}
	}
}

// doneSteps are the steps of a kind that were taken.
func doneSteps(names []string, kind string) []engine.Step {
	var steps []engine.Step
	for _, name := range names {
		if strings.HasPrefix(name, kind) {
			steps = append(steps, engine.Step{Name: name, Implied: true})
		}
	}
	return steps
}

// moved are the documents that have something to move once others were made.
func (s *settling) moved(by ...settlement.Move) (wakes []engine.Ref) {
	after := s.stand.With(by...)
	for _, m := range s.Ready(s.Moves(s.want, after), after, func(m settlement.Move) bool { return m.Kind == settlement.Apply }) {
		if r := engine.ParseKey(m.Source); !slices.Contains(wakes, r) {
			wakes = append(wakes, r)
		}
	}
	return wakes
}
