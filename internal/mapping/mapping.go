// Package mapping keeps what a person chose to stand for QloApps' taxes, payment methods,
// facilities and accounts in Zoho Books, with suggestions.
//
// It stores three things: rows that QloApps offers, choices that Zoho offers, and which choice a
// row has. The first two are read again by Refresh; the last changes only by a person's wish.
package mapping

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
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
	// Country is the organization's, alpha-2; "" = not known.
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
	Tag              string     // of an option, its reporting tag
	Whole            bool       // which is given to documents and not to lines
	Inactive         bool       // in Zoho Books: what is chosen stays so, and is offered to nobody else
}

// Source is one thing of QloApps' that may be mapped.
type Source struct {
	ID, Name string
	UsedBy   int
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
		if names[c.ZohoID] = c.Name; c.facts().Inactive {
			names[c.ZohoID] += " (inactive in Zoho Books)"
			continue
		}
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
		if id, confidence := suggest(rules.Kind(kind), row, inUse(choices), country); id != "" {
			item.SuggestedZohoID, item.Confidence = &id, &confidence
		}
		page.Items = append(page.Items, item)
	}
	at, err := s.refreshed(ctx, kind)
	if err != nil {
		return page, err
	}
	page.RefreshedAt = wire.AtOrNull(at)
	if page.Version, err = s.Version(ctx, kind); err != nil {
		return page, err
	}
	if page.Unread, err = s.trouble(ctx, kind); err != nil {
		return page, err
	}
	page.Former, err = s.former(ctx, kind)
	return page, err
}

// Put changes only the rows named, all or none, and frees what was blocked for them. match, unless empty, is
// the version from which the change was made; Conflict/changed_meanwhile when another one stands.
func (s *Service) Put(ctx context.Context, kind string, rows []wire.MappingRow, match, by string) (wire.MappingPage, error) {
	var page wire.MappingPage
	err := s.together(ctx, rules.Kind(kind), func() (err error) {
		page, err = s.put(ctx, kind, rows, match, by)
		return err
	})
	return page, err
}

// isSetting reports a kind whose default row is a setting too.
func isSetting(kind rules.Kind) bool {
	return kind == rules.PaymentModes || kind == rules.DepositAccounts
}

// together does work on the choices of a kind, and of one whose default row is a setting while nobody else changes either.
func (s *Service) together(ctx context.Context, kind rules.Kind, work func() error) error {
	if !isSetting(kind) {
		return work()
	}
	return version.Alone(ctx, s.DB, settings.Defaults, func(*gorm.DB) error { return work() })
}

func (s *Service) put(ctx context.Context, kind string, rows []wire.MappingRow, match, by string) (wire.MappingPage, error) {
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
	ctx = context.WithoutCancel(ctx) // what is saved is carried out, also when who saved it has gone
	for _, row := range rows {
		if row.SourceID == rules.Default && isSetting(rules.Kind(kind)) {
			if err := s.SaveDefault(ctx, rules.Kind(kind), row.ZohoID, by); err != nil {
				return wire.MappingPage{}, err
			}
		}
	}
	words := fmt.Sprintf("Changed %d rows of the mapping of %s.", len(changed), kind)
	switch len(changed) {
	case 0:
		words = fmt.Sprintf("Saved the mapping of %s as it was.", kind)
	case 1:
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
		if row.ZohoID == nil {
			continue
		}
		at := slices.IndexFunc(choices, func(c choiceRow) bool { return c.ZohoID == *row.ZohoID })
		stays := slices.ContainsFunc(sources, func(r sourceRow) bool {
			return r.SourceID == rows[i].SourceID && r.ZohoID != nil && *r.ZohoID == *row.ZohoID
		})
		switch {
		case at < 0:
			wrong = append(wrong, fault.FieldError{Field: fmt.Sprintf("items[%d].zoho_id", i), Message: "is none of the choices; refresh them if it is new"})
		case choices[at].facts().Inactive && !stays:
			wrong = append(wrong, fault.FieldError{Field: fmt.Sprintf("items[%d].zoho_id", i), Message: "is inactive in Zoho Books; make it active there and refresh the choices"})
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
		whole, halves := fitting(row.SourceID, inUse(choices))
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

// Default is the choice of a kind's default row; nil = none.
func (s *Service) Default(ctx context.Context, kind rules.Kind) (*string, error) {
	var chosen []string
	if err := s.DB.WithContext(ctx).Raw("SELECT zoho_id FROM qlobooks_mappings WHERE kind = ? AND source_id = ?", string(kind), rules.Default).Scan(&chosen).Error; err != nil {
		return nil, fmt.Errorf("read mapping: %w", err)
	}
	if len(chosen) == 0 {
		return nil, nil
	}
	return &chosen[0], nil
}

// Refresh reads the choices from Zoho and the rows from QloApps again, as a run.
func (s *Service) Refresh(ctx context.Context, kinds []string, by string) (wire.Run, error) {
	return s.Start(ctx, kinds, by)
}
