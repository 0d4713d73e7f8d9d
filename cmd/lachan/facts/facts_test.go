package facts_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"lachan/cmd/lachan/facts"
	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// say runs a command below `lachan catalogue`.
func say(t *testing.T, l wording.Language, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	c := facts.Command(l)
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&out)
	c.SilenceErrors, c.SilenceUsage = true, true
	err := c.Execute()
	return out.String(), err
}

func TestEachKindIsToldInBothLanguages(t *testing.T) {
	f := func(args string, vi, en string) {
		t.Helper()
		for l, want := range map[wording.Language]string{wording.Vietnamese: vi, wording.English: en} {
			if out, err := say(t, l, strings.Fields(args)...); err != nil || !strings.Contains(out, want) {
				t.Errorf("catalogue %s: %v, want %q in\n%s", args, err, want, out)
			}
		}
	}
	f("categories", "Cờ bạc, cá cược", "Gambling and betting")
	f("services", "service:zalo", "service:zalo")
	f("services zalo", "chặn dịch vụ là chặn: zalo.me", "a block shuts: zalo.me")
	f("services service:google-meet", "cho phép dịch vụ là mở cả: accounts.google.com", "an allow opens too: accounts.google.com")
	f("profiles thcs", "chặn trong giờ học (gio-hoc, mon-sat 07:00–17:00): games (Trò chơi trực tuyến)",
		"blocks in lessons (gio-hoc, mon-sat 07:00–17:00): games (Online games)")
	f("levels", "lower-secondary (thcs): Trung học cơ sở\n  hồ sơ lọc: thcs\n  luôn chặn: csam", "lower-secondary (thcs): Lower secondary\n  profile: thcs\n  always blocks: csam")
	f("timetables", "gio-hoc ", "School hours")
	f("timetables", "ngoai-gio-hoc", "Outside of school hours")
	f("feeds", "giấy phép: MIT", "licence: MIT")
	f("feeds --category vuot-loc --level thcs", "hagezi-bypass", "hagezi-bypass")
	f("feeds --category gambling", "số mục (ngày): không rõ", "entries (day): unknown")
}

func TestProgramsAreToldTheSame(t *testing.T) {
	f := func(args string, want int, has ...string) {
		t.Helper()
		out, err := say(t, wording.Both, append(strings.Fields(args), "--json")...)
		var all []map[string]any
		if err != nil || json.Unmarshal([]byte(out), &all) != nil || len(all) < want {
			t.Fatalf("catalogue %s: %v: %d\n%s", args, err, len(all), out)
		}
		for _, key := range has {
			if _, ok := all[0][key]; !ok {
				t.Errorf("catalogue %s has no %s", args, key)
			}
		}
		if strings.Contains(out, "null") {
			t.Errorf("catalogue %s has null", args)
		}
	}
	f("categories", 24, "code", "alias", "label", "profiles")
	f("services", 100, "id", "domains", "needs_names", "categories")
	f("services zalo", 1, "domains")
	f("profiles", 6, "block", "block_in_lessons", "during")
	f("levels", 6, "code", "alias", "profile", "block", "block_in_lessons", "during")
	f("timetables", 2, "from", "to", "days")
	f("feeds", 30, "name", "url", "format", "category", "licence", "entries", "kept_by", "levels")
}

func TestAnUnknownNameIsToldWithWhatThereIs(t *testing.T) {
	f := func(args string, want ...string) {
		t.Helper()
		_, err := say(t, wording.Both, strings.Fields(args)...)
		for _, part := range want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("catalogue %s: %v, want %q", args, err, part)
			}
		}
	}
	f("services lienquan", `no service "lienquan"`, `did you mean "lien-quan"`, "zalo")
	f("profiles thcss", `did you mean "thcs"`, "giao-vien")
	f("feeds --category gamblin", `did you mean "gambling"`, "co-bac")
	f("feeds --level thcss", `did you mean "thcs"`, "lien-cap")
}

// A command of the lists shows the feeds too.
func TestFeedsAreToldByTwoCommands(t *testing.T) {
	c := facts.FeedsCommand(wording.English, "catalogue")
	var out bytes.Buffer
	c.SetOut(&out)
	c.SetArgs([]string{"--category", "circumvention"})
	if err := c.Execute(); err != nil {
		t.Fatal(err)
	}
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts.Feeds {
		if has := strings.Contains(out.String(), f.ID+": "); has != (f.Category == "circumvention") {
			t.Errorf("%s of %s is shown: %v", f.ID, f.Category, has)
		}
	}
}
