package rest

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	swaggerfiles "github.com/swaggo/files/v2"

	"github.com/qlobooks/qlobooks/docs"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// outside registers what is served beside the API: its description, metrics and the user
// interface. These paths are not part of the OpenAPI file.
func (s *server) outside(e *echo.Echo) {
	// Only what is the same for everybody: compressing secrets beside echoed input tells them.
	packed := middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1024})
	e.GET("/openapi.json", func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
		return c.JSONBlob(http.StatusOK, docs.OpenAPI)
	}, packed)
	e.GET("/docs", func(c echo.Context) error { return c.HTML(http.StatusOK, docsPage) })
	e.GET("/docs/", func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, "/docs") })
	e.GET("/docs/:file", serveDocs, packed)
	if s.opt.Metrics != nil {
		e.GET("/metrics", echo.WrapHandler(s.opt.Metrics), s.throttleStrangers)
	}
	e.GET("/*", s.serveSPA, packed)
	e.HEAD("/*", s.serveSPA)
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

const docsScript = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
});
`

// docsFiles are the files of Swagger UI that the page uses; its own start page asks elsewhere.
var docsFiles = map[string]bool{"swagger-ui.css": true, "swagger-ui-bundle.js": true}

func serveDocs(c echo.Context) error {
	name := c.Param("file")
	if name == "start.js" {
		return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", []byte(docsScript))
	}
	if !docsFiles[name] {
		return echo.ErrNotFound
	}
	return serveFile(c, swaggerfiles.FS, name)
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
		return serveFile(c, s.opt.SPA, name)
	}
	if !strings.Contains(c.Request().Header.Get("Accept"), "text/html") || strings.HasPrefix(name, "assets/") {
		return echo.ErrNotFound
	}
	if _, err := fs.Stat(s.opt.SPA, "index.html"); err != nil {
		return fault.New(fault.NotFound, "not_built", "The user interface is not part of this build.").
			Do("Build it with make build, or use the API: its description is at /docs.")
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	return serveFile(c, s.opt.SPA, "index.html")
}

func serveFile(c echo.Context, files fs.FS, name string) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, contentType(name), data)
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
