package admin_test

import (
	"fmt"
	"strings"
	"testing"

	"lachan/admin"
	"lachan/admin/account"
)

// TestManyNamesAreOneDecision: all of them or none, with the numbers of the lines that are
// wrong.
func TestManyNamesAreOneDecision(t *testing.T) {
	w := newWorld(t)
	it := is(account.School, "kim-dong")
	in := func(text string) admin.ExceptMany {
		return admin.ExceptMany{Except: admin.Except{Unit: "kim-dong"}, Text: text}
	}
	before := w.count()
	out := w.must(it, in("# toán\n\nolm.example\r\nwww.hoc.example # lớp 5\nolm.example\n"))
	if out.Names != 2 || w.count() != before+2 || w.names != 1 {
		t.Errorf("%+v, %d records, in force %d times", out, w.count()-before, w.names)
	}
	list, _ := w.desk.Exceptions(t.Context(), it, admin.Filter{Unit: "kim-dong"}, admin.Page{Limit: 10})
	if len(list) != 2 {
		t.Errorf("%+v", list)
	}
	refusal := w.refused(it, in("a.example\n\nkhông phải tên\nb.example\n10.0.0.1\ncom.vn"), admin.Invalid)
	for _, line := range []string{"line 3: ", "line 5: ", "line 6: "} {
		if !strings.Contains(refusal.Text.EN, line) || strings.Contains(refusal.Text.EN, "line 1: ") {
			t.Errorf("it says %q", refusal.Text.EN)
		}
	}
	var many strings.Builder
	for i := range admin.MostNames + 1 {
		fmt.Fprintf(&many, "n%d.example\n", i)
	}
	w.refused(it, in(many.String()), admin.Invalid)
	w.refused(it, in("# không có gì\n"), admin.Invalid)
	w.refused(is(account.School, "other"), in("a.example"), admin.NotFound)
	most := strings.SplitAfterN(many.String(), "\n", admin.MostNames+1)
	if out := w.must(it, in(strings.Join(most[:admin.MostNames], ""))); out.Names != admin.MostNames {
		t.Errorf("%d names", out.Names)
	}
}
