package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"lachan/resolver/upstream/exchange"
)

// This file keeps a connection to a server open between exchanges.

const (
	// connectTimeout bounds connecting, the TLS handshake and the look-up of a name
	// included. Connecting goes on when the exchange that began it has ended, since
	// the next one needs the connection too.
	connectTimeout = 5 * time.Second
	// idleTimeout: a connection is closed when nothing was asked on it for so long.
	idleTimeout = 30 * time.Second
)

// A transport is an open connection to a server, on which any number of
// exchanges are under way. exchange returns the error of the connection,
// unwrapped; close ends what is under way.
type transport interface {
	exchange(ctx context.Context, query, buf []byte) (reply []byte, err error)
	close()
}

// A PersistentConn asks one server on a connection that is opened when it is
// needed and then kept.
//
// A connection counts as dead if it reports an error, or if no reply came on it
// since an exchange began and half of the exchange's time is over. What was asked
// on it is asked once more on a new one, so that a server that closes
// connections, or a router that forgets them, costs one repetition and no
// failure. Other exchanges on the old connection may still end there.
type PersistentConn struct {
	dialer *dialer

	mu      sync.Mutex
	current *connState // mu; nil if there is none
}

// A connState is a connection that is open or being opened.
type connState struct {
	ready     chan struct{} // closed when transport or err is set
	transport transport
	err       error
	replies   atomic.Uint64

	users     int         // PersistentConn.mu; exchanges, and the goroutine that opens it
	idleTimer *time.Timer // PersistentConn.mu; closes it
}

// Exchange sends query and returns the reply. The query is padded if it ends
// with an OPT record.
func (p *PersistentConn) Exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	if !exchange.Valid(query) {
		return nil, exchange.ErrQuery
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, exchange.Deadline(ctx, time.Now()))
		defer cancel()
	}
	sent := padded(query)
	c, used := p.acquire()
	reply, err := p.ask(ctx, c, used, sent, buf)
	if used && isDead(ctx, err) {
		c, _ = p.acquire()
		reply, err = p.ask(ctx, c, false, sent, buf)
	}
	switch {
	case err == nil:
		copy(reply[:2], query)
		return reply, nil
	case errors.Is(err, exchange.ErrMalformed), errors.Is(err, exchange.ErrMismatch):
		return nil, fmt.Errorf("ask %s: %w", p.dialer, err)
	}
	return nil, exchange.Error(ctx, "ask", p.dialer, err)
}

// isDead reports whether err ended an exchange because of the connection, while
// there is time for another attempt.
func isDead(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil &&
		!errors.Is(err, exchange.ErrMalformed) && !errors.Is(err, exchange.ErrMismatch)
}

// errSilent: no reply came on a connection for too long.
var errSilent = errors.New("the connection is silent")

// ask makes one exchange on a connection that was acquired, and releases it. If
// mayBeDead, it waits for a silent connection only half of its time.
func (p *PersistentConn) ask(ctx context.Context, c *connState, mayBeDead bool, query, buf []byte) ([]byte, error) {
	defer p.release(c)
	select {
	case <-c.ready:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.err != nil {
		return nil, c.err
	}
	attempt, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if end, ok := ctx.Deadline(); ok && mayBeDead {
		before := c.replies.Load()
		defer time.AfterFunc(time.Until(end)/2, func() {
			if c.replies.Load() == before {
				cancel(errSilent)
			}
		}).Stop()
	}
	reply, err := c.transport.exchange(attempt, query, buf)
	if err == nil {
		c.replies.Add(1)
	} else if isDead(ctx, err) {
		p.forget(c)
	}
	return reply, err
}

// acquire returns the connection to ask on, and whether it was open already.
func (p *PersistentConn) acquire() (c *connState, used bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c = p.current
	if c == nil {
		c = &connState{ready: make(chan struct{}), users: 2}
		p.current = c
		go p.connect(c)
		return c, false // however fast it opens
	}
	c.users++
	if c.idleTimer != nil {
		c.idleTimer.Stop()
	}
	select {
	case <-c.ready:
		return c, true
	default:
		return c, false
	}
}

// connect opens the connection, of which it is a user.
func (p *PersistentConn) connect(c *connState) {
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	if c.transport, c.err = p.dialer.dial(ctx); c.err != nil {
		p.forget(c)
	}
	close(c.ready)
	p.release(c)
}

// forget has the next exchange open another connection.
func (p *PersistentConn) forget(c *connState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == c {
		p.current = nil
	}
}

// release ends a use. The last user closes a connection that is forgotten;
// another one is closed when it is idle for idleTimeout.
func (p *PersistentConn) release(c *connState) {
	p.mu.Lock()
	c.users--
	over := c.users == 0 && p.current != c
	if c.users == 0 && !over {
		c.idleTimer = time.AfterFunc(idleTimeout, func() { p.closeIdle(c) })
	}
	p.mu.Unlock()
	if over && c.transport != nil {
		c.transport.close()
	}
}

// closeIdle closes a connection that has no user.
func (p *PersistentConn) closeIdle(c *connState) {
	p.mu.Lock()
	over := c.users == 0 && p.current == c
	if over {
		p.current = nil
	}
	p.mu.Unlock()
	if over {
		c.transport.close()
	}
}
