// Package revenue keeps the guest ledger: what of each order's posted documents is billed and earned on which
// day, and which journals that makes due.
//
// What was posted is taken from the documents as they stand in Zoho Books; when it is earned, from QloApps'
// rows, and where these are gone, from what was known of them last. See docs/revenue.md.
package revenue

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/ledger"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// posted is a document that stands in the books, with what it bills or credits.
type posted struct {
	store.Document
	kept  destination.Kept
	lines []zoho.Line
	nets  []money.Decimal // of the lines, exact enough to be in proportion
	net   money.Decimal   // of all
	rate  money.Decimal   // zero = not known
}

const (
	invoice      = "invoice"
	creditNote   = "credit_note"
	refund       = "refund"
	cancellation = "cancellation"
)

// stands reports that the books count a document: it was sent or opened, and is neither void nor gone; nor was it seen to be
// so there, or to be taken back to where it is in no ledger.
func stands(d store.Document, seen *store.SeenDocument) bool {
	if seen != nil && (seen.Gone || seen.Status != "" && !slices.Contains(destination.Opened(moduleOf(d)), seen.Status)) {
		return false
	}
	if d.ZohoID == "" || d.Nothing() || d.Draft != store.NoDraft || d.Done(engine.StepVoid) || d.Status == store.Disabled || d.ByRefund() || d.Day == "" || d.Total == nil {
		return false
	}
	for _, s := range d.Steps {
		if (s.Name == "sent" || s.Name == "open") && !s.Done {
			return false
		}
	}
	return true
}

func moduleOf(d store.Document) zoho.Resource {
	if d.Ref.Flow == invoice {
		return zoho.Invoices
	}
	return zoho.CreditNotes
}

// read takes the lines out of what was sent, and what they come to out of how it stands.
func read(d store.Document, seen *store.SeenDocument, r *rules.Rules) posted {
	p := posted{Document: d, rate: money.One}
	_ = json.Unmarshal(d.Extra, &p.kept)
	var sent zoho.Invoice // a credit note has the same fields and fewer
	_ = json.Unmarshal(d.Sent, &sent)
	if seen != nil && seen.Day != "" {
		p.Day = seen.Day
	}
	p.net = p.stood(sent, seen)
	if d.Currency != r.Org.BaseCurrency {
		p.rate = money.Zero
		if rate, err := money.Parse(p.kept.Rate); err == nil && rate.IsPositive() {
			p.rate = rate
		} else if sent.ExchangeRate != nil && sent.ExchangeRate.IsPositive() {
			p.rate = sent.ExchangeRate.Decimal
		}
	}
	p.lines = sent.Lines
	p.nets = netsOf(sent, r.Org.Currencies[d.Currency].Precision, r)
	return p
}

// toldAt is when Zoho Books answered last what a document comes to.
func toldAt(d store.Document) time.Time {
	if kept := destination.KeptOf(engine.Link{Extra: d.Extra}); kept.ToldAt != nil {
		return *kept.ToldAt
	}
	if d.IntentAt != nil { // posted by a former version
		return *d.IntentAt
	}
	return time.Time{}
}

// stood is what a document comes to without tax: as it was seen last, where people may have changed it, else as it was
// answered.
func (p posted) stood(sent zoho.Invoice, seen *store.SeenDocument) money.Decimal {
	besides := money.Zero // of no income account
	if sent.Adjustment != nil {
		besides = sent.Adjustment.Decimal
	}
	total, tax := *p.Total, money.Zero
	if p.kept.Total != nil {
		total = *p.kept.Total
	}
	if told := cmp.Or(p.kept.Tax, p.Tax); told != nil {
		tax = *told
	}
	now, taxed := total, (*money.Decimal)(nil)
	switch is := p.kept.Stands; {
	case is != nil && (seen == nil || is.At.After(seen.SeenAt)):
		if now, taxed = is.As.Total, is.As.Tax; taxed != nil {
			besides = is.As.Besides
		}
	case seen != nil:
		now, taxed = seen.Total, seen.Tax
	}
	net := total.Sub(tax).Sub(besides)
	switch {
	case taxed != nil:
		return now.Sub(*taxed).Sub(besides)
	case now.Equal(total) || total.IsZero():
		return net
	default: // nobody told its tax: of another total it is another one alike
		return net.Mul(now).DivRound(total, 12)
	}
}

