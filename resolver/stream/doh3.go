package stream

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"lachan/resolver/clientconn"
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
	d.quic.serve(d.stopping, endHTTP3, d.serveQUIC)
}

// endHTTP3 ends a connection as one without a mistake ends, if it has not ended.
func endHTTP3(c *quic.Conn) {
	_ = c.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "") // an error means that it has
}

// serveQUIC serves a connection until its end. It has a server of its own, which
// is what can be shut down.
func (d *DoH) serveQUIC(c *quic.Conn) {
	ctx, dismiss := d.quic.lifetime(d.stopping)
	defer dismiss()
	idle := time.AfterFunc(d.http3Patience(), func() { endHTTP3(c) })
	defer idle.Stop()
	var asked atomic.Int64 // requests under way
	server := &http3.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			defer asked.Add(-1)
			d.ServeHTTP(w, r)
		}), MaxHeaderBytes: dohHeaderBytes, IdleTimeout: d.tcp.IdleTimeout,
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
		// The client is told to ask no more. One that stays all the same is sent away
		// when it has its answers.
		soon, cancel := context.WithTimeout(context.Background(), dohWriteTimeout)
		defer cancel()
		ending.Go(func() {
			defer cancel()
			for wait := clientconn.Linger; soon.Err() == nil; wait = clientconn.Linger / 10 {
				select {
				case <-soon.Done():
				case <-time.After(wait):
				}
				if asked.Load() == 0 {
					return
				}
			}
		})
		_ = server.Shutdown(soon) // what is under way when soon is done gets no answer
		endHTTP3(c)
	})
	_ = server.ServeQUICConn(c) // how it has ended is the client's business
}
