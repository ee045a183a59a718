package statement

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"net"

	driver "github.com/go-sql-driver/mysql"
)

// passingNumbers are the errors of MySQL and MariaDB that say nothing about the work itself, by what they say.
// This is the one list of them: the engine, the runs and the API all ask it.
var passingNumbers = map[uint16]string{
	1205: "busy: a lock was waited for too long", 1213: "busy: deadlock", 1467: "busy: a table's next number",
	1040: "busy: too many connections", 1203: "busy: too many connections of this user", 1226: "busy: a resource of this user is used up",
	1021: "full: disk", 1114: "full: table", 1041: "full: memory", 1037: "full: memory", 1038: "full: sort memory", 3675: "full: disk", 3: "full: disk", 1026: "full: disk", 1030: "trouble of the storage", 1637: "busy: too many transactions", 1135: "busy: no thread", 1047: "a node that is not ready", 4031: "disconnected when idle",
	1290: "read-only", 1836: "read-only", 1792: "read-only transaction", 3100: "replication refuses to commit",
	1045: "access: password", 1049: "access: no such database", 1129: "access: host is blocked", 1130: "access: host is not let in", 1698: "access: way of signing in", 1820: "access: password has ended", 1862: "access: password has ended", 3118: "access: user is locked", 4151: "access: user is locked",
	1053: "stopping", 1927: "connection killed", 1317: "interrupted", 1028: "interrupted", 3024: "took too long", 1969: "took too long", 1180: "could not commit", 1105: "unknown trouble of the server", 1158: "network", 1159: "network", 1160: "network", 1161: "network", 2002: "network, by a proxy", 2003: "network, by a proxy", 2006: "network, by a proxy", 2013: "network, by a proxy", 9001: "network, by a proxy",
	1020: "changed since it was read", 1412: "table was changed just now", 1615: "table was changed just now", 1689: "busy: a lock was broken off", 3058: "busy: deadlock", 3168: "not available", 3169: "session killed",
}

// Passing reports an error of the database that says nothing about the work itself: it was away,
// full, stopping, read-only, closed to us, or busy with others. The work is to be tried again as it is.
func Passing(err error) bool {
	var network net.Error
	var told *driver.MySQLError
	if errors.As(err, &told) {
		return passingNumbers[told.Number] != ""
	}
	return errors.Is(err, driver.ErrInvalidConn) || errors.Is(err, sqldriver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network)
}
