package test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// A client of streams asks one question after the other over a connection that it
// opens as it needs one.
type quicClient interface {
	// ask returns an error for which endedCleanly holds if the server has ended the
	// connection before it read the question.
	ask(ctx context.Context, name string) error
	close()
}

// endedCleanly reports whether an error says that the server has ended a connection
// as it may at any time: without an error of its own.
func endedCleanly(err error) bool {
	var closed *quic.ApplicationError
	var http *http3.Error
	switch {
	case errors.As(err, &http):
		return http.Remote && http.ErrorCode == http3.ErrCodeNoError
	case errors.As(err, &closed):
		return closed.Remote && (closed.ErrorCode == 0 || closed.ErrorCode == quic.ApplicationErrorCode(http3.ErrCodeNoError))
	}
	return false
}

// askQUIC asks over QUIC as streams.ask does over TCP.
func (g *streams) askQUIC(c quicClient, i int) {
	defer c.close()
	for {
		select {
		case <-g.stop:
			return
		case <-time.After(20 * time.Millisecond):
		}
		ctx, cancel := context.WithTimeout(context.Background(), oneReply)
		err := c.ask(ctx, fmt.Sprintf("s%d.lesson.example", i))
		cancel()
		switch {
		case err == nil:
			g.answered.Add(1)
		case endedCleanly(err):
			c.close()
		default:
			g.failed(fmt.Errorf("%T: %w", c, err))
			c.close()
		}
	}
}

// A doqClient asks over DNS over QUIC.
type doqClient struct {
	addr string
	conn *quic.Conn // nil until there is one
}

func (c *doqClient) ask(ctx context.Context, name string) (err error) {
	if c.conn == nil {
		if c.conn, err = quic.DialAddr(ctx, c.addr, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"doq"}}, nil); err != nil {
			return fmt.Errorf("connect: %w", err)
		}
	}
	m := question(name)
	m.Id = 0
	packed, err := m.Pack()
	if err != nil {
		return err
	}
	s, err := c.conn.OpenStreamSync(ctx)
	if err != nil {
		return err
	}
	_ = s.SetDeadline(time.Now().Add(oneReply)) // fails with the stream
	if _, err := s.Write(append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...)); err != nil {
		return err
	}
	_ = s.Close() // the question is out
	framed, err := io.ReadAll(s)
	if err != nil {
		return err
	}
	var reply dns.Msg
	if len(framed) < 2 {
		return io.ErrUnexpectedEOF
	}
	return reply.Unpack(framed[2:])
}

func (c *doqClient) close() {
	if c.conn != nil {
		_ = c.conn.CloseWithError(0, "") // it may have ended
		c.conn = nil
	}
}

// An h3Client asks over DNS over HTTP/3.
type h3Client struct {
	addr      string
	transport *http3.Transport // nil until there is one
}

func (c *h3Client) ask(ctx context.Context, name string) error {
	if c.transport == nil {
		c.transport = &http3.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+c.addr+"/dns-query?name="+name, nil)
	if err != nil {
		return err
	}
	reply, err := c.transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err == nil && !strings.Contains(string(text), `"Status":0`) {
		return fmt.Errorf("%s: %s", reply.Status, text)
	}
	return err
}

func (c *h3Client) close() {
	if c.transport != nil {
		_ = c.transport.Close() // it may have ended
		c.transport = nil
	}
}
