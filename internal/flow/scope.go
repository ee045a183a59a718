package flow

import (
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
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
	if start := r.Settings.Orders.ExportFromDate; start != nil && date != "" && date < *start {
		return fault.New(fault.Skipped, "skipped_before_date", "It is dated %s, before %s, from which documents are sent.", date, *start).
			Do("Change the start date in Configuration, Orders.")
	}
	return nil
}

// unfinished says why nothing is made yet of an order that QloApps has not finished writing. One that
// it never will is a person's to decide: releasing its invoice releases all of it. what is "" for the
// invoice itself.
func unfinished(o *qloapps.Order, what string, self engine.Link, links engine.Links) error {
	switch {
	case o.Complete, self.Approved, o.Abandoned && self.Exists():
		return nil
	case !o.Abandoned:
		return incomplete(o)
	}
	for _, i := range o.Invoices {
		if link := links.Look(Invoice, i.ID); link.Approved || link.Exists() {
			return nil
		}
	}
	if what != "" && len(o.Invoices) > 0 {
		if _, err := links.Of(Invoice, o.Invoices[0].ID); err != nil {
			return err
		}
		return nil
	}
	return fault.New(fault.Held, "order_incomplete", "QloApps never finished writing order %s of %s %s: it has no history.", o.Reference, money.Text(o.TotalIncl), o.Currency).
		Do("Look at the order in QloApps. Use Release here to post what it has, or Skip to leave it out.")
}

func incomplete(o *qloapps.Order) error {
	return fault.New(fault.Held, "order_incomplete", "QloApps has not finished writing order %s.", o.Reference).Do("Nothing; it is read again.")
}

// undated holds what has no day: no document is ever dated by the clock.
func undated(what, day string) error {
	if day != "" {
		return nil
	}
	return fault.New(fault.Held, "no_date", "%s has no date in QloApps (0000-00-00), and no document is dated by guessing.", what).
		Do("Enter its date in QloApps' database, then use Retry; or make the document by hand in Zoho Books and use Skip here.")
}
