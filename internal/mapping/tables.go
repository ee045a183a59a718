package mapping

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/collate"
	"github.com/qlobooks/qlobooks/internal/rules"
)

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
	Tag    string     `json:"tag,omitempty"`
	Whole  bool       `json:"whole,omitempty"`
	// Inactive says that Zoho Books keeps it out of use.
	Inactive bool `json:"inactive,omitempty"`
}

func (c choiceRow) facts() facts {
	var f facts
	if c.Facts != nil {
		_ = json.Unmarshal([]byte(*c.Facts), &f)
	}
	return f
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

// inUse are the choices that Zoho Books does not keep out of use.
func inUse(choices []choiceRow) []choiceRow {
	return slices.DeleteFunc(slices.Clone(choices), func(c choiceRow) bool { return c.facts().Inactive })
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
	err = s.DB.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_mapping_choices WHERE kind = ? AND zoho_id = ? AND COALESCE(facts, '') NOT LIKE '%\"inactive\":true%'", string(kind), zohoID).Scan(&n).Error
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
	if rows, err = s.wanted(ctx, rules.Kind(kind), slices.Clone(rows)); err != nil {
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

// Replace stores what was read of one kind. Choices that people made stay.
func (s *Service) Replace(ctx context.Context, kind rules.Kind, sources []Source, choices []Choice) error {
	return s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := replaceSources(tx, kind, sources, ""); err != nil {
			return err
		}
		for _, table := range []string{"qlobooks_mapping_unread", "qlobooks_mapping_choices"} {
			if err := tx.Exec("DELETE FROM "+table+" WHERE kind = ?", string(kind)).Error; err != nil {
				return err
			}
		}
		for i, c := range choices {
			f, err := json.Marshal(facts{Detail: c.Detail, Tax: c.Tax, Tag: c.Tag, Whole: c.Whole, Inactive: c.Inactive})
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

// demandedSource is how the rows of tags begin that every document must have, as Zoho Books says.
const demandedSource = "tag:%"

// replaceSources stores the rows of a kind; those like keep stay, "" for none.
func replaceSources(tx *gorm.DB, kind rules.Kind, sources []Source, keep string) error {
	if err := tx.Exec("DELETE FROM qlobooks_mapping_sources WHERE kind = ? AND NOT (source_id LIKE ?)", string(kind), keep).Error; err != nil {
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
		f := choiceRow{Facts: r.Facts}.facts()
		m.Rows[kind][r.SourceID] = rules.Choice{ZohoID: r.ZohoID, ZohoName: r.Name, Detail: f.Detail, Tag: f.Tag, Whole: f.Whole}
	}
	if err := db.Raw("SELECT source_id FROM qlobooks_mapping_sources WHERE kind = ? AND source_id LIKE ? ORDER BY source_id", string(rules.Tags), demandedSource).Scan(&m.Demanded).Error; err != nil {
		return m, fmt.Errorf("read demanded tags: %w", err)
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
