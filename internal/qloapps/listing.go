package qloapps

import (
	"context"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/collate"
	"github.com/qlobooks/qlobooks/internal/money"
)

// The lists of Initialize go through a section by id, so that a page costs the same wherever it
// lies. after is the last id seen, "" from the beginning.

type listRow struct{ ID, Name string }

func listings(rows []listRow) []Listing {
	out := make([]Listing, len(rows))
	for i, row := range rows {
		out[i] = Listing{ID: row.ID, Name: row.Name, Fields: map[string]string{"name": row.Name}}
	}
	return out
}

func from(after string) string {
	if after == "" {
		return "0"
	}
	return after
}

// ListHotels lists all hotels.
func (r *Reader) ListHotels(ctx context.Context, after string, limit int) ([]Listing, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	var rows []listRow
	err = r.query(ctx, &rows, "SELECT h.id, COALESCE(l.hotel_name, '') name FROM {p}htl_branch_info h LEFT JOIN {p}htl_branch_info_lang l ON l.id = h.id AND l.id_lang = ? WHERE h.id > ? ORDER BY h.id LIMIT ?", shop.LangID, from(after), limit)
	return listings(rows), err
}

// ListRoomTypes lists products that are room types.
func (r *Reader) ListRoomTypes(ctx context.Context, after string, limit int) ([]Listing, error) {
	return r.listProducts(ctx, "p.booking_product = 1 AND EXISTS (SELECT 1 FROM {p}htl_room_type t WHERE t.id_product = p.id_product)", after, limit)
}

// ListServiceProducts lists products that are services.
func (r *Reader) ListServiceProducts(ctx context.Context, after string, limit int) ([]Listing, error) {
	return r.listProducts(ctx, "p.booking_product = 0", after, limit)
}

func (r *Reader) listProducts(ctx context.Context, where, after string, limit int) ([]Listing, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID, Name string
		Hotel    *string
		Price    money.Decimal
	}
	err = r.query(ctx, &rows, "SELECT p.id_product id, COALESCE(l.name, '') name, COALESCE(s.price, p.price) price, (SELECT MIN(hl.hotel_name) FROM {p}htl_room_type t JOIN {p}htl_branch_info_lang hl ON hl.id = t.id_hotel AND hl.id_lang = ? "+
		"WHERE t.id_product = p.id_product) hotel FROM {p}product p LEFT JOIN {p}product_shop s ON s.id_product = p.id_product AND s.id_shop = ? "+
		"LEFT JOIN {p}product_lang l ON l.id_product = p.id_product AND l.id_shop = ? AND l.id_lang = ? WHERE "+where+" AND p.id_product > ? ORDER BY p.id_product LIMIT ?",
		shop.LangID, shop.ShopID, shop.ShopID, shop.LangID, from(after), limit)
	out := make([]Listing, len(rows))
	for i, row := range rows {
		out[i] = Listing{ID: row.ID, Name: row.Name, Fields: map[string]string{"name": row.Name, "hotel": deref(row.Hotel), "price": row.Price.StringFixed(2) + " " + shop.DefaultCurrency}}
	}
	return out, err
}

// ListCurrencies lists currencies that are not deleted, or that an order or payment uses.
func (r *Reader) ListCurrencies(ctx context.Context, after string, limit int) ([]Listing, error) {
	var rows []struct {
		ID, Name, Iso string
	}
	paid, err := r.paidCurrencies(ctx)
	if err != nil {
		return nil, err
	}
	err = r.query(ctx, &rows, "SELECT c.id_currency id, c.name, UPPER(c.iso_code) iso FROM {p}currency c WHERE c.id_currency > ? AND (c.deleted = 0 OR "+orderedCurrency+" OR c.id_currency IN ?) ORDER BY c.id_currency LIMIT ?", from(after), orNone(paid), limit)
	out := make([]Listing, len(rows))
	for i, row := range rows {
		out[i] = Listing{ID: row.ID, Name: row.Name, Search: []string{row.Iso}, Currency: row.Iso, Fields: map[string]string{"name": row.Name, "iso": row.Iso}}
	}
	return out, err
}

