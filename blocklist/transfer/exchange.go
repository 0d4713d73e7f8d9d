package transfer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/miekg/dns"
)

// stallAfter is how long the connection, or the next message, may take.
const stallAfter = 30 * time.Second

// An exchange is one question over a TCP connection of its own, and the
// messages that answer it.
type exchange struct {
	conn     net.Conn
	ctx      context.Context
	release  func() bool // ends that the end of ctx closes conn
	question *dns.Msg
	chain    *chain // nil without a key
	started  bool
}

// ask sends a question. The end of ctx ends the exchange.
func (c *Client) ask(ctx context.Context, q *dns.Msg) (*exchange, error) {
	x := &exchange{ctx: ctx, question: q.Copy()}
	wire, err := x.pack(c.Key, q)
	if err != nil {
		return nil, fmt.Errorf("ask for zone %s: %w", c.Name, err)
	}
	dialing, cancel := context.WithTimeout(ctx, stallAfter)
	defer cancel()
	if x.conn, err = c.Dial(dialing, "tcp", net.JoinHostPort(c.Host, c.Port)); err != nil {
		return nil, x.explain(err)
	}
	x.release = context.AfterFunc(ctx, func() { x.conn.Close() })
	if err := x.send(wire); err != nil {
		x.close()
		return nil, x.explain(err)
	}
	return x, nil
}

func (x *exchange) pack(k *Key, q *dns.Msg) ([]byte, error) {
	if k == nil {
		return q.Pack()
	}
	wire, mac, err := k.sign(q)
	x.chain = &chain{Key: k, mac: mac}
	return wire, err
}

func (x *exchange) send(wire []byte) error {
	if err := x.conn.SetDeadline(time.Now().Add(stallAfter)); err != nil {
		return err
	}
	_, err := x.conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(wire))), wire...))
	return err
}

func (x *exchange) close() {
	x.release()
	x.conn.Close()
}

// explain returns what ended ctx instead of the error that this has caused.
func (x *exchange) explain(err error) error {
	if x.ctx.Err() != nil {
		return context.Cause(x.ctx)
	}
	return err
}

// next reads and verifies a message. It returns ErrRefused if the primary answers
// with an error.
func (x *exchange) next() (*dns.Msg, error) {
	wire, err := x.read()
	if err != nil {
		return nil, x.explain(err)
	}
	m := new(dns.Msg)
	if err := m.Unpack(wire); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if m.Id != x.question.Id || !m.Response || m.Opcode != dns.OpcodeQuery {
		return nil, fmt.Errorf("%w: not a reply to the question", ErrBroken)
	}
	if x.chain != nil {
		if err := x.chain.check(wire, m); err != nil {
			return nil, err
		}
	}
	if m.Rcode != dns.RcodeSuccess {
		return nil, fmt.Errorf("%w: %s", ErrRefused, dns.RcodeToString[m.Rcode])
	}
	other := !x.started && len(m.Question) == 1 && !sameQuestion(m.Question[0], x.question.Question[0])
	if m.Truncated || len(m.Question) > 1 || other {
		return nil, fmt.Errorf("%w: reply to another question", ErrBroken)
	}
	x.started = true
	return m, nil
}

func sameQuestion(a, b dns.Question) bool {
	return a.Qtype == b.Qtype && a.Qclass == b.Qclass && dns.CanonicalName(a.Name) == dns.CanonicalName(b.Name)
}

func (x *exchange) read() ([]byte, error) {
	if err := x.conn.SetReadDeadline(time.Now().Add(stallAfter)); err != nil {
		return nil, err
	}
	var size [2]byte
	if _, err := io.ReadFull(x.conn, size[:]); err != nil {
		return nil, cutOff(err)
	}
	wire := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err := io.ReadFull(x.conn, wire)
	return wire, cutOff(err)
}

// cutOff makes an end before the last record an unexpected one.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// each calls take for the records of the answer, in order, up to the one for which
// take returns last.
func (x *exchange) each(take func(dns.RR) (last bool, err error)) error {
	for {
		m, err := x.next()
		if err != nil {
			return err
		}
		if len(m.Answer) == 0 {
			return fmt.Errorf("%w: message without records", ErrBroken)
		}
		for i, rr := range m.Answer {
			last, err := take(rr)
			if err != nil {
				return err
			}
			if last && i < len(m.Answer)-1 {
				return fmt.Errorf("%w: records behind the last", ErrBroken)
			}
			if last {
				return x.end()
			}
		}
	}
}

func (x *exchange) end() error {
	if x.chain == nil {
		return nil
	}
	return x.chain.end()
}
