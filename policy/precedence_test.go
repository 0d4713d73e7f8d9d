package policy_test

import "testing"

// tree is a province with a commune, a school and two groups, one within the
// other. %s in the tests below are added to single units.
const tree = `
profiles:
  plain: {block: [gambling, adult, malware, social]}
`

func TestLocksComeBeforeAllElse(t *testing.T) {
	w := newWorld(t, `
profiles: {open: {block: []}}
default_profile: open
units:
- {id: tinh, kind: province, lock: [gambling, service:tiktok], allow: [lock-and-allow.example, bet.example]}
- {id: xa, kind: commune, parent: tinh, allow: [sub.bet.example]}
- {id: hs, parent: xa, allow: [bet.example, www.tiktok.com], groups: [{id: gv, allow: [bet.example]}]}
- {id: other, kind: school, allow: [bet.example]}
`)
	w.wants("hs/gv", "bet.example", "block lock gambling nxdomain 15") // the nearest allow does not lift it
	w.wants("hs", "www.bet.example", "block lock gambling nxdomain 15")
	w.wants("xa", "sub.bet.example", "block lock gambling nxdomain 15")
	w.wants("tinh", "bet.example", "block lock gambling nxdomain 15") // nor the unit's own
	w.wants("hs", "www.tiktok.com", "block lock short-video nxdomain 15")
	w.wants("hs", "order.example", "block lock authority-order nxdomain 16")
	w.wants("other", "bet.example", "pass own explicit") // nobody else's
	w.wants("", "bet.example", "pass default")
}
