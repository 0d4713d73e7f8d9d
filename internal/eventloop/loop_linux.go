package eventloop

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// A Loop is the goroutine of one core that waits for sockets and serves those
// that have something, one after the other. It waits with epoll(7) itself: Go's
// poller looks at sockets only every 10 ms while the process has other work, and a
// goroutine for each of them would be a switch for each packet.
type Loop struct {
	fd    int
	round sync.Mutex // held while what is ready is served

	mu    sync.Mutex
	ready []Ready // mu; by file descriptor
}

// Ready serves a descriptor that has something to be read, on the goroutine of the
// loop, and must not wait. The tail that it returns, if any, is called when all
// that was due at the same time is served: what each of them has to send can then
// be sent at once.
type Ready func() (tail func())

// Loops are those of the process, one for each core. They run from the first
// call on.
var Loops = sync.OnceValues(func() (loops []*Loop, err error) {
	for range Count {
		fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
		if err != nil {
			return nil, os.NewSyscallError("epoll_create1", err)
		}
		l := &Loop{fd: fd}
		go l.run()
		loops = append(loops, l)
	}
	return loops, nil
})

// Watch calls ready again and again while there is something to be read from fd.
func (l *Loop) Watch(fd int, ready Ready) error {
	l.set(fd, ready)
	err := unix.EpollCtl(l.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
	return os.NewSyscallError("epoll_ctl", err)
}

// Forget ends Watch. A call that was due already may still come.
func (l *Loop) Forget(fd int) {
	_ = unix.EpollCtl(l.fd, unix.EPOLL_CTL_DEL, fd, nil) // fails where Watch did
	l.set(fd, nil)
}

// Settle returns when no call is under way that was due before. The goroutine of
// the loop may not call it.
func (l *Loop) Settle() {
	l.round.Lock()
	defer l.round.Unlock()
}

func (l *Loop) set(fd int, ready Ready) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.ready) <= fd {
		l.ready = append(l.ready, nil)
	}
	l.ready[fd] = ready
}

func (l *Loop) run() {
	var events [64]unix.EpollEvent
	due := make([]Ready, 0, len(events))
	tails := make([]func(), 0, len(events))
	for {
		n, err := unix.EpollWait(l.fd, events[:], -1)
		if err != nil { // EINTR: all else would be a mistake of ours
			continue
		}
		l.round.Lock()
		due, tails = l.due(due[:0], events[:n]), tails[:0]
		for _, serve := range due {
			if tail := serve(); tail != nil {
				tails = append(tails, tail)
			}
		}
		for _, tail := range tails {
			tail()
		}
		l.round.Unlock()
	}
}

// due appends what is to be called for the events.
func (l *Loop) due(calls []Ready, events []unix.EpollEvent) []Ready {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		if serve := l.ready[e.Fd]; serve != nil {
			calls = append(calls, serve)
		}
	}
	return calls
}
