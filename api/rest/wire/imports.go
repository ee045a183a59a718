package wire

// ImportRequest says which payments of Zoho Books to look at.
type ImportRequest struct {
	// new: those made or changed since the last look, whatever their date; all: every one since import_from_date, read anew.
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
	// waiting: a person must look before more is written; imported: QloApps has of it what Zoho Books says; changed: QloApps has
	// more of it than Zoho Books; elsewhere: it settles nothing of QloApps'; gone: deleted in Zoho Books before anything came.
	Status string `json:"status" enums:"waiting,writing,imported,changed,elsewhere,gone"`
	// What stands of it in QloApps, order by order.
	Shares []ImportShare `json:"shares"`
	// What came to QloApps: the sum of the shares.
	Came string `json:"came" example:"80.00"`
	// What did not come, and why; null when all of it came.
	Rest *ImportRest `json:"rest" extensions:"x-nullable"`
	Zoho ImportZoho  `json:"zoho"`
	// What a person assigned and Zoho Books has not applied yet: it is to be applied there.
	ToApply []ImportShare `json:"to_apply"`
	Issue   *Issue        `json:"issue" extensions:"x-nullable"`
} // @name ImportedPayment

// ImportShare is the part of a payment that belongs to one order.
type ImportShare struct {
	OrderID   string `json:"order_id"`
	InvoiceID string `json:"invoice_id"`
	Amount    string `json:"amount"`
	// The payment it became in QloApps; "" until then.
	PaymentID string `json:"payment_id"`
} // @name ImportShare

// ImportRest is what of a payment is not in QloApps.
type ImportRest struct {
	Amount string `json:"amount"`
	Detail string `json:"detail"`
} // @name ImportRest

// ImportZoho is a payment as Zoho Books had it when it was last read.
type ImportZoho struct {
	Gone bool `json:"gone"`
	// What it settles of invoices of QloApps' orders.
	Applied []ImportShare `json:"applied"`
	// What it settles of invoices that only Zoho Books has.
	Elsewhere string `json:"elsewhere"`
	Unused    string `json:"unused"`
	Refunded  string `json:"refunded"`
} // @name ImportZoho

// ImportedQuery is one page of imported payments; texts are "" when they do not select.
type ImportedQuery struct {
	Limit  int
	Status []string
	Q      string // part of a number, a reference or a contact's name, or an exact id
	Oldest bool   // first, instead of the newest
	After  *Position
	PaymentFilter
}

// PaymentFilter selects imported payments by their day, mode and currency, and by whose order they are.
type PaymentFilter struct {
	From, To       string
	Currency, Mode string
	AnyMode        bool // Mode does not select
	Hotel          string
	Customer       string
}

// Assignment says to which order a payment belongs.
type Assignment struct {
	OrderID string `json:"order_id" maxLength:"20"`
	// QloApps' id_order_invoice; absent = the order's first one.
	InvoiceID *string `json:"invoice_id" validate:"optional" maxLength:"20" extensions:"x-nullable"`
	// More than the order owes, or the order of another guest, is meant.
	Confirm bool `json:"confirm" validate:"optional"`
} // @name Assignment

// Statements add up the imported payments by day or month.
type Statements struct {
	Grouping   string          `json:"grouping" enums:"daily,monthly"`
	Items      []StatementLine `json:"items"`
	NextCursor *string         `json:"next_cursor" extensions:"x-nullable"`
	// Of everything that the filter selects, whatever page this is.
	Totals []StatementTotal `json:"totals"`

	Next *Position `json:"-"`
} // @name Statements

// StatementTotal adds up all lines of a currency.
type StatementTotal struct {
	Currency string `json:"currency"`
	Count    int    `json:"count"`
	// What of these payments stands in QloApps.
	Amount string `json:"amount"`
} // @name StatementTotal

// StatementQuery is one page of statement lines.
type StatementQuery struct {
	Limit int
	After *Position
	PaymentFilter
}

// StatementLine is one period's payments of one mode and currency.
type StatementLine struct {
	// The day, or the first day of the month.
	Period      string `json:"period" format:"date"`
	Currency    string `json:"currency"`
	PaymentMode string `json:"payment_mode"`
	Count       int    `json:"count"`
	// What of these payments stands in QloApps.
	Amount string `json:"amount"`
	// The payments behind the line.
	Link string `json:"link"`
} // @name StatementLine
