package privatetest

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
)

// Loss is how a statement is lost.
type Loss string

const (
	Undone  Loss = "not carried out"
	Done    Loss = "carried out, its answer lost"
	ForGood Loss = "not carried out, nor any after it" // as if the process had died
)

// Losses are all of them.
var Losses = []Loss{Undone, Done, ForGood}

// Failing is a database that loses statements because its connection breaks: a query, a change, or the
// begin or the commit of a transaction.
type Failing struct {
	gorm.ConnPool
	*countdown
}

// countdown is shared by a database and its transactions.
type countdown struct {
	mu   sync.Mutex
	at   int // the statement that is lost, counted from 1; 0 = none
	how  Loss
	seen int
}

// Fail puts a Failing database under db; it is in order until Arm is called.
func Fail(db *gorm.DB) *Failing {
	f := &Failing{ConnPool: db.ConnPool, countdown: &countdown{}}
	db.ConnPool, db.Statement.ConnPool = f, f
	return f
}

// Arm makes the n-th statement from now on fail.
func (c *countdown) Arm(n int, how Loss) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.how, c.seen = n, how, 0
}

// Disarm makes the database good and tells whether the statement that Arm named was reached.
func (c *countdown) Disarm() (reached bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	reached = c.at > 0 && c.seen >= c.at
	c.at = 0
	return reached
}

// lost counts a statement and tells whether it is the one that fails, and if so, whether before or
// after it is carried out.
func (c *countdown) lost() (before, after error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen++
	switch {
	case c.at == 0 || c.seen < c.at || c.seen > c.at && c.how != ForGood:
		return nil, nil
	case c.how == Done:
		return nil, mysql.ErrInvalidConn
	default:
		return mysql.ErrInvalidConn, nil
	}
}

// ExecContext is part of gorm.ConnPool.
func (f *Failing) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	before, after := f.lost()
	if before != nil {
		return nil, before
	}
	res, err := f.ConnPool.ExecContext(ctx, query, args...)
	return res, errors.Join(err, after)
}

// QueryContext is part of gorm.ConnPool.
func (f *Failing) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if before, after := f.lost(); before != nil || after != nil {
		return nil, mysql.ErrInvalidConn
	}
	return f.ConnPool.QueryContext(ctx, query, args...)
}

// BeginTx is part of gorm.ConnPoolBeginner.
func (f *Failing) BeginTx(ctx context.Context, o *sql.TxOptions) (gorm.ConnPool, error) {
	if before, after := f.lost(); before != nil || after != nil {
		return nil, mysql.ErrInvalidConn
	}
	tx, err := f.ConnPool.(gorm.TxBeginner).BeginTx(ctx, o)
	return &failingTx{Failing{tx, f.countdown}}, err
}

// GetDBConn is part of gorm.GetDBConnector.
func (f *Failing) GetDBConn() (*sql.DB, error) { return f.ConnPool.(*sql.DB), nil }

type failingTx struct{ Failing }

func (t *failingTx) Commit() error {
	before, after := t.lost()
	if before != nil {
		return errors.Join(before, t.ConnPool.(*sql.Tx).Rollback())
	}
	return errors.Join(t.ConnPool.(*sql.Tx).Commit(), after)
}

func (t *failingTx) Rollback() error { return t.ConnPool.(*sql.Tx).Rollback() }
