package blocklist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// varied is a compiled snapshot with something of every kind.
func varied(t *testing.T) []byte {
	t.Helper()
	rules := []format.Rule{
		{Name: "a.example"}, {Name: "b.example", Scope: format.Below}, {Regex: "^ads[0-9]"},
		{Prefix: netip.MustParsePrefix("192.0.2.0/24")}, {Prefix: netip.MustParsePrefix("2001:db8::/32")},
		{Prefix: netip.MustParsePrefix("192.0.2.0/24"), Client: true}, {Prefix: netip.MustParsePrefix("2001:db8::/32"), Client: true},
	}
	path := filepath.Join(t.TempDir(), "x.snap")
	if _, err := Compile(t.Context(), path, []Source{{Name: "a", Digest: "d", Rules: func(emit func(format.Rule) error) error {
		for _, r := range rules {
			if err := emit(r); err != nil {
				return err
			}
		}
		return nil
	}}}, Options{}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestEveryByteOfASnapshotIsChecked: one bit of whichever is another, and one byte less.
func TestEveryByteOfASnapshotIsChecked(t *testing.T) {
	whole := varied(t)
	if _, err := decode(whole); err != nil {
		t.Fatal(err)
	}
	f := func(what string, data []byte) {
		t.Helper()
		if _, err := decode(data); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range whole {
		whole[i] ^= 1
		f(fmt.Sprint("byte ", i), whole)
		whole[i] ^= 1
		f(fmt.Sprint("only bytes: ", i), whole[:i])
	}
	path := filepath.Join(t.TempDir(), "empty.snap")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, ErrDamaged) {
		t.Errorf("an empty file: %v", err)
	}
}

// TestASnapshotLeadsNowhereOutside: with checksums that are right, every number in it is
// within its table, up to its bound and no further.
func TestASnapshotLeadsNowhereOutside(t *testing.T) {
	whole := varied(t)
	f := func(what string, want bool, change func(h *header, m *meta)) {
		t.Helper()
		h, err := decodeHeader(whole)
		if err != nil {
			t.Fatal(err)
		}
		var m meta
		if err := json.Unmarshal(h.meta.of(whole), &m); err != nil {
			t.Fatal(err)
		}
		end := h.meta.offset
		change(h, &m)
		text, err := json.Marshal(&m)
		if err != nil {
			t.Fatal(err)
		}
		if h.meta.offset == end && h.meta.size != 1 {
			h.meta.size = uint64(len(text))
		}
		data := append(bytes.Clone(whole[:end]), text...)
		copy(data, h.encode())
		mendChecksums(data)
		if _, err := decode(data); (err == nil) != want || !want && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want it taken: %v", what, err, want)
		}
	}
	nothing := func(*header, *meta) {}
	f("nothing", true, nothing)
	f("a feed before the first", false, func(_ *header, m *meta) { m.Specs[0].Feed = -1 })
	f("a feed after the last", false, func(_ *header, m *meta) { m.Specs[0].Feed = len(m.Feeds) })
	f("the last scope", true, func(_ *header, m *meta) { m.Specs[0].Scope = format.Below })
	f("a scope beyond", false, func(_ *header, m *meta) { m.Specs[0].Scope = format.Below + 1 })
	f("the last rule", true, func(_ *header, m *meta) { m.Rulesets[0][0] = uint32(len(m.Specs) - 1) })
	f("a rule beyond", false, func(_ *header, m *meta) { m.Rulesets[0][0] = uint32(len(m.Specs)) })
	f("an expression of the last rule", true, func(_ *header, m *meta) { m.Regexes[0].Spec = uint32(len(m.Specs) - 1) })
	f("an expression of one beyond", false, func(_ *header, m *meta) { m.Regexes[0].Spec = uint32(len(m.Specs)) })
	f("an expression that is none", false, func(_ *header, m *meta) { m.Regexes[0].Expr = "(" })
	for family, most := range []int{32, 128, 32, 128} {
		f(fmt.Sprint("whole addresses of family ", family), true, func(_ *header, m *meta) { m.PrefixBits[family] = []int{most, 0} })
		f(fmt.Sprint("one bit more, family ", family), false, func(_ *header, m *meta) { m.PrefixBits[family] = []int{most + 1} })
		f(fmt.Sprint("less than none, family ", family), false, func(_ *header, m *meta) { m.PrefixBits[family] = []int{0, -1} })
	}
	f("more buckets than the directory has", false, func(h *header, _ *meta) { h.bucketBits++ })
	f("buckets beyond all bounds", false, func(h *header, _ *meta) { h.bucketBits = 63 })
	f("a filter without bits", false, func(h *header, _ *meta) { h.bloomBits, h.bloom.size = 0, 0 })
	f("a filter with more bits than it has", false, func(h *header, _ *meta) { h.bloomBits += 64 })
	f("a filter with fewer", false, func(h *header, _ *meta) { h.bloomBits -= 64 })
	f("a directory that is longer", false, func(h *header, _ *meta) { h.directory.size++ })
	f("half of the meta part", false, func(h *header, _ *meta) { h.meta.size = 1 })
	f("a section that begins outside", false, func(h *header, _ *meta) { h.arena.offset = uint64(len(whole)) + 1<<20 })
	f("a section that ends outside", false, func(h *header, _ *meta) { h.arena.size = 1 << 62 })
}

// TestKeysAreShownAsPeopleWriteThem: names, prefixes, single addresses, and every name.
func TestKeysAreShownAsPeopleWriteThem(t *testing.T) {
	of := func(text string, bits int, client bool) []byte {
		k := keyOf(netip.MustParseAddr(text), bits)
		if client {
			k.client()
		}
		return k.bytes()
	}
	every, _ := keyOfAll()
	var n domain.Name
	if err := n.SetText("a.example"); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		key  []byte
		want string
	}{
		{every, "*"}, {n.Suffix(2), "a.example"},
		{of("192.0.2.255", 25, false), "192.0.2.128/25"}, {of("192.0.2.255", 24, true), "192.0.2.0/24"},
		{of("192.0.2.7", 32, false), "192.0.2.7"}, {of("192.0.2.7", 31, false), "192.0.2.6/31"},
		{of("192.0.2.7", 0, false), "0.0.0.0/0"}, {of("255.255.255.255", 1, true), "128.0.0.0/1"},
		{of("0.0.0.1", keyAll&31, false), "0.0.0.0/18"},
		{of("2001:db8::ff", 128, true), "2001:db8::ff"}, {of("2001:db8::ff", 127, false), "2001:db8::fe/127"},
		{of("2001:db8:ff::", 33, false), "2001:db8::/33"}, {of("ffff::", 9, true), "ff80::/9"},
		{[]byte{keyIPv4, 8, 10}, ""}, // not whole
	} {
		if got := keyText(x.key); got != x.want {
			t.Errorf("%x: %q, want %q", x.key, got, x.want)
		}
	}
	for first := range 256 {
		family, ok := familyOf([]byte{byte(first)})
		want := map[int]int{keyIPv4: familyIPv4, keyIPv6: familyIPv6, keyClientIPv4: familyClientIPv4, keyClientIPv6: familyClientIPv6}
		if w, is := want[first]; is && (!ok || family != w) || !is && ok && first%2 == 0 {
			t.Errorf("%#x: family %d, %v", first, family, ok)
		}
	}
}

