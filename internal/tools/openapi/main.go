// Command openapi turns the Swagger 2.0 file that swag writes into the OpenAPI 3 file that the
// product serves and the user interface's client is made of.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: openapi swagger.json openapi.json")
		os.Exit(2)
	}
	if err := convert(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func convert(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var old openapi2.T
	if err := json.Unmarshal(b, &old); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	api, err := openapi2conv.ToV3(&old)
	if err != nil {
		return fmt.Errorf("convert: %w", err)
	}
	if err := api.Validate(context.Background()); err != nil {
		return fmt.Errorf("the result is not valid: %w", err)
	}
	nameProblems(api)
	allowCookies(api)
	addExamples(api)
	if err := api.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		return fmt.Errorf("an example is not valid: %w", err)
	}
	out, err := json.MarshalIndent(api, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(to, append(out, '\n'), 0o644)
}

// nameProblems gives errors the media type they have; Swagger 2.0 knows one type for all answers.
func nameProblems(api *openapi3.T) {
	for _, path := range api.Paths.Map() {
		for _, operation := range path.Operations() {
			answer := operation.Responses.Default()
			if answer == nil || answer.Value == nil {
				continue
			}
			for _, media := range answer.Value.Content { // a file's too is a problem, and no file, when it is refused
				answer.Value.Content = openapi3.Content{"application/problem+json": media}
				break
			}
		}
	}
}

// allowCookies adds the session's cookie wherever a token is taken; Swagger 2.0 knows no cookies.
func allowCookies(api *openapi3.T) {
	scheme := openapi3.NewSecurityScheme().WithType("apiKey").WithIn("cookie").WithName("qlobooks_session")
	scheme.Description = "The cookie of POST /api/v1/session. Whatever is not a GET needs the session's csrf_token as the header X-CSRF-Token beside it."
	api.Components.SecuritySchemes["Cookie"] = &openapi3.SecuritySchemeRef{Value: scheme}
	for _, path := range api.Paths.Map() {
		for _, operation := range path.Operations() {
			if operation.Security != nil && len(*operation.Security) > 0 {
				operation.Security.With(openapi3.NewSecurityRequirement().Authenticate("Cookie"))
			}
		}
	}
}
