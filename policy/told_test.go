package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lachan/policy"
)

// TestALinkHasSixteenToSixtyThreeCharacters: fewer can be guessed, and more are no label.
func TestALinkHasSixteenToSixtyThreeCharacters(t *testing.T) {
	for _, key := range []string{"links", "link_tokens"} {
		for length, good := range map[int]bool{15: false, 16: true, 63: true, 64: false} {
			_, problems := loadText(t, fmt.Sprintf("units: [{id: a, %s: [%s]}]\n", key, strings.Repeat("x", length)))
			if (len(problems) == 0) != good {
				t.Errorf("%s of %d characters: %v", key, length, problems)
			}
		}
	}
}

// TestAnIDHasSixtyThreeCharacters at most, as a label has.
func TestAnIDHasSixtyThreeCharacters(t *testing.T) {
	for length, good := range map[int]bool{1: true, 63: true, 64: false} {
		_, problems := loadText(t, fmt.Sprintf("units: [{id: %s}]\n", strings.Repeat("x", length)))
		if (len(problems) == 0) != good {
			t.Errorf("an id of %d characters: %v", length, problems)
		}
	}
}

// TestALabelOfSixtyThreeCharactersIsAnEntry like any other, also in the file that is mapped.
func TestALabelOfSixtyThreeCharactersIsAnEntry(t *testing.T) {
	long := strings.Repeat("x", 63) + ".example"
	w := newWorld(t, "units: [{id: a, block: ["+long+"]}]\n")
	w.wants("a", "www."+long, "block own local nxdomain 15")
	w.wants("a", long[1:], "pass default")
}

// TestNamesAreShownInPart if they are longer than 500 characters.
func TestNamesAreShownInPart(t *testing.T) {
	for _, length := range []int{500, 501, 5000} {
		p := newWorld(t, "units: [{id: a, name: "+strings.Repeat("ế", length)+"}]\n").policy
		g, _ := p.GroupOf("a")
		if got := utf8.RuneCountInString(p.Group(g).Name); got != 500 {
			t.Errorf("of %d characters %d are shown", length, got)
		}
	}
}

// TestOfManyNamesFortyAreListed where one is not known.
func TestOfManyNamesFortyAreListed(t *testing.T) {
	listed := func(own int) (names int, more bool) {
		t.Helper()
		text := "units: [{id: a, profile: none-such}]\nprofiles:\n  own: {block: []}\n"
		for i := range own {
			text += fmt.Sprintf("  zz-%02d: {block: []}\n", i)
		}
		_, problems := loadText(t, text)
		if len(problems) != 1 {
			t.Fatal(problems)
		}
		said := problems[0].Text.EN
		return strings.Count(said, `"`)/2 - 1, strings.Contains(said, ", …")
	}
	least, _ := listed(0)
	for own, want := range map[int]int{39 - least: 39, 40 - least: 40, 41 - least: 40, 60 - least: 40} {
		if names, more := listed(own); names != want || more != (own > 40-least) {
			t.Errorf("of %d names %d are listed, and more %v", least+own, names, more)
		}
	}
}

// TestOfManyRowsWithMistakesTwoHundredAreTold, and how many more there are.
func TestOfManyRowsWithMistakesTwoHundredAreTold(t *testing.T) {
	for _, rows := range []int{199, 200, 201, 250} {
		table := "id,parent,level,networks\n"
		for i := range rows {
			table += fmt.Sprintf("th-%d,xa,Đại học %d,10.0.%d.%d/32\n", i, i, i/256, i%256)
		}
		_, said := newDistrict(t, commune).load(table)
		told := strings.Split(said, "\n")
		if want := min(rows, 200); strings.Count(said, "there are: ") != want || len(told) > 200 != (rows > 200) ||
			rows > 200 && !strings.Contains(told[200], fmt.Sprint(rows-200)) {
			t.Errorf("of %d mistakes %d are told, the last as %q", rows, len(told), told[len(told)-1])
		}
	}
}

// TestDifferencesOfTheYearAreTold, and not of later.
func TestDifferencesOfTheYearAreTold(t *testing.T) {
	at := time.Date(2026, 9, 7, 10, 0, 0, 0, hanoi)
	load := func(holiday string) *policy.Policy {
		return newWorld(t, `
profiles: {open: {block: []}}
default_profile: open
timetables: {gio-hoc: {days: mon-fri, from: "07:00", to: "11:30"}}
calendar: {holidays: [{from: `+holiday+`}]}
units: [{id: a, rules: [{during: gio-hoc, block: [social]}]}]
`).policy
	}
	never := load("2020-01-01")
	for day, told := range map[string]bool{"2026-09-08": true, "2027-09-07": true, "2027-09-08": false, "2028-09-07": false} {
		list := policy.Differences(never, load(day), at)
		if (len(list) == 1) != told || told && len(list[0].Ahead.Opened) == 0 {
			t.Errorf("a holiday on %s: %+v", day, list)
		}
	}
}
