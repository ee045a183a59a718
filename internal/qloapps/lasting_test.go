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
		{1194, "Table 'qlo_orders' is marked as crashed and should be repaired", "qloapps_unreadable", "marked as crashed"},
		{1690, "BIGINT UNSIGNED value is out of range in '`hotel`.`o`.`total` - 1'", "qloapps_unreadable", "out of range"},
		{1146, "Table 'hotel.qlo_x' doesn't exist", "qloapps_differs", "table qlo_x"},
		{1213, "Deadlock found when trying to get lock; try restarting transaction", "database_down", "could not be read"},
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

// TestWhatATableDoesNotTakeIsToldWithItsCure takes refusals of what an import writes, in the words of MySQL and MariaDB.
func TestWhatATableDoesNotTakeIsToldWithItsCure(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		number  uint16
		message string
		code    string
		cure    string
	}{
		{1364, "Field 'folio' doesn't have a default value", "qloapps_refuses", "a default"},
		{1048, "Column 'folio' cannot be null", "qloapps_refuses", "a default"},
		{1406, "Data too long for column 'payment_method' at row 1", "qloapps_refuses", "shorter label"},
		{1264, "Out of range value for column 'amount' at row 1", "qloapps_refuses", "the type"},
		{1366, "Incorrect string value: '\\xF0' for column 'payment_method' at row 1", "qloapps_refuses", "the type"},
		{1452, "Cannot add or update a child row: a foreign key constraint fails (`hotel`.`qlo_order_payment`, CONSTRAINT `f`)", "qloapps_refuses", "foreign key"},
		{1062, "Duplicate entry '7' for key 'once'", "qloapps_refuses", "unique index"},
		{1644, "Folio is closed", "qloapps_refuses", "trigger"},
		{3819, "Check constraint 'small_only' is violated.", "qloapps_refuses", "rule"},
		{1142, "INSERT command denied to user 'books'@'localhost' for table 'qlo_order_payment'", "no_right_to_write", "INSERT"},
		{1146, "Table 'hotel.audit' doesn't exist", "qloapps_differs", "upgrade"},
		{1205, "Lock wait timeout exceeded; try restarting transaction", "database_down", "by itself"},
		{1213, "Deadlock found when trying to get lock; try restarting transaction", "database_down", "by itself"},
		{1040, "Too many connections", "database_down", "by itself"},
		{2006, "MySQL server has gone away", "database_down", "by itself"},
	} {
		f := fault.Of(refusal(notTaken(&driver.MySQLError{Number: x.number, Message: x.message}, "qlo_order_payment")))
		if f.Code != x.code || !strings.Contains(f.Action, x.cure) || x.code == "qloapps_refuses" && (f.Kind != fault.Conflict || !strings.Contains(f.Detail, x.message) || !strings.Contains(f.Detail, "qlo_order_payment")) {
			t.Errorf("%s is %s, %s: %s %s", x.message, f.Code, f.Kind, f.Detail, f.Action)
		}
	}
}
