// Package statement ends statements with their callers. A driver that gives a statement up closes the
// connection, which the server notices when it has the answer: until then it works for nobody.
package statement

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"
)

// session is all that database/sql asks of a connection, and the driver's can do.
type session interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// killing is how long it may take to tell the server, and atOnce how many connections tell it.
const (
	killing = 30 * time.Second
	atOnce  = 2
)

// Connector opens connections whose statements the server stops when their context ends.
func Connector(next driver.Connector) driver.Connector {
	return &connector{Connector: next, turns: make(chan struct{}, atOnce)}
}

type connector struct {
	driver.Connector
	turns chan struct{}
}

// Connect opens a connection and asks by which number the server knows it.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	s, ok := opened.(session)
	if !ok {
		return opened, nil
	}
	number, err := numberOf(ctx, s)
	if err != nil {
		_ = opened.Close()
		return nil, err
	}
	return &conn{session: s, number: number, kill: c.kill}, nil
}

func numberOf(ctx context.Context, s session) (string, error) {
	rows, err := s.QueryContext(ctx, "SELECT CAST(CONNECTION_ID() AS CHAR)", nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	value := make([]driver.Value, 1)
	if err := rows.Next(value); err != nil {
		return "", err
	}
	switch number := value[0].(type) {
	case []byte:
		return string(number), nil
	default:
		return fmt.Sprint(number), nil
	}
}

// kill has the server end a connection and what it works at. When it cannot be told, the statement goes on
// to its end or its time limit.
func (c *connector) kill(number string) {
	c.turns <- struct{}{}
	defer func() { <-c.turns }()
	ctx, cancel := context.WithTimeout(context.Background(), killing)
	defer cancel()
	teller, err := c.Connector.Connect(ctx)
	if err != nil {
		return
	}
	defer func() { _ = teller.Close() }()
	if s, ok := teller.(driver.ExecerContext); ok {
		_, _ = s.ExecContext(ctx, "KILL "+number, nil)
	}
}

// conn is a connection that is used by one caller at a time.
type conn struct {
	session
	number string
	kill   func(number string)
	gone   bool // the server was told to end it
}

// while does work that the server stops when ctx ends. What ended with its context is an error though the
// answer may have come at that moment: the connection is being closed. The driver waits for the same end: when
// it is the first to notice, the work is given up before anybody told the server.
func (c *conn) while(ctx context.Context, work func() error) error {
	if ctx.Done() == nil {
		return work()
	}
	stop := context.AfterFunc(ctx, func() { c.kill(c.number) })
	err := work()
	untold := stop()
	if untold && (err == nil || ctx.Err() == nil) {
		return err // it ended by itself
	}
	if untold {
		go c.kill(c.number)
	}
	c.gone = true
	if err == nil {
		err = ctx.Err()
	}
	return err
}

// ExecContext is Exec that ends with ctx.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (res driver.Result, err error) {
	err = c.while(ctx, func() error { res, err = c.session.ExecContext(ctx, query, args); return err })
	return res, err
}

// QueryContext is Query that ends with ctx; once the first row is there, closing the connection is enough.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = c.while(ctx, func() error { rows, err = c.session.QueryContext(ctx, query, args); return err })
	if err != nil && rows != nil {
		_ = rows.Close()
		rows = nil
	}
	return rows, err
}

// IsValid keeps a connection that is being ended out of the pool.
func (c *conn) IsValid() bool { return !c.gone && c.session.IsValid() }

// ResetSession refuses a connection that is being ended.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.gone {
		return driver.ErrBadConn
	}
	return c.session.ResetSession(ctx)
}
