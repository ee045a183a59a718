package wire

// Reconciliation compares what QloApps says, what was posted and what stands in Zoho Books.
type Reconciliation struct {
	From string `json:"from" format:"date"`
	To   string `json:"to" format:"date"`
	// The oldest moment at which a day of the range was read; null when none was.
	AsOf *Instant `json:"as_of" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// Whether every day of the range was read.
	Complete bool `json:"complete"`
	// The last day up to which every day of the range was read; null when the first was not.
	ReadTo      *string             `json:"read_to" format:"date" extensions:"x-nullable"`
	Rows        []ReconciliationRow `json:"rows"`
	Differences []Difference        `json:"differences"`
} // @name Reconciliation

// ReadResult is how far the reading of both sides came.
type ReadResult struct {
	// Documents read, by list of Zoho Books, and of QloApps.
	Documents map[string]int `json:"documents"`
	// Up to which day all was read; null when nothing was.
	ReadTo *string `json:"read_to" format:"date" extensions:"x-nullable"`
} // @name ReadResult

// ReconciliationRow adds up one day's documents of one kind.
type ReconciliationRow struct {
	Day      string `json:"day" format:"date"`
	Hotel    string `json:"hotel"`
	Currency string `json:"currency"`
	// The tax rates of the documents' lines, as the mapping names them.
	Tax         string  `json:"tax"`
	PaymentMode string  `json:"payment_mode"`
	Kind        string  `json:"kind" enums:"invoice,payment,credit_note,refund,cancellation"`
	QloApps     Figures `json:"qloapps"`
	Posted      Figures `json:"posted"`
	Zoho        Figures `json:"zoho"`
} // @name ReconciliationRow

// Figures is a number of documents with their amount.
type Figures struct {
	Count  int    `json:"count"`
	Amount string `json:"amount" example:"1560.00"`
} // @name Figures

// Difference is one document that is not the same everywhere.
type Difference struct {
	Kind string `json:"kind" enums:"missing,orphan,duplicate,different"`
	// What differs, in a sentence.
	Detail   string  `json:"detail"`
	Flow     string  `json:"flow"`
	SourceID string  `json:"source_id"`
	Title    string  `json:"title"`
	ZohoID   *string `json:"zoho_id" extensions:"x-nullable"`
	ZohoURL  *string `json:"zoho_url" extensions:"x-nullable"`
	// The order whose page shows the document.
	OrderID *string    `json:"order_id" extensions:"x-nullable"`
	QloApps *Side      `json:"qloapps" extensions:"x-nullable"`
	Posted  *Side      `json:"posted" extensions:"x-nullable"`
	Zoho    *Side      `json:"zoho" extensions:"x-nullable"`
	Action  CureAction `json:"action"`
} // @name Difference

// Side is what one side says of a document.
type Side struct {
	Figures
	Currency string `json:"currency"`
	Day      string `json:"day"`
	Status   string `json:"status"`
	Number   string `json:"number"`
	// What is open of an invoice, or unused of a payment or credit note; null where the side does not tell.
	Balance *string `json:"balance" extensions:"x-nullable"`
} // @name Side

// CureAction is what cures a difference: a verb of the document's address, or open, which is a
// person's work in Zoho Books.
type CureAction struct {
	Verb  string `json:"verb" enums:"sync,retry,recreate,release,pair,take-change,open"`
	Label string `json:"label"`
	// Where to post, below /api/v1; null for open.
	Path *string `json:"path" extensions:"x-nullable"`
	// What to post, beside a reason where the verb wants one.
	Body any `json:"body" extensions:"x-nullable"`
} // @name CureAction

// DayRange is a range of days, both included.
type DayRange struct {
	From string `json:"from" format:"date"`
	To   string `json:"to" format:"date"`
} // @name DayRange

// ReconciliationQuery is one look at the comparison; Hotel "" = all.
type ReconciliationQuery struct {
	DayRange
	Hotel string
}
