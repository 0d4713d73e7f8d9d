package testserver

import (
	"fmt"
	"net/netip"
	"testing"
)

// StartNamedSecondary runs named as a resolver that does what a response policy
// zone says, which it transfers from primary with the key. The test is skipped
// where named is not installed.
func StartNamedSecondary(t testing.TB, zone string, primary netip.AddrPort) *Server {
	t.Helper()
	program := find(t, "named")
	dir, addr := t.TempDir(), FreeAddr(t)
	config := fmt.Sprintf(`key %q { algorithm hmac-sha256; secret %q; };
options {
  directory %q; managed-keys-directory %q; pid-file none; session-keyfile none;
  listen-on port %d { %s; }; listen-on-v6 { none; };
  recursion yes; dnssec-validation no; empty-zones-enable no; notify no;
  forward only; forwarders { 127.0.0.1 port 9; };
  response-policy { zone %q; } qname-wait-recurse no min-update-interval 0;
};
controls {};
zone %q { type secondary; primaries { %s port %d key %q; }; file "copy"; masterfile-format text; };
`, KeyName, KeySecret, dir, dir, addr.Port(), addr.Addr(), zone, zone, primary.Addr(), primary.Port(), KeyName)
	return start(t, addr, program, "-g", "-n", "1", "-4", "-p", fmt.Sprint(addr.Port()), "-c", write(t, dir, "named.conf", config))
}

// StartUnboundSecondary runs unbound as a resolver that does what a response
// policy zone says, which it transfers from primary without a key. For all
// other names it asks the primary, which knows none. The test is skipped where unbound is not installed.
func StartUnboundSecondary(t testing.TB, zone string, primary netip.AddrPort) *Server {
	t.Helper()
	return StartUnboundConfig(t, fmt.Sprintf(`  module-config: "respip iterator"
  local-zone: "." typetransparent
  local-data: ". 60 SOA ns.example. nobody.example. 1 1 1 1 1"
forward-zone:
  name: "."
  forward-addr: %s@%d
rpz:
  name: %q
  primary: %s@%d
  allow-notify: 127.0.0.1
`, primary.Addr(), primary.Port(), zone, primary.Addr(), primary.Port()))
}
