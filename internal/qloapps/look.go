package qloapps

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Look is a record as it is now: how lists show it, and what detection compares.
type Look struct {
	Listing
	// Print is equal exactly while everything that a document may say is. The part before the
	// colon names what it covers, so that a newer QloBooks knows an older one's prints. "" = the
	// content counts no longer: what QloApps leaves of a deleted guest says nothing about him.
	Print   string
	Sum     string         // over its rows, read before everything else; only of orders and customers
	Retired bool           // disabled, deleted or gone; of a guest only deleted or gone
	Active  bool           // of a guest, who may be inactive and still have documents
	Amount  *money.Decimal // of an order, in the shop's default currency
	LastDay string         // newest day of the record and its documents
	Writing bool           // QloApps has not finished writing it: it is not looked at yet
	// Unlisted rows are in no list of Initialize: banned guests without an order.
	Unlisted bool
}

// LookPage looks at a section's records as Initialize lists them, by id after one.
func (r *Reader) LookPage(ctx context.Context, section, after string, limit int) ([]Look, error) {
	list := map[string]func(context.Context, string, int) ([]Listing, error){
		"hotels": r.ListHotels, "room-types": r.ListRoomTypes, "service-products": r.ListServiceProducts, "currencies": r.ListCurrencies,
	}[section]
	if list == nil {
		ids, err := r.largeIDs(ctx, section, after, limit)
		if err != nil {
			return nil, err
		}
		return r.LookAt(ctx, section, ids)
	}
	page, err := list(ctx, after, limit)
	if err != nil || len(page) == 0 {
		return nil, err
	}
	ids := make([]string, len(page))
	for i, l := range page {
		ids[i] = l.ID
	}
	prints, err := r.masterPrints(ctx, section, ids)
	if err != nil {
		return nil, err
	}
	looks := make([]Look, len(page))
	for i, l := range page {
		looks[i] = prints[l.ID]
		looks[i].Listing = l
	}
	return looks, nil
}

// largeIDs are the ids of a page of orders or customers. Customers whose row was removed are known
// by their orders; they come on top, within the page's bounds.
func (r *Reader) largeIDs(ctx context.Context, section, after string, limit int) ([]string, error) {
	ids, err := r.SweepIDs(ctx, section, after, limit)
	if err != nil || section != "customers" {
		return ids, err
	}
	query, args := "SELECT DISTINCT o.id_customer FROM {p}orders o LEFT JOIN {p}customer k ON k.id_customer = o.id_customer WHERE k.id_customer IS NULL AND o.id_customer > ?", []any{from(after)}
	if len(ids) == limit {
		query, args = query+" AND o.id_customer < ?", append(args, ids[limit-1])
	}
	var gone []string
	if err := r.query(ctx, &gone, query, args...); err != nil {
		return nil, err
	}
	ids = append(ids, gone...)
	sort.Slice(ids, func(i, j int) bool { return len(ids[i]) < len(ids[j]) || len(ids[i]) == len(ids[j]) && ids[i] < ids[j] })
	return ids, nil
}

// LookAt looks at given orders or customers; one that is missing from the answer has no row.
func (r *Reader) LookAt(ctx context.Context, section string, ids []string) ([]Look, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if section == "customers" {
		return r.lookAtCustomers(ctx, ids)
	}
	return r.lookAtOrders(ctx, ids)
}

// Complete reports whether sums of the section read every table. Beyond some tens of thousands of
// orders the tables without an index are left to their own dates.
func (r *Reader) Complete(ctx context.Context, section string) (bool, error) {
	const small = 50_000
	if section == "customers" {
		return true, nil
	}
	var n int
	err := r.query(ctx, &n, "SELECT COALESCE(MAX(id_order), 0) FROM {p}orders")
	return n <= small, err
}

