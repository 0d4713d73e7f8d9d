package upstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// connectWithin bounds connecting, the handshake of TLS and the look-up of a
	// name included. It goes on when the exchange that began it has ended, since
	// the next one needs the connection too.
	connectWithin = 5 * time.Second
	// restAfter closes a connection on which nothing was asked for so long.
	restAfter = 30 * time.Second
)

// A link is an open connection to a server, on which any number of exchanges
// are under way. exchange returns what its transport found, unwrapped; close
// ends what is under way.
type link interface {
	exchange(ctx context.Context, query, buf []byte) (reply []byte, err error)
	close()
}

// kept asks one server on a link that is opened when it is needed and kept.
//
// A link of which nothing was heard since an exchange began, for half of the
// exchange's time, counts as dead, as does one that reports an error. What was
// asked on it is asked once more on a new one, so that a server that closes
// connections, or a router that forgets them, costs one repetition and no
// failure. What else is under way on the old link may still end there.
type kept struct {
	server *remote
	open   dial

	mu      sync.Mutex
	current *line // mu; nil when there is none
}

// A line is a link, or the way to one.
type line struct {
	ready chan struct{} // closed when link or err is there
	link  link
	err   error
	heard atomic.Int64 // Unix nanoseconds of the last reply

	users int         // kept.mu; exchanges, and whoever opens it
	rest  *time.Timer // kept.mu; closes it
}

// Exchange implements Exchanger. The query is padded when it has an OPT record.
func (k *kept) Exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	if _, ok := questionEnd(query); !ok || len(query) > maxMessage {
		return nil, ErrQuery
	}
	ctx, cancel := context.WithDeadline(ctx, deadline(ctx, time.Now()))
	defer cancel()
	sent := padded(query)
	line, used := k.take()
	reply, err := k.ask(ctx, line, used, sent, buf)
	if used && isDead(ctx, err) {
		line, _ = k.take()
		reply, err = k.ask(ctx, line, false, sent, buf)
	}
	switch {
	case err == nil:
		copy(reply[:2], query)
		return reply, nil
	case errors.Is(err, ErrMalformed), errors.Is(err, ErrMismatch):
		return nil, fmt.Errorf("ask %s: %w", k.server, err)
	}
	return nil, ioError(ctx, "ask", k.server, err)
}

// isDead tells whether err ended an exchange because of the link, and there is
// time for another.
func isDead(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrMismatch)
}

// errSilent: nothing was heard on a link for too long.
var errSilent = errors.New("the connection is silent")

// ask makes one exchange on a line that was taken, and gives the line back. When
// there is doubt whether the line is alive, it waits for a silent one half of its
// time.
func (k *kept) ask(ctx context.Context, l *line, doubt bool, query, buf []byte) ([]byte, error) {
	defer k.put(l)
	select {
	case <-l.ready:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if l.err != nil {
		return nil, l.err
	}
	attempt, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if end, ok := ctx.Deadline(); ok && doubt {
		began := time.Now().UnixNano()
		defer time.AfterFunc(time.Until(end)/2, func() {
			if l.heard.Load() < began {
				cancel(errSilent)
			}
		}).Stop()
	}
	reply, err := l.link.exchange(attempt, query, buf)
	if err == nil {
		l.heard.Store(time.Now().UnixNano())
	} else if isDead(ctx, err) {
		k.forget(l)
	}
	return reply, err
}

// take returns the line to ask on, and whether it has been in use.
func (k *kept) take() (l *line, used bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	l = k.current
	if l == nil {
		l = &line{ready: make(chan struct{}), users: 1}
		k.current = l
		go k.connect(l)
	}
	l.users++
	if l.rest != nil {
		l.rest.Stop()
	}
	select {
	case <-l.ready:
		return l, true
	default:
		return l, false
	}
}

// connect opens the line, of which it is a user.
func (k *kept) connect(l *line) {
	ctx, cancel := context.WithTimeout(context.Background(), connectWithin)
	defer cancel()
	if l.link, l.err = k.server.dial(ctx, k.open); l.err != nil {
		k.forget(l)
	}
	close(l.ready)
	k.put(l)
}

// forget has the next exchange take another line.
func (k *kept) forget(l *line) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == l {
		k.current = nil
	}
}

// put gives a line back. Its last user closes it when it is forgotten, otherwise
// has it closed when nobody takes it for a while.
func (k *kept) put(l *line) {
	k.mu.Lock()
	l.users--
	over := l.users == 0 && k.current != l
	if l.users == 0 && !over {
		l.rest = time.AfterFunc(restAfter, func() { k.hangUp(l) })
	}
	k.mu.Unlock()
	if over && l.link != nil {
		l.link.close()
	}
}

// hangUp closes a line that nobody uses.
func (k *kept) hangUp(l *line) {
	k.mu.Lock()
	over := l.users == 0 && k.current == l
	if over {
		k.current = nil
	}
	k.mu.Unlock()
	if over {
		l.link.close()
	}
}
