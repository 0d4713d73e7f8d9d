package policy_test

import (
	"testing"

	"lachan/policy"
)

// A unit may be called by its name where one alone has it.
func TestAUnitIsMeantByItsIdOrItsName(t *testing.T) {
	p := newWorld(t, `
units:
- {id: lao-cai, name: Tỉnh Lào Cai, kind: province}
- {id: th-1, parent: lao-cai, name: Trường Tiểu học Kim Đồng, kind: school, groups: [{id: gv, name: Giáo viên}]}
- {id: th-2, parent: lao-cai, name: Trường Tiểu học Hoa Sen, kind: school, groups: [{id: gv, name: Giáo viên}]}
- {id: th-3, parent: lao-cai, name: Trường Tiểu học Hoa Sen, kind: school}
`).policy
	f := func(text, want string) {
		t.Helper()
		if got, ok := policy.UnitNamed(p, text); got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	f("th-1", "th-1")
	f("th-1/gv", "th-1/gv")
	f("Trường Tiểu học Kim Đồng", "th-1")
	f("truong tieu hoc kim dong", "th-1")
	f("Tỉnh Lào Cai", "lao-cai")
	f("Trường Tiểu học Hoa Sen", "") // two have it
	f("Giáo viên", "")
	f("Kim Đồng", "")
	f("", "")
}
