package eventloop

import (
	"encoding/binary"
	"testing"

	"golang.org/x/sys/unix"
)

// bell is a descriptor that can be read once it was rung, and until then not.
func bell(t *testing.T) (fd int, ring func()) {
	t.Helper()
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd, func() {
		if _, err := unix.Write(fd, binary.NativeEndian.AppendUint64(nil, 1)); err != nil {
			t.Error(err)
		}
	}
}

func quieten(fd int) { _, _ = unix.Read(fd, make([]byte, 8)) }

// start starts loops that end with the test.
func start(t *testing.T, n int) *Loops {
	t.Helper()
	loops, err := New(n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := loops.Close(); err != nil {
			t.Error(err)
		}
	})
	return loops
}

func TestALoopServesWhatItWatchesUntilItForgets(t *testing.T) {
	loops := start(t, 2)
	for i := range loops.Len() {
		l := loops.At(i)
		first, ringFirst := bell(t)
		second, ringSecond := bell(t)
		served := make(chan string, 100)
		watch := func(fd int, name string) {
			t.Helper()
			if err := l.Watch(fd, func() func() { quieten(fd); served <- name; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		watch(first, "first")
		watch(second, "second")
		for _, ring := range []func(){ringFirst, ringSecond, ringFirst} {
			ring()
			<-served
		}
		l.Forget(first)
		l.Barrier()
		ringFirst()
		ringSecond()
		if name := <-served; name != "second" {
			t.Errorf("%s was served after it was forgotten", name)
		}
		l.Forget(second)
		watch(first, "first, again") // it was rung meanwhile
		if name := <-served; name != "first, again" {
			t.Errorf("%s was served in place of what is watched again", name)
		}
		l.Forget(first)
		l.Barrier()
	}
}

// What a descriptor leaves for the end of a round comes when all that was due with
// it is served.
func TestTailsComeWhenAllIsServed(t *testing.T) {
	l := start(t, 1).At(0)
	entered, leave, told := make(chan bool), make(chan bool), make(chan string, 100)
	watch := func(ready func() func()) (ring func()) {
		t.Helper()
		fd, ring := bell(t)
		if err := l.Watch(fd, func() func() { quieten(fd); return ready() }); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Forget(fd); l.Barrier() })
		return ring
	}
	hold := watch(func() func() { entered <- true; <-leave; return nil })
	names := []string{"first", "second", "third"}
	var rings []func()
	for _, name := range names {
		rings = append(rings, watch(func() func() {
			told <- "served"
			if name == "third" {
				return nil
			}
			return func() { told <- "tail" }
		}))
	}
	hold()
	<-entered
	for _, ring := range rings { // all are due in the next round
		ring()
	}
	leave <- true
	for i, want := range []string{"served", "served", "served", "tail", "tail"} {
		if got := <-told; got != want {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
}

func TestLoopsEnd(t *testing.T) {
	loops, err := New(2)
	if err != nil {
		t.Fatal(err)
	}
	l := loops.At(1)
	fd, ring := bell(t)
	calls := make(chan bool, 100)
	watch := func() error { return l.Watch(fd, func() func() { quieten(fd); calls <- true; return nil }) }
	if err := watch(); err != nil {
		t.Fatal(err)
	}
	ring()
	<-calls
	for range 2 {
		if err := loops.Close(); err != nil {
			t.Error(err)
		}
	}
	ring()
	l.Forget(fd)
	l.Barrier()
	if err := watch(); err == nil || len(calls) > 0 {
		t.Errorf("a loop that has ended watches: %v, %d calls", err, len(calls))
	}
}
