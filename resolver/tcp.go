package resolver

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"io"
	"math"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"lachan/internal/eventloop"
	"lachan/metrics"
	"lachan/resolver/clientconn"
)

// Limits of one connection.
const (
	tcpPipeline     = 64              // queries under way; reading pauses beyond it
	tcpWriteTimeout = 2 * time.Second // a client that takes no answers is let go
	tcpBuffer       = 4096            // bytes, each way; answers are flushed beyond it
	tcpUnwritten    = 1 << 20         // bytes of answers that may wait for the client; beyond it the connection ends
	tcpSpare        = 16 << 10        // bytes that a buffer may have that is kept for the next answers
)

// A tcpConn answers the queries of one connection in the order in which
// answers come (RFC 7766 section 6.2.1.1).
type tcpConn struct {
	net.Conn // the client's, or TLS over it
	client   *clientconn.Conn
	limiter  *clientconn.Limiter
	origin   origin
	readers  *sync.Pool           // of *bufio.Reader
	reader   *bufio.Reader        // nil while a plain connection is idle
	idle     *clientconn.IdleWait // nil if there is more than the socket to read from
	waiting  chan struct{}        // holds one token for each query under way, until its answer is written

	flushing  sync.Mutex  // held while something is written to the connection
	spare     []byte      // flushing
	scheduled atomic.Bool // a goroutine is about to flush

	mu       sync.Mutex
	answers  []byte // mu; framed, yet to be written
	answered int    // mu; how many they are
	room     int    // mu; bytes that the limiter holds for answers, those that are being written too
	failed   bool   // mu; the client takes no answers any more
}

// A streamServer serves connections of DNS over TCP and over TLS.
type streamServer struct {
	*route
	limiter *clientconn.Limiter
	shards  *shardPicker
	readers sync.Pool // of *bufio.Reader
}

func newStreamServer(r *route, limiter *clientconn.Limiter) *streamServer {
	return &streamServer{route: r, limiter: limiter, shards: newShardPicker(r.counters)}
}

// servePlain serves a connection of DNS over TCP.
func (s *streamServer) servePlain(client *clientconn.Conn) {
	c := s.newTCPConn(client, client, origin{transport: metrics.TransportTCP, client: client.Client()})
	if socket := client.Plain(); socket != nil {
		c.idle = clientconn.NewIdleWait(socket)
	}
	s.readStream(c)
}

// serveDoT serves a connection of DNS over TLS (RFC 7858): streams of messages as
// over TCP.
func (s *streamServer) serveDoT(client *clientconn.Conn, config *tls.Config) {
	c, ok := client.Handshake(config)
	if !ok {
		client.Close()
		return
	}
	s.readStream(s.newTCPConn(c, client, origin{
		transport: metrics.TransportDoT, client: client.Client(),
		id: s.snapshot.Load().streams.IDOf(c.ConnectionState().ServerName),
	}))
}

