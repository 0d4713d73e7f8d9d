package testserver

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// An Encrypted is a server that is asked over TLS and HTTPS as well.
type Encrypted struct {
	*Server
	TLS   netip.AddrPort
	HTTPS netip.AddrPort // at /dns-query
}

// StartEncryptedUnbound is StartUnbound with a certificate and its key in files.
func StartEncryptedUnbound(t testing.TB, cert, key string, records ...string) Encrypted {
	t.Helper()
	overTLS, overHTTPS := FreeAddr(t), FreeAddr(t)
	var lines strings.Builder
	fmt.Fprintf(&lines, `  interface: %s@%d
  interface: %s@%d
  tls-port: %d
  https-port: %d
  tls-service-pem: %q
  tls-service-key: %q
  local-zone: "." static
`, overTLS.Addr(), overTLS.Port(), overHTTPS.Addr(), overHTTPS.Port(), overTLS.Port(), overHTTPS.Port(), cert, key)
	for _, r := range records {
		fmt.Fprintf(&lines, "  local-data: '%s'\n", r)
	}
	return Encrypted{StartUnboundConfig(t, lines.String()), overTLS, overHTTPS}
}

// StartDNSDist runs dnsdist before another server. The test is skipped where
// dnsdist is not installed; the server stops with the test.
func StartDNSDist(t testing.TB, cert, key string, behind netip.AddrPort) Encrypted {
	t.Helper()
	program := find(t, "dnsdist")
	addr, overTLS, overHTTPS := FreeAddr(t), FreeAddr(t), FreeAddr(t)
	config := fmt.Sprintf(`setLocal(%q)
addTLSLocal(%q, %q, %q)
addDOHLocal(%q, %q, %q, "/dns-query")
newServer({address=%q, healthCheckMode="up"})
`, addr, overTLS, cert, key, overHTTPS, cert, key, behind)
	file := write(t, t.TempDir(), "dnsdist.conf", config)
	return Encrypted{start(t, addr, program, "--supervised", "--disable-syslog", "-C", file), overTLS, overHTTPS}
}

// StartKnotResolver runs Knot Resolver, which asks another server for everything.
// The test is skipped where kresd is not installed; the server stops with the
// test.
func StartKnotResolver(t testing.TB, cert, key string, behind netip.AddrPort) Encrypted {
	t.Helper()
	program := find(t, "kresd")
	addr, overTLS, overHTTPS := FreeAddr(t), FreeAddr(t), FreeAddr(t)
	listen := func(a netip.AddrPort, kind string) string {
		return fmt.Sprintf("net.listen(%q, %d, {kind = %q})\n", a.Addr(), a.Port(), kind)
	}
	config := listen(addr, "dns") + listen(overTLS, "tls") + listen(overHTTPS, "doh2") + fmt.Sprintf(`net.tls(%q, %q)
trust_anchors.remove('.')
modules = {"policy"}
policy.add(policy.all(policy.FORWARD("%s@%d")))
`, cert, key, behind.Addr(), behind.Port())
	dir := t.TempDir()
	return Encrypted{start(t, addr, program, "-n", "-c", write(t, dir, "kresd.conf", config), dir), overTLS, overHTTPS}
}
