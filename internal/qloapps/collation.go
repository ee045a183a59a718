package qloapps

import (
	"errors"
	"regexp"
	"strings"

	driver "github.com/go-sql-driver/mysql"
)

// QloApps makes all of its tables with one collation. A table that was restored or repaired by another
// program may have another one, and a server compares no texts of one character set by two collations.

// sameText is a comparison of texts of two tables: {orders o.reference = order_payment p.order_reference}.
var sameText = regexp.MustCompile(`\{(\w+) (\w+)\.(\w+) = (\w+) (\w+)\.(\w+)\}`)

// filled is a statement with the table prefix for {p}, and each comparison of texts of two tables in the
// collation of the right one, whose key, if it has one, is looked up.
func (r *Reader) filled(statement string) string {
	statement = sameText.ReplaceAllStringFunc(statement, func(found string) string {
		m := sameText.FindStringSubmatch(found)
		left, right := m[2]+"."+m[3], m[5]+"."+m[6]
		is, as := r.columns[m[1]+"."+m[3]], r.columns[m[4]+"."+m[6]]
		if is != as && charset(is) == charset(as) { // of two character sets the server finds the wider one by itself
			left += " COLLATE " + as
		}
		return left + " = " + right
	})
	return strings.ReplaceAll(statement, "{p}", r.prefix)
}

func charset(collation string) string {
	name, _, _ := strings.Cut(collation, "_")
	return name
}

// text is an expression in one collation, whatever its table has: what a UNION or COALESCE takes from two
// tables must be of one.
func text(expression string) string {
	return "CONVERT(" + expression + " USING utf8mb4) COLLATE utf8mb4_general_ci"
}

// mixed reports that the server refused to compare texts of different collations.
func mixed(err error) bool {
	var server *driver.MySQLError
	return errors.As(err, &server) && (server.Number == 1267 || server.Number == 1270 || server.Number == 1271)
}
