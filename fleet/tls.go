package fleet

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// What is spoken on the one port of a hub, as ALPN (RFC 7301) names it.
const (
	Records = "lachan-records/1" // NATS
	HTTP    = "http/1.1"         // what is asked once: joining, files
)

// ErrStranger is the error of a server that is none of the fleet's hubs.
var ErrStranger = errors.New("the server is not a hub that the fleet's root key names")

// ServerTLS is for the port of a hub. Its certificate has the hub's own key, and says
// nothing else: nodes know the key, by Trust.
func ServerTLS(name string, key ed25519.PrivateKey) (*tls.Config, error) {
	certificate, err := certificateOf(name, key)
	if err != nil {
		return nil, fmt.Errorf("make the certificate of hub %s: %w", name, err)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{Records, HTTP},
		Certificates: []tls.Certificate{certificate},
		ClientAuth:   tls.RequestClientCert, // a node may show its key: see PeerKey
	}, nil
}

// certificateOf is one that says nothing but a key.
func certificateOf(name string, key ed25519.PrivateKey) (c tls.Certificate, err error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), // Trust says until when
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// PeerKey is the key that the other side has proven to have, nil if it has shown none.
func PeerKey(state tls.ConnectionState) ed25519.PublicKey {
	if len(state.PeerCertificates) == 0 {
		return nil
	}
	key, _ := state.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
	return key
}

// A Dialer connects to hubs.
type Dialer struct {
	Protocol string // Records or HTTP
	// Trusted reports whether a key is that of a hub of the fleet.
	Trusted func(key ed25519.PublicKey) bool
	// Key proves to the hub who this is; nil shows none.
	Key ed25519.PrivateKey
}

// dialTime is how long a hub may take until it is connected to.
const dialTime = 10 * time.Second

// Dial connects to the hub at an address. The error is ErrStranger if what answers there
// does not have the key of one.
func (d Dialer) Dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTime)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext is Dial until ctx is done.
func (d Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	config := &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{d.Protocol},
		InsecureSkipVerify: true, // names and issuers say nothing here: the key does
		VerifyConnection:   d.verify,
	}
	if d.Key != nil {
		own, err := certificateOf("node", d.Key)
		if err != nil {
			return nil, fmt.Errorf("make the certificate of a node: %w", err)
		}
		config.Certificates = []tls.Certificate{own}
	}
	dialer := tls.Dialer{Config: config}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, fmt.Errorf("connect to the hub at %s: %w", address, err)
	}
	return conn, nil
}

// verify is of each connection, also one that goes on with a former session.
func (d Dialer) verify(state tls.ConnectionState) error {
	key := PeerKey(state)
	if key == nil || state.NegotiatedProtocol != d.Protocol || !d.Trusted(key) {
		return ErrStranger
	}
	return nil
}
