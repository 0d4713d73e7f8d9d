package resolver

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"lachan/metrics"
)

// A tcpListener accepts connections and knows the open ones.
type tcpListener struct {
	addr netip.AddrPort
	*net.TCPListener

	mu   sync.Mutex
	open map[*tcpConn]bool // mu; nil once stopped
}

func listenTCP(addr netip.AddrPort) (*tcpListener, error) {
	network := "tcp4"
	if addr.Addr().Is6() {
		network = "tcp6"
	}
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), network, addr.String())
	if err != nil {
		return nil, err
	}
	bound := l.Addr().(*net.TCPAddr).AddrPort()
	return &tcpListener{
		addr: netip.AddrPortFrom(addr.Addr(), bound.Port()), TCPListener: l.(*net.TCPListener), open: map[*tcpConn]bool{},
	}, nil
}

// acceptTCP serves connections until the listener is stopped, and returns when
// all of them have ended.
func (r *Resolver) acceptTCP(l *tcpListener) {
	var live sync.WaitGroup
	defer live.Wait()
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, most likely: let some end
			r.log.Warn("accept connection", "address", l.addr, "error", err)
			time.Sleep(acceptPause)
			continue
		}
		if int(r.tcpOpen.Add(1)) > r.world.Load().settings.TCPConnections {
			r.tcpOpen.Add(-1)
			c.Close()
			continue
		}
		conn := newTCPConn(c)
		live.Go(func() {
			defer r.tcpOpen.Add(-1)
			if l.add(conn) {
				r.readTCP(conn)
				l.remove(conn)
			}
			conn.close()
		})
	}
}

const acceptPause = 10 * time.Millisecond

func (l *tcpListener) add(c *tcpConn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		return false
	}
	l.open[c] = true
	return true
}

func (l *tcpListener) remove(c *tcpConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
}

// stop accepts and reads no more. Connections end when what was read from them
// is answered.
func (l *tcpListener) stop() error {
	err := l.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		c.stopped.Store(true) // first, so that the reader sets no later deadline unseen
		err = errors.Join(err, c.SetReadDeadline(time.Unix(1, 0)))
	}
	l.open = nil
	return err
}

// Limits of one connection.
const (
	tcpPipeline     = 64              // queries under way; reading pauses beyond it
	tcpWriteTimeout = 2 * time.Second // a client that takes no answers is let go
	tcpBuffer       = 4096            // octets, each way
)

// A tcpConn answers the queries of one connection in the order in which
// answers come (RFC 7766 section 6.2.1.1).
type tcpConn struct {
	net.Conn
	client  netip.Addr
	reader  *bufio.Reader
	waiting chan struct{} // holds one token for each query under way
	stopped atomic.Bool   // no further query is to be read

	mu     sync.Mutex
	writer *bufio.Writer // mu
	failed bool          // mu
}

func newTCPConn(c net.Conn) *tcpConn {
	client := netip.Addr{}
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		client = a.AddrPort().Addr().Unmap()
	}
	return &tcpConn{
		Conn: c, client: client, reader: bufio.NewReaderSize(c, tcpBuffer),
		writer: bufio.NewWriterSize(c, tcpBuffer), waiting: make(chan struct{}, tcpPipeline),
	}
}

// readTCP serves a connection until its end. Answers are flushed when no
// further query has come yet.
func (r *Resolver) readTCP(c *tcpConn) {
	lane := r.counters.Lane()
	defer lane.Close()
	for {
		if c.reader.Buffered() == 0 {
			c.flush()
			if c.SetReadDeadline(time.Now().Add(r.idle())) != nil || c.stopped.Load() {
				return
			}
		}
		q := r.lease()
		if !c.read(q) {
			r.queries.Put(q)
			return
		}
		c.waiting <- struct{}{}
		q.transport, q.conn, q.recent, q.client = metrics.TransportTCP, c, nil, c.client
		q.begin(r.world.Load(), r.clock())
		if !r.serve(q) {
			continue
		}
		q.now = r.clock()
		r.finish(q, lane)
		r.queries.Put(q)
	}
}

// idle is how long a connection may be silent: less when few more fit.
func (r *Resolver) idle() time.Duration {
	s := r.world.Load().settings
	if int(r.tcpOpen.Load()) > s.TCPConnections*3/4 {
		return s.TCPIdle / 10
	}
	return s.TCPIdle
}

// read reads one message (RFC 1035 section 4.2.2).
func (c *tcpConn) read(q *Query) bool {
	var length [2]byte
	if _, err := io.ReadFull(c.reader, length[:]); err != nil {
		return false
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	q.message = q.in[:min(n, len(q.in))]
	if n > len(q.in) {
		q.message = make([]byte, n)
	}
	_, err := io.ReadFull(c.reader, q.message)
	return err == nil
}

func (c *tcpConn) parked() conn { return (*parkedTCP)(c) }

func (c *tcpConn) write(q *Query) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { <-c.waiting }()
	if c.failed || len(q.out) == 0 {
		return
	}
	var length [2]byte
	binary.BigEndian.PutUint16(length[:], uint16(len(q.out)))
	err := c.SetWriteDeadline(time.Now().Add(tcpWriteTimeout))
	if err == nil {
		_, err = c.writer.Write(length[:])
	}
	if err == nil {
		_, err = c.writer.Write(q.out)
	}
	c.failed = err != nil
}

func (c *tcpConn) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.failed && c.writer.Buffered() > 0 {
		c.failed = c.SetWriteDeadline(time.Now().Add(tcpWriteTimeout)) != nil || c.writer.Flush() != nil
	}
}

// close waits for the answers to all that was read, then closes.
func (c *tcpConn) close() {
	for range cap(c.waiting) {
		c.waiting <- struct{}{}
	}
	c.flush()
	c.Conn.Close()
}

// parkedTCP flushes each answer, as its reader may be waiting.
type parkedTCP tcpConn

func (p *parkedTCP) parked() conn { return p }

func (p *parkedTCP) write(q *Query) {
	c := (*tcpConn)(p)
	c.write(q)
	c.flush()
}
