package mapping

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// notRead is the error of a list that Zoho Books does not give; the others are read all the same.
type notRead struct{ cause error }

func (n *notRead) Error() string { return n.cause.Error() }
func (n *notRead) Unwrap() error { return n.cause }

// unreadList keeps why a list could not be read. What passes by itself is an error of the whole.
func (s *Service) unreadList(ctx context.Context, kind rules.Kind, sources []Source, cause error) error {
	if !zoho.NotThere(cause) && !zoho.Unreadable(cause) {
		return cause
	}
	f := fault.Of(cause)
	err := s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		// what Zoho Books demands it demands until it says otherwise
		if err := replaceSources(tx, kind, sources, demandedSource); err != nil {
			return err
		}
		return tx.Exec("REPLACE INTO qlobooks_mapping_unread (kind, code, detail, action, tried_at) VALUES (?, ?, ?, ?, ?)", string(kind), f.Code, f.Detail, f.Action, s.Now().UTC()).Error
	})
	if err != nil {
		return fmt.Errorf("note a list that was not read: %w", err)
	}
	return &notRead{cause}
}

// trouble is why the list of a kind could not be read the last time; nil when it was.
func (s *Service) trouble(ctx context.Context, kind string) (*wire.Issue, error) {
	var rows []struct{ Code, Detail, Action string }
	if err := s.DB.WithContext(ctx).Raw("SELECT code, detail, action FROM qlobooks_mapping_unread WHERE kind = ?", kind).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read mapping: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return &wire.Issue{Code: rows[0].Code, Title: fault.Explain(rows[0].Code).Title, Detail: rows[0].Detail, Action: rows[0].Action}, nil
}

// clearGone takes the choice off rows whose choice no list shows any more, when reading it alone
// proves that it is gone. Lists may be filtered, and lag behind.
func (s *Service) clearGone(ctx context.Context, kind rules.Kind, books *zoho.Client) ([]string, error) {
	if _, asked := settingOf[kind]; !asked { // free texts cannot be gone, and tags and locations are not read one by one
		return nil, nil
	}
	sources, choices, err := s.stored(ctx, string(kind))
	if err != nil {
		return nil, err
	}
	var words []string
	asked := map[string]bool{}
	for _, row := range sources {
		if row.ZohoID == nil || slices.ContainsFunc(choices, func(c choiceRow) bool { return c.ZohoID == *row.ZohoID }) {
			continue
		}
		if _, known := asked[*row.ZohoID]; !known {
			stands, err := books.SettingStands(ctx, settingOf[kind], *row.ZohoID)
			if err != nil && !zoho.NotThere(err) {
				return words, err
			}
			asked[*row.ZohoID] = stands.Gone
			if stands.Name != "" { // lists may leave out what is inactive
				if err := s.keep(ctx, kind, Choice{ID: *row.ZohoID, Name: stands.Name, Inactive: stands.Inactive}); err != nil {
					return words, err
				}
			}
		}
		if !asked[*row.ZohoID] {
			continue
		}
		told, err := s.Gone(ctx, kind, *row.ZohoID)
		if err != nil {
			return words, err
		}
		words = append(words, told...)
	}
	return words, nil
}

var settingOf = map[rules.Kind]zoho.Setting{rules.Taxes: zoho.TaxSetting, rules.Items: zoho.ItemSetting, rules.Accounts: zoho.AccountSetting, rules.DepositAccounts: zoho.AccountSetting}

// Gone takes a choice that no longer exists in Zoho Books off every row that has it, and tells so in
// words. What needs it waits for another choice from then on.
func (s *Service) Gone(ctx context.Context, kind rules.Kind, zohoID string) (words []string, err error) {
	err = s.together(ctx, kind, func() error {
		words, err = s.gone(ctx, kind, zohoID)
		return err
	})
	return words, err
}

func (s *Service) gone(ctx context.Context, kind rules.Kind, zohoID string) ([]string, error) {
	var rows []struct{ SourceID, Name, Was string }
	db := s.DB.WithContext(ctx)
	if err := db.Raw("SELECT m.source_id, COALESCE(s.name, m.source_id) name, COALESCE(f.name, m.zoho_id) was FROM qlobooks_mappings m LEFT JOIN qlobooks_mapping_sources s ON s.kind = m.kind AND s.source_id = m.source_id "+
		"LEFT JOIN qlobooks_mapping_choices f ON f.kind = m.kind AND f.zoho_id = m.zoho_id WHERE m.kind = ? AND m.zoho_id = ?", string(kind), zohoID).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read mapping: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	var words []string
	var changes []wire.Change
	for _, r := range rows {
		cleared, err := s.clear(ctx, kind, r.SourceID, zohoID)
		if err != nil {
			return nil, fmt.Errorf("clear mapping: %w", err)
		}
		if !cleared {
			continue
		}
		if r.SourceID == rules.Default && isSetting(kind) {
			if err := s.SaveDefault(ctx, kind, nil, Zoho); err != nil {
				return nil, err
			}
		}
		changes = append(changes, wire.Change{Field: r.Name, Before: r.Was})
		words = append(words, fmt.Sprintf("«%s», chosen for «%s», does not exist in Zoho Books any more; choose another one.", r.Was, r.Name))
	}
	if err := db.Exec("DELETE FROM qlobooks_mapping_choices WHERE kind = ? AND zoho_id = ?", string(kind), zohoID).Error; err != nil {
		return nil, fmt.Errorf("clear mapping: %w", err)
	}
	if len(words) == 0 { // somebody chose otherwise meanwhile
		return nil, nil
	}
	return words, s.Audit(ctx, Zoho, strings.Join(words, " "), changes)
}

// clear takes one choice off a row, unless somebody chose another one meanwhile.
func (s *Service) clear(ctx context.Context, kind rules.Kind, sourceID, zohoID string) (cleared bool, err error) {
	err = s.change(ctx, string(kind), Zoho, func(in *Service, _ string) ([]wire.Change, error) {
		var now string
		if err := in.DB.Raw("SELECT zoho_id FROM qlobooks_mappings WHERE kind = ? AND source_id = ?", string(kind), sourceID).Scan(&now).Error; err != nil || now != zohoID {
			return nil, err
		}
		sources, choices, err := in.stored(ctx, string(kind))
		if err != nil {
			return nil, err
		}
		cleared = true
		row := wire.MappingRow{SourceID: sourceID}
		return changes([]wire.MappingRow{row}, sources, choices), in.choose(in.DB, string(kind), row, Zoho)
	})
	return cleared, err
}

// Zoho is who changed what was found changed there.
const Zoho = "zoho"
