package policy_test

import (
	"testing"

	"github.com/miekg/dns"

	"lachan/policy"
)

const searching = `
profiles:
  all: {block: [], safe_search: strict, youtube: strict}
  on: {block: [], safe_search: on}
  tube: {youtube: moderate, block: [service:tiktok]}
  strict-tube: {youtube: strict, block: [service:youtube]}
  none: {block: [], safe_search: off, youtube: "off"}
  thi: {safe_search: strict, default: deny, allow: [www.bing.com]}
units:
- {id: all, profile: all, allow: [google.com, youtube.com], block: [duckduckgo.com]}
- {id: "on", kind: school, profile: "on"}
- {id: tube, kind: school, profile: tube}
- {id: strict-tube, kind: school, profile: strict-tube}
- {id: none, kind: school, profile: none}
- {id: thi, kind: school, profile: thi}
`

func TestSafeSearch(t *testing.T) {
	w := newWorld(t, searching)
	f := func(unit, asked, safe string) {
		t.Helper()
		r := w.at(monday)
		for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeHTTPS} {
			d := r.Decide(w.group(unit), name(t, asked), qtype)
			if got := w.tell(d); got != "rewrite safe-search "+safe {
				t.Errorf("%s asks %s %s: %s", unit, asked, dns.TypeToString[qtype], got)
			}
		}
		for _, qtype := range []uint16{dns.TypeTXT, dns.TypeCNAME, dns.TypeSVCB, dns.TypeANY, dns.TypeMX, dns.TypeDNAME} {
			d := r.Decide(w.group(unit), name(t, asked), qtype)
			if got := w.tell(d); got != "local safe-search nodata" { // nothing of the original
				t.Errorf("%s asks %s %s: %s", unit, asked, dns.TypeToString[qtype], got)
			}
		}
	}
	f("on", "www.google.com", "forcesafesearch.google.com")
	f("on", "google.com", "forcesafesearch.google.com")
	f("on", "www.google.com.vn", "forcesafesearch.google.com")
	f("on", "www.google.co.uk", "forcesafesearch.google.com")
	f("on", "www.bing.com", "strict.bing.com")
	f("on", "duckduckgo.com", "safe.duckduckgo.com")
	f("on", "yandex.ru", "familysearch.yandex.ru")
	f("on", "www.ecosia.org", "strict-safe-search.ecosia.org")
	f("on", "pixabay.com", "safesearch.pixabay.com")
	f("on", "search.brave.com", "forcesafe.search.brave.com")
	f("all", "www.youtube.com", "restrict.youtube.com")
	f("all", "youtubei.googleapis.com", "restrict.youtube.com")
	f("tube", "www.youtube.com", "restrictmoderate.youtube.com")
	f("all", "www.google.com", "forcesafesearch.google.com") // an own allow does not switch it off
	f("thi", "www.bing.com", "strict.bing.com")
}

func TestNoSafeSearch(t *testing.T) {
	w := newWorld(t, searching)
	w.wants("none", "www.google.com", "pass default")
	w.wants("none", "www.youtube.com", "pass default")
	w.wants("on", "www.youtube.com", "pass default") // YouTube is apart
	w.wants("tube", "www.google.com", "pass default")
	w.wants("on", "mail.google.com", "pass default") // only the names of the search itself
	w.wants("all", "duckduckgo.com", "block own local nxdomain 15")
	w.wants("strict-tube", "www.youtube.com", "block profile video nxdomain 17") // a block comes first
	w.wants("thi", "www.google.com", "block default default-deny nxdomain 17")
}

func TestTheSafeFaceIsJudgedByLocksAlone(t *testing.T) {
	w := newWorld(t, `
profiles: {p: {safe_search: strict, block: [malware]}}
units: [{id: tinh, kind: province, lock: [gambling]}, {id: hs, parent: tinh, profile: p}]
`)
	r := w.at(monday)
	d := r.Decide(w.group("hs"), name(t, "www.google.com"), dns.TypeA)
	f := func(target, want string) {
		t.Helper()
		set, _ := r.Classify(name(t, target), dns.TypeA)
		if got := w.tell(r.DecideSet(w.group("hs"), d, set)); got != want {
			t.Errorf("%s: %s", target, got)
		}
	}
	f("evil.example", "rewrite safe-search forcesafesearch.google.com")
	f("bet.example", "block lock gambling nxdomain 15")
	if got := r.DecideTarget(w.group("hs"), policy.Decision{Action: policy.Local}, name(t, "bet.example"), dns.TypeA); got.Action != policy.Local {
		t.Error("what is ours to answer points at nothing")
	}
}

func TestAnAliasOfASearchEngineIsNoWayRoundItsSafeFace(t *testing.T) {
	w := newWorld(t, searching)
	r := w.at(monday)
	f := func(unit, asked, target, want string) {
		t.Helper()
		g, to := w.group(unit), name(t, target)
		if _, own := r.Classify(to, dns.TypeA); !own {
			t.Errorf("%s would not be judged by itself", target)
		}
		if got := w.tell(r.DecideTarget(g, r.Decide(g, name(t, asked), dns.TypeA), to, dns.TypeA)); got != want {
			t.Errorf("%s asks %s, which leads to %s: %s, want %s", unit, asked, target, got, want)
		}
	}
	f("on", "alias.example", "www.google.com", "local safe-search nodata")
	f("on", "alias.example", "start.duckduckgo.com", "local safe-search nodata")
	f("tube", "alias.example", "www.youtube.com", "local safe-search nodata")
	f("tube", "alias.example", "www.google.com", "pass default")
	f("none", "alias.example", "www.google.com", "pass default")
	f("thi", "www.bing.com", "www.google.com", "rewrite safe-search strict.bing.com") // what a safe face leads to is the vendor's
}
