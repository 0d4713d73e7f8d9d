package test

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// Two servers that share a file of ticket keys resume each other's sessions,
// also while the keys change: a new one is put first, and the old one leaves
// when its tickets have ended.
func TestServersOfAFleetResumeEachOthersSessions(t *testing.T) {
	t.Parallel()
	const first, second = "0101010101010101010101010101010101010101010101010101010101010101",
		"0202020202020202020202020202020202020202020202020202020202020202"
	one, two := newFleetServer(t, first), newFleetServer(t, first)
	f := func(what string, from, to *fleetServer, want bool) {
		t.Helper()
		tickets := tls.NewLRUClientSessionCache(1)
		if from.resumes(tickets) {
			t.Errorf("%s: a first connection resumes a session", what)
		}
		if got := to.resumes(tickets); got != want {
			t.Errorf("%s: resumed %v, want %v", what, got, want)
		}
	}
	f("the same keys", one, two, true)
	f("the other way round", two, one, true)

	old := tls.NewLRUClientSessionCache(1)
	one.resumes(old)
	one.rotate(second + "\n" + first)
	f("one server has the new key already", two, one, true)
	if !one.resumes(old) {
		t.Error("a ticket from before the rotation is refused")
	}
	two.rotate(second + "\n" + first)
	f("both have it", one, two, true)
	old = tls.NewLRUClientSessionCache(1)
	one.resumes(old)
	one.rotate(second)
	two.rotate(second)
	if !two.resumes(old) {
		t.Error("a ticket under the new key is refused when the old one has left")
	}
}

// A fleetServer is one of several with the same certificate and ticket keys.
type fleetServer struct {
	*process
	encryptedDoors
}

func newFleetServer(t *testing.T, keys string) *fleetServer {
	t.Helper()
	p, d := everyDoorWith(t, "ticket_keys: tickets", func(p *process) { p.write("tickets", keys+"\n") })
	return &fleetServer{p, d}
}

// rotate puts other keys in place and waits until they are in force.
func (s *fleetServer) rotate(keys string) {
	s.t.Helper()
	before := strings.Count(s.log.String(), `msg="new certificate"`)
	s.write("tickets", keys+"\n")
	s.until("the new keys are read", func() bool { return strings.Count(s.log.String(), `msg="new certificate"`) > before })
}

// resumes asks over TLS with the tickets that a client has, and tells whether
// one of them was taken.
func (s *fleetServer) resumes(tickets tls.ClientSessionCache) bool {
	s.t.Helper()
	// The tests' servers have certificates of their own; which is not the question.
	config := &tls.Config{ServerName: servedAs, InsecureSkipVerify: true, ClientSessionCache: tickets, NextProtos: []string{"dot"}}
	client := dns.Client{Net: "tcp-tls", Timeout: oneReply, TLSConfig: config}
	conn, err := client.Dial(s.dot)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if _, _, err := client.ExchangeWithConn(question("lesson.example"), conn); err != nil { // tickets come before the answer
		s.t.Fatal(err)
	}
	return conn.Conn.(*tls.Conn).ConnectionState().DidResume
}
