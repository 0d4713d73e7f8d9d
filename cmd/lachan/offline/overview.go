package offline

import (
	"slices"
	"strings"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
	"lachan/policy"
)

// What check says of schools: what is blocked for each, now, in lessons and in
// the other timetables of its rules.

const (
	settingsPrinted = 10 // how many different settings
	unitsNamed      = 4  // how many units of each
	namesNamed      = 5  // how many names of rules
	timetablesNamed = 4  // how many other timetables
)

// A checkSetting is a policy.Setting as `lachan check --json` prints it.
type checkSetting struct {
	Units   []string      `json:"units"`
	Now     checkBlocked  `json:"now"`
	Lessons checkBlocked  `json:"lessons"`
	Others  []checkDuring `json:"others,omitempty"` // the other timetables, where they differ
}

// A checkDuring is what is blocked while a timetable holds.
type checkDuring struct {
	Timetable string `json:"timetable"`
	checkBlocked
}

type checkBlocked struct {
	Profile string   `json:"profile"`
	Blocked []string `json:"blocked"`
	Names   []string `json:"names,omitempty"` // that rules of these hours block
	Only    bool     `json:"only"`            // nothing resolves that is not listed
}

func checkSettings(settings []policy.Setting) []checkSetting {
	list := make([]checkSetting, 0, len(settings))
	of := func(b *policy.Blocked) checkBlocked {
		return checkBlocked{b.Profile, append([]string{}, b.Codes...), b.Names, b.Only || b.Default}
	}
	for i := range settings {
		s := &settings[i]
		setting := checkSetting{Units: s.Units, Now: of(&s.Now), Lessons: of(&s.Lessons)}
		for j := range s.Others {
			other := &s.Others[j]
			setting.Others = append(setting.Others, checkDuring{other.Timetable, of(&other.Blocked)})
		}
		list = append(list, setting)
	}
	return list
}

// A checkWatch is a policy.Watch as `lachan check --json` prints it.
type checkWatch struct {
	Profile string   `json:"profile"`
	Codes   []string `json:"codes"`
}

func checkWatches(p *policy.Policy) []checkWatch {
	list := []checkWatch{}
	if p == nil {
		return list
	}
	for _, w := range policy.Watches(p) {
		list = append(list, checkWatch{w.Profile, w.Codes})
	}
	return list
}

// printWatches says what profiles watch without blocking it.
func printWatches(c command.Call, p *policy.Policy) {
	for _, w := range policy.Watches(p) {
		var vi, en []string
		for _, label := range w.Labels {
			vi, en = append(vi, label.VI), append(en, label.EN)
		}
		c.Say(textWatched.With(w.Profile, wording.Text{VI: strings.Join(vi, "; "), EN: strings.Join(en, "; ")}))
	}
}

// printSettings says in words what is blocked for each school. Schools that are alike are one
// line, and there is a bound to the lines.
func printSettings(c command.Call, settings []policy.Setting) {
	for i := range settings {
		if i == settingsPrinted {
			c.Say(textSettingsMore.With(len(settings) - i))
			return
		}
		c.Say(settingText(&settings[i]))
	}
}

func settingText(s *policy.Setting) wording.Text {
	who := wording.Text{VI: s.Units[0], EN: s.Units[0]}
	if len(s.Units) > 1 {
		named := strings.Join(s.Units[:min(len(s.Units), unitsNamed)], ", ")
		if len(s.Units) > unitsNamed {
			named += ", …"
		}
		who = textSettingUnits.With(len(s.Units), named)
	}
	text := textSettingLessons.With(who, blockedText(&s.Now, nil), blockedText(&s.Lessons, &s.Now))
	if s.Now.Equal(&s.Lessons) {
		text = textSettingAlways.With(who, blockedText(&s.Now, nil))
	}
	for i := range s.Others {
		other := &s.Others[i]
		if i == timetablesNamed {
			return wording.Join(text, textSettingDuringMore.With(len(s.Others)-i))
		}
		text = wording.Join(text, textSettingDuring.With(other.Timetable, blockedText(&other.Blocked, &s.Otherwise)))
	}
	return text
}

// blockedText says what is blocked; where all of before is, only what comes to it.
func blockedText(b, before *policy.Blocked) wording.Text {
	switch {
	case b.Only:
		return textBlockedOnly
	case b.Default:
		return textBlockedDeny
	}
	labels, verb := b.Labels, textBlocked
	if before != nil && !before.Only && !before.Default {
		if more, all := beside(b, before); all {
			labels, verb = more, textBlockedMore
		}
	}
	names := b.Names
	if verb == textBlockedMore {
		had := func(name string) bool { return slices.Contains(before.Names, name) }
		names = slices.DeleteFunc(slices.Clone(names), had)
	}
	if len(labels) == 0 && len(names) == 0 {
		return textBlockedNothing
	}
	var vi, en []string
	for _, label := range labels {
		vi, en = append(vi, label.VI), append(en, label.EN)
	}
	vi, en = append(vi, shownNames(names)...), append(en, shownNames(names)...)
	return verb.With(wording.Text{VI: strings.Join(vi, "; "), EN: strings.Join(en, "; ")})
}

// shownNames are names as a person reads them, the first of many.
func shownNames(names []string) []string {
	if len(names) > namesNamed {
		return append(slices.Clone(names[:namesNamed]), "…")
	}
	return names
}

// beside is what is blocked beside what was before; all reports that all of that still
// is, and more.
func beside(b, before *policy.Blocked) (more []wording.Text, all bool) {
	had := map[string]bool{}
	for _, code := range before.Codes {
		had[code] = true
	}
	for i, code := range b.Codes {
		if !had[code] {
			more = append(more, b.Labels[i])
		}
	}
	for _, name := range before.Names {
		if !slices.Contains(b.Names, name) {
			return more, false
		}
	}
	return more, len(before.Codes) > 0 && len(b.Codes)-len(more) == len(before.Codes)
}
