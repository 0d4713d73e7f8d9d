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

func TestALoopServesWhatItWatchesUntilItForgets(t *testing.T) {
	loops, err := Loops()
	if err != nil {
		t.Fatal(err)
	}
	if len(loops) != Count {
		t.Fatalf("%d loops for %d cores", len(loops), Count)
	}
	for _, l := range loops {
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
		l.Settle()
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
		l.Settle()
	}
}

// What a descriptor leaves for the end of a round comes when all that was due with
// it is served.
func TestTailsComeWhenAllIsServed(t *testing.T) {
	loops, err := Loops()
	if err != nil {
		t.Fatal(err)
	}
	l := loops[0]
	entered, leave, told := make(chan bool), make(chan bool), make(chan string, 100)
	watch := func(ready func() func()) (ring func()) {
		t.Helper()
		fd, ring := bell(t)
		if err := l.Watch(fd, func() func() { quieten(fd); return ready() }); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Forget(fd); l.Settle() })
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
