package catalogue_test

import (
	"slices"
	"testing"

	"lachan/blocklist/domain"
	"lachan/policy/catalogue"
)

func wire(t testing.TB, text string) *domain.Name {
	t.Helper()
	n := new(domain.Name)
	if err := n.SetText(text); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEveryNameOfAnEngineLeadsToItsSafeFace(t *testing.T) {
	s := load(t).SafeSearch
	f := func(name string, engine catalogue.Engine, target string) {
		t.Helper()
		e, got := s.Target(wire(t, name), catalogue.Strict, catalogue.Strict)
		if got == nil {
			t.Errorf("%s is not rewritten", name)
			return
		}
		if e != engine || got.Engine != engine || got.Name.String() != target {
			t.Errorf("%s is %s and leads to %s, want %s and %s", name, e, got.Name, engine, target)
		}
	}
	for _, name := range []string{"google.com", "www.google.com", "www.google.com.vn", "google.vu", "www.google.co.za", "www.google.cat"} {
		f(name, catalogue.Google, "forcesafesearch.google.com")
	}
	f("bing.com", catalogue.Bing, "strict.bing.com")
	f("www.bing.com", catalogue.Bing, "strict.bing.com")
	f("duckduckgo.com", catalogue.DuckDuckGo, "safe.duckduckgo.com")
	f("html.duckduckgo.com", catalogue.DuckDuckGo, "safe.duckduckgo.com")
	f("yandex.com", catalogue.Yandex, "familysearch.yandex.ru")
	f("www.ya.ru", catalogue.Yandex, "familysearch.yandex.ru")
	f("www.ecosia.org", catalogue.Ecosia, "strict-safe-search.ecosia.org")
	f("pixabay.com", catalogue.Pixabay, "safesearch.pixabay.com")
	f("search.brave.com", catalogue.Brave, "forcesafe.search.brave.com")
	f("www.youtube.com", catalogue.YouTube, "restrict.youtube.com")
	f("m.youtube.com", catalogue.YouTube, "restrict.youtube.com")
	f("youtubei.googleapis.com", catalogue.YouTube, "restrict.youtube.com")
	f("www.youtube-nocookie.com", catalogue.YouTube, "restrict.youtube.com")
}

func TestSafeSearchIsForExactNamesOnly(t *testing.T) {
	s := load(t).SafeSearch
	f := func(name string) {
		t.Helper()
		if e, target := s.Target(wire(t, name), catalogue.Strict, catalogue.Strict); e != catalogue.NoEngine || target != nil {
			t.Errorf("%s is taken for %s", name, e)
		}
	}
	f("mail.google.com")
	f("classroom.google.com")
	f("forcesafesearch.google.com")
	f("restrict.youtube.com")
	f("x.www.google.com")
	f("google.example")
	f("com")
}

func TestYouTubeIsApartFromSearch(t *testing.T) {
	s := load(t).SafeSearch
	f := func(name string, search, youtube catalogue.Strictness, want string) {
		t.Helper()
		e, target := s.Target(wire(t, name), search, youtube)
		got := ""
		if target != nil {
			got = target.Name.String()
		}
		if got != want {
			t.Errorf("%s with search %d and YouTube %d leads to %q, want %q", name, search, youtube, got, want)
		}
		if e == catalogue.NoEngine {
			t.Errorf("%s is no engine", name)
		}
	}
	f("www.youtube.com", catalogue.Strict, catalogue.Off, "")
	f("www.youtube.com", catalogue.Off, catalogue.Moderate, "restrictmoderate.youtube.com")
	f("www.youtube.com", catalogue.Off, catalogue.Strict, "restrict.youtube.com")
	f("www.google.com", catalogue.Off, catalogue.Strict, "")
	f("www.google.com", catalogue.Moderate, catalogue.Off, "forcesafesearch.google.com")
	f("www.google.com", catalogue.Strict, catalogue.Off, "forcesafesearch.google.com")
}

func TestFixedAddressesAreThoseOfTheirVendors(t *testing.T) {
	s := load(t).SafeSearch
	f := func(name string, youtube catalogue.Strictness, a, aaaa string) {
		t.Helper()
		_, target := s.Target(wire(t, name), catalogue.Strict, youtube)
		var got4, got6 string
		for _, addr := range target.A {
			got4 += addr.String()
		}
		for _, addr := range target.AAAA {
			got6 += addr.String()
		}
		if got4 != a || got6 != aaaa {
			t.Errorf("%s has %q and %q, want %q and %q", target.Name, got4, got6, a, aaaa)
		}
	}
	f("google.com", catalogue.Off, "216.239.38.120", "2001:4860:4802:32::78")
	f("youtube.com", catalogue.Strict, "216.239.38.120", "2001:4860:4802:32::78")
	f("youtube.com", catalogue.Moderate, "216.239.38.119", "2001:4860:4802:32::77")
	f("yandex.ru", catalogue.Off, "213.180.193.56", "")
	f("bing.com", catalogue.Off, "", "")
}

func TestSafeFacesAreNeverBlocked(t *testing.T) {
	c := load(t)
	for e := catalogue.Google; e <= catalogue.YouTube; e++ {
		for _, text := range c.SafeSearch.Names(e) {
			for youtube := catalogue.Moderate; youtube <= catalogue.Strict; youtube++ {
				_, target := c.SafeSearch.Target(wire(t, text), catalogue.Strict, youtube)
				face := target.Name.String()
				if !slices.ContainsFunc(c.Core, func(k catalogue.CoreEntry) bool { return k.Name == face }) {
					t.Errorf("%s is not in core", face)
				}
			}
		}
	}
}

func TestGoogleHasAllItsCountries(t *testing.T) {
	names := load(t).SafeSearch.Names(catalogue.Google)
	if len(names) < 2*187 {
		t.Errorf("%d names", len(names))
	}
}

func TestTargetAllocatesNothing(t *testing.T) {
	s := load(t).SafeSearch
	hit, miss := wire(t, "www.google.com.vn"), wire(t, "lesson.school.example")
	if n := testing.AllocsPerRun(100, func() {
		s.Target(hit, catalogue.Strict, catalogue.Strict)
		s.Target(miss, catalogue.Strict, catalogue.Strict)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTarget(b *testing.B) {
	s := load(b).SafeSearch
	n := wire(b, "lesson.school.example")
	b.ReportAllocs()
	for b.Loop() {
		s.Target(n, catalogue.Strict, catalogue.Strict)
	}
}
