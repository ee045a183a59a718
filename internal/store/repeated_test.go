package store_test

import (
	"testing"

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/store"
)

// TestWhatTheServerUndidIsRepeated strikes a transaction once with each error by which a server says that others were in
// its way: also the one of a lock on the next number of a table.
func TestWhatTheServerUndidIsRepeated(t *testing.T) {
	s := setup(t)
	strike := uint16(0)
	err := s.Gorm().Callback().Raw().Before("*").Register("strike", func(db *gorm.DB) {
		if strike != 0 {
			_ = db.AddError(&driver.MySQLError{Number: strike})
			strike = 0
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, number := range map[string]uint16{"1": 1213, "2": 1205, "3": 1467} {
		strike = number
		err := s.Adopt(t.Context(), "orders", []store.Seen{{Print: "a:1", Listed: store.Listed{ID: id, Name: "ORDER" + id, Documents: []store.Ref{{Flow: "invoice", ID: id}}}}})
		if err != nil || strike != 0 {
			t.Errorf("%d: %v", number, err)
		}
	}
}
