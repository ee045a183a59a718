package wire

// GuestLedger is what guests were billed and the hotel has not earned yet, of one month, in the base currency of
// Zoho Books.
type GuestLedger struct {
	Month    string  `json:"month" example:"2026-03"`
	Enabled  bool    `json:"enabled"`
	From     *string `json:"from" format:"date" extensions:"x-nullable"`
	Currency string  `json:"currency" example:"USD"`
	// What is deferred by the end of the day before From, which the first journal takes over; null without From.
	OpeningDeferral *string `json:"opening_deferral" extensions:"x-nullable" example:"1560.00"`
	// Up to when changes of orders were looked at; null while the first look is not over.
	AsOf   *Instant     `json:"as_of" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	Hotels []GuestHotel `json:"hotels"`
	Total  GuestSums    `json:"total"`
	// The account of deferred revenue; null while none is chosen.
	Account *GuestAccount `json:"account" extensions:"x-nullable"`
	// Orders and journals of the chosen hotel; empty without one.
	Orders     []GuestOrder   `json:"orders"`
	NextCursor *string        `json:"next_cursor" extensions:"x-nullable"`
	Journals   []GuestJournal `json:"journals"`
} // @name GuestLedger

// GuestSums are what was deferred before a month, what of it was billed and earned, and what is deferred after it.
type GuestSums struct {
	Opening string `json:"opening" example:"400.00"`
	Billed  string `json:"billed" example:"1560.00"`
	Earned  string `json:"earned" example:"1200.00"`
	Closing string `json:"closing" example:"760.00"`
} // @name GuestSums

// GuestHotel are those of one hotel.
type GuestHotel struct {
	Hotel string `json:"hotel" example:"1"`
	Name  string `json:"name" example:"Larkspur House"`
	GuestSums
} // @name GuestHotel

// GuestOrder are those of one order.
type GuestOrder struct {
	OrderID string `json:"order_id" example:"42"`
	Name    string `json:"name" example:"QLOAAAAAB, Ada Lovelace"`
	GuestSums
} // @name GuestOrder

// GuestAccount compares the account in Zoho Books with the journals.
type GuestAccount struct {
	AccountID string `json:"account_id"`
	// What all journals deferred.
	Journals string `json:"journals" example:"760.00"`
	// Its balance in Zoho Books when the reconciliation read it last; null when it never did.
	Balance *string  `json:"balance" extensions:"x-nullable" example:"760.00"`
	ReadAt  *Instant `json:"read_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// What differs, in a sentence, and what to do; null where both agree or nothing was read.
	Difference *string `json:"difference" extensions:"x-nullable"`
	Action     *string `json:"action" extensions:"x-nullable"`
} // @name GuestAccount

// GuestJournal is the journal of a day or of a month's last day.
type GuestJournal struct {
	SourceID   string  `json:"source_id" example:"1:2026-03-31"`
	Day        string  `json:"day" format:"date"`
	Status     string  `json:"status" enums:"not_synced,pending,syncing,synced,blocked,held,failed,unknown,rejected,skipped,disabled"`
	ZohoID     *string `json:"zoho_id" extensions:"x-nullable"`
	ZohoNumber *string `json:"zoho_number" extensions:"x-nullable"`
	ZohoURL    *string `json:"zoho_url" extensions:"x-nullable"`
	// The day that it bears in Zoho Books, another one where its own was locked; null where nothing was to be moved.
	Date   *string `json:"date" format:"date" extensions:"x-nullable"`
	Amount *string `json:"amount" extensions:"x-nullable" example:"120.00"`
	Issue  *Issue  `json:"issue" extensions:"x-nullable"`
} // @name GuestJournal

// GuestOrderLedger is what one order bills and earns, by day and income account.
type GuestOrderLedger struct {
	OrderID  string       `json:"order_id" example:"42"`
	Hotel    string       `json:"hotel" example:"1"`
	Currency string       `json:"currency" example:"USD"`
	Entries  []GuestEntry `json:"entries"`
} // @name GuestOrderLedger

// GuestEntry is one day of it; Deferred is what is left after it.
type GuestEntry struct {
	Day       string `json:"day" format:"date"`
	AccountID string `json:"account_id"`
	Billed    string `json:"billed" example:"120.00"`
	Earned    string `json:"earned" example:"0.00"`
	Deferred  string `json:"deferred" example:"120.00"`
} // @name GuestEntry

// GuestQuery chooses a page of the guest ledger.
type GuestQuery struct {
	Month, Hotel string
	Limit        int
	After        *Position
}
