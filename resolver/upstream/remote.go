package upstream

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"net/netip"
	"slices"
	"sync"
)

// A remote is a server that is asked over an encrypted transport: what to call
// it, where it may be, and how it proves who it is.
type remote struct {
	name      string // as in the configuration
	port      uint16
	addresses func(context.Context) ([]netip.Addr, error)
	tls       *tls.Config

	mu    sync.Mutex
	works netip.Addr // mu; the address of the last connection
}

// A dial opens a link to one address of a server.
type dial func(ctx context.Context, addr netip.AddrPort, config *tls.Config) (link, error)

func (r *remote) String() string { return r.name }

// dial tries the addresses of the server in turn, that of the last connection
// first.
func (r *remote) dial(ctx context.Context, open dial) (link, error) {
	addrs, err := r.addresses(ctx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	works := r.works
	r.mu.Unlock()
	if i := slices.Index(addrs, works); i > 0 {
		addrs = slices.Concat(addrs[i:i+1], addrs[:i], addrs[i+1:])
	}
	for i, addr := range addrs {
		var l link
		attempt, cancel := share(ctx, len(addrs)-i)
		l, err = open(attempt, netip.AddrPortFrom(addr, r.port), r.tls)
		cancel()
		if err == nil {
			r.mu.Lock()
			r.works = addr
			r.mu.Unlock()
			return l, nil
		}
	}
	return nil, err
}

// errPin: the server has another key than it should.
var errPin = errors.New("the server's public key is none of those that are pinned")

// clientTLS is how a server called host proves who it is: by a certificate of
// an authority that the system trusts for that name or address or, when there
// are pins, by one of those keys alone (RFC 7858 section 4.2), which is a server
// of one's own with a certificate of its own.
func clientTLS(host string, protocol string, pins [][sha256.Size]byte) *tls.Config {
	config := &tls.Config{
		ServerName:         host,
		NextProtos:         []string{protocol},
		MinVersion:         tls.VersionTLS12,
		ClientSessionCache: tls.NewLRUClientSessionCache(0),
	}
	if len(pins) > 0 {
		config.InsecureSkipVerify = true // what follows takes its place
		config.VerifyConnection = func(s tls.ConnectionState) error {
			if !slices.Contains(pins, sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)) {
				return errPin
			}
			return nil
		}
	}
	return config
}
