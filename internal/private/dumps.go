package private

import (
	"os"
	"path/filepath"
)

// Beside is where dumps of real installations of QloApps may lie, seen from the repository.
const Beside = "../shared"

// DumpVersions are those of the installations of which tests know a dump.
var DumpVersions = []string{"1.7", "1.6.1"}

// DumpPath is where the dump of a version lies in the folder beside the repository.
func DumpPath(version string) string {
	return filepath.Join("qloapps", "qloapps-"+version+".sql.gz")
}

// MissingDumps names the dumps that do not lie beside a repository. What needs them does nothing then.
func MissingDumps(repository string) (names []string) {
	for _, version := range DumpVersions {
		if _, err := os.Stat(filepath.Join(repository, Beside, DumpPath(version))); err != nil {
			names = append(names, filepath.Base(DumpPath(version)))
		}
	}
	return names
}
