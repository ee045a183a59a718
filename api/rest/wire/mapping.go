package wire

// MappingKinds are the mapping tables.
var MappingKinds = []string{"items", "accounts", "taxes", "payment-modes", "deposit-accounts", "tags", "locations"}

// MappingPage is one whole mapping table.
type MappingPage struct {
	Items   []MappingItem   `json:"items"`
	Choices []MappingChoice `json:"choices"`
	// When the choices were last read from Zoho; null = never.
	RefreshedAt *Instant `json:"refreshed_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// Why the choices could not be read from Zoho the last time; those shown are older. Null = they were.
	Unread *Issue `json:"unread" extensions:"x-nullable"`
	// Version of what is chosen, as the ETag says it.
	Version string `json:"-"`
	// Former choices that documents still stand under: another choice changes nothing that stands.
	Former []MappingFormer `json:"former"`
} // @name MappingPage

// MappingFormer is a choice that a row had before, and what stands under it.
type MappingFormer struct {
	SourceID   string  `json:"source_id"`
	SourceName string  `json:"source_name"`
	ZohoID     string  `json:"zoho_id"`
	ZohoName   string  `json:"zoho_name"`
	Until      Instant `json:"until" swaggertype:"string" format:"date-time"`
	// How many documents in Zoho Books were sent with it.
	Documents int `json:"documents"`
	// How many of these Zoho Books lets be changed: neither settled nor invoiced.
	MayBeSent int `json:"may_be_sent"`
} // @name MappingFormer

// MappingAgain names a former choice whose documents are to be sent again.
type MappingAgain struct {
	SourceID string `json:"source_id" maxLength:"255"`
	ZohoID   string `json:"zoho_id" maxLength:"255"`
} // @name MappingAgain

// MappingItem is one thing of QloApps and what stands for it in Zoho Books.
type MappingItem struct {
	SourceID   string `json:"source_id"`
	SourceName string `json:"source_name"`
	// How many rows of QloApps use it.
	UsedBy int `json:"used_by"`
	// How many documents wait for this row to be chosen.
	Waiting         int     `json:"waiting"`
	ZohoID          *string `json:"zoho_id" extensions:"x-nullable"`
	ZohoName        *string `json:"zoho_name" extensions:"x-nullable"`
	SuggestedZohoID *string `json:"suggested_zoho_id" extensions:"x-nullable"`
	Confidence      *string `json:"confidence" enums:"exact,similar" extensions:"x-nullable"`
	IsDefault       bool    `json:"is_default"`
} // @name MappingItem

// MappingChoice is one thing of Zoho Books that can be chosen.
type MappingChoice struct {
	ZohoID   string `json:"zoho_id"`
	ZohoName string `json:"zoho_name"`
	// What tells equal names apart: an account's type and code, a tax's rate.
	Detail string `json:"detail"`
} // @name MappingChoice

// MappingInput changes only the rows named.
type MappingInput struct {
	Items []MappingRow `json:"items" validate:"max=2000"`
} // @name MappingInput

// MappingRow chooses, or with null forgets, the Zoho end of one row.
type MappingRow struct {
	SourceID string  `json:"source_id" maxLength:"255"`
	ZohoID   *string `json:"zoho_id" maxLength:"255" extensions:"x-nullable"`
} // @name MappingRow

// MappingRefresh names the kinds to read again; absent = all.
type MappingRefresh struct {
	Kinds []string `json:"kinds" validate:"optional,max=20" enums:"items,accounts,taxes,payment-modes,deposit-accounts,tags,locations"`
} // @name MappingRefresh
