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
	tcpBuffer       = 4096            // octets, each way; answers are flushed beyond it
)

// A tcpConn answers the queries of one connection in the order in which
// answers come (RFC 7766 section 6.2.1.1).
type tcpConn struct {
	net.Conn
	client  netip.Addr
	reader  *bufio.Reader
	waiting chan struct{} // holds one token for each query under way
	stopped atomic.Bool   // no further query is to be read

	flushing  sync.Mutex  // held while something is written to the connection
	spare     []byte      // flushing
	failed    bool        // flushing
	scheduled atomic.Bool // a goroutine is about to flush

	mu      sync.Mutex
	answers []byte // mu; framed, yet to be written
}

func newTCPConn(c net.Conn) *tcpConn {
	client := netip.Addr{}
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		client = a.AddrPort().Addr().Unmap()
	}
	return &tcpConn{Conn: c, client: client, reader: bufio.NewReaderSize(c, tcpBuffer), waiting: make(chan struct{}, tcpPipeline)}
}

// readTCP serves a connection until its end. Answers are flushed when no
// further query has come yet.
func (r *Resolver) readTCP(c *tcpConn) {
	lane := r.counters.Lane()
	defer lane.Close()
	for unwritten := 0; ; {
		if c.reader.Buffered() == 0 || unwritten > tcpBuffer {
			c.flush()
			unwritten = 0
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
		unwritten += len(q.out)
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

// write leaves the answer for the next flush. It does not wait.
func (c *tcpConn) write(q *Query) {
	if len(q.out) > 0 {
		c.mu.Lock()
		c.answers = binary.BigEndian.AppendUint16(c.answers, uint16(len(q.out)))
		c.answers = append(c.answers, q.out...)
		c.mu.Unlock()
	}
	<-c.waiting
}

// flush writes the answers so far, once those before are written.
func (c *tcpConn) flush() {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	c.scheduled.Store(false)
	c.mu.Lock()
	answers := c.answers
	c.answers = c.spare[:0]
	c.mu.Unlock()
	c.spare = answers
	if len(answers) == 0 || c.failed {
		return
	}
	err := c.SetWriteDeadline(time.Now().Add(tcpWriteTimeout))
	if err == nil {
		_, err = c.Write(answers)
	}
	c.failed = err != nil
}

// close waits for the answers to all that was read, then closes.
func (c *tcpConn) close() {
	for range cap(c.waiting) {
		c.waiting <- struct{}{}
	}
	c.flush()
	c.Conn.Close()
}

// parkedTCP has each answer flushed, as its reader may be waiting, and does not
// wait for that: whoever brings the answer has others to bring.
type parkedTCP tcpConn

func (p *parkedTCP) parked() conn { return p }

func (p *parkedTCP) write(q *Query) {
	c := (*tcpConn)(p)
	c.write(q)
	if c.scheduled.CompareAndSwap(false, true) {
		go c.flush()
	}
}
