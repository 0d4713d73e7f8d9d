package test

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/internal/testserver"
)

// A pebble is Let's Encrypt's server for tests: ACME as it is, certificates that
// nobody trusts.
type pebble struct {
	directory string
	stop      func()
}

// startPebble starts one, which the program that asks it trusts, and which looks for
// names on loopback, at the given ports.
func startPebble(t *testing.T, asks *process, tlsPort, httpPort, lifeSeconds int) *pebble {
	t.Helper()
	path, err := exec.LookPath("pebble")
	if err != nil {
		t.Skip("pebble is not installed: run make tools")
	}
	dir := asks.dir
	cert, key, err := testserver.PEM("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	for name, text := range map[string]string{
		"ca.pem": string(cert), "ca-key.pem": string(key),
		"pebble.json": fmt.Sprintf(`{"pebble": {"listenAddress": "127.0.0.1:%d", "certificate": %q, "privateKey": %q, "tlsPort": %d, "httpPort": %d,
			"profiles": {"default": {"description": "of the test", "validityPeriod": %d}}}}`,
			port, filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca-key.pem"), tlsPort, httpPort, lifeSeconds),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	asks.env = append(asks.env, "SSL_CERT_FILE="+filepath.Join(dir, "ca.pem"))
	cmd := exec.Command(path, "-config", filepath.Join(dir, "pebble.json"), "-dnsserver", startLoopbackNames(t))
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=10")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &pebble{directory: fmt.Sprintf("https://127.0.0.1:%d/dir", port)}
	p.stop = func() {
		_ = cmd.Process.Kill() // an error means that it has ended
		_ = cmd.Wait()
	}
	t.Cleanup(p.stop)
	var refused error
	for end := time.Now().Add(6 * soon); time.Now().Before(end); <-time.After(50 * time.Millisecond) { // it makes keys first
		var conn net.Conn
		if conn, refused = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); refused == nil {
			conn.Close()
			return p
		}
	}
	t.Fatalf("pebble: %v", refused)
	return nil
}

// startLoopbackNames is a DNS server in which every name leads to 127.0.0.1.
func startLoopbackNames(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") // which is what pebble asks over
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		reply := new(dns.Msg).SetReply(m)
		if q := m.Question[0]; q.Qtype == dns.TypeA {
			reply.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)}}
		}
		_ = w.WriteMsg(reply) // who asked will ask again
	})}
	go func() { _ = server.ActivateAndServe() }() // it ends when it is shut down
	t.Cleanup(func() { _ = server.Shutdown() })
	return l.Addr().String()
}

// shown is the serial number and the names of the certificate that a server
// shows to who asks for a name; "" when it shows none.
func shown(addr, name string, protocols ...string) string {
	conn, err := tls.Dial("tcp", addr, &tls.Config{ServerName: name, InsecureSkipVerify: true, NextProtos: protocols})
	if err != nil {
		return ""
	}
	defer conn.Close()
	leaf := conn.ConnectionState().PeerCertificates[0]
	return leaf.SerialNumber.String() + " " + strings.Join(leaf.DNSNames, " ")
}

// TestCertificatesAreAskedForAndRenewed has a real authority give certificates by
// TLS-ALPN-01, renew them, and go away.
func TestCertificatesAreAskedForAndRenewed(t *testing.T) {
	t.Parallel()
	p := newProcess(t, "", "")
	port := freePort(t)
	authority := startPebble(t, p, port, 1, 40)
	p.writeConfig("", startStandIn(t).addr)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `{listen: ["127.0.0.1:0"]}`, fmt.Sprintf(`
  listen: ["127.0.0.1:0"]
  dot: ["127.0.0.1:0"]
  doh: ["127.0.0.1:%d"]
  tls: {acme: {names: [DNS.truong.example, www.truong.example], directory_url: "%s"}}
`, port, authority.directory), 1))
	p.start()
	dot := p.logged(`msg="serving encrypted" protocol=dot address=(\S+)`)
	doh := fmt.Sprintf("127.0.0.1:%d", port)
	first := ""
	p.until("each name has its certificate", func() bool {
		first = shown(dot, "dns.truong.example")
		return strings.HasSuffix(first, " dns.truong.example") && strings.HasSuffix(shown(doh, "www.truong.example"), " www.truong.example")
	})
	if other := shown(doh, "secret-id-of-a-unit.dns.truong.example"); other != first {
		t.Errorf("who calls itself by an id is shown %q, want %q", other, first)
	}
	if info, err := os.Stat(filepath.Join(p.dir, "state/acme/dns.truong.example")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the key: %v, %v", info, err)
	}
	renewed := ""
	p.within(3*soon, "the certificate is renewed", func() bool {
		renewed = shown(dot, "dns.truong.example")
		return renewed != "" && renewed != first
	})
	authority.stop()
	p.within(3*soon, "the authority that is gone is told of", func() bool {
		_, page := p.get("/metrics")
		return strings.Contains(page, `lachan_condition{name="acme"} 1`)
	})
	if last := shown(dot, "dns.truong.example"); !strings.HasSuffix(last, " dns.truong.example") {
		t.Errorf("without the authority the server shows %q", last)
	}
	// It stops at once, whatever the authority does.
	p.signal(syscall.SIGTERM)
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// Where there is no DNS over HTTPS the authority asks back at the block page.
func TestACertificateIsHadOverThePage(t *testing.T) {
	t.Parallel()
	p := newProcess(t, "", "")
	port := freePort(t)
	authority := startPebble(t, p, 1, port, 3600)
	p.writeConfig("", startStandIn(t).addr)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `{listen: ["127.0.0.1:0"]}`, fmt.Sprintf(`
  listen: ["127.0.0.1:0"]
  dot: ["127.0.0.1:0"]
  page: {a: 127.0.0.1, http: ["127.0.0.1:%d"]}
  tls: {acme: {names: [dns.truong.example], directory_url: "%s"}}
`, port, authority.directory), 1))
	p.start()
	dot := p.logged(`msg="serving encrypted" protocol=dot address=(\S+)`)
	p.until("there is a certificate", func() bool {
		return strings.HasSuffix(shown(dot, "dns.truong.example"), " dns.truong.example")
	})
}

// An authority that cannot be asked is told of, and everything else works.
func TestWithoutAnAuthorityThereIsPlainDNS(t *testing.T) {
	p := newProcess(t, "", "")
	p.writeConfig("", startStandIn(t).addr)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `{listen: ["127.0.0.1:0"]}`,
		`{listen: ["127.0.0.1:0"], dot: ["127.0.0.1:0"], tls: {acme: {names: [dns.truong.example], directory_url: "https://127.0.0.1:9/dir"}}}`, 1))
	p.start()
	p.metric(`lachan_condition{name="acme"}`, "1")
	if reply := p.ask("lesson.example"); reply.Rcode != dns.RcodeSuccess {
		t.Error(reply)
	}
	if got := shown(p.logged(`msg="serving encrypted" protocol=dot address=(\S+)`), "dns.truong.example"); got != "" {
		t.Errorf("the server shows %q", got)
	}
}
