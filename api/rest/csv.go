package rest

import (
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// wantsCSV tells whether the caller asked for a file: ?format=csv or Accept: text/csv.
func wantsCSV(c echo.Context) bool {
	if format := c.QueryParam("format"); format != "" {
		return format == "csv"
	}
	for _, accepted := range strings.Split(c.Request().Header.Get("Accept"), ",") {
		if kind, _, err := mime.ParseMediaType(strings.TrimSpace(accepted)); err == nil && kind == "text/csv" {
			return true
		}
	}
	return false
}

// answerCSV sends rows as a file of that name.
func answerCSV(c echo.Context, status int, name string, rows [][]string) error {
	file := beginCSV(c, status, name)
	for _, row := range rows {
		if err := file.write(row); err != nil {
			return err
		}
	}
	return nil
}

// csvFile writes lines that no program takes for more than text: every field but the
// names of columns is quoted, and what a spreadsheet would run is led by an apostrophe.
type csvFile struct {
	out     io.Writer
	control *http.ResponseController
}

// beginCSV sends the head of the answer.
func beginCSV(c echo.Context, status int, name string) csvFile {
	header := c.Response().Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Response().WriteHeader(status)
	return csvFile{c.Response(), http.NewResponseController(c.Response().Writer)}
}

// columnName is one of ours, which the contract spells as it stands.
var columnName = regexp.MustCompile(`^[a-z_]+$`)

// write adds a line. A long file has as much time as it needs while its reader takes what is sent: the end
// of every answer's time would cut it off in the middle, and look whole.
func (f csvFile) write(row []string) error {
	_ = f.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // writers of tests know none
	if !slices.ContainsFunc(row, func(field string) bool { return !columnName.MatchString(field) }) {
		_, err := io.WriteString(f.out, strings.Join(row, ",")+"\n")
		return err
	}
	var line strings.Builder
	for i, field := range row {
		if i > 0 {
			line.WriteByte(',')
		}
		line.WriteByte('"')
		line.WriteString(strings.ReplaceAll(cell(field), `"`, `""`))
		line.WriteByte('"')
	}
	line.WriteByte('\n')
	_, err := io.WriteString(f.out, line.String())
	return err
}

var (
	// plainAmount is no formula, though it begins with a sign.
	plainAmount = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	// formula is what a spreadsheet may take for one: a sign, also a wide one, behind nothing or blanks,
	// and a field that begins with a tab or a line break.
	formula = regexp.MustCompile("^(?:[\\s\\p{Z}\\p{C}'\"]*[=+\\-@＝＋－＠]|[\\t\\r\\n])")
	// inside is the same behind what separates fields in other countries' files.
	inside = regexp.MustCompile("([;|\\t\\r\\n][\\s\\p{Z}\"]*)([=+\\-@＝＋－＠])")
)

// cell keeps a spreadsheet from taking text for a formula, whichever sign separates its fields.
func cell(text string) string {
	if plainAmount.MatchString(text) {
		return text
	}
	safe := inside.ReplaceAllString(text, "$1'$2")
	if safe != text || formula.MatchString(text) {
		return "'" + safe
	}
	return text
}
