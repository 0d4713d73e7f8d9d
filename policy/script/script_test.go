package script_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/policy"
	"lachan/policy/script"
)

// small is a policy with two schools that have a group of the same id.
const small = `
units:
- id: truong
  networks: [10.20.0.0/16]
  block: [game-x.example]
  groups: [{id: hs}, {id: thu-vien, allow: [game-x.example]}]
- {id: truong-2, kind: school, groups: [{id: hs}]}
`

// says runs a script against the small policy and returns what is wrong with
// it, a line each, in English.
func says(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	p, problems := policy.Load(path, nil, hanoi, policy.Unknown{})
	if p == nil {
		t.Fatal(problems)
	}
	s, problems := script.Parse("x.script", []byte(text))
	var all strings.Builder
	for _, problem := range append(problems, s.Run(p, nil)...) {
		fmt.Fprintf(&all, "%s:%d: %s\n", problem.File, problem.Line, strings.ReplaceAll(problem.Text.EN, path, "policy.yaml"))
	}
	return all.String()
}

func TestWhatHoldsIsSilent(t *testing.T) {
	f := func(line string) {
		t.Helper()
		if got := says(t, "at 2026-09-07 10:15\n"+line); got != "" {
			t.Errorf("%q: %s", line, got)
		}
	}
	f("truong asks game-x.example A -> nxdomain local by own unit truong")
	f("truong asks game-x.example -> nxdomain") // an A record, of any category, by any layer
	f("truong asks WWW.Game-X.Example. aaaa -> nxdomain by own")
	f("truong asks game-x.example -> nxdomain unit truong")
	f("thu-vien asks game-x.example -> excepted by own unit truong/thu-vien")
	f("thu-vien asks game-x.example -> pass") // what passes by an exception passes
	f("truong/hs asks other.example -> pass by default")
	f("10.20.3.4 asks game-x.example -> nxdomain")
	f("2001:db8::1 asks game-x.example -> pass by default")
	f("truong asks tiếng-việt.example -> pass")
	f("truong asks mask.icloud.com -> nxdomain vuot-loc by canary") // a category by its alias
	f("\ttruong  asks  other.example\t->   pass   # and why\r")
	f("# a comment\n\ntruong asks other.example -> pass")
}

func TestWhatFailsSaysWhatCameAndWhy(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		got := says(t, "at Mon 2026-09-07 10:15\n"+line+"\n")
		if want = "x.script:2: at Mon 2026-09-07 10:15, " + want + "\n"; got != want {
			t.Errorf("got  %swant %s", got, want)
		}
	}
	f("truong asks game-x.example -> pass",
		"truong asks game-x.example A: expected `pass`, got `nxdomain local by own unit truong` because: truong blocks game-x.example (policy.yaml:5)")
	f("10.20.0.1 asks other.example HTTPS -> null gambling by lock unit thu-vien",
		"10.20.0.1 asks other.example HTTPS: expected `null gambling by lock unit thu-vien`, got `pass by default` because: all other names are allowed")
	f("truong asks game-x.example -> excepted",
		"truong asks game-x.example A: expected `excepted`, got `nxdomain local by own unit truong` because: truong blocks game-x.example (policy.yaml:5)")
	f("truong asks game-x.example -> refused",
		"truong asks game-x.example A: expected `refused`, got `nxdomain local by own unit truong` because: truong blocks game-x.example (policy.yaml:5)")
	f("truong asks game-x.example -> nxdomain games",
		"truong asks game-x.example A: expected `nxdomain games`, got `nxdomain local by own unit truong` because: truong blocks game-x.example (policy.yaml:5)")
	f("truong asks _dns.resolver.arpa SVCB -> pass",
		"truong asks _dns.resolver.arpa SVCB: expected `pass`, got `local by local` because: the resolver itself answers this name and never forwards it")
}

