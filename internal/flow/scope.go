package flow

import (
	"encoding/json"
	"strings"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
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
	return fault.New(fault.Held, "order_incomplete", "QloApps never finished writing order %s of %s %s: it has no history, or no state.", o.Reference, money.Words(o.TotalIncl, o.Currency), o.Currency).
		Do("Look at the order in QloApps. Use Release here to post what it has, or Skip to leave it out.")
}

func incomplete(o *qloapps.Order) error {
	return fault.New(fault.Held, "order_incomplete", "QloApps has not finished writing order %s.", o.Reference).Do("Nothing; it is read again.")
}

// anotherOrder says why nothing is made of an order whose id QloApps gave to another one before, as after an older
// back-up of its database was put back: what was posted of that one stays as it is. An order keeps its reference and its
// days for good. What Zoho Books numbers bears the number of its invoice as reference, whatever prefix was printed then.
func anotherOrder(o *qloapps.Order, self engine.Link, links engine.Links) error {
	reference := zoho.Clip(o.Reference, 100)
	stands := func(ref engine.Ref, day, number string) error {
		link := links.Look(ref.Flow, ref.ID)
		if self.Ref == ref {
			link = self
		}
		var sent struct {
			Reference string `json:"reference_number"`
			Notes     string `json:"notes"`
		}
		_ = json.Unmarshal(link.Sent, &sent)
		if !link.Exists() || sent.Reference == "" || link.Day == "" || number != "" && strings.Contains(sent.Reference, number) {
			return nil
		}
		if !destination.OfOther(reference, sent.Reference, link.Day == day || strings.Contains(sent.Notes, day)) {
			return nil
		}
		return engine.OfAnother(o.Reference, sent.Reference, link.Number, link.Day)
	}
	for _, i := range o.Invoices {
		number := ""
		if i.Printed != "" {
			number = strings.Repeat("0", max(0, 6-len(i.Number))) + i.Number
		}
		if err := stands(ref(Invoice, i.ID), qloapps.Day(i.Date), number); err != nil {
			return err
		}
	}
	return stands(ref(SalesOrder, o.ID), qloapps.Day(o.Added), "")
}

// undated holds what has no day: no document is ever dated by the clock.
func undated(what, day string) error {
	if day != "" {
		return nil
	}
	return fault.New(fault.Held, "no_date", "%s has no date in QloApps (0000-00-00), and no document is dated by guessing.", what).
		Do("Enter its date in QloApps' database, then use Retry; or make the document by hand in Zoho Books and use Skip here.")
}
