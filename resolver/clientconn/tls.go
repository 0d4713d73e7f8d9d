package clientconn

import (
	"context"
	"crypto/tls"
	"time"
)

// HandshakeTimeout is how long a client has to say what is not a question yet: a
// PROXY header, the handshake of TLS, a question in a stream of QUIC. A client that
// does not finish holds a place meanwhile.
const HandshakeTimeout = 5 * time.Second

// Handshake makes a TLS connection over a client's.
func (c *Conn) Handshake(config *tls.Config) (t *tls.Conn, ok bool) {
	c.greeting.Store(true)
	defer c.greeting.Store(false)
	if !c.MayRead(HandshakeTimeout) {
		return nil, false
	}
	t = tls.Server(c, config)
	ctx, cancel := context.WithTimeout(context.Background(), HandshakeTimeout)
	defer cancel()
	return t, t.HandshakeContext(ctx) == nil
}
