package flow

import (
	"strings"

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

// suffixed shortens name so that it and its suffix fit together.
func suffixed(name, suffix string, most int) string {
	const least = 8 // of the name
	if long := []rune(suffix); len(long) > most-least {
		suffix = string(long[:most-least-1]) + ")"
	}
	return zoho.Clip(name, most-len([]rune(suffix))) + suffix
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
