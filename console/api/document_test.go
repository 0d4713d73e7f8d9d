package api_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"lachan/console/api"
)

// document reads openapi.yaml as a program of others does, and lints it.
func document(t *testing.T) *openapi3.T {
	t.Helper()
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background(), openapi3.IsOpenAPI31OrLater(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestEveryRouteIsInTheDocumentAndBack(t *testing.T) {
	doc, documented, ids := document(t), []string{}, map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			documented = append(documented, method+" "+strings.TrimSuffix(api.Prefix, "/")+path)
			if op.OperationID == "" || ids[op.OperationID] {
				t.Errorf("%s %s: the id %q is absent, or there twice", method, path, op.OperationID)
			}
			if op.Responses.Default() == nil {
				t.Errorf("%s %s does not say how it refuses", method, path)
			}
			ids[op.OperationID] = true
		}
	}
	served := api.Patterns()
	for _, p := range served {
		if !slices.Contains(documented, p) {
			t.Errorf("%s is served and not in the document", p)
		}
	}
	for _, p := range documented {
		if !slices.Contains(served, p) {
			t.Errorf("%s is in the document and not served", p)
		}
	}
	t.Logf("%d routes", len(served))
}

// TestEverythingInTheDocumentIsUsed: a schema or parameter that nothing refers to is
// one that somebody forgot.
func TestEverythingInTheDocumentIsUsed(t *testing.T) {
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`#/components/(\w+/\w+)`).FindAllStringSubmatch(string(text), -1) {
		used[m[1]] = true
	}
	doc := document(t)
	for name := range doc.Components.Schemas {
		if !used["schemas/"+name] {
			t.Errorf("nothing refers to the schema %s", name)
		}
	}
	for name := range doc.Components.Parameters {
		if !used["parameters/"+name] {
			t.Errorf("nothing refers to the parameter %s", name)
		}
	}
}

// A checked API holds each answer against the document, and each request that was not
// refused.
type checked struct {
	t      *testing.T
	router routers.Router
	next   http.Handler
}

func check(t *testing.T, next http.Handler) *checked {
	t.Helper()
	router, err := gorillamux.NewRouter(document(t))
	if err != nil {
		t.Fatal(err)
	}
	return &checked{t, router, next}
}

func (c *checked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	again := r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	again.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	c.next.ServeHTTP(answer, r)
	c.compare(again, answer)
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (c *checked) compare(r *http.Request, answer *httptest.ResponseRecorder) {
	c.t.Helper()
	rt, params, err := c.router.FindRoute(r)
	if err != nil {
		if answer.Code != http.StatusNotFound && answer.Code != http.StatusMethodNotAllowed {
			c.t.Errorf("%s %s is not in the document: %v", r.Method, r.URL, err)
		}
		return
	}
	request := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: rt,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), request); err != nil && answer.Code < 300 {
		c.t.Errorf("%s %s was done, against the document: %.400v", r.Method, r.URL, err)
	}
	request.Options.ExcludeResponseBody = !strings.HasSuffix(answer.Header().Get("Content-Type"), "json") && answer.Code == http.StatusOK
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: answer.Code, Header: answer.Header(),
		Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: request.Options,
	}
	if err := openapi3filter.ValidateResponse(r.Context(), response); err != nil {
		c.t.Errorf("%s %s: %d is not what the document says: %.400v\n%.200s", r.Method, r.URL, answer.Code, err, answer.Body)
	}
}
