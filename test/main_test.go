// Package test drives the program as it is built: it starts it, asks it over the
// network, sends it signals and runs its commands. What it knows of the inside
// it uses only to prepare, and to check what is on disk.
package test

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// binary is the program, built as users build it. Scripts call it lachan.
var binary string

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

// TestMain builds the program before the tests run and removes it after them.
func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	os.Setenv("LC_ALL", "C.UTF-8") // both languages, whoever runs the tests
	os.Unsetenv("LACHAN_LANG")
	if order := os.Getenv(besieging); order != "" {
		return besiege(order)
	}
	if order := os.Getenv(besides); order != "" {
		return standBeside(order)
	}
	if os.Getenv(hostileUpstream) != "" {
		return serveHostile()
	}
	if binary = os.Getenv(insideNamespace); binary != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "lachan-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // tests run the program as other users too
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	binary = filepath.Join(dir, "lachan")
	if err := build(binary); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		return 1
	}
	return m.Run()
}

// build builds the program as make build does, so that what is compiled for one is for the
// other.
func build(program string, flags ...string) error {
	c := exec.Command("go", slices.Concat([]string{"build", "-trimpath", "-ldflags=-w", "-o", program}, flags, []string{"lachan/cmd/lachan"})...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// TestStories runs the stories of the command line. With -update they are
// rewritten to what the program says now. The directory web of a story is
// served at $WEB.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "../testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+e.Getenv("PATH"))
			web := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(e.WorkDir, "web"))))
			e.Defer(web.Close)
			e.Setenv("WEB", web.URL)
			e.Setenv("LC_ALL", "C.UTF-8")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "counted": counted, "ordered": receivedOrders,
		},
		RequireExplicitExec: true,
		UpdateScripts:       *update,
	})
}

// exits STATUS COMMAND... runs a command that ends with that exit status.
func exits(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	status := 0
	var failure *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failure) {
		status = failure.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}
