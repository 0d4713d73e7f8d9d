package testserver

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// KeyName and KeySecret are the HMAC-SHA256 key of every primary here.
const (
	KeyName   = "transfer.example."
	KeySecret = "Y2h1eWVuIHZ1bmcgY2hvIHRydW9uZyBob2MgbGFjaGFu"
)

// A Primary is a server from which a zone can be transferred with the key, and
// only with it. Update changes the zone.
type Primary struct {
	*Server
	zone string
}

// StartNamedPrimary runs named with a zone. It tells every address of notify
// when the zone has changed. The test is skipped where named is not installed.
func StartNamedPrimary(t testing.TB, origin, zone string, notify ...netip.AddrPort) *Primary {
	t.Helper()
	program := find(t, "named")
	dir, addr := t.TempDir(), FreeAddr(t)
	also := ""
	for _, a := range notify {
		also += fmt.Sprintf("%s port %d; ", a.Addr(), a.Port())
	}
	config := fmt.Sprintf(`key %q { algorithm hmac-sha256; secret %q; };
options {
  directory %q; managed-keys-directory %q; pid-file none; session-keyfile none;
  listen-on port %d { %s; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; empty-zones-enable no;
  notify-delay 0; notify-rate 1000; startup-notify-rate 1000; max-ixfr-ratio unlimited;
};
controls {};
zone %q {
  type primary; file %q; notify explicit; also-notify { %s};
  allow-transfer { key %q; }; allow-update { 127.0.0.0/8; };
};
`, KeyName, KeySecret, dir, dir, addr.Port(), addr.Addr(), origin, write(t, dir, "zone", zone), also, KeyName)
	return &Primary{start(t, addr, program, "-g", "-n", "1", "-4", "-p", fmt.Sprint(addr.Port()), "-c", write(t, dir, "named.conf", config)), origin}
}

// StartKnotPrimary runs knotd with a zone. It tells every address of notify
// when the zone has changed. The test is skipped where knotd is not installed.
func StartKnotPrimary(t testing.TB, origin, zone string, notify ...netip.AddrPort) *Primary {
	t.Helper()
	program := find(t, "knotd")
	dir, addr := t.TempDir(), FreeAddr(t)
	remotes, told := "", ""
	for i, a := range notify {
		remotes += fmt.Sprintf("remote:\n  - id: to%d\n    address: %s@%d\n", i, a.Addr(), a.Port())
		told += fmt.Sprintf("    notify: to%d\n", i)
	}
	config := fmt.Sprintf(`server:
  rundir: %q
  listen: %s@%d
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: %q
  journal-db-max-size: 64M
  kasp-db-max-size: 8M
  timer-db-max-size: 8M
  catalog-db-max-size: 8M
log:
  - target: stderr
    any: warning
key:
  - id: %s
    algorithm: hmac-sha256
    secret: %s
acl:
  - id: out
    key: %s
    action: transfer
  - id: change
    address: 127.0.0.0/8
    action: update
%szone:
  - domain: %s
    file: %q
    acl: [out, change]
%s    zonefile-sync: -1
    semantic-checks: off
`, dir, addr.Addr(), addr.Port(), dir, KeyName, KeySecret, KeyName, remotes, origin, write(t, dir, "zone", zone), told)
	return &Primary{start(t, addr, program, "-c", write(t, dir, "knot.conf", config)), origin}
}

// StartNSDPrimary runs nsd with a zone, which Update cannot change. It signs few
// of the messages of a transfer. The test is skipped where nsd is not installed.
func StartNSDPrimary(t testing.TB, origin, zone string) *Primary {
	t.Helper()
	program := find(t, "nsd")
	dir, addr := t.TempDir(), FreeAddr(t)
	config := fmt.Sprintf(`server:
  ip-address: %s
  port: %d
  server-count: 1
  username: ""
  zonesdir: %q
  xfrdfile: ""
  xfrdir: %q
  zonelistfile: %q
  pidfile: %q
remote-control:
  control-enable: no
key:
  name: %q
  algorithm: hmac-sha256
  secret: %q
zone:
  name: %q
  zonefile: %q
  provide-xfr: 127.0.0.0/8 %s
`, addr.Addr(), addr.Port(), dir, dir, filepath.Join(dir, "zone.list"), filepath.Join(dir, "nsd.pid"),
		KeyName, KeySecret, origin, write(t, dir, "zone", zone), KeyName)
	return &Primary{start(t, addr, program, "-d", "-c", write(t, dir, "nsd.conf", config)), origin}
}

// Update removes and adds records by a dynamic update (RFC 2136); the primary
// gives the zone its next serial.
func (p *Primary) Update(remove, add []string) {
	p.t.Helper()
	m := new(dns.Msg).SetUpdate(dns.Fqdn(p.zone))
	m.Remove(records(p.t, remove))
	m.Insert(records(p.t, add))
	client := dns.Client{Net: "tcp", Timeout: 5 * time.Second}
	reply, _, err := client.Exchange(m, p.Addr.String())
	if err != nil || reply.Rcode != dns.RcodeSuccess {
		p.t.Fatalf("update zone %s: %v %v\n%s", p.zone, err, reply, p.output.String())
	}
}

func records(t testing.TB, texts []string) (list []dns.RR) {
	t.Helper()
	for _, text := range texts {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rr)
	}
	return list
}
