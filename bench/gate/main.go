// Gate reads what go test -json says of all packages, shows what go test would show
// without it, and in the end which tests were skipped and why.
//
//	go test -json ./... | go run ./bench/gate -skips=false
//
// It fails if a test or a package did, if one has no end, if there is none, and, with
// -skips=false, if a test was skipped: a test that does not run holds nothing.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	skips := flag.Bool("skips", true, "tests may be skipped")
	flag.Parse()
	g := newGate(os.Stdout)
	if err := g.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		os.Exit(1)
	}
	if !g.passes(*skips) {
		os.Exit(1)
	}
}
