package api

import (
	_ "embed" // for the document
	"slices"
)

// document is what the API takes and answers, in OpenAPI 3.1.
//
//go:embed openapi.yaml
var document []byte

// routes are all routes.
func routes() []route {
	own := []route{{pattern: "GET /api/v1/openapi.yaml", open: true, serve: showDocument}}
	people := slices.Concat(sessionRoutes(), entranceRoutes(), accountRoutes())
	return slices.Concat(own, lookRoutes(), people, machineRoutes(), fleetRoutes(), tapRoutes(), decisionRoutes())
}

// Patterns are the methods and paths that the API serves.
func Patterns() (list []string) {
	for _, rt := range routes() {
		list = append(list, rt.pattern)
	}
	return list
}

func showDocument(*API, *call) (reply, error) {
	return reply{file: &File{Name: "openapi.yaml", MediaType: "application/yaml", Text: document}}, nil
}