// ListCustomers lists customers that are not deleted, or that an order names.
func (r *Reader) ListCustomers(ctx context.Context, after string, limit int) ([]Listing, error) {
	var rows []struct{ ID, Firstname, Lastname, Email, Company string }
	err := r.query(ctx, &rows, "SELECT id, MAX(firstname) firstname, MAX(lastname) lastname, MAX(email) email, MAX(company) company FROM ("+
		"SELECT c.id_customer id, "+text(called("c", "c.firstname"))+" firstname, "+text(told("c", "c.lastname"))+" lastname, "+text(told("c", "c.email"))+" email, "+text(told("c", "COALESCE(c.company, '')"))+" company FROM {p}customer c WHERE c.id_customer > ? AND (c.deleted = 0 OR EXISTS (SELECT 1 FROM {p}orders o WHERE o.id_customer = c.id_customer)) "+
		"UNION ALL SELECT o.id_customer, "+text("a.firstname")+", "+text("a.lastname")+", '', "+text("COALESCE(a.company, '')")+" FROM {p}orders o LEFT JOIN {p}customer k ON k.id_customer = o.id_customer LEFT JOIN {p}address a ON a.id_address = o.id_address_invoice "+
		"WHERE k.id_customer IS NULL AND o.id_customer > ?) x GROUP BY id ORDER BY id LIMIT ?", from(after), from(after), limit)
	out := make([]Listing, len(rows))
	for i, row := range rows {
		name := strings.TrimSpace(row.Firstname + " " + row.Lastname)
		if row.Company != "" {
			name = row.Company + " " + name
		}
		out[i] = Listing{ID: row.ID, Name: name, Search: []string{row.Email, row.Lastname, row.Firstname + " " + row.Lastname},
			Fields: map[string]string{"name": name, "email": row.Email, "company": row.Company}}
	}
	return out, err
}

// ListOrders lists orders that QloApps has finished writing, and those with an invoice or a payment
// that it never finished.
func (r *Reader) ListOrders(ctx context.Context, after string, limit int) ([]Listing, error) {
	ids, err := r.SweepIDs(ctx, "orders", after, limit)
	if err != nil {
		return nil, err
	}
	return r.ListOrdersByID(ctx, ids)
}

// ListOrdersByID lists the given orders as they are now.
func (r *Reader) ListOrdersByID(ctx context.Context, ids []string) ([]Listing, error) {
	orders, err := r.Orders(ctx, ids)
	if err != nil {
		return nil, err
	}
	guests, err := r.guests(ctx, orders)
	if err != nil {
		return nil, err
	}
	var out []Listing
	for _, id := range ids {
		if o := orders[id]; o != nil {
			out = append(out, listOrder(o, guests[o.CustomerID]))
		}
	}
	return out, nil
}

type guest struct{ ID, Name, Email, Lastname string }

func (r *Reader) guests(ctx context.Context, orders map[string]*Order) (map[string]guest, error) {
	seen := map[string]string{}
	for _, o := range orders {
		seen[o.CustomerID] = o.CustomerID
	}
	out := map[string]guest{}
	err := chunk(values(seen), func(ids []string) error {
		var rows []guest
		err := r.query(ctx, &rows, "SELECT k.id_customer id, "+called("k", "CONCAT(k.firstname, ' ', k.lastname)")+" name, "+told("k", "k.email")+" email, "+told("k", "k.lastname")+" lastname FROM {p}customer k WHERE k.id_customer IN ?", ids)
		for _, row := range rows {
			out[row.ID] = row
		}
		return err
	})
	return out, err
}

