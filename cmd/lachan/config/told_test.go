package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/resolver/certificate"
)

// told are the keys that a configuration is told of, each with its line, as "cache.entries:3".
// Line 1 is `policy: ""`, which needs no file.
func told(t *testing.T, text string) []string {
	t.Helper()
	if err := os.WriteFile("lachan.yaml", []byte("policy: \"\"\n"+text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, problems := config.Load("lachan.yaml", nil)
	var keys []string
	for _, p := range problems {
		key, _, _ := strings.Cut(p.Text.EN, ": ")
		keys = append(keys, fmt.Sprintf("%s:%d", key, p.Line))
	}
	return keys
}

// TestEveryBoundHoldsAtBothEnds: the least and the most that the documents name are
// taken, and what is one step beyond is told with its key.
func TestEveryBoundHoldsAtBothEnds(t *testing.T) {
	t.Chdir(t.TempDir())
	feed := func(what string) string {
		return "feeds: [{name: a, url: a.txt, category: ads, " + what + "}]"
	}
	for _, c := range []struct {
		key, text               string // %s is the value
		least, most             string
		below, above, exception string // "" if there is none
	}{
		{"memory", "memory: %s", "64MiB", "1TiB", "67108863", "1099511627777", "auto"},
		{"server.rate_limit.per_client", "server: {rate_limit: {per_client: %s}}", "0", "1000000", "-1", "1000001", ""},
		{"server.rate_limit.per_unit", "server: {rate_limit: {per_unit: %s}}", "0", "1000000", "-1", "1000001", ""},
		{"server.tcp.connections", "server: {tcp: {connections: %s}}", "1", "1000000", "0", "1000001", ""},
		{"server.tcp.per_client", "server: {tcp: {per_client: %s}}", "0", "1000000", "", "1000001", "auto"},
		{"server.tcp.lifetime", "server: {tcp: {lifetime: %s}}", "1m", "7d", "59s", "169h", "0s"},
		{"server.tcp.max_bytes", "server: {tcp: {max_bytes: %s}}", "64KiB", "64GiB", "65535", "68719476737", "0"},
		{"server.tcp.idle_timeout", "server: {tcp: {idle_timeout: %s}}", "1s", "10m", "999ms", "601s", ""},
		{"server.block_ttl", "server: {block_ttl: %s}", "0s", "1d", "", "86401s", ""},
		{"cache.entries", "cache: {entries: %s}", "1", "100000000", "0", "100000001", ""},
		{"cache.max_bytes", "cache: {max_bytes: %s}", "1MiB", "1TiB", "1048575", "1099511627777", "auto"},
		{"cache.max_ttl", "cache: {max_ttl: %s}", "1s", "7d", "999ms", "169h", ""},
		{"cache.min_ttl", "cache: {max_ttl: 1h, min_ttl: %s}", "0s", "1h", "", "3601s", ""},
		{"cache.negative_ttl", "cache: {negative_ttl: %s}", "0s", "1d", "", "86401s", ""},
		{"cache.stale_for", "cache: {stale_for: %s}", "0s", "7d", "", "169h", ""},
		{"metrics.history", "metrics: {history: %s}", "1d", "3660d", "23h", "3661d", ""},
		{"upstream.timeout", "upstream: {servers: [192.0.2.1], timeout: %s}", "100ms", "10s", "99ms", "10001ms", ""},
		{"feeds.refresh", feed("refresh: %s"), "1m", "30d", "59s", "721h", ""},
		{"feeds.max_bytes", feed("max_bytes: %s"), "1KiB", "4GiB", "1023", "4294967297", ""},
		{"reports.schedule.after", "reports: [{unit: all, after: %s}]", "0s", "30d", "", "721h", ""},
		{"server.discovery.info_url", "server: {discovery: {info_url: \"%s\"}}", "https://a", "https://a.example/" + strings.Repeat("x", 229), "http://a", "https://a.example/" + strings.Repeat("x", 230), ""},
	} {
		for _, right := range []string{c.least, c.most, c.exception} {
			if got := told(t, strings.Replace(c.text, "%s", right, 1)); right != "" && len(got) > 0 {
				t.Errorf("%s: %s is refused: %v", c.key, right, got)
			}
		}
		for _, wrong := range []string{c.below, c.above} {
			got := told(t, strings.Replace(c.text, "%s", wrong, 1))
			if want := []string{c.key + ":2"}; wrong != "" && !slices.Equal(got, want) {
				t.Errorf("%s: %s: told %v, want %v", c.key, wrong, got, want)
			}
		}
	}
}

// files makes what mistakes are about: a certificate and its key, a secret of transfers,
// a token that is long enough and one that is not.
func files(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "dns.example"}, DNSNames: []string{"dns.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"cert.pem":   string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})),
		"key.pem":    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})),
		"tsig":       "c2VjcmV0IG9mIHRyYW5zZmVycyBmb3IgdGVzdHM=\n",
		"cookies":    "00112233445566778899aabbccddeeff\n",
		"token16":    "0123456789abcdef\n",
		"token15":    "0123456789abcde\n",
		"tokentwo":   "0123456789 abcdef\n",
		"tokentilde": "0123456789abcde~\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhatDoesNotGoTogether has pairs of what is right and what is one step from it.
