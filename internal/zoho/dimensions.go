package zoho

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// ReportingTag divides what is posted, as by hotel.
type ReportingTag struct {
	ID        Text   `json:"tag_id"`
	Name      Text   `json:"tag_name"`
	Active    *Truth `json:"is_active"` // nil where Zoho does not tell
	Draft     Truth  `json:"is_draft"`  // it was made and not made active yet
	Mandatory Truth  `json:"is_mandatory"`
	Multi     struct {
		Preference Text `json:"preference"`
	} `json:"multi_preference_entities"`
}

// InUse reports a tag that can be given.
func (t ReportingTag) InUse() bool { return !bool(t.Draft) && (t.Active == nil || bool(*t.Active)) }

// Whole reports that the tag is given to a document and not to its lines; where Zoho does not tell, it is
// given to lines, as tags are unless somebody chose otherwise.
func (t ReportingTag) Whole() bool { return t.Multi.Preference == "transaction" }

// TagOption is one value of a tag, with those that stand under it.
type TagOption struct {
	ID       Text        `json:"option_id"`
	Name     Text        `json:"option_name"`
	Active   *Truth      `json:"is_active"`
	Default  Truth       `json:"is_default"`
	Children []TagOption `json:"children"`
}

// Location is a branch of the organization.
type Location struct {
	ID     Text  `json:"location_id"`
	Name   Text  `json:"location_name"`
	Status State `json:"status"`
}

func (t ReportingTag) id() Text { return t.ID }
func (o TagOption) id() Text    { return o.ID }
func (l Location) id() Text     { return l.ID }

// tagsPath is where reporting tags are. The documentation shows no code in most answers there.
const tagsPath = "/reportingtags"

// ReportingTags lists the tags of the books.
func (c *Client) ReportingTags(ctx context.Context) ([]ReportingTag, error) {
	return read[ReportingTag](ctx, c, tagsPath, "reporting_tags", nil)
}

// InUse reports an option that can be given.
func (o TagOption) InUse() bool { return o.Active == nil || bool(*o.Active) }

// Flat gives the options of a tree, each before those under it.
func Flat(options []TagOption) (all []TagOption) {
	for _, o := range options {
		all = append(append(all, o), Flat(o.Children)...)
	}
	return all
}

// TagOptions gives the tree of a tag's values, also those that are out of use.
func (c *Client) TagOptions(ctx context.Context, tag string) ([]TagOption, error) {
	return rows[TagOption](ctx, c, tagsPath+"/options", "options", url.Values{"tag_id": {tag}})
}

// CreateTag makes a tag that is given to the lines of sales and journals. It is a draft until it is made active.
func (c *Client) CreateTag(ctx context.Context, name string) (ReportingTag, error) {
	if err := c.Complete(tagsPath); err != nil {
		return ReportingTag{}, err
	}
	body := map[string]any{"tag_name": name, "is_mandatory": false,
		"entities":                  []map[string]any{{"entity_name": "items", "is_enabled": false}},
		"multi_preference_entities": map[string]any{"preference": "line_item", "entities": []map[string]any{{"entity_name": "sales", "is_enabled": true}, {"entity_name": "journals", "is_enabled": true}}}}
	var answer struct {
		Tag     ReportingTag `json:"tag"`
		Another ReportingTag `json:"reporting_tag"`
	}
	if err := c.post(ctx, tagsPath, body, &answer); err != nil {
		return ReportingTag{}, err
	}
	for _, made := range []ReportingTag{answer.Tag, answer.Another} {
		if made.ID != "" {
			return made, nil
		}
	}
	list, err := c.ReportingTags(ctx)
	for _, made := range list {
		if string(made.Name) == name {
			return made, err
		}
	}
	if err == nil {
		err = Unread(http.MethodPost, fmt.Errorf("the answer names no tag"))
	}
	return ReportingTag{}, err
}

// ActivateTag makes a tag active: until then it can be given to nothing.
func (c *Client) ActivateTag(ctx context.Context, tag string) error {
	_, err := c.Do(ctx, Request{Method: http.MethodPost, Path: tagsPath + "/" + tag + "/active"})
	return err
}

// AddTagOptions adds values to a tag. Zoho takes the whole tree, and deletes what is left out of it, so those that stand are
// sent along as they stand.
func (c *Client) AddTagOptions(ctx context.Context, tag string, stand []TagOption, names []string) error {
	if err := c.Complete(tagsPath + "/options"); err != nil {
		return err
	}
	if slices.ContainsFunc(Flat(stand), func(o TagOption) bool { return o.ID == "" }) {
		return c.nameless(tagsPath + "/options")
	}
	options := standing(stand)
	for _, name := range names {
		options = append(options, map[string]any{"option_name": name, "is_active": true})
	}
	_, err := c.change(ctx, http.MethodPut, tagsPath+"/"+tag+"/options", map[string]any{"options": options})
	return err
}

func standing(stand []TagOption) []map[string]any {
	options := []map[string]any{}
	for _, o := range stand {
		option := map[string]any{"option_id": string(o.ID), "option_name": string(o.Name), "is_active": o.InUse(), "is_default": bool(o.Default)}
		if len(o.Children) > 0 { // the request's schema knows no empty ones below the first level
			option["children"] = standing(o.Children)
		}
		options = append(options, option)
	}
	return options
}

// Locations lists the branches that documents can be given to.
func (c *Client) Locations(ctx context.Context) ([]Location, error) {
	list, err := read[Location](ctx, c, "/locations", "locations", nil)
	return slices.DeleteFunc(list, func(l Location) bool { return l.Status == "inactive" }), err
}
