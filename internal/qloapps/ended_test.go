package qloapps_test

import (
	"maps"
	"testing"
	"time"
)

// TestWhatWasGivenUpIsToldWithItsDay: what a granted request gave back, and what was canceled without one, unless the guest
// had moved in; a mark alone tells nothing.
func TestWhatWasGivenUpIsToldWithItsDay(t *testing.T) {
	t.Parallel()

	h := left(t, false,
		"ALTER TABLE qlo_htl_booking_detail ADD COLUMN id_status INT NOT NULL DEFAULT 1, ADD COLUMN is_cancelled TINYINT NOT NULL DEFAULT 0",
		"DELETE FROM qlo_order_return_detail", "DELETE FROM qlo_order_return", "DELETE FROM qlo_htl_booking_demands",
		"UPDATE qlo_htl_booking_detail SET is_refunded = 0",
		"CREATE TEMPORARY TABLE some SELECT id, id_order FROM qlo_htl_booking_detail ORDER BY id LIMIT 5",
		"SET @n := 0", "UPDATE qlo_htl_booking_detail SET id = 900000 + (@n := @n + 1), id_order = 1, is_refunded = 1, date_upd = '2026-03-04 10:00:00' WHERE id IN (SELECT id FROM some) ORDER BY id",
		"UPDATE qlo_htl_booking_detail SET is_cancelled = 1 WHERE id = 900002",
		"UPDATE qlo_htl_booking_detail SET id_status = 2 WHERE id = 900004",
		"INSERT INTO qlo_order_return (id_order_return, id_order, state, payment_mode, refunded_amount, id_return_type, return_type, date_add, date_upd) VALUES (900, 1, 3, '', 0, 0, 0, '2026-03-01', '2026-03-05 11:00:00'), (901, 1, 2, '', 0, 0, 0, '2026-03-01', '2026-03-06 11:00:00')",
		"INSERT INTO qlo_order_return_detail (id_order_return, id_htl_booking, refunded_amount, id_order_detail, id_customization) VALUES (900, 900001, 0, 1, 1), (901, 900003, 0, 1, 0), (900, 900004, 0, 1, 1)",
		"INSERT INTO qlo_htl_booking_demands (id_booking_demand, id_htl_booking, name) VALUES (77, 900001, 'Parking')")
	ended, err := h.Ended(t.Context(), []string{"1", "2"})
	if err != nil {
		t.Fatal(err)
	}
	days := map[string]string{}
	for what, at := range ended {
		days[what] = at.Format(time.DateOnly)
	}
	// 900003 was refused, 900004 was moved into, 900005 bears the mark alone
	if want := map[string]string{"room:900001": "2026-03-05", "facility:77": "2026-03-05", "room:900002": "2026-03-04"}; !maps.Equal(days, want) {
		t.Errorf("%v, want %v", days, want)
	}
}
