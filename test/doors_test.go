package test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// crowd opens connections from an address of loopback and leaves them open.
func crowd(t *testing.T, from, to string, connections int, say string) {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: oneReply}
	for range connections {
		c, err := dialer.Dial("tcp4", to)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		_, _ = c.Write([]byte(say)) // it may have given way
	}
}

// misses asks for names that are in no cache, and returns how many were answered.
func (p *process) misses(round string, asked int) (answers int) {
	p.t.Helper()
	client := dns.Client{Timeout: oneReply}
	for i := range asked {
		m, _, err := client.Exchange(question(fmt.Sprintf("n%d-%s.example", i, round)), p.dns)
		if err == nil && len(m.Answer) > 0 {
			answers++
		}
	}
	return answers
}

// With few descriptors and many connections everybody is answered over UDP, whatever
// is asked, and over TCP too.
func TestConnectionsLeaveDescriptorsToQuestions(t *testing.T) {
	const limit, connections, asked = 64, 200, 40
	p := newProcess(t, "", "units: []\n", startStandIn(t).addr)
	p.write("few-files", fmt.Sprintf("#!/bin/sh\nulimit -n %d\nexec %s \"$@\"\n", limit, binary))
	if err := os.Chmod(filepath.Join(p.dir, "few-files"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.program = filepath.Join(p.dir, "few-files")
	p.start()
	for i := range 4 {
		crowd(t, fmt.Sprintf("127.66.0.%d", i+1), p.dns, connections/4, "")
	}
	answers := p.misses("few", asked)
	t.Logf("%d descriptors, %d connections: %d of %d questions for new names answered over UDP", limit, connections, answers, asked)
	if answers != asked {
		t.Errorf("%d of %d answered", answers, asked)
	}
	m, _, err := (&dns.Client{Net: "tcp", Timeout: oneReply}).Exchange(question("lesson.example"), p.dns)
	if err != nil || len(m.Answer) == 0 {
		t.Errorf("over TCP: %v, %v", m, err)
	}
}

// Connections that nobody uses, to whatever door, keep neither questions nor the
// visitors of that door out.
func TestCrowdsAtOtherDoorsKeepNobodyOut(t *testing.T) {
	p := newProcess(t, "", "units: []\n", startStandIn(t).addr)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `server: {listen: ["127.0.0.1:0"]}`, `server:
  listen: ["127.0.0.1:0"]
  page: {a: 127.0.0.1, http: ["127.0.0.1:0"]}
  rpz_out: {listen: ["127.0.0.1:0"], zones: [{zone: bet.rpz.example, categories: [gambling], allow: [127.0.0.0/8]}]}`, 1))
	p.start()
	page, zones := p.logged(`msg="serving the block page" address=(\S+)`), p.logged(`msg="serving zones" address=(\S+)`)
	web := strings.TrimPrefix(p.http, "http://")
	const connections, asked = 700, 20
	for name, addr := range map[string]string{"http.listen": web, "the block page": page, "rpz_out.listen": zones} {
		crowd(t, "127.66.0.1", addr, connections, "")
		crowd(t, "127.66.0.2", addr, connections, "GET / HTTP/1.1\r\n")
		answers, visits := p.misses(strings.ReplaceAll(name, " ", "-"), asked), 0
		for range 5 {
			if enters(t, name, addr) {
				visits++
			}
		}
		t.Logf("%d idle connections to %s: %d of %d questions for new names answered, %d of 5 visitors", 2*connections, name, answers, asked, visits)
		if answers != asked || visits != 5 {
			t.Errorf("%s: %d of %d questions answered, %d of 5 visitors", name, answers, asked, visits)
		}
	}
}

// enters asks at a door from an address of its own what is asked there.
func enters(t *testing.T, name, addr string) (answered bool) {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.1.0.1")}, Timeout: oneReply}
	if name == "rpz_out.listen" {
		client := dns.Client{Net: "tcp", Dialer: dialer, Timeout: oneReply}
		m, _, err := client.Exchange(new(dns.Msg).SetQuestion("bet.rpz.example.", dns.TypeSOA), addr)
		return err == nil && len(m.Answer) > 0
	}
	transport := &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}
	reply, err := (&http.Client{Transport: transport, Timeout: 2 * time.Second}).Get("http://" + addr + "/healthz")
	if err != nil {
		return false
	}
	reply.Body.Close()
	return true
}
