package testserver

import (
	"fmt"
	"net/netip"
	"testing"
)

// StartNamedPolicy runs named as a resolver that does what a response policy zone says,
// which is a file, and asks upstream for all names. The test is skipped where named is
// not installed.
func StartNamedPolicy(t testing.TB, origin, zone string, upstream netip.AddrPort) *Server {
	t.Helper()
	program := find(t, "named")
	dir, addr := t.TempDir(), FreeAddr(t)
	config := fmt.Sprintf(`options {
  directory %q; managed-keys-directory %q; pid-file none; session-keyfile none;
  listen-on port %d { %s; }; listen-on-v6 { none; };
  recursion yes; dnssec-validation no; empty-zones-enable no; notify no; minimal-responses yes;
  forward only; forwarders { %s port %d; };
  response-policy { zone %q; } qname-wait-recurse no break-dnssec yes;
};
controls {};
zone %q { type primary; file %q; };
`, dir, dir, addr.Port(), addr.Addr(), upstream.Addr(), upstream.Port(), origin, origin, write(t, dir, "zone", zone))
	return start(t, addr, program, "-g", "-n", "1", "-4", "-p", fmt.Sprint(addr.Port()), "-c", write(t, dir, "named.conf", config))
}

// StartUnboundPolicy is StartNamedPolicy for unbound.
func StartUnboundPolicy(t testing.TB, origin, zone string, upstream netip.AddrPort) *Server {
	t.Helper()
	return StartUnboundConfig(t, fmt.Sprintf(`  module-config: "respip iterator"
  local-zone: "." typetransparent
  local-data: ". 60 SOA ns.example. nobody.example. 1 1 1 1 1"
forward-zone:
  name: "."
  forward-addr: %s@%d
rpz:
  name: %q
  zonefile: %q
`, upstream.Addr(), upstream.Port(), origin, write(t, t.TempDir(), "zone", zone)))
}

// StartRecursorPolicy is StartNamedPolicy for the Recursor of PowerDNS.
func StartRecursorPolicy(t testing.TB, origin, zone string, upstream netip.AddrPort) *Server {
	t.Helper()
	program := find(t, "pdns_recursor")
	dir, addr := t.TempDir(), FreeAddr(t)
	file := write(t, dir, "zone", "$ORIGIN "+origin+".\n"+zone)
	write(t, dir, "recursor.conf", fmt.Sprintf(`config-dir=%s
socket-dir=%s
local-address=%s
local-port=%d
allow-from=127.0.0.0/8
dont-query=
dnssec=off
threads=1
disable-packetcache=yes
daemon=no
loglevel=3
forward-zones-recurse=.=%s
serve-rfc1918=no
lua-config-file=%s
`, dir, dir, addr.Addr(), addr.Port(), upstream,
		write(t, dir, "policy.lua", fmt.Sprintf("rpzFile(%q, {policyName=%q})\n", file, origin))))
	return start(t, addr, program, "--config-dir="+dir)
}
