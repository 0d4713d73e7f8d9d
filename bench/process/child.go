//go:build linux

package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Child is a program that was started here, with all that it starts.
type Child struct {
	Name    string
	command *exec.Cmd
	output  tail
	ended   chan struct{}
}

// Start runs a program pinned to one core. It ends at the latest when the
// calling process does. The caller must have locked its goroutine to the main
// thread (runtime.LockOSThread in main), as the kernel ends children with the
// thread that made them.
func Start(core int, program string, args ...string) (*Child, error) {
	c := &Child{Name: program, command: exec.Command(program, args...), ended: make(chan struct{})}
	c.command.Stdout, c.command.Stderr = &c.output, &c.output
	c.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return nil, fmt.Errorf("read the cores of this thread: %w", err)
	}
	only.Set(core % runtime.NumCPU())
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		return nil, fmt.Errorf("pin to core %d: %w", core, err)
	}
	err := errors.Join(c.command.Start(), unix.SchedSetaffinity(0, &before))
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	go func() {
		_ = c.command.Wait() // how it ended is in its output
		close(c.ended)
	}()
	return c, nil
}

// PID is the process id of the child.
func (c *Child) PID() int { return c.command.Process.Pid }

// Ended tells whether the child runs no more.
func (c *Child) Ended() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// Wait waits until the child has ended; when ctx is done first, it stops it.
func (c *Child) Wait(ctx context.Context) error {
	select {
	case <-c.ended:
		return nil
	case <-ctx.Done():
		c.Stop()
		return ctx.Err()
	}
}

// Output is the end of what the child wrote.
func (c *Child) Output() string { return c.output.String() }

// Signal sends the child a signal.
func (c *Child) Signal(s syscall.Signal) error { return c.command.Process.Signal(s) }

// stopWithin is how long a child may take to end when it is told to, with those
// that it stops first.
const stopWithin = 45 * time.Second

// Stop ends the child's process group and waits for the child and all that write
// where it does: what it has started in groups of their own.
func (c *Child) Stop() {
	_ = syscall.Kill(-c.PID(), syscall.SIGTERM) // an error means that it has ended
	select {
	case <-c.ended:
	case <-time.After(stopWithin):
	}
	_ = syscall.Kill(-c.PID(), syscall.SIGKILL)
	<-c.ended
}

// tail keeps the last octets written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailOctets = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = bytes.Clone(t.text[max(0, len(t.text)-tailOctets):])
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
