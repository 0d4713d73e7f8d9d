package admin_test

import (
	"encoding/json"
	"testing"

	"lachan/admin"
	"lachan/admin/account"
)

// A preview of units, rules, hours and days says for whom what is newly blocked and opened,
// now and later, as the policy would be compiled of it; and writes nothing.
func TestAPreviewOfStructureSaysForWhomItChanges(t *testing.T) {
	w := newWorld(t)
	it := is(account.Operator, "")
	school := `{"parent":"xa","level":"primary","rules":[{"during":"gio-hoc","block":["service:zalo"]}]}`
	has := func(list []admin.Reach, code string, units int) bool {
		for _, r := range list {
			if r.Code == code {
				return r.Units == units
			}
		}
		return false
	}
	preview := func(what admin.Decision) admin.Impact {
		t.Helper()
		before, structures := w.count(), w.structures
		out := w.must(it, what, admin.How{Preview: true})
		if w.count() != before || w.structures != structures {
			t.Errorf("a preview of %T has written", what)
		}
		t.Logf("%T: %+v", what, out.Impact)
		return out.Impact
	}
	unit := admin.SetUnit{ID: "moi", Unit: json.RawMessage(school)}
	if i := preview(unit); i.Units != 1 || i.Now.Blocked != 1 || len(i.Who) != 1 || i.Who[0] != "moi" || !has(i.Blocked, "games", 1) || !has(i.Blocked, "service:zalo", 1) {
		t.Errorf("a new school: %+v", i)
	}
	w.must(it, unit)
	rules := admin.SetRules{Unit: "moi", Rules: json.RawMessage(`[{"during":"gio-hoc","allow":["games"]}]`)}
	if i := preview(rules); i.Units != 1 || i.Lessons.Opened != 1 || !has(i.Opened, "games", 1) || !has(i.Opened, "service:zalo", 1) || len(i.Blocked) != 0 {
		t.Errorf("rules: %+v", i)
	}
	exams := admin.SetCalendar{Unit: "moi", Calendar: json.RawMessage(`{"holidays":[{"from":"2027-03-01","to":"2027-03-03"}]}`)}
	if i := preview(exams); i.Now != (admin.Change{}) || i.Ahead.Opened != 1 || i.First.Format("2006-01-02") != "2027-03-01" || !has(i.Opened, "service:zalo", 1) {
		t.Errorf("days without lessons: %+v", i)
	}
	hours := admin.SetTimetable{Name: "gio-hoc", Timetable: json.RawMessage(`{"days":"mon-fri","from":"13:00","to":"17:00"}`)}
	if i := preview(hours); i.Now.Opened != 1 || i.Lessons != (admin.Change{}) || i.Units != 1 {
		t.Errorf("other hours of lessons, in the morning: %+v", i)
	}
	same := admin.SetTimetable{Name: "khac", Timetable: json.RawMessage(`{"days":"all"}`)}
	if i := preview(same); i.Units != 0 || len(i.Opened)+len(i.Blocked)+len(i.Who) != 0 {
		t.Errorf("hours that no rule names: %+v", i)
	}
}
