package policy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lachan/policy"
)

// TestExplanationsAreVietnamese: the Vietnamese sentences of an explanation have neither
// the codes of categories, services, kinds of day and replies, nor days as programs write
// them. The English ones have the codes that policy.yaml takes.
func TestExplanationsAreVietnamese(t *testing.T) {
	w := newWorld(t, `
calendar:
  holidays: [{from: 2026-11-20}]
  exams: [{from: 2026-11-24}]
timetables: {thi: {days: mon-sun, from: "07:00", to: "11:00", on: exam}}
profiles:
  muc: {block: [games, social], reply: page, safe_search: strict, youtube: moderate, rules: [{during: gio-hoc, block: [social], allow: [games]}]}
  xoa: {block: [games], reply: nxdomain}
  im: {block: [gambling], reply: refused}
units:
- {id: tinh, kind: province, lock: [gambling]}
- {id: mot, parent: tinh, profile: muc, block: [{category: "service:facebook", until: 2026-12-31}, short-video], allow: [{name: old.example, until: 2020-01-31}]}
- {id: hai, parent: tinh, profile: xoa, allow: [{category: games, from: 2027-02-01}], rules: [{during: thi, block: [social]}]}
- {id: ba, profile: im}
`)
	code := regexp.MustCompile(`\b(games|social|gambling|short-video|study|exam|holiday|off|strict|moderate|nxdomain|page|local|20\d\d-\d\d)\b`)
	feed := regexp.MustCompile("danh sách [a-z]+, mục [a-z.]+: ") // the name that its operator gave it
	sentences, codes := 0, 0
	f := func(moment, unit, name string) {
		t.Helper()
		e, err := w.at(moment).Explain(w.group(unit), name, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range append(e.Steps, policy.Step{Layer: "result", Sentence: e.Result}) {
			sentences++
			if found := code.FindString(feed.ReplaceAllString(s.VI, "")); found != "" {
				t.Errorf("%s of %s at %s, %s: %q in %q", name, unit, moment, s.Layer, found, s.VI)
			}
			if code.MatchString(s.EN) {
				codes++
			}
		}
	}
	for _, moment := range []string{"2026-11-19 10:00", "2026-11-20 10:00", "2026-11-24 08:00", "2026-11-22 20:00"} {
		for _, unit := range []string{"mot", "hai", "ba"} {
			for _, name := range []string{"game.example", "social.example", "casino.example", "facebook.com", "old.example", "www.google.com", "www.youtube.com"} {
				f(moment, unit, name)
			}
		}
	}
	t.Logf("%d sentences, %d of them with codes in English", sentences, codes)
	if codes == 0 {
		t.Error("nothing that was asked has a code")
	}
}

// TestMistakesNameThingsAsPeopleDo: what is blocked and allowed at once, a level that is
// not there and ranks the wrong way round are told by what people call them; a code stands
// in quotes.
func TestMistakesNameThingsAsPeopleDo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	const text = `
timetables: {thi: {on: exams}}
profiles: {muc: {block: [games], allow: [games]}}
units:
- {id: xa, kind: commune}
- {id: tinh, kind: province, parent: xa}
- {id: mot, level: cap-9}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	origin := policy.Origin{Path: path, Zone: time.UTC}
	_, problems := origin.Load()
	var told strings.Builder
	for _, p := range problems {
		told.WriteString(p.Text.VI + "\n")
	}
	for _, want := range []string{
		`Trò chơi trực tuyến ("games") vừa được chặn vừa được phép`, `"tinh" (tỉnh) không thể thuộc "xa" (xã, phường)`,
		`"tieu-hoc" (Tiểu học)`, `"exam" (ngày thi)`,
	} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("%q is not said in\n%s", want, told.String())
		}
	}
}
