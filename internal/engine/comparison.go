package engine

import "github.com/qlobooks/qlobooks/internal/money"

// Comparison shows side by side what QloApps computed of a document and what Zoho Books would,
// when both differ too much to post it. It is the proof of a fault.
type Comparison struct {
	Currency  string             `json:"currency"`
	Lines     []ComparedLine     `json:"lines"`
	Discounts []ComparedDiscount `json:"discounts"`
	// Wanted is QloApps' total and tax, Predicted what Zoho Books would make of the lines as sent;
	// nil when it did not come to that.
	Wanted    ComparedTotals  `json:"wanted"`
	Predicted *ComparedTotals `json:"predicted"`
	// Taxes are the single taxes of the lines, smallest rate first; none when it did not come to that.
	Taxes []ComparedTax `json:"taxes"`
}

// ComparedTax is one single tax in both systems.
type ComparedTax struct {
	Percent  money.Decimal `json:"percent"`
	Compound bool          `json:"compound"`
	// QloApps' share; nil when a discount over several rates leaves it open.
	Wanted    *money.Decimal `json:"wanted"`
	Predicted money.Decimal  `json:"predicted"`
}

// ComparedLine is one line in both systems.
type ComparedLine struct {
	Name     string        `json:"name"`
	Quantity money.Decimal `json:"quantity"`
	Excl     money.Decimal `json:"qloapps_without_tax"`
	Incl     money.Decimal `json:"qloapps_with_tax"`
	Rates    string        `json:"rates"` // "5+2.5"; "" when none fits
	// Amount with tax and discount as they would be sent; nil when it did not come to that.
	Amount   *money.Decimal `json:"amount"`
	Discount *money.Decimal `json:"discount"`
}

// ComparedDiscount is one discount of QloApps'.
type ComparedDiscount struct {
	Name string        `json:"name"`
	Excl money.Decimal `json:"without_tax"`
	Incl money.Decimal `json:"with_tax"`
}

// ComparedTotals are a document's.
type ComparedTotals struct {
	Total money.Decimal `json:"total"`
	Tax   money.Decimal `json:"tax"`
}
