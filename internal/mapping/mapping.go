// Package mapping keeps what a person chose to stand for QloApps' taxes, payment methods,
// facilities and accounts in Zoho Books, with suggestions.
//
// It stores three things: rows that QloApps offers, choices that Zoho offers, and which choice a
// row has. The first two are read again by Refresh; the last changes only by a person's wish.
package mapping

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/collate"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/strict"
	"github.com/qlobooks/qlobooks/internal/version"
)

// Service answers for the mapping tables. All fields are required.
type Service struct {
	DB    *gorm.DB
	Now   func() time.Time
	Hotel *qloapps.Reader
	// Start queues a run that reads the choices again.
	Start func(ctx context.Context, kinds []string, by string) (wire.Run, error)
	// Again queues documents to be sent as they are now, as a run; of says in words which they are.
	Again func(ctx context.Context, refs []store.Ref, of, by string) (wire.Run, error)
	// Free lets go what was blocked for a missing mapping.
	Free func(ctx context.Context) (int, error)
	// SaveDefault keeps the payment settings equal to the default rows, which they are.
	SaveDefault func(ctx context.Context, kind rules.Kind, zohoID *string, by string) error
	// Modes are the payment modes that the settings list beside those of Zoho Books.
	Modes func(ctx context.Context) ([]string, error)
	// Country is the organisation's, alpha-2; "" = not known.
	Country func(ctx context.Context) (string, error)
	// Audit writes a line of who changed what.
	Audit func(ctx context.Context, by, detail string, changes []wire.Change) error

	offers offers
	shared *offers // of the service whose transaction this one works in; nil = its own
}

// Choice is one thing of Zoho's that a row may have.
type Choice struct {
	ID, Name, Detail string
	Tax              *rules.Tax // of taxes
}

// Source is one thing of QloApps' that may be mapped.
type Source struct {
	ID, Name string
	UsedBy   int
}

type sourceRow struct {
	Kind, SourceID, Name string
	UsedBy               int
	ZohoID               *string
}

type choiceRow struct {
	Kind, ZohoID, Name string
	Facts              *string
}

type facts struct {
	Detail string     `json:"detail,omitempty"`
	Tax    *rules.Tax `json:"tax,omitempty"`
}

func (c choiceRow) facts() facts {
	var f facts
	if c.Facts != nil {
		_ = json.Unmarshal([]byte(*c.Facts), &f)
	}
	return f
}

// Get gives one whole table with suggestions. Before the first Refresh there are no choices yet,
// and the rows are read from QloApps at once.
func (s *Service) Get(ctx context.Context, kind string) (wire.MappingPage, error) {
	page := wire.MappingPage{Items: []wire.MappingItem{}, Choices: []wire.MappingChoice{}, Former: []wire.MappingFormer{}}
	sources, choices, err := s.read(ctx, kind)
	if err != nil {
		return page, err
	}
	country, err := s.Country(ctx)
	if err != nil {
		return page, err
	}
	names := map[string]string{}
	for _, c := range choices {
		names[c.ZohoID] = c.Name
		page.Choices = append(page.Choices, wire.MappingChoice{ZohoID: c.ZohoID, ZohoName: c.Name, Detail: c.facts().Detail})
	}
	waiting, err := s.waiting(ctx)
	if err != nil {
		return page, err
	}
	for _, row := range sources {
		item := wire.MappingItem{Waiting: waiting[rules.Missing(rules.Kind(kind), row.SourceID)], SourceID: row.SourceID, SourceName: row.Name, UsedBy: row.UsedBy, ZohoID: row.ZohoID, IsDefault: row.SourceID == rules.Default}
		if row.ZohoID != nil {
			item.ZohoName = wire.TextOrNull(names[*row.ZohoID])
			if item.ZohoName == nil {
				item.ZohoName = row.ZohoID
			}
		}
		if id, confidence := suggest(rules.Kind(kind), row, choices, country); id != "" {
			item.SuggestedZohoID, item.Confidence = &id, &confidence
		}
		page.Items = append(page.Items, item)
	}
	at, err := s.refreshed(ctx, kind)
	if err != nil {
		return page, err
	}
	page.RefreshedAt = wire.AtOrNull(at)
	if page.Version, err = s.version(ctx, kind); err != nil {
		return page, err
	}
	if page.Unread, err = s.trouble(ctx, kind); err != nil {
		return page, err
	}
	page.Former, err = s.former(ctx, kind)
	return page, err
}

