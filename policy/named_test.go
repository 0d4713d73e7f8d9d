package policy_test

import (
	"slices"
	"strings"
	"testing"

	"lachan/internal/wording"
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

// A unit that is not there is told with those that may be meant, the likeliest first: by
// name, by nearly the same id, by a part of the id. What somebody does not see is not told.
func TestUnitsThatMayBeMeantAreProposed(t *testing.T) {
	p := newWorld(t, `
units:
- {id: lao-cai, name: Tỉnh Lào Cai, kind: province}
- {id: th-kim-dong, parent: lao-cai, name: Trường Tiểu học Kim Đồng, kind: school, groups: [{id: gv, name: Giáo viên}]}
- {id: th-hoa-sen-1, parent: lao-cai, name: Trường Tiểu học Hoa Sen, kind: school}
- {id: th-hoa-sen-2, parent: lao-cai, name: Trường Tiểu học Hoa Sen, kind: school}
`).policy
	f := func(text, want string, hidden ...string) {
		t.Helper()
		sees := func(unit string) bool { return !slices.Contains(hidden, unit) }
		if got := strings.Join(policy.UnitsMeant(p, text, sees, ""), " "); got != want {
			t.Errorf("%q may be %q, want %q", text, got, want)
		}
	}
	f("th-kim-dnog", "th-kim-dong")
	f("thkimdong", "th-kim-dong th-kim-dong/gv")
	f("TH Kim Đông", "th-kim-dong th-kim-dong/gv")
	f("lao_cai", "lao-cai")
	f("truong tieu hoc hoa sen", "th-hoa-sen-1 th-hoa-sen-2")
	f("th-hoa-sen", "th-hoa-sen-1 th-hoa-sen-2")
	f("th-hoa-sen", "th-hoa-sen-2", "th-hoa-sen-1")
	f("gv", "th-kim-dong/gv")
	f("th", "th-kim-dong th-kim-dong/gv th-hoa-sen-1") // no more than three
	f("xa-xoi-lam", "")
	f("", "")
	text := policy.NoUnit(wording.Text{VI: "không có", EN: "none"}, p, "lao-cay", nil, "")
	if text.VI != `không có; có phải là "lao-cai"?` || text.EN != `none; did you mean "lao-cai"?` {
		t.Errorf("%q", text)
	}
}
