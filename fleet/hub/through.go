package hub

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"time"
)

// A node's connection is led to a server of the cluster once the hub knows whose it is: it
// reads what both say first, so that it can end the connection of one that was revoked.

// Bounds of what is read before, in bytes.
const (
	mostInfo = 64 << 10 // of a server; it names all others
	mostSaid = 8 << 10  // of a node
)

// ErrGreeting is the error of a server or a node that does not begin as NATS does.
var ErrGreeting = errors.New("it does not begin as NATS does")

// A greeting is what a server says first.
type greeting struct {
	nonce  string
	secure bool // TLS comes next
	line   []byte
}

// aboutOthers are the keys that tell of the cluster what nodes need not know, and of TLS,
// which ends here.
var aboutOthers = [...]string{
	"tls_required", "tls_available", "tls_verify", "connect_urls", "ws_connect_urls", "client_ip", "ip", "host",
}

// readGreeting reads a server's first line; its line is what a node is told.
func readGreeting(line []byte) (g greeting, err error) {
	is := map[string]json.RawMessage{}
	text, ok := bytes.CutPrefix(line, []byte("INFO "))
	if !ok || json.Unmarshal(text, &is) != nil {
		return g, ErrGreeting
	}
	var known struct {
		Nonce string `json:"nonce"`
		TLS   bool   `json:"tls_required"`
	}
	if json.Unmarshal(text, &known) != nil || known.Nonce == "" {
		return g, fmt.Errorf("%w: there is no nonce to sign", ErrGreeting)
	}
	for _, key := range aboutOthers {
		delete(is, key)
	}
	out, err := json.Marshal(is)
	return greeting{known.Nonce, known.TLS, fmt.Appendf(nil, "INFO %s\r\n", out)}, err
}

// A claim is who a node says that it is, in its first line.
type claim struct {
	nkey, sig string
	says      map[string]json.RawMessage
}

func readClaim(line []byte) (c claim, err error) {
	text, ok := bytes.CutPrefix(line, []byte("CONNECT "))
	if !ok || json.Unmarshal(text, &c.says) != nil || c.says == nil {
		return claim{}, ErrGreeting
	}
	if json.Unmarshal(c.says["nkey"], &c.nkey) != nil || json.Unmarshal(c.says["sig"], &c.sig) != nil {
		return claim{}, ErrGreeting
	}
	return c, nil
}

// with is the line with a token.
func (c claim) with(token string) ([]byte, error) {
	var err error
	if c.says["auth_token"], err = json.Marshal(token); err != nil {
		return nil, err
	}
	out, err := json.Marshal(c.says)
	return fmt.Appendf(nil, "CONNECT %s\r\n", out), err
}

// renew is engine: those servers are others'.
func (*outside) renew() error { return nil }

// serve is engine.
func (o *outside) serve(conn net.Conn) {
	to, is, err := o.reach()
	if err != nil {
		return // the node tries again; the hub's own connection tells of a cluster that is away
	}
	defer to.Close()
	said, err := o.introduce(conn, to, is)
	if err != nil {
		return
	}
	splice(&begun{conn, said}, to)
}

// introduce has both sides say who they are, and returns what the node goes on with.
func (o *outside) introduce(conn, to net.Conn, is greeting) (said *bufio.Reader, err error) {
	until := time.Now().Add(handshakeTime)
	if err := errors.Join(conn.SetDeadline(until), to.SetDeadline(until)); err != nil {
		return nil, err
	}
	if _, err := conn.Write(is.line); err != nil {
		return nil, err
	}
	said = bufio.NewReaderSize(conn, mostSaid)
	line, err := said.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	c, err := readClaim(line)
	if err != nil {
		return nil, err
	}
	m, ok := o.hub.cfg.Member(c.nkey)
	if !ok || !signed(c.nkey, c.sig, []byte(is.nonce)) {
		_, _ = conn.Write([]byte("-ERR 'Authorization Violation'\r\n")) // as servers say it; it ends anyway
		return nil, ErrGreeting
	}
	token, err := o.token([]byte(is.nonce))
	if err != nil {
		return nil, err
	}
	out, err := c.with(token)
	if err != nil {
		return nil, err
	}
	if _, err := to.Write(out); err != nil {
		return nil, err
	}
	o.hub.takesOver(m.Node, func() {
		_ = conn.Close()
		_ = to.Close()
	})
	return said, errors.Join(conn.SetDeadline(time.Time{}), to.SetDeadline(time.Time{}))
}

// begun is a connection of which the beginning was read.
type begun struct {
	net.Conn
	said *bufio.Reader
}

// Read is net.Conn.
func (b *begun) Read(to []byte) (int, error) { return b.said.Read(to) }

// reach connects to a server of the cluster and reads what it says first: to the one that
// the hub itself has if it can be.
func (o *outside) reach() (conn net.Conn, is greeting, err error) {
	first, errs := o.hub.conn.ConnectedUrl(), []error(nil)
	urls := make([]*url.URL, 0, len(o.urls)+1)
	for _, i := range rand.Perm(len(o.urls)) {
		if u := o.urls[i]; u.String() == first {
			urls = append([]*url.URL{u}, urls...)
		} else {
			urls = append(urls, u)
		}
	}
	for _, u := range urls {
		if conn, is, err = o.reachAt(u); err == nil {
			return conn, is, nil
		}
		errs = append(errs, err)
	}
	return nil, is, errors.Join(errs...)
}

func (o *outside) reachAt(u *url.URL) (conn net.Conn, is greeting, err error) {
	conn, err = (&net.Dialer{Timeout: handshakeTime}).Dial("tcp", u.Host)
	if err != nil {
		return nil, is, err
	}
	defer func() {
		if err != nil {
			_ = conn.Close() // another one is tried
		}
	}()
	if err := conn.SetDeadline(time.Now().Add(handshakeTime)); err != nil {
		return nil, is, err
	}
	said := bufio.NewReaderSize(conn, mostInfo)
	line, err := said.ReadSlice('\n')
	if err == nil {
		is, err = readGreeting(line)
	}
	switch {
	case err != nil:
		return nil, is, err
	case said.Buffered() > 0 || o.secure() && !is.secure:
		return nil, is, ErrGreeting // more than a greeting, or no TLS where there has to be some
	case is.secure:
		outer := tls.Client(conn, o.tls(u.Hostname()))
		conn, err = outer, outer.Handshake()
	}
	return conn, is, err
}