// waiting counts the documents that wait for a choice, by the words that say for which.
func (s *Service) waiting(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		Detail string
		N      int
	}
	if err := s.DB.WithContext(ctx).Raw("SELECT issue_detail detail, COUNT(*) n FROM qlobooks_documents WHERE issue_code = 'mapping_missing' AND status = 'blocked' GROUP BY issue_detail").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("count what waits for a mapping: %w", err)
	}
	by := map[string]int{}
	for _, r := range rows {
		by[r.Detail] = r.N
	}
	return by, nil
}

// refreshed is when a kind was last read from both sides; zero = never.
func (s *Service) refreshed(ctx context.Context, kind string) (time.Time, error) {
	var at []time.Time
	if err := s.DB.WithContext(ctx).Raw("SELECT refreshed_at FROM qlobooks_mapping_refreshes WHERE kind = ?", kind).Scan(&at).Error; err != nil {
		return time.Time{}, fmt.Errorf("read mapping: %w", err)
	}
	if len(at) == 0 {
		return time.Time{}, nil
	}
	return at[0], nil
}

// stored gives the rows and choices of a kind as they were last read.
func (s *Service) stored(ctx context.Context, kind string) ([]sourceRow, []choiceRow, error) {
	var sources []sourceRow
	var choices []choiceRow
	db := s.DB.WithContext(ctx)
	if err := db.Raw("SELECT kind, source_id, name, used_by FROM qlobooks_mapping_sources WHERE kind = ? ORDER BY position, source_id", kind).Scan(&sources).Error; err != nil {
		return nil, nil, fmt.Errorf("read mapping rows: %w", err)
	}
	if err := s.chosen(ctx, kind, sources); err != nil {
		return nil, nil, err
	}
	if err := db.Raw("SELECT kind, zoho_id, name, facts FROM qlobooks_mapping_choices WHERE kind = ? ORDER BY position, name", kind).Scan(&choices).Error; err != nil {
		return nil, nil, fmt.Errorf("read mapping choices: %w", err)
	}
	choices, err := s.withOwn(ctx, kind, choices)
	return sources, choices, err
}

// withOwn adds the payment modes that the settings list: Zoho Books takes any text for one.
func (s *Service) withOwn(ctx context.Context, kind string, choices []choiceRow) ([]choiceRow, error) {
	if rules.Kind(kind) != rules.PaymentModes {
		return choices, nil
	}
	own, err := s.Modes(ctx)
	for _, mode := range own {
		if !slices.ContainsFunc(choices, func(c choiceRow) bool { return collate.Equal(c.Name, mode) }) {
			choices = append(choices, choiceRow{Kind: kind, ZohoID: mode, Name: mode})
		}
	}
	return choices, err
}

// Offers tells whether Zoho Books has something among the choices of a kind. Before they were read nobody
// knows, and it is believed.
func (s *Service) Offers(ctx context.Context, kind rules.Kind, zohoID string) (bool, error) {
	at, err := s.refreshed(ctx, string(kind))
	if err != nil || at.IsZero() {
		return true, err
	}
	var n int
	err = s.DB.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_mapping_choices WHERE kind = ? AND zoho_id = ?", string(kind), zohoID).Scan(&n).Error
	return n > 0, err
}

func (s *Service) read(ctx context.Context, kind string) ([]sourceRow, []choiceRow, error) {
	sources, choices, err := s.stored(ctx, kind)
	if err != nil {
		return nil, nil, err
	}
	at, err := s.refreshed(ctx, kind)
	switch {
	case err != nil:
		return nil, nil, err
	case at.IsZero():
		sources, err = s.unread(ctx, kind)
	default:
		sources, err = s.withNew(ctx, kind, sources)
	}
	return sources, choices, err
}

