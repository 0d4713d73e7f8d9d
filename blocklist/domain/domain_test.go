package domain_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
)

func TestCanonical(t *testing.T) {
	f := func(in, want string, err error) {
		t.Helper()
		got, e := domain.Canonical(in)
		if got != want || e != err {
			t.Errorf("%q: %q, %v; want %q, %v", in, got, e, want, err)
		}
	}
	f("Example.TEST.", "example.test", nil)
	f("_dmarc.a-.example", "_dmarc.a-.example", nil)
	f("bücher.example", "xn--bcher-kva.example", nil)
	f("việt-nam.example", "xn--vit-nam-zv4c.example", nil)
	f("XN--BCHER-KVA.example", "xn--bcher-kva.example", nil)
	f("xn--not-really-punycode.example", "xn--not-really-punycode.example", nil)
	f("", "", domain.ErrEmpty)
	f(".", "", domain.ErrEmpty)
	f("a..example", "", domain.ErrLabelSize)
	f(strings.Repeat("a", 64)+".example", "", domain.ErrLabelSize)
	f(strings.Repeat("a.", 127)+"example", "", domain.ErrLength)
	f("192.0.2.1", "", domain.ErrAddress)
	f("2001:db8::1", "", domain.ErrAddress)
	f("a b.example", "", domain.ErrCharacter)
	f("*.example", "", domain.ErrCharacter)
}

func set(t testing.TB, text string) *domain.Name {
	t.Helper()
	var n domain.Name
	if err := n.SetText(text); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return &n
}

func TestSuffixesOfEqualNamesHashAlike(t *testing.T) {
	long, short := set(t, "www.a-long-label-of-more-than-8.example"), set(t, "a-long-label-of-more-than-8.example")
	for k := range short.Labels() + 1 {
		if long.Hash(k) != short.Hash(k) || !bytes.Equal(long.Suffix(k), short.Suffix(k)) {
			t.Errorf("suffix of %d labels differs", k)
		}
	}
	if long.Hash(3) == short.Hash(2) {
		t.Error("a name hashes like its parent")
	}
	if set(t, "ab.c").Hash(2) == set(t, "a.bc").Hash(2) {
		t.Error("where labels end does not count in the hash")
	}
}

func TestWithin(t *testing.T) {
	f := func(name, of string, want bool) {
		t.Helper()
		if got := set(t, name).Within(set(t, of)); got != want {
			t.Errorf("%s within %s: %v", name, of, got)
		}
	}
	f("a.example", "a.example", true)
	f("b.a.example", "a.example", true)
	f("ba.example", "a.example", false)
	f("example", "a.example", false)
}

func TestReadsCaseAndPointers(t *testing.T) {
	msg := append([]byte{3, 'C', 'o', 'M', 0}, 3, 'W', 'w', 'W', 0xC0, 0)
	var n domain.Name
	next, err := n.SetCompressed(msg, 5)
	if err != nil || next != 11 || n.String() != "www.com" {
		t.Errorf("%q, next %d, %v", n.String(), next, err)
	}
	if _, err := n.SetWire(msg, 5); err != domain.ErrPointer {
		t.Errorf("a pointer in a question: %v", err)
	}
	if _, err := n.SetCompressed([]byte{0xC0, 0}, 0); err != domain.ErrPointer {
		t.Errorf("a pointer to itself: %v", err)
	}
}

func TestIsPublicSuffix(t *testing.T) {
	f := func(name string, want bool) {
		t.Helper()
		if got := domain.IsPublicSuffix(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	f("com", true)
	f("edu.vn", true)
	f("hcm.edu.vn", false)
	f("github.io", false) // private section
	f("example.com", false)
	f("unknown-top-label", false)
}

// FuzzName: whatever the bytes, reading a name agrees with miekg/dns on
// whether there is one, what it says and where it ends.
func FuzzName(f *testing.F) {
	f.Add([]byte{3, 'w', 'W', 'w', 3, 'c', 'o', 'm', 0}, 0)
	f.Add([]byte{3, 'c', 'o', 'm', 0, 1, 'a', 0xC0, 0}, 5)
	f.Add([]byte{0}, 0)
	f.Fuzz(func(t *testing.T, msg []byte, off int) {
		if off < 0 || off > len(msg) || len(msg) > 4096 {
			return
		}
		var n domain.Name
		next, err := n.SetCompressed(msg, off)
		want, wantNext, wantErr := dns.UnpackDomainName(msg, off)
		if err != nil {
			return // stricter: forward pointers, which miekg allows
		}
		if wantErr != nil {
			t.Fatalf("read %q where miekg/dns says %v", n.String(), wantErr)
		}
		if next != wantNext {
			t.Fatalf("next %d, miekg/dns %d", next, wantNext)
		}
		wire := make([]byte, 300)
		end, e := dns.PackDomainName(strings.ToLower(want), wire, 0, nil, false)
		if e == nil && !bytes.Equal(wire[:end], n.Wire()) {
			t.Fatalf("wire %q, miekg/dns %q", n.Wire(), wire[:end])
		}
	})
}

// FuzzCanonical: what Canonical accepts is a fixed point and can be set.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"Example.TEST.", "bücher.example", "192.0.2.1", "a..b", "xn--a", "ⓐ.example", "。"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := domain.Canonical(s)
		if err != nil {
			return
		}
		if again, err := domain.Canonical(c); err != nil || again != c {
			t.Fatalf("%q -> %q -> %q, %v", s, c, again, err)
		}
		if got := set(t, c).String(); got != c {
			t.Fatalf("%q is set as %q", c, got)
		}
	})
}

func BenchmarkSetWire(b *testing.B) {
	msg := append([]byte(nil), set(b, "www.googleapis.l.example").Wire()...)
	var n domain.Name
	for b.Loop() {
		if _, err := n.SetWire(msg, 0); err != nil {
			b.Fatal(err)
		}
	}
}
