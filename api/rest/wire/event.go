package wire

// Event is one line of news on GET /events.
type Event struct {
	ID   string // position to go on from; "" = the one before holds
	Name string // record, run or resync
	Data any    // RecordChange, Run, or nothing
}

// RecordChange is the new state of a record.
type RecordChange struct {
	Section  string  `json:"section"`
	SourceID string  `json:"source_id"`
	Status   string  `json:"status"`
	Phase    *string `json:"phase" extensions:"x-nullable"`
} // @name RecordChange
