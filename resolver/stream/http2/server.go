// Package http2 serves requests over connections of HTTP/2 (RFC 9113) as DNS over
// HTTPS needs them: small ones, many at a time, whose answers are in memory. One
// goroutine reads a connection and, where a Handler can answer at once, answers; what
// it has answered leaves in one write when it has nothing more to read. Frames and
// header compression are those of golang.org/x/net.
package http2

import (
	"crypto/tls"
	"net"
	"time"

	"golang.org/x/net/http2"

	"lachan/resolver/clientconn"
)

// Bounds of a connection.
const (
	maxStreams  = 32        // under way at a time, those among them that the client has given up
	maxHeader   = 8 << 10   // bytes of the fields of a request, counted as RFC 9113 section 6.5.2 has it
	maxBlock    = 16 << 10  // bytes of them as they are sent
	maxParts    = 8         // frames that they are sent in
	maxFrame    = 16 << 10  // bytes of a frame, the least that may be asked for
	window      = 128 << 10 // bytes that a client may send ahead, of a body with its padding and of all
	batch       = 16 << 10  // bytes of answers that are gathered for one write
	spareBytes  = 16 << 10  // that a buffer may have that is kept for the next answers
	bufferBytes = 8 << 10   // of what is read
	spareBody   = 4 << 10   // bytes of a body that are kept for the next one
	spareFields = 32        // fields of a request whose room is kept for the next one
	unwritten   = 256 << 10 // bytes of other frames that wait for the client; beyond it the connection ends
)

// Patience with a client.
const (
	bodyTimeout  = 5 * time.Second // from the beginning of a request to its end
	writeTimeout = 5 * time.Second // for a write, and for an answer that the client leaves no room for
)

// MaxBody is the longest body of a request in bytes: a DNS message's.
const MaxBody = 1<<16 - 1

// A Handler answers requests.
type Handler interface {
	// Begin takes a request that has come whole. It does not wait: it ends the stream,
	// with Respond or Abort, or sees to it that another goroutine does so, once.
	Begin(s *Stream)
}

// A Server serves connections.
type Server struct {
	handler Handler
	limiter *clientconn.Limiter
	always  []byte // fields of every response
}

// NewServer returns a server whose responses all have these fields, as Fields makes
// them.
func NewServer(handler Handler, limiter *clientconn.Limiter, always []byte) *Server {
	return &Server{handler, limiter, always}
}

// A Transport is TLS that has agreed on HTTP/2.
type Transport interface {
	net.Conn
	ConnectionState() tls.ConnectionState
}

// Serve serves a connection of a client over a transport until its end, and closes it.
func (s *Server) Serve(over Transport, client *clientconn.Conn) {
	c := newConn(s, over, client)
	c.close(c.run())
}

// settings are what a client is told first.
var settings = []http2.Setting{
	{ID: http2.SettingMaxConcurrentStreams, Val: maxStreams},
	{ID: http2.SettingInitialWindowSize, Val: window},
	{ID: http2.SettingMaxFrameSize, Val: maxFrame},
	{ID: http2.SettingMaxHeaderListSize, Val: maxHeader},
}