// withNew adds rows that came to QloApps since the last Refresh, such as a method of payment: while
// a document waits for a mapping, whoever comes to choose one must find it.
func (s *Service) withNew(ctx context.Context, kind string, known []sourceRow) ([]sourceRow, error) {
	db := s.DB.WithContext(ctx)
	var waits int
	if err := db.Raw("SELECT EXISTS (SELECT 1 FROM qlobooks_documents WHERE issue_code = 'mapping_missing')").Scan(&waits).Error; err != nil || waits == 0 {
		return known, err
	}
	rows, err := s.unread(ctx, kind)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if slices.ContainsFunc(known, func(k sourceRow) bool { return rules.Kind(kind).Same(k.SourceID, row.SourceID) }) {
			continue
		}
		if err := db.Exec("INSERT IGNORE INTO qlobooks_mapping_sources (kind, source_id, name, used_by, position) VALUES (?, ?, ?, ?, ?)", kind, row.SourceID, row.Name, row.UsedBy, len(known)).Error; err != nil {
			return nil, fmt.Errorf("add mapping row: %w", err)
		}
		known = append(known, row)
	}
	return known, nil
}

// unread gives the rows of a kind as QloApps has them now, with what was already chosen.
func (s *Service) unread(ctx context.Context, kind string) ([]sourceRow, error) {
	rows, err := s.remembered().rows(kind, func() ([]Source, error) { return offered(ctx, rules.Kind(kind), s.Hotel) })
	if err != nil {
		return nil, err
	}
	var sources []sourceRow
	for _, r := range rows {
		sources = append(sources, sourceRow{Kind: kind, SourceID: r.ID, Name: r.Name, UsedBy: r.UsedBy})
	}
	return sources, s.chosen(ctx, kind, sources)
}

// chosen fills in what a person chose for each row, also in another spelling of it: which spelling
// stands for a method changes with how often each is used.
func (s *Service) chosen(ctx context.Context, kind string, sources []sourceRow) error {
	var chosen []struct{ SourceID, ZohoID string }
	if err := s.DB.WithContext(ctx).Raw("SELECT source_id, zoho_id FROM qlobooks_mappings WHERE kind = ? ORDER BY source_id", kind).Scan(&chosen).Error; err != nil {
		return fmt.Errorf("read mapping choices: %w", err)
	}
	for n := range sources {
		for i, c := range chosen {
			if c.SourceID == sources[n].SourceID || sources[n].ZohoID == nil && rules.Kind(kind).Same(c.SourceID, sources[n].SourceID) {
				sources[n].ZohoID = &chosen[i].ZohoID
			}
		}
	}
	return nil
}

// suggest finds a choice that fits: taxes by their rates, everything else by name.
func suggest(kind rules.Kind, row sourceRow, choices []choiceRow, country string) (id, confidence string) {
	if kind == rules.Taxes {
		return suggestTax(row.SourceID, choices, country)
	}
	for _, c := range choices {
		if strings.EqualFold(c.Name, row.Name) {
			return c.ZohoID, "exact"
		}
	}
	if row.SourceID == rules.Default {
		return "", ""
	}
	alike := ""
	for _, c := range choices {
		switch {
		case !similar(c.Name, row.Name):
		case alike != "":
			return "", "" // rather none than a wrong one
		default:
			alike = c.ZohoID
		}
	}
	if alike == "" {
		return "", ""
	}
	return alike, "similar"
}

// suggestTax proposes the tax of a row's rates. In India a hotel sells within its state, where one tax
// is two equal halves; a single integrated one is never more than similar.
func suggestTax(key string, choices []choiceRow, country string) (id, confidence string) {
	whole, halves := fitting(key, choices)
	switch {
	case country == India && len(halves) > 0:
		return halves[0], "exact"
	case len(whole) == 0:
		return "", ""
	case country == India && single(key):
		return whole[0], "similar"
	default:
		return whole[0], "exact"
	}
}

