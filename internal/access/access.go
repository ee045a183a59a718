// Package access says who may do what: callers, their roles and the API tokens and sessions they hold.
//
// Words: a caller is whoever sent a request, known by a token or by the cookie of a session that
// an employee of QloApps began; a role includes everything the roles below it may do. The
// package knows nothing of HTTP.
package access

import (
	"slices"
)

// Role is what a caller may do. Each role includes the ones before it.
type Role string

const (
	Viewer     Role = "viewer"     // sees everything but secrets
	Operator   Role = "operator"   // starts and stops work
	Accountant Role = "accountant" // decides how records become documents
	Admin      Role = "admin"      // settings, connection, tokens
)

// Roles are all roles, least first.
var Roles = []Role{Viewer, Operator, Accountant, Admin}

// Valid reports whether r is a role.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// Includes reports whether r may do what needed may; an unknown role may nothing.
func (r Role) Includes(needed Role) bool {
	return r.Valid() && slices.Index(Roles, r) >= slices.Index(Roles, needed)
}

// Kind is how a caller proved who it is.
type Kind string

const (
	ByToken   Kind = "token"
	BySession Kind = "session"
)

// Caller is who sent a request.
type Caller struct {
	Kind  Kind
	ID    string // of the token or the session, unique within its kind
	Name  string // shown in runs and in the audit
	Email string // "" for tokens
	Role  Role
	// Employee is the id of QloApps' employee, "" for tokens.
	Employee string
	// Owner is the employee with whom a token ends, "" for nobody's and for sessions.
	Owner string
}

// begunByToken divides in Begun a token from a session.
const begunByToken = "token:"

// Begun names the session or the token with which something is begun that must not end without it.
func (c Caller) Begun() string {
	if c.Kind == ByToken {
		return begunByToken + c.ID
	}
	return c.Session()
}

// Session is the id of the cookie session, "" for a token.
func (c Caller) Session() string {
	if c.Kind != BySession {
		return ""
	}
	return c.ID
}
