package wire

import "encoding/json"

// CompareJSON reads a comparison as it is stored; nil when there is none.
func CompareJSON(proof json.RawMessage) *Comparison {
	var c Comparison
	if len(proof) == 0 || json.Unmarshal(proof, &c) != nil || len(c.Lines) == 0 {
		return nil
	}
	if c.Taxes == nil {
		c.Taxes = []ComparedTax{}
	}
	return &c
}

// Preview is the result of a preview run: what a sync of the same selection would do.
type Preview struct {
	// Records that would be synchronized; a record counts by the worst of its documents, as in a run.
	Count int `json:"count"`
	// How the run would count all records of the selection.
	Records RecordCounts `json:"records"`
	// Documents that would reach Zoho Books as wanted, and those that stand so already.
	DocumentCount      int `json:"document_count"`
	DocumentsUnchanged int `json:"documents_unchanged"`
	// Amounts of the documents counted, by currency.
	ByCurrency []CurrencyAmount `json:"by_currency"`
	// The same by kind of document; hotels, items and contacts have no currency.
	ByFlow []FlowAmount `json:"by_flow"`
	// Calls to Zoho Books, with those for guests and items that are missing there.
	Calls int `json:"calls"`
	// How long that takes at the present budget.
	Hours float64 `json:"hours"`
	// Documents that would wait, by cause.
	Held []CodeCount `json:"held"`
	// Documents that would be refused or go wrong, by cause.
	Failed []CodeCount `json:"failed"`
	// Documents that are left out, by cause.
	Skipped []CodeCount `json:"skipped"`
	// Invoices whose due date has passed when they arrive.
	Overdue int `json:"overdue"`
	// What closed periods do to the selection; null when they were not looked at.
	Locked *PreviewLocked `json:"locked" extensions:"x-nullable"`
	// The first order of which an invoice would be made, to preview it alone and see that invoice; null when there is none.
	Invoiced *string `json:"invoiced" extensions:"x-nullable" example:"12"`
	// Only in a preview of one record or document.
	Documents []PreviewDocument `json:"documents,omitempty" validate:"optional"`
} // @name Preview

// PreviewLocked is what closed periods do to new documents dated in them.
type PreviewLocked struct {
	Locks Locks `json:"locks"`
	// Of orders.locked_period_policy.
	Policy string `json:"policy" enums:"hold,first_open_day"`
	// Documents that would wait because of a closed period, and those that would bear the first open day.
	Held  int `json:"held"`
	Moved int `json:"moved"`
} // @name PreviewLocked

// RecordCounts are records as a run counts them.
type RecordCounts struct {
	Total     int `json:"total"`
	Done      int `json:"done"`
	Failed    int `json:"failed"`
	Held      int `json:"held"`
	Unchanged int `json:"unchanged"`
	Skipped   int `json:"skipped"`
} // @name RecordCounts

// FlowAmount is how many documents of one kind and currency, and their amount.
type FlowAmount struct {
	Flow     string  `json:"flow"`
	Count    int     `json:"count"`
	Currency *string `json:"currency" extensions:"x-nullable"`
	Amount   *string `json:"amount" extensions:"x-nullable"`
} // @name FlowAmount

// CodeCount is how many documents stand still for one cause; detail is of the first.
type CodeCount struct {
	Code   string `json:"code"`
	Count  int    `json:"count"`
	Detail string `json:"detail"`
} // @name CodeCount

// PreviewDocument is what would become of one document.
type PreviewDocument struct {
	Flow     string `json:"flow"`
	SourceID string `json:"source_id"`
	Key      string `json:"key"`
	Title    string `json:"title"`
	// State after the sync.
	Status string `json:"status"`
	// What would be done: nothing, create, update, steps.
	Action   string   `json:"action" enums:"nothing,create,update,steps"`
	Date     *string  `json:"date" format:"date" extensions:"x-nullable"`
	Currency *string  `json:"currency" extensions:"x-nullable"`
	Total    *string  `json:"total" extensions:"x-nullable"` // as predicted
	Tax      *string  `json:"tax" extensions:"x-nullable"`
	Issue    *Issue   `json:"issue" extensions:"x-nullable"`
	Notices  []Notice `json:"notices"`
	// The exact body; ids beginning with new: are given by Zoho Books before.
	Body json.RawMessage `json:"body" swaggertype:"object" extensions:"x-nullable"`
	// What stands in Zoho Books now; null when nothing does.
	Stands json.RawMessage `json:"stands" swaggertype:"object" extensions:"x-nullable"`
	// Where both differ, in words.
	Differences []string `json:"differences"`
	// Calls that follow the document.
	Steps []string `json:"steps"`
} // @name PreviewDocument
