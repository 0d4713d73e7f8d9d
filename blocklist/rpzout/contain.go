package rpzout

import (
	"errors"
	"net"
	"time"

	"github.com/miekg/dns"

	"lachan/internal/fault"
)

// The library serves each question on a goroutine of its own. What it calls there
// is contained here, or else one question could end the whole process.

// contain runs do, and reports whether it has met a fault of the program, which it
// tells of.
func (s *Server) contain(do func()) (met bool) {
	err := fault.Catch(do)
	if err == nil {
		return false
	}
	if s.Failed != nil {
		s.Failed(err)
	} else {
		s.log.Error("serve zones", "error", err)
	}
	return true
}

// readableOnly hands on no message on which the parser panics.
type readableOnly struct {
	dns.Reader
	server *Server
}

var errUnreadable = errors.New("the parser has met a fault of the program")

// ReadTCP reads a message. An error ends the connection.
func (r readableOnly) ReadTCP(conn net.Conn, timeout time.Duration) ([]byte, error) {
	m, err := r.Reader.ReadTCP(conn, timeout)
	if err == nil && !r.readable(m) {
		return nil, errUnreadable
	}
	return m, err
}

// ReadUDP reads a message. An error would end the server: a message that cannot be
// read is empty, which is too short to be answered.
func (r readableOnly) ReadUDP(conn *net.UDPConn, timeout time.Duration) ([]byte, *dns.SessionUDP, error) {
	m, from, err := r.Reader.ReadUDP(conn, timeout)
	if err == nil && !r.readable(m) {
		return nil, from, nil
	}
	return m, from, err
}

func (r readableOnly) readable(m []byte) bool {
	return !r.server.contain(func() { _ = new(dns.Msg).Unpack(m) }) // the library answers what is malformed
}

// keys are the TSIG keys of the zones of a server.
type keys struct{ server *Server }

// key is the one that a TSIG record names; nil if there is no such key.
func (k keys) key(t *dns.TSIG) dns.TsigProvider {
	for _, z := range k.server.zones {
		if z.Key != nil && z.Key.Name() == dns.CanonicalName(t.Hdr.Name) {
			return z.Key
		}
	}
	return nil
}

// Generate signs with the key that a TSIG record names.
func (k keys) Generate(msg []byte, t *dns.TSIG) ([]byte, error) {
	if key := k.key(t); key != nil {
		return key.Generate(msg, t)
	}
	return nil, dns.ErrSecret
}

// Verify checks a signature with the key that it names. What meets a fault of the
// program is not signed.
func (k keys) Verify(msg []byte, t *dns.TSIG) (err error) {
	err = dns.ErrSecret
	if k.server.contain(func() { err = k.verify(msg, t) }) {
		return dns.ErrSig
	}
	return err
}

func (k keys) verify(msg []byte, t *dns.TSIG) error {
	if key := k.key(t); key != nil {
		return key.Verify(msg, t)
	}
	return dns.ErrSecret
}
