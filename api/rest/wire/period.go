package wire

// PeriodList is the months that can be closed, and those that are.
type PeriodList struct {
	// The last twelve months and every closed one, oldest first.
	Items []Period `json:"items"`
} // @name PeriodList

// Period is one month: how its sides stand, or what was agreed when a person closed it.
type Period struct {
	Month string `json:"month" example:"2026-03"`
	// unread: not every day of it was read yet.
	State string `json:"state" enums:"agrees,differs,unread,closed"`
	// Of an open month: its differences. Of a closed one: those that were accepted.
	Differences int      `json:"differences" example:"1"`
	ClosedAt    *Instant `json:"closed_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	ClosedBy    *string  `json:"closed_by" extensions:"x-nullable" example:"Ada Holt"`
	Reason      *string  `json:"reason" extensions:"x-nullable" example:"Agreed with the bank statements of March"`
	// The three columns by currency and kind of document: of a closed month as they were agreed, of an open one as both sides were last read; empty while it was not read whole.
	Sums []PeriodSum `json:"sums"`
	// The differences that stood when the month was closed, each with the reason for which it was accepted.
	Accepted []PeriodAccepted `json:"accepted"`
	// How many documents of a closed month are not as they were agreed.
	DriftCount int `json:"drift_count" example:"1"`
	// The first 200 of them, by day.
	Drifts []PeriodDrift `json:"drifts"`
} // @name Period

// PeriodSum adds up the documents of one kind in one currency.
type PeriodSum struct {
	Currency string  `json:"currency" example:"USD"`
	Flow     string  `json:"flow" enums:"invoice,payment,credit_note,refund,cancellation"`
	QloApps  Figures `json:"qloapps"`
	Posted   Figures `json:"posted"`
	Zoho     Figures `json:"zoho"`
} // @name PeriodSum

// PeriodAccepted is a difference with which a month was closed.
type PeriodAccepted struct {
	Kind     string  `json:"kind" enums:"missing,orphan,duplicate,different"`
	Flow     string  `json:"flow" example:"invoice"`
	SourceID string  `json:"source_id" example:"8"`
	ZohoID   *string `json:"zoho_id" extensions:"x-nullable" example:"460000000026049"`
	Title    string  `json:"title" example:"Invoice #IN000008"`
	// What differed, in a sentence.
	Detail string `json:"detail"`
	Reason string `json:"reason" example:"Corrected in April by agreement with the guest"`
} // @name PeriodAccepted

// PeriodDrift is one document of a closed month that is not as it was agreed.
type PeriodDrift struct {
	Flow     string  `json:"flow" example:"invoice"`
	SourceID string  `json:"source_id" example:"8"`
	Title    string  `json:"title" example:"Invoice #IN000008"`
	Number   *string `json:"number" extensions:"x-nullable" example:"#IN000008"`
	OrderID  *string `json:"order_id" extensions:"x-nullable" example:"8"`
	ZohoID   *string `json:"zoho_id" extensions:"x-nullable" example:"460000000026049"`
	ZohoURL  *string `json:"zoho_url" extensions:"x-nullable"`
	// The day it bore when the month was closed; of one that was not there then, the day it bears.
	Day      *string `json:"day" format:"date" extensions:"x-nullable" example:"2026-03-04"`
	Currency string  `json:"currency" example:"USD"`
	// What was agreed; null when it was not there.
	Was *string `json:"was" extensions:"x-nullable" example:"1560.00"`
	// What it is where it changed; null when it is not there any more.
	Now *string `json:"now" extensions:"x-nullable" example:"1600.00"`
	// Where it changed and how, in a sentence.
	Detail  string  `json:"detail" example:"In QloApps: 1600.00 instead of 1560.00."`
	FoundAt Instant `json:"found_at" swaggertype:"string" format:"date-time"`
} // @name PeriodDrift

// PeriodClose closes a month.
type PeriodClose struct {
	// Why the month is final; it is kept with the name of who closes it.
	Reason string `json:"reason" maxLength:"500" example:"Agreed with the bank statements of March"`
	// The differences that stay, each with its reason; all of them, or the month is not closed.
	Accept []PeriodAccept `json:"accept" validate:"optional,max=5000"`
} // @name PeriodClose

// PeriodAccept accepts one difference of the reconciliation, named as it is there.
type PeriodAccept struct {
	Kind     string  `json:"kind" enums:"missing,orphan,duplicate,different" example:"different"`
	Flow     string  `json:"flow" maxLength:"24" example:"invoice"`
	SourceID string  `json:"source_id" maxLength:"64" example:"8"`
	ZohoID   *string `json:"zoho_id" extensions:"x-nullable" validate:"optional" maxLength:"32" example:"460000000026049"`
	Reason   string  `json:"reason" maxLength:"500" example:"Corrected in April by agreement with the guest"`
} // @name PeriodAccept
