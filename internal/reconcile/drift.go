package reconcile

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// said is what one side said of a document when its month was closed.
type said struct {
	Amount   money.Decimal  `json:"amount"`
	Currency string         `json:"currency"`
	Day      string         `json:"day"`
	Contact  string         `json:"contact,omitempty"`
	Tax      *money.Decimal `json:"tax,omitempty"`
	Void     bool           `json:"void,omitempty"`
}

// sides are all that was said of a document; nil = nothing.
type sides struct {
	QloApps *said `json:"qloapps,omitempty"`
	Posted  *said `json:"posted,omitempty"`
	Zoho    *said `json:"zoho,omitempty"`
}

// sidesOf leaves out what goes on when a month is over: what is open, and the words for it. The tax is of what was
// posted: Zoho's own may be apart from it by a rounding, and more than that is a difference.
func sidesOf(x item) sides {
	return sides{QloApps: saidBy(x.qloapps, false), Posted: saidBy(x.posted, true), Zoho: saidBy(x.zoho, false)}
}

func saidBy(x *side, tax bool) *said {
	if x == nil {
		return nil
	}
	s := &said{Amount: x.amount, Currency: x.currency, Day: x.day, Contact: x.contact, Void: x.void}
	if tax {
		s.Tax = x.tax
	}
	return s
}

func (s *said) side() *side {
	if s == nil {
		return nil
	}
	return &side{amount: s.Amount, currency: s.Currency, day: s.Day, contact: s.Contact, tax: s.Tax, void: s.Void}
}

// main is the side by which a document is named.
func (s sides) main() *said {
	for _, x := range []*said{s.Posted, s.QloApps, s.Zoho} {
		if x != nil {
			return x
		}
	}
	return nil
}

// counted is what a document adds to the month; 0 of a void one.
func (s *said) counted() *money.Decimal {
	if s == nil {
		return nil
	}
	n := s.Amount
	if s.Void {
		n = money.Zero
	}
	return &n
}

// agreed are the documents of a month as they are now, to be frozen.
func agreed(items []item, days wire.DayRange) []store.PeriodDocument {
	var docs []store.PeriodDocument
	for _, x := range items {
		if !x.inside(wire.ReconciliationQuery{DayRange: days}) {
			continue
		}
		s := sidesOf(x)
		m := s.main()
		docs = append(docs, store.PeriodDocument{Ref: x.ref, ZohoID: x.zohoID(), Number: x.number(), Title: x.title, OrderID: x.order, Day: m.Day, Currency: m.Currency, Total: *m.counted(), Sides: asJSON(s)})
	}
	return docs
}

func (x item) zohoID() string {
	for _, s := range []*side{x.posted, x.zoho} {
		if s != nil && s.zohoID != "" {
			return s.zohoID
		}
	}
	return ""
}

func (x item) number() string {
	for _, s := range []*side{x.posted, x.zoho} {
		if s != nil && s.number != "" {
			return s.number
		}
	}
	return ""
}

// columns are the sides in the order of the page, as a sentence names them.
var columns = []struct {
	name string
	of   func(sides) *said
}{
	{"QloApps", func(s sides) *said { return s.QloApps }},
	{"Posted", func(s sides) *said { return s.Posted }},
	{"Zoho Books", func(s sides) *said { return s.Zoho }},
}

// driftWords says how a document is otherwise than it was agreed, and what it comes to where it is; "" when it is the same.
func driftWords(x item, was, now sides) (words string, amount *money.Decimal) {
	var said, places []string
	for _, c := range columns {
		how := x.moved(c.of(was), c.of(now))
		if how == "" {
			continue
		}
		if len(said) == 0 {
			amount = c.of(now).counted()
		}
		if at := slices.Index(said, how); at >= 0 {
			places[at] = strings.Replace(places[at], " and ", ", ", 1) + " and " + c.name
			continue
		}
		said, places = append(said, how), append(places, c.name)
	}
	for i := range said {
		words = strings.TrimSpace(words + " " + places[i] + ": " + said[i] + ".")
	}
	return words, amount
}

// moved says how one side is otherwise; "" when it is the same.
func (x item) moved(was, now *said) string {
	switch {
	case was == nil && now == nil:
		return ""
	case was == nil:
		return fmt.Sprintf("new, %s %s of %s", money.Words(*now.counted(), now.Currency), now.Currency, now.Day)
	case now == nil:
		return fmt.Sprintf("gone; %s %s of %s was agreed", money.Words(*was.counted(), was.Currency), was.Currency, was.Day)
	case was.Void && now.Void:
		return ""
	case was.Void:
		return fmt.Sprintf("not void any more, %s %s", money.Words(now.Amount, now.Currency), now.Currency)
	}
	a, b := was.side(), now.side()
	a.tax, b.tax = nil, nil
	if words := x.words(a, b); words != "" { // with another amount the tax is another, too
		return words
	}
	x.unit = money.Zero // what was posted is held to the cent
	return x.words(was.side(), now.side())
}