func TestWhatDoesNotGoTogether(t *testing.T) {
	files(t)
	f := func(text string, want ...string) {
		t.Helper()
		if got := told(t, text); !slices.Equal(got, want) {
			t.Errorf("%s\ntold %v, want %v", text, got, want)
		}
	}
	server := func(text string, want ...string) { t.Helper(); f("server: {"+text+"}", want...) }
	// Doors and their certificates.
	for _, door := range []string{"dot", "doh", "doq"} {
		server(door+`: ["127.0.0.1:8853"]`, "server."+door+":2")
		server(door + `: ["127.0.0.1:8853"], tls: {cert: cert.pem, key: key.pem}`)
		server(door + `: ["127.0.0.1:8853"], tls: {acme: {names: [dns.example]}}`)
	}
	server("tls: {cert: cert.pem}", "server.tls:2")
	server("tls: {key: key.pem}", "server.tls:2")
	server("tls: {cert: cert.pem, key: none.pem}", "server.tls:2")
	server("tls: {cert: cert.pem, key: key.pem, acme: {names: [dns.example]}}", "server.tls:2")
	server("tls: {name: dns.example.}")
	server("tls: {name: a..example}", "server.tls.name:2")
	server(`tls: {name: "."}`, "server.tls.name:2")
	server("tls: {acme: {names: [localhost]}}", "server.tls.acme.names:2")
	server(`tls: {acme: {names: ["*.example.test"]}}`, "server.tls.acme.names:2")
	server(`tls: {acme: {directory_url: "https://acme.example/d"}}`)
	server(`tls: {acme: {directory_url: "http://acme.example/d"}}`, "server.tls.acme.directory_url:2")
	server(`tls: {acme: {directory_url: "https:///d"}}`, "server.tls.acme.directory_url:2")
	server(`tls: {acme: {directory_url: "https://%zz"}}`, "server.tls.acme.directory_url:2")
	// What clients are told.
	server("discovery: {addresses: [192.0.2.1]}")
	server("discovery: {addresses: [224.0.0.1]}", "server.discovery.addresses:2")
	server(`discovery: {addresses: ["fe80::1%eth0"]}`, "server.discovery.addresses:2")
	server(`discovery: {info_url: "https:///page"}`, "server.discovery.info_url:2")
	server(`discovery: {info_url: "https://%zz"}`, "server.discovery.info_url:2")
	server("cookies: {secret_file: cookies}")
	server("cookies: {secret_file: token15}", "server.cookies.secret_file:2")
	server("doh_path: dns", "server.doh_path:2")
	server(`check_name: ""`)
	server("check_name: a..example", "server.check_name:2")
	server("rebind_allowed: [a.example, b..example, c.example]", "server.rebind_allowed:2")
	// The block page.
	server("page: {a: 192.0.2.1, aaaa: 2001:db8::1}")
	server("page: {a: 2001:db8::1}", "server.page.a:2")
	server("page: {aaaa: 192.0.2.1}", "server.page.aaaa:2")
	server("page: {aaaa: \"::ffff:192.0.2.1\"}", "server.page.aaaa:2")
	server(`page: {http: ["127.0.0.1:8080"]}`, "server.page:2")
	server(`page: {a: 192.0.2.1, http: ["127.0.0.1:8080"]}`)
	server(`page: {aaaa: "2001:db8::1", http: ["127.0.0.1:8080"]}`)
	server(`page: {a: 192.0.2.1, https: ["127.0.0.1:8443"]}`, "server.page:2")
	server(`page: {https: ["127.0.0.1:8443"], cert: cert.pem, key: key.pem}`, "server.page:2")
	server(`page: {a: 192.0.2.1, https: ["127.0.0.1:8443"], cert: cert.pem, key: key.pem}`)
	server("page: {a: 192.0.2.1, cert: cert.pem}", "server.page:2")
	server("page: {a: 192.0.2.1, key: key.pem}", "server.page:2")
	server("page: {a: 192.0.2.1, cert: cert.pem, key: cert.pem}", "server.page:2")
	// Zones for others.
	out := func(listen, zones string, want ...string) {
		t.Helper()
		server("rpz_out: {listen: ["+listen+"], zones: ["+zones+"]}", want...)
	}
	const here, zone = `"127.0.0.1:8054"`, "zone: rpz.example, categories: [gambling]"
	out("", "")
	out(here, "", "server.rpz_out:2")
	out("", "{"+zone+`, allow: ["192.0.2.0/24"]}`, "server.rpz_out:2")
	out(here, "{"+zone+`, allow: ["192.0.2.0/24"]}`)
	out(here, "{"+zone+"}", "server.rpz_out.zones:2")
	out(here, `{zone: rpz.example, allow: ["192.0.2.0/24"]}`, "server.rpz_out.zones:2")
	out(here, `{zone: a..example, categories: [ads], allow: ["192.0.2.0/24"]}`, "server.rpz_out.zones.zone:2")
	out(here, `{zone: ".", categories: [ads], allow: ["192.0.2.0/24"]}`, "server.rpz_out.zones.zone:2")
	out(here, "{"+zone+`, allow: ["192.0.2.0/24"]}, {zone: RPZ.example., categories: [ads], allow: ["192.0.2.0/24"]}`, "server.rpz_out.zones.zone:2")
	out(here, "{"+zone+", tsig: {name: k.example, secret_file: tsig}}")
	out(here, "{"+zone+", tsig: {name: k.example}}", "server.rpz_out.zones.tsig:2")
	out(here, "{"+zone+", tsig: {secret_file: tsig}}", "server.rpz_out.zones.tsig:2")
	// Upstreams.
	f("upstream: {servers: []}", "upstream.servers:2")
	f(`upstream: {servers: ["192.0.2.1"], bootstrap: ["tls://dns.example"]}`, "upstream.bootstrap:2")
	f(`upstream: {servers: ["192.0.2.1"], bootstrap: ["198.51.100.1"]}`)
	f(`upstream: {servers: ["192.0.2.1"], zones: {a.example: ["198.51.100.1"]}}`)
	f(`upstream: {servers: ["192.0.2.1"], zones: {a.example: []}}`, "upstream.zones.a.example:2")
	f(`upstream: {servers: ["192.0.2.1"], zones: {"a..example": ["198.51.100.1"]}}`, "upstream.zones.a..example:2")
	for scheme, door := range map[string]string{"": "listen", "tcp://": "listen", "tls://": "dot", "https://": "doh", "quic://": "doq"} {
		of := func(servers string) string {
			return "server: {listen: [\"127.0.0.9:5353\"], tls: {cert: cert.pem, key: key.pem}, dot: [\"127.0.0.9:853\"], doh: [\"127.0.0.9:443\"], doq: [\"127.0.0.9:854\"]}\n" +
				"upstream: {servers: [\"192.0.2.1\"], " + servers + "}"
		}
		own := scheme + map[string]string{"listen": "127.0.0.9:5353", "dot": "127.0.0.9:853", "doh": "127.0.0.9:443", "doq": "127.0.0.9:854"}[door]
		if scheme == "https://" {
			own += "/dns-query"
		}
		f(of(`bootstrap: ["`+own+`"]`), "upstream.bootstrap:3")
		f(of(`zones: {a.example: ["`+own+`"]}`), "upstream.zones.a.example:3")
	}
	// Servers whose word is passed on: those that are asked over TLS, of zones too.
	f(`upstream: {servers: ["tls://192.0.2.1"], trust_ad: "tls://192.0.2.1"}`)
	f(`upstream: {servers: ["tls://192.0.2.1"], trust_ad: "tls://192.0.2.2"}`, "upstream.trust_ad:2")
	f(`upstream: {servers: ["192.0.2.1"], trust_ad: ["tls://192.0.2.2"], zones: {a.example: ["tls://192.0.2.2"]}}`)
	f(`upstream: {servers: ["192.0.2.1"], trust_ad: nowhere}`, "upstream.trust_ad:2")
	f(`upstream: {servers: ["192.0.2.1"], trust_ad: false}`)
	// The control door.
	f(`http: {names: [lachan.example, "192.0.2.1"]}`)
	f("http: {names: [a..example]}", "http.names:2")
	f(`http: {listen: "0.0.0.0:8053", token_file: token16}`)
	f(`http: {listen: "0.0.0.0:8053", token_file: tokentilde}`)
	f(`http: {listen: "0.0.0.0:8053", token_file: token15}`, "http.token_file:2")
	f(`http: {listen: "0.0.0.0:8053", token_file: tokentwo}`, "http.token_file:2")
	f(`http: {listen: "127.0.0.1:8053", token_file: none}`, "http.token_file:2")
	// Statistics.
	f("metrics: {query_url: \"http://127.0.0.1:9090\", write_url: \"http://127.0.0.1:9090/api/v1/write\"}")
	f("metrics: {query_url: \"ftp://a\"}", "metrics.query_url:2")
	f("metrics: {write_url: \"ftp://a\"}", "metrics.write_url:2")
	f("state_dir: \"\"", "state_dir:2")
	// What a hub and a console are.
	f("fleet: {renew_secrets: 8d}", "fleet.renew_secrets:2")
	f("fleet: {areas: [x]}", "fleet.listen:2")
	f("console: {session: {idle: 1s}}", "console.session.idle:2")
	// Reports.
	f("reports: [{unit: all, period: week}]", "reports.schedule.period:2")
	f("reports: [{period: month}]", "reports.schedule.unit:2")
	f("reports: [{unit: all, formats: [pdf, doc]}]", "reports.schedule.formats:2")
}

