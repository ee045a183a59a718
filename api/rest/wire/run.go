package wire

// Run is one piece of work that was asked for, and how far it is.
type Run struct {
	ID      string  `json:"id"`
	Kind    string  `json:"kind" enums:"initialize,sync,preview,setup,import,pairing,mapping_refresh,reconcile,tick,daily,undo"`
	Section *string `json:"section" extensions:"x-nullable"`
	// What it is, in a few words for people: "Invoices of 37 orders".
	Title string `json:"title"`
	// What came of it so far, in a sentence: "31 sent, 1 unchanged, 5 held".
	Sentence string `json:"sentence"`
	Status   string `json:"status" enums:"queued,waiting,running,done,failed,canceled"`
	Total    int    `json:"total"`
	// The next five count each record once, at the end of its first attempt.
	Done      int `json:"done"`
	Failed    int `json:"failed"`
	Held      int `json:"held"`
	Unchanged int `json:"unchanged"`
	Skipped   int `json:"skipped"`
	// When the run is expected to end; null while unknown and when it has ended.
	ETA        *Instant `json:"eta" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	CallsUsed  int      `json:"calls_used"`
	StartedBy  string   `json:"started_by"`
	CreatedAt  Instant  `json:"created_at" swaggertype:"string" format:"date-time"`
	StartedAt  *Instant `json:"started_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	FinishedAt *Instant `json:"finished_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	Brake      *Brake   `json:"brake" extensions:"x-nullable"`
	// What came out, by kind: setup {steps}, preview {count, by_currency, calls, hours, held}, tick and daily {found, queued}, undo {run, reason}.
	Result any `json:"result" extensions:"x-nullable"`
	// Why the run could not work at all.
	Error *Issue `json:"error" extensions:"x-nullable"`
} // @name Run

// Ended reports whether nothing more will happen.
func (r Run) Ended() bool {
	return r.Status == "done" || r.Status == "failed" || r.Status == "canceled"
}

// Brake is the limit that stopped a run.
type Brake struct {
	// The setting that stopped the run, for example brake_max_records.
	Limit   string   `json:"limit"`
	Allowed string   `json:"allowed"`
	Wanted  string   `json:"wanted"`
	Sample  []string `json:"sample"`
} // @name Brake

// RunPage is one page of runs, newest first.
type RunPage struct {
	Items      []Run          `json:"items"`
	NextCursor *string        `json:"next_cursor" extensions:"x-nullable"`
	Counts     map[string]int `json:"counts"`

	Next *Position `json:"-"`
} // @name RunPage

// SetupRequest says what set-up may create besides the key field.
type SetupRequest struct {
	CreateTaxes      bool `json:"create_taxes" validate:"optional"`
	CreateCurrencies bool `json:"create_currencies" validate:"optional"`
} // @name SetupRequest

// MappingRefreshed is the result of reading the mapping's lists again, in words.
type MappingRefreshed struct {
	// What of what was chosen is no longer as it was in Zoho Books.
	Changed []string `json:"changed"`
	// Lists that could not be read, and why.
	Unread []string `json:"unread"`
} // @name MappingRefreshed

// SetupStep is one line of a set-up run's result.steps.
type SetupStep struct {
	Name   string `json:"name"`
	Status string `json:"status" enums:"done,existed,refused,needed"`
	Detail string `json:"detail"`
	Action string `json:"action"`
} // @name SetupStep

// SetupResult is the result of a set-up run.
type SetupResult struct {
	Steps []SetupStep `json:"steps"`
} // @name SetupResult

// RunRecord is one record of a run, and how its first attempt ended.
type RunRecord struct {
	Section  string `json:"section"`
	SourceID string `json:"source_id"`
	Name     string `json:"name"`
	// Empty until the first attempt has ended.
	Outcome string `json:"outcome" enums:",done,unchanged,skipped,held,failed"`
	// How the record stands now.
	Status string `json:"status"`
	Phase  string `json:"phase,omitempty" validate:"optional"`
	Issue  *Issue `json:"issue" extensions:"x-nullable"`
} // @name RunRecord

// RunRecordPage is one page of a run's records.
type RunRecordPage struct {
	Items      []RunRecord `json:"items"`
	NextCursor *string     `json:"next_cursor" extensions:"x-nullable"`
	// How the first attempts of all of the run's records ended.
	Counts map[string]int `json:"counts"`

	Next *Position `json:"-"`
} // @name RunRecordPage
