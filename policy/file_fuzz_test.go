package policy_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/policy"
)

// fuzzed is a policy with something in every table.
const fuzzed = `
timetables: {toi: {days: all, from: "19:00", to: "06:00", on: any}}
profiles: {thi: {block: [adult], default: deny, allow: [thi.example], rules: [{during: toi, block: [games]}], safe_search: strict}}
calendar: {terms: [{from: 2026-09-05, to: 2027-05-31}], make_up: [{date: 2026-09-20, as: mon}]}
tests: [a.txt]
units:
- {id: tinh, kind: province, lock: [gambling], contact: [mailto:a@b.example]}
- id: a
  parent: tinh
  name: Trường A
  level: primary
  code: "1"
  type: cong-lap
  networks: [10.0.0.0/8, "2001:db8::/32"]
  devices: ["mac:00:11:22:33:44:55"]
  links: [k7f3q9x2m4w8z1c5]
  link_tokens: [t0k3n-of-a-and-no-other]
  rules: [{during: toi, block: [social], profile: thi}]
  allow: [social, {category: games, until: 2026-12-31}, {name: bet.example, who: A, why: B, document: C}, a.b.bet.example]
  block: [noise.example, x.noise.example]
  groups: [{id: gv, profile: giao-vien, calendar: {holidays: [{from: 2026-11-20}]}}]
`

// FuzzFile changes bytes of a policy's file. If the checksums are left as they
// were it is not opened; if they are made to fit, whatever is opened answers every
// question without a panic and without end.
func FuzzFile(f *testing.F) {
	dir := f.TempDir()
	source, path := filepath.Join(dir, "policy.yaml"), filepath.Join(dir, "policy")
	if err := os.WriteFile(source, []byte(fuzzed), 0o600); err != nil {
		f.Fatal(err)
	}
	if err := policy.Write(path, mustLoad(f, source)); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		f.Add(rng.Uint32(), rng.Uint32(), uint8(rng.IntN(256)))
	}
	f.Fuzz(func(t *testing.T, place, and uint32, value uint8) {
		data := append([]byte(nil), whole...)
		for _, at := range []uint32{place, and} {
			data[int(at)%len(data)] ^= value | 1
		}
		if open(t, dir, data) != nil {
			t.Fatal("a damaged file was opened")
		}
		refit(data, 704)
		if p := open(t, dir, data); p != nil {
			askEverything(p)
		}
	})
}

func open(t *testing.T, dir string, data []byte) *policy.Policy {
	t.Helper()
	path := filepath.Join(dir, "changed")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := policy.Open(path)
	if err != nil && (p != nil || !errors.Is(err, policy.ErrDamaged) && !errors.Is(err, policy.ErrVersion)) {
		// A time zone may be a name that there is none of.
		t.Log(err)
	}
	return p
}

// refit makes the checksums of a file whose header has so many bytes fit, if the
// header still says where things are.
func refit(data []byte, header int) {
	table := crc32.MakeTable(crc32.Castagnoli)
	const sectionsAt, sectionSize = 48, 24
	for at := sectionsAt; at+sectionSize <= header-8; at += sectionSize {
		offset, size := binary.LittleEndian.Uint64(data[at:]), binary.LittleEndian.Uint64(data[at+8:])
		if offset <= uint64(len(data)) && size <= uint64(len(data))-offset {
			binary.LittleEndian.PutUint32(data[at+16:], crc32.Checksum(data[offset:offset+size], table))
		}
	}
	binary.LittleEndian.PutUint32(data[header-4:], crc32.Checksum(data[:header-4], table))
}

func askEverything(p *policy.Policy) {
	at := time.Date(2026, 9, 7, 20, 0, 0, 0, hanoi)
	r := p.At(nil, at, 1)
	for _, addr := range []string{"10.1.2.3", "2001:db8::1", "192.0.2.1"} {
		r.Identify(netip.MustParseAddr(addr))
	}
	r.IdentifyDevice("mac:00:11:22:33:44:55")
	r.IdentifyLink("k7f3q9x2m4w8z1c5")
	r.IdentifyToken("t0k3n-of-a-and-no-other")
	r.IdentifyName("a")
	p.GroupOf("a/gv")
	for g, group := range p.Groups() {
		_, _ = group.UnitID(), p.Link(g)
		p.LessonsOn(p.Calendar(g), at)
		for _, text := range []string{"bet.example", "x.a.b.bet.example", "noise.example", "x.noise.example", "thi.example", "www.google.com", "mask.icloud.com", "other.example"} {
			n := mustName(text)
			d := r.Decide(g, n, dns.TypeA)
			r.Text(d)
			r.DecideTarget(g, d, n, dns.TypeA)
			r.Classify(n, dns.TypeA)
			_, _ = r.Explain(g, text, dns.TypeA) // the name is one
		}
		for tag := range 256 {
			r.DecideCategory(g, uint8(tag))
		}
	}
	for tag := range 256 {
		p.Label(uint8(tag))
		p.Counted(p.CategoryCode(uint8(tag)))
	}
	p.Standings(at)
	p.Notes(at)
	p.CheckLocks(nil)
	p.Blocks()
	p.Lessons()
	p.Tags("gambling", "Cờ bạc")
}
