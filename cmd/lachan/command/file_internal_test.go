package command

import (
	"os"
	"path/filepath"
	"testing"
)

// TestTheConfigurationIsInTheUsualPlaces: here, then where the system has it.
func TestTheConfigurationIsInTheUsualPlaces(t *testing.T) {
	dir := t.TempDir()
	here, system := filepath.Join(dir, "lachan.yaml"), filepath.Join(dir, "etc", "lachan.yaml")
	f := func(want string) {
		t.Helper()
		if got := firstThere([]string{here, system}); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	f(here) // none is there: the message names it
	if err := os.Mkdir(filepath.Dir(system), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{system, here} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		f(file)
	}
	if got := usualFiles(); got[0] != "lachan.yaml" || got[1] != "/etc/lachan/lachan.yaml" {
		t.Errorf("%q", got)
	}
}