func TestWhatCannotBeReadIsToldWithTheRemedy(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := says(t, text); !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%q: got  %swant %s", text, got, want)
		}
	}
	f("", "x.script:0: the script asks nothing")
	f("# nothing\n", "x.script:0: the script asks nothing")
	f("truong asks a.example -> null\ntruong asks b.example -> null", "x.script:1: at what time?")
	f("at 2026-02-30 10:15\ntruong asks a.example -> pass", `x.script:1: "2026-02-30 10:15" is no moment`)
	f("at 2026-09-07", `x.script:1: "2026-09-07" is no moment`)
	f("at Tue 2026-09-07 10:15\ntruong asks a.example -> pass", "x.script:1: 2026-09-07 is a Mon (t2), not Tue")
	f("at CN 2026-09-07 10:15", "x.script:1: 2026-09-07 is a Mon (t2), not CN")
	f("at thứ Ba, 07/09/2026 10:15", "x.script:1: 2026-09-07 is a Mon (t2), not thứ Ba")
	f("at Mondai 2026-09-07 10:15", `x.script:1: "Mondai" is no day of the week`)
	f("at 31/02/2026 10:15", `x.script:1: "31/02/2026 10:15" is no moment`)
	f("at thứ Hai 07/09/2026", `x.script:1: "thứ Hai 07/09/2026" is no moment`)
	f("hello", "x.script:1: no such line")

	at := func(line, want string) {
		t.Helper()
		f("at 2026-09-07 10:15\n"+line, "x.script:2: "+want)
	}
	at("truong asks a.example pass", "no such line")
	at("truong asks -> pass", "no such line")
	at("truong asks a.example A AAAA -> pass", "no such line")
	at("truong asks a.example ->", "no such line")
	at("truong asks a..example -> null", `"a..example" is not a domain name`)
	at("truong asks a.example AAA -> null", `there is no query type "AAA"`)
	at("truong asks a.example -> blocked", `"blocked" is nothing to expect`)
	at("truong asks a.example -> rewrite", "after rewrite comes the name")
	at("truong asks a.example -> pass games", `"games" is too much`)
	at("truong asks a.example -> pass unit truong by own", `"by own" is too much`)
	at("truong asks a.example -> pass by", `the value after "by" is missing`)
	at("truong asks a.example -> pass by school", `there is no layer "school"; the layers: local, lock, core, own,`)
	at("truong asks a.example -> nxdomain gamez", `there is no category "gamez"`)
	at("truong asks a.example -> nxdomain service:zalo", `there is no category "service:zalo"`)
	at("lop-1 asks a.example -> null", `there is no unit "lop-1"`)
	at("hs asks a.example -> null", `several schools have a group "hs": write the school too, like truong/hs or truong-2/hs`)
	at("truong asks a.example -> pass unit lop-1", `there is no unit "lop-1"`)
}

func TestOneWrongLineDoesNotHideTheOthers(t *testing.T) {
	got := says(t, "at 2026-09-07 10:15\nhello\ntruong asks game-x.example -> pass\nat x\ntruong asks a.example -> null\nat 2026-09-07 11:00\ntruong asks a.example -> null\n")
	for _, line := range []string{":2: no such line", ":3: at Mon 2026-09-07 10:15", ":4: \"x\" is no moment", ":7: at Mon 2026-09-07 11:00"} {
		if !strings.Contains(got, "x.script"+line) {
			t.Errorf("want %s in\n%s", line, got)
		}
	}
	if strings.Count(got, "\n") != 4 {
		t.Errorf("want four lines: %s", got)
	}
}

// Moments are read as everything else reads days and times.
func TestMomentsAreWrittenAsPeopleWriteThem(t *testing.T) {
	for _, moment := range []string{
		"2026-09-07 10:15", "Mon 2026-09-07 10:15", "t2 2026-09-07 10:15", "T2 07/09/2026 10:15", "Monday 7/9/2026 10:15", "Thứ Hai, 07/09/2026 10:15",
		"thứ 2 7-9-2026 10:15", "THỨ HAI ngày 7 tháng 9 năm 2026 10:15", "10:15 07/09/2026", "2026-09-07T10:15", "07/09/2026 10:15:00 SA",
	} {
		got := says(t, "at "+moment+"\ntruong asks game-x.example -> pass\n")
		if !strings.HasPrefix(got, "x.script:2: at Mon 2026-09-07 10:15, ") {
			t.Errorf("%s: %s", moment, got)
		}
	}
	for moment, at := range map[string]string{"chủ nhật 06/09/2026 00:00": "Sun 2026-09-06 00:00", "CN 2026-09-06 23:59": "Sun 2026-09-06 23:59"} {
		if got := says(t, "at "+moment+"\ntruong asks game-x.example -> null\n"); !strings.Contains(got, "at "+at) {
			t.Errorf("%s: %s", moment, got)
		}
	}
}
