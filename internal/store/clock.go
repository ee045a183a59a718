package store

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Leases, due times and the moments of intents are compared by processes on different machines, whose
// clocks may be hours apart and may jump. They therefore all come from one clock, the database's:
// statements that give or take a lease ask it themselves, and Now reckons from its last answer.

// Arrival is how long after it left a call may still be done at the other side, when nobody got its
// answer: its own time limit of 20 s, 20 s more, and what may pass between the note of when it left
// and its leaving.
const Arrival = 42 * time.Second

// clockAge is how long an answer of the database's clock is reckoned from.
const clockAge = 10 * time.Second

// dbClock is the database's clock as this process last heard it. Between two answers only the time that
// passes counts, never this machine's idea of the hour.
type dbClock struct {
	pool *sql.DB

	mu     sync.Mutex
	told   time.Time // what it showed
	at     time.Time // when the answer was here: it may be behind by the way of the answer, never ahead
	asking bool
}

// now is the database's time, asked anew in the background when the last answer is old. Until a
// first answer came it is this machine's.
func (c *dbClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.at) > clockAge && !c.asking {
		c.asking = true
		go c.ask()
	}
	if c.told.IsZero() {
		return time.Now()
	}
	return c.told.Add(time.Since(c.at))
}

func (c *dbClock) ask() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var told time.Time
	err := c.pool.QueryRowContext(ctx, "SELECT UTC_TIMESTAMP(6)").Scan(&told)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asking = false
	if err != nil {
		slog.DebugContext(ctx, "the database's clock was not heard; time is reckoned from its last answer", "error", err)
		return
	}
	c.told, c.at = told, time.Now()
}

// clockOf listens to the database's clock once before anything is reckoned from it.
func clockOf(db *gorm.DB) func() time.Time {
	pool, err := db.DB()
	if err != nil {
		return time.Now
	}
	c := &dbClock{pool: pool, asking: true}
	c.ask()
	return c.now
}

// moment is now for a statement: the database's own, so that no two processes differ.
func (s *Store) moment() any { return s.after(0) }

// after is a moment from now for a statement.
func (s *Store) after(d time.Duration) any {
	if !s.own {
		return s.Now().Add(d)
	}
	if d == 0 {
		return clause.Expr{SQL: "UTC_TIMESTAMP(6)"}
	}
	return clause.Expr{SQL: "UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND", Vars: []any{d.Microseconds()}}
}
