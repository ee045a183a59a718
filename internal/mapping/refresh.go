package mapping

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// RateKey names a Zoho tax by its rates as QloApps' rate sets are named: "5+2.5", "10*5".
func RateKey(t rules.Tax) string {
	var simple, all []money.Decimal
	compound := false
	for _, p := range t.Parts {
		rate, err := money.Parse(p.Percent)
		if err != nil {
			return ""
		}
		if p.Compound {
			compound = true
			all = append(all, rate)
		} else {
			simple = append(simple, rate)
		}
	}
	if compound && len(simple) == 0 {
		return "" // taken on nothing but itself: no tax of QloApps' is of this type
	}
	return qloapps.NewRateSet(append(simple, all...), compound).Key
}

// fetch reads one kind from both sides. A list of Zoho Books that cannot be read leaves the choices
// as they were, and the page says so; whatever the hotel offers is shown all the same.
func (s *Service) fetch(ctx context.Context, kind rules.Kind, hotel *qloapps.Reader, lists *Lists) (changed []string, err error) {
	sources, err := offered(ctx, kind, hotel)
	if err != nil {
		return nil, err
	}
	if sources, err = s.wanted(ctx, kind, sources); err != nil {
		return nil, err
	}
	choices, err := lists.choices(ctx, kind)
	if err != nil {
		return nil, s.unreadList(ctx, kind, sources, err)
	}
	sources = append(sources, everyOrders(lists.demanded[kind], sources)...)
	_, before, err := s.stored(ctx, string(kind))
	if err != nil {
		return nil, err
	}
	choices, err = s.kept(ctx, kind, choices, before, lists)
	if err != nil {
		return nil, err
	}
	if err := s.Replace(ctx, kind, sources, choices); err != nil {
		return nil, err
	}
	gone, err := s.clearGone(ctx, kind, lists.books)
	return append(rerated(before, choices), gone...), err
}

// everyOrders are rows that count for the orders of all hotels, and for those of none.
func everyOrders(rows, hotels []Source) []Source {
	for n := range rows {
		rows[n].UsedBy = 0
		for _, h := range hotels {
			rows[n].UsedBy += h.UsedBy
		}
	}
	return rows
}