func listOrder(o *Order, g guest) Listing {
	if g.Name == "" {
		g.Name = strings.TrimSpace(o.InvoiceAddress.FirstName + " " + o.InvoiceAddress.LastName)
	}
	l := Listing{ID: o.ID, Name: o.Reference, HotelID: o.HotelID, Currency: o.Currency, CustomerID: o.CustomerID, Date: day(o.Added), Canceled: o.Canceled,
		Search: []string{g.Name, g.Email, g.Lastname}, SlipIDs: o.SlipIDs, DueOpen: o.owes(), Doubts: o.doubts()}
	in, out := stay(o.Lines)
	l.Fields = map[string]string{"reference": o.Reference, "guest": g.Name, "hotel": o.HotelName, "room_types": roomTypes(o.Lines), "check_in": in, "check_out": out,
		"total": o.TotalIncl.StringFixed(2), "paid": o.TotalPaid.StringFixed(2), "currency": o.Currency, "source": o.Source, "order_state": o.StateName}
	for _, i := range o.Invoices {
		l.InvoiceIDs = append(l.InvoiceIDs, i.ID)
		if o.Over(i) {
			l.OverIDs = append(l.OverIDs, i.ID)
		}
		l.Search = append(l.Search, i.Printed)
	}
	seen := map[string]bool{}
	for _, s := range o.Shares {
		if !seen[s.PaymentID] {
			seen[s.PaymentID] = true
			l.PaymentIDs = append(l.PaymentIDs, s.PaymentID)
		}
	}
	l.PaymentIDs = append(l.PaymentIDs, o.Unshared...)
	for _, ret := range o.Returns {
		l.ReturnIDs = append(l.ReturnIDs, ret.ID)
	}
	return l
}

// Over reports that an invoice of the order bills nothing any more: the order was canceled, or QloApps set its
// lines to 0, as it does with unpaid rooms that are canceled, also where the order goes on with another one.
func (o *Order) Over(i InvoiceHead) bool {
	total := i.TotalIncl
	if len(o.Invoices) == 1 {
		total = o.TotalIncl
	}
	return o.Canceled || total.IsZero() && !slices.ContainsFunc(o.Lines, func(l Line) bool {
		return (len(o.Invoices) == 1 || l.InvoiceID == i.ID) && (!l.Incl.IsZero() || !l.Excl.IsZero())
	})
}

var cent = money.MustParse("0.005")

// owes reports that QloApps shows an amount due, or that what was paid is not certain: then nobody
// can say that the order is settled.
func (o *Order) owes() bool {
	_, differs := o.Contradicts(PaidDiffers)
	return differs || o.AmountDue().GreaterThan(cent)
}

// AmountDue is what the guest still has to pay, negative where more was paid than it costs. Where QloApps
// left the order's total one edit behind, it costs what its invoice says.
func (o *Order) AmountDue() money.Decimal {
	costs := o.TotalIncl
	if o.Behind() {
		costs = o.Invoices[0].TotalIncl
	}
	return costs.Sub(o.TotalPaid)
}

func stay(lines []Line) (in, out string) {
	for _, l := range lines {
		if l.Kind != RoomLine {
			continue
		}
		if d := day(l.From); d != "" && (in == "" || d < in) {
			in = d
		}
		if d := day(l.To); d > out {
			out = d
		}
	}
	return in, out
}

