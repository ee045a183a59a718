package wire

import "time"

// LogPage is one page of calls to Zoho Books.
type LogPage struct {
	Items      []LogLine `json:"items"`
	NextCursor *string   `json:"next_cursor" extensions:"x-nullable"`
	// How many of the newest 10 000 calls are ok and failed, whatever the filters.
	Counts map[string]int `json:"counts"`

	Next *Position `json:"-"`
} // @name LogPage

// LogLine is one call, without its bodies.
type LogLine struct {
	ID string  `json:"id"`
	At Instant `json:"at" swaggertype:"string" format:"date-time"`
	// The record it was made for, as flow:id, or the run.
	Ref string `json:"ref"`
	// The other records of a call that was made for many, as invoices that are marked sent.
	Also []string `json:"also"`
	// Where the record is shown; null for calls of no record.
	Record *RecordLink `json:"record" extensions:"x-nullable"`
	Method string      `json:"method"`
	Path   string      `json:"path"`
	Query  string      `json:"query"`
	// HTTP status; 0 = no answer came.
	Status int    `json:"status"`
	Code   string `json:"code"` // Zoho's
	MS     int    `json:"ms"`
	// Our code of what went wrong; "" when nothing did.
	Error string `json:"error"`
} // @name LogLine

// LogDetail is one call with its bodies, as long as they are kept. Secrets travel in headers only,
// which are never kept.
type LogDetail struct {
	LogLine
	Request  *string `json:"request" extensions:"x-nullable"`
	Response *string `json:"response" extensions:"x-nullable"`
} // @name LogDetail

// LogQuery is one page of calls. Zero fields select everything.
type LogQuery struct {
	Limit    int
	Q        string   // part of the address, or of our or Zoho's code
	Bodies   bool     // Q is looked for in the bodies too
	Status   []string // HTTP statuses, or ok and failed
	Flow     string
	Ref      string
	Run      string
	From, To time.Time // To is not included
	Oldest   bool      // first, instead of the newest
	After    *Position // only ID is used
}

// AuditPage is one page of what people did.
type AuditPage struct {
	Items      []AuditEntry `json:"items"`
	NextCursor *string      `json:"next_cursor" extensions:"x-nullable"`
	// Empty: what people did has no status.
	Counts map[string]int `json:"counts"`

	Next *Position `json:"-"`
} // @name AuditPage

// AuditEntry is one thing that somebody did.
type AuditEntry struct {
	ID     string  `json:"id"`
	At     Instant `json:"at" swaggertype:"string" format:"date-time"`
	By     string  `json:"by"`
	Action string  `json:"action"`
	// The document it was done to; "" for settings and the like.
	Flow     string `json:"flow"`
	SourceID string `json:"source_id"`
	// The reason that was given, or what was done, in a sentence.
	Detail string `json:"detail"`
	// What was one thing before and another after.
	Changes []Change `json:"changes"`
	// Where the record is shown; null for settings and the like.
	Record *RecordLink `json:"record" extensions:"x-nullable"`
} // @name AuditEntry

// Change is one value that somebody changed; secrets are never told.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
} // @name Change

// RecordLink names the record that shows a document.
type RecordLink struct {
	Section  string `json:"section"`
	SourceID string `json:"source_id"`
	Name     string `json:"name"`
} // @name RecordLink

// AuditQuery is one page of the audit trail.
type AuditQuery struct {
	Limit    int
	Q        string
	By       string
	Action   string
	Flow     string
	From, To time.Time
	Oldest   bool // first, instead of the newest
	After    *Position
	Refused  bool // also who was refused at the door, and from where
}

// ResetRequest forgets what QloBooks knows; confirm is the id of the organization.
type ResetRequest struct {
	Scope   string `json:"scope" enums:"mappings,links,all"`
	Confirm string `json:"confirm" maxLength:"32"`
} // @name ResetRequest

// ResetScope names what a reset would forget.
type ResetScope struct {
	Scope string `json:"scope" enums:"mappings,links,all"`
} // @name ResetScope

// ResetResult tells how many of each kind were forgotten.
type ResetResult struct {
	Forgotten map[string]int `json:"forgotten"`
} // @name ResetResult
