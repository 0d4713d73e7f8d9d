package catalogue

import (
	"embed"
	"fmt"
	"strings"

	"lachan/internal/wording"
)

// This file reads the data files that are built in.

//go:embed data
var data embed.FS

// A section is one block of a data file:
//
//	# a comment
//	[zalo]
//	label: Vietnamese | English
//	categories: messaging
//	zalo.me
//	zaloapp.com
//
// A line with ": " is a setting, every other line a name. A label of a proper
// noun is written once and holds in both languages.
type section struct {
	id       string
	line     int
	settings map[string]string
	names    []string
}

// readSections reads the sections of an embedded file. settings are those that
// a section may have.
func readSections(file string, settings ...string) ([]section, error) {
	text, err := data.ReadFile("data/" + file)
	if err != nil {
		return nil, err
	}
	sections, err := parseSections(string(text), settings)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	return sections, nil
}

func parseSections(text string, settings []string) ([]section, error) {
	var sections []section
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if id, ok := header(line); ok {
			sections = append(sections, section{id: id, line: number, settings: make(map[string]string, len(settings))})
			continue
		}
		if len(sections) == 0 {
			return nil, fmt.Errorf("%d: %q stands before the first [section]", number, line)
		}
		if err := sections[len(sections)-1].add(line, settings); err != nil {
			return nil, fmt.Errorf("%d: %w", number, err)
		}
	}
	return sections, nil
}

func header(line string) (id string, ok bool) {
	inner, ok := strings.CutPrefix(line, "[")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(inner, "]")
}

// add reads one line below the header.
func (s *section) add(line string, settings []string) error {
	key, value, isSetting := strings.Cut(line, ": ")
	if !isSetting {
		if strings.ContainsAny(line, " \t[]:") {
			return fmt.Errorf("%q is neither a name nor a setting", line)
		}
		s.names = append(s.names, line)
		return nil
	}
	for _, known := range settings {
		if key == known {
			s.settings[key] = strings.TrimSpace(value)
			return nil
		}
	}
	return fmt.Errorf("[%s] has no setting %q", s.id, key)
}

// label is the setting "label".
func (s *section) label() wording.Text { return s.text("label") }

// text is a setting in both languages.
func (s *section) text(key string) wording.Text {
	vi, en, both := strings.Cut(s.settings[key], " | ")
	if !both {
		en = vi
	}
	return wording.Text{VI: vi, EN: en}
}

// list is a setting of words with commas between them.
func (s *section) list(key string) []string {
	return strings.FieldsFunc(s.settings[key], func(r rune) bool { return r == ',' || r == ' ' })
}
