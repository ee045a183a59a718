package flow

import (
	"cmp"
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
		option, err := r.Mappings.Find(rules.Tags, hotelRow(hotelID))
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
	return d, d.demanded(r, of)
}

// hotelRow is a hotel's row among the mappings; what was sold without one takes what everything else takes.
func hotelRow(hotelID string) string {
	if hotelID == "" || hotelID == "0" {
		return rules.Default
	}
	return "hotel:" + hotelID
}

// placeOf is the location of a hotel's new document, which payments have too; "" where hotels are none.
func placeOf(hotelID string, self engine.Link, r *rules.Rules) (string, error) {
	if self.Exists() {
		return dimensionSent(self.Sent).location, nil
	}
	if r.Settings.Hotels.Target != "location" {
		return "", nil
	}
	place, err := r.Mappings.Find(rules.Locations, hotelRow(hotelID))
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

// demanded adds the tags that every document must have, but those it bears.
func (d *dimension) demanded(r *rules.Rules, bears ...string) error {
	for _, tag := range r.Mappings.Demanded {
		id := strings.TrimPrefix(tag, "tag:")
		if slices.Contains(bears, id) {
			continue
		}
		option, err := r.Mappings.Only(rules.Tags, tag)
		if err != nil {
			return err
		}
		option.Tag = cmp.Or(option.Tag, id)
		d.add(option)
	}
	return nil
}

// dimensionTakenBack is where a cancellation takes back what was posted: from where it was posted, whatever is
// chosen now, with what every document must have by now.
func dimensionTakenBack(posted, self engine.Link, r *rules.Rules) (dimension, error) {
	if self.Exists() {
		return dimensionSent(self.Sent), nil
	}
	d := dimensionSent(posted.Sent)
	var bears []string
	for _, tag := range slices.Concat(d.whole, d.lines) {
		bears = append(bears, tag.ID)
	}
	return d, d.demanded(r, bears...)
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

// on gives the lines what is theirs, and tells what the document bears.
func (d dimension) on(lines []zoho.Line) ([]zoho.Tag, string) {
	for i := range lines {
		lines[i].Tags, lines[i].LocationID = slices.Clone(d.lines), d.location
	}
	return d.whole, d.location
}