// kept adds choices that no list shows here, or that could not be read this time, while they stand.
func (s *Service) kept(ctx context.Context, kind rules.Kind, choices []Choice, before []choiceRow, lists *Lists) ([]Choice, error) {
	if kind != rules.Taxes {
		return choices, nil
	}
	if !lists.exempt { // exemptions stand beside the taxes; without their list those known stay
		for _, c := range before {
			if f := c.facts(); f.Detail == rules.Exemption {
				choices = append(choices, Choice{ID: c.ZohoID, Name: c.Name, Detail: f.Detail})
			}
		}
	}
	if slices.ContainsFunc(choices, Choice.group) {
		return choices, nil
	}
	known, err := s.Groups(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range known { // no list shows groups here: those known stay while they stand
		if _, err := lists.books.TaxGroup(ctx, string(g.ID)); !fault.Is(err, fault.NotFound) {
			choices = append(choices, taxChoice(g))
		}
	}
	return choices, nil
}

// rerated tells in words which taxes have another rate than at the last look.
func rerated(before []choiceRow, now []Choice) []string {
	var words []string
	for _, was := range before {
		old := was.facts().Tax
		for _, c := range now {
			if old != nil && c.ID == was.ZohoID && c.Tax != nil && rated(*old) && rated(*c.Tax) && RateKey(*old) != RateKey(*c.Tax) {
				words = append(words, fmt.Sprintf("The tax «%s» was %s %% and is %s %% in Zoho Books now.", c.Name, RateKey(*old), RateKey(*c.Tax)))
			}
		}
	}
	return words
}

// rated reports that each rate of a tax is told.
func rated(t rules.Tax) bool {
	return !slices.ContainsFunc(t.Parts, func(p rules.TaxPart) bool { return p.Percent == "" })
}

func percentage(t zoho.Tax) string {
	if t.Rate() == "" {
		return "rate not told"
	}
	return t.Rate() + " %"
}

func (c Choice) group() bool { return c.Tax != nil && len(c.Tax.Parts) > 1 }

func taxChoice(t zoho.Tax) Choice {
	flat := flatten(t)
	return Choice{ID: flat.ID, Name: flat.Name, Detail: percentage(t), Tax: &flat, Inactive: t.Inactive()}
}

// Groups are the tax groups among the choices.
func (s *Service) Groups(ctx context.Context) ([]zoho.Tax, error) {
	_, choices, err := s.read(ctx, string(rules.Taxes))
	var groups []zoho.Tax
	for _, c := range choices {
		flat := c.facts().Tax
		if flat == nil || len(flat.Parts) < 2 {
			continue
		}
		sum := money.Zero
		group := zoho.Tax{ID: zoho.Text(c.ZohoID), Name: zoho.Text(c.Name), Type: "tax_group"}
		for _, p := range flat.Parts {
			part := zoho.Tax{ID: zoho.Text(p.ID), Type: "tax"}
			if p.Compound {
				part.Type = "compound_tax"
			}
			if p.Percent != "" {
				rate, err := money.Parse(p.Percent)
				if err != nil {
					return nil, err
				}
				part.Percent, sum = &zoho.Amount{Decimal: rate}, sum.Add(rate)
			}
			group.Parts = append(group.Parts, part)
		}
		if rated(*flat) {
			group.Percent = &zoho.Amount{Decimal: sum}
		}
		groups = append(groups, group)
	}
	return groups, err
}

// Keep adds tax groups to the choices that no list shows.
func (s *Service) Keep(ctx context.Context, groups []zoho.Tax) error {
	for _, g := range groups {
		if err := s.keep(ctx, rules.Taxes, taxChoice(g)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) keep(ctx context.Context, kind rules.Kind, choice Choice) error {
	f, err := json.Marshal(facts{Detail: choice.Detail, Tax: choice.Tax, Inactive: choice.Inactive})
	if err != nil {
		return err
	}
	return s.DB.WithContext(ctx).Exec("INSERT IGNORE INTO qlobooks_mapping_choices (kind, zoho_id, name, facts, position) VALUES (?, ?, ?, ?, 1000)", string(kind), choice.ID, choice.Name, string(f)).Error
}

func offered(ctx context.Context, kind rules.Kind, hotel *qloapps.Reader) ([]Source, error) {
	last := Source{ID: rules.Default, Name: "Everything else"}
	switch kind {
	case rules.Taxes:
		uses, err := hotel.TaxRates(ctx)
		var rows []Source
		for _, u := range uses {
			rows = append(rows, Source{u.Key, rateWords(u.RateSet), u.UsedBy})
		}
		return rows, err
	case rules.Tags, rules.Locations:
		hotels, err := every(ctx, hotel.ListHotels)
		if err != nil {
			return nil, err
		}
		uses, err := hotel.HotelUses(ctx)
		var rows []Source
		for _, h := range hotels {
			rows = append(rows, Source{"hotel:" + h.ID, h.Name, uses[h.ID]})
			delete(uses, h.ID)
		}
		for _, n := range uses { // of no hotel, or of one that was deleted
			last.UsedBy += n
		}
		return append(rows, last), err
	case rules.PaymentModes, rules.DepositAccounts:
		uses, err := hotel.PaymentMethods(ctx)
		var rows []Source
		for _, u := range uses {
			rows = append(rows, Source{u.Method, u.Method, u.UsedBy})
		}
		return append(rows, last), err
	}
	facilities, err := hotel.Facilities(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Source
	if kind == rules.Accounts {
		sold, err := hotel.ProductUses(ctx)
		if err != nil {
			return nil, err
		}
		for flow, list := range map[string]func(context.Context, string, int) ([]qloapps.Listing, error){"room_type": hotel.ListRoomTypes, "service_product": hotel.ListServiceProducts} {
			products, err := every(ctx, list)
			if err != nil {
				return nil, err
			}
			for _, p := range products {
				rows = append(rows, Source{ID: flow + ":" + p.ID, Name: p.Name, UsedBy: sold[p.ID]})
			}
		}
	}
	for _, f := range facilities {
		rows = append(rows, Source{"facility:" + f.ID, f.Name, f.UsedBy})
	}
	if kind == rules.Items {
		gone, err := hotel.GoneUses(ctx)
		if err != nil {
			return nil, err
		}
		rows = append(rows, Source{"line:other", "Products that no longer exist", gone})
	}
	return append(rows, last), nil
}

func every(ctx context.Context, list func(context.Context, string, int) ([]qloapps.Listing, error)) ([]qloapps.Listing, error) {
	var all []qloapps.Listing
	after := ""
	for {
		page, err := list(ctx, after, 500)
		if err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
		after = page[len(page)-1].ID
	}
}

func rateWords(s qloapps.RateSet) string {
	switch {
	case len(s.Rates) == 0:
		return "No tax"
	case len(s.Rates) == 1:
		return s.Key + " %"
	}
	words := make([]string, len(s.Rates))
	for i, r := range s.Rates {
		words[i] = r.String() + " %"
	}
	if s.Compound {
		return strings.Join(words, ", then ")
	}
	return strings.Join(words, " and ")
}

// Lists reads the lists of Zoho Books for the tables, each once.
type Lists struct {
	books    *zoho.Client
	taxes    []zoho.Tax // as somebody read them just before; nil = nobody did
	accounts []zoho.Account
	failed   error // why there are no accounts
	exempt   bool  // exemptions were read
	target   string
	demanded map[rules.Kind][]Source // rows that the organization asks for
}

// For says what stands for a hotel in Zoho Books, as only lists that are needed are read.
func (l *Lists) For(target string) *Lists {
	l.target = target
	return l
}

// Read begins a reading; taxes are those read just before, nil when nobody did.
func Read(books *zoho.Client, taxes []zoho.Tax) *Lists { return &Lists{books: books, taxes: taxes} }

func (l *Lists) choices(ctx context.Context, kind rules.Kind) ([]Choice, error) {
	var out []Choice
	switch kind {
	case rules.Taxes:
		return l.taxChoices(ctx)
	case rules.Tags:
		return l.tagChoices(ctx)
	case rules.Locations:
		return l.locationChoices(ctx)
	case rules.PaymentModes:
		names, err := l.books.PaymentModes(ctx)
		if len(names) == 0 {
			names = []string{"cash", "check", "creditcard", "banktransfer", "bankremittance", "autotransaction", "others"} // what Zoho documents
		}
		for _, n := range names {
			out = append(out, Choice{ID: n, Name: n})
		}
		return out, err
	case rules.Items:
		names, err := l.books.ItemNames(ctx)
		for _, item := range names {
			out = append(out, Choice{ID: item.ID, Name: item.Name, Inactive: item.Inactive})
		}
		return out, err
	}
	if l.accounts == nil && l.failed == nil {
		l.accounts, l.failed = l.books.Accounts(ctx)
	}
	for _, a := range l.accounts {
		income := strings.Contains(string(a.Type), "income")
		if kind == rules.Accounts && income || kind == rules.DepositAccounts && zoho.Deposit(string(a.Type)) {
			out = append(out, Choice{ID: string(a.ID), Name: string(a.Name), Detail: strings.ReplaceAll(string(a.Type), "_", " "), Inactive: a.Inactive()})
		}
	}
	return out, l.failed
}

// taxChoices are the taxes and, where an edition has them, the reasons why none is due. Those only
// enrich the table, so it stands without them.
func (l *Lists) taxChoices(ctx context.Context) ([]Choice, error) {
	taxes := l.taxes
	if taxes == nil {
		var err error
		if taxes, err = l.books.Taxes(ctx); err != nil {
			return nil, err
		}
	}
	var out []Choice
	for _, t := range taxes {
		out = append(out, taxChoice(t))
	}
	exemptions, err := l.books.Exemptions(ctx)
	if err != nil && !zoho.NotThere(err) {
		return nil, err
	}
	l.exempt = err == nil
	for _, e := range exemptions {
		out = append(out, Choice{ID: string(e.ID), Name: string(e.Code), Detail: rules.Exemption})
	}
	return out, nil
}

func flatten(t zoho.Tax) rules.Tax {
	flat := rules.Tax{ID: string(t.ID), Name: string(t.Name)}
	parts := t.Parts
	if len(parts) == 0 {
		parts = []zoho.Tax{t}
	}
	for _, p := range parts {
		flat.Parts = append(flat.Parts, rules.TaxPart{ID: string(p.ID), Percent: p.Rate(), Compound: p.Compound()})
	}
	return flat
}

// Kinds are the tables in the order in which they are read.
var Kinds = []rules.Kind{rules.Taxes, rules.DepositAccounts, rules.PaymentModes, rules.Accounts, rules.Items, rules.Tags, rules.Locations}

// Fetched is what came of reading the lists.
type Fetched struct {
	Tables  int      // that were read
	Changed []string // what of what was chosen is no longer as it was, in words
	Unread  []string // which lists could not be read, and why
}

// FetchAll reads the named kinds, or all of them. A list that Zoho Books refuses hides no other; only
// what may succeed in a minute, and trouble of the hotel's database, end it.
func (s *Service) FetchAll(ctx context.Context, kinds []string, hotel *qloapps.Reader, lists *Lists) (Fetched, error) {
	out := Fetched{Changed: []string{}, Unread: []string{}}
	for _, kind := range Kinds {
		if len(kinds) > 0 && !slices.Contains(kinds, string(kind)) {
			continue
		}
		changed, err := s.fetch(ctx, kind, hotel, lists)
		out.Changed = append(out.Changed, changed...)
		if unread := (*notRead)(nil); errors.As(err, &unread) {
			out.Unread = append(out.Unread, fault.Of(unread.cause).Detail)
			continue
		}
		if err != nil {
			return out, fmt.Errorf("read %s: %w", kind, err)
		}
		out.Tables++
	}
	return out, nil
}
