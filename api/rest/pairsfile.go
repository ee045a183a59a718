package rest

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// largestFile holds some 200 000 pairs.
const largestFile = 8 << 20

// readPairs reads the file as far as its form goes.
func readPairs(c echo.Context) (rows []wire.PairingRow, wrong []wire.LineError, err error) {
	r := c.Request()
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "text/csv" {
		return nil, nil, fault.New(fault.Invalid, "unsupported_media_type", "The body must be sent as text/csv.")
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, largestFile))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, nil, fault.New(fault.Invalid, "body_too_large", "The file is larger than 8 MiB.").Do("Send it in parts.")
	}
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "malformed", "The file ended before it was complete.").By(err)
	}
	return parsePairs(data)
}

// spreadsheet makes a reader of what a spreadsheet saved: with or without a byte-order mark, its columns
// parted by commas, by semicolons where the comma marks decimals, or by tabs, and perhaps a first line that
// says which. skipped is how many lines are no part of the table.
func spreadsheet(data []byte) (file *csv.Reader, skipped int) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !bytes.ContainsRune(data, '\n') { // lines end as old spreadsheets end them
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	}
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	comma := ','
	if mark, ok := bytes.CutPrefix(bytes.ToLower(bytes.TrimSpace(first)), []byte("sep=")); ok && len(mark) == 1 {
		comma, data, skipped = rune(mark[0]), rest, 1
	} else {
		for _, other := range ";\t" {
			if bytes.ContainsRune(first, other) && !bytes.ContainsRune(first, ',') {
				comma = other
			}
		}
	}
	file = csv.NewReader(bytes.NewReader(data))
	file.Comma, file.FieldsPerRecord, file.TrimLeadingSpace = comma, -1, comma != '\t'
	return file, skipped
}

// decimals are the noughts that a spreadsheet puts behind a whole number.
var decimals = regexp.MustCompile(`^([0-9]+)[.,]0+$`)

// rounded is what a spreadsheet makes of a long number.
var rounded = regexp.MustCompile(`^[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+$`)

// parsePairs reads a table of pairs. It tells as many wrong lines as help, and how many more there are.
func parsePairs(data []byte) (rows []wire.PairingRow, wrong []wire.LineError, err error) {
	more := 0
	bad := func(line int, field, message string) {
		if len(wrong) >= wire.MostWrongLines {
			more++
			return
		}
		wrong = append(wrong, wire.LineError{Line: line, Field: field, Message: message})
	}
	ended := func() ([]wire.PairingRow, []wire.LineError, error) {
		if more > 0 {
			wrong = append(wrong, wire.LineError{Message: fmt.Sprintf("and %d more", more)})
		}
		return rows, wrong, nil
	}
	file, skipped := spreadsheet(data)
	for n := 0; ; n++ {
		cells, err := file.Read()
		if errors.Is(err, io.EOF) {
			if n == 0 {
				bad(1, "", "the file is empty; its first line must be customer_id,zoho_contact_id")
			}
			return ended()
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			bad(broken.Line+skipped, "", "is no line of a CSV file: "+broken.Err.Error())
			return ended()
		}
		if err != nil {
			return nil, nil, err
		}
		line, _ := file.FieldPos(0)
		line += skipped
		for i := range cells {
			cells[i] = decimals.ReplaceAllString(strings.TrimSpace(cells[i]), "$1")
		}
		for len(cells) > len(pairingColumns) && cells[len(cells)-1] == "" { // columns that nothing was written in
			cells = cells[:len(cells)-1]
		}
		switch {
		case n == 0:
			if !strings.EqualFold(strings.Join(cells, ","), strings.Join(pairingColumns, ",")) {
				bad(line, "", "the first line must be customer_id,zoho_contact_id")
				return ended()
			}
		case strings.Join(cells, "") == "": // a line that nothing was written in
		case len(cells) != len(pairingColumns):
			bad(line, "", fmt.Sprintf("has %d columns instead of 2", len(cells)))
		case !sourceID.MatchString(cells[0]):
			bad(line, "customer_id", "must be the id of a customer, as digits")
		case rounded.MatchString(cells[1]):
			bad(line, "zoho_contact_id", "was rounded by the spreadsheet: format the column as text before the ids are entered")
		case cells[1] != "" && !zohoID.MatchString(cells[1]):
			bad(line, "zoho_contact_id", "must be the id of a contact, as digits")
		default:
			rows = append(rows, wire.PairingRow{Line: line, CustomerID: cells[0], ZohoContactID: cells[1]})
		}
	}
}
