package qloapps

import (
	"context"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Stay is when something that an order line sums up is used: a room, or a service in it.
type Stay struct {
	From, To time.Time // zero where nobody stays for it
	Once     bool      // used up on the day of arrival, however long the stay
	Excl     money.Decimal
	Booking  string // htl_booking_detail.id; "" where nobody stays for it
}

// Stays reads when what the order lines of orders sum up is used, by id_order_detail: each room of a room type,
// and each row of a service.
func (r *Reader) Stays(ctx context.Context, orderIDs []string) (map[string][]Stay, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	once := "1"
	if r.has("product.price_calculation_method") {
		once = "COALESCE(p.price_calculation_method, 1) <> 2"
	}
	stays := map[string][]Stay{}
	err = chunk(orderIDs, func(ids []string) error {
		for _, statement := range []string{
			"SELECT " + ownDetail("b") + " id_order_detail, b.id booking, " + timeOf("b.date_from") + " date_from, " + timeOf("b.date_to") + " date_to, 0 once, b.total_price_tax_excl excl FROM {p}htl_booking_detail b WHERE b.id_order IN ? ORDER BY b.id",
			"SELECT " + ownDetail("s") + " id_order_detail, COALESCE(b.id, '') booking, " + timeOf("b.date_from") + " date_from, " + timeOf("b.date_to") + " date_to, " + once + " once, s.total_price_tax_excl excl FROM {p}" + r.services + " s " +
				"LEFT JOIN {p}htl_booking_detail b ON b.id = s.id_htl_booking_detail LEFT JOIN {p}product p ON p.id_product = s.id_product WHERE s.id_order IN ? ORDER BY s.id_order_detail, b.id",
		} {
			var rows []struct {
				IDOrderDetail    string
				Booking          string
				DateFrom, DateTo *time.Time
				Once             bool
				Excl             money.Decimal
			}
			if err := r.query(ctx, &rows, statement, ids); err != nil {
				return err
			}
			for _, x := range rows {
				s := Stay{Once: x.Once, Excl: x.Excl, Booking: x.Booking}
				if x.DateFrom != nil && x.DateTo != nil {
					s.From, s.To = wall(*x.DateFrom, shop.Zone), wall(*x.DateTo, shop.Zone)
				}
				stays[x.IDOrderDetail] = append(stays[x.IDOrderDetail], s)
			}
		}
		return nil
	})
	return stays, err
}