// India is the country whose sales within a state are taxed by two equal halves.
const India = "IN"

// single reports the row of one simple rate.
func single(key string) bool {
	return key != qloapps.Untaxed.Key && !strings.ContainsAny(key, "+*")
}

// fitting are the taxes that have a row's rates, and the groups of two equal halves that come to the
// same for a single rate.
func fitting(key string, choices []choiceRow) (whole, halves []string) {
	for _, c := range choices {
		t := c.facts().Tax
		switch {
		case t == nil:
		case RateKey(*t) == key:
			whole = append(whole, c.ZohoID)
		case Halves(*t) == key:
			halves = append(halves, c.ZohoID)
		}
	}
	return whole, halves
}

// Halves is the rate that a group of two equal simple taxes comes to, "" of any other tax.
func Halves(t rules.Tax) string {
	if len(t.Parts) != 2 || t.Parts[0].Compound || t.Parts[1].Compound {
		return ""
	}
	one, err := money.Parse(t.Parts[0].Percent)
	other, failed := money.Parse(t.Parts[1].Percent)
	if err != nil || failed != nil || !one.Equal(other) {
		return ""
	}
	return qloapps.NewRateSet([]money.Decimal{one.Add(other)}, false).Key
}

// similar reports that all words of one name are among those of the other, as "Cash" and "Cash at desk":
// a word in common says little where every second name has it.
func similar(a, b string) bool {
	one, other := significant(a), significant(b)
	if len(one) > len(other) {
		one, other = other, one
	}
	for _, w := range one {
		if !slices.Contains(other, w) {
			return false
		}
	}
	return len(one) > 0
}

// significant are the words of a name that tell it from others.
func significant(name string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(collate.Key(name), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), func(w string) bool { return len([]rune(w)) < 3 })
}

// Put changes only the rows named, all or none, and frees what was blocked for them. match, unless empty, is
// the version from which the change was made; Conflict/changed_meanwhile when another one stands.
func (s *Service) Put(ctx context.Context, kind string, rows []wire.MappingRow, match, by string) (wire.MappingPage, error) {
	var changed []wire.Change
	err := s.change(ctx, kind, by, func(in *Service, stands string) ([]wire.Change, error) {
		if err := version.Check(in.DB, name(kind), match, stands); err != nil {
			return nil, err
		}
		sources, choices, err := in.read(ctx, kind)
		if err != nil {
			return nil, err
		}
		if wrong := check(kind, rows, sources, choices); len(wrong) > 0 {
			return nil, strict.Invalid(wrong...)
		}
		changed = changes(rows, sources, choices)
		for _, row := range rows {
			if err := in.choose(in.DB, kind, row, by); err != nil {
				return nil, err
			}
		}
		return changed, nil
	})
	if err != nil {
		return wire.MappingPage{}, err
	}
	for _, row := range rows {
		if row.SourceID == rules.Default && (kind == string(rules.PaymentModes) || kind == string(rules.DepositAccounts)) {
			if err := s.SaveDefault(ctx, rules.Kind(kind), row.ZohoID, by); err != nil {
				return wire.MappingPage{}, err
			}
		}
	}
	words := fmt.Sprintf("Changed %d rows of the mapping of %s.", len(changed), kind)
	if len(changed) == 1 {
		words = fmt.Sprintf("Changed one row of the mapping of %s.", kind)
	}
	if err := s.Audit(ctx, by, words, changed); err != nil {
		return wire.MappingPage{}, err
	}
	if _, err := s.Free(ctx); err != nil {
		return wire.MappingPage{}, err
	}
	return s.Get(ctx, kind)
}

