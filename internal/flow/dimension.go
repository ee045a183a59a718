package flow

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// dimension is where in the organization a document belongs: its hotel as a reporting tag or a location,
// and the options of tags that every document must have.
type dimension struct {
	whole, lines []zoho.Tag
	location     string
}

// dimensionOf is what a new document of a hotel is given. What stands keeps what it was sent with, whatever
// is chosen now.
func dimensionOf(hotelID string, r *rules.Rules) (dimension, error) {
	var d dimension
	var of string // the tag that the hotel is an option of
	if r.Settings.Hotels.Target == "tag" {
		option, err := r.Mappings.Find(rules.Tags, "hotel:"+hotelID)
		if err != nil {
			return d, err
		}
		of = option.Tag
		d.add(option)
	}
	place, err := placeOf(hotelID, engine.Link{}, r)
	if err != nil {
		return d, err
	}
	d.location = place
	for _, tag := range r.Mappings.Demanded {
		if of != "" && tag == "tag:"+of {
			continue
		}
		option, err := r.Mappings.Find(rules.Tags, tag)
		if err != nil {
			return d, err
		}
		if option.Tag == "" {
			option.Tag = strings.TrimPrefix(tag, "tag:")
		}
		d.add(option)
	}
	return d, nil
}

// placeOf is the location of a hotel's new document, which payments have too; "" where hotels are none.
func placeOf(hotelID string, self engine.Link, r *rules.Rules) (string, error) {
	if self.Exists() {
		return dimensionSent(self.Sent).location, nil
	}
	if r.Settings.Hotels.Target != "location" {
		return "", nil
	}
	place, err := r.Mappings.Find(rules.Locations, "hotel:"+hotelID)
	return place.ZohoID, err
}

func (d *dimension) add(option rules.Choice) {
	tag := zoho.Tag{ID: option.Tag, Option: option.ZohoID}
	if option.Whole {
		d.whole = append(d.whole, tag)
	} else {
		d.lines = append(d.lines, tag)
	}
}

// dimensionFor is dimensionOf for a document that may stand already.
func dimensionFor(hotelID string, self engine.Link, r *rules.Rules) (dimension, error) {
	if self.Exists() {
		return dimensionSent(self.Sent), nil
	}
	return dimensionOf(hotelID, r)
}

// dimensionSent is what a body was sent with.
func dimensionSent(body json.RawMessage) dimension {
	var sent struct {
		Tags       []zoho.Tag  `json:"tags"`
		LocationID string      `json:"location_id"`
		Lines      []zoho.Line `json:"line_items"`
	}
	_ = json.Unmarshal(body, &sent)
	d := dimension{whole: sent.Tags, location: sent.LocationID}
	if len(sent.Lines) > 0 {
		d.lines = sent.Lines[0].Tags
	}
	return d
}

func (d dimension) none() bool { return len(d.whole) == 0 && len(d.lines) == 0 && d.location == "" }

// on gives the lines what is theirs, and tells what the document bears.
func (d dimension) on(lines []zoho.Line) ([]zoho.Tag, string) {
	for i := range lines {
		lines[i].Tags, lines[i].LocationID = slices.Clone(d.lines), d.location
	}
	return d.whole, d.location
}
