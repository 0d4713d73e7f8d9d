package eventloop

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// A Loop is a goroutine that waits for sockets and serves those that have
// something, one after the other. It waits with epoll(7) itself: Go's poller looks
// at sockets only every 10 ms while the process has other work, and a goroutine
// for each of them would be a switch for each packet.
//
// # Locks
//
// round is held while sockets are served, mu for moments within that and on its
// own. A Ready may call Watch and Forget, of its own loop too, but not Barrier.
// Callers may hold locks of their own when they call Watch and Forget, and a
// Ready may take the same locks: the loop holds only round while it calls one.
//
// # File descriptors that are used again
//
// After Forget a call that was due may still come. By then the caller may have
// closed the descriptor, and it may be another socket's. A caller that does not
// call Barrier before it closes needs a Ready that is harmless then: one that
// looks, under a lock, whether its socket is closed, and reads without waiting. As
// epoll is asked for levels, not edges, a call that came for nothing loses
// nothing, nor does one that was left out: what is there to be read is told again.
type Loop struct {
	fd    int // of epoll
	bell  int // an eventfd that can be read once the loop is to end
	ended chan struct{}
	round sync.Mutex // held while what is ready is served

	mu     sync.Mutex
	ready  []Ready // mu; by file descriptor
	closed bool    // mu
}

// Ready serves a descriptor that has something to be read, on the goroutine of the
// loop, and must not wait. The tail that it returns, if any, is called when all
// that was due at the same time is served: what each of them has to send can then
// be sent at once.
type Ready func() (tail func())

// Loops are the loops of a program.
type Loops struct{ loops []*Loop }

// New starts n loops. The caller ends them with Close.
func New(n int) (*Loops, error) {
	ls := &Loops{}
	for range n {
		l, err := newLoop()
		if err != nil {
			return nil, errors.Join(err, ls.Close())
		}
		ls.loops = append(ls.loops, l)
	}
	return ls, nil
}

// Len is how many loops there are.
func (ls *Loops) Len() int { return len(ls.loops) }

// At returns a loop for the i-th socket of an address: neighbours get different
// ones.
func (ls *Loops) At(i int) *Loop { return ls.loops[i%len(ls.loops)] }

// Close ends the loops. What they watch is not served any more, and stays open.
func (ls *Loops) Close() error {
	var errs []error
	for _, l := range ls.loops {
		errs = append(errs, l.close())
	}
	return errors.Join(errs...)
}

func newLoop() (*Loop, error) {
	l := &Loop{ended: make(chan struct{})}
	var err error
	if l.fd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if l.bell, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err != nil {
		return nil, errors.Join(os.NewSyscallError("eventfd", err), unix.Close(l.fd))
	}
	if err := l.add(l.bell); err != nil {
		return nil, errors.Join(err, unix.Close(l.bell), unix.Close(l.fd))
	}
	go l.run()
	return l, nil
}

// errClosed is what Watch returns after Close.
var errClosed = errors.New("the event loop has ended")

// Watch calls ready again and again while there is something to be read from fd.
func (l *Loop) Watch(fd int, ready Ready) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return errClosed
	}
	l.set(fd, ready)
	return l.add(fd)
}

// Forget ends Watch. A call that was due already may still come, see Loop.
func (l *Loop) Forget(fd int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.set(fd, nil)
	if !l.closed {
		_ = unix.EpollCtl(l.fd, unix.EPOLL_CTL_DEL, fd, nil) // fails where Watch did
	}
}

// Barrier returns when no call is under way that was due before. The goroutine of
// the loop may not call it.
func (l *Loop) Barrier() {
	l.round.Lock()
	defer l.round.Unlock()
}

func (l *Loop) add(fd int) error {
	err := unix.EpollCtl(l.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
	return os.NewSyscallError("epoll_ctl", err)
}

// set says what serves fd. mu is held.
func (l *Loop) set(fd int, ready Ready) {
	for len(l.ready) <= fd {
		l.ready = append(l.ready, nil)
	}
	l.ready[fd] = ready
}

func (l *Loop) run() {
	defer close(l.ended)
	var events [64]unix.EpollEvent
	due := make([]Ready, 0, len(events))
	tails := make([]func(), 0, len(events))
	for {
		n, err := unix.EpollWait(l.fd, events[:], -1)
		if err == unix.EINTR {
			continue
		}
		if err != nil { // to go on would be to spin
			panic(fmt.Sprintf("eventloop: epoll_wait: %v", err))
		}
		l.round.Lock()
		var closed bool
		due, closed = l.due(due[:0], events[:n])
		tails = tails[:0]
		for _, serve := range due {
			if tail := serve(); tail != nil {
				tails = append(tails, tail)
			}
		}
		for _, tail := range tails {
			tail()
		}
		l.round.Unlock()
		if closed {
			return
		}
	}
}

// due appends what is to be called for the events.
func (l *Loop) due(calls []Ready, events []unix.EpollEvent) (due []Ready, closed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		if int(e.Fd) == l.bell {
			continue
		}
		if serve := l.ready[e.Fd]; serve != nil {
			calls = append(calls, serve)
		}
	}
	return calls, l.closed
}

// close ends the loop and returns when the last call has returned.
func (l *Loop) close() error {
	l.mu.Lock()
	closed := l.closed
	l.closed = true
	l.mu.Unlock()
	if closed {
		return nil
	}
	if _, err := unix.Write(l.bell, binary.NativeEndian.AppendUint64(nil, 1)); err != nil {
		return os.NewSyscallError("write", err)
	}
	<-l.ended
	return errors.Join(os.NewSyscallError("close", unix.Close(l.bell)), os.NewSyscallError("close", unix.Close(l.fd)))
}
