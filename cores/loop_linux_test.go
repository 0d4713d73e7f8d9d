package cores

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
			if err := l.Watch(fd, func() { quieten(fd); served <- name }); err != nil {
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
