package wire

// CallbackAnswer is the query of Zoho's redirect.
type CallbackAnswer struct {
	State          string
	Code           string
	Error          string // what Zoho calls a refusal, "" when granted
	Location       string
	AccountsServer string // origins as Zoho names them; used only when allowed
	APIDomain      string
	Session        string // id of the cookie session that the browser brought, ""
}

// RecordQuery is one page of one section. Everything in the filter is checked for form.
type RecordQuery struct {
	RecordFilter
	Limit      int    // 1 to 200
	Sort       string // source_id, name, last_synced_at, updated_at
	Descending bool
	// After is the Next of the page before, nil for the first page. Ids and dates sort by
	// value, ties by source id in the same direction.
	After *Position
}

// RunQuery is one page of runs.
type RunQuery struct {
	Limit  int // 1 to 200
	Status []string
	Kind   []string // none = all
	By     string
	// Days in the hotel's zone, both included; "" = open.
	From, To string
	// With records that ended so: done, unchanged, skipped, held or failed.
	Outcome string
	// An id, or how the kind, the section or the name of who started it begins; "" = all.
	Q      string
	Oldest bool      // first, instead of the newest
	After  *Position // only ID is used: runs that follow this one
}
