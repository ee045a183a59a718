package migrations

import (
	"regexp"
	"slices"
	"strings"
)

var made = regexp.MustCompile("CREATE TABLE IF NOT EXISTS `?(qlobooks_[a-z_]+)")

// Tables are the names of all tables that an up-to-date schema has of ours, but the one of versions.
func Tables() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // they are built in
	}
	var list []string
	for _, entry := range entries {
		text, err := files.ReadFile(entry.Name())
		if err != nil {
			panic(err)
		}
		up, _, _ := strings.Cut(string(text), "+goose Down")
		for _, found := range made.FindAllStringSubmatch(up, -1) {
			list = append(list, found[1])
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// VersionTable is where it stands which migrations were run; programs only read it.
const VersionTable = versionTable
