package qloapps

import (
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Times of these records are wall-clock times in the shop's zone, already given that zone;
// a zero date of the database is the zero time.Time. Ids are decimal strings. Amounts are in
// the record's own currency, with as many decimals as the database keeps.

// Shop is what holds for the whole installation.
type Shop struct {
	Version           string // "1.6" or "1.7"
	Prefix            string
	Name              string
	Zone              *time.Location
	ShopID, LangID    string
	DefaultCurrency   string // ISO code
	DefaultCurrencyID string
	CanceledState     string               // id_order_state of canceled orders
	Decimals          int32                // PS_PRICE_DISPLAY_PRECISION: decimals of order totals in every currency
	Numbering                              // of the default shop
	ShopNumberings    map[string]Numbering // of each shop, where QloApps runs several
}

// Numbering is how a shop prints numbers.
type Numbering struct {
	InvoiceUseYear bool
	InvoiceYearPos bool              // the year stands before the number
	InvoiceReset   bool              // numbers begin again every year
	InvoicePrefix  map[string]string // by language id
	SlipPrefix     map[string]string // by language id
}

// Currency is one row of the currency table; a deleted one may share its ISO code with a live one.
type Currency struct {
	ID, ISO, Name   string
	Rate            money.Decimal // units per one unit of the shop's default currency
	Active, Deleted bool
	Default         bool
}

// Address is a postal address as text.
type Address struct {
	ID, Company, FirstName, LastName      string
	Line1, Line2, Postcode, City          string
	State, StateCode, Country, CountryISO string
	Phone, VATNumber                      string
}

// Hotel is a branch. Gone means its row was removed and only old orders remember it.
type Hotel struct {
	ID, Name, Email string
	Active, Gone    bool
	Address         Address
}

// Product is a room type or a service product.
type Product struct {
	ID, Name     string
	Booking      bool   // a room type
	HotelID      string // of a room type; "" for services
	HotelName    string
	Price        money.Decimal // per night or unit, tax excluded, in the shop's default currency
	Active, Gone bool
	Rates        RateSet // of its tax group at its hotel; empty for services
}

// Customer is a guest or company. Deleted is QloApps' value: 1 banned, 2 anonymized.
type Customer struct {
	ID, FirstName, LastName string
	Email, Company, Website string
	Phone                   string
	Active, Guest           bool
	Deleted                 int
	Gone                    bool // the row was removed; names come from the invoice address of an order
	Address                 Address
}

// RateSet is the taxes of a line: "0", "4", "5+2.5" combined largest first, "10*5" compound in order.
type RateSet struct {
	Key      string
	Rates    []money.Decimal // percent
	Compound bool
}

// LineKind says what was sold.
type LineKind string

const (
	RoomLine     LineKind = "room"     // one room booking
	ServiceLine  LineKind = "service"  // one service product of the order
	FacilityLine LineKind = "facility" // one extra demand of a room; in no order line but in the total
	OtherLine    LineKind = "other"    // an order line whose bookings do not add up to it
)

// Line is one thing sold.
type Line struct {
	Kind        LineKind
	ID          string // id of its own table
	DetailID    string // id_order_detail
	InvoiceID   string // "" when not invoiced
	ProductID   string // "" for facilities
	ProductGone bool   // the product was deleted
	FacilityID  string // id_global_demand, found by name; "" when gone
	Name        string
	Quantity    money.Decimal // nights of a room, units of a service
	Excl, Incl  money.Decimal // total of the line; tax = Incl - Excl
	Unit        money.Decimal // as of its order
	Rates       []RateSet     // candidates in order of trust: tax rows, then the service row's group, then other lines of the order, then former taxes
	RoomType    string
	RoomNumber  string
	HotelName   string
	HotelID     string
	Adults      int
	Children    int
	From, To    time.Time // days of the stay

	group  string // tax rules group of a facility, or of what has lost its order line
	method int    // how its taxes add up
}

// Discount is one cart rule used on an order.
type Discount struct {
	ID, CartRuleID, Name string
	InvoiceID            string // "" or "0" when of the whole order
	Excl, Incl           money.Decimal
	ProductID            string // the one product it is restricted to; "" = whole order
	FromSlip             string // id of the slip whose voucher this is; "" otherwise
	FromSlipCurrency     string // ISO code of the slip
	Untraced             bool   // it was made from a slip, of which QloApps has neither the voucher nor the slip any more
}

// Order is one hotel's part of a booking, complete with what was sold, invoiced, paid and returned.
type Order struct {
	ID, Reference        string
	CustomerID           string
	Customers            []string      // others that its rows name: it was theirs before
	CustomerGone         bool          // no customer row
	InvoiceAddress       Address       // as the order froze it
	Currency             string        // ISO code; "" = QloApps no longer has it
	CurrencyGone         string        // its id then
	Rate                 money.Decimal // conversion_rate: units per unit of the shop's default currency
	LangID, ShopID       string
	State, StateName     string        // id_order_state
	Canceled             bool          // current state is PS_OS_CANCELED
	CanceledAt           time.Time     // when it last became so
	Complete             bool          // has a history row and a state: booking finished
	TotalIncl, TotalExcl money.Decimal // what it costs
	TotalPaid            money.Decimal // total_paid_real
	HotelID, HotelName   string
	Source, PaymentLabel string
	Added, Updated       time.Time
	Lines                []Line
	Discounts            []Discount
	Invoices             []InvoiceHead
	Shares               []Share
	Unshared             []string // payments of its reference that have no share and may be another order's
	SlipIDs              []string
	TurnedSlips          []string      // those of them that were turned into vouchers
	Slipped              money.Decimal // what its slips come to, tax included
	Returns              []Return
	// Contradictions are what its rows say about themselves that cannot all be true.
	Contradictions []Contradiction
	OwnRate        money.Decimal // its currency's rate now; zero = unknown
	Unit           money.Decimal // QloApps' smallest amount of an order where that is not a cent; else zero
	Abandoned      bool          // not Complete, and no longer being written

	slips []slipRow
}

// InvoiceHead is one order_invoice row. QloApps keeps no currency here: it is the order's.
type InvoiceHead struct {
	ID, Number           string // Number "0" = QloApps gave none
	Printed              string // prefix, year and six digits as QloApps prints it; "" when Number is 0
	Date                 time.Time
	TotalIncl, TotalExcl money.Decimal
}

// Invoice is an invoice with the order it bills.
type Invoice struct {
	InvoiceHead
	Order *Order
	// Alone says that a person took its own row for the truth, though the order's invoices do not add up.
	Alone bool
}

// Share is the part of a payment that belongs to one order, in the payment's currency.
type Share struct {
	ID, PaymentID, OrderID string
	InvoiceID              string        // "" when the order was not invoiced then
	Amount                 money.Decimal // all shares of a payment together never give more than was paid
	Written                money.Decimal // as QloApps wrote it
	Differs                bool          // its payment is of another amount than all of its shares
	Beyond                 money.Decimal // what of its payment no share names; told with the first share alone
	Whole                  money.Decimal // what its payment is over
	Currency               string        // the payment's; "" = QloApps no longer has it
	Rate                   money.Decimal // the payment's conversion_rate
	OwnRate                money.Decimal // its currency's rate now; zero = unknown
	Added                  time.Time
	Posted                 *Posted // nil where nothing of it stands, or its row was changed since
}

// Posted is what a share stands as, in its order's currency.
type Posted struct {
	Worth money.Decimal // as QloApps counts it
	Total money.Decimal // as it was posted, in the books' smallest unit
}

// Payment is one order_payment row with its shares and the orders they belong to.
type Payment struct {
	ID, Reference string
	Currency      string // ISO code
	Amount        money.Decimal
	Rate          money.Decimal
	Method        string // as QloApps stored it
	TransactionID string
	Added         time.Time
	OwnRate       money.Decimal // its currency's rate now; zero = unknown
	Shares        []Share
	Orders        map[string]*Order // by order id, each with all its shares
	OfReference   []string          // ids of the orders of its reference, where it has no share
	// Unfinished says that QloApps is still writing an order of this reference, so that a share
	// may be missing.
	Unfinished bool
	Abandoned  []string // references' ids of orders that QloApps never finished writing
	// Stranger says that its transaction id names a payment of Zoho Books that no import ever saw there.
	Stranger bool
}

// Written is what its shares come to as QloApps wrote them.
func (p Payment) Written() money.Decimal {
	sum := money.Zero
	for _, s := range p.Shares {
		sum = sum.Add(s.AsWritten())
	}
	return sum
}

// SharesDiffer reports that its shares and what was paid are further apart than rounding is.
func (p Payment) SharesDiffer() bool {
	return len(p.Shares) > 0 && p.Amount.Sub(p.Written()).Abs().GreaterThan(money.Unit(2).Mul(decimalOf(int64(len(p.Shares)))))
}

// Return is a refund request. What became of its money is said by Becomes, never by one field.
type Return struct {
	ID, OrderID    string
	Refunded       bool // its state is a finished one
	Denied         bool
	Amount         money.Decimal // tax included, order currency
	PaymentMode    string        // how money was given back, or a mark of QloApps' own; "" = not
	TransactionID  string
	Kind           int      // order_return.return_type
	SlipID         string   // of kind 2, where it is certain
	SlipTurned     bool     // that slip was turned into a voucher
	Doubt          Contrary // why the slip is not certain
	Doubtful       []string // the slips that it may mean then
	Beside         []string // slips over the same as one that names none, which QloApps may be about to write into it
	Added, Updated time.Time
	Details        []ReturnDetail

	made string // order_return.id_return_type as the column keeps it
}

// Refund is a return with its details and the order it belongs to.
type Refund struct {
	Return
	Order *Order
}

// ReturnDetail is one room or service given back.
type ReturnDetail struct {
	DetailID, BookingID string
	Amount              money.Decimal // tax included
	Done                bool
}

// Slip is a credit slip with its order. Printed is prefix and six digits of its id.
type Slip struct {
	ID, OrderID, CustomerID string
	Printed                 string
	Rate                    money.Decimal
	TotalExcl, TotalIncl    money.Decimal
	Amount                  money.Decimal // the row's other column of the total, which holds less
	VoucherCartRuleID       string        // set when it was turned into a voucher (redeem_status 2)
	Added                   time.Time
	Details                 []SlipDetail
	Order                   *Order
}

// SlipDetail is one line of a slip.
type SlipDetail struct {
	DetailID, BookingID string
	Name, RoomNumber    string
	Quantity            money.Decimal
	Excl, Incl          money.Decimal
	From, To            time.Time
}

// Listing is one source record as lists show it: what Initialize stores without asking Zoho.
type Listing struct {
	ID     string
	Name   string
	Search []string          // further texts that q finds by prefix: e-mail, reference, number
	Fields map[string]string // plain facts shown in columns
	// Of an order:
	HotelID, Currency, CustomerID string
	Date                          string // YYYY-MM-DD
	Canceled                      bool
	InvoiceIDs, PaymentIDs        []string
	SlipIDs, ReturnIDs            []string
	DueOpen                       bool            // QloApps shows an amount due
	Doubts                        []Contradiction // what its rows say twice and differently, and no document stops at
	OverIDs                       []string        // of its invoices that bill nothing any more
}

// RateUse, MethodUse and NamedUse are what the mapping page offers to map, with how often it occurs.
type RateUse struct {
	RateSet
	UsedBy int
}

// MethodUse is a payment method text as stored.
type MethodUse struct {
	Method string
	UsedBy int
}

// NamedUse is a facility.
type NamedUse struct {
	ID, Name string
	UsedBy   int
}
