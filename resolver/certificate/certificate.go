// Package certificate holds what a TLS server proves its names with. A Watcher
// reads it from files, and again when they change; a Store makes the
// configuration of TLS servers from it. What passes between the two is values,
// so that they may be in different processes. A broken certificate never takes
// the place of a working one, and no private key is written or logged.
package certificate

import "log/slog"

// A Pair is a certificate and its private key, both as PEM.
type Pair struct {
	Cert []byte // the server's certificate first, then those that lead to a root
	Key  []byte
}

// Secrets are what a TLS server shows and what it encrypts session tickets with.
type Secrets struct {
	// Pairs are shown to the clients that ask for their names; the first one also
	// to all others. If there are none, no handshake succeeds.
	Pairs []Pair
	// TicketKeys encrypt session tickets (RFC 8446 section 4.6.1): the first one
	// encrypts, all of them decrypt. Servers that share them resume each other's
	// sessions. If there are none, the keys are the process's own and change every
	// day.
	TicketKeys []TicketKey
}

// A TicketKey encrypts session tickets.
type TicketKey [32]byte

// Challenges are the certificates, by name, that prove to an ACME authority that
// this server has the names (RFC 8737).
type Challenges map[string]Pair

const withheld = "[secret]"

// String keeps the private key out of texts.
func (Pair) String() string { return withheld }

// GoString keeps the private key out of texts.
func (Pair) GoString() string { return withheld }

// LogValue keeps the private key out of logs.
func (Pair) LogValue() slog.Value { return slog.StringValue(withheld) }

// String keeps the key out of texts.
func (TicketKey) String() string { return withheld }

// GoString keeps the key out of texts.
func (TicketKey) GoString() string { return withheld }

// LogValue keeps the key out of logs.
func (TicketKey) LogValue() slog.Value { return slog.StringValue(withheld) }

// LogValue keeps the keys out of logs.
func (Secrets) LogValue() slog.Value { return slog.StringValue(withheld) }

// LogValue keeps the private keys out of logs.
func (Challenges) LogValue() slog.Value { return slog.StringValue(withheld) }