func roomTypes(lines []Line) string {
	var names []string
	for _, l := range lines {
		if name := l.RoomType; l.Kind == RoomLine && name != "" && !contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// Anonymized are the guests whom QloApps made nameless.
func (r *Reader) Anonymized(ctx context.Context) ([]string, error) {
	var ids []string
	err := r.query(ctx, &ids, "SELECT id_customer FROM {p}customer WHERE deleted = 2 ORDER BY id_customer")
	return ids, err
}

// untaxedLines counts the lines that cost something and bear no tax.
func (r *Reader) untaxedLines(ctx context.Context) (int, error) {
	var n []int
	err := r.query(ctx, &n, "SELECT (SELECT COUNT(*) FROM {p}order_detail d LEFT JOIN {p}order_detail_tax x ON x.id_order_detail = d.id_order_detail WHERE x.id_order_detail IS NULL AND d.total_price_tax_incl <> 0 AND d.total_price_tax_incl = d.total_price_tax_excl) + "+
		"(SELECT COUNT(*) FROM {p}htl_booking_demands f LEFT JOIN {p}htl_booking_demands_tax x ON x.id_booking_demand = f.id_booking_demand WHERE x.id_booking_demand IS NULL AND f.total_price_tax_incl <> 0 AND f.total_price_tax_incl = f.total_price_tax_excl) n")
	if err != nil || len(n) == 0 {
		return 0, err
	}
	return n[0], nil
}

// TaxRates names the rate sets that orders use or that tax groups make at the hotels' places.
func (r *Reader) TaxRates(ctx context.Context) ([]RateUse, error) {
	current, places, err := r.currentRates(ctx)
	if err != nil {
		return nil, err
	}
	ofDemand := "0"
	if r.has("htl_booking_demands_tax.unit_amount") {
		ofDemand = "x.unit_amount"
	}
	var lines []struct {
		Grp    string
		Method int
		Rates  string
		N      int
	}
	simple := "GROUP_CONCAT(DISTINCT CONCAT(LPAD(x.id_tax, 10, '0'), ':', t.rate) ORDER BY x.id_tax)"
	// By weight, as a later tax of a compound set is reckoned on more; see writtenSet.
	compound := "GROUP_CONCAT(CONCAT(x.id_tax, ':', t.rate) ORDER BY x.amount / t.rate, x.id_tax)"
	err = r.query(ctx, &lines, "SELECT grp, method, rates, COUNT(*) n FROM ("+
		"SELECT 0 grp, 1 method, "+simple+" rates FROM {p}order_detail d JOIN {p}order_detail_tax x ON x.id_order_detail = d.id_order_detail JOIN {p}tax t ON t.id_tax = x.id_tax WHERE d.tax_computation_method <> 2 GROUP BY d.id_order_detail "+
		"UNION ALL SELECT x.id_tax_rules_group, 2, "+compound+" FROM (SELECT d.id_order_detail, d.id_tax_rules_group, y.id_tax, MAX(y.unit_amount) amount FROM {p}order_detail d JOIN {p}order_detail_tax y ON y.id_order_detail = d.id_order_detail "+
		"WHERE d.tax_computation_method = 2 GROUP BY d.id_order_detail, d.id_tax_rules_group, y.id_tax) x JOIN {p}tax t ON t.id_tax = x.id_tax GROUP BY x.id_order_detail, x.id_tax_rules_group "+
		"UNION ALL SELECT 0, 1, "+simple+" FROM {p}htl_booking_demands f JOIN {p}htl_booking_demands_tax x ON x.id_booking_demand = f.id_booking_demand JOIN {p}tax t ON t.id_tax = x.id_tax WHERE f.tax_computation_method <> 2 GROUP BY f.id_booking_demand "+
		"UNION ALL SELECT x.id_tax_rules_group, 2, "+compound+" FROM (SELECT f.id_booking_demand, f.id_tax_rules_group, x.id_tax, "+ofDemand+" amount FROM {p}htl_booking_demands f JOIN {p}htl_booking_demands_tax x ON x.id_booking_demand = f.id_booking_demand "+
		"WHERE f.tax_computation_method = 2) x JOIN {p}tax t ON t.id_tax = x.id_tax GROUP BY x.id_booking_demand, x.id_tax_rules_group) z GROUP BY grp, method, rates")
	if err != nil {
		return nil, err
	}
	uses := map[string]*RateUse{}
	var order []string
	add := func(s RateSet, n int) {
		if uses[s.Key] == nil {
			uses[s.Key] = &RateUse{RateSet: s}
			order = append(order, s.Key)
		}
		uses[s.Key].UsedBy += n
	}
	for _, l := range lines {
		set, err := notedSet(l.Rates, l.Method == compoundMethod, current[l.Grp])
		if err != nil {
			return nil, err
		}
		add(set, l.N)
	}
	for _, group := range places {
		for _, s := range current[group] {
			add(s, 0)
		}
	}
	untaxed, err := r.untaxedLines(ctx)
	if err != nil {
		return nil, err
	}
	add(Untaxed, untaxed)
	out := make([]RateUse, len(order))
	for i, key := range order {
		out[i] = *uses[key]
	}
	return out, nil
}

// notedSet reads what the database gathered of one line's taxes.
func notedSet(text string, compound bool, groups []RateSet) (RateSet, error) {
	var noted []writtenRate
	for n, part := range strings.Split(text, ",") {
		_, rate, _ := strings.Cut(part, ":")
		d, err := money.Parse(rate)
		if err != nil {
			return RateSet{}, err
		}
		noted = append(noted, writtenRate{d, decimalOf(int64(n))})
	}
	return writtenSet(noted, compound, groups...), nil
}

// currentRates resolves every tax group at every hotel's place; groups names them in order.
func (r *Reader) currentRates(ctx context.Context) (sets map[string][]RateSet, groups []string, err error) {
	if err := r.query(ctx, &groups, "SELECT id_tax_rules_group FROM {p}tax_rules_group WHERE active = 1 AND id_tax_rules_group IN (SELECT id_tax_rules_group FROM {p}product UNION SELECT id_tax_rules_group FROM {p}htl_room_type_global_demand)"); err != nil {
		return nil, nil, err
	}
	addresses, err := r.hotelAddresses(ctx)
	if err != nil {
		return nil, nil, err
	}
	var places []struct{ IDCountry, IDState, Postcode string }
	if err := r.query(ctx, &places, "SELECT DISTINCT a.id_country, COALESCE(a.id_state, 0) id_state, COALESCE(a.postcode, '') postcode FROM {p}address a WHERE a.id_address IN ? AND a.id_hotel > 0 AND a.deleted = 0", orNone(addresses)); err != nil {
		return nil, nil, err
	}
	rules, err := r.groupRates(ctx, groups, false)
	if err != nil {
		return nil, nil, err
	}
	sets = map[string][]RateSet{}
	for _, g := range groups {
		for _, p := range places {
			sets[g] = append(sets[g], resolve(rules[g], taxPlace{p.IDCountry, p.IDState, p.Postcode}))
		}
	}
	return sets, groups, nil
}

// PaymentMethods lists the methods of payments and of money given back as QloApps stored them, one
// spelling for all that its database takes for the same: the one that is used most. What QloApps
// itself writes where no money left is no method, and what came from Zoho Books is never sent there.
func (r *Reader) PaymentMethods(ctx context.Context) ([]MethodUse, error) {
	var rows []MethodUse
	err := r.query(ctx, &rows, "SELECT method, SUM(n) used_by FROM (SELECT "+text("payment_method")+" method, COUNT(*) n FROM {p}order_payment WHERE COALESCE(LOWER(transaction_id), '') NOT REGEXP '"+importedText+"' GROUP BY BINARY payment_method "+
		"UNION ALL SELECT "+text("payment_mode")+", COUNT(*) FROM {p}order_return WHERE payment_mode <> '' AND BINARY payment_mode NOT IN ('"+MarkUnpaid+"', '"+MarkVoucher+"') GROUP BY BINARY payment_mode) x "+
		"GROUP BY BINARY method ORDER BY used_by DESC, BINARY method")
	if err != nil {
		return nil, err
	}
	var out []MethodUse
	at := map[string]int{}
	for _, row := range rows {
		key := collate.Key(row.Method)
		if n, known := at[key]; known {
			out[n].UsedBy += row.UsedBy
			continue
		}
		at[key] = len(out)
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b MethodUse) int { return b.UsedBy - a.UsedBy })
	return out, nil
}
