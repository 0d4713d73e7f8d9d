package offline

import (
	"slices"
	"strings"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
	"lachan/policy"
)

// What check says of schools: what is blocked for each, now and in lessons.

const (
	settingsPrinted = 10 // how many different settings
	unitsNamed      = 4  // how many units of each
	namesNamed      = 5  // how many names of rules
)

// A checkSetting is a policy.Setting as `lachan check --json` prints it.
type checkSetting struct {
	Units   []string     `json:"units"`
	Now     checkBlocked `json:"now"`
	Lessons checkBlocked `json:"lessons"`
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
		list = append(list, checkSetting{s.Units, of(&s.Now), of(&s.Lessons)})
	}
	return list
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
	if s.Now.Equal(&s.Lessons) {
		return textSettingAlways.With(who, blockedText(&s.Now, nil))
	}
	return textSettingLessons.With(who, blockedText(&s.Now, nil), blockedText(&s.Lessons, &s.Now))
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
