package rehearsal_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestEveryRowOfTheMappingTellsHowOftenItIsUsed counts the orders of hotels, and the lines of products and facilities that
// QloApps no longer has.
func TestEveryRowOfTheMappingTellsHowOftenItIsUsed(t *testing.T) {
	atOnce(t)
	for version := range versions {
		t.Run(version, func(t *testing.T) {
			atOnce(t)
			d := openedAs(t, version, "uses_")
			d.must(d.Set(d.ctx, "hotels", "target", "tag"))
			c := d.clerk
			uses := func(kind string) map[string]int {
				t.Helper()
				_, err := d.Start(d.ctx, "/mappings/refresh", map[string]any{"kinds": []string{kind}})
				d.must(err)
				var page wire.MappingPage
				d.must(d.Call(d.ctx, http.MethodGet, "/mappings/"+kind, nil, &page))
				by := map[string]int{}
				for _, row := range page.Items {
					by[row.SourceID] = row.UsedBy
				}
				return by
			}
			number := func(sql string) int {
				n, err := strconv.Atoi(one(t, d.Stage, sql))
				d.must(err)
				return n
			}
			first := number("SELECT COUNT(*) FROM uses_orders o JOIN uses_address a ON a.id_address = o.id_address_tax WHERE a.id_hotel = 1")
			second := number("SELECT COUNT(*) FROM uses_orders o JOIN uses_address a ON a.id_address = o.id_address_tax WHERE a.id_hotel = 2")
			for _, kind := range []string{"tags", "locations"} {
				if by := uses(kind); first == 0 || second == 0 || by["hotel:1"] != first || by["hotel:2"] != second {
					t.Errorf("%s are used %v, of hotel 1 are %d orders, of hotel 2 %d", kind, by, first, second)
				}
			}

			before, facilities := uses("items")["line:other"], number("SELECT COUNT(*) FROM uses_htl_booking_demands WHERE name = (SELECT MIN(name) FROM uses_htl_booking_demands)")
			lines := number("SELECT COUNT(*) FROM uses_order_detail WHERE product_id = 2")
			if before == 0 || facilities == 0 || lines == 0 {
				t.Fatalf("%d lines of what is gone, %d of a facility, %d of a product", before, facilities, lines)
			}
			c.do("DELETE FROM {p}product WHERE id_product = 2")
			if is := uses("items")["line:other"]; is != before+lines {
				t.Errorf("%d lines are of what is gone; with %d more of a deleted product they are %d", before, lines, is)
			}
			c.do("UPDATE {p}htl_booking_demands SET name = 'Sedan chair' WHERE name = (SELECT name FROM (SELECT MIN(name) name FROM {p}htl_booking_demands) x)")
			if is := uses("items")["line:other"]; is != before+lines+facilities {
				t.Errorf("with %d more of a facility that is gone %d are", facilities, is)
			}
			c.do("UPDATE {p}orders o JOIN {p}address a ON a.id_address = o.id_address_tax SET o.id_address_tax = o.id_address_invoice WHERE a.id_hotel = 2")
			if is := uses("tags")["hotel:2"]; is == 0 || is > second {
				t.Errorf("by their rooms alone %d orders are of hotel 2, were %d", is, second)
			}
		})
	}
}
