package wire

import "encoding/json"

// Record is one line of a section's list.
type Record struct {
	SourceID string `json:"source_id"`
	Name     string `json:"name"`
	Status   string `json:"status" enums:"not_synced,pending,syncing,synced,blocked,held,failed,unknown,rejected,skipped,disabled"`
	// Only of orders: the first step that is not finished.
	Phase string `json:"phase,omitempty" validate:"optional" enums:"order_sync,invoice_sync,payment_sync,synced,canceled"`
	// True when a person tied this record to an existing Zoho record.
	Paired bool `json:"paired"`
	// True while a document of it stands in Zoho Books as a draft that nobody has marked as sent.
	Draft bool `json:"draft"`
	// Of an order these three are the sales order's.
	ZohoID       *string  `json:"zoho_id" extensions:"x-nullable"`
	ZohoNumber   *string  `json:"zoho_number" extensions:"x-nullable"`
	ZohoURL      *string  `json:"zoho_url" extensions:"x-nullable"`
	QloAppsURL   *string  `json:"qloapps_url" extensions:"x-nullable"`
	LastSyncedAt *Instant `json:"last_synced_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	Issue        *Issue   `json:"issue" extensions:"x-nullable"`
	Notices      []Notice `json:"notices"`
	// Columns by name; each is {text, url} or a list of these.
	Fields map[string]Field `json:"fields"`
} // @name Record

// FieldText is one value of a column; Fields holds it by One and Many.
type FieldText struct {
	Text string  `json:"text"`
	URL  *string `json:"url" extensions:"x-nullable"`
} // @name FieldText

// Field is one column of a record: a FieldText or a list of these.
type Field = any

// One is a column with a single value; url may be "".
func One(text, url string) Field { return FieldText{text, TextOrNull(url)} }

// Many is a column that holds a list, also when it has one value or none.
func Many(values ...FieldText) Field { return append([]FieldText{}, values...) }

// RecordPage is one page of a section.
type RecordPage struct {
	Items []Record `json:"items"`
	// Give it back as cursor to read on; null on the last page.
	NextCursor *string `json:"next_cursor" extensions:"x-nullable"`
	// Records of the whole section by status, whatever the filters.
	Counts map[string]int `json:"counts"`
	// What the filters select; of what very many are found of it may be some seconds old.
	Matching Matching `json:"matching"`
	// Null before Initialize; there are no items then.
	InitializedAt *Instant `json:"initialized_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`

	// What QloApps has and the section does not list, with the reason; only on the first page. Counted by
	// Initialize and by the daily pass.
	NotListed []NotListed `json:"not_listed"`

	// Next is where the next page begins; nil on the last page. The server makes NextCursor of it.
	Next *Position `json:"-"`
} // @name RecordPage

// NotListed is what QloApps has of one kind and a section does not list, for one reason.
type NotListed struct {
	What    string `json:"what" example:"payments"`
	Count   int    `json:"count"`
	Because string `json:"because" example:"no order in QloApps has the reference or a share"`
	// The first of their ids in QloApps.
	First     string  `json:"first"`
	CountedAt Instant `json:"counted_at" swaggertype:"string" format:"date-time"`
} // @name NotListed

// Matching counts what the filters of a list select, each count without the filter of its own kind:
// so it says what choosing it would show.
type Matching struct {
	Status map[string]int `json:"status"`
	// Only of orders.
	Phase map[string]PhaseCount `json:"phase"`
} // @name Matching

// PhaseCount is how many orders stand at a phase, and their amounts by currency.
type PhaseCount struct {
	Count   int           `json:"count"`
	Amounts []PhaseAmount `json:"amounts"`
} // @name PhaseCount

// PhaseAmount is what orders in one currency cost, and what of it QloApps still wants.
type PhaseAmount struct {
	Currency string `json:"currency"`
	Count    int    `json:"count"`
	Total    string `json:"total" example:"1560.00"`
	Due      string `json:"due" example:"0.00"`
} // @name PhaseAmount

// Position is a place in a sorted list: the sort value of the last item shown, and its id
// because sort values repeat.
type Position struct {
	Value string `json:"v"`
	ID    string `json:"i"`
}

// RecordDetail is one record with its documents and what happened to them.
type RecordDetail struct {
	Record
	Documents []Document     `json:"documents"`
	History   []HistoryEntry `json:"history"`
} // @name RecordDetail