// drifts are the documents of a closed month that are not as they were agreed: a side says something else, or a
// difference stands that nobody accepted.
func drifts(items []item, differences []wire.Difference, frozen map[store.Ref]store.PeriodDocument, accepted []acceptedDifference, days wire.DayRange) ([]store.Drift, error) {
	var list []store.Drift
	told, at := map[store.Ref]bool{}, map[store.Ref]item{}
	for _, x := range items {
		at[x.ref] = x
		f, known := frozen[x.ref]
		if !known && !x.inside(wire.ReconciliationQuery{DayRange: days}) {
			continue
		}
		d, err := driftOfItem(x, f, known)
		if err != nil {
			return nil, err
		}
		if d != nil {
			list, told[x.ref] = append(list, *d), true
		}
	}
	for ref, f := range frozen {
		if _, there := at[ref]; there {
			continue
		}
		d, err := driftOfItem(item{ref: ref, title: f.Title, order: f.OrderID}, f, true)
		if err != nil {
			return nil, err
		}
		if d != nil {
			list, told[ref] = append(list, *d), true
		}
	}
	left := map[identity]map[string]bool{}
	for _, a := range accepted {
		key := identityOf(a.Kind, a.Flow, a.SourceID, a.ZohoID)
		if left[key] == nil {
			left[key] = map[string]bool{}
		}
		left[key][a.Gap] = true
	}
	for _, d := range differences {
		ref := store.Ref{Flow: d.Flow, ID: d.SourceID}
		if d.Kind != "duplicate" && told[ref] || left[identityOf(d.Kind, d.Flow, d.SourceID, d.ZohoID)][gapOf(d)] {
			continue
		}
		if d.Kind != "duplicate" {
			told[ref] = true
		}
		list = append(list, driftOfDifference(d, frozen[ref]))
	}
	return list, nil
}

// driftOfItem compares one document with what was agreed of it; nil when it is the same. That it was sent since Zoho Books
// was read proves nothing of what somebody changed there, as what is sent may be a step of it alone: until it is read
// again that stays.
func driftOfItem(x item, f store.PeriodDocument, known bool) (*store.Drift, error) {
	var was sides
	now := sidesOf(x)
	if known {
		if err := json.Unmarshal(f.Sides, &was); err != nil {
			return nil, fmt.Errorf("read what was agreed of %s: %w", x.ref.Key(), err)
		}
	}
	if seen := saidBy(x.seen, false); x.presumed && known && x.moved(was.Posted, now.Posted) == "" && x.moved(was.Zoho, seen) != "" {
		now.Zoho = seen
	}
	words, amount := driftWords(x, was, now)
	if words == "" {
		return nil, nil
	}
	d := &store.Drift{Ref: x.ref, ZohoID: x.zohoID(), Number: x.number(), Title: x.title, OrderID: x.order, IsNow: amount, Detail: words}
	if m := now.main(); m != nil {
		d.Day, d.Currency = m.Day, m.Currency
	}
	if known {
		d.Day, d.Currency, d.Was = f.Day, f.Currency, &f.Total
		d.ZohoID, d.Number = cmp.Or(d.ZohoID, f.ZohoID), cmp.Or(d.Number, f.Number)
	}
	return d, nil
}

// driftOfDifference names a difference that stands in a closed month and was not accepted.
func driftOfDifference(d wire.Difference, f store.PeriodDocument) store.Drift {
	x := store.Drift{Ref: store.Ref{Flow: d.Flow, ID: d.SourceID}, Title: d.Title, Detail: d.Detail}
	if d.OrderID != nil {
		x.OrderID = *d.OrderID
	}
	if d.ZohoID != nil {
		x.ZohoID = *d.ZohoID
	}
	for _, s := range []*wire.Side{d.Zoho, d.Posted, d.QloApps} {
		if s != nil {
			now := money.MustParse(s.Amount)
			x.IsNow, x.Day, x.Currency, x.Number = &now, s.Day, s.Currency, s.Number
			break
		}
	}
	if d.Kind == "duplicate" {
		x.DoubleID = x.ZohoID
		return x
	}
	if f.Ref == x.Ref {
		x.Day, x.Currency, x.Was = f.Day, f.Currency, &f.Total
	}
	return x
}

// check compares a closed month with what was agreed, as both sides were last read.
func (s *Service) check(ctx context.Context, organization string, p store.Period) error {
	days, err := daysOf(p.Month)
	if err != nil {
		return err
	}
	frozen, err := s.Store.PeriodDocuments(ctx, organization, p.Month)
	if err != nil {
		return err
	}
	var accepted []acceptedDifference
	if err := json.Unmarshal(p.Accepted, &accepted); err != nil {
		return fmt.Errorf("read the closing of %s: %w", p.Month, err)
	}
	refs := make([]store.Ref, 0, len(frozen))
	for ref := range frozen {
		refs = append(refs, ref)
	}
	items, _, differences, err := s.compared(ctx, wire.ReconciliationQuery{DayRange: days}, refs)
	if err != nil {
		return err
	}
	list, err := drifts(items, differences, frozen, accepted, days)
	if err != nil {
		return err
	}
	return s.Store.SaveDrifts(ctx, organization, p.Month, list)
}

// checkRead checks the closed months of days that were read again.
func (s *Service) checkRead(ctx context.Context, days wire.DayRange) error {
	organization, err := s.Store.Belongs(ctx)
	if err != nil {
		return err
	}
	periods, err := s.Store.Periods(ctx, organization)
	if err != nil {
		return err
	}
	for _, p := range periods {
		if p.Month < days.From[:7] || p.Month > days.To[:7] {
			continue
		}
		if err := s.check(ctx, organization, p); err != nil {
			return err
		}
	}
	return nil
}

// agreedOn names what was agreed for the days of a range, wherever it may have gone since.
func (s *Service) agreedOn(ctx context.Context, days wire.DayRange) ([]store.Ref, error) {
	organization, err := s.Store.Belongs(ctx)
	if err != nil {
		return nil, err
	}
	return s.Store.PeriodRefs(ctx, organization, days.From, days.To)
}
