package statement

import (
	"context"
	"errors"
	"fmt"
	"testing"

	driver "github.com/go-sql-driver/mysql"
)

// TestPassingErrorsAreTold takes a dependency that is busy, full, stopping or read-only for no defect.
func TestPassingErrorsAreTold(t *testing.T) {
	t.Parallel()
	for _, number := range []uint16{1213, 1205, 1467, 1040, 1203, 1226, 1290, 1836, 1021, 1114, 1053, 1927} {
		if !Passing(fmt.Errorf("save: %w", &driver.MySQLError{Number: number})) {
			t.Errorf("%d counts as a defect", number)
		}
	}
	if !Passing(fmt.Errorf("save: %w", context.DeadlineExceeded)) || !Passing(driver.ErrInvalidConn) {
		t.Error("a database that does not answer counts as a defect")
	}
	for _, err := range []error{&driver.MySQLError{Number: 1054}, &driver.MySQLError{Number: 1064}, errors.New("ours"), nil} {
		if Passing(err) {
			t.Errorf("%v counts as passing", err)
		}
	}
}
