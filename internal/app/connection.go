package app

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/connection"
	"github.com/qlobooks/qlobooks/internal/store"
)

// auditedConnection writes down who chose, granted, renewed and ended the connection.
type auditedConnection struct {
	*connection.Service
	store *store.Store
}

func (c auditedConnection) note(ctx context.Context, by, action, format string, args ...any) error {
	return c.store.AddEvent(ctx, store.Event{Actor: by, Action: action, Detail: fmt.Sprintf(format, args...)})
}

// Put is Service.Put, written down.
func (c auditedConnection) Put(ctx context.Context, in wire.ConnectionInput, match, by string) (wire.Connection, error) {
	conn, err := c.Service.Put(ctx, in, match, by)
	if err != nil {
		return conn, err
	}
	organization := "none"
	if conn.OrganizationID != nil {
		organization = *conn.OrganizationID
	}
	return conn, c.note(ctx, by, "connection", "Chose the data center %s and organization %s.", conn.DataCenter, organization)
}

// Authorize is Service.Authorize, written down.
func (c auditedConnection) Authorize(ctx context.Context, begun, by string) (wire.Authorization, error) {
	grant, err := c.Service.Authorize(ctx, begun, by)
	if err != nil {
		return grant, err
	}
	return grant, c.note(ctx, by, "authorize", "Asked Zoho Books for access.")
}

// Callback is Service.Callback, written down: a consent that came to its end.
func (c auditedConnection) Callback(ctx context.Context, a wire.CallbackAnswer) error {
	if err := c.Service.Callback(ctx, a); err != nil {
		return err
	}
	return c.note(ctx, "Zoho Books", "connected", "The access that was asked for was given.")
}

// Refresh is Service.Refresh, written down.
func (c auditedConnection) Refresh(ctx context.Context, by string) (wire.Connection, error) {
	conn, err := c.Service.Refresh(ctx, by)
	if err != nil {
		return conn, err
	}
	return conn, c.note(ctx, by, "refresh", "Renewed the access.")
}

// Disconnect is Service.Disconnect, written down.
func (c auditedConnection) Disconnect(ctx context.Context, by string) error {
	revoked, err := c.Service.Forget(ctx)
	if err != nil {
		return err
	}
	if !revoked {
		return c.note(ctx, by, "disconnect", "Forgot the access to Zoho Books, which could not be revoked there: revoke it in the Zoho account, under Connected Apps.")
	}
	return c.note(ctx, by, "disconnect", "Revoked the access to Zoho Books.")
}
