package stream

import (
	"context"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// dohUnidirectional is how many streams in one direction a client of HTTP/3 may
// open: control and the two of header compression, and some that are to be
// ignored (RFC 9114 section 6.2).
const dohUnidirectional = 8

// An http3Conn is a connection of HTTP/3.
type http3Conn struct {
	*quic.Conn
	dismiss context.CancelFunc // answers what was asked and ends it
	idle    *time.Timer        // ends it when no request was answered for http3Patience
}

// http3Patience is how long a connection may be open without a request that was
// answered: streams that are opened and never used hold memory, and quic-go takes a
// connection that has some for one that is in use.
func (d *DoH) http3Patience() time.Duration { return d.tcp.IdleTimeout + dohAnswerTimeout }

// runQUIC serves HTTP/3 until Stop, and returns when what was
// asked is answered, or late.
func (d *DoH) runQUIC() {
	var live sync.WaitGroup
	defer live.Wait()
	for {
		c, err := d.quic.accept(d.stopping, func(c *quic.Conn) {
			_ = c.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "") // or it has ended
		})
		if err != nil {
			return
		}
		live.Go(func() { d.serveQUIC(c) })
	}
}

// serveQUIC serves a connection until its end. It has a server of its own, which
// is what can be shut down.
func (d *DoH) serveQUIC(c *quic.Conn) {
	ctx, dismiss := d.quic.lifetime(d.stopping)
	defer dismiss()
	idle := time.AfterFunc(d.http3Patience(), func() {
		_ = c.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "") // an error means that it has ended
	})
	defer idle.Stop()
	server := &http3.Server{
		Handler: d, MaxHeaderBytes: dohHeaderBytes, IdleTimeout: d.tcp.IdleTimeout,
		ConnContext: func(ctx context.Context, _ *quic.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, &http3Conn{c, dismiss, idle})
		},
	}
	var ending sync.WaitGroup
	defer ending.Wait()
	ended := make(chan struct{})
	defer close(ended)
	ending.Go(func() {
		select {
		case <-ended:
			return
		case <-ctx.Done():
		}
		late, cancel := context.WithTimeout(context.Background(), dohWriteTimeout)
		defer cancel()
		_ = server.Shutdown(late) // clients that stay are sent away
	})
	_ = server.ServeQUICConn(c) // how it has ended is the client's business
}
