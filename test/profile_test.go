package test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/miekg/dns"
)

// forwards starts a forwarder of others and asks it for the check until it says
// what it should.
func (p *process) forwards(want, server string, command ...string) {
	p.t.Helper()
	path, err := exec.LookPath(command[0])
	if err != nil {
		p.t.Logf("%s is not installed: run make tools", command[0])
		return
	}
	cmd := exec.Command(path, command[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill() // an error means that it has ended
		_ = cmd.Wait()
	}()
	p.until(command[0]+" says "+want, func() bool {
		r, _, err := new(dns.Client).Exchange(new(dns.Msg).SetQuestion("check.lachan.test.", dns.TypeTXT), server)
		return err == nil && len(r.Answer) == 1 && strings.Join(r.Answer[0].(*dns.TXT).Txt, " ") == want
	})
}

// freePort is a port of UDP and TCP that nobody had a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	for {
		// Below those that the system gives to whoever asks for any.
		port := 12_000 + rand.N(20_000)
		address := fmt.Sprintf("127.0.0.1:%d", port)
		datagrams, err := net.ListenPacket("udp", address)
		if err != nil {
			continue
		}
		streams, err := net.Listen("tcp", address)
		datagrams.Close()
		if err == nil {
			streams.Close()
			return port
		}
	}
}

// TestForwardersUseTheirProfile has dnsmasq and Unbound run what `lachan profile`
// writes for them: one is known by its address, the other, over TLS, by the link
// id of the unit.
func TestForwardersUseTheirProfile(t *testing.T) {
	p, d := everyDoor(t)
	profile := func(kind string) string {
		out, err := exec.Command(binary, "profile", "--config", filepath.Join(p.dir, "lachan.yaml"), "--unit", "truong", "--for", kind,
			"--server.listen="+p.dns, "--server.dot="+d.dot, "--server.doh="+d.doh).Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", kind, err, out)
		}
		return string(out)
	}
	port := freePort(t)
	p.write("dnsmasq.conf", profile("dnsmasq"))
	p.forwards("ok unit=none via=udp", fmt.Sprintf("127.0.0.1:%d", port), "dnsmasq", "--keep-in-foreground", "--conf-file="+filepath.Join(p.dir, "dnsmasq.conf"),
		fmt.Sprint("--port=", port), "--listen-address=127.0.0.1", "--bind-interfaces", "--user=", "--pid-file=")
	port = freePort(t)
	p.write("unbound.conf", strings.Replace(profile("unbound"), "/etc/ssl/certs/ca-certificates.crt", filepath.Join(p.dir, "cert.pem"), 1)+
		fmt.Sprintf("server:\n  interface: 127.0.0.1@%d\n  do-daemonize: no\n  username: \"\"\n  chroot: \"\"\n  pidfile: \"\"\n  use-syslog: no\n  do-not-query-localhost: no\n", port))
	p.forwards("ok unit=truong via=dot", fmt.Sprintf("127.0.0.1:%d", port), "unbound", "-d", "-c", filepath.Join(p.dir, "unbound.conf"))
	if apple := profile("apple"); !strings.Contains(apple, "/dns-query/"+link+"</string>") {
		t.Error(apple)
	}
}
