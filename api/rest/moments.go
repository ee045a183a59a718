package rest

import (
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