// netsOf are the lines of a document without tax and after their share of its discount.
func netsOf(sent zoho.Invoice, precision int32, r *rules.Rules) []money.Decimal {
	amounts := make([]money.Decimal, len(sent.Lines))
	for n, l := range sent.Lines {
		amounts[n] = money.RoundHalfUp(l.Rate.Mul(l.Quantity.Decimal), precision)
		if l.DiscountAmount != nil {
			amounts[n] = amounts[n].Sub(l.DiscountAmount.Decimal)
		}
	}
	if sent.Discount != nil {
		for n, off := range oracle.Shares(amounts, sent.Discount.Decimal, precision) {
			amounts[n] = amounts[n].Sub(off)
		}
	}
	if !sent.InclusiveTax {
		return amounts
	}
	for n, l := range sent.Lines {
		for _, tax := range oracle.Exact(amounts[n], bill.TaxesOf(l.TaxID, qloapps.Untaxed, r), true) {
			amounts[n] = amounts[n].Sub(tax)
		}
	}
	return amounts
}

// said names what a line says, so that it is known again.
func said(l zoho.Line) string {
	sum := sha1.Sum([]byte(strings.Join([]string{l.ItemID, l.Name, l.Description}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// accountOf is the income account of a line: as Zoho Books told it, as it was sent, as its item was made, else
// as it would be chosen today; "" = not known.
func accountOf(p posted, n int, items map[string]string, r *rules.Rules) string {
	if n < len(p.kept.Accounts) && p.kept.Accounts[n] != "" {
		return p.kept.Accounts[n]
	}
	l := p.lines[n]
	chosen, _ := r.Mappings.Find(rules.Accounts, "line:other")
	return cmp.Or(l.AccountID, items[l.ItemID], chosen.ZohoID)
}

// sold is a row of QloApps that a line bills.
type sold struct {
	id    string // "room:12"
	words string // as the line of an invoice says it
	name  string
	parts []ledger.Part
}

// rowsOf are the rows that an invoice bills, those that cost something first.
func rowsOf(o *qloapps.Order, invoiceID string, stays stays) []sold {
	var rows, free []sold
	for _, l := range bill.LinesOf(qloapps.Invoice{InvoiceHead: qloapps.InvoiceHead{ID: invoiceID}, Order: o}) {
		row := soldAs(l, stays)
		if l.Incl.IsZero() && l.Excl.IsZero() {
			free = append(free, row)
		} else {
			rows = append(rows, row)
		}
	}
	return append(rows, free...)
}

func soldAs(l qloapps.Line, stays stays) sold {
	row := sold{id: string(l.Kind) + ":" + l.ID, words: zoho.Clip(bill.Describe(l), 2000), name: l.Name}
	switch l.Kind {
	case qloapps.RoomLine, qloapps.FacilityLine:
		if row.parts = partsOf([]qloapps.Stay{{From: l.From, To: l.To, Excl: money.One}}); !stays.ended[row.id].IsZero() {
			row.parts[0].Stay = ledger.Night(qloapps.Day(stays.ended[row.id]))
		}
	default:
		row.parts = partsOf(stays.of[l.DetailID])
		for n, s := range stays.of[l.DetailID] {
			if at := stays.ended["room:"+s.Booking]; s.Booking != "" && !at.IsZero() {
				row.parts[n].Stay = ledger.Night(qloapps.Day(at))
			}
		}
	}
	return row
}

// stays are when what orders sold is used.
type stays struct {
	of    map[string][]qloapps.Stay // what an order line sums up, by id_order_detail
	ended map[string]time.Time      // what was given up before: it is earned on that day
}

// partsOf are the days of stays, each with what it costs.
func partsOf(stays []qloapps.Stay) []ledger.Part {
	parts := make([]ledger.Part, len(stays))
	cost := money.Zero
	for n, s := range stays {
		from := qloapps.Day(s.From)
		parts[n] = ledger.Part{Stay: ledger.Nights(from, qloapps.Day(s.To)), Weight: s.Excl}
		if s.Once && from != "" {
			parts[n].Stay = ledger.Night(from)
		}
		cost = cost.Add(s.Excl)
	}
	if cost.IsZero() { // canceled, or sold for nothing since
		for n := range parts {
			parts[n].Weight = money.One
		}
	}
	return parts
}

// finder ties lines to rows, each row once.
type finder struct {
	rows []sold
	used []bool
}

func (f *finder) take(fits func(sold) bool) *sold {
	n := slices.IndexFunc(f.rows, fits)
	for n >= 0 && f.used[n] {
		next := slices.IndexFunc(f.rows[n+1:], fits)
		if next < 0 {
			return nil
		}
		n += 1 + next
	}
	if n < 0 {
		return nil
	}
	f.used[n] = true
	return &f.rows[n]
}

// known tells of each line of a document what was sold: the row that it was known to be, else the one that says
// the same, else one of the same name. What no row is left of is as it was known last.
func known(p posted, rows []sold, kept map[int]store.LedgerLine) []store.LedgerLine {
	f := &finder{rows: rows, used: make([]bool, len(rows))}
	lines := make([]store.LedgerLine, len(p.lines))
	var open []int
	for n, l := range p.lines {
		lines[n] = store.LedgerLine{Document: p.Ref, N: n, Said: said(l)}
		was, there := kept[n]
		if !there || was.Said != lines[n].Said || was.Sold == "" {
			open = append(open, n)
			continue
		}
		lines[n].Sold, lines[n].Parts = was.Sold, was.Parts
		if row := f.take(func(s sold) bool { return s.id == was.Sold }); row != nil {
			lines[n].Parts = row.parts
		}
	}
	for _, look := range []func(l zoho.Line, s sold) bool{
		func(l zoho.Line, s sold) bool { return s.words == l.Description },
		func(l zoho.Line, s sold) bool {
			return s.name != "" && (l.Name == s.name || strings.HasPrefix(l.Description, s.name))
		},
	} {
		still := open[:0:0]
		for _, n := range open {
			row := f.take(func(s sold) bool { return look(p.lines[n], s) })
			if row == nil {
				still = append(still, n)
				continue
			}
			lines[n].Sold, lines[n].Parts = row.id, row.parts
		}
		open = still
	}
	return lines
}

// given is what a line of a credit note gives back.
type given struct {
	detail, booking string
	own             []ledger.Part // as its own row says
}

// knownGiven is known for a credit note, whose lines stand for its details one after the other, with what
// rounding took away at the end.
func knownGiven(p posted, details []given, o *qloapps.Order, stays stays, kept map[int]store.LedgerLine) []store.LedgerLine {
	lines := make([]store.LedgerLine, len(p.lines))
	for n, l := range p.lines {
		lines[n] = store.LedgerLine{Document: p.Ref, N: n, Said: said(l)}
		if was, there := kept[n]; there && was.Said == lines[n].Said {
			lines[n].Sold, lines[n].Parts = was.Sold, was.Parts
		}
		if n >= len(details) || l.Name == zoho.Rounding || l.Description == zoho.Rounding {
			continue
		}
		d := details[n]
		row := soldHere(o, d, stays)
		switch {
		case row != nil:
			lines[n].Sold, lines[n].Parts = row.id, row.parts
		case len(lines[n].Parts) == 0 && len(d.own) > 0:
			lines[n].Sold, lines[n].Parts = "booking:"+d.booking, d.own
		}
	}
	return lines
}

// soldHere is the row of the order that was given back: the room, else the line of its product.
func soldHere(o *qloapps.Order, d given, stays stays) *sold {
	if o == nil {
		return nil
	}
	line, found := o.SoldLine(d.detail, d.booking)
	if !found {
		return nil
	}
	row := soldAs(line, stays)
	return &row
}
