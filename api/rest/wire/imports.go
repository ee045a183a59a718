package wire

// ImportRequest says which payments of Zoho Books to look at.
type ImportRequest struct {
	// new: those of the last weeks; all: every one since import_from_date.
	Scope string `json:"scope" enums:"new,all"`
} // @name ImportRequest

// ImportedPage is one page of payments that Zoho Books has and QloApps had not.
type ImportedPage struct {
	Items      []ImportedPayment `json:"items"`
	NextCursor *string           `json:"next_cursor" extensions:"x-nullable"`
	Counts     map[string]int    `json:"counts"`

	Next *Position `json:"-"`
} // @name ImportedPage

// ImportedPayment is one payment of Zoho Books.
type ImportedPayment struct {
	ID          string  `json:"id"` // Zoho's payment id
	Number      string  `json:"number"`
	ZohoURL     *string `json:"zoho_url" extensions:"x-nullable"`
	Date        string  `json:"date" format:"date"`
	Currency    string  `json:"currency"`
	Amount      string  `json:"amount" example:"120.00"`
	PaymentMode string  `json:"payment_mode"`
	Reference   string  `json:"reference"`
	Contact     string  `json:"contact"`
	// waiting: a person must look; imported: it stands in QloApps; elsewhere: it settles nothing of QloApps'.
	Status string        `json:"status" enums:"waiting,writing,imported,elsewhere"`
	Shares []ImportShare `json:"shares"`
	Issue  *Issue        `json:"issue" extensions:"x-nullable"`
} // @name ImportedPayment

// ImportShare is the part of a payment that belongs to one order.
type ImportShare struct {
	OrderID   string `json:"order_id"`
	InvoiceID string `json:"invoice_id"`
	Amount    string `json:"amount"`
	// The payment it became in QloApps; "" until then.
	PaymentID string `json:"payment_id"`
} // @name ImportShare

// ImportedQuery is one page of imported payments.
type ImportedQuery struct {
	Limit  int
	Status []string
	After  *Position
}

// Assignment says to which order a payment belongs.
type Assignment struct {
	OrderID string `json:"order_id"`
	// QloApps' id_order_invoice; absent = the order's first one.
	InvoiceID *string `json:"invoice_id" validate:"optional" extensions:"x-nullable"`
} // @name Assignment

// Statements add up the imported payments by day or month.
type Statements struct {
	Grouping string          `json:"grouping" enums:"daily,monthly"`
	Items    []StatementLine `json:"items"`
} // @name Statements

// StatementLine is one period's payments of one mode and currency.
type StatementLine struct {
	// The day, or the first day of the month.
	Period      string `json:"period" format:"date"`
	Currency    string `json:"currency"`
	PaymentMode string `json:"payment_mode"`
	Count       int    `json:"count"`
	Amount      string `json:"amount"`
} // @name StatementLine
