// Package testserver starts, on loopback and for tests, the servers of others:
// DNS servers and the engines that keep the history of many nodes. They serve
// only what the test gives them and ask nobody. It also makes certificates.
package testserver

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

const (
	readyWithin = 15 * time.Second
	stopWithin  = 5 * time.Second
	// Ports from below the range that the kernel gives to clients, so that a
	// server finds its port free when it starts again.
	portFrom, portTo = 12000, 32000
)

// A Server is a running program of others. Its methods are for the goroutine of
// the test.
type Server struct {
	Addr netip.AddrPort // UDP and TCP

	t       testing.TB
	program string
	args    []string
	command *exec.Cmd
	output  bytes.Buffer
	ended   chan struct{}
}

// StartUnbound runs unbound with each of records as local data, such as
// "www.example. 60 A 192.0.2.1". It answers NXDOMAIN for all other names. The
// test is skipped where unbound is not installed; the server stops with the
// test.
func StartUnbound(t testing.TB, records ...string) *Server {
	t.Helper()
	config := `  local-zone: "." static` + "\n"
	for _, r := range records {
		config += fmt.Sprintf("  local-data: '%s'\n", r)
	}
	return StartUnboundConfig(t, config)
}

// StartUnboundConfig runs unbound with lines of its server clause, and of other
// clauses behind them.
func StartUnboundConfig(t testing.TB, lines string) *Server {
	t.Helper()
	program := find(t, "unbound")
	dir, addr := t.TempDir(), FreeAddr(t)
	config := fmt.Sprintf(`server:
  interface: %s@%d
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-daemonize: no
  use-syslog: no
  username: ""
  chroot: ""
  directory: %q
  pidfile: %q
  num-threads: 1
  module-config: "iterator"
  verbosity: 0
%s
remote-control:
  control-enable: no
`, addr.Addr(), addr.Port(), dir, filepath.Join(dir, "unbound.pid"), lines)
	return start(t, addr, program, "-d", "-c", write(t, dir, "unbound.conf", config))
}

// StartNamed runs named as the primary of zone origin, whose text is in the
// form of RFC 1035 section 5. It refuses all other names. The test is skipped
// where named is not installed; the server stops with the test.
func StartNamed(t testing.TB, origin, zone string) *Server {
	t.Helper()
	program := find(t, "named")
	dir, addr := t.TempDir(), FreeAddr(t)
	file := write(t, dir, "zone", zone)
	config := fmt.Sprintf(`options {
  directory %q; managed-keys-directory %q; pid-file none; session-keyfile none;
  listen-on port %d { %s; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; empty-zones-enable no; notify no; allow-transfer { 127.0.0.0/8; };
};
controls {};
zone %q { type primary; file %q; };
`, dir, dir, addr.Port(), addr.Addr(), origin, file)
	return start(t, addr, program, "-g", "-n", "1", "-4", "-p", fmt.Sprint(addr.Port()), "-c", write(t, dir, "named.conf", config))
}

// Stop ends the program and waits until it is gone.
func (s *Server) Stop() {
	if s.command == nil {
		return
	}
	_ = s.command.Process.Signal(syscall.SIGTERM) // an error means that it has ended
	select {
	case <-s.ended:
	case <-time.After(stopWithin):
		_ = s.command.Process.Kill()
		<-s.ended
	}
	s.command = nil
	if s.t.Failed() {
		s.t.Logf("%s said:\n%s", s.program, s.output.String())
	}
}

// Start runs a program that was stopped again, on the same address, and returns
// when it answers.
func (s *Server) Start() {
	s.t.Helper()
	s.output.Reset()
	s.command = exec.Command(s.program, s.args...)
	s.command.Stdout, s.command.Stderr = &s.output, &s.output
	s.command.SysProcAttr = dieWithParent()
	if err := s.command.Start(); err != nil {
		s.t.Fatalf("start %s: %v", s.program, err)
	}
	command, ended := s.command, make(chan struct{})
	s.ended = ended
	go func() {
		_ = command.Wait() // how it ended says nothing that its output does not say
		close(ended)
	}()
	s.waitUntilReady()
}

func start(t testing.TB, addr netip.AddrPort, program string, args ...string) *Server {
	t.Helper()
	s := &Server{Addr: addr, t: t, program: program, args: args}
	t.Cleanup(s.Stop)
	s.Start()
	return s
}

// waitUntilReady asks over UDP and TCP until both have answered.
func (s *Server) waitUntilReady() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !s.answers(ctx, "udp") || !s.answers(ctx, "tcp") {
		select {
		case <-again.C:
		case <-s.ended:
			s.t.Fatalf("%s ended at once:\n%s", s.program, s.output.String())
		case <-ctx.Done():
			s.Stop()
			s.t.Fatalf("%s does not answer at %s:\n%s", s.program, s.Addr, s.output.String())
		}
	}
}

func (s *Server) answers(ctx context.Context, network string) bool {
	client := dns.Client{Net: network, Timeout: time.Second}
	query := new(dns.Msg).SetQuestion(".", dns.TypeSOA)
	_, _, err := client.ExchangeContext(ctx, query, s.Addr.String())
	return err == nil
}

func find(t testing.TB, program string) string {
	t.Helper()
	for _, dir := range []string{"", "/usr/sbin/", "/usr/local/sbin/"} {
		if path, err := exec.LookPath(dir + program); err == nil {
			return path
		}
	}
	t.Skipf("%s is not installed: run `make tools`", program)
	return ""
}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// FreeAddr is an address of loopback where both UDP and TCP are free.
func FreeAddr(t testing.TB) netip.AddrPort {
	t.Helper()
	for range 100 {
		addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(portFrom+rand.IntN(portTo-portFrom)))
		tcp, err := net.Listen("tcp", addr.String())
		if err != nil {
			continue
		}
		udp, err := net.ListenPacket("udp", addr.String())
		_ = tcp.Close()
		if err == nil {
			_ = udp.Close()
			return addr
		}
	}
	t.Fatal("no free port on loopback")
	return netip.AddrPort{}
}
