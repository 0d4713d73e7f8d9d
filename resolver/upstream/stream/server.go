package stream

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"net/netip"
	"slices"
	"sync"

	"lachan/resolver/upstream/exchange"
)

// A Server says where an encrypted server is and how it proves its identity.
type Server struct {
	Name string // as in the configuration; what errors call it
	Host string // the name or address in its certificate
	Port uint16
	// Addresses are tried in turn. If there are none, Bootstrap is asked for those
	// of Host.
	Addresses []netip.Addr
	Bootstrap Bootstrap // nil if there are Addresses
	// Pins are the SHA-256 digests of the public keys of which the server has to
	// have one. If there are none, its certificate has to be of an authority that
	// the system trusts.
	Pins [][sha256.Size]byte
}

// tls is the configuration for connections to the server that speak protocol.
// The server proves that it is Host by a certificate of an authority that the
// system trusts or, if there are pins, by one of those keys alone (RFC 7858
// section 4.2): a pinned server may have a certificate of its own making.
func (s Server) tls(protocol string) *tls.Config {
	config := &tls.Config{
		ServerName:         s.Host,
		NextProtos:         []string{protocol},
		MinVersion:         tls.VersionTLS12,
		ClientSessionCache: tls.NewLRUClientSessionCache(0),
	}
	if len(s.Pins) > 0 {
		config.InsecureSkipVerify = true // VerifyConnection takes its place
		config.VerifyConnection = func(state tls.ConnectionState) error {
			if !slices.Contains(s.Pins, sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo)) {
				return ErrPin
			}
			return nil
		}
	}
	return config
}

// ErrPin means that the server has another key than it should.
var ErrPin = errors.New("the server's public key is none of those that are pinned")

// A dial opens a connection to one address of a server.
type dial func(ctx context.Context, addr netip.AddrPort, config *tls.Config) (transport, error)

// A dialer opens connections to one server.
type dialer struct {
	name   string
	port   uint16
	config *tls.Config
	find   func(context.Context) ([]netip.Addr, error) // the addresses of the server
	open   dial

	mu   sync.Mutex
	last netip.Addr // mu; the address of the last connection
}

func newDialer(s Server, protocol string, open dial) *dialer {
	d := &dialer{name: s.Name, port: s.Port, config: s.tls(protocol), open: open}
	if len(s.Addresses) > 0 {
		d.find = func(context.Context) ([]netip.Addr, error) { return s.Addresses, nil }
	} else {
		d.find = (&lookup{host: s.Host + ".", servers: s.Bootstrap}).addresses
	}
	return d
}

func (d *dialer) String() string { return d.name }

// dial tries the addresses of the server in turn, that of the last connection
// first.
func (d *dialer) dial(ctx context.Context) (transport, error) {
	addrs, err := d.find(ctx)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	last := d.last
	d.mu.Unlock()
	if i := slices.Index(addrs, last); i > 0 {
		addrs = slices.Concat(addrs[i:i+1], addrs[:i], addrs[i+1:])
	}
	for i, addr := range addrs {
		var t transport
		attempt, cancel := exchange.WithShare(ctx, len(addrs)-i)
		t, err = d.open(attempt, netip.AddrPortFrom(addr, d.port), d.config)
		cancel()
		if err == nil {
			d.mu.Lock()
			d.last = addr
			d.mu.Unlock()
			return t, nil
		}
	}
	return nil, err
}