// TestEntriesThatAreNotWholeAreNone: in a bucket that the checksum does not speak against.
func TestEntriesThatAreNotWholeAreNone(t *testing.T) {
	s := &Snapshot{meta: meta{Rulesets: make([][]uint32, 130)}}
	f := func(arena string, key string, ruleset uint32, size int) {
		t.Helper()
		if k, id, n := s.entry([]byte(arena)); string(k) != key || id != ruleset || n != size {
			t.Errorf("%q: %q, ruleset %d, %d bytes; want %q, %d, %d", arena, k, id, n, key, ruleset, size)
		}
	}
	f("\x01a\x02", "a", 2, 3)
	f("\x01a\x00\x01b\x00", "a", 0, 3)
	f("\x02ab\x7f", "ab", 127, 4)
	f("\x01a\x80\x01", "a", 128, 4)
	f("\x01a\x81\x01x", "a", 129, 4)
	f("\x01a\x82\x01", "", 0, 0) // there are 130, from 0 on
	f("\x01a\x81", "", 0, 0)
	f("\x01a", "", 0, 0)
	f("\x03ab", "", 0, 0)
	f("\x00\x01", "", 0, 0)
	s.meta.Rulesets = s.meta.Rulesets[:2]
	f("\x01a\x01", "a", 1, 3)
	f("\x01a\x02", "", 0, 0)
}

