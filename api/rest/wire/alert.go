package wire

import "encoding/json"

// Delivery is one message to the webhook and what became of it.
type Delivery struct {
	ID    string  `json:"id" example:"17"` // the same in every attempt, as the header X-QloBooks-Delivery says it
	Event string  `json:"event" example:"run_failed"`
	At    Instant `json:"at" swaggertype:"string" format:"date-time"`
	// waiting: it is tried at next_try_at; delivered: the receiver answered 2xx; given_up: it was not taken and is not tried again; sending: right now; unknown: from before outcomes were kept.
	State    string   `json:"state" enums:"waiting,sending,delivered,given_up,unknown"`
	Attempts int      `json:"attempts"`
	TriedAt  *Instant `json:"tried_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// HTTP status that the receiver answered; null for none.
	Answer *int `json:"answer" extensions:"x-nullable"`
	// Why it was not taken; null when it was.
	Outcome   *string         `json:"outcome" extensions:"x-nullable"`
	NextTryAt *Instant        `json:"next_try_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	Data      json.RawMessage `json:"data" swaggertype:"object"` // as it was sent
} // @name Delivery

// DeliveryPage is one page of messages, newest first.
type DeliveryPage struct {
	Items      []Delivery `json:"items"`
	NextCursor *string    `json:"next_cursor" extensions:"x-nullable"`
	Next       *Position  `json:"-"`
} // @name DeliveryPage
