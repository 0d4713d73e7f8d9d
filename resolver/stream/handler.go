// Package stream serves questions that have a stream of their own: DNS over HTTPS
// (RFC 8484), by HTTP/1.1 and 2 over TCP and by HTTP/3, and DNS over QUIC (RFC
// 9250). The goroutine of a stream waits for its answer.
package stream

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"lachan/metrics"
	"lachan/resolver/clientconn"
	"lachan/resolver/stream/http2"
)

// Settings are what the configuration says of streams.
type Settings struct {
	// TLSName is the name of this server in the certificate, in lower case. A label
	// below it in the server name of TLS is the id of a client. If it is empty, none
	// is.
	TLSName string
	// DoHPath is where questions over HTTPS go, such as /dns-query. A slash and the id
	// of a client may follow.
	DoHPath string
	// TrustedForwarders may name their clients in X-Forwarded-For.
	TrustedForwarders []netip.Prefix
}

// streamRoom is about how many bytes a stream takes besides its answer, which are held
// with the answer until the client has taken it.
const streamRoom = 16 << 10

// An Origin is what is known of the client that asks.
type Origin struct {
	Transport metrics.Transport
	Client    netip.Addr
	ID        string // what the client calls itself; "" if it does not
}

// A Handler answers questions.
type Handler interface {
	// Settings are those in force.
	Settings() *Settings
	// Ask answers a message and gives the reply to use, which may be empty and is good
	// until use returns. It waits until ctx is done and returns false when that comes
	// first.
	Ask(ctx context.Context, from Origin, message []byte, use func(reply []byte)) (answered bool)
	// Begin answers a message in its stream of HTTP/2, with Answer, and does not wait. A
	// message is good until then.
	Begin(s *http2.Stream, from Origin, message []byte)
	// Link makes the client's address that of the unit whose token it shows. The
	// status is that of the reply.
	Link(token string, client netip.Addr) (status int)
}

// IDOf is what a client calls itself by the server name that it asks for: the
// labels below TLSName; "" if there are none.
func (s *Settings) IDOf(serverName string) string {
	id, below := strings.CutSuffix(strings.ToLower(strings.TrimSuffix(serverName, ".")), "."+s.TLSName)
	if s.TLSName == "" || !below {
		return ""
	}
	return id
}

// clientOf is the client of a web server that may speak for others: of the addresses
// in X-Forwarded-For, which are given, the last that is not a trusted forwarder's.
func (s *Settings) clientOf(forwarded []string, client netip.Addr) netip.Addr {
	if !s.trusts(client) {
		return client
	}
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if client = a.Unmap().WithZone(""); !s.trusts(client) {
			break
		}
	}
	return client
}

func (s *Settings) trusts(client netip.Addr) bool {
	return clientconn.Contains(s.TrustedForwarders, client)
}
