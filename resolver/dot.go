package resolver

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"lachan/metrics"
)

// handshakeTime is how long a client has for the handshake of TLS. Those who
// do not finish it hold a place meanwhile.
const handshakeTime = 5 * time.Second

// readDoT serves a connection of DNS over TLS: streams of messages as over TCP.
func (r *Resolver) readDoT(l *tcpListener, g *guest) {
	c, ok := r.shakeHands(l, g, g)
	if !ok {
		g.Close()
		return
	}
	r.readStream(r.newTCPConn(c, g, origin{
		transport: metrics.TransportDoT, client: g.client, id: r.idOf(c.ConnectionState().ServerName),
	}))
}

// shakeHands makes a TLS connection over a guest's.
func (r *Resolver) shakeHands(l *tcpListener, g *guest, over net.Conn) (c *tls.Conn, ok bool) {
	if !g.listen(handshakeTime) {
		return nil, false
	}
	c = tls.Server(over, l.tls)
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	defer cancel()
	return c, c.HandshakeContext(ctx) == nil
}