// TestListenersThatMeet: on an address a port is had once, over UDP and TCP apart.
func TestListenersThatMeet(t *testing.T) {
	files(t)
	const here = `["127.0.0.1:5300"]`
	doors := map[string]string{ // without its listener each has the port to itself
		"server.listen":         "listen: " + here,
		"server.dot":            "dot: " + here,
		"server.doh":            "doh: " + here,
		"server.doq":            "doq: " + here,
		"server.rpz_out.listen": "rpz_out: {listen: " + here + `, zones: [{zone: rpz.example, categories: [ads], allow: ["192.0.2.0/24"]}]}`,
		"server.page.http":      "page: {a: 192.0.2.1, http: " + here + "}",
		"server.page.https":     "page: {a: 192.0.2.1, cert: cert.pem, key: key.pem, https: " + here + "}",
		"http.listen":           `http: {listen: "127.0.0.1:5300"}`,
		"console.listen":        `console: {listen: "127.0.0.1:5300"}`,
		"fleet.listen":          `fleet: {listen: "127.0.0.1:5300"}`,
	}
	order := []string{"server.listen", "server.dot", "server.doh", "server.doq", "server.rpz_out.listen", "server.page.http", "server.page.https", "http.listen", "console.listen", "fleet.listen"}
	udp := []string{"server.listen", "server.doh", "server.doq", "server.rpz_out.listen"}
	for i, first := range order {
		for _, second := range order[i+1:] {
			if strings.HasPrefix(first, "server.page") && strings.HasPrefix(second, "server.page") {
				continue // they are one key
			}
			top, inner := "", "tls: {cert: cert.pem, key: key.pem}"
			listens := false
			for _, door := range []string{first, second} {
				if strings.HasPrefix(door, "server.") {
					inner += ", " + doors[door]
				} else {
					top += doors[door] + "\n"
				}
				listens = listens || door == "server.listen"
			}
			if !listens {
				inner += `, listen: ["127.0.0.1:5399"]`
			}
			got := told(t, "server: {"+inner+"}\n"+top)
			meet := slices.Contains(udp, first) && slices.Contains(udp, second) || first != "server.doq" && second != "server.doq"
			if said := len(got) == 1 && strings.HasPrefix(got[0], second+":"); said != meet || !meet && len(got) > 0 {
				t.Errorf("%s and %s on one port: told %v, they meet: %v", first, second, got, meet)
			}
		}
	}
	f := func(listen string, want ...string) {
		t.Helper()
		if got := told(t, "server: {listen: ["+listen+"]}"); !slices.Equal(got, want) {
			t.Errorf("%s: told %v, want %v", listen, got, want)
		}
	}
	f("", "server.listen:2")
	f(`"127.0.0.1:0", "127.0.0.1:0"`)
	f(`"127.0.0.1:5300", "127.0.0.2:5300"`)
	f(`"127.0.0.1:5300", "127.0.0.1:5301"`)
	f(`"0.0.0.0:5300", "[::]:5300"`)
	f(`"127.0.0.1:5300", "0.0.0.0:5300"`, "server.listen:2")
	f(`"[::1]:5300", "[::]:5300"`, "server.listen:2")
}

