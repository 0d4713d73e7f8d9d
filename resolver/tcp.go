package resolver

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"lachan/metrics"
)

// Limits of one connection.
const (
	tcpPipeline     = 64              // queries under way; reading pauses beyond it
	tcpWriteTimeout = 2 * time.Second // a client that takes no answers is let go
	tcpBuffer       = 4096            // octets, each way; answers are flushed beyond it
)

// A tcpConn answers the queries of one connection in the order in which
// answers come (RFC 7766 section 6.2.1.1).
type tcpConn struct {
	net.Conn // the guest, or TLS over it
	guest    *guest
	origin   origin
	readers  *sync.Pool    // of *bufio.Reader
	reader   *bufio.Reader // nil while a plain connection is silent
	silence  *silence      // nil where there is more than the socket to read from
	waiting  chan struct{} // holds one token for each query under way

	flushing  sync.Mutex  // held while something is written to the connection
	spare     []byte      // flushing
	failed    bool        // flushing
	scheduled atomic.Bool // a goroutine is about to flush

	mu      sync.Mutex
	answers []byte // mu; framed, yet to be written
}

// readPlain serves a connection of DNS over TCP.
func (r *Resolver) readPlain(_ *tcpListener, g *guest) {
	c := r.newTCPConn(g, g, origin{transport: metrics.TransportTCP, client: g.client})
	if g.Conn == g.socket {
		c.silence = silenceOf(g.socket)
	}
	r.readStream(c)
}

func (r *Resolver) newTCPConn(c net.Conn, g *guest, from origin) *tcpConn {
	return &tcpConn{
		Conn: c, guest: g, origin: from,
		readers: &r.readers, reader: newReader(&r.readers, c), waiting: make(chan struct{}, tcpPipeline),
	}
}

// newReader takes a reader from those that are not used, for a connection.
func newReader(readers *sync.Pool, c io.Reader) *bufio.Reader {
	reader, ok := readers.Get().(*bufio.Reader)
	if !ok {
		return bufio.NewReaderSize(c, tcpBuffer)
	}
	reader.Reset(c)
	return reader
}

// putReader gives back what newReader gave.
func (c *tcpConn) putReader() {
	c.reader.Reset(nil)
	c.readers.Put(c.reader)
	c.reader = nil
}

// await waits until the client sends something, or its end. A silent connection
// holds no query meanwhile, and a plain one no buffer, as there may be thousands.
func (c *tcpConn) await() bool {
	switch {
	case c.reader.Buffered() > 0:
		return true
	case c.silence == nil:
		_, err := c.reader.Peek(1)
		return err == nil
	}
	c.putReader()
	err := c.silence.wait()
	c.reader = newReader(c.readers, c)
	return err == nil
}

// readStream serves a connection until its end, and closes it. Answers are
// flushed when no further query has come yet.
func (r *Resolver) readStream(c *tcpConn) {
	lane := r.streams.lane()
	defer c.close()
	for unwritten := 0; ; {
		if c.reader.Buffered() == 0 || unwritten > tcpBuffer {
			c.flush()
			if unwritten > tcpBuffer/4 {
				runtime.Gosched() // those who ask much wait for those who ask little
			}
			unwritten = 0
			if r.overdue(c.guest) || !c.guest.listen(r.patience()) || !c.await() {
				return
			}
		}
		q := r.lease()
		if !c.read(q) {
			r.queries.Put(q)
			return
		}
		c.waiting <- struct{}{}
		q.origin, q.to, q.recent, q.starts = c.origin, c, nil, nil
		q.begin(r.world.Load(), r.clock())
		if !r.serve(q) {
			continue
		}
		r.finish(q, r.clock(), lane)
		unwritten += len(q.out)
		r.queries.Put(q)
	}
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

func (c *tcpConn) async() responseWriter { return (*asyncTCP)(c) }

// write copies the answer and leaves it for the next flush. It does not wait.
func (c *tcpConn) write(q *Query) {
	c.mu.Lock()
	c.answers = binary.BigEndian.AppendUint16(c.answers, uint16(len(q.out)))
	c.answers = append(c.answers, q.out...)
	c.mu.Unlock()
	<-c.waiting
}

func (c *tcpConn) drop(*Query) { <-c.waiting }

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
	c.putReader()
	c.flush()
	if c.guest.stopped.Load() != 0 {
		c.guest.partFrom(c.Conn)
	}
	c.Conn.Close()
}

// asyncTCP does not wait until answers are flushed: its callers have answers for
// others too.
type asyncTCP tcpConn

func (a *asyncTCP) async() responseWriter { return a }

func (a *asyncTCP) write(q *Query) { (*tcpConn)(a).write(q) }

func (a *asyncTCP) drop(q *Query) { (*tcpConn)(a).drop(q) }

func (a *asyncTCP) flush() {
	if c := (*tcpConn)(a); c.scheduled.CompareAndSwap(false, true) {
		go c.flush()
	}
}