// check names rows and choices that do not exist, and gives each row the spelling that stands for it.
func check(kind string, rows []wire.MappingRow, sources []sourceRow, choices []choiceRow) (wrong []fault.FieldError) {
	for i, row := range rows {
		if at := slices.IndexFunc(sources, func(r sourceRow) bool { return rules.Kind(kind).Same(r.SourceID, row.SourceID) }); at >= 0 {
			rows[i].SourceID = sources[at].SourceID
		} else {
			wrong = append(wrong, fault.FieldError{Field: fmt.Sprintf("items[%d].source_id", i), Message: "is no row of this mapping"})
		}
		if row.ZohoID != nil && !slices.ContainsFunc(choices, func(c choiceRow) bool { return c.ZohoID == *row.ZohoID }) {
			wrong = append(wrong, fault.FieldError{Field: fmt.Sprintf("items[%d].zoho_id", i), Message: "is none of the choices; refresh them if it is new"})
		}
	}
	return wrong
}

// changes tells by name what rows are mapped to before and after; rows that stay so are left out.
func changes(rows []wire.MappingRow, sources []sourceRow, choices []choiceRow) []wire.Change {
	named := func(id *string) string {
		if id == nil {
			return ""
		}
		for _, c := range choices {
			if c.ZohoID == *id {
				return c.Name
			}
		}
		return *id
	}
	var list []wire.Change
	for _, row := range rows {
		at := slices.IndexFunc(sources, func(r sourceRow) bool { return r.SourceID == row.SourceID })
		if at < 0 { // of a table that was never read
			sources, at = append(sources, sourceRow{SourceID: row.SourceID, Name: row.SourceID}), len(sources)
		}
		if before, after := named(sources[at].ZohoID), named(row.ZohoID); before != after {
			list = append(list, wire.Change{Field: sources[at].Name, Before: before, After: after})
		}
	}
	return list
}

func (s *Service) choose(tx *gorm.DB, kind string, row wire.MappingRow, by string) error {
	if err := s.keepFormer(tx, kind, row); err != nil {
		return err
	}
	if rules.Kind(kind).Typed() && row.SourceID != rules.Default { // one choice for all spellings
		var spelled []string
		if err := tx.Raw("SELECT source_id FROM qlobooks_mappings WHERE kind = ?", kind).Scan(&spelled).Error; err != nil {
			return err
		}
		for _, other := range spelled {
			if other != row.SourceID && rules.Kind(kind).Same(other, row.SourceID) {
				if err := tx.Exec("DELETE FROM qlobooks_mappings WHERE kind = ? AND source_id = ?", kind, other).Error; err != nil {
					return err
				}
			}
		}
	}
	if row.ZohoID == nil {
		return tx.Exec("DELETE FROM qlobooks_mappings WHERE kind = ? AND source_id = ?", kind, row.SourceID).Error
	}
	return tx.Exec("INSERT INTO qlobooks_mappings (kind, source_id, zoho_id, updated_at, updated_by) VALUES (?, ?, ?, ?, ?) "+
		"ON DUPLICATE KEY UPDATE zoho_id = VALUES(zoho_id), updated_at = VALUES(updated_at), updated_by = VALUES(updated_by)", kind, row.SourceID, *row.ZohoID, s.Now().UTC(), by).Error
}

// Adopt chooses the tax of Zoho Books that has a row's rates, where nobody has chosen yet. Of
// several that come to the same a person chooses, a single integrated tax of India is only taken on a
// person's word, and so is any tax for untaxed lines.
func (s *Service) Adopt(ctx context.Context, country, by string) error {
	sources, choices, err := s.read(ctx, string(rules.Taxes))
	if err != nil {
		return err
	}
	for _, row := range sources {
		whole, halves := fitting(row.SourceID, choices)
		if country == India && single(row.SourceID) && len(halves) == 0 {
			continue
		}
		fit := append(whole, halves...)
		if row.ZohoID != nil || len(fit) != 1 || row.SourceID == qloapps.Untaxed.Key {
			continue
		}
		if err := s.set(ctx, string(rules.Taxes), wire.MappingRow{SourceID: row.SourceID, ZohoID: &fit[0]}, by); err != nil {
			return fmt.Errorf("adopt tax: %w", err)
		}
	}
	return nil
}

