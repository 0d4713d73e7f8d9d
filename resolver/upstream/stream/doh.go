package stream

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"lachan/resolver/upstream/exchange"
)

// This file asks a server over HTTPS; what HTTP/2 takes for it is in http2.go.

const (
	messageType = "application/dns-message"
	// maxHeader bounds the header of a response in bytes.
	maxHeader = 16 << 10
	// tooLarge is one byte more than a message may have.
	tooLarge = exchange.MaxMessage + 1
)

// httpConn is a connection of DNS over HTTPS (RFC 8484) on HTTP/3.
type httpConn struct {
	url  string
	trip http.RoundTripper
	end  func()
}

// NewHTTP2 asks the server at url by DNS over HTTPS on HTTP/2. It opens nothing.
func NewHTTP2(s Server, url string) *PersistentConn {
	return &PersistentConn{dialer: newDialer(s, "h2", dialHTTP2(url))}
}

// NewHTTP3 asks the server at url by DNS over HTTPS on HTTP/3. It opens nothing.
func NewHTTP3(s Server, url string) *PersistentConn {
	return &PersistentConn{dialer: newDialer(s, "h3", dialHTTP3(url))}
}

func dialHTTP3(url string) dial {
	return func(ctx context.Context, addr netip.AddrPort, config *tls.Config) (transport, error) {
		conn, err := quic.DialAddr(ctx, addr.String(), config, nil)
		if err != nil {
			return nil, err
		}
		t := &http3.Transport{DisableCompression: true, MaxResponseHeaderBytes: maxHeader}
		return &httpConn{url: url, trip: t.NewClientConn(conn), end: func() {
			_ = conn.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "") // nothing is lost by an error
		}}, nil
	}
}

// The first wait before a request that a server refused is made again, and the
// longest one. Each is twice as long as the one before.
const (
	refusedFirst = 2 * time.Millisecond
	refusedMost  = time.Second
)

// untilTaken makes a request again that the server refused to look at, because too many are under
// way (RFC 9113 section 8.7, RFC 9114 section 4.1.1).
func untilTaken(ctx context.Context, request func() ([]byte, error)) ([]byte, error) {
	wait := backoff.ExponentialBackOff{
		InitialInterval: refusedFirst, MaxInterval: refusedMost, Multiplier: 2,
	}
	for {
		reply, err := request()
		if !isRefused(err) {
			return reply, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait.NextBackOff()):
		}
	}
}

// isRefused reports whether err says that the server did nothing of a request.
func isRefused(err error) bool {
	var three *http3.Error
	return errors.Is(err, errRefused) || errors.As(err, &three) && three.ErrorCode == http3.ErrCodeRequestRejected
}

// exchange implements transport.
func (h *httpConn) exchange(ctx context.Context, query, _ []byte) ([]byte, error) {
	return untilTaken(ctx, func() ([]byte, error) { return h.request(ctx, query) })
}

// request makes one request. The ID is 0 (RFC 8484 section 4.1): the stream
// tells which reply belongs to the query.
func (h *httpConn) request(ctx context.Context, query []byte) ([]byte, error) {
	sent := exchange.WithoutID(query, 0)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	request.Header = http.Header{
		"Content-Type": {messageType}, "Accept": {messageType},
		"User-Agent": nil, // says nothing of us
	}
	response, err := h.trip.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != messageType {
		return nil, fmt.Errorf("%w: HTTP status %d", exchange.ErrMalformed, response.StatusCode)
	}
	reply, err := io.ReadAll(io.LimitReader(response.Body, tooLarge))
	if err != nil {
		return nil, err
	}
	if len(reply) == tooLarge {
		return nil, fmt.Errorf("%w: it is too long", exchange.ErrMalformed)
	}
	return exchange.Accept(sent, query, reply)
}

// close implements transport.
func (h *httpConn) close() { h.end() }
