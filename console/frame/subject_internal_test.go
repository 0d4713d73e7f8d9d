package frame

import (
	"encoding/json"
	"testing"
	"time"

	"lachan/internal/wording"
)

// reader is a visit by somebody who sees a school, an account and the parts of a report.
func reader() *Visit {
	site := &Site{}
	site.Zone = func() *time.Location { return time.FixedZone("", 7*60*60) }
	site.Who = func(id string) string { return map[string]string{"acc_1": "co-lan"}[id] }
	site.Choices = func() []Choice { return nil }
	site.Category = func(code string) wording.Text { return wording.Text{VI: "Trò chơi", EN: "Games"} }
	site.Levels = func() []Level { return []Level{{"primary", wording.Text{VI: "Tiểu học", EN: "Primary"}}} }
	site.Period = func(code string) (Period, error) { return Period{Label: "năm 2026"}, nil }
	site.Parts = func(string, string) []Part {
		return []Part{{Key: "name", Title: wording.Text{VI: "Tên báo cáo", EN: "Name"}}}
	}
	return &Visit{Site: site, units: map[string]string{"kim-dong": "TH Kim Đồng"}, asked: map[string]string{"r1": "olm.example"}}
}

// What a record is about is said by names, never by the ids that records have.
func TestRecordsAreAboutWhatPeopleCallThings(t *testing.T) {
	f := func(object, value, want string) {
		t.Helper()
		got := reader().Subject(Matter{Object: object, Unit: "kim-dong", New: json.RawMessage(value)})
		if got.String() != want {
			t.Errorf("%s is about %q, want %q", object, got, want)
		}
	}
	f("allow/olm.example", `{}`, "mở olm.example | allow olm.example")
	f("block/xn--la-o-2ua4356bkoa.example", `{}`, "chặn xn--la-o-2ua4356bkoa.example (lừa-đảo.example) | block xn--la-o-2ua4356bkoa.example (lừa-đảo.example)")
	f("account/acc_1", `{"name":"co-lan"}`, "co-lan")
	f("grant/acc_1/school", `{}`, "co-lan là trường | co-lan as school")
	f("token/tok_1", `{"name":"đồng bộ"}`, "đồng bộ")
	f("request/r1", `{"answer":"refuse"}`, "olm.example")
	f("request/r2", `{"answer":"open","exception":"allow/a.example"}`, "a.example")
	f("unit/kim-dong", `{}`, "TH Kim Đồng")
	f("words/2026/name", `{}`, "Tên báo cáo · năm 2026 | Name · năm 2026")
	f("proposal/x", `{"object":"unit/kim-dong","new":null}`, "TH Kim Đồng")
	f("proposal/x", `{"object":"proposal/y"}`, "proposal/x")
	f("calendar", `{}`, "")
	f("of-tomorrow/x", `null`, "of-tomorrow/x")
}

// What a record changes is what differs, by names, with days as people here write them.
func TestOnlyWhatDiffersIsTold(t *testing.T) {
	f := func(before, after string, want ...[3]string) {
		t.Helper()
		got := reader().Differences(Matter{Old: json.RawMessage(before), New: json.RawMessage(after)})
		for i, d := range got {
			if i >= len(want) || [3]string{d.What.VI, d.Old.VI, d.New.VI} != want[i] {
				t.Errorf("%s, then %s: %v is not in %q", before, after, d, want)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s, then %s: %d differences, want %d", before, after, len(got), len(want))
		}
	}
	f(`null`, `{}`)
	f(``, ``)
	f(`{"name":"A","level":"primary","students":3}`, `{"name":"B","level":"primary"}`, [3]string{"tên", "A", "B"}, [3]string{"số học sinh", "3", ""})
	f(`{"until":"2026-12-30"}`, `{"until":"2026-12-30T17:00:00Z"}`, [3]string{"đến hết", "30/12/2026", "00:00 31/12/2026"})
	f(`null`, `{"level":"primary","parent":"kim-dong"}`, [3]string{"cấp học", "", "Tiểu học"}, [3]string{"thuộc", "", "TH Kim Đồng"})
	f(`null`, `{"lock":["games"],"networks":["10.0.0.0/8","2001:db8::/32"]}`, [3]string{"khóa", "", "Trò chơi"}, [3]string{"mạng", "", "10.0.0.0/8, 2001:db8::/32"})
	f(`"a"`, `"b"`, [3]string{"nội dung", "a", "b"})
	f(`null`, `{"rules":[{"a":1}],"new key":true}`, [3]string{"new key", "", "có"}, [3]string{"quy tắc", "", `[{"a":1}]`})
}
