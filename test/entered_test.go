package test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
)

// overHTTP tells whether a name has an address over HTTP/2.
func (d encryptedDoors) overHTTP(t *testing.T, name string) bool {
	transport := &http.Transport{TLSClientConfig: d.greeting("h2"), ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, Timeout: oneReply}
	reply, err := client.Get("https://" + d.doh + "/dns-query?name=" + name)
	if err != nil {
		return false
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	return err == nil && reply.ProtoMajor == 2 && strings.Contains(string(text), `"data":"192.0.2.`)
}

// overQUIC tells whether a name has an address over QUIC.
func (d encryptedDoors) overQUIC(t *testing.T, name string) bool {
	ctx, cancel := context.WithTimeout(t.Context(), oneReply)
	defer cancel()
	conn, err := quic.DialAddr(ctx, d.doq, d.greeting("doq"), nil)
	if err != nil {
		return false
	}
	defer func() { _ = conn.CloseWithError(0, "") }() // it may have ended
	m := question(name)
	m.Id = 0
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	s, err := conn.OpenStreamSync(ctx)
	if err != nil {
		return false
	}
	if _, err := s.Write(append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...)); err != nil {
		return false
	}
	_ = s.Close() // the question is out
	framed, err := io.ReadAll(s)
	var reply dns.Msg
	return err == nil && len(framed) > 2 && reply.Unpack(framed[2:]) == nil && len(reply.Answer) > 0
}
