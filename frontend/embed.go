// Package frontend carries the built single-page application inside the binary.
//
// dist holds only a placeholder until `npm run build` has run; Built tells the difference, so
// that the API can say so instead of answering with an empty page.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS is the content of dist, rooted at index.html.
func FS() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directory is embedded at build time, so this cannot happen at run time
	}
	return sub
}

// Built reports whether the application was built into this binary.
func Built() bool {
	_, err := fs.Stat(FS(), "index.html")
	return err == nil
}
