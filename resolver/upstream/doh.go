package upstream

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

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"golang.org/x/net/http2"
)

const (
	messageType = "application/dns-message"
	// maxFields bounds the header fields of a response.
	maxFields = 16 << 10
	// tooLarge is an octet more than a message may have.
	tooLarge = maxMessage + 1
)

// requests is a connection of DNS over HTTPS (RFC 8484).
type requests struct {
	url  string
	trip http.RoundTripper
	end  func()
}

// dialHTTP2 opens connections to url over HTTP/2.
func dialHTTP2(url string) dial {
	return func(ctx context.Context, addr netip.AddrPort, config *tls.Config) (link, error) {
		t := &http.Transport{
			TLSClientConfig:        config,
			Protocols:              new(http.Protocols),
			DisableCompression:     true,
			MaxResponseHeaderBytes: maxFields,
		}
		t.Protocols.SetHTTP2(true)
		conn, err := t.NewClientConn(ctx, "https", addr.String())
		if err != nil {
			return nil, err
		}
		return &requests{url: url, trip: conn, end: func() { _ = conn.Close() }}, nil // nothing is lost by an error
	}
}

// dialHTTP3 opens connections to url over HTTP/3.
func dialHTTP3(url string) dial {
	return func(ctx context.Context, addr netip.AddrPort, config *tls.Config) (link, error) {
		conn, err := quic.DialAddr(ctx, addr.String(), config, nil)
		if err != nil {
			return nil, err
		}
		t := &http3.Transport{DisableCompression: true, MaxResponseHeaderBytes: maxFields}
		return &requests{url: url, trip: t.NewClientConn(conn), end: func() {
			_ = conn.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "") // nothing is lost by an error
		}}, nil
	}
}

// refusedPause is how long to wait before asking again what a server has refused,
// the first time; then it is twice as long each time.
const refusedPause = 2 * time.Millisecond

// exchange implements link. A request that the server has refused to look at, as
// too many are under way, is made again (RFC 9113 section 8.7, RFC 9114 section
// 4.1.1).
func (r *requests) exchange(ctx context.Context, query, _ []byte) ([]byte, error) {
	for pause := refusedPause; ; pause *= 2 {
		reply, err := r.request(ctx, query)
		if !refused(err) {
			return reply, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// refused tells whether a server says that it has done nothing of a request.
func refused(err error) bool {
	var two http2.StreamError
	var three *http3.Error
	return errors.As(err, &two) && two.Code == http2.ErrCodeRefusedStream ||
		errors.As(err, &three) && three.ErrorCode == http3.ErrCodeRequestRejected
}

// request makes one request. The ID is 0 (RFC 8484 section 4.1); what keeps
// replies apart is the stream.
func (r *requests) request(ctx context.Context, query []byte) ([]byte, error) {
	sent := withoutID(query, 0)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	request.Header = http.Header{
		"Content-Type": {messageType}, "Accept": {messageType},
		"User-Agent": nil, // says nothing of us
	}
	response, err := r.trip.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != messageType {
		return nil, fmt.Errorf("%w: HTTP status %d", ErrMalformed, response.StatusCode)
	}
	reply, err := io.ReadAll(io.LimitReader(response.Body, tooLarge))
	if err != nil {
		return nil, err
	}
	if len(reply) == tooLarge {
		return nil, fmt.Errorf("%w: it is too long", ErrMalformed)
	}
	return accept(sent, query, reply)
}

// close implements link.
func (r *requests) close() { r.end() }

// withoutID is a copy of query with ID 0, behind room octets for the frame.
func withoutID(query []byte, room int) []byte {
	sent := make([]byte, room+len(query))
	copy(sent[room+2:], query[2:])
	return sent
}

// streams is a connection of DNS over QUIC (RFC 9250), with a stream for each
// exchange.
type streams struct{ conn *quic.Conn }

// The error codes of RFC 9250 section 4.3.
const (
	doqNoError   = 0
	doqCancelled = 3
)

func dialQUIC(ctx context.Context, addr netip.AddrPort, config *tls.Config) (link, error) {
	conn, err := quic.DialAddr(ctx, addr.String(), config, nil)
	if err != nil {
		return nil, err
	}
	return streams{conn}, nil
}

// exchange implements link.
func (s streams) exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	stream, err := s.conn.OpenStreamSync(ctx)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() {
		stream.CancelWrite(doqCancelled)
		stream.CancelRead(doqCancelled)
	})
	defer stop()
	framed := withoutID(query, 2)
	framed[0], framed[1] = byte(len(query)>>8), byte(len(query))
	_, err = stream.Write(framed)
	if err = errors.Join(err, stream.Close()); err != nil { // closed for writing: the query is whole
		stream.CancelRead(doqCancelled)
		return nil, err
	}
	reply, err := readFramed(stream, buf)
	stream.CancelRead(doqNoError)
	if err != nil {
		return nil, err
	}
	return accept(framed[2:], query, reply)
}

// close implements link.
func (s streams) close() {
	_ = s.conn.CloseWithError(doqNoError, "") // nothing is lost by an error
}
