package wire

import (
	"encoding/json"
	"time"

	"github.com/qlobooks/qlobooks/internal/secret"
)

// SignIn are the credentials of QloApps' back office.
type SignIn struct {
	Email    string        `json:"email" maxLength:"256"`
	Password secret.String `json:"password" swaggertype:"string" format:"password" maxLength:"256"`
} // @name SignIn

// Session says who is calling.
type Session struct {
	Name  string  `json:"name"`
	Email *string `json:"email" extensions:"x-nullable"`
	Role  string  `json:"role" enums:"viewer,operator,accountant,admin"`
	// Only cookie sessions have one.
	CSRFToken *string `json:"csrf_token" extensions:"x-nullable"`
	// QloApps' id of the employee who is signed in, or with whom the token ends; null = nobody.
	EmployeeID *string `json:"employee_id" extensions:"x-nullable"`
} // @name Session

// SignInTry is one try to sign in with a QloApps employee.
type SignInTry struct {
	ID string  `json:"id" example:"17"`
	At Instant `json:"at" swaggertype:"string" format:"date-time"`
	// The e-mail address as it was typed; "what is no e-mail address" for anything else.
	Account string `json:"account" example:"ada@hotel.example"`
	// QloApps' id of the employee who was let in; null when nobody was.
	EmployeeID *string `json:"employee_id" extensions:"x-nullable"`
	// The network address from which it came.
	From string `json:"from" example:"192.0.2.7"`
	// As the browser names itself; empty when it does not.
	Browser string `json:"browser" example:"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"`
	// refused: a wrong password, an unknown address or an inactive employee; throttled: so many were wrong that it was not looked at.
	Outcome string `json:"outcome" enums:"signed_in,refused,throttled"`
} // @name SignInTry

// SignInPage is one page of tries, newest first.
type SignInPage struct {
	Items      []SignInTry `json:"items"`
	NextCursor *string     `json:"next_cursor" extensions:"x-nullable"`
	Next       *Position   `json:"-"`
} // @name SignInPage

// Profile is one of those that QloApps gives its employees.
type Profile struct {
	ID string `json:"id" example:"2"`
	// Empty where the database user may not read it.
	Name string `json:"name" example:"Front desk"`
} // @name Profile

// ProfileList is every profile.
type ProfileList struct {
	Items []Profile `json:"items"`
} // @name ProfileList

// Token is an API token without its secret.
type Token struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role" enums:"viewer,operator,accountant,admin"`
	// The first characters, to recognize it.
	Prefix     string   `json:"prefix" example:"qlb_4fGh"`
	CreatedBy  string   `json:"created_by"`
	CreatedAt  Instant  `json:"created_at" swaggertype:"string" format:"date-time"`
	LastUsedAt *Instant `json:"last_used_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// Null = never.
	ExpiresAt *Instant `json:"expires_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	// QloApps' id of the employee with whom it ends; null = nobody.
	EmployeeID *string `json:"employee_id" extensions:"x-nullable"`
	// Whether it lets anybody in: it may have expired, or ended with the employee who made it.
	State string `json:"state" enums:"active,expired,ended"`
} // @name Token

// NewToken is shown once: nobody can read the secret again.
type NewToken struct {
	Token
	// The secret itself.
	Secret string `json:"token"`
} // @name NewToken

// TokenInput asks for a token.
type TokenInput struct {
	Name string `json:"name" maxLength:"100"`
	Role string `json:"role" enums:"viewer,operator,accountant,admin"`
	// Absent = in 365 days. Null = never, which needs confirm.
	ExpiresAt Moment `json:"expires_at" validate:"optional" swaggertype:"string" format:"date-time" maxLength:"40" extensions:"x-nullable"`
	// Says that a token without an end is meant.
	Confirm bool `json:"confirm" validate:"optional"`
} // @name TokenInput

// Moment is an instant in a body that may be absent, null or there, which are three things.
type Moment struct {
	Named bool
	At    *time.Time // nil = null
}

// UnmarshalJSON reads an instant or null.
func (m *Moment) UnmarshalJSON(data []byte) error {
	m.Named = true
	return json.Unmarshal(data, &m.At)
}

// TokenList is every token.
type TokenList struct {
	Items []Token `json:"items"`
} // @name TokenList
