package mapping

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
		for _, o := range zoho.Flat(options) {
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

// HotelNames are the names of the options that stand for hotels, which are given in the order of their ids: of those of one
// name the first bears it alone, and every other with its id. A plain name that is shared is told.
func HotelNames(hotels []Source) (names map[string]string, shared map[string]bool) {
	names, shared = map[string]string{}, map[string]bool{}
	seen := map[string]bool{}
	for _, h := range hotels {
		folded := strings.ToLower(h.Name)
		if names[h.ID] = h.Name; seen[folded] {
			names[h.ID], shared[folded] = h.Name+" (QLO-"+strings.TrimPrefix(h.ID, "hotel:")+")", true
		}
		seen[folded] = true
	}
	return names, shared
}

// AdoptHotels chooses, for each hotel without a choice, the one option or location in use that has its name. What fits
// several hotels is left to a person, unless each other one of that name has its own.
func (s *Service) AdoptHotels(ctx context.Context, target, by string) error {
	kind := map[string]rules.Kind{"tag": rules.Tags, "location": rules.Locations}[target]
	if kind == "" {
		return nil
	}
	sources, choices, err := s.read(ctx, string(kind))
	if err != nil {
		return err
	}
	var hotels []Source
	for _, row := range sources {
		if strings.HasPrefix(row.SourceID, "hotel:") {
			hotels = append(hotels, Source{ID: row.SourceID, Name: row.Name})
		}
	}
	slices.SortFunc(hotels, func(a, b Source) int { return cmp.Or(len(a.ID)-len(b.ID), strings.Compare(a.ID, b.ID)) })
	names, shared := HotelNames(hotels)
	fitting := func(name string) (fit []string) {
		for _, c := range choices {
			if !c.facts().Inactive && strings.EqualFold(c.Name, name) && (kind == rules.Locations || strings.EqualFold(c.facts().Detail, HotelTag)) {
				fit = append(fit, c.ZohoID)
			}
		}
		return fit
	}
	for _, row := range sources {
		name := names[row.SourceID]
		fit := fitting(name)
		if row.ZohoID != nil || len(fit) != 1 || name == "" {
			continue
		}
		if shared[strings.ToLower(name)] && slices.ContainsFunc(hotels, func(h Source) bool {
			return h.ID != row.SourceID && strings.EqualFold(h.Name, name) && len(fitting(names[h.ID])) == 0
		}) {
			continue
		}
		if err := s.set(ctx, string(kind), wire.MappingRow{SourceID: row.SourceID, ZohoID: &fit[0]}, by); err != nil {
			return fmt.Errorf("adopt what stands for a hotel: %w", err)
		}
	}
	return nil
}