func (s *streamServer) newTCPConn(c net.Conn, client *clientconn.Conn, from origin) *tcpConn {
	return &tcpConn{
		Conn: c, client: client, limiter: s.limiter, origin: from,
		readers: &s.readers, reader: newReader(&s.readers, c), waiting: make(chan struct{}, tcpPipeline),
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

// await waits until the client sends something. It is not ok if the client has
// ended. An idle connection holds no query meanwhile, and a plain one no buffer, as
// there may be thousands.
func (c *tcpConn) await() (ok bool) {
	switch {
	case c.reader.Buffered() > 0:
		return true
	case c.idle == nil:
		_, err := c.reader.Peek(1)
		return err == nil
	}
	c.putReader()
	err := c.idle.Wait()
	c.reader = newReader(c.readers, c)
	return err == nil
}

// hasMessage reports whether a whole message has come: reading it waits for nobody.
func (c *tcpConn) hasMessage() bool {
	if c.reader.Buffered() < 2 {
		return false
	}
	length, _ := c.reader.Peek(2) // it is there
	return c.reader.Buffered() >= 2+int(binary.BigEndian.Uint16(length))
}

// readStream serves a connection until its end, and closes it. Answers are
// flushed when no further query has come yet, as a whole: the rest of one may be long in
// coming.
func (s *streamServer) readStream(c *tcpConn) {
	shard := s.shards.shard()
	defer c.close()
	for unwritten := 0; ; {
		if !c.hasMessage() || unwritten > tcpBuffer {
			c.flush()
			if unwritten > tcpBuffer/4 {
				runtime.Gosched() // a client that asks much waits for those that ask little
			}
			unwritten = 0
			if s.limiter.Overdue(c.client) || !c.client.MayRead(s.limiter.Idle()) || !c.await() {
				return
			}
		}
		q := s.lease()
		if !c.read(q) {
			s.queries.Put(q)
			return
		}
		c.enter()
		q.origin, q.to, q.hot, q.starts, q.inspections = c.origin, c, nil, nil, nil
		q.begin(s.snapshot.Load(), s.clock())
		if !s.serve(q) {
			continue
		}
		s.finish(q, s.clock(), shard)
		unwritten += len(q.out)
		s.recycle(q)
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

// enter takes a token for a query, once the answers that hold the last are written.
func (c *tcpConn) enter() {
	select {
	case c.waiting <- struct{}{}:
	default:
		c.flush()
		c.waiting <- struct{}{}
	}
}

// leave gives back the tokens of n queries.
func (c *tcpConn) leave(n int) {
	for range n {
		<-c.waiting
	}
}

// write copies the answer and leaves it for the next flush. It does not wait. A
// client for whose answers there is no room is let go.
func (c *tcpConn) write(q *Query) {
	n := 2 + len(q.out)
	c.mu.Lock()
	if !c.failed && (len(q.out) > math.MaxUint16 || c.room+n > tcpUnwritten || !c.limiter.Hold(n, c.room+n)) {
		c.fail()
	}
	if c.failed {
		c.mu.Unlock()
		c.leave(1)
		return
	}
	c.room += n
	c.answered++
	c.answers = binary.BigEndian.AppendUint16(c.answers, uint16(len(q.out)))
	c.answers = append(c.answers, q.out...)
	c.mu.Unlock()
}

// fail ends the connection for its reader. c.mu is held.
func (c *tcpConn) fail() {
	c.failed = true
	_ = c.client.Close() // the client is gone, or as good as gone
}

func (c *tcpConn) drop(*Query) { c.leave(1) }

// flush writes the answers so far, once those before are written.
func (c *tcpConn) flush() {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	c.scheduled.Store(false)
	c.mu.Lock()
	answers, answered, failed := c.answers, c.answered, c.failed
	c.answers, c.answered = c.spare[:0], 0
	c.mu.Unlock()
	if c.spare = answers; cap(answers) > tcpSpare {
		c.spare = nil
	}
	if len(answers) == 0 {
		return
	}
	if !failed {
		err := c.SetWriteDeadline(time.Now().Add(tcpWriteTimeout))
		if err == nil {
			_, err = c.Write(answers)
		}
		failed = err != nil
	}
	c.limiter.Release(len(answers))
	c.mu.Lock()
	c.room -= len(answers)
	if failed && !c.failed {
		c.fail()
	}
	c.mu.Unlock()
	c.leave(answered)
}

// close waits for the answers to all that was read, then closes.
func (c *tcpConn) close() {
	for range cap(c.waiting) {
		c.enter()
	}
	c.putReader()
	if c.client.Stopped() {
		c.client.CloseWrite(c.Conn)
	}
	c.Conn.Close()
}

// asyncTCP does not wait until answers are flushed: its callers have answers for
// others too.
type asyncTCP tcpConn

func (a *asyncTCP) async() responseWriter { return a }

// write lets go of a long reply that was copied: those of many are written before the
// first of them is flushed.
func (a *asyncTCP) write(q *Query) {
	(*tcpConn)(a).write(q)
	q.shrink()
}

func (a *asyncTCP) drop(q *Query) { (*tcpConn)(a).drop(q) }

func (a *asyncTCP) flush() {
	if c := (*tcpConn)(a); c.scheduled.CompareAndSwap(false, true) {
		go c.flush()
	}
}

// A shardPicker has what the readers of connections count in: one shard for each
// CPU, shared by all connections.
type shardPicker struct {
	shards []*metrics.Shard
	next   atomic.Uint32
}

func newShardPicker(c *metrics.Counters) *shardPicker {
	s := &shardPicker{shards: make([]*metrics.Shard, eventloop.Count)}
	for i := range s.shards {
		s.shards[i] = c.Shard()
	}
	return s
}

// shard is the next one in turn.
func (s *shardPicker) shard() *metrics.Shard {
	return s.shards[int(s.next.Add(1)%uint32(len(s.shards)))]
}
