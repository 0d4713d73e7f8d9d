package test

import (
	"crypto"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/internal/testserver"
)

// A signedZone is the text of a zone that was signed, and its DS record.
type signedZone struct{ file, ds string }

// sign writes a zone with an address for www, signed; one that is broken has another
// address than was signed.
func sign(t *testing.T, origin string, broken bool) signedZone {
	t.Helper()
	origin = dns.Fqdn(origin)
	key := &dns.DNSKEY{
		Hdr:   dns.RR_Header{Name: origin, Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 300},
		Flags: 257, Protocol: 3, Algorithm: dns.ECDSAP256SHA256,
	}
	private, err := key.Generate(256)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	put := func(records ...string) {
		var set []dns.RR
		for _, r := range records {
			rr, err := dns.NewRR(r)
			if err != nil {
				t.Fatal(err)
			}
			set = append(set, rr)
		}
		putSigned(t, &text, key, private.(crypto.Signer), set, broken && strings.Contains(records[0], " A "))
	}
	put(origin + " 300 IN SOA ns." + origin + " root." + origin + " 1 3600 600 86400 300")
	put(origin + " 300 IN NS ns." + origin)
	put("ns." + origin + " 300 IN AAAA ::1")
	put("www." + origin + " 300 IN A 192.0.2.1")
	put(origin + " 300 IN NSEC ns." + origin + " NS SOA RRSIG NSEC DNSKEY")
	put("ns." + origin + " 300 IN NSEC www." + origin + " AAAA RRSIG NSEC")
	put("www." + origin + " 300 IN NSEC " + origin + " A RRSIG NSEC")
	putSigned(t, &text, key, private.(crypto.Signer), []dns.RR{key}, false)
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return signedZone{file, key.ToDS(dns.SHA256).String()}
}

func putSigned(t *testing.T, text *strings.Builder, key *dns.DNSKEY, private crypto.Signer, set []dns.RR, broken bool) {
	t.Helper()
	now := time.Now()
	sig := &dns.RRSIG{
		Hdr: dns.RR_Header{Ttl: 300}, Algorithm: key.Algorithm, KeyTag: key.KeyTag(), SignerName: key.Hdr.Name,
		Inception: uint32(now.Add(-time.Hour).Unix()), Expiration: uint32(now.Add(24 * time.Hour).Unix()),
	}
	if err := sig.Sign(private, set); err != nil {
		t.Fatal(err)
	}
	if a, ok := set[0].(*dns.A); ok && broken {
		a.A = net.IPv4(192, 0, 2, 66)
	}
	for _, rr := range set {
		fmt.Fprintln(text, rr)
	}
	fmt.Fprintln(text, sig)
}

// startValidator is Unbound as docs/dnssec.md has it, with a signed zone, a broken one
// and one that is not signed.
func startValidator(t *testing.T) string {
	t.Helper()
	good, bad := sign(t, "signed.example", false), sign(t, "broken.example", true)
	unsigned := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(unsigned, []byte(`unsigned.example. 300 IN SOA ns.unsigned.example. root.unsigned.example. 1 3600 600 86400 300
unsigned.example. 300 IN NS ns.unsigned.example.
www.unsigned.example. 300 IN A 192.0.2.3
`), 0o644); err != nil {
		t.Fatal(err)
	}
	config := "  module-config: \"validator iterator\"\n  ede: yes\n  local-zone: \".\" static\n"
	for _, name := range []string{"signed", "broken", "unsigned"} {
		config += fmt.Sprintf("  local-zone: %q transparent\n", name+".example")
	}
	for _, z := range []signedZone{good, bad} {
		config += fmt.Sprintf("  trust-anchor: %q\n", strings.ReplaceAll(z.ds, "\t", " "))
	}
	for name, file := range map[string]string{"signed": good.file, "broken": bad.file, "unsigned": unsigned} {
		config += fmt.Sprintf("auth-zone:\n  name: %q\n  zonefile: %q\n  for-upstream: yes\n  for-downstream: no\n  fallback-enabled: no\n",
			name+".example", file)
	}
	return testserver.StartUnboundConfig(t, config).Addr.String()
}

// TestDNSSECIsTheWordOfAValidatorThatIsTrusted has a real Unbound behind the server. Its AD
// bit is passed on where it is trusted, never on what the server made; what it finds
// broken is SERVFAIL with its reason; and where that is required nothing else serves.
func TestDNSSECIsTheWordOfAValidatorThatIsTrusted(t *testing.T) {
	t.Parallel()
	unbound := startValidator(t)
	const policy = "units: [{id: a, networks: [127.0.0.0/8], block: [blocked.signed.example]}]\n"
	ask := func(p *process, name string) *dns.Msg {
		m := question(name)
		m.IsEdns0().SetDo()
		return p.exchange("udp", m)
	}
	p := newProcess(t, "", policy, unbound)
	upstream := func(keys string) string {
		return strings.Replace(p.read("lachan.yaml"), "timeout: 1s", "timeout: 2s, "+keys, 1)
	}
	plain, trusting := p.read("lachan.yaml"), upstream("trust_ad: ["+unbound+"]")
	requiring := upstream("trust_ad: true, dnssec: require")

	type want struct {
		rcode int
		ad    bool
		ede   uint16
	}
	check := func(how string, wants map[string]want) {
		t.Helper()
		for name, w := range wants {
			for _, from := range []string{"asked", "kept"} {
				m := ask(p, name)
				if got := (want{m.Rcode, m.AuthenticatedData, errorOf(m)}); got != w {
					t.Errorf("%s, %s, %s: %+v, want %+v", how, name, from, got, w)
				}
			}
		}
	}
	const ok, failed, none = dns.RcodeSuccess, dns.RcodeServerFailure, 0
	p.write("lachan.yaml", plain)
	p.start()
	check("not trusted", map[string]want{
		"www.signed.example": {ok, false, none}, "www.unsigned.example": {ok, false, none}, "www.broken.example": {failed, false, 6},
	})
	reload := func(text string, serial int) {
		p.write("lachan.yaml", text)
		p.signal(syscall.SIGHUP)
		p.logged(fmt.Sprintf(`msg=reloaded serial=%d`, serial))
	}
	reload(trusting, 2)
	check("trusted", map[string]want{
		"www.signed.example": {ok, true, none}, "www.unsigned.example": {ok, false, none}, "www.broken.example": {failed, false, 6},
		"missing.signed.example": {dns.RcodeNameError, true, none}, "blocked.signed.example": {dns.RcodeNameError, false, 15},
	})
	reload(requiring, 3)
	check("required", map[string]want{
		"www.signed.example": {ok, true, none}, "www.unsigned.example": {failed, false, 5}, "www.broken.example": {failed, false, 6},
		"blocked.signed.example": {dns.RcodeNameError, false, 15},
	})
}

// errorOf is the first extended error of a reply, 0 if there is none.
func errorOf(m *dns.Msg) uint16 {
	if o := m.IsEdns0(); o != nil {
		if i := slices.IndexFunc(o.Option, func(o dns.EDNS0) bool { return o.Option() == dns.EDNS0EDE }); i >= 0 {
			return o.Option[i].(*dns.EDNS0_EDE).InfoCode
		}
	}
	return 0
}
