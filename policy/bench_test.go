package policy_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/policy"
)

// mustLoad loads a policy and fails when anything is wrong with it.
func mustLoad(tb testing.TB, path string) *policy.Policy {
	tb.Helper()
	p, problems := policy.Load(path, feeds, hanoi, policy.Unknown{})
	if len(problems) > 0 {
		tb.Fatal(problems[0], len(problems))
	}
	return p
}

func BenchmarkLoad(b *testing.B) {
	f := func(name string, csv bool) {
		b.Run(name, func(b *testing.B) {
			path := vietnam.write(b, b.TempDir(), csv)
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var p *policy.Policy
			for b.Loop() {
				p = mustLoad(b, path)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-kept")
			runtime.KeepAlive(p)
		})
	}
	f("yaml", false)
	f("csv", true)
}

// BenchmarkLoadOfOneChangedSchool loads the policy of the whole country with what was
// kept of the one before, in which one school was another.
func BenchmarkLoadOfOneChangedSchool(b *testing.B) {
	dir := b.TempDir()
	path := vietnam.write(b, dir, false)
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	store := policy.NewStore(filepath.Join(dir, "policy"))
	o := &policy.Origin{Path: path, Feeds: feeds, Zone: hanoi, Kept: store.Kept()}
	p, problems := o.Load()
	if p == nil {
		b.Fatal(problems)
	}
	if _, err := store.Save(p); err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		b.StopTimer()
		i++
		changed := fmt.Sprintf("%s- {id: moi, kind: school, networks: [192.0.2.0/24], block: [fresh-%d.example]}\n", text, i)
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		o.Kept = store.Kept()
		if p, problems = o.Load(); p == nil {
			b.Fatal(problems)
		}
	}
}

// BenchmarkOpen opens the file of the whole country. Nothing of it is kept in the
// heap but the table of prefixes.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "policy")
	if err := policy.Write(path, big(b)); err != nil {
		b.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var p *policy.Policy
	for b.Loop() {
		var err error
		if p, err = policy.Open(path); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-kept")
	if info, err := os.Stat(path); err == nil {
		b.ReportMetric(float64(info.Size())/(1<<20), "MiB-file")
	}
	runtime.KeepAlive(p)
}

// big is the policy of the whole country, loaded once for the benchmarks.
func big(b *testing.B) *policy.Policy {
	b.Helper()
	path := vietnam.write(b, b.TempDir(), false)
	p, problems := policy.Load(path, feeds, hanoi, policy.Unknown{})
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	return p
}

var now = time.Date(2026, 9, 7, 10, 0, 0, 0, hanoi)

func BenchmarkAt(b *testing.B) {
	p := big(b)
	for b.Loop() {
		p.At(nil, now, 1)
	}
}

func BenchmarkIdentify(b *testing.B) {
	r := big(b).At(nil, now, 1)
	v4 := make([]netip.Addr, 4096)
	v6 := make([]netip.Addr, len(v4))
	for i := range v4 {
		a, c, _, _ := networks(i * 7919 % vietnam.schools)
		v4[i] = a.Addr()
		for range i % 256 {
			v4[i] = v4[i].Next()
		}
		v6[i] = c.Addr().Next()
	}
	f := func(name string, addrs []netip.Addr) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				r.Identify(addrs[i&4095])
				i++
			}
		})
	}
	f("v4", v4)
	f("v6", v6)
}

func BenchmarkDecide(b *testing.B) {
	p := big(b)
	empty := p.At(nil, now, 1)
	full := p.At(newList(b, p), now, 1)
	groups := make([]policy.GroupID, 4096)
	for i := range groups {
		groups[i], _ = p.GroupOf(fmt.Sprintf("th-%05d", i*7919%vietnam.schools))
	}
	f := func(title string, r *policy.Rules, names ...string) {
		b.Run(title, func(b *testing.B) {
			list := make([]domain.Name, len(names))
			for i := range names {
				list[i] = *name(b, names[i])
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				r.Decide(groups[i&4095], &list[i%len(list)], dns.TypeA)
				i++
			}
		})
	}
	var plain []string
	for i := range 16 {
		plain = append(plain, fmt.Sprintf("www.site-%d.example", i))
	}
	f("plain", empty, plain...)
	f("plain, classified", full, plain...)
	f("blocked", full, "bet.example", "www.adult.example")
	f("own entry", full, "www.bai-giang.example")
	f("rewrite", full, "www.google.com")
	f("own service", full, "chat.zalo.me")
}
