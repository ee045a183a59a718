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
	made := tag.ID == ""
	if made {
		if tag, err = s.books.CreateTag(s.ctx, mapping.HotelTag); err != nil {
			return s.refusal(name, err, byHand)
		}
	}
	options, err := s.books.TagOptions(s.ctx, string(tag.ID))
	if err != nil {
		return s.refusal(name, err, byHand)
	}
	stand := map[string]bool{}
	for _, o := range options {
		stand[strings.ToLower(string(o.Name))] = true
	}
	var missing []string
	for _, h := range hotels {
		if folded := strings.ToLower(h.Name); !stand[folded] {
			stand[folded] = true
			missing = append(missing, h.Name)
		}
	}
	if len(missing) == 0 {
		s.add(name, existed, "The tag stands with an option for each hotel.", "")
		return nil
	}
	if err := s.books.AddTagOptions(s.ctx, string(tag.ID), options, missing); err != nil {
		return s.refusal(name, err, byHand)
	}
	s.add(name, done, fmt.Sprintf("%d options were added to the tag «%s».", len(missing), tag.Name), "")
	return nil
}