// TestWhatNeedsMoreThanTheName: such rules alone cost more than a look-up.
func TestWhatNeedsMoreThanTheName(t *testing.T) {
	f := func(s spec, want bool) {
		t.Helper()
		if s.conditional() != want {
			t.Errorf("%+v: %v", s, !want)
		}
	}
	f(spec{}, false)
	f(spec{Feed: 1, Scope: format.Below, Act: format.ActNXDomain, Category: "c", Document: "d", Important: true}, false)
	f(spec{Allow: true}, true)
	f(spec{Types: []uint16{1}}, true)
	f(spec{DenyAllow: []string{"a.example"}}, true)
	f(spec{From: 1}, true)
	f(spec{From: 2}, true)
	f(spec{Until: 1}, true)
}

// TestNamesAloneAreLookedUpTheShortWay: only what rules with conditions, expressions or a
// change since may concern costs more than looking its suffixes up.
func TestNamesAloneAreLookedUpTheShortWay(t *testing.T) {
	open := func(path string) *Snapshot {
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	from := func(rules ...format.Rule) Source {
		return Source{Name: "a", Digest: fmt.Sprint(rules), Rules: func(emit func(format.Rule) error) error {
			for _, r := range rules {
				if err := emit(r); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	plain := []format.Rule{{Name: "a.example"}, {Name: "b.example", Scope: format.Exact}}
	f := func(base, now []format.Rule, text string, want bool) {
		t.Helper()
		dir := t.TempDir()
		if _, err := Compile(t.Context(), filepath.Join(dir, "base"), []Source{from(base...)}, Options{}); err != nil {
			t.Fatal(err)
		}
		s := open(filepath.Join(dir, "base"))
		l := s.Bind(func(string, string) Set { return Of(1) }, nil)
		if now != nil {
			if _, err := s.Overlay(t.Context(), filepath.Join(dir, "over"), []Source{from(now...)}, 10, Options{}); err != nil {
				t.Fatal(err)
			}
			l = s.Bind(func(string, string) Set { return Of(1) }, open(filepath.Join(dir, "over")))
		}
		long, made := false, l.scratch.New
		l.scratch.New = func() any { long = true; return made() }
		var n domain.Name
		if err := n.SetText(text); err != nil {
			t.Fatal(err)
		}
		if l.Classify(&n, 1, 1); long != want {
			t.Errorf("%v, now %v: %s is looked up the long way: %v", base, now, text, long)
		}
	}
	f(plain, nil, "x.a.example", false)
	f(plain, nil, "b.example", false)
	f(append(plain, format.Rule{Regex: "^ads[0-9]"}), nil, "x.a.example", true)
	f(append(plain, format.Rule{Name: "ok.example", Allow: true}), nil, "x.a.example", false)
	f(append(plain, format.Rule{Name: "ok.example", Allow: true}), nil, "ok.example", true)
	f(append(plain, format.Rule{Name: format.Every, Scope: format.Below}), nil, "z.example", false)
	f(append(plain, format.Rule{Name: format.Every, Scope: format.Below, Types: []uint16{1}}), nil, "z.example", true)
	more := append(plain, format.Rule{Name: "new.example"})
	f(plain, more, "x.a.example", false)
	f(plain, more, "x.new.example", true)
	f(plain, append(plain, format.Rule{Regex: "^ads[0-9]"}), "x.a.example", true)
	f(plain, append(plain, format.Rule{Name: format.Every, Scope: format.Below}), "x.a.example", true)
}
