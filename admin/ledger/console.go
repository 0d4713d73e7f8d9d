package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// consoleFile is what the policy is made of beside the files that people write.
const consoleFile = "console.yaml"

// consoleHead is the beginning of console.yaml.
const consoleHead = "# What was decided in the console, through the API and by commands, as the ledger has it.\n" +
	"# The program writes this file: changes made here are lost. Do not edit it.\n"

// Console is console.yaml: the state as a policy is written, and below it the exceptions.
// Words, which may be nil, finds what was typed by its digest.
func (s *State) Console(words func(digest string) (string, bool)) []byte {
	var b bytes.Buffer
	b.WriteString(consoleHead)
	s.section(&b, "profiles", "profile/", func(name string) string { return fmt.Sprintf("  %q: ", name) })
	s.section(&b, "timetables", "timetable/", func(name string) string { return fmt.Sprintf("  %q: ", name) })
	if v, ok := s.Get("", "calendar"); ok && v.New != nil {
		fmt.Fprintf(&b, "calendar: %s\n", v.New)
	}
	s.section(&b, "units", "unit/", func(string) string { return "- " })
	begun := false
	for _, kind := range []string{"allow/", "block/"} {
		for v := range s.Kind(kind) {
			if v.New == nil {
				continue
			}
			if !begun {
				b.WriteString("decisions:\n")
				begun = true
			}
			fmt.Fprintf(&b, "- %s\n", decision(&v, words))
		}
	}
	return b.Bytes()
}

// section writes the objects of a kind, if there are any.
func (s *State) section(b *bytes.Buffer, key, kind string, begin func(name string) string) {
	begun := false
	for v := range s.Kind(kind) {
		if v.New == nil {
			continue
		}
		if !begun {
			fmt.Fprintf(b, "%s:\n", key)
			begun = true
		}
		fmt.Fprintf(b, "%s%s\n", begin(strings.TrimPrefix(v.Object, kind)), v.New)
	}
}

// A decided line is an exception as console.yaml has it.
type decided struct {
	Unit     string `json:"unit"`
	Allow    string `json:"allow,omitempty"`
	Block    string `json:"block,omitempty"`
	From     string `json:"from,omitempty"`
	Until    string `json:"until,omitempty"`
	Who      string `json:"who"`
	Why      string `json:"why"`
	Document string `json:"document"`
	Number   uint64 `json:"number"`
}

func decision(v *Value, words func(digest string) (string, bool)) []byte {
	line := decided{}
	_ = json.Unmarshal(v.New, &line) // without an end if it is none; then the reader says so
	line.Unit, line.Who, line.Number, line.Why = v.Unit, v.By, v.Seq, ""
	line.Allow, line.Block = "", ""
	if name, ok := strings.CutPrefix(v.Object, "allow/"); ok {
		line.Allow = name
	} else {
		line.Block = strings.TrimPrefix(v.Object, "block/")
	}
	if words != nil {
		line.Why, _ = words(v.Why) // "" if they were erased
	}
	text, _ := encode(line)
	return text
}
