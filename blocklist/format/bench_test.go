package format_test

import (
	"bytes"
	"fmt"
	"testing"

	"lachan/blocklist/format"
)

// benchmarkNames are as many lines as a large feed has, made with the given
// pattern.
func benchmarkNames(pattern string, lines int) []byte {
	var b bytes.Buffer
	for i := range lines {
		fmt.Fprintf(&b, pattern+"\n", i*7919%1000003)
	}
	return b.Bytes()
}

func BenchmarkParse(b *testing.B) {
	const lines = 100_000
	for f, pattern := range map[format.Format]string{
		format.Hosts:    "0.0.0.0 www.site-%d-of-many.vn.example",
		format.Domains:  "www.site-%d-of-many.vn.example",
		format.Adblock:  "||www.site-%d-of-many.vn.example^",
		format.Dnsmasq:  "local=/www.site-%d-of-many.vn.example/",
		format.Unbound:  `local-zone: "www.site-%d-of-many.vn.example" always_nxdomain`,
		format.RPZ:      "www.site-%d-of-many.vn.example CNAME .",
		format.CSV:      `www.site-%d-of-many.vn.example;co-bac;15/CV-A05;01/09/2026;A05;01/09/2026;;cao;`,
		format.Wildcard: "*.site-%d-of-many.vn.example",
	} {
		text := benchmarkNames(pattern, lines)
		b.Run(string(f), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				rules := 0
				_, err := format.Parse(bytes.NewReader(text), f, format.Options{Subdomains: true},
					func(format.Rule) error { rules++; return nil }, nil)
				if err != nil || rules != lines {
					b.Fatal(rules, err)
				}
			}
			b.ReportMetric(float64(b.N)*lines/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
