package stream

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"net/netip"
	"sync"
	"time"

	"lachan/resolver/dnswire"
	"lachan/resolver/upstream/exchange"
)

// This file asks a server over TLS, many exchanges over one connection.

const (
	// writeTimeout bounds one write, after which a server that does not read is
	// given up.
	writeTimeout = 5 * time.Second
	// maxUnsent bounds the bytes that wait for a server that does not read.
	maxUnsent = 1 << 20
	// maxPipelined bounds the exchanges of one connection, so that a free ID is
	// found at once.
	maxPipelined = 1 << 15
)

// NewTLS asks the server by DNS over TLS (RFC 7858). It opens nothing.
func NewTLS(s Server) *PersistentConn {
	return &PersistentConn{dialer: newDialer(s, "dot", dialTLS)}
}

func dialTLS(ctx context.Context, addr netip.AddrPort, config *tls.Config) (transport, error) {
	conn, err := dialSecure(ctx, addr, config)
	if err != nil {
		return nil, err
	}
	p := &pipeline{
		conn:    conn,
		waiting: map[uint16]chan<- []byte{},
		more:    make(chan struct{}, 1),
		done:    make(chan struct{}),
	}
	go p.read()
	go p.write()
	return p, nil
}

// A pipeline is a stream on which messages follow each other in both
// directions, replies in any order (RFC 7766 section 6.2.1.1).
type pipeline struct {
	conn batchConn
	more chan struct{} // something is to be sent
	done chan struct{} // closed when err is set

	mu      sync.Mutex
	waiting map[uint16]chan<- []byte // mu; by ID
	unsent  []byte                   // mu
	err     error                    // mu; what ended it; never changes after done is closed
}

var (
	errBusy  = errors.New("the server does not keep up")
	errFrame = errors.New("the server sent less than a message")
	errEnded = errors.New("the connection was closed")
)

// atOnce is a deadline that is over.
var atOnce = time.Unix(1, 0)

// exchange implements transport.
func (p *pipeline) exchange(ctx context.Context, query, _ []byte) ([]byte, error) {
	replies := make(chan []byte, 1)
	sent, err := p.send(query, replies)
	if err != nil {
		return nil, err
	}
	defer p.withdraw(binary.BigEndian.Uint16(sent), replies)
	select {
	case reply := <-replies:
		return exchange.Accept(sent, query, reply)
	case <-p.done:
		return nil, p.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// send hands a copy of the query, with an ID that is free, to the writer.
func (p *pipeline) send(query []byte, replies chan<- []byte) (sent []byte, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return nil, p.err
	}
	if len(p.waiting) >= maxPipelined || len(p.unsent) > maxUnsent {
		return nil, errBusy
	}
	sent = append(sent, query...)
	for taken := true; taken; {
		_, _ = rand.Read(sent[:2]) // documented to fill the slice or end the program
		_, taken = p.waiting[binary.BigEndian.Uint16(sent)]
	}
	p.waiting[binary.BigEndian.Uint16(sent)] = replies
	p.unsent = binary.BigEndian.AppendUint16(p.unsent, uint16(len(sent)))
	p.unsent = append(p.unsent, sent...)
	select {
	case p.more <- struct{}{}:
	default: // the writer has not yet looked for what is to be sent
	}
	return sent, nil
}

// withdraw ends the wait for a reply, which may still come.
func (p *pipeline) withdraw(id uint16, replies chan<- []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting[id] == replies { // otherwise another exchange may have the ID by now
		delete(p.waiting, id)
	}
}

// read hands out replies until the connection ends.
func (p *pipeline) read() {
	in := bufio.NewReader(p.conn)
	for {
		reply, err := readFramed(in, nil)
		if err != nil {
			p.end(err)
			return
		}
		if len(reply) < dnswire.HeaderSize {
			p.end(errFrame)
			return
		}
		p.mu.Lock()
		id := binary.BigEndian.Uint16(reply)
		replies := p.waiting[id]
		delete(p.waiting, id)
		p.mu.Unlock()
		if replies != nil { // otherwise no exchange waits for it any more
			replies <- reply
		}
	}
}

// write sends messages until the connection ends, and closes it: that may take as long as a write.
func (p *pipeline) write() {
	var sending []byte
	for {
		select {
		case <-p.done:
			_ = p.conn.Close() // nothing is lost by an error
			return
		case <-p.more:
		}
		p.mu.Lock()
		sending, p.unsent = p.unsent, sending[:0]
		p.mu.Unlock()
		if err := p.writeEach(sending); err != nil {
			p.end(err)
		}
	}
}

// writeEach sends messages with their frames, each in a TLS record of its own:
// of several messages in one record, some servers read the first and look at the
// others only when more comes.
func (p *pipeline) writeEach(messages []byte) error {
	_ = p.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) // fails only if closed, as does the write
	for len(messages) > 0 {
		n := 2 + int(binary.BigEndian.Uint16(messages))
		if _, err := p.conn.Write(messages[:n]); err != nil {
			return err
		}
		messages = messages[n:]
	}
	return p.conn.flush()
}

// end tells all exchanges what ended the connection, and has it closed.
func (p *pipeline) end(err error) {
	p.mu.Lock()
	if p.err == nil {
		p.err = err
		close(p.done)
		_ = p.conn.SetWriteDeadline(atOnce) // a write that waits ends
	}
	p.mu.Unlock()
}

// close implements transport.
func (p *pipeline) close() { p.end(errEnded) }
