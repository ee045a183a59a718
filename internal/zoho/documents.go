package zoho

import (
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
)

// These are request bodies exactly as Zoho Books takes them. Amounts are bare JSON numbers,
// dates are YYYY-MM-DD days in the organization's books, ids are strings.

// CustomField carries our key in every create.
type CustomField struct {
	APIName string `json:"api_name"`
	Value   string `json:"value"`
}

// Contact is a customer in one currency.
type Contact struct {
	Name            string          `json:"contact_name"`
	Type            string          `json:"contact_type"`                // customer
	SubType         string          `json:"customer_sub_type,omitempty"` // individual, business
	CompanyName     string          `json:"company_name,omitempty"`
	Website         string          `json:"website,omitempty"`
	CurrencyID      string          `json:"currency_id,omitempty"`
	BillingAddress  *Address        `json:"billing_address,omitempty"`
	ShippingAddress *Address        `json:"shipping_address,omitempty"`
	Persons         []ContactPerson `json:"contact_persons,omitempty"`
	Notes           string          `json:"notes,omitempty"`
	CustomFields    []CustomField   `json:"custom_fields,omitempty"`
}

// Address is a contact's address.
type Address struct {
	Attention string `json:"attention,omitempty"`
	Address   string `json:"address,omitempty"`
	Street2   string `json:"street2,omitempty"`
	City      string `json:"city,omitempty"`
	State     string `json:"state,omitempty"`
	StateCode string `json:"state_code,omitempty"`
	Zip       string `json:"zip,omitempty"`
	Country   string `json:"country,omitempty"`
	Phone     string `json:"phone,omitempty"`
}

// ContactPerson is the primary person; persons left out of an update are deleted by Zoho, so
// an update names the id it keeps.
type ContactPerson struct {
	ID        string `json:"contact_person_id,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Email     string `json:"email,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Primary   bool   `json:"is_primary_contact,omitempty"`
}

// Item is a hotel, a room type or a service product. Its price is in the base currency.
type Item struct {
	Name         string        `json:"name"`
	Rate         money.Number  `json:"rate"`
	Description  string        `json:"description,omitempty"`
	ProductType  string        `json:"product_type,omitempty"` // service
	ItemType     string        `json:"item_type,omitempty"`    // sales
	AccountID    string        `json:"account_id,omitempty"`
	CustomFields []CustomField `json:"custom_fields,omitempty"`
}

// Invoice is an invoice body.
type Invoice struct {
	CustomerID            string        `json:"customer_id"`
	Number                string        `json:"invoice_number,omitempty"`
	ReferenceNumber       string        `json:"reference_number,omitempty"`
	Date                  string        `json:"date"`
	DueDate               string        `json:"due_date,omitempty"`
	ExchangeRate          *money.Number `json:"exchange_rate,omitempty"`    // base units per one unit of the document's currency
	InclusiveTax          bool          `json:"is_inclusive_tax,omitempty"` // some editions do not know the field
	Discount              *money.Number `json:"discount,omitempty"`
	DiscountType          string        `json:"discount_type,omitempty"` // entity_level, item_level
	DiscountBeforeTax     *bool         `json:"is_discount_before_tax,omitempty"`
	Adjustment            *money.Number `json:"adjustment,omitempty"`
	AdjustmentDescription string        `json:"adjustment_description,omitempty"`
	Lines                 []Line        `json:"line_items"`
	Notes                 string        `json:"notes,omitempty"`
	Tags                  []Tag         `json:"tags,omitempty"`
	LocationID            string        `json:"location_id,omitempty"`
	CustomFields          []CustomField `json:"custom_fields,omitempty"`
}

// Line is a line of an invoice, sales order or credit note.
type Line struct {
	ID               string        `json:"line_item_id,omitempty"`
	ItemID           string        `json:"item_id,omitempty"`
	Name             string        `json:"name,omitempty"`
	Description      string        `json:"description,omitempty"`
	AccountID        string        `json:"account_id,omitempty"`
	Rate             money.Number  `json:"rate"`
	Quantity         money.Number  `json:"quantity"`
	DiscountAmount   *money.Number `json:"discount,omitempty"` // an amount, only with item_level discounts
	TaxID            string        `json:"tax_id,omitempty"`
	TaxExemptionID   string        `json:"tax_exemption_id,omitempty"`
	SalesOrderItemID string        `json:"salesorder_item_id,omitempty"`
	Tags             []Tag         `json:"tags,omitempty"`
	LocationID       string        `json:"location_id,omitempty"`
}

