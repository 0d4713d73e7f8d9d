//go:build !linux

package resolver

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"lachan/internal/eventloop"
	"lachan/resolver/listen"
)

// Where the system is not Linux a batch is one packet, and answers leave from
// the address the system chooses.

type packet struct{ from netip.AddrPort }

type udpSocket struct {
	addr    netip.AddrPort
	conn    *net.UDPConn
	stopped atomic.Bool
	reading sync.WaitGroup
	waiting sync.WaitGroup // queries that were read here and wait for an upstream
}

// newUDPSocket makes one of a copy of a socket.
func newUDPSocket(socket listen.Socket, addr netip.AddrPort) (*udpSocket, error) {
	conn, err := net.FilePacketConn(socket.File)
	if err != nil {
		return nil, err
	}
	udp, ok := conn.(*net.UDPConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a socket of kind %T", conn), conn.Close())
	}
	return &udpSocket{addr: addr, conn: udp}, nil
}

func (s *udpSocket) receive(batch []*Query) (int, error) {
	q := batch[0]
	n, from, err := s.conn.ReadFromUDPAddrPort(q.in[:])
	if err != nil {
		return 0, err
	}
	q.message, q.packet.from, q.client = q.in[:n], from, from.Addr().Unmap().WithZone("")
	return 1, nil
}

func (s *udpSocket) flush() {}

func (s *udpSocket) drop(*Query) {}

func (s *udpSocket) async() responseWriter {
	s.waiting.Add(1)
	return (*lateWriter)(s)
}

// A lateWriter takes the replies to queries that waited for an upstream. Each of
// them is written once.
type lateWriter udpSocket

func (c *lateWriter) async() responseWriter { return c }
func (c *lateWriter) flush()                {}
func (c *lateWriter) drop(*Query)           { c.waiting.Done() }

func (c *lateWriter) write(q *Query) {
	defer c.waiting.Done()
	(*udpSocket)(c).write(q)
}

// write sends one answer. One that the system does not take is lost, as any
// packet may be.
func (s *udpSocket) write(q *Query) {
	_, _ = s.conn.WriteToUDPAddrPort(q.out, q.packet.from)
}

// start lets w answer until stopReading.
func (s *udpSocket) start(w *udpWorker, _ *eventloop.Loops, _ int) error {
	s.reading.Go(func() {
		defer w.close()
		for {
			if err := w.answer(); err != nil {
				if !s.stopped.Load() {
					w.log.Error("read from socket", "address", s.addr, "error", err)
				}
				return
			}
		}
	})
	return nil
}

// stopReading ends what start began. The socket stays open for the answers to
// what waits.
func (s *udpSocket) stopReading() error {
	s.stopped.Store(true)
	if err := s.conn.SetReadDeadline(time.Unix(1, 0)); err != nil {
		return fmt.Errorf("stop reading from %s: %w", s.addr, err)
	}
	s.reading.Wait()
	return nil
}

func (s *udpSocket) close() error { return errors.Join(s.stopReading(), s.conn.Close()) }
