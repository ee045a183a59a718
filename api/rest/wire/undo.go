package wire

import "encoding/json"

// UndoRequest asks for everything a run posted to be taken back.
type UndoRequest struct {
	Reason string `json:"reason" maxLength:"500" example:"Posted with the wrong tax mapping"`
	// The id of the organization that is connected, repeated by hand; a program may say true, as where brakes are passed.
	Confirm Confirmed `json:"confirm" swaggertype:"string" maxLength:"32" example:"60012345678"`
} // @name UndoRequest

// Confirmed is what a person repeats to confirm, or Yes where a program said true.
type Confirmed string

// Yes is a confirmation in one word.
const Yes Confirmed = "true"

// UnmarshalJSON takes a text, or true.
func (c *Confirmed) UnmarshalJSON(b []byte) error {
	if string(b) == "true" {
		*c = Yes
		return nil
	}
	return json.Unmarshal(b, (*string)(c))
}

// UndoAsked is what a preview of undoing is asked with: nothing, or what undoing itself is asked with.
type UndoAsked struct {
	Reason  string    `json:"reason,omitempty" maxLength:"500"`
	Confirm Confirmed `json:"confirm,omitempty" swaggertype:"string" maxLength:"32"`
} // @name UndoAsked

// UndoPreview is one page of what undoing a run would take back, in the order in which Zoho Books accepts it.
type UndoPreview struct {
	Items []UndoItem `json:"items"`
	// All documents of the run by what would become of them; only on the first page.
	Counts *UndoCounts `json:"counts" extensions:"x-nullable"`
	// What would be taken back, by kind of document and currency; only on the first page.
	ByCurrency []UndoSum `json:"by_currency" validate:"optional"`
	NextCursor *string   `json:"next_cursor" extensions:"x-nullable"`

	Next *Position `json:"-"`
} // @name UndoPreview

// UndoItem is one document of a run, and how it would be taken back or why it is not.
type UndoItem struct {
	Flow       string  `json:"flow" example:"invoice"`
	SourceID   string  `json:"source_id" example:"8"`
	Section    string  `json:"section" example:"orders"`
	Title      string  `json:"title" example:"Invoice #IN000008"`
	ZohoNumber *string `json:"zoho_number" extensions:"x-nullable"`
	ZohoURL    *string `json:"zoho_url" extensions:"x-nullable"`
	Date       *string `json:"date" extensions:"x-nullable" example:"2026-03-01"`
	Total      *string `json:"total" extensions:"x-nullable" example:"1560.00"`
	Currency   *string `json:"currency" extensions:"x-nullable" example:"USD"`
	// delete: it was only a draft, or is a payment, which Zoho Books cannot make void. void: it keeps its number. inactive: a contact or an item. unapply: money that went back of a payment.
	Way string `json:"way" enums:"delete,void,inactive,unapply"`
	// Why it is left as it stands; null when it is taken back.
	Issue *Issue `json:"issue" extensions:"x-nullable"`
} // @name UndoItem

// UndoCounts adds up a run's documents by what would become of them.
type UndoCounts struct {
	Delete   int `json:"delete"`
	Void     int `json:"void"`
	Inactive int `json:"inactive"`
	Unapply  int `json:"unapply"`
	Refused  int `json:"refused"`
	// Documents that the run was asked for and that stood before it: undoing the run does not concern them.
	Left int `json:"left"`
} // @name UndoCounts

// UndoSum is what would be taken back of one kind of document in one currency.
type UndoSum struct {
	Flow     string `json:"flow" example:"invoice"`
	Currency string `json:"currency" example:"USD"`
	Count    int    `json:"count"`
	Amount   string `json:"amount" example:"1560.00"`
} // @name UndoSum
