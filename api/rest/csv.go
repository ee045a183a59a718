package rest

import (
	"encoding/csv"
	"mime"
	"strings"

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
	header := c.Response().Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Response().WriteHeader(status)
	return csv.NewWriter(c.Response()).WriteAll(rows)
}

// cell keeps a spreadsheet from taking text for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
