package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// generator makes a program's client of a document.
const generator = "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2"

// generatedUser is a program that uses the client that was generated: it opens a name and
// ends that again.
const generatedUser = `package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"client.example/client"
)

func main() {
	c, err := client.NewClientWithResponses(os.Args[1]+"/api/v1", client.WithRequestEditorFn(
		func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+os.Args[2])
			return nil
		}))
	if err != nil {
		panic(err)
	}
	why := "toán lớp 5"
	made, err := c.CreateExceptionWithResponse(context.Background(), "th-kim-dong", nil, client.Except{Name: "game.example", Why: &why})
	if err != nil || made.JSON200 == nil {
		panic(fmt.Sprint(err, made))
	}
	ended, err := c.EndExceptionWithResponse(context.Background(), "th-kim-dong", "allow", "game.example", nil, client.Reason{Why: &why})
	if err != nil || ended.JSON200 == nil {
		panic(fmt.Sprint(err, ended))
	}
	refused, err := c.CreateExceptionWithResponse(context.Background(), "lao-cai", nil, client.Except{Name: "game.example"})
	if err != nil || refused.ApplicationproblemJSONDefault == nil {
		panic(fmt.Sprint(err, refused))
	}
	fmt.Println(*made.JSON200.Seq, *ended.JSON200.Seq, refused.ApplicationproblemJSONDefault.Type)
}
`

// TestAGeneratedClientDecides makes a client of the document by a public generator, which
// opens a name and ends it. The generator comes from the module proxy.
func TestAGeneratedClientDecides(t *testing.T) {
	if !proving() {
		t.Log("make proof runs it: the generator takes half a minute to build")
		return
	}
	document, err := filepath.Abs("../console/api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module client.example\n\ngo 1.26\n", "main.go": generatedUser} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "client"), 0o700); err != nil {
		t.Fatal(err)
	}
	in := func(name string, args ...string) string {
		t.Helper()
		c := exec.Command(name, args...)
		c.Dir, c.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	in("go", "run", generator, "-generate", "types,client", "-package", "client", "-o", "client/client.go", document)
	in("go", "mod", "tidy")
	p := newProcess(t, "", country, startStandIn(t).addr)
	school := p.people("school@th-kim-dong")["school@th-kim-dong"]
	p.start()
	in("go", "build", "-o", "user", ".")
	if out := in("./user", p.http, school.token); strings.TrimSpace(out) != "4 5 urn:lachan:problem:not-found" {
		t.Errorf("the client says %s", out)
	}
}
