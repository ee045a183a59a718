package flow

import (
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

func skippedHotel(hotelID, name string, r *rules.Rules) error {
	for _, ignored := range r.Settings.Hotels.IgnoredHotels {
		if hotelID != "" && ignored == hotelID {
			return fault.New(fault.Skipped, "skipped_hotel", "The hotel %s is ignored.", name).Do("Remove it from the ignored hotels in Configuration, Hotels.")
		}
	}
	return nil
}

func skippedBefore(date string, r *rules.Rules) error {
	if start := r.Settings.Orders.ExportFromDate; start != nil && date < *start {
		return fault.New(fault.Skipped, "skipped_before_date", "It is dated %s, before %s, from which documents are sent.", date, *start).
			Do("Change the start date in Configuration, Orders.")
	}
	return nil
}

func incomplete(o *qloapps.Order) error {
	return fault.New(fault.Held, "order_incomplete", "QloApps has not finished writing order %s.", o.Reference).Do("Nothing; sync it again when QloApps shows the order.")
}