func (r *Reader) masterPrints(ctx context.Context, section string, ids []string) (map[string]Look, error) {
	out := map[string]Look{}
	switch section {
	case "hotels":
		found, err := r.Hotels(ctx, ids)
		for id, h := range found {
			retired := !h.Active || h.Gone
			h.Active, h.Gone, h.Address.ID = false, false, ""
			out[id] = Look{Print: printOf(h), Retired: retired}
		}
		return out, err
	case "currencies":
		found, err := r.Currencies(ctx, ids)
		for id, c := range found {
			retired := !c.Active || c.Deleted
			c.Active, c.Deleted, c.Default = false, false, false
			out[id] = Look{Print: printOf(c), Retired: retired}
		}
		return out, err
	}
	found, err := r.products(ctx, ids, section == "room-types")
	for id, p := range found {
		retired := !p.Active || p.Gone
		p.Active, p.Gone, p.HotelName, p.Rates = false, false, "", RateSet{}
		out[id] = Look{Print: printOf(p), Retired: retired}
	}
	return out, err
}

func (r *Reader) lookAtCustomers(ctx context.Context, ids []string) ([]Look, error) {
	sums, err := r.Sums(ctx, "customers", ids, true)
	if err != nil {
		return nil, err
	}
	found, err := r.Customers(ctx, ids)
	if err != nil {
		return nil, err
	}
	var added []struct {
		ID    string
		Day   time.Time
		Named bool
	}
	err = r.query(ctx, &added, "SELECT c.id_customer id, "+timeOf("c.date_add")+" day, EXISTS (SELECT 1 FROM {p}orders o WHERE o.id_customer = c.id_customer) named FROM {p}customer c WHERE c.id_customer IN ?", ids)
	if err != nil {
		return nil, err
	}
	days, named := map[string]string{}, map[string]bool{}
	for _, a := range added {
		days[a.ID], named[a.ID] = day(a.Day), a.Named
	}
	var out []Look
	for _, id := range ids {
		c, ok := found[id]
		if !ok {
			continue
		}
		l := Look{Listing: listCustomer(c), Sum: sums[id], Retired: c.Deleted != 0 || c.Gone, Active: c.Active, LastDay: days[id]}
		l.Unlisted = c.Deleted != 0 && !named[id]
		l.Date = days[id]
		if !l.Retired {
			c.Deleted, c.Gone, c.Address.ID = 0, false, ""
			l.Print = printOf(c)
		}
		out = append(out, l)
	}
	return out, nil
}

func listCustomer(c Customer) Listing {
	name := strings.TrimSpace(c.FirstName + " " + c.LastName)
	if c.Company != "" {
		name = c.Company + " " + name
	}
	if c.Deleted == anonymized {
		name = "Customer " + c.ID
		return Listing{ID: c.ID, Name: name, Fields: map[string]string{"name": name, "email": "", "company": ""}}
	}
	return Listing{ID: c.ID, Name: name, Search: []string{c.Email, c.LastName, c.FirstName + " " + c.LastName}, Fields: map[string]string{"name": name, "email": c.Email, "company": c.Company}}
}

