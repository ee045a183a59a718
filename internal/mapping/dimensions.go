package mapping

import (
	"context"
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// HotelTag is the reporting tag that the set-up makes.
const HotelTag = "Hotel"

// tagChoices are the options of the tags that are given: of all while a hotel becomes an option, else of
// those that the organization demands, each of which becomes a row. Editions without tags have none.
func (l *Lists) tagChoices(ctx context.Context) ([]Choice, error) {
	tags, err := l.books.ReportingTags(ctx)
	if zoho.NotThere(err) && l.target != "tag" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Choice
	for _, t := range tags {
		if !t.InUse() || l.target != "tag" && !bool(t.Mandatory) {
			continue
		}
		options, err := l.books.TagOptions(ctx, string(t.ID))
		if err != nil {
			return nil, err
		}
		for _, o := range options {
			out = append(out, Choice{ID: string(o.ID), Name: string(o.Name), Detail: string(t.Name), Tag: string(t.ID), Whole: t.Whole(), Inactive: !o.InUse()})
		}
		if bool(t.Mandatory) && !(l.target == "tag" && strings.EqualFold(string(t.Name), HotelTag)) {
			if l.demanded == nil {
				l.demanded = map[rules.Kind][]Source{}
			}
			l.demanded[rules.Tags] = append(l.demanded[rules.Tags], Source{ID: "tag:" + string(t.ID), Name: "Every document: " + string(t.Name)})
		}
	}
	return out, nil
}

// locationChoices are read only where a hotel becomes a location.
func (l *Lists) locationChoices(ctx context.Context) ([]Choice, error) {
	if l.target != "location" {
		return nil, nil
	}
	list, err := l.books.Locations(ctx)
	var out []Choice
	for _, x := range list {
		out = append(out, Choice{ID: string(x.ID), Name: string(x.Name)})
	}
	return out, err
}

// AdoptHotels chooses, for each hotel without a choice, the one option or location that has its name.
func (s *Service) AdoptHotels(ctx context.Context, target, by string) error {
	kind := map[string]rules.Kind{"tag": rules.Tags, "location": rules.Locations}[target]
	if kind == "" {
		return nil
	}
	sources, choices, err := s.read(ctx, string(kind))
	if err != nil {
		return err
	}
	for _, row := range sources {
		var fit []string
		for _, c := range choices {
			if strings.EqualFold(c.Name, row.Name) && (kind == rules.Locations || strings.EqualFold(c.facts().Detail, HotelTag)) {
				fit = append(fit, c.ZohoID)
			}
		}
		if row.ZohoID != nil || len(fit) != 1 || !strings.HasPrefix(row.SourceID, "hotel:") {
			continue
		}
		if err := s.set(ctx, string(kind), wire.MappingRow{SourceID: row.SourceID, ZohoID: &fit[0]}, by); err != nil {
			return fmt.Errorf("adopt what stands for a hotel: %w", err)
		}
	}
	return nil
}