// Tag is one option of a reporting tag.
type Tag struct {
	ID     string `json:"tag_id"`
	Option string `json:"tag_option_id"`
}

// CustomerPayment is money received. Without Invoices it is an advance.
type CustomerPayment struct {
	CustomerID      string        `json:"customer_id"`
	Mode            string        `json:"payment_mode"`
	Amount          money.Number  `json:"amount"`
	Date            string        `json:"date"`
	ReferenceNumber string        `json:"reference_number,omitempty"`
	Description     string        `json:"description,omitempty"`
	ExchangeRate    *money.Number `json:"exchange_rate,omitempty"`
	AccountID       string        `json:"account_id"`
	Invoices        []Allocation  `json:"invoices,omitempty"`
	LocationID      string        `json:"location_id,omitempty"`
	CustomFields    []CustomField `json:"custom_fields,omitempty"`
}

// Allocation is the part of a payment that settles one invoice.
type Allocation struct {
	InvoiceID     string       `json:"invoice_id"`
	AmountApplied money.Number `json:"amount_applied"`
}

// Merge adds up what two lists give to one invoice, as Zoho takes each invoice once.
func Merge(list, more []Allocation) []Allocation {
	for _, a := range more {
		at := slices.IndexFunc(list, func(have Allocation) bool { return have.InvoiceID == a.InvoiceID })
		if at < 0 {
			list = append(list, a)
			continue
		}
		list[at].AmountApplied = money.N(list[at].AmountApplied.Add(a.AmountApplied.Decimal))
	}
	return list
}

// Rounding names what makes a document's total QloApps' own.
const Rounding = "Rounding (QloApps)"

// SalesOrder is a sales order body; its lines are tax-exclusive.
type SalesOrder struct {
	CustomerID            string        `json:"customer_id"`
	Number                string        `json:"salesorder_number,omitempty"`
	ReferenceNumber       string        `json:"reference_number,omitempty"`
	Date                  string        `json:"date"`
	ExchangeRate          *money.Number `json:"exchange_rate,omitempty"`
	Discount              *money.Number `json:"discount,omitempty"`
	DiscountType          string        `json:"discount_type,omitempty"`
	DiscountBeforeTax     *bool         `json:"is_discount_before_tax,omitempty"`
	Adjustment            *money.Number `json:"adjustment,omitempty"`
	AdjustmentDescription string        `json:"adjustment_description,omitempty"`
	Lines                 []Line        `json:"line_items"`
	Notes                 string        `json:"notes,omitempty"`
	Tags                  []Tag         `json:"tags,omitempty"`
	LocationID            string        `json:"location_id,omitempty"`
	CustomFields          []CustomField `json:"custom_fields,omitempty"`
}

// CreditNote is a credit note body. Zoho documents no discount and no adjustment here:
// everything is a line, tax-exclusive.
type CreditNote struct {
	CustomerID      string        `json:"customer_id"`
	Number          string        `json:"creditnote_number,omitempty"`
	ReferenceNumber string        `json:"reference_number,omitempty"`
	Date            string        `json:"date"`
	ExchangeRate    *money.Number `json:"exchange_rate,omitempty"`
	Lines           []Line        `json:"line_items"`
	Notes           string        `json:"notes,omitempty"`
	Tags            []Tag         `json:"tags,omitempty"`
	LocationID      string        `json:"location_id,omitempty"`
	CustomFields    []CustomField `json:"custom_fields,omitempty"`
}

// Refund is money returned from a credit note or from the unused part of a payment.
type Refund struct {
	Date         string        `json:"date"`
	Amount       money.Number  `json:"amount"`
	Account      string        `json:"from_account_id"`
	Mode         string        `json:"refund_mode,omitempty"`
	Reference    string        `json:"reference_number,omitempty"`
	Description  string        `json:"description,omitempty"`
	ExchangeRate *money.Number `json:"exchange_rate,omitempty"`
}
