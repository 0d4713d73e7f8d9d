package main

import (
	"fmt"
	"strings"
)

// The province: three communes with eight schools each, of all levels.

// A school asks from 127.20.N.0/24, where N is its number.
type school struct {
	number                      int
	id, name, commune, level    string
	students                    int
	silent                      bool // it has been bought and never plugged in
	perHour                     int  // questions in an hour of lessons
	games, social, harm, advert int  // of them blocked, in a thousand
}

func (s *school) network() string { return fmt.Sprintf("127.20.%d.0/24", s.number) }
func (s *school) pupil() string   { return fmt.Sprintf("127.20.%d.20", s.number) }

type commune struct{ id, name string }

var communes = [...]commune{{"sa-pa", "Phường Sa Pa"}, {"bac-ha", "Xã Bắc Hà"}, {"bao-thang", "Xã Bảo Thắng"}}

// kinds are the schools of a commune.
var kinds = [...]struct {
	id, name, level string
	students        int
}{
	{"mn", "Trường Mầm non", "preschool", 180}, {"th-1", "Trường Tiểu học số 1", "primary", 420},
	{"th-2", "Trường Tiểu học số 2", "primary", 310}, {"thcs-1", "Trường THCS số 1", "lower-secondary", 510},
	{"thcs-2", "Trường THCS số 2", "lower-secondary", 270}, {"thpt-1", "Trường THPT số 1", "upper-secondary", 860},
	{"thpt-2", "Trường THPT số 2", "upper-secondary", 640}, {"gdtx", "Trung tâm GDNN-GDTX", "continuing", 150},
}

// silentSchool is the one that nothing comes from.
const silentSchool = "bac-ha-th-2"

// schools are all of them.
func schools() (list []school) {
	for i, c := range communes {
		for j, k := range kinds {
			s := school{
				number: 1 + i*len(kinds) + j, id: c.id + "-" + k.id, commune: c.id, level: k.level, students: k.students,
				name:    k.name + strings.TrimPrefix(strings.TrimPrefix(c.name, "Phường"), "Xã"),
				perHour: k.students * (3 + j%3), games: 9 + 3*j, social: 4 + 2*j, harm: 1 + j%3, advert: 30,
			}
			s.silent = s.id == silentSchool
			list = append(list, s)
		}
	}
	return list
}

// policy is policy.yaml.
func policy() string {
	var b strings.Builder
	b.WriteString("units:\n  - {id: lao-cai, name: Tỉnh Lào Cai, kind: province, lock: [csam, malware, phishing]}\n")
	for _, c := range communes {
		fmt.Fprintf(&b, "  - {id: %s, parent: lao-cai, name: %s, kind: commune}\n", c.id, c.name)
	}
	for _, s := range schools() {
		fmt.Fprintf(&b, "  - id: %s\n    parent: %s\n    name: %s\n    kind: school\n    level: %s\n    students: %d\n    networks: [%q]\n",
			s.id, s.commune, s.name, s.level, s.students, s.network())
	}
	return b.String()
}

// categories of the lists, in the order of the shares of a school.
var categories = [...]string{"games", "social", "gambling", "ads"}

// list is a list of names of a category.
func list(category string, names int) string {
	var b strings.Builder
	for i := range names {
		fmt.Fprintf(&b, "%s-%d.example\n", category, i)
	}
	return b.String()
}

// authority is the id of the one whose documents are enforced: its name below, as ids are.
const authority = "so-thong-tin-mau"

// config is lachan.yaml.
func config(dns, http, console, upstream string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `state_dir: state
server: {listen: [%q]}
http: {listen: %q}
console: {listen: %q}
upstream: {servers: [%q]}
policy: policy.yaml
metrics: {node: demo}
feeds:
`, dns, http, console, upstream)
	for _, c := range categories {
		fmt.Fprintf(&b, "  - {name: demo-%s, url: %s.txt, format: domains, category: %s, refresh: 1m}\n", c, c, c)
	}
	b.WriteString(`  - name: van-ban-15
    url: order.txt
    format: domains
    category: authority-order
    trusted: true
    authority: {name: "Sở Thông tin mẫu", document: "15/A05", urgent: true}
  - name: van-ban-16
    url: order-16.txt
    format: domains
    category: authority-order
    trusted: true
    authority: {name: "Sở Thông tin mẫu", document: "16/A05"}
`)
	return b.String()
}
