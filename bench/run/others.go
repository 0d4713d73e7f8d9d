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

// rivals are the servers that lachan is measured beside.
type rivals struct{ *lab }

// others are the servers that are installed; those that are not have their
// reason.
func (r *rivals) others() ([]*subject, error) {
	makers := []func(*subject) error{r.recursor, r.dnsdist, r.unbound, r.corednsServer}
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

func (l *lab) write(name, format string, args ...any) error {
	return os.WriteFile(l.file(name), fmt.Appendf(nil, format, args...), 0o644)
}

func (r *rivals) unbound(s *subject) error {
	s.name = "Unbound"
	s.find("unbound")
	s.args = []string{"-d", "-c", r.file("unbound-main.conf")}
	s.block = func(name string) error {
		err := appendTo(r.file("unbound.conf"), "local-zone: \""+name+".\" always_nxdomain\n")
		return errors.Join(err, s.child.Signal(syscall.SIGHUP))
	}
	return r.write("unbound-main.conf", `server:
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
`, s.addr.Port(), r.dir, r.file("unbound.conf"), r.upstream.Addr(), r.upstream.Port())
}

func (r *rivals) recursor(s *subject) error {
	s.name = "PowerDNS Recursor"
	s.find("pdns_recursor")
	s.args = []string{"--config-dir=" + r.dir}
	s.block = func(name string) error {
		if err := appendTo(r.file("blocked.rpz"), name+" CNAME .\n"); err != nil {
			return err
		}
		out, err := exec.CommandContext(r.ctx, "rec_control", "--config-dir="+r.dir, "--socket-dir="+r.dir, "--timeout=60", "reload-lua-config").CombinedOutput()
		if err != nil {
			return fmt.Errorf("rec_control: %w: %s", err, strings.TrimSpace(string(out)))
		}
		return nil
	}
	return errors.Join(
		r.write("recursor.lua", "rpzFile(%q, {policyName=\"blocked\"})\n", r.file("blocked.rpz")),
		r.write("recursor.conf", `local-address=127.0.0.1
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
`, s.addr.Port(), r.upstream, r.file("recursor.lua"), r.dir))
}

func (r *rivals) dnsdist(s *subject) error {
	s.name = "dnsdist"
	s.find("dnsdist")
	console, err := freeAddr()
	if err != nil {
		return err
	}
	s.args = []string{"--supervised", "--disable-syslog", "-C", r.file("dnsdist.conf")}
	s.block = func(name string) error {
		if err := appendTo(r.file("blocked.names"), name+"\n"); err != nil {
			return err
		}
		out, err := exec.CommandContext(r.ctx, s.program, "-C", r.file("dnsdist.conf"), "-c", console.String(), "-e", "block()").CombinedOutput()
		if err != nil {
			return fmt.Errorf("dnsdist -e: %w: %s", err, strings.TrimSpace(string(out)))
		}
		return nil
	}
	return r.write("dnsdist.conf", `setKey("bGFjaGFuLWJlbmNoLWxhY2hhbi1iZW5jaC1sYWNoYW4=")
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
`, console, s.addr, r.upstream, r.file("blocked.names"))
}

// corednsServer answers listed names from a list of hosts, the only one of its
// own plugins that knows lists; names below a listed one are not covered. It is
// installed by `go install github.com/coredns/coredns@latest`.
func (r *rivals) corednsServer(s *subject) error {
	s.name = "CoreDNS"
	s.find("coredns")
	s.args = []string{"-conf", r.file("Corefile"), "-dns.port", portOf(s.addr)}
	s.block = func(name string) error { return appendTo(r.file("coredns.hosts"), "0.0.0.0 "+name+"\n") }
	if err := r.hostsForCoreDNS(); err != nil {
		return err
	}
	return r.write("Corefile", `. {
  bind 127.0.0.1
  hosts %s {
    fallthrough
  }
  cache 3600 {
    success 1000000
  }
  forward . %s
}
`, r.file("coredns.hosts"), r.upstream)
}

func (r *rivals) hostsForCoreDNS() error {
	f, err := os.Create(r.file("coredns.hosts"))
	if err != nil {
		return err
	}
	for _, c := range categories {
		text, err := os.ReadFile(r.file(c + ".hosts"))
		if err != nil {
			return err
		}
		if _, err := f.Write(text); err != nil {
			return err
		}
	}
	return f.Close()
}
