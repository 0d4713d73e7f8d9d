package certificate

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// A Store makes the configuration of TLS servers from the secrets that it was
// last given. They are in force from the next handshake on; open connections go
// on. The zero Store has none. All methods may be called by any number of
// goroutines.
type Store struct {
	mu         sync.Mutex                       // one Use at a time
	inForce    atomic.Pointer[material]         // nil before the first Use
	challenges atomic.Pointer[challengesByName] // nil if there are none
}

// material is Secrets in the form that handshakes need. It is never written to.
type material struct {
	certificates []tls.Certificate
	keys         []TicketKey
	tickets      *tls.Config // encrypts session tickets, nothing else
}

type challengesByName map[string]*tls.Certificate

// alpnChallenge is the protocol in which an ACME authority asks for a challenge
// (RFC 8737 section 6.2).
const alpnChallenge = "acme-tls/1"

var (
	errNoCertificate = errors.New("no certificate is set up")
	errNoChallenge   = errors.New("no ACME challenge is under way for the name")
)

// Use puts s in force. If it returns an error, the secrets before stay in force.
// s must not be written to afterwards.
func (st *Store) Use(s Secrets) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	m := &material{keys: s.TicketKeys}
	for _, p := range s.Pairs {
		c, err := tls.X509KeyPair(p.Cert, p.Key)
		if err != nil {
			return fmt.Errorf("take a certificate into use: %w", err)
		}
		m.certificates = append(m.certificates, c)
	}
	if old := st.inForce.Load(); old != nil && slices.Equal(old.keys, m.keys) {
		m.tickets = old.tickets // keys of the process's own outlive a certificate
	} else {
		m.tickets = ticketsWith(m.keys)
	}
	st.inForce.Store(m)
	return nil
}

// ticketsWith is a configuration that encrypts session tickets with keys. If
// there are none, it makes its own.
func ticketsWith(keys []TicketKey) *tls.Config {
	config := &tls.Config{}
	if len(keys) > 0 {
		plain := make([][32]byte, len(keys))
		for i, k := range keys {
			plain[i] = k
		}
		config.SetSessionTicketKeys(plain)
	}
	return config
}

// Prove shows challenges, and no others, to an authority that asks for them. If
// it returns an error, the challenges before stay.
func (st *Store) Prove(challenges Challenges) error {
	byName := challengesByName{}
	for name, p := range challenges {
		c, err := tls.X509KeyPair(p.Cert, p.Key)
		if err != nil {
			return fmt.Errorf("take the challenge for %s into use: %w", name, err)
		}
		byName[strings.ToLower(name)] = &c
	}
	st.challenges.Store(&byName)
	return nil
}

// Config is for TLS servers. It and its clones take what is in force with each
// handshake.
func (st *Store) Config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: st.certificate,
		WrapSession: func(cs tls.ConnectionState, s *tls.SessionState) ([]byte, error) {
			m := st.inForce.Load()
			if m == nil {
				return nil, errNoCertificate
			}
			return m.tickets.EncryptTicket(cs, s)
		},
		UnwrapSession: func(ticket []byte, cs tls.ConnectionState) (*tls.SessionState, error) {
			m := st.inForce.Load()
			if m == nil {
				return nil, nil // a full handshake, which says what is missing
			}
			return m.tickets.DecryptTicket(ticket, cs)
		},
	}
}

// ACMEConfig is Config for servers that an ACME authority asks for challenges.
// The caller has to add its own protocols before the one that is in NextProtos.
func (st *Store) ACMEConfig() *tls.Config {
	config := st.Config()
	config.NextProtos = []string{alpnChallenge}
	return config
}

// certificate is the one to show in a handshake.
func (st *Store) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if slices.Equal(hello.SupportedProtos, []string{alpnChallenge}) {
		return st.challenge(hello.ServerName)
	}
	m := st.inForce.Load()
	if m == nil || len(m.certificates) == 0 {
		return nil, errNoCertificate
	}
	for i := range m.certificates {
		if hello.SupportsCertificate(&m.certificates[i]) == nil {
			return &m.certificates[i], nil
		}
	}
	return &m.certificates[0], nil
}

func (st *Store) challenge(name string) (*tls.Certificate, error) {
	if byName := st.challenges.Load(); byName != nil {
		if c := (*byName)[strings.ToLower(name)]; c != nil {
			return c, nil
		}
	}
	return nil, errNoChallenge
}
