package wire

// ZohoID names a record of Zoho Books.
type ZohoID struct {
	ZohoID string `json:"zoho_id" maxLength:"32" example:"460000000026049"`
} // @name ZohoID

// Unpairing says which contact is meant, and why; both may be left out.
type Unpairing struct {
	ZohoID string `json:"zoho_id" validate:"optional" maxLength:"32" example:"460000000026049"`
	Reason string `json:"reason" validate:"optional" maxLength:"500" example:"The wrong guest"`
} // @name Unpairing

// PairingPage is one page of customers with what may stand for them in Zoho Books.
type PairingPage struct {
	Items      []PairingItem `json:"items"`
	NextCursor *string       `json:"next_cursor" extensions:"x-nullable"`
	// Customers by whether a contact stands for them: linked, open.
	Counts map[string]int `json:"counts"`
	// When the contacts were last read from Zoho Books; null = never.
	LoadedAt *Instant `json:"loaded_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`

	Next *Position `json:"-"`
} // @name PairingPage

// PairingItem is one customer.
type PairingItem struct {
	CustomerID string `json:"customer_id"`
	Name       string `json:"name"`
	Email      string `json:"email"`
	Phone      string `json:"phone"`
	Status     string `json:"status"`
	// The contact that stands for the customer.
	ZohoContactID   *string             `json:"zoho_contact_id" extensions:"x-nullable"`
	ZohoContactName *string             `json:"zoho_contact_name" extensions:"x-nullable"`
	ZohoURL         *string             `json:"zoho_url" extensions:"x-nullable"`
	Paired          bool                `json:"paired"`
	Suggestions     []PairingSuggestion `json:"suggestions"`
} // @name PairingItem

// PairingSuggestion is a contact that may be the same person, best first.
type PairingSuggestion struct {
	ZohoContactID string   `json:"zoho_contact_id"`
	Name          string   `json:"name"`
	Company       string   `json:"company"`
	Email         string   `json:"email"`
	Phone         string   `json:"phone"`
	Currency      string   `json:"currency"`
	ZohoURL       *string  `json:"zoho_url" extensions:"x-nullable"`
	Why           []string `json:"why" enums:"email_equal,name_equal,phone_equal"`
	// exact: the name and the e-mail or phone are equal; similar: only one of them is.
	Confidence string `json:"confidence" enums:"exact,similar"`
} // @name PairingSuggestion

// ContactList are contacts of Zoho Books that a search found.
type ContactList struct {
	Items []Contact `json:"items"`
	// More were found than are listed.
	More bool `json:"more"`
	// When the contacts were last read from Zoho Books; null = never.
	LoadedAt *Instant `json:"loaded_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
} // @name ContactList

// Contact is a customer of Zoho Books, whoever made it.
type Contact struct {
	ZohoContactID string  `json:"zoho_contact_id"`
	Name          string  `json:"name"`
	Company       string  `json:"company"`
	Email         string  `json:"email"`
	Phone         string  `json:"phone"`
	Currency      string  `json:"currency"`
	Status        string  `json:"status" example:"active"`
	ZohoURL       *string `json:"zoho_url" extensions:"x-nullable"`
	// The customer it stands for already, perhaps in one currency only: 3:EUR.
	CustomerID *string `json:"customer_id" extensions:"x-nullable"`
} // @name Contact

// PairingQuery is one page of customers.
type PairingQuery struct {
	Limit  int
	Q      string
	Status string // linked, open, "" = all
	// customer_id, name; "" = customer_id
	Sort       string
	Descending bool
	After      *Position
}

// PairingImport tells what a file of pairs did.
type PairingImport struct {
	Paired    int `json:"paired"`
	Unchanged int `json:"unchanged"`
} // @name PairingImport

// MostWrongLines is how many wrong lines of a file are told; whoever has more has the wrong file.
const MostWrongLines = 100

// LineError is one wrong line of a file. Line 0 is a word about those that are not told.
type LineError struct {
	Line           int
	Field, Message string
}

// PairingRow is one line of the file of pairs.
type PairingRow struct {
	Line                      int
	CustomerID, ZohoContactID string
}

// NamePreview is what a name pattern makes of real guests.
type NamePreview struct {
	// Ten of the newest guests, those first whose name is cut or taken.
	Items []PreviewedName `json:"items"`
	// How many guests were looked at, how many of their names are cut, and how many somebody has already.
	Looked    int `json:"looked"`
	Cut       int `json:"cut"`
	Namesakes int `json:"namesakes"`
} // @name NamePreview

// PreviewedName is the name that a guest's contact would have.
type PreviewedName struct {
	CustomerID string `json:"customer_id"`
	// The guest as QloApps has it.
	Guest string `json:"guest"`
	// The name as it will stand in Zoho Books, with the suffix where it needs one.
	Name string `json:"name"`
	// It is longer than Zoho Books takes, and cut.
	Cut bool `json:"cut"`
	// Who has the name already: customer:{id}, or contact for one that only Zoho Books has; "" when nobody.
	Namesake string `json:"namesake"`
} // @name PreviewedName
