package rest

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/docs"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// outside registers what is served beside the API: its description, metrics and the user
// interface. These paths are not part of the OpenAPI file.
func (s *server) outside(e *echo.Echo) {
	get := func(path string, handle echo.HandlerFunc, guards ...echo.MiddlewareFunc) {
		e.GET(path, handle, guards...)
		e.HEAD(path, handle, guards...)
	}
	e.HEAD("/healthz", s.health) // as some monitors ask
	e.HEAD("/readyz", s.ready)
	get("/openapi.json", func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
		return s.packed.send(c, "openapi.json", "application/json", docs.OpenAPI)
	})
	get("/docs", func(c echo.Context) error {
		if s.opt.SPA == nil {
			return c.HTML(http.StatusOK, docsBare)
		}
		return c.HTML(http.StatusOK, docsPage)
	})
	e.GET("/docs/", func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, "/docs") })
	get("/docs/:file", s.serveDocs)
	if s.opt.Metrics != nil {
		// Strangers are not told how much is done here: who asks without credentials uses the listener of
		// its own, QLOBOOKS_METRICS_LISTEN.
		get("/metrics", echo.WrapHandler(s.opt.Metrics), route{path: "/metrics", role: access.Viewer}.guards(s)...)
	}
	get("/*", s.serveSPA)
}

const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>QloBooks API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

// docsBare stands in where the user interface, and with it Swagger UI, is not part of the build.
const docsBare = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>QloBooks API</title>
<p>The API is described in <a href="/openapi.json">openapi.json</a>. Build with <code>make build</code> to read it here.</p>
</html>
`

const docsScript = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
});
`

// docsFiles are the files of Swagger UI that the page uses, which the build of the user interface brings
// along; its own start page asks elsewhere.
var docsFiles = map[string]bool{"swagger-ui.css": true, "swagger-ui-bundle.js": true}

func (s *server) serveDocs(c echo.Context) error {
	name := c.Param("file")
	if name == "start.js" {
		return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", []byte(docsScript))
	}
	if !docsFiles[name] || s.opt.SPA == nil {
		return echo.ErrNotFound
	}
	return s.serveFile(c, s.opt.SPA, "docs/"+name)
}

// serveSPA serves a file of the user interface, or its start page for every other address that
// a browser asks as a page, because the interface's own routes exist only in the browser.
func (s *server) serveSPA(c echo.Context) error {
	name := strings.TrimPrefix(path.Clean("/"+c.Request().URL.Path), "/")
	if s.opt.SPA == nil || name == "api" || strings.HasPrefix(name, "api/") {
		return echo.ErrNotFound
	}
	if info, err := fs.Stat(s.opt.SPA, name); err == nil && !info.IsDir() && !strings.HasPrefix(path.Base(name), ".") {
		cache := "no-cache"
		if strings.HasPrefix(name, "assets/") {
			cache = "public, max-age=31536000, immutable" // their names carry a hash
		}
		c.Response().Header().Set(echo.HeaderCacheControl, cache)
		return s.serveFile(c, s.opt.SPA, name)
	}
	if !strings.Contains(c.Request().Header.Get("Accept"), "text/html") || strings.HasPrefix(name, "assets/") {
		return echo.ErrNotFound
	}
	if _, err := fs.Stat(s.opt.SPA, "index.html"); err != nil {
		return fault.New(fault.NotFound, "not_built", "The user interface is not part of this build.").
			Do("Build it with make build, or use the API: its description is at /docs.")
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	return s.serveFile(c, s.opt.SPA, "index.html")
}

func (s *server) serveFile(c echo.Context, files fs.FS, name string) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	return s.packed.send(c, name, contentType(name), data)
}

// contentType does not ask the machine's own tables, which differ.
func contentType(name string) string {
	types := map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
		".json": "application/json", ".map": "application/json", ".svg": "image/svg+xml", ".png": "image/png",
		".ico": "image/x-icon", ".woff2": "font/woff2", ".woff": "font/woff", ".webmanifest": "application/manifest+json",
		".txt": "text/plain; charset=utf-8",
	}
	if t, ok := types[path.Ext(name)]; ok {
		return t
	}
	return "application/octet-stream"
}
