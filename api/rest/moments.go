package rest

import (
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// firstYear and lastYear bound every day and moment that a caller names. Databases and their drivers
// refuse some years beyond, and a zone or a whole last day may add a day to what is named.
const firstYear, lastYear = 1970, 9998

// inTime reports that a moment can be asked for, as UTC has it.
func inTime(at time.Time) bool {
	year := at.UTC().Year()
	return year >= firstYear && year <= lastYear
}

// dayOf reads a day of the calendar.
func dayOf(text string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, text)
	return day, err == nil && inTime(day)
}

// day refuses what is no day; "" = none was named.
func (w *wrongs) day(field, text string) {
	if _, ok := dayOf(text); text != "" && !ok {
		w.add(field, "must be a day as 2026-03-01, in a year from %d to %d", firstYear, lastYear)
	}
}

// days refuses what is no day, and a last one before the first; "" = none was named.
func (w *wrongs) days(from, first, to, last string) {
	before := len(*w)
	w.day(from, first)
	w.day(to, last)
	if len(*w) == before && first != "" && last != "" && last < first {
		w.add(to, "must not be before %s", from[strings.LastIndexByte(from, '.')+1:])
	}
}

// momentsOf reads the first and the last moment of what is asked for; the zero time = none was named.
func momentsOf(c echo.Context, w *wrongs) (from, to time.Time) {
	before := len(*w)
	from, to = instantOf(c, "from", false, w), instantOf(c, "to", true, w)
	if len(*w) == before && !from.IsZero() && !to.IsZero() && to.Before(from) {
		w.add("to", "must not be before from")
	}
	return from, to
}

// instantOf reads a moment; a bare day is its beginning in UTC, or its end where it is the last one.
func instantOf(c echo.Context, name string, last bool, w *wrongs) time.Time {
	text := c.QueryParam(name)
	if text == "" {
		return time.Time{}
	}
	if day, ok := dayOf(text); ok {
		if last {
			return day.AddDate(0, 0, 1)
		}
		return day
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || !inTime(at) {
		w.add(name, "must be a day as 2026-03-01 or a moment as 2026-03-01T09:30:00Z, in a year from %d to %d", firstYear, lastYear)
		return time.Time{}
	}
	return at
}
