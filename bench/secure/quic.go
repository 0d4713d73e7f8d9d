//go:build linux

package main

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// An overQUIC is a connection of QUIC. ask asks one question in a stream of its own.
type overQUIC struct {
	*quic.Transport
	ask func(ctx context.Context, message []byte) error
}

// dialTransport connects over QUIC.
func dialTransport(o options, client int, alpn string) (*quic.Transport, *quic.Conn, error) {
	to, err := net.ResolveUDPAddr("udp", o.server)
	if err != nil {
		return nil, nil, err
	}
	socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from(o, client), 0)))
	if err != nil {
		return nil, nil, err
	}
	transport := &quic.Transport{Conn: socket}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c, err := transport.Dial(ctx, to, greeting(alpn), &quic.Config{})
	return transport, c, err
}

func dialQUIC(o options, client int) (connection, error) {
	transport, c, err := dialTransport(o, client, "doq")
	return overQUIC{transport, func(ctx context.Context, message []byte) error {
		s, err := c.OpenStreamSync(ctx)
		if err != nil {
			return err
		}
		framed := append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)
		framed[2], framed[3] = 0, 0 // RFC 9250 section 4.2.1
		if _, err := s.Write(framed); err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
		reply, err := io.ReadAll(s)
		if err == nil && len(reply) < 14 {
			err = errors.New("an answer without a message")
		}
		return err
	}}, err
}

func dialHTTP3(o options, client int) (connection, error) {
	transport, c, err := dialTransport(o, client, "h3")
	if err != nil {
		return nil, err
	}
	requests := (&http3.Transport{}).NewClientConn(c)
	return overQUIC{transport, func(ctx context.Context, message []byte) error {
		url := "https://dns.example/dns-query?dns=" + base64.RawURLEncoding.EncodeToString(message)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		reply, err := requests.RoundTrip(req)
		if err != nil {
			return err
		}
		defer reply.Body.Close()
		if n, err := io.Copy(io.Discard, reply.Body); err != nil || n == 0 || reply.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d, %d bytes: %w", reply.StatusCode, n, err)
		}
		return nil
	}}, nil
}

// talk asks in as many streams at a time as the window has.
func (q overQUIC) talk(s *stream, window int, end time.Time) (answers int64, err error) {
	ctx, cancel := context.WithDeadline(context.Background(), end.Add(patience))
	defer cancel()
	var mu sync.Mutex // of s
	var asking sync.WaitGroup
	var answered atomic.Int64
	errs := make([]error, window)
	for i := range window {
		asking.Go(func() {
			for time.Now().Before(end) && errs[i] == nil {
				mu.Lock()
				message := s.message()
				mu.Unlock()
				if errs[i] = q.ask(ctx, message); errs[i] == nil {
					answered.Add(1)
				}
			}
		})
	}
	asking.Wait()
	return answered.Load(), errors.Join(errs...)
}
