package flow

import (
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Particulars are what reports group a record by, and its amount as QloApps has it.
type Particulars struct {
	OrderID, HotelID, Hotel string
	Day, Currency           string
	Tax                     string // the rate sets of its lines, as the mapping names them
	PaymentMode             string
	Amount                  money.Decimal // in the currency's digits
}

// ParticularsOf reads them off a record of any flow; a kind without any gives zero ones.
func ParticularsOf(record any) Particulars {
	p := particularsOf(record)
	if p.Currency != "" {
		p.Amount = money.RoundHalfUp(p.Amount, zoho.CurrencyOf(p.Currency).Precision)
	}
	return p
}

func particularsOf(record any) Particulars {
	switch r := record.(type) {
	case qloapps.Invoice:
		p := ofOrder(r.Order)
		p.Day, p.Amount, p.Tax = qloapps.Day(r.Date), r.TotalIncl, rateWords(bill.LinesOf(r))
		if len(r.Order.Invoices) == 1 {
			p.Amount = bill.OfOrder(r.Order).Incl
		}
		return p
	case qloapps.Payment:
		p := Particulars{}
		for _, s := range counting(r.Shares) {
			if o := r.Orders[s.OrderID]; o != nil {
				p = ofOrder(o)
				break
			}
		}
		p.Day, p.Amount, p.Currency, p.PaymentMode = qloapps.Day(r.Added), r.Amount, r.Currency, r.Method
		return p
	case qloapps.Slip:
		p := Particulars{OrderID: r.OrderID}
		if r.Order != nil {
			p = ofOrder(r.Order)
			var lines []qloapps.Line
			for _, d := range r.Details {
				if l, found := r.Order.SoldLine(d.DetailID, d.BookingID); found {
					lines = append(lines, l)
				}
			}
			p.Tax = rateWords(lines)
		}
		p.Day, p.Amount = qloapps.Day(r.Added), r.TotalIncl
		return p
	case qloapps.Refund:
		p := Particulars{OrderID: r.OrderID}
		if r.Order != nil {
			p = ofOrder(r.Order)
		}
		p.Day, p.Amount, p.PaymentMode = qloapps.Day(r.Updated), r.Amount, r.PaymentMode
		return p
	}
	return Particulars{}
}

func ofOrder(o *qloapps.Order) Particulars {
	return Particulars{OrderID: o.ID, HotelID: o.HotelID, Hotel: o.HotelName, Currency: o.Currency}
}

// rateWords names the rate sets of lines that cost something, smallest name first.
func rateWords(lines []qloapps.Line) string {
	var keys []string
	for _, l := range lines {
		if len(l.Rates) > 0 && !(l.Incl.IsZero() && l.Excl.IsZero()) && !slices.Contains(keys, l.Rates[0].Key) {
			keys = append(keys, l.Rates[0].Key)
		}
	}
	slices.Sort(keys)
	return strings.Join(keys, ", ")
}