func (r *Reader) lookAtOrders(ctx context.Context, ids []string) ([]Look, error) {
	complete, err := r.Complete(ctx, "orders")
	if err != nil {
		return nil, err
	}
	sums, err := r.Sums(ctx, "orders", ids, complete)
	if err != nil {
		return nil, err
	}
	rows, err := r.sums(ctx, r.orderSums(), ids, func(s summed) bool { return s.printed })
	if err != nil {
		return nil, err
	}
	orders, err := r.Orders(ctx, ids)
	if err != nil {
		return nil, err
	}
	guests, err := r.guests(ctx, orders)
	if err != nil {
		return nil, err
	}
	paid, err := r.paymentFacts(ctx, orders)
	if err != nil {
		return nil, err
	}
	slips, err := r.slipDays(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []Look
	for _, id := range ids {
		o := orders[id]
		if o == nil {
			continue
		}
		l := Look{Listing: listOrder(o, guests[o.CustomerID]), Sum: sums[id], Amount: inDefault(o), LastDay: lastDay(o, slips[id]), Writing: !o.Complete && !o.Abandoned}
		l.Print = printOrder(o, append(rows[id], paid[id]...))
		out = append(out, l)
	}
	return out, nil
}

// paymentFacts are what a payment's document says beyond its shares.
func (r *Reader) paymentFacts(ctx context.Context, orders map[string]*Order) (map[string][]string, error) {
	of := map[string]string{}
	for _, o := range orders {
		for _, id := range o.paymentIDs() {
			of[id] = id
		}
	}
	facts := map[string]string{}
	err := chunk(values(of), func(ids []string) error {
		var rows []struct {
			ID            string
			Amount        money.Decimal
			PaymentMethod string
			TransactionID *string
		}
		err := r.query(ctx, &rows, "SELECT id_order_payment id, amount, payment_method, transaction_id FROM {p}order_payment WHERE id_order_payment IN ?", ids)
		for _, x := range rows {
			facts[x.ID] = fmt.Sprintf("payment %s %s %q %q", x.ID, x.Amount, x.PaymentMethod, deref(x.TransactionID))
		}
		return err
	})
	out := map[string][]string{}
	for _, o := range orders {
		for _, id := range o.paymentIDs() {
			out[o.ID] = append(out[o.ID], facts[id])
		}
	}
	return out, err
}

// paymentIDs are the payments that concern an order, one for each share, and those that may.
func (o *Order) paymentIDs() []string {
	var ids []string
	for _, s := range o.Shares {
		ids = append(ids, s.PaymentID)
	}
	return append(ids, o.Unshared...)
}

func (r *Reader) slipDays(ctx context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	err := chunk(ids, func(ids []string) error {
		var rows []struct {
			ID  string
			Day time.Time
		}
		err := r.query(ctx, &rows, "SELECT id_order id, MAX("+timeOf("date_add")+") day FROM {p}order_slip WHERE id_order IN ? GROUP BY id_order", ids)
		for _, x := range rows {
			out[x.ID] = day(x.Day)
		}
		return err
	})
	return out, err
}

func lastDay(o *Order, slip string) string {
	last := max(day(o.Added), slip)
	for _, i := range o.Invoices {
		last = max(last, day(i.Date))
	}
	for _, s := range o.Shares {
		last = max(last, day(s.Added))
	}
	for _, ret := range o.Returns {
		last = max(last, day(ret.Updated))
	}
	return last
}

func inDefault(o *Order) *money.Decimal {
	amount := o.TotalIncl
	if o.Rate.IsPositive() {
		amount = money.RoundHalfUp(o.TotalIncl.Div(o.Rate), 2)
	}
	return &amount
}

// printOrder leaves out what says nothing about the order itself: its date of change, and names
// and rates that are looked up in other tables, which would make a renamed hotel or an edited tax
// group a change of every order.
func printOrder(o *Order, more []string) string {
	bare := *o
	bare.Updated, bare.StateName, bare.HotelName, bare.CustomerGone, bare.InvoiceAddress.ID = time.Time{}, "", "", false, ""
	bare.Contradictions, bare.OwnRate, bare.Unit = nil, money.Zero, money.Zero
	bare.Shares = append([]Share{}, o.Shares...)
	for i := range bare.Shares {
		bare.Shares[i].OwnRate, bare.Shares[i].Whole = money.Zero, money.Zero
	}
	bare.Lines = append([]Line{}, o.Lines...)
	for i := range bare.Lines {
		bare.Lines[i].Unit = money.Zero
		bare.Lines[i].ProductGone, bare.Lines[i].FacilityID, bare.Lines[i].Rates = false, "", nil
	}
	return printOf(struct {
		Order Order
		More  string
	}{bare, digest(more)})
}

// printOf hashes a record behind a mark of its type, so that a record which gets a new field is
// known to be printed differently, not changed.
func printOf(record any) string {
	body, err := json.Marshal(record)
	if err != nil {
		panic(err) // a record that is no tree of plain values is a defect of ours
	}
	sum := sha256.Sum256(body)
	return shapeOf(reflect.TypeOf(record)) + ":" + hex.EncodeToString(sum[:20])
}

var shapes sync.Map

func shapeOf(t reflect.Type) string {
	if known, ok := shapes.Load(t); ok {
		return known.(string)
	}
	var b strings.Builder
	b.WriteString(sumVersion)
	describe(&b, t, map[reflect.Type]bool{})
	sum := sha256.Sum256([]byte(b.String()))
	shape := hex.EncodeToString(sum[:6])
	shapes.Store(t, shape)
	return shape
}

func describe(b *strings.Builder, t reflect.Type, seen map[reflect.Type]bool) {
	b.WriteString(t.Kind().String())
	if seen[t] {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		describe(b, t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				b.WriteString(f.Name)
				describe(b, f.Type, seen)
			}
		}
	default:
	}
}
