package setup

import (
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/mapping"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// hotelTag makes the reporting tag, and an option for each hotel, where a hotel is to become one.
func (s *steps) hotelTag(hotel *qloapps.Reader) error {
	if s.plan.Target != "tag" {
		return nil
	}
	const name, byHand = "tag_hotel", "In Zoho Books, Settings, Reporting Tags, make a tag «Hotel» with one option for each hotel, then run Set up again."
	hotels, err := hotel.ListHotels(s.ctx, "", 1000)
	if err != nil {
		return err
	}
	tags, err := s.books.ReportingTags(s.ctx)
	if err != nil {
		return s.refusal(name, err, byHand)
	}
	var tag zoho.ReportingTag
	for _, t := range tags {
		if strings.EqualFold(string(t.Name), mapping.HotelTag) {
			tag = t
		}
	}
	switch {
	case tag.ID != "" && !tag.InUse() && !bool(tag.Draft):
		s.add(name, needed, fmt.Sprintf("The tag «%s» stands, but somebody made it inactive.", tag.Name), fmt.Sprintf("In Zoho Books, Settings, Reporting Tags, make the tag «%s» active, then run Set up again.", tag.Name))
		return nil
	case tag.ID == "":
		if tag, err = s.books.CreateTag(s.ctx, mapping.HotelTag); err != nil {
			return s.refusal(name, err, byHand)
		}
		tag.Draft = tag.Draft || tag.Active == nil // a new one is a draft where Zoho does not tell
	}
	options, err := s.books.TagOptions(s.ctx, string(tag.ID))
	if err != nil {
		return s.refusal(name, err, byHand)
	}
	stand := map[string]bool{} // whether it is in use
	for _, o := range zoho.Flat(options) {
		folded := strings.ToLower(string(o.Name))
		stand[folded] = stand[folded] || o.InUse()
	}
	var missing, asleep []string
	names, _ := mapping.HotelNames(hotelSources(hotels))
	for _, h := range hotels {
		if inUse, stands := stand[strings.ToLower(names[h.ID])]; !stands {
			missing = append(missing, names[h.ID])
		} else if !inUse {
			asleep = append(asleep, "«"+names[h.ID]+"»")
		}
	}
	if len(missing) > 0 {
		if err := s.books.AddTagOptions(s.ctx, string(tag.ID), options, missing); err != nil {
			return s.refusal(name, err, byHand)
		}
	}
	if tag.Draft {
		if err := s.books.ActivateTag(s.ctx, string(tag.ID)); err != nil {
			return s.refusal(name, err, "In Zoho Books, Settings, Reporting Tags, make the tag «Hotel» active, then run Set up again.")
		}
	}
	switch {
	case len(asleep) > 0:
		s.add(name, needed, fmt.Sprintf("Somebody made options of the tag «%s» inactive: %s.", tag.Name, strings.Join(asleep, ", ")),
			"In Zoho Books, Settings, Reporting Tags, make these options active, then run Set up again.")
	case len(missing) > 0:
		s.add(name, done, fmt.Sprintf("%d options were added to the tag «%s».", len(missing), tag.Name), "")
	case bool(tag.Draft):
		s.add(name, done, fmt.Sprintf("The tag «%s» was a draft and is active now.", tag.Name), "")
	default:
		s.add(name, existed, "The tag stands with an option for each hotel.", "")
	}
	return nil
}

func hotelSources(hotels []qloapps.Listing) []mapping.Source {
	list := make([]mapping.Source, len(hotels))
	for i, h := range hotels {
		list[i] = mapping.Source{ID: h.ID, Name: h.Name}
	}
	return list
}
