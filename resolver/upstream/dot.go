package upstream

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// writeWithin bounds one write, after which a server that does not read is
	// given up.
	writeWithin = 5 * time.Second
	// maxUnsent bounds what waits for a server that does not read.
	maxUnsent = 1 << 20
	// maxOnOne bounds the exchanges of one connection, so that an ID that is free
	// is found at once.
	maxOnOne = 1 << 15
)

// dialTLS opens a connection of DNS over TLS (RFC 7858).
func dialTLS(ctx context.Context, addr netip.AddrPort, config *tls.Config) (link, error) {
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", addr.String())
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
	conn net.Conn
	more chan struct{} // something is to be sent
	done chan struct{} // closed when err is there

	mu      sync.Mutex
	waiting map[uint16]chan<- []byte // mu; by ID
	unsent  []byte                   // mu
	err     error                    // mu; what ended it
}

var (
	errBusy  = errors.New("the server does not keep up")
	errFrame = errors.New("the server sent less than a message")
	errEnded = errors.New("the connection was closed")
)

// exchange implements link.
func (p *pipeline) exchange(ctx context.Context, query, _ []byte) ([]byte, error) {
	came := make(chan []byte, 1)
	sent, err := p.send(query, came)
	if err != nil {
		return nil, err
	}
	defer p.withdraw(binary.BigEndian.Uint16(sent), came)
	select {
	case reply := <-came:
		return accept(sent, query, reply)
	case <-p.done:
		return nil, p.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// send hands a copy of the query with an ID of its own to the writer.
func (p *pipeline) send(query []byte, came chan<- []byte) (sent []byte, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return nil, p.err
	}
	if len(p.waiting) >= maxOnOne || len(p.unsent) > maxUnsent {
		return nil, errBusy
	}
	sent = append(sent, query...)
	for taken := true; taken; {
		_, _ = rand.Read(sent[:2]) // documented to fill the slice or end the program
		_, taken = p.waiting[binary.BigEndian.Uint16(sent)]
	}
	p.waiting[binary.BigEndian.Uint16(sent)] = came
	p.unsent = binary.BigEndian.AppendUint16(p.unsent, uint16(len(sent)))
	p.unsent = append(p.unsent, sent...)
	select {
	case p.more <- struct{}{}:
	default: // the writer has not begun to look
	}
	return sent, nil
}

// withdraw ends the wait for a reply, which may still come.
func (p *pipeline) withdraw(id uint16, came chan<- []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting[id] == came { // otherwise the ID may be another's by now
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
		if len(reply) < headerSize {
			p.end(errFrame)
			return
		}
		p.mu.Lock()
		id := binary.BigEndian.Uint16(reply)
		came := p.waiting[id]
		delete(p.waiting, id)
		p.mu.Unlock()
		if came != nil { // otherwise nobody waits for it any more
			came <- reply
		}
	}
}

// write sends what is to be sent until the connection ends.
func (p *pipeline) write() {
	var sending []byte
	for {
		select {
		case <-p.done:
			return
		case <-p.more:
		}
		p.mu.Lock()
		sending, p.unsent = p.unsent, sending[:0]
		p.mu.Unlock()
		if err := p.writeEach(sending); err != nil {
			p.end(err)
			return
		}
	}
}

// writeEach sends messages with their frames, each in a TLS record of its own:
// of several in one record, servers have been seen to read the first and to wait
// for more before they look at the others.
func (p *pipeline) writeEach(messages []byte) error {
	_ = p.conn.SetWriteDeadline(time.Now().Add(writeWithin)) // fails only when closed, as does the write
	for len(messages) > 0 {
		n := 2 + int(binary.BigEndian.Uint16(messages))
		if _, err := p.conn.Write(messages[:n]); err != nil {
			return err
		}
		messages = messages[n:]
	}
	return nil
}

// end tells all who wait what ended the connection, and closes it.
func (p *pipeline) end(err error) {
	p.mu.Lock()
	if p.err == nil {
		p.err = err
		close(p.done)
	}
	p.mu.Unlock()
	_ = p.conn.Close() // nothing is lost by an error
}

// close implements link.
func (p *pipeline) close() { p.end(errEnded) }
