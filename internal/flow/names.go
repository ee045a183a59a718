package flow

import (
	"strings"

	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// contactNames are the names a contact may have: plain, then with its id; in another currency
// always with that.
func contactNames(name, id, iso string) []string {
	if iso == "" {
		return []string{suffixed(name, "", contactNameLength), suffixed(name, " (QLO-"+id+")", contactNameLength)}
	}
	return []string{suffixed(name, " ("+iso+")", contactNameLength), suffixed(name, " (QLO-"+id+", "+iso+")", contactNameLength)}
}

// ContactSpace is where the names of contacts must be unique.
const ContactSpace = "contact"

// ContactName is what a pattern makes of a guest: the name alone, and with the guest's number for the case
// that somebody has it.
type ContactName struct {
	Plain, Suffixed  string
	Cut, CutBySuffix bool // it is longer than Zoho Books takes
}

// NameContact fills a name pattern for a guest as a contact is named when it is sent.
func NameContact(c qloapps.Customer, pattern string) ContactName {
	whole := displayName(c, pattern)
	names := contactNames(whole, c.ID, "")
	return ContactName{Plain: names[0], Suffixed: names[1], Cut: names[0] != whole, CutBySuffix: !strings.HasPrefix(names[1], whole)}
}

// suffixed shortens name so that it and its suffix fit together.
func suffixed(name, suffix string, most int) string {
	const least = 8 // of the name
	if long := []rune(suffix); len(long) > most-least {
		suffix = string(long[:most-least-1]) + ")"
	}
	return zoho.Name(name, most-len([]rune(suffix))) + suffix
}

func nonEmpty(parts ...string) []string {
	var kept []string
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			kept = append(kept, strings.TrimSpace(p))
		}
	}
	return kept
}

const (
	itemNameLength    = 100
	contactNameLength = 200
)

// itemNames are the names an item may have: plain, with its hotel, with its id.
func itemNames(name, hotel, id string) []string {
	names := []string{suffixed(name, "", itemNameLength)}
	if hotel != "" {
		names = append(names, suffixed(name, " ("+hotel+")", itemNameLength))
	}
	return append(names, suffixed(name, " (QLO-"+id+")", itemNameLength))
}
