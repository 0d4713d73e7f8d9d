package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"lachan/cmd/lachan/config"
	"lachan/internal/yamlfile"
)

// A configuration that another process unpacks says the same in every key.
func TestAConfigurationIsHandedOverWhole(t *testing.T) {
	files, err := filepath.Glob("../../../configs/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	every := filepath.Join(t.TempDir(), "every.yaml")
	if err := os.WriteFile(every, []byte(everyKind), 0o600); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, file := range append(files, every) {
		want, problems := config.Load(file, nil)
		if len(problems) > 0 && file != every {
			continue // a policy, or one whose certificates are not here
		}
		tried++
		text, err := want.Pack()
		if err != nil {
			t.Fatal(err)
		}
		got, err := config.Unpack(text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", file, err, text)
		}
		again, err := got.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != string(again) {
			t.Errorf("%s:\n%s\n%s", file, text, again)
		}
		want.Lines = yamlfile.Lines{}
		for _, section := range [][2]any{
			{got.Server, want.Server}, {got.Upstream, want.Upstream}, {got.Cache, want.Cache}, {got.Feeds, want.Feeds}, {got.Metrics, want.Metrics}, {got.Log, want.Log},
		} {
			if a, b := section[0], section[1]; !reflect.DeepEqual(a, b) {
				t.Errorf("%s:\n%+v\n%+v", file, a, b)
			}
		}
	}
	if tried < 3 {
		t.Errorf("only %d configurations were tried", tried)
	}
}

const everyKind = `
upstream:
  servers: ["192.0.2.1", "tcp://192.0.2.2:5353", "tls://192.0.2.3#dns.example", "https://dns.example/dns-query", "h3://dns.example/q", "quic://dns.example", system]
  strategy: parallel
  timeout: 1500ms
  zones: {"truong.example": ["192.0.2.9"]}
server:
  listen: ["127.0.0.1:0"]
  proxy_protocol: ["192.0.2.0/24"]
  block_ttl: 61s
  tcp: {max_bytes: 123KiB, lifetime: 0s}
  page: {a: 192.0.2.80}
  rpz_out: {listen: ["127.0.0.1:0"], zones: [{zone: rpz.example, categories: [gambling], allow: ["192.0.2.0/24"]}]}
feeds:
  - {name: a, url: lists/a.txt, category: gambling, max_shrink: 12.5%, max_growth: 3.5, refresh: 90m}
  - {name: b, url: "axfr://192.0.2.53/rpz.example", format: rpz, category: phishing, rpz: {policy: cname, cname: walled.example}}
  - {name: c, url: "https://lists.example/c", action: allow, authority: {name: A, document: 1/A, date: 2026-01-02, effective: 2026-02-03, expires: 2026-12-31, urgent: true}}
metrics: {history: 36h}
`