// HistoryEntry is one thing that happened to a record, newest first.
type HistoryEntry struct {
	At Instant `json:"at" swaggertype:"string" format:"date-time"`
	// Who: the name of a token or an employee, "schedule" or "engine".
	By     string `json:"by"`
	Flow   string `json:"flow"`
	Event  string `json:"event"`
	Detail string `json:"detail"`
} // @name HistoryEntry

// Document is one record of one flow and what stands for it in Zoho Books.
type Document struct {
	Flow     string `json:"flow"`
	SourceID string `json:"source_id"`
	Key      string `json:"key"`
	Status   string `json:"status" enums:"not_synced,pending,syncing,synced,blocked,held,failed,unknown,rejected,skipped,disabled"`
	Title    string `json:"title"`
	// True when a person tied it to what stood in Zoho Books.
	Paired     bool    `json:"paired"`
	ZohoID     *string `json:"zoho_id" extensions:"x-nullable"`
	ZohoNumber *string `json:"zoho_number" extensions:"x-nullable"`
	ZohoURL    *string `json:"zoho_url" extensions:"x-nullable"`
	// Day of the document; null for hotels, items and contacts, as the amounts and currency.
	Date     *string `json:"date" format:"date" extensions:"x-nullable"`
	Total    *string `json:"total" extensions:"x-nullable" example:"1560.00"`
	Tax      *string `json:"tax" extensions:"x-nullable"`
	Applied  *string `json:"applied" extensions:"x-nullable"`
	Currency *string `json:"currency" extensions:"x-nullable"`
	Steps    []Step  `json:"steps"`
	Issue    *Issue  `json:"issue" extensions:"x-nullable"`
	// True while it stands in Zoho Books as a draft, which is in no ledger: mark-sent sends it.
	Draft bool `json:"draft"`
	// True when its cause asks a person, whom release answers.
	Releasable   bool     `json:"releasable"`
	Notices      []Notice `json:"notices"`
	LastSyncedAt *Instant `json:"last_synced_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
} // @name Document

// Step is one call that follows a document: marked sent, applied.
type Step struct {
	Name   string `json:"name"`
	Status string `json:"status"`
} // @name Step

// SyncRequest names records: exactly one of ids, all and filter.
type SyncRequest struct {
	IDs    []string      `json:"ids" validate:"optional,max=20000" maxLength:"24"`
	All    bool          `json:"all" validate:"optional"`
	Filter *RecordFilter `json:"filter" validate:"optional"`
	// Only for orders: any of orders, invoices, payments, credit_notes; absent = all.
	Documents []string `json:"documents" validate:"optional,max=10" enums:"orders,invoices,payments,credit_notes"`
	// Lets the request pass the brakes; send it after showing the count.
	Confirm bool `json:"confirm" validate:"optional"`
} // @name SyncRequest

// DraftCount is how many drafts are among chosen orders.
type DraftCount struct {
	// Orders that have drafts.
	Orders int `json:"orders" minimum:"0"`
	// Drafts among their documents: what would be marked as sent.
	Documents int `json:"documents" minimum:"0"`
} // @name DraftCount

// Texts is a list in which a single text may stand alone.
type Texts []string

// UnmarshalJSON reads ["held", "failed"] and "held".
func (t *Texts) UnmarshalJSON(data []byte) error {
	var one string
	if string(data) != "null" && json.Unmarshal(data, &one) == nil {
		*t = Texts{one}
		return nil
	}
	var many []string
	err := json.Unmarshal(data, &many)
	*t = many
	return err
}

// RecordFilter narrows a section; everything absent = the whole section.
type RecordFilter struct {
	// A list, or one alone.
	Status Texts `json:"status" validate:"optional,max=20" swaggertype:"array,string" enums:"not_synced,pending,syncing,synced,blocked,held,failed,unknown,rejected,skipped,disabled"`
	// Beginning of a name, e-mail, reference or number, or an exact id.
	Q string `json:"q" validate:"optional" maxLength:"200"`
	// Code of the cause for which a document of the record waits.
	Issue string `json:"issue" validate:"optional" maxLength:"40"`
	// The rest is for orders only.
	Phase    string `json:"phase" validate:"optional" enums:"order_sync,invoice_sync,payment_sync,synced,canceled"`
	Hotel    string `json:"hotel" validate:"optional" maxLength:"24"`
	Currency string `json:"currency" validate:"optional" maxLength:"3"`
	DateFrom string `json:"date_from" validate:"optional" format:"date"`
	DateTo   string `json:"date_to" validate:"optional" format:"date"`
	Customer string `json:"customer" validate:"optional" maxLength:"24"`
	// Only orders of which an invoice is a draft.
	Draft bool `json:"draft" validate:"optional"`
} // @name RecordFilter
