package qloapps

import (
	"context"
	"sort"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Orders reads orders by id with everything sold, invoiced, paid and returned. Orders that
// QloApps is still writing come with Complete false.
func (r *Reader) Orders(ctx context.Context, ids []string) (map[string]*Order, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	b := &orderBatch{Reader: r, shop: shop, orders: map[string]*Order{}, details: map[string]*detail{}, taxAddress: map[string]taxPlace{}, orphans: map[string][]Line{}}
	err = chunk(ids, func(ids []string) error {
		for _, load := range []func(context.Context, []string) error{b.heads, b.sold, b.bookings, b.facilities, b.discounts, b.invoices, b.finer, b.rates, b.shares, b.slips, b.returns, b.contradictions} {
			if err := load(ctx, ids); err != nil {
				return err
			}
		}
		return nil
	})
	return b.orders, err
}

// orderBatch gathers what several queries say about the same orders.
type orderBatch struct {
	*Reader
	shop       Shop
	orders     map[string]*Order
	details    map[string]*detail  // by id_order_detail
	taxAddress map[string]taxPlace // by order id
	orphans    map[string][]Line   // bookings whose order_detail row is gone, by order id
}

// detail is an order_detail row, of which lines are made.
type detail struct {
	id, orderID, invoiceID, productID, name string
	room, gone                              bool
	quantity, excl, incl                    money.Decimal
	group, groupNow                         string // of the sale, and of the product today
	method                                  int
	serviceGroups                           []string
	rooms                                   []Line // its bookings
	unit                                    money.Decimal
}

func (b *orderBatch) heads(ctx context.Context, ids []string) error {
	var rows []struct {
		ID, Reference, IDCustomer string
		Gone                      bool
		Iso, IDCurrency           string
		ConversionRate            money.Decimal
		OwnRate                   *money.Decimal
		IDLang, IDShop            string
		CurrentState              string
		StateName                 *string
		Complete, Listed          bool
		TotalPaidTaxIncl          money.Decimal
		TotalPaidTaxExcl          money.Decimal
		TotalPaidReal             money.Decimal
		IDHotel                   *string
		HotelName                 *string
		Source, Payment           *string
		DateAdd, DateUpd          time.Time
		CanceledAt                *time.Time
		TaxCountry, TaxState      *string
		TaxPostcode               *string
		Addr                      addressRow `gorm:"embedded"`
	}
	err := b.query(ctx, &rows, "SELECT o.id_order id, o.reference, o.id_customer, k.id_customer IS NULL gone, COALESCE(UPPER(c.iso_code), '') iso, o.id_currency, o.conversion_rate, c.conversion_rate own_rate, o.id_lang, "+b.orderShop()+" id_shop, o.current_state, osl.name state_name, "+
		finished+" complete, "+listed+" listed, o.total_paid_tax_incl, o.total_paid_tax_excl, o.total_paid_real, "+
		"ta.id_hotel, hl.hotel_name, o.source, o.payment, "+timeOf("o.date_add")+" date_add, "+timeOf("o.date_upd")+" date_upd, "+
		"(SELECT MAX("+timeOf("h.date_add")+") FROM {p}order_history h WHERE h.id_order = o.id_order AND h.id_order_state = o.current_state) canceled_at, ta.id_country tax_country, ta.id_state tax_state, ta.postcode tax_postcode, "+addressColumns+
		" FROM {p}orders o LEFT JOIN {p}currency c ON c.id_currency = o.id_currency LEFT JOIN {p}customer k ON k.id_customer = o.id_customer "+
		"LEFT JOIN {p}order_state_lang osl ON osl.id_order_state = o.current_state AND osl.id_lang = ? "+
		"LEFT JOIN {p}address ta ON ta.id_address = o.id_address_tax LEFT JOIN {p}htl_branch_info_lang hl ON hl.id = ta.id_hotel AND hl.id_lang = ? "+
		"LEFT JOIN {p}address a ON a.id_address = o.id_address_invoice"+addressJoins+" WHERE o.id_order IN ?", b.hourAgo(b.shop), b.shop.LangID, b.shop.LangID, b.shop.LangID, ids)
	for _, x := range rows {
		o := &Order{ID: x.ID, Reference: x.Reference, CustomerID: x.IDCustomer, CustomerGone: x.Gone, InvoiceAddress: x.Addr.address(), Currency: x.Iso, Rate: x.ConversionRate, LangID: x.IDLang, ShopID: x.IDShop,
			State: x.CurrentState, StateName: deref(x.StateName), Canceled: x.CurrentState == b.shop.CanceledState, Complete: x.Complete, Abandoned: x.Listed && !x.Complete, TotalIncl: x.TotalPaidTaxIncl, TotalExcl: x.TotalPaidTaxExcl,
			TotalPaid: x.TotalPaidReal, Source: deref(x.Source), PaymentLabel: deref(x.Payment), Added: wall(x.DateAdd, b.shop.Zone), Updated: wall(x.DateUpd, b.shop.Zone)}
		if x.OwnRate != nil {
			o.OwnRate = *x.OwnRate
		}
		if b.shop.Decimals != 2 {
			o.Unit = money.Unit(b.shop.Decimals)
		}
		if o.Currency == "" {
			o.CurrencyGone = x.IDCurrency
		}
		if o.Canceled && x.CanceledAt != nil {
			o.CanceledAt = wall(*x.CanceledAt, b.shop.Zone)
		}
		if hotel := deref(x.IDHotel); hotel != "0" {
			o.HotelID, o.HotelName = hotel, deref(x.HotelName)
		}
		b.orders[o.ID] = o
		b.taxAddress[o.ID] = taxPlace{country: deref(x.TaxCountry), state: deref(x.TaxState), postcode: deref(x.TaxPostcode)}
	}
	return err
}

// orderShop is the shop of an order, where orders have one.
func (r *Reader) orderShop() string {
	if r.has("orders.id_shop") {
		return "o.id_shop"
	}
	return "''"
}

// sold reads the order details: services become lines here, rooms when their bookings are known.
func (b *orderBatch) sold(ctx context.Context, ids []string) error {
	var rows []struct {
		ID, IDOrder, ProductID, ProductName string
		IDOrderInvoice                      *string
		IsBookingProduct, Gone              bool
		ProductQuantity                     money.Decimal
		Excl, Incl                          money.Decimal
		IDTaxRulesGroup, GroupNow           *string
		TaxComputationMethod                int
	}
	err := b.query(ctx, &rows, "SELECT d.id_order_detail id, d.id_order, d.id_order_invoice, d.product_id, d.product_name, d.is_booking_product <> 0 is_booking_product, "+productGone+" gone, d.product_quantity, "+
		"d.total_price_tax_excl excl, d.total_price_tax_incl incl, d.id_tax_rules_group, p.id_tax_rules_group group_now, d.tax_computation_method FROM {p}order_detail d LEFT JOIN {p}product p ON p.id_product = d.product_id "+
		"WHERE d.id_order IN ? ORDER BY d.id_order_detail", ids)
	if err != nil {
		return err
	}
	for _, x := range rows {
		d := &detail{id: x.ID, orderID: x.IDOrder, invoiceID: noZero(deref(x.IDOrderInvoice)), productID: x.ProductID, name: x.ProductName, room: x.IsBookingProduct, gone: x.Gone,
			quantity: x.ProductQuantity, excl: x.Excl, incl: x.Incl, group: deref(x.IDTaxRulesGroup), groupNow: deref(x.GroupNow), method: x.TaxComputationMethod}
		b.details[d.id] = d
		o := b.orders[d.orderID]
		if o != nil {
			d.unit = o.Unit
		}
		if o != nil && !d.room {
			o.Lines = append(o.Lines, d.line(ServiceLine))
		}
	}
	if !b.serviceGroup {
		return nil
	}
	var groups []struct{ IDOrderDetail, IDTaxRulesGroup string }
	err = b.query(ctx, &groups, "SELECT DISTINCT "+ownDetail("s")+" id_order_detail, s.id_tax_rules_group FROM {p}"+b.services+" s WHERE s.id_order IN ? AND s.id_tax_rules_group <> 0", ids)
	for _, g := range groups {
		if d := b.details[g.IDOrderDetail]; d != nil {
			d.serviceGroups = append(d.serviceGroups, g.IDTaxRulesGroup)
		}
	}
	return err
}

// ownDetail is the order line that a row names, 0 where that is a line of another order: rows that are put into
// another order by hand may still name their former line, which is then as good as gone.
func ownDetail(alias string) string {
	return "IF((SELECT own.id_order FROM {p}order_detail own WHERE own.id_order_detail = " + alias + ".id_order_detail) <> " + alias + ".id_order, 0, " + alias + ".id_order_detail)"
}

func noZero(id string) string {
	if id == "0" {
		return ""
	}
	return id
}

func (d *detail) line(kind LineKind) Line {
	return Line{Kind: kind, ID: d.id, DetailID: d.id, InvoiceID: d.invoiceID, ProductID: d.productID, ProductGone: d.gone, Name: d.name, Quantity: d.quantity, Excl: d.excl, Incl: d.incl, Unit: d.unit}
}

// bookings makes a line of each room; an order detail whose rooms do not add up to it is a
// line of its own instead.
func (b *orderBatch) bookings(ctx context.Context, ids []string) error {
	var rows []struct {
		ID, IDOrder, IDOrderDetail, IDHotel string
		IDCustomer, IDProduct               string
		DateFrom, DateTo                    time.Time
		Excl, Incl                          money.Decimal
		HotelName, RoomTypeName, RoomNum    *string
		Adults, Children                    int
	}
	err := b.query(ctx, &rows, "SELECT id, id_order, "+ownDetail("x")+" id_order_detail, id_product, id_hotel, "+b.customerIn("htl_booking_detail")+", "+timeOf("date_from")+" date_from, "+timeOf("date_to")+" date_to, total_price_tax_excl excl, total_price_tax_incl incl, hotel_name, room_type_name, room_num, adults, children "+
		"FROM {p}htl_booking_detail x WHERE id_order IN ? ORDER BY id", ids)
	if err != nil {
		return err
	}
	for _, x := range rows {
		o, d := b.orders[x.IDOrder], b.details[x.IDOrderDetail]
		o.alsoOf(x.IDCustomer)
		lost := d == nil
		if lost {
			d = &detail{id: noZero(x.IDOrderDetail), productID: x.IDProduct, name: deref(x.RoomTypeName)}
			if o != nil {
				d.unit = o.Unit
			}
		}
		l := d.line(RoomLine)
		from, to := wall(x.DateFrom, b.shop.Zone), wall(x.DateTo, b.shop.Zone)
		l.ID, l.Excl, l.Incl, l.Quantity = x.ID, x.Excl, x.Incl, nights(x.DateFrom, x.DateTo)
		l.RoomType, l.RoomNumber, l.HotelName, l.HotelID, l.Adults, l.Children, l.From, l.To = deref(x.RoomTypeName), deref(x.RoomNum), deref(x.HotelName), x.IDHotel, x.Adults, x.Children, from, to
		if lost {
			b.orphans[x.IDOrder] = append(b.orphans[x.IDOrder], l)
			continue
		}
		d.rooms = append(d.rooms, l)
	}
	for _, id := range sortedDetails(b.details, ids) {
		d := b.details[id]
		o := b.orders[d.orderID]
		if o == nil || !d.room {
			continue
		}
		excl, incl := money.Zero, money.Zero
		for _, l := range d.rooms {
			excl, incl = excl.Add(l.Excl), incl.Add(l.Incl)
			if o.HotelID == "" {
				o.HotelID, o.HotelName = l.HotelID, l.HotelName
			}
			if o.HotelName == "" {
				o.HotelName = l.HotelName
			}
		}
		apart := decimalOf(int64(len(d.rooms))).Mul(money.Unit(2)) // each room is rounded by itself
		if len(d.rooms) > 0 && excl.Sub(d.excl).Abs().LessThanOrEqual(apart) && incl.Sub(d.incl).Abs().LessThanOrEqual(apart) {
			o.Lines = append(o.Lines, d.rooms...)
		} else {
			other := d.line(OtherLine)
			for n, l := range d.rooms {
				if n == 0 || l.From.Before(other.From) {
					other.From = l.From
				}
			}
			o.Lines = append(o.Lines, other)
		}
	}
	for _, id := range ids {
		if o := b.orders[id]; o != nil {
			roomsFirst(o.Lines)
		}
	}
	return nil
}

func roomsFirst(lines []Line) {
	sort.SliceStable(lines, func(i, j int) bool { return lines[i].Kind != ServiceLine && lines[j].Kind == ServiceLine })
}

func sortedDetails(details map[string]*detail, orderIDs []string) []string {
	wanted := map[string]bool{}
	for _, id := range orderIDs {
		wanted[id] = true
	}
	var ids []string
	for id, d := range details {
		if wanted[d.orderID] {
			ids = append(ids, id)
		}
	}
	sort.Slice(ids, func(i, j int) bool { return len(ids[i]) < len(ids[j]) || len(ids[i]) == len(ids[j]) && ids[i] < ids[j] })
	return ids
}

// nights between two days, at least one; where a day is missing, one, as nobody knows.
func nights(from, to time.Time) money.Decimal {
	if from.IsZero() || to.IsZero() {
		return money.One
	}
	n := int64(to.Truncate(24*time.Hour).Sub(from.Truncate(24*time.Hour)) / (24 * time.Hour))
	return decimalOf(max(n, 1))
}

// facilities are in no order detail, but in the total.
func (b *orderBatch) facilities(ctx context.Context, ids []string) error {
	var rows []struct {
		ID, IDOrder, IDOrderDetail, Name string
		Excl, Incl                       money.Decimal
		GlobalID                         *string
		RoomNum, HotelName               *string
		IDHotel                          string
		IDTaxRulesGroup                  *string
		TaxComputationMethod             int
		DateFrom, DateTo                 time.Time
	}
	err := b.query(ctx, &rows, "SELECT f.id_booking_demand id, b.id_order, "+ownDetail("b")+" id_order_detail, f.name, f.total_price_tax_excl excl, f.total_price_tax_incl incl, b.room_num, b.hotel_name, b.id_hotel, "+timeOf("b.date_from")+" date_from, "+timeOf("b.date_to")+" date_to, "+
		"(SELECT MIN(g.id_global_demand) FROM {p}htl_room_type_global_demand_lang g WHERE {htl_booking_demands f.name = htl_room_type_global_demand_lang g.name}) global_id, f.id_tax_rules_group, f.tax_computation_method "+
		"FROM {p}htl_booking_detail b JOIN {p}htl_booking_demands f ON f.id_htl_booking = b.id WHERE b.id_order IN ? ORDER BY f.id_booking_demand", ids)
	for _, x := range rows {
		o := b.orders[x.IDOrder]
		if o == nil {
			continue
		}
		l := Line{Kind: FacilityLine, ID: x.ID, DetailID: x.IDOrderDetail, FacilityID: deref(x.GlobalID), Name: x.Name, Quantity: decimalOf(1), Excl: x.Excl, Incl: x.Incl, Unit: o.Unit,
			RoomNumber: deref(x.RoomNum), HotelName: deref(x.HotelName), HotelID: x.IDHotel, From: wall(x.DateFrom, b.shop.Zone), To: wall(x.DateTo, b.shop.Zone),
			group: deref(x.IDTaxRulesGroup), method: x.TaxComputationMethod}
		if d := b.details[x.IDOrderDetail]; d != nil {
			l.InvoiceID = d.invoiceID
		}
		o.Lines = append(o.Lines, l)
	}
	return err
}

func (b *orderBatch) invoices(ctx context.Context, ids []string) error {
	var rows []struct {
		ID, IDOrder, Number string
		DateAdd             time.Time
		Incl, Excl          money.Decimal
	}
	err := b.query(ctx, &rows, "SELECT id_order_invoice id, id_order, number, "+timeOf("date_add")+" date_add, total_paid_tax_incl incl, total_paid_tax_excl excl FROM {p}order_invoice WHERE id_order IN ? ORDER BY id_order_invoice", ids)
	for _, x := range rows {
		if o := b.orders[x.IDOrder]; o != nil {
			o.Invoices = append(o.Invoices, InvoiceHead{ID: x.ID, Number: x.Number, Printed: b.shop.of(o.ShopID).invoice(x.Number, o.LangID, x.DateAdd.Year()),
				Date: wall(x.DateAdd, b.shop.Zone), TotalIncl: x.Incl, TotalExcl: x.Excl})
		}
	}
	return err
}

func (b *orderBatch) returns(ctx context.Context, ids []string) error {
	var rows []struct {
		ID, IDOrder, IDCustomer    string
		Refunded, Denied           *bool
		RefundedAmount             money.Decimal
		PaymentMode, IDTransaction string
		ReturnType                 int
		IDReturnType               string
		DateAdd, DateUpd           time.Time
	}
	err := b.query(ctx, &rows, "SELECT r.id_order_return id, r.id_order, "+b.customerIn("order_return")+", s.refunded <> 0 refunded, s.denied <> 0 denied, r.refunded_amount, r.payment_mode, r.id_transaction, r.return_type, r.id_return_type, "+timeOf("r.date_add")+" date_add, "+timeOf("r.date_upd")+" date_upd "+
		"FROM {p}order_return r LEFT JOIN {p}order_return_state s ON s.id_order_return_state = r.state WHERE r.id_order IN ? ORDER BY r.id_order_return", ids)
	for _, x := range rows {
		o := b.orders[x.IDOrder]
		if o == nil {
			continue
		}
		o.alsoOf(x.IDCustomer)
		ret := Return{ID: x.ID, OrderID: x.IDOrder, Refunded: x.Refunded != nil && *x.Refunded, Denied: x.Denied != nil && *x.Denied, Amount: x.RefundedAmount, PaymentMode: x.PaymentMode,
			TransactionID: x.IDTransaction, Kind: x.ReturnType, made: x.IDReturnType, Added: wall(x.DateAdd, b.shop.Zone), Updated: wall(x.DateUpd, b.shop.Zone)}
		o.Returns = append(o.Returns, ret)
	}
	if err != nil {
		return err
	}
	return b.namedSlips(ctx, ids)
}

// customerIn names the customer that a table's rows have, where there is such a column.
func (r *Reader) customerIn(table string) string {
	if r.has(table + ".id_customer") {
		return "id_customer"
	}
	return "0 id_customer"
}

// alsoOf notes a customer whom a row of the order names. Orders are moved from one customer to another
// when accounts of a guest are merged, and rows of the order keep the former one.
func (o *Order) alsoOf(id string) {
	if o != nil && noZero(id) != "" && id != o.CustomerID && !contains(o.Customers, id) {
		o.Customers = append(o.Customers, id)
	}
}