// SetDefault makes the default row of a kind what the payment settings say.
func (s *Service) SetDefault(ctx context.Context, kind rules.Kind, zohoID *string, by string) error {
	return s.set(ctx, string(kind), wire.MappingRow{SourceID: rules.Default, ZohoID: zohoID}, by)
}

// Refresh reads the choices from Zoho and the rows from QloApps again, as a run.
func (s *Service) Refresh(ctx context.Context, kinds []string, by string) (wire.Run, error) {
	return s.Start(ctx, kinds, by)
}

// Replace stores what was read of one kind. Choices that people made stay.
func (s *Service) Replace(ctx context.Context, kind rules.Kind, sources []Source, choices []Choice) error {
	return s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := replaceSources(tx, kind, sources); err != nil {
			return err
		}
		for _, table := range []string{"qlobooks_mapping_unread", "qlobooks_mapping_choices"} {
			if err := tx.Exec("DELETE FROM "+table+" WHERE kind = ?", string(kind)).Error; err != nil {
				return err
			}
		}
		for i, c := range choices {
			f, err := json.Marshal(facts{Detail: c.Detail, Tax: c.Tax})
			if err != nil {
				return err
			}
			if err := tx.Exec("INSERT IGNORE INTO qlobooks_mapping_choices (kind, zoho_id, name, facts, position) VALUES (?, ?, ?, ?, ?)", string(kind), c.ID, c.Name, string(f), i).Error; err != nil {
				return err
			}
		}
		return tx.Exec("INSERT INTO qlobooks_mapping_refreshes (kind, refreshed_at) VALUES (?, ?) ON DUPLICATE KEY UPDATE refreshed_at = VALUES(refreshed_at)", string(kind), s.Now().UTC()).Error
	})
}

func replaceSources(tx *gorm.DB, kind rules.Kind, sources []Source) error {
	if err := tx.Exec("DELETE FROM qlobooks_mapping_sources WHERE kind = ?", string(kind)).Error; err != nil {
		return err
	}
	for i, x := range sources {
		if err := tx.Exec("INSERT IGNORE INTO qlobooks_mapping_sources (kind, source_id, name, used_by, position) VALUES (?, ?, ?, ?, ?)", string(kind), x.ID, x.Name, x.UsedBy, i).Error; err != nil {
			return err
		}
	}
	return nil
}

// Load gives all chosen rows as the mappings of a rules snapshot.
func (s *Service) Load(ctx context.Context) (rules.Mappings, error) {
	m := rules.Mappings{Rows: map[rules.Kind]map[string]rules.Choice{}, Taxes: map[string]rules.Tax{}, Former: map[rules.Kind]map[string]rules.Choice{}}
	var rows []struct {
		Kind, SourceID, ZohoID, Name string
		Facts                        *string
	}
	db := s.DB.WithContext(ctx)
	if err := db.Raw("SELECT m.kind, m.source_id, m.zoho_id, COALESCE(c.name, m.zoho_id) name, c.facts FROM qlobooks_mappings m LEFT JOIN qlobooks_mapping_choices c ON c.kind = m.kind AND c.zoho_id = m.zoho_id").Scan(&rows).Error; err != nil {
		return m, fmt.Errorf("read mappings: %w", err)
	}
	for _, r := range rows {
		kind := rules.Kind(r.Kind)
		if m.Rows[kind] == nil {
			m.Rows[kind] = map[string]rules.Choice{}
		}
		m.Rows[kind][r.SourceID] = rules.Choice{ZohoID: r.ZohoID, ZohoName: r.Name, Detail: choiceRow{Facts: r.Facts}.facts().Detail}
	}
	var choices []choiceRow
	if err := db.Raw("SELECT kind, zoho_id, name, facts FROM qlobooks_mapping_choices WHERE kind = ?", string(rules.Taxes)).Scan(&choices).Error; err != nil {
		return m, fmt.Errorf("read taxes: %w", err)
	}
	for _, c := range choices {
		if t := c.facts().Tax; t != nil {
			m.Taxes[c.ZohoID] = *t
		}
	}
	return m, s.loadFormer(ctx, &m)
}
