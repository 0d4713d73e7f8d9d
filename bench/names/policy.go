package main

import (
	"bufio"
	"fmt"
	"strings"
)

// What the policy of a country has: it is as large as that of Việt Nam.
const (
	provinces       = 34
	communes        = 3321
	schoolsACommune = 12
	ownEntries      = 5 // of a school, to allow and to block
)

const policyHead = `timetables:
  sang: {days: mon-sat, from: "07:00", to: "11:30"}
  toi: {days: all, from: "22:00", to: "05:00", on: any}
profiles:
  hoc-sinh:
    block: [%s, social, games]
    safe_search: strict
    youtube: strict
  thay-co:
    block: [%[1]s]
units:
`

// policy writes the policy of all schools. School i has the network
// 127.x.y.0/24 with x.y = i + 256, so that clients on this machine can be in
// any school, and one of IPv6.
func (o options) policy(w *bufio.Writer) {
	fmt.Fprintf(w, policyHead, strings.Join(categories[:], ", "))
	for i := range provinces {
		fmt.Fprintf(w, "  - {id: tinh-%d, name: Tỉnh %d, kind: province, lock: [phishing, malware]}\n", i, i)
	}
	for i := range min(communes, (o.schools+schoolsACommune-1)/schoolsACommune) {
		fmt.Fprintf(w, "  - {id: xa-%d, parent: tinh-%d, name: Xã %d, kind: commune}\n", i, i%provinces, i)
	}
	for i := range o.schools {
		writeSchool(w, i)
	}
}

func writeSchool(w *bufio.Writer, i int) {
	v4, v6 := i+256, i+1
	fmt.Fprintf(w, `  - id: truong-%d
    parent: xa-%d
    name: Trường %d
    kind: school
    profile: hoc-sinh
    networks: ["127.%d.%d.0/24", "2001:db8:%x::/48"]
    groups: [{id: giao-vien, networks: ["127.%d.%d.192/26"], profile: thay-co}]
    rules: [{during: sang, block: [short-video, shopping]}, {during: toi, block: [video]}]
`, i, i/schoolsACommune%communes, i, v4>>8, v4&255, v6, v4>>8, v4&255)
	for _, verb := range [...]string{"allow", "block"} {
		fmt.Fprintf(w, "    %s:\n", verb)
		for e := range ownEntries {
			fmt.Fprintf(w, "      - {name: %s-%d-%d.example, why: \"bài tập\"}\n", verb, i, e)
		}
	}
}
