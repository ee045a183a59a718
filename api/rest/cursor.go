package rest

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// cursor is a position together with the order it was made for.
type cursor struct {
	wire.Position
	Sort string `json:"s"`
}

func cursorOf(p *wire.Position, sort string) *string {
	if p == nil {
		return nil
	}
	data, _ := json.Marshal(cursor{*p, sort}) // strings only
	text := base64.RawURLEncoding.EncodeToString(data)
	return &text
}

// placeIn tells whether a position can be one of a list: callers can write a cursor themselves, and the
// database would compare whatever stands in it.
type placeIn func(p wire.Position) bool

// numbered is a list in the order of ids that are numbers.
func numbered(p wire.Position) bool { return p.Value == "" && plainID.MatchString(p.ID) }

// dated is one by days, in which some items have none.
func dated(p wire.Position) bool {
	_, ok := dayOf(p.Value)
	return (p.Value == "" || ok) && plainID.MatchString(p.ID)
}

// ofRun is the list of a run's records: of section and id.
func ofRun(p wire.Position) bool { return p.Value == "" && recordOfRun.MatchString(p.ID) }

// ofUndo is what undoing a run would take back: of place and row id.
func ofUndo(p wire.Position) bool { return p.Value == "" && placeOfUndo.MatchString(p.ID) }

var placeOfUndo = regexp.MustCompile(`^[0-9] (0|[1-9][0-9]{0,18})$`)

var recordOfRun = regexp.MustCompile(`^[a-z-]{1,20} (0|[1-9][0-9]{0,19})(:[A-Z]{3})?$`)

// sortedBy is a list of records in a chosen order.
func sortedBy(sort string) placeIn {
	return func(p wire.Position) bool {
		if !sourceID.MatchString(p.ID) {
			return false
		}
		switch strings.TrimPrefix(sort, "-") {
		case "name":
			return utf8.ValidString(p.Value) && !strings.ContainsRune(p.Value, 0)
		case "last_synced_at", "updated_at":
			at, err := time.Parse("2006-01-02 15:04:05.000000", p.Value)
			return p.Value == "" || err == nil && inTime(at)
		default:
			return p.Value == ""
		}
	}
}

// positionOf reads the cursor of a list. One made for another order would skip and repeat items.
func positionOf(c echo.Context, sort string, can placeIn, w *wrongs) *wire.Position {
	text := c.QueryParam("cursor")
	if text == "" {
		return nil
	}
	var at cursor
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(data, &at) != nil || at.ID == "" {
		w.add("cursor", "is not one that this API gave")
		return nil
	}
	if at.Sort != sort {
		w.add("cursor", "was given for another sort")
		return nil
	}
	if !can(at.Position) {
		w.add("cursor", "is not one that this API gave for this list")
		return nil
	}
	return &at.Position
}
