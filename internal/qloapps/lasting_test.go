package qloapps

import (
	"fmt"
	"strings"
	"testing"

	driver "github.com/go-sql-driver/mysql"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// TestWhatLastsIsToldFromWhatPasses takes refusals in the words of MySQL and MariaDB.
func TestWhatLastsIsToldFromWhatPasses(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		number  uint16
		message string
		code    string
		named   string
	}{
		{1054, "Unknown column 's.redeem_status' in 'field list'", "qloapps_differs", "column s.redeem_status"},
		{1054, "Unknown column 'redeem_status' in 'SELECT'", "qloapps_differs", "column redeem_status"},
		{1146, "Table 'hotel.qlo_order_slip' doesn't exist", "qloapps_differs", "table qlo_order_slip"},
		{1142, "SELECT command denied to user 'books'@'localhost' for table 'qlo_profile'", "no_right_to_read", "SELECT on table qlo_profile"},
		{1142, "SELECT command denied to user 'books'@'localhost' for table `hotel`.`qlo_profile`", "no_right_to_read", "SELECT on table qlo_profile"},
		{1143, "SELECT command denied to user 'books'@'10.0.0.1' for column 'passwd' in table 'qlo_employee'", "no_right_to_read", "SELECT on column passwd of table qlo_employee"},
		{1044, "Access denied for user 'books'@'localhost' to database 'hotel'", "no_right_to_read", "a table"},
		{1045, "Access denied for user 'books'@'localhost' (using password: YES)", "database_down", "could not be read"},
		{1040, "Too many connections", "database_down", "could not be read"},
		{1205, "Lock wait timeout exceeded; try restarting transaction", "database_down", "could not be read"},
		{1021, "Disk full (/tmp); waiting for someone to free some space", "database_down", "could not be read"},
	} {
		f := fault.Of(unavailable(fmt.Errorf("read: %w", &driver.MySQLError{Number: x.number, Message: x.message})))
		if f.Code != x.code || !strings.Contains(f.Detail, x.named) || (f.Kind == fault.Unavailable) != (x.code == "database_down") {
			t.Errorf("%s is %s, %s: %s", x.message, f.Code, f.Kind, f.Detail)
		}
		if f.Kind == fault.Held && f.RetryAfter <= 0 {
			t.Errorf("%s waits for ever, also when it was mended", x.message)
		}
	}
}
