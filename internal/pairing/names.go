package pairing

import (
	"context"
	"fmt"
	"slices"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
)

const (
	// looked is how many guests a preview of names looks at, the newest.
	looked = 200
	// exemplars is how many of them it shows: those whose name is cut or taken first.
	exemplars = 10
)

// Names shows what a pattern makes of real guests, before it is saved: the name as it would stand in Zoho
// Books, whether it is cut there, and who has it already. It calls nobody and changes nothing.
func (c Customers) Names(ctx context.Context, pattern string) (wire.NamePreview, error) {
	page := wire.NamePreview{Items: []wire.PreviewedName{}}
	guests, err := c.newest(ctx)
	if err != nil || len(guests) == 0 {
		return page, err
	}
	var plain []string
	holders := map[string][]string{}
	made := make([]flow.ContactName, len(guests))
	for i, g := range guests {
		made[i] = flow.NameContact(g, pattern)
		folded := store.Fold(made[i].Plain)
		plain, holders[folded] = append(plain, made[i].Plain), append(holders[folded], g.ID)
	}
	owners, err := c.Store.OwnersOf(ctx, flow.ContactSpace, plain)
	if err != nil {
		return page, err
	}
	foreign, own, err := c.contactsNamed(ctx, plain, guests)
	if err != nil {
		return page, err
	}
	page.Looked = len(guests)
	var told, rest, alike []wire.PreviewedName
	shown := map[string]int{} // of one name
	for i, g := range guests {
		name := wire.PreviewedName{CustomerID: g.ID, Guest: flow.NameContact(g, "{name}").Plain, Name: made[i].Plain, Cut: made[i].Cut}
		folded := store.Fold(name.Name)
		owner := owners[folded]
		switch {
		case len(holders[folded]) > 1:
			name.Namesake = "customer:" + holders[folded][(slices.Index(holders[folded], g.ID)+1)%len(holders[folded])]
		case owner != "" && owner != store.Foreign && owner != "customer:"+g.ID:
			name.Namesake = owner
		case owner == store.Foreign, slices.ContainsFunc(foreign[folded], func(id string) bool { return !slices.Contains(own[g.ID], id) }):
			name.Namesake = "contact"
		}
		if name.Namesake != "" {
			name.Name, name.Cut = made[i].Suffixed, made[i].Cut || made[i].CutBySuffix
			page.Namesakes++
		}
		if name.Cut {
			page.Cut++
		}
		shown[folded]++
		switch {
		case shown[folded] > 2:
			alike = append(alike, name)
		case name.Cut || name.Namesake != "":
			told = append(told, name)
		default:
			rest = append(rest, name)
		}
	}
	told = told[:min(len(told), exemplars-min(len(rest), exemplars/2))]
	all := slices.Concat(told, rest, alike)
	page.Items = all[:min(len(all), exemplars)]
	return page, nil
}

// newest are the guests that were made last and are not deleted.
func (c Customers) newest(ctx context.Context) ([]qloapps.Customer, error) {
	records, _, err := c.Store.Records(ctx, store.RecordQuery{Section: section, Sort: "source_id", Descending: true, Limit: looked})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range records {
		ids = append(ids, r.ID)
	}
	if len(ids) == 0 { // the section was never listed
		listed, err := c.Hotel.ListCustomers(ctx, "", looked)
		if err != nil {
			return nil, err
		}
		for _, l := range listed {
			ids = append(ids, l.ID)
		}
	}
	found, err := c.Hotel.Customers(ctx, ids)
	var guests []qloapps.Customer
	for _, id := range ids {
		if g, there := found[id]; there && g.Deleted == 0 && !g.Gone {
			guests = append(guests, g)
		}
	}
	return guests, err
}

// contactsNamed finds contacts that were read from Zoho Books by their folded names, and those that stand for
// guests already.
func (c Customers) contactsNamed(ctx context.Context, names []string, guests []qloapps.Customer) (named, own map[string][]string, err error) {
	folded, ids := make([]string, len(names)), make([]string, len(guests))
	for i, name := range names {
		folded[i] = store.Fold(name)
	}
	for i, g := range guests {
		ids[i] = g.ID
	}
	var rows []struct{ ZohoID, NameFold string }
	if err := c.Store.Gorm().WithContext(ctx).Raw("SELECT zoho_id, name_fold FROM qlobooks_zoho_contacts WHERE name_fold IN ?", folded).Scan(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("read contacts by name: %w", err)
	}
	named, own = map[string][]string{}, map[string][]string{}
	for _, r := range rows {
		named[r.NameFold] = append(named[r.NameFold], r.ZohoID)
	}
	docs, err := c.standing(ctx, ids)
	for id, d := range docs {
		if d.ZohoID != "" {
			own[id] = []string{d.ZohoID}
		}
	}
	return named, own, err
}
