package upstream

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"

	"lachan/blocklist/domain"
	"lachan/resolver/dnswire"
	"lachan/resolver/upstream/exchange"
)

// NewResolver returns a resolver for the names that this program itself looks up.
// It asks the servers that zones returns, whatever the system's own resolver is.
// Names that the hosts file has are taken from there.
func NewResolver(zones func() *Zones) *net.Resolver {
	return &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return &question{ask: func(query []byte) ([]byte, error) { return zones().exchange(ctx, query) }}, nil
		},
	}
}

// exchange asks the group that a query is for.
func (z *Zones) exchange(ctx context.Context, query []byte) ([]byte, error) {
	if !exchange.Valid(query) {
		return nil, ErrQuery
	}
	var name domain.Name
	if _, err := name.SetWire(query, dnswire.HeaderSize); err != nil {
		return nil, errors.Join(ErrQuery, err)
	}
	g, _ := z.For(&name)
	return g.Exchange(ctx, query, nil)
}

// A question looks to net.Resolver like a connection to a server over TCP: what is
// written is a query after its length, and what is read the reply to it. It is
// used by one goroutine.
type question struct {
	ask   func(query []byte) ([]byte, error)
	reply bytes.Reader
}

// errNoLength means that what was written is not one whole query, or that the reply
// is longer than can be said.
var errNoLength = errors.New("a query without its length")

// Write asks; net.Resolver writes a query at once.
func (q *question) Write(b []byte) (int, error) {
	if len(b) < 2 || int(binary.BigEndian.Uint16(b)) != len(b)-2 {
		return 0, errNoLength
	}
	reply, err := q.ask(b[2:])
	if err != nil {
		return 0, err
	}
	framed, ok := dnswire.AppendFramed(make([]byte, 0, 2+len(reply)), reply)
	if !ok {
		return 0, errNoLength
	}
	q.reply.Reset(framed)
	return len(b), nil
}

// Read reads the reply.
func (q *question) Read(b []byte) (int, error) {
	n, err := q.reply.Read(b)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// The rest of net.Conn means nothing here: a Group bounds its time by itself.

func (*question) Close() error                     { return nil }
func (*question) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (*question) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (*question) SetDeadline(time.Time) error      { return nil }
func (*question) SetReadDeadline(time.Time) error  { return nil }
func (*question) SetWriteDeadline(time.Time) error { return nil }
