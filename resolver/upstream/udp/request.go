package udp

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"lachan/resolver/upstream/exchange"
)

// A Request is a query under way. Its owner fills in the exported fields, gives
// it to Pool.Start and leaves it alone until Done is called.
type Request struct {
	Query    []byte    // its ID is overwritten; the letters of its name change and are as they were in the end
	Deadline time.Time // when it ends without a reply
	// Done takes the reply, in memory that is used again afterwards, or an error
	// that wraps exchange.ErrTimeout, exchange.ErrNetwork, exchange.ErrMalformed or
	// ErrUseTCP. It is called once, mostly by the goroutine that reads sockets, and
	// must not wait. The tail that it returns, if any, is called after Done was
	// called for all requests that ended at the same time.
	Done func(reply []byte, err error) (tail func())

	canceled atomic.Bool
	resendAt time.Time              // zero once it was sent again
	socket   atomic.Pointer[socket] // nil until it was sent
	spelling
}

// Cancel has the request end at the next sweep, without being sent again. Any
// goroutine may call it, at any time.
func (r *Request) Cancel() { r.canceled.Store(true) }

func (r *Request) setID(id uint16) { binary.BigEndian.PutUint16(r.Query, id) }

// Exchange sends query and waits for its reply, which is part of buf if buf has
// room for it. The query is sent again, with the same ID, at half of the time.
func (p *Pool) Exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	type end struct {
		reply []byte
		err   error
	}
	now := time.Now()
	ended := make(chan end, 1)
	r := &Request{Query: append([]byte(nil), query...), Deadline: exchange.Deadline(ctx, now)}
	r.Done = func(reply []byte, err error) func() {
		ended <- end{append(buf[:0], reply...), err}
		return nil
	}
	p.Start([]*Request{r}, now)
	var e end
	select {
	case e = <-ended:
	case <-ctx.Done():
		if p.cancel(r) {
			return nil, exchange.Error(ctx, "ask", p.server, ctx.Err())
		}
		r.Cancel() // it may be asked again
		if e = <-ended; e.err != nil {
			return nil, exchange.Error(ctx, "ask", p.server, ctx.Err())
		}
	}
	if e.err != nil {
		return nil, p.Error(e.err)
	}
	copy(e.reply, query[:2])
	return e.reply, nil
}

// Error is the error of Exchange for what Done was given.
func (p *Pool) Error(err error) error {
	if errors.Is(err, ErrUseTCP) || errors.Is(err, exchange.ErrNetwork) {
		return err
	}
	return fmt.Errorf("ask %s: %w", p.server, err)
}
