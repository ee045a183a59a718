// Package fault is the one error type whose kind decides what happens next and whose words
// an accountant can act on.
//
// Exactly two tables read the kind: the engine's retry policy and the API's HTTP statuses.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what the product does about a fault.
type Kind string

const (
	Internal    Kind = ""            // a defect of ours: logged, retried slowly
	Blocked     Kind = "blocked"     // waits for another record or a mapping
	Held        Kind = "held"        // a gate or a rule holds it until somebody or something releases it
	Skipped     Kind = "skipped"     // out of scope by a filter or a person
	Rejected    Kind = "rejected"    // refused by Zoho or by a rule; a person must look
	Unavailable Kind = "unavailable" // a service is down; certain that nothing was done; retry
	Limited     Kind = "limited"     // a call limit, or no access for the moment; wait until RetryAfter
	Unknown     Kind = "unknown"     // sent, but no answer that can be trusted: resolve before anything else
	Auth        Kind = "auth"        // the grant is gone or refused; records wait
	NotFound    Kind = "not_found"   // the thing asked for does not exist
	Invalid     Kind = "invalid"     // the caller's input is wrong
	Conflict    Kind = "conflict"    // the state does not allow it
	Forbidden   Kind = "forbidden"   // the caller may not
)

// Error carries a kind, a stable code and sentences for people.
type Error struct {
	Kind       Kind
	Code       string        // stable, snake_case; contract section 5
	Detail     string        // one calm sentence: what happened
	Action     string        // what the reader can do; may be empty
	Field      string        // the input field at fault, for Invalid
	RetryAfter time.Duration // earliest useful retry; 0 = the policy decides
	Fields     []FieldError  // several wrong fields at once
	Proof      any           // facts behind the words, shown beside them; becomes JSON
	Cause      error         // for logs; never shown
}

// FieldError names one wrong field of an input.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

func (e *Error) Error() string {
	text := string(e.Kind) + "/" + e.Code + ": " + e.Detail
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault with a formatted detail.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Do adds what the reader can do about it.
func (e *Error) Do(action string) *Error { e.Action = action; return e }

// By adds the cause for the log.
func (e *Error) By(cause error) *Error { e.Cause = cause; return e }

// Show adds facts that stand behind the words.
func (e *Error) Show(proof any) *Error { e.Proof = proof; return e }

// After sets the earliest useful retry.
func (e *Error) After(d time.Duration) *Error { e.RetryAfter = d; return e }

// On names the input field at fault.
func (e *Error) On(field string) *Error { e.Field = field; return e }

// Of finds the fault inside err; anything else becomes an Internal one.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Code: "internal", Detail: "Something went wrong inside QloBooks.", Cause: err}
}

// KindOf is the kind of the fault inside err; "" for nil and for unknown errors.
func KindOf(err error) Kind {
	if err == nil {
		return Internal
	}
	return Of(err).Kind
}

// Is reports whether err is a fault of this kind.
func Is(err error, kind Kind) bool { return err != nil && Of(err).Kind == kind }
