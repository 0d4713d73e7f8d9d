package ledger

import (
	"bufio"
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
	out := bufio.NewWriter(&b)
	s.console(out, words)
	_ = out.Flush() // a buffer takes all
	return b.Bytes()
}

// console writes console.yaml; Flush says what was wrong.
func (s *State) console(to *bufio.Writer, words func(digest string) (string, bool)) {
	_, _ = to.WriteString(consoleHead)
	s.section(to, "lists:", "feed/", func(v *Value) { _, _ = fmt.Fprintf(to, "- %s\n", list(v)) })
	s.section(to, "profiles:", "profile/", func(v *Value) { _, _ = fmt.Fprintf(to, "  %q: %s\n", nameOf(v), v.New) })
	s.section(to, "timetables:", "timetable/", func(v *Value) { _, _ = fmt.Fprintf(to, "  %q: %s\n", nameOf(v), v.New) })
	if v, ok := s.Get("", "calendar"); ok && v.New != nil {
		_, _ = fmt.Fprintf(to, "calendar: %s\n", v.New)
	}
	s.section(to, "units:", "unit/", func(v *Value) { _, _ = fmt.Fprintf(to, "- %s\n", v.New) })
	line := func(v *Value) { _, _ = fmt.Fprintf(to, "- %s\n", decision(v, words)) }
	if !s.section(to, "decisions:", "allow/", line) {
		s.section(to, "decisions:", "block/", line)
		return
	}
	s.section(to, "", "block/", line)
}

// section writes the objects of a kind below a key, if there are any.
func (s *State) section(to *bufio.Writer, key, kind string, line func(v *Value)) (begun bool) {
	for v := range s.Kind(kind) {
		if v.New == nil {
			continue
		}
		if !begun && key != "" {
			_, _ = to.WriteString(key + "\n")
		}
		begun = true
		line(&v)
	}
	return begun
}

// nameOf is the name of an object without its kind.
func nameOf(v *Value) string { return v.Object[len(kindOf(v.Object)):] }

// A chosen list is a line of what is fetched, as console.yaml has it.
type chosen struct {
	Name     string `json:"name"`
	URL      string `json:"url"`
	Format   string `json:"format"`
	Category string `json:"category"`
	Number   uint64 `json:"number"`
}

func list(v *Value) []byte {
	line := chosen{}
	_ = json.Unmarshal(v.New, &line) // of other JSON nothing is read: a list without an address is not fetched
	line.Name, line.Number = nameOf(v), v.Seq
	text, _ := encode(line)
	return text
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
