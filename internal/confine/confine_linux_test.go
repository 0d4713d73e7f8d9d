package confine_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lachan/internal/confine"
)

// TestMain lets the test program confine itself and say what it still can.
func TestMain(m *testing.M) {
	if dir := os.Getenv("CONFINED_TO"); dir != "" {
		confined(dir)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func confined(dir string) {
	if err := errors.Join(confine.Files([]string{dir, filepath.Join(dir, "mine"), "/nowhere"}, nil), confine.Privileges(confine.ReadFiles)); err != nil {
		fmt.Println("error:", err)
		return
	}
	say := func(what string, err error) { fmt.Println(what+":", err == nil) }
	_, err := os.ReadFile(filepath.Join(dir, "mine"))
	say("reads its own", err)
	_, err = os.ReadFile(filepath.Join(filepath.Dir(dir), "others"))
	say("reads others", err)
	say("writes", os.WriteFile(filepath.Join(dir, "new"), nil, 0o600))
	ends := make(chan error)
	go func() { ends <- unix.Sethostname([]byte("taken")) }() // on whatever thread
	say("names the machine", <-ends)
}

// A confined process reads what it works on, and has no privilege left. Where
// the kernel has Landlock it reads nothing else.
func TestAConfinedProcessHasLittleOfUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "own")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"own/mine", "others"} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(dir), name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "CONFINED_TO="+dir)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := string(out)
	for _, want := range []string{"reads its own: true", "names the machine: false"} {
		if !strings.Contains(said, want) {
			t.Errorf("want %q in:\n%s", want, said)
		}
	}
	if hasLandlock() {
		for _, want := range []string{"reads others: false", "writes: false"} {
			if !strings.Contains(said, want) {
				t.Errorf("want %q in:\n%s", want, said)
			}
		}
	}
}

// hasLandlock reports whether the kernel knows Landlock.
func hasLandlock() bool {
	_, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	return errno == 0
}
