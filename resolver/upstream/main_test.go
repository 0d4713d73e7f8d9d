package upstream_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"lachan/internal/eventloop"
)

// loops wait for the sockets of all tests.
var loops = newLoops()

func newLoops() *eventloop.Loops {
	l, err := eventloop.New(eventloop.Count)
	if err != nil {
		panic(err)
	}
	return l
}

// TestMain lets the tests run, with an authority of theirs for certificates, and
// then claims that nothing of this package does.
func TestMain(m *testing.M) {
	forget := func() {}
	a, err := newAuthority()
	if err == nil {
		forget, err = trust(a)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	forget()
	if left := leftBehind(5 * time.Second); code == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "goroutines left behind:\n%s\n", left)
		code = 1
	}
	os.Exit(code)
}

// leftBehind is the stacks of goroutines in this package, once there are none
// or the time is over.
func leftBehind(patience time.Duration) string {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for over := time.After(patience); ; {
		left := stacksHere()
		if left == "" {
			return ""
		}
		select {
		case <-look.C:
		case <-over:
			return left
		}
	}
}

func stacksHere() string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var here []string
	for _, stack := range strings.Split(string(buf), "\n\n")[1:] { // the first is this one
		if strings.Contains(stack, "lachan/resolver/upstream") {
			here = append(here, stack)
		}
	}
	return strings.Join(here, "\n\n")
}
