//go:build linux

package main

import (
	"errors"
	"fmt"
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// others are the servers that are installed; those that are not have their
// reason.
func (b *bench) others() ([]*subject, error) {
	makers := []func(*subject) error{b.recursor, b.dnsdist, b.unbound, b.corednsServer}
	var all []*subject
	for _, configure := range makers {
		addr, err := freeAddr()
		if err != nil {
			return nil, err
		}
		s := &subject{addr: addr}
		if err := configure(s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// find looks a program up, also where `go install` leaves it; without it the
// subject has its reason.
func (s *subject) find(program string) {
	path, err := exec.LookPath(program)
	if err != nil {
		path, err = exec.LookPath(filepath.Join(build.Default.GOPATH, "bin", program))
	}
	if err != nil {
		s.miss(warmCPU, errors.New(program+" is not installed"))
	}
	s.program = path
}

func (b *bench) write(name, format string, args ...any) error {
	return os.WriteFile(b.file(name), fmt.Appendf(nil, format, args...), 0o644)
}

func (b *bench) unbound(s *subject) error {
	s.name = "Unbound"
	s.find("unbound")
	s.args = []string{"-d", "-c", b.file("unbound-main.conf")}
	s.block = func(name string) error {
		err := appendTo(b.file("unbound.conf"), "local-zone: \""+name+".\" always_nxdomain\n")
		return errors.Join(err, s.child.Signal(syscall.SIGHUP))
	}
	return b.write("unbound-main.conf", `server:
  interface: 127.0.0.1@%d
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-daemonize: no
  use-syslog: no
  verbosity: 0
  username: ""
  chroot: ""
  directory: %q
  pidfile: "unbound.pid"
  num-threads: 1
  module-config: "iterator"
  so-rcvbuf: 8m
  outgoing-range: 8192
  num-queries-per-thread: 4096
  msg-cache-size: 256m
  rrset-cache-size: 512m
  local-zone: "test." nodefault
include: %q
forward-zone:
  name: "."
  forward-addr: %s@%d
`, s.addr.Port(), b.dir, b.file("unbound.conf"), b.upstream.Addr(), b.upstream.Port())
}

func (b *bench) recursor(s *subject) error {
	s.name = "PowerDNS Recursor"
	s.find("pdns_recursor")
	s.args = []string{"--config-dir=" + b.dir}
	s.block = func(name string) error {
		if err := appendTo(b.file("blocked.rpz"), name+" CNAME .\n"); err != nil {
			return err
		}
		out, err := exec.CommandContext(b.ctx, "rec_control", "--config-dir="+b.dir, "--socket-dir="+b.dir, "--timeout=60", "reload-lua-config").CombinedOutput()
		if err != nil {
			return fmt.Errorf("rec_control: %w: %s", err, strings.TrimSpace(string(out)))
		}
		return nil
	}
	return errors.Join(
		b.write("recursor.lua", "rpzFile(%q, {policyName=\"blocked\"})\n", b.file("blocked.rpz")),
		b.write("recursor.conf", `local-address=127.0.0.1
local-port=%d
threads=1
pdns-distributes-queries=no
dont-query=
dnssec=off
forward-zones-recurse=.=%s
lua-config-file=%s
socket-dir=%s
write-pid=no
daemon=no
security-poll-suffix=
max-cache-entries=1000000
max-packetcache-entries=1000000
loglevel=3
`, s.addr.Port(), b.upstream, b.file("recursor.lua"), b.dir))
}

func (b *bench) dnsdist(s *subject) error {
	s.name = "dnsdist"
	s.find("dnsdist")
	console, err := freeAddr()
	if err != nil {
		return err
	}
	s.args = []string{"--supervised", "--disable-syslog", "-C", b.file("dnsdist.conf")}
	s.block = func(name string) error {
		if err := appendTo(b.file("blocked.names"), name+"\n"); err != nil {
			return err
		}
		out, err := exec.CommandContext(b.ctx, s.program, "-C", b.file("dnsdist.conf"), "-c", console.String(), "-e", "block()").CombinedOutput()
		if err != nil {
			return fmt.Errorf("dnsdist -e: %w: %s", err, strings.TrimSpace(string(out)))
		}
		return nil
	}
	return b.write("dnsdist.conf", `setKey("bGFjaGFuLWJlbmNoLWxhY2hhbi1iZW5jaC1sYWNoYW4=")
controlSocket(%q)
setLocal(%q)
newServer({address=%q})
setMaxUDPOutstanding(65535)
getPool(""):setCache(newPacketCache(1000000))
function block()
  local names = newSuffixMatchNode()
  for name in io.lines(%q) do names:add(newDNSName(name)) end
  clearRules()
  addAction(SuffixMatchNodeRule(names), RCodeAction(DNSRCode.NXDOMAIN))
end
block()
`, console, s.addr, b.upstream, b.file("blocked.names"))
}

// corednsServer answers listed names from a list of hosts, the only one of its
// own plugins that knows lists; names below a listed one are not covered. It is
// installed by `go install github.com/coredns/coredns@latest`.
func (b *bench) corednsServer(s *subject) error {
	s.name = "CoreDNS"
	s.find("coredns")
	s.args = []string{"-conf", b.file("Corefile"), "-dns.port", portOf(s.addr)}
	s.block = func(name string) error { return appendTo(b.file("coredns.hosts"), "0.0.0.0 "+name+"\n") }
	if err := b.hostsForCoreDNS(); err != nil {
		return err
	}
	return b.write("Corefile", `. {
  bind 127.0.0.1
  hosts %s {
    fallthrough
  }
  cache 3600 {
    success 1000000
  }
  forward . %s
}
`, b.file("coredns.hosts"), b.upstream)
}

func (b *bench) hostsForCoreDNS() error {
	f, err := os.Create(b.file("coredns.hosts"))
	if err != nil {
		return err
	}
	for _, c := range categories {
		text, err := os.ReadFile(b.file(c + ".hosts"))
		if err != nil {
			return err
		}
		if _, err := f.Write(text); err != nil {
			return err
		}
	}
	return f.Close()
}
