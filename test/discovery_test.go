package test

import (
	"encoding/hex"
	"net"
	"strings"
	"testing"
)

// told is what an answer of dig or kdig says, which write differently.
func told(out string) string { return strings.ToLower(strings.ReplaceAll(out, `"`, "")) }

// What a phone asks to find the encrypted doors of its network's resolver, asked
// by dig and kdig.
func TestRealClientsAreToldOfTheEncryptedDoors(t *testing.T) {
	p, d := everyDoor(t)
	port := func(addr string) string {
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			t.Fatal(err)
		}
		return port
	}
	for _, name := range []string{"_dns.resolver.arpa", "_dns." + servedAs} {
		for _, client := range [][]string{
			{"dig", "+norecurse", "SVCB"},
			{"kdig", "+norec", "SVCB"},
		} {
			out := tool(t, client[0], append(client[1:], "@127.0.0.1", "-p", port(p.dns), name)...)
			for _, want := range []string{
				"flags: qr aa ra", "1 dns.example. alpn=h2,h3 port=" + port(d.doh), "key7=/dns-query{?dns}",
				"2 dns.example. alpn=dot port=" + port(d.dot), "3 dns.example. alpn=doq port=" + port(d.doq), "ipv4hint=127.0.0.1",
			} {
				if !strings.Contains(told(out), want) {
					t.Errorf("%s %s: no %q in\n%s", client[0], name, want, out)
				}
			}
		}
	}
	for _, name := range []string{"resolver.arpa", servedAs} {
		out := tool(t, "dig", "+norecurse", "@127.0.0.1", "-p", port(p.dns), "TYPE261", name)
		if !strings.Contains(out, "flags: qr aa ra") || !strings.Contains(out, `exterr=0-3,5-19,21-23`) && !strings.Contains(out, hexOf("exterr=")) {
			t.Errorf("RESINFO of %s:\n%s", name, out)
		}
	}
}

// hexOf is a text as dig writes records that it does not know.
func hexOf(text string) string { return strings.ToUpper(hex.EncodeToString([]byte(text))) }
