// Package collate compares texts as QloApps' database groups them.
//
// Staff types methods of payment and names of facilities by hand, and MySQL's general collation,
// in which QloApps keeps them, takes no notice of case, accents and trailing blanks. What is equal
// there is one method here as well, wherever one is chosen, filtered or posted.
package collate

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Key is equal for exactly those texts that the collation utf8_general_ci takes for equal, as far
// as letters of European scripts go. It names nothing and is shown to nobody.
func Key(text string) string {
	var b strings.Builder
	for _, r := range strings.TrimRight(text, " ") {
		switch r {
		case 'ß', 'ẞ':
			b.WriteRune('S')
		case 'й', 'Й': // a letter of its own, not one with an accent
			b.WriteRune('Й')
		default:
			for _, part := range norm.NFD.String(string(r)) {
				if !unicode.Is(unicode.Mn, part) { // an accent
					b.WriteRune(unicode.ToUpper(part))
				}
			}
		}
	}
	return b.String()
}

// Equal reports that two texts are one for QloApps' database.
func Equal(a, b string) bool { return a == b || Key(a) == Key(b) }

// Contains reports that a list has a text in some spelling.
func Contains(list []string, text string) bool {
	for _, have := range list {
		if Equal(have, text) {
			return true
		}
	}
	return false
}
