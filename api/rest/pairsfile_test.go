package rest_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestAFileOfPairsAsSpreadsheetsWriteIt reads one table in the shapes in which Excel, LibreOffice and
// Numbers save it, and names what a spreadsheet spoiled.
func TestAFileOfPairsAsSpreadsheetsWriteIt(t *testing.T) {
	t.Parallel()
	const head, id = "customer_id,zoho_contact_id", "460000000000123"
	semicolons := strings.ReplaceAll(head, ",", ";")
	for name, x := range map[string]struct{ file, want string }{
		"commas":                        {head + "\n1," + id + "\n", `200 {"paired":1`},
		"a byte-order mark":             {"\xef\xbb\xbf" + head + "\r\n1," + id + "\r\n", `200 {"paired":1`},
		"semicolons":                    {semicolons + "\r\n1;" + id + "\r\n2;\r\n", `200 {"paired":2`},
		"a mark and semicolons":         {"\xef\xbb\xbf" + semicolons + "\n1;" + id, `200 {"paired":1`},
		"a line that names them":        {"sep=;\r\n" + semicolons + "\r\n1;" + id + "\r\n", `200 {"paired":1`},
		"tabs":                          {strings.ReplaceAll(head, ",", "\t") + "\n1\t" + id + "\n", `200 {"paired":1`},
		"quoted":                        {`"customer_id";"zoho_contact_id"` + "\n" + `"1";"` + id + `"`, `200 {"paired":1`},
		"whole numbers with decimals":   {semicolons + "\n1,00;" + id + "\n", `200 {"paired":1`},
		"a contact in another currency": {head + "\n3:EUR," + id, `200 {"paired":1`},
		"lines that are empty":          {head + "\n1," + id + "\n,\n\n,\n", `200 {"paired":1`},
		"a column that is empty":        {semicolons + ";\n1;" + id + ";\n2;;\n;;\n", `200 {"paired":2`},
		"lines of an old spreadsheet":   {head + "\r1," + id + "\r", `200 {"paired":1`},
		"a third column":                {head + "\n1," + id + ",7\n", "has 3 columns instead of 2"},
		"another head":                  {"customer,contact\n1,2\n", "the first line must be customer_id,zoho_contact_id"},
		"a rounded id":                  {semicolons + "\n1;4,60000000000123E+14\n", "was rounded by the spreadsheet"},
		"after the line that names":     {"sep=;\n" + semicolons + "\nx;" + id, `"3","customer_id"`},
	} {
		api, _ := setupAPI(nil)
		got := call(t, api, "accountant", "POST", "/api/v1/pairing/customers.csv", x.file, "Content-Type", "text/csv")
		if told := fmt.Sprint(got.Code, " ", got.Body); !strings.Contains(told, x.want) {
			t.Errorf("%s: got %q, want %q", name, told, x.want)
		}
	}
}

// TestAWrongFileIsToldShortly: whoever sends a wrong file needs no megabytes about it.
func TestAWrongFileIsToldShortly(t *testing.T) {
	t.Parallel()
	api, _ := setupAPI(nil)
	got := call(t, api, "accountant", "POST", "/api/v1/pairing/customers.csv", "customer_id,zoho_contact_id\n"+strings.Repeat("nobody,nothing\n", 100000), "Content-Type", "text/csv")
	lines := strings.Split(strings.TrimSpace(got.Body.String()), "\n")
	if last := fmt.Sprintf("and %d more", 100000-wire.MostWrongLines); got.Code != 422 || len(lines) != wire.MostWrongLines+2 || !strings.Contains(lines[len(lines)-1], last) {
		t.Errorf("%d: %d lines, the last %s", got.Code, len(lines), lines[len(lines)-1])
	}
}

// TestAFileOfPairsThatBreaksOffIsNoWholeOne: lines are missing when a later page cannot be read, which its end must not hide.
func TestAFileOfPairsThatBreaksOffIsNoWholeOne(t *testing.T) {
	t.Parallel()
	api, w := setupAPI(nil)
	get := func() (aborted any) {
		defer func() { aborted = recover() }()
		call(t, api, "viewer", "GET", "/api/v1/pairing/customers.csv", "")
		return nil
	}
	if aborted := get(); aborted != nil {
		t.Errorf("a whole file breaks off: %v", aborted)
	}
	w.err = errors.New("the connection is gone")
	if aborted := get(); aborted != http.ErrAbortHandler {
		t.Errorf("a file without its second page ends with %v", aborted)
	}
}
