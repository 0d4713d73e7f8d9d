package policy_test

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"

	"lachan/policy"
)

// BenchmarkDecideWithDecisions is what an answer costs that was remembered, with and
// without 2,000 decisions beside the policy of a country: its name is classified and
// judged. Run it with -count, and compare the medians.
func BenchmarkDecideWithDecisions(b *testing.B) {
	p := big(b)
	var entries []policy.OverlayEntry
	for i := range 2_000 {
		entries = append(entries, policy.OverlayEntry{Unit: fmt.Sprintf("th-%05d", 1+i%1000), Name: fmt.Sprintf("decided-%d.example", i)})
	}
	overlay, err := p.NewOverlay(entries)
	if err != nil {
		b.Fatal(err)
	}
	with, err := p.With(overlay)
	if err != nil {
		b.Fatal(err)
	}
	for _, of := range []struct {
		name   string
		policy *policy.Policy
	}{{"none", p}, {"2000", with}} {
		b.Run(of.name, func(b *testing.B) {
			r, n := of.policy.At(nil, now, 1), mustName("lesson.hoc-lieu.example")
			for b.Loop() {
				if _, own := r.Classify(n, dns.TypeA); own {
					b.Fatal("an entry is about it")
				}
				r.Decide(7, n, dns.TypeA)
			}
		})
	}
}
