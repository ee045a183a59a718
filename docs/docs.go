// Package docs carries the OpenAPI file into the program.
//
// swagger.json is made by swag from the comments of the handlers in api/rest, openapi.json from
// that by the conversion to OpenAPI 3; both by `make generate`.
package docs

import _ "embed"

// OpenAPI is docs/openapi.json.
//
//go:embed openapi.json
var OpenAPI []byte