// TestFeedsThatAreToldOf has what a feed may not have, beside what it may.
func TestFeedsThatAreToldOf(t *testing.T) {
	files(t)
	f := func(feed string, want ...string) {
		t.Helper()
		for i, key := range want {
			want[i] = strings.TrimSuffix("feeds."+key, ".") + ":2"
		}
		if got := told(t, "feeds: [{name: a, "+feed+"}]"); !slices.Equal(got, want) {
			t.Errorf("%s\ntold %v, want %v", feed, got, want)
		}
	}
	const key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
	f("url: a.txt, category: ads")
	f("category: ads", "url")
	f("url: a.txt", "")
	f("url: a.txt, action: allow")
	f("url: a.txt, action: allow, locked_by: x", "locked_by")
	f("url: a.txt, category: ads, locked_by: x")
	f("url: a.txt, category: ads, rewrites: true")
	f("url: a.txt, action: allow, rewrites: true", "rewrites")
	f("url: a.txt, category: ads, unit: x, rewrites: true", "rewrites")
	f("url: a.txt, category: ads, format: directory", "format")
	f("url: a.txt, category: ads, authority: {effective: 2026-12-01, expires: 2026-12-01}")
	f("url: a.txt, category: ads, authority: {effective: 2026-12-01}")
	f("url: a.txt, category: ads, authority: {expires: 2026-12-01}")
	f("url: a.txt, category: ads, authority: {effective: 2026-12-02, expires: 2026-12-01}", "authority.expires")
	for address, right := range map[string]bool{
		"file:///a.txt": true, "http://a.example/l": true, "https://a.example/l": true, "axfr://192.0.2.1/rpz.example": true,
		"http:///l": false, "https://%zz": false, "ftp://a.example/l": false, "axfr://": false,
	} {
		if right {
			f(`url: "` + address + `", category: ads`)
		} else {
			f(`url: "`+address+`", category: ads`, "url")
		}
	}
	const versions = `url: "https://a.example/manifest.json", category: ads`
	f(versions, "verify.minisign")
	f(versions + ", verify: {minisign: " + key + "}")
	f(versions + ", verify: {minisign: " + key + `}, mirrors: ["http://b.example/m", "https://c.example/m"]`)
	for _, mirror := range []string{"ftp://b.example/m", "https:///m", "https://%zz"} {
		f(versions+", verify: {minisign: "+key+`}, mirrors: ["`+mirror+`"]`, "mirrors")
	}
	f(`url: a.txt, category: ads, mirrors: ["https://b.example/m"]`, "mirrors")
	const zone = `url: "axfr://192.0.2.1/rpz.example", category: ads`
	f(zone + ", format: rpz")
	f(zone+", format: hosts", "format")
	f(zone+", verify: {sha256_url: \"https://a.example/s\"}", "verify")
	f(zone+", verify: {minisign: "+key+"}", "verify")
	f(zone + ", tsig: {name: k.example, secret_file: tsig}")
	f(zone+", tsig: {name: k.example}", "tsig")
	f(zone+", tsig: {secret_file: tsig}", "tsig")
	f(zone+", tsig: {name: k.example, secret_file: none}", "tsig")
	f("url: a.txt, category: ads, tsig: {name: k.example, secret_file: tsig}", "tsig")
	f(zone + ", rpz: {policy: cname, cname: walled.example}")
	f(zone + ", rpz: {policy: cname, cname: \"*.walled.example\"}")
	f(zone+", rpz: {policy: cname}", "rpz")
	f(zone+", rpz: {cname: walled.example}", "rpz")
	f(zone+", rpz: {policy: cname, cname: a..example}", "rpz")
	// Of names that come again, each is told once, at the first.
	got := told(t, "feeds:\n- {name: a, url: x, category: ads}\n- {name: a, url: x, category: ads}\n- {name: a, url: x, category: ads}")
	if want := []string{"feeds.name:4", "feeds.name:5"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

// TestCertificatesOfAnAuthority: what it has given takes the place of files that are
// named, and nothing does before it has.
func TestCertificatesOfAnAuthority(t *testing.T) {
	c := &config.Config{}
	c.SetDefaults()
	c.Server.TLS.Cert, c.Server.TLS.Key, c.Server.TLS.TicketKeys = "cert.pem", "key.pem", "tickets"
	want := certificate.Files{Cert: "cert.pem", Key: "key.pem", TicketKeys: "tickets"}
	if got := c.CertificateFiles(); got.Cert != want.Cert || got.Key != want.Key || got.TicketKeys != want.TicketKeys || len(got.More) > 0 {
		t.Errorf("%+v, want %+v", got, want)
	}
	c.StateDir = t.TempDir()
	c.Server.TLS.ACME.Names = []string{"DNS.example.test", "a..example"}
	order := c.ACMEOrder()
	if !slices.Equal(order.Names, []string{"dns.example.test"}) || order.Dir != filepath.Join(c.StateDir, "acme") {
		t.Errorf("%+v", order)
	}
	c.Server.TLS.ACME.Names = []string{"a.example", "b.example", "c.example"}
	order = c.ACMEOrder()
	for i, name := range order.Names {
		if got := c.CertificateFiles(); (i > 0) != (got.Cert == order.File("a.example")) {
			t.Errorf("%d were given, and used are %+v", i, got)
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(order.File(name)), 0o700), os.WriteFile(order.File(name), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	given := c.CertificateFiles()
	if a := order.File("a.example"); given.Cert != a || given.Key != a || given.TicketKeys != "tickets" || len(given.More) != 2 || given.More[0].Cert != order.File("b.example") {
		t.Errorf("of three that were given are used %+v", given)
	}
	c.Server.TLS.Name = "DNS.Example."
	if got := c.ServerName(); got != "dns.example" {
		t.Errorf("the server calls itself %q", got)
	}
}
