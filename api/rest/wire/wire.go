// Package wire holds the words of the HTTP API: exactly the JSON that callers see.
//
// It knows neither Echo nor a database, so that the packages which answer the API's questions
// can speak its language without depending on the server. Ids and amounts are strings,
// instants are RFC 3339 in UTC, days are calendar days in the shop's time zone. A field that
// can be missing is null, never absent, unless its comment says otherwise.
package wire

import (
	"encoding/json"
	"time"
)

// Sections are the lists of records, in the order in which pages show them.
var Sections = []string{"hotels", "room-types", "service-products", "customers", "currencies", "orders"}

// Orders is the one section whose records have phases and several documents.
const Orders = "orders"

// Statuses are the states of a record; contract section 5.
var Statuses = []string{
	"not_synced", "pending", "syncing", "synced", "blocked", "held", "failed", "unknown",
	"rejected", "skipped", "disabled",
}

// Phases are the phases of an order: its first step that is not finished.
var Phases = []string{"order_sync", "invoice_sync", "payment_sync", "synced", "canceled"}

// Instant is a moment, written in UTC to the second.
type Instant struct{ time.Time }

// At turns a time into an Instant.
func At(t time.Time) Instant { return Instant{t} }

// AtOrNull turns a time into an Instant that is null when t is zero.
func AtOrNull(t time.Time) *Instant {
	if t.IsZero() {
		return nil
	}
	return &Instant{t}
}

// MarshalJSON writes 2026-03-01T09:30:00Z.
func (i Instant) MarshalJSON() ([]byte, error) {
	return json.Marshal(i.UTC().Format("2006-01-02T15:04:05Z"))
}

// TextOrNull is null for "".
func TextOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Problem is every error of the API: RFC 9457, application/problem+json.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	// One sentence for a person: what happened.
	Detail string `json:"detail"`
	// Stable name of the cause, for machines.
	Code string `json:"code"`
	// What the reader can do about it.
	Action string `json:"action,omitempty" validate:"optional"`
	// Names this request in the server's log.
	RequestID string `json:"request_id"`
	// The fields at fault, when the input was wrong.
	Errors []FieldError `json:"errors,omitempty" validate:"optional"`
} // @name Problem

// Changed is the problem of a change that was made from a version which no longer stands.
type Changed struct {
	Problem
	// Who changed it last, and when.
	By string   `json:"by"`
	At *Instant `json:"at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// What was changed since that version, each from what it was then to what it is now.
	Changes []Change `json:"changes"`
} // @name ChangedMeanwhile

// FieldError names one wrong field.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
} // @name FieldError

// Issue is why a record is not where it should be, in an accountant's words.
type Issue struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Action string `json:"action"`
	// Both computations side by side, where totals differ.
	Comparison *Comparison `json:"comparison,omitempty" validate:"optional"`
} // @name Issue

// Comparison shows what QloApps computed of a document beside what Zoho Books would.
type Comparison struct {
	Currency  string             `json:"currency"`
	Lines     []ComparedLine     `json:"lines"`
	Discounts []ComparedDiscount `json:"discounts"`
	// QloApps' total and tax.
	Wanted ComparedTotals `json:"wanted"`
	// What Zoho Books would make of the lines as sent; null when it did not come to that.
	Predicted *ComparedTotals `json:"predicted" extensions:"x-nullable"`
	// Single taxes in both systems; empty when it did not come to that.
	Taxes []ComparedTax `json:"taxes"`
} // @name Comparison

// ComparedTax is one single tax in both systems.
type ComparedTax struct {
	Percent  string `json:"percent"`
	Compound bool   `json:"compound"`
	// QloApps' share; null when a discount over several rates leaves it open.
	Wanted    *string `json:"wanted" extensions:"x-nullable"`
	Predicted string  `json:"predicted"`
} // @name ComparedTax

// ComparedLine is one line in both systems.
type ComparedLine struct {
	Name              string `json:"name"`
	Quantity          string `json:"quantity"`
	QloAppsWithoutTax string `json:"qloapps_without_tax"`
	QloAppsWithTax    string `json:"qloapps_with_tax"`
	// Tax rates, for example 5+2.5 or 10*5; empty when none fits.
	Rates string `json:"rates"`
	// Amount with tax as it would be sent.
	Amount *string `json:"amount" extensions:"x-nullable"`
	// Discount as it would be sent with the line; null when the document has one for all.
	Discount *string `json:"discount" extensions:"x-nullable"`
} // @name ComparedLine

// ComparedDiscount is one discount of QloApps'.
type ComparedDiscount struct {
	Name       string `json:"name"`
	WithoutTax string `json:"without_tax"`
	WithTax    string `json:"with_tax"`
} // @name ComparedDiscount

// ComparedTotals are a document's total and tax.
type ComparedTotals struct {
	Total string `json:"total"`
	Tax   string `json:"tax"`
} // @name ComparedTotals

// Notice tells something worth knowing about a record that is nevertheless fine.
type Notice struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
} // @name Notice

// Reason is a person's explanation, kept in the history.
type Reason struct {
	Reason string `json:"reason" maxLength:"500"`
} // @name Reason

// Confirm lets a person's request pass the brakes.
type Confirm struct {
	Confirm bool `json:"confirm" validate:"optional"`
} // @name Confirm
