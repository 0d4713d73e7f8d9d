package test

import (
	"bytes"
	"context"
	"net"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
)

// This file has what attackers do with connections: many of them, half of them, and
// such as read nothing or write slowly.

// occupy keeps as many connections open until ctx is done, saying the same on
// each; those that are closed are opened again.
func (s *siege) occupy(ctx context.Context, addr string, count int, say []byte) {
	const pause = 100 * time.Millisecond // who is turned away tries again after it
	way := s.plain(addr)
	for i := range count {
		s.laid.Go(func() {
			for ctx.Err() == nil {
				s.tries.Add(1)
				if c, err := way(ctx, i); err == nil {
					stop := context.AfterFunc(ctx, func() { c.Close() })
					_, _ = c.Write(say)            // who is turned away cannot
					_, _ = c.Read(make([]byte, 1)) // until it is closed
					stop()
					c.Close()
				}
				select {
				case <-ctx.Done():
				case <-time.After(pause):
				}
			}
		})
	}
}

// initials begin handshakes of QUIC and hear nothing of the replies.
func (s *siege) initials(ctx context.Context, addr, alpn string, count int) {
	to, err := net.ResolveUDPAddr("udp4", addr)
	if err != nil {
		panic(err) // the address is the test's
	}
	for from := range besiegers {
		socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 66, 0, byte(1+from))})
		if err != nil {
			panic(err)
		}
		ears := make(chan struct{})
		transport := &quic.Transport{Conn: &deaf{socket, ears, sync.OnceFunc(func() { close(ears) })}}
		s.laid.Go(func() {
			defer transport.Close()
			defer transport.Conn.Close() // first, as the transport waits for its reader
			var live sync.WaitGroup
			defer live.Wait()
			for range count / besiegers {
				s.tries.Add(1)
				live.Go(func() {
					c, err := transport.Dial(ctx, to, unchecked(alpn), nil)
					if err == nil {
						panic("a deaf client has a connection to " + c.RemoteAddr().String())
					}
				})
			}
		})
	}
}

// deaf is a socket that hears nothing.
type deaf struct {
	net.PacketConn
	closed <-chan struct{}
	close  func()
}

func (d *deaf) ReadFrom([]byte) (int, net.Addr, error) {
	<-d.closed
	return 0, nil, net.ErrClosed
}

func (d *deaf) Close() error {
	d.close()
	return d.PacketConn.Close()
}

// unread asks as fast as it can and reads nothing.
func (s *siege) unread(ctx context.Context, way road) {
	many := bytes.Repeat(framed(), 1000)
	for from := range 20 {
		s.laid.Go(func() {
			for ctx.Err() == nil {
				c, err := way(ctx, from)
				if err != nil {
					continue
				}
				stop := context.AfterFunc(ctx, func() { c.Close() })
				for err == nil && ctx.Err() == nil {
					_, err = c.Write(many)
					s.tries.Add(1)
				}
				stop()
				c.Close()
			}
		})
	}
}

// octets says something octet by octet, again and again, on many connections.
func (s *siege) octets(ctx context.Context, way road, say []byte) {
	const pause = 100 * time.Millisecond
	for from := range 100 {
		s.laid.Go(func() {
			tick := time.NewTicker(pause)
			defer tick.Stop()
			c, err := way(ctx, from)
			if err != nil {
				return // it was turned away
			}
			defer c.Close()
			for i := 0; ctx.Err() == nil; i++ {
				_, _ = c.Write(say[i%len(say) : i%len(say)+1]) // who is let go cannot
				s.tries.Add(1)
				<-tick.C
			}
		})
	}
}
