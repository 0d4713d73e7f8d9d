package policy_test

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
)

// A country is what the generator makes: provinces with communes with schools,
// each school with an IPv4 and an IPv6 prefix, two groups, two timetable rules
// and ten own entries, some of them its own and some that many schools have.
type country struct {
	provinces, communes, schools int
}

// vietnam is the size of the country since 1/7/2025.
var vietnam = country{provinces: 34, communes: 3321, schools: 40000}

// write makes a policy of the country in a file of dir and returns its path.
// With csv the schools are rows of a CSV file, which has no place for groups,
// rules and entries; then provinces have the rules.
func (c country) write(tb testing.TB, dir string, csv bool) string {
	tb.Helper()
	path := filepath.Join(dir, "policy.yaml")
	create := func(path string, fill func(*bufio.Writer)) {
		file, err := os.Create(path)
		if err != nil {
			tb.Fatal(err)
		}
		out := bufio.NewWriterSize(file, 1<<20)
		fill(out)
		if err := out.Flush(); err != nil {
			tb.Fatal(err)
		}
		if err := file.Close(); err != nil {
			tb.Fatal(err)
		}
	}
	create(path, func(out *bufio.Writer) {
		out.WriteString(countryHead)
		if csv {
			out.WriteString("units_csv: [schools.csv]\n")
		}
		out.WriteString("units:\n")
		c.above(out)
		for i := range c.schools {
			if !csv {
				c.school(out, i)
			}
		}
	})
	if csv {
		create(filepath.Join(dir, "schools.csv"), func(out *bufio.Writer) {
			out.WriteString("id,parent,name,level,networks,profile\n")
			for i := range c.schools {
				v4, v6, _, _ := networks(i)
				fmt.Fprintf(out, "th-%05d,xa-%04d,Trường Tiểu học số %d,primary,%s %s,\n", i, i%c.communes, i, v4, v6)
			}
		})
	}
	return path
}

const countryHead = `# Made by the generator in generate_test.go.
canaries: true
timetables:
  buoi-toi: {days: all, from: "19:00", to: "06:00", on: any}
profiles:
  thi: {block: [adult, gambling], default: deny, allow: [service:google-classroom, thi.example]}
calendar:
  terms: [{from: 2026-09-05, to: 2027-05-31}]
  holidays: [{name: Tết, from: 2027-02-03, to: 2027-02-14}]
  make_up: [{date: 2027-02-20, as: wed}]
  exams: [{from: 2026-12-21, to: 2026-12-26}]
`

// above writes the units above the schools.
func (c country) above(out *bufio.Writer) {
	for i := range c.provinces {
		fmt.Fprintf(out, "  - {id: tinh-%02d, name: Tỉnh %d, kind: province, lock: [csam, authority-order, malware, phishing]}\n", i, i)
	}
	for i := range c.communes {
		fmt.Fprintf(out, "  - {id: xa-%04d, parent: tinh-%02d, name: Xã %d, kind: commune}\n", i, i%c.provinces, i)
	}
}

// school writes one school.
func (c country) school(out *bufio.Writer, i int) {
	v4, v6, staff, exam := networks(i)
	fmt.Fprintf(out, `  - id: th-%05d
    parent: xa-%04d
    name: Trường Tiểu học số %d
    kind: school
    level: primary
    students: 420
    networks: ["%s", "%s"]
    groups:
      - {id: giao-vien, networks: ["%s"], profile: giao-vien}
      - {id: phong-thi, networks: ["%s"], profile: thi}
    rules:
      - {during: gio-hoc, block: [short-video, ai-chat]}
      - {during: buoi-toi, allow: [games]}
    allow:
      - hoc-%05d.example
      - bai-giang.example
      - {name: thu-vien-%03d.example, until: 2027-05-31, who: Hiệu trưởng, why: tiết thư viện}
      - service:zalo
      - cham-diem.example
    block:
      - tro-choi-%05d.example
      - quan-net.example
      - {name: nhom-%03d.example, until: 2026-12-31, why: phụ huynh phản ánh}
      - truyen.example
      - service:roblox
`, i, i%c.communes, i, v4, v6, staff, exam, i, i%500, i, i%700)
}

// networks are the prefixes of a school and of its two groups.
func networks(i int) (v4, v6, staff, exam netip.Prefix) {
	base := netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0})
	v4 = netip.PrefixFrom(base, 24)
	staff = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 64}), 26)
	exam = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 128}), 26)
	v6 = netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(i >> 8), byte(i)}), 48)
	return v4, v6, staff, exam
}
