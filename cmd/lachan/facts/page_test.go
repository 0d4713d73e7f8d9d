package facts_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"lachan/cmd/lachan/facts"
	"lachan/policy/catalogue"
)

var update = flag.Bool("update", false, "write the pages about the catalogue anew")

// The pages about the catalogue say what is built in, and nothing else.
func TestPagesAreThoseOfTheCatalogue(t *testing.T) {
	c, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range facts.Pages(c) {
		path := filepath.Join("../../..", page.File)
		if *update {
			if err := os.WriteFile(path, []byte(page.Text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != page.Text {
			t.Errorf("%s is not what the catalogue makes of it (%v): go test ./cmd/lachan/facts -update", page.File, err)
		}
	}
}
