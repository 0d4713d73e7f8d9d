//go:build linux

package main

import (
	"encoding/binary"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"lachan/bench/mmsg"
)

// This file is one client: its socket, the questions that it has sent, and which of their
// answers have come.

const (
	maxBatch     = 32   // packets of a system call
	slots        = 4096 // questions of a client that can be told apart; a power of two
	maxWindow    = slots / 2
	packetOctets = 2048
	free         = -1
)

// A client is one UDP socket or one TCP connection.
type client struct {
	fd   int
	wire transport
	take func(message []byte) // answered, made once
	next uint16               // the id of the next question
	open int                  // questions without an answer
	lost int64                // questions that got none in time
	sent [slots]time.Duration

	lengths [maxBatch]int // of the messages of one send
}

// A transport carries messages.
type transport interface {
	// room is where message i of the next send is to be written.
	room(i int) []byte
	// send sends n messages of the given lengths and returns how many the
	// system took.
	send(fd int, lengths []int) int
	// receive reads what is there and gives each message to yield.
	receive(fd int, yield func(message []byte))
}

func (g *generator) dial(o options, from netip.Addr) (c *client, err error) {
	c = &client{}
	c.take = func(message []byte) { c.answered(g, message) }
	for i := range c.sent {
		c.sent[i] = free
	}
	if o.tcp {
		c.wire = newStreamTransport()
		c.fd, err = dialTCP(from, o.server)
	} else {
		c.wire = &packets{in: mmsg.NewBatch(maxBatch, packetOctets), out: mmsg.NewBatch(maxBatch, packetOctets)}
		c.fd, err = mmsg.Dial(from, o.server)
	}
	return c, err
}

// ask sends up to n questions and returns how many were sent.
func (c *client) ask(s *stream, n int, now time.Duration) (asked int) {
	for asked < n && !s.done() {
		size, first := 0, s.next
		for size < min(n-asked, maxBatch) && !s.done() {
			room := c.wire.room(size)
			c.lengths[size] = copy(room, s.message())
			binary.BigEndian.PutUint16(room, c.next+uint16(size))
			size++
		}
		took := c.wire.send(c.fd, c.lengths[:size])
		for range took {
			c.forget(int(c.next % slots))
			c.sent[c.next%slots] = now
			c.next++
		}
		c.open += took
		asked += took
		if took < size {
			s.next = first + took // at the end of an order it begins again a little late
			return asked
		}
	}
	return asked
}

// answered takes a message that was received.
func (c *client) answered(g *generator, message []byte) {
	if len(message) < 12 {
		return
	}
	slot := &c.sent[binary.BigEndian.Uint16(message)%slots]
	if *slot == free {
		return // it came after its patience
	}
	g.answered(*slot, message[3]&0xF)
	*slot = free
	c.open--
}

// sweep gives up on questions that have waited too long.
func (c *client) sweep(now time.Duration) {
	if c.open == 0 {
		return
	}
	for i := range c.sent {
		if now-c.sent[i] > patience {
			c.forget(i)
		}
	}
}

// forget gives up on the question in a slot, if there is one.
func (c *client) forget(slot int) {
	if c.sent[slot] != free {
		c.sent[slot] = free
		c.open--
		c.lost++
	}
}

// packets carries messages over UDP.
type packets struct{ in, out *mmsg.Batch }

func (p *packets) room(i int) []byte { return p.out.Room(i) }

func (p *packets) send(fd int, lengths []int) int {
	for i, n := range lengths {
		p.out.SetLength(i, n)
	}
	n, err := p.out.Send(fd, len(lengths))
	if err == unix.ECONNREFUSED { // nobody listens: the first of them is lost
		return 1
	}
	return n
}

func (p *packets) receive(fd int, yield func([]byte)) {
	n, err := p.in.Receive(fd, unix.MSG_DONTWAIT)
	if err != nil {
		return
	}
	for i := range n {
		yield(p.in.Packet(i))
	}
}
