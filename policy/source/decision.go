package source

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// A Decision is an entry that people decided on, as console.yaml has it: one line
// of the list decisions, in JSON.
type Decision struct {
	Line     int    `json:"-"`
	Unit     string `json:"unit"`
	Allow    string `json:"allow"` // a name, service:zalo or category:games; "": Block has it
	Block    string `json:"block"`
	From     string `json:"from"`  // as RFC 3339 has times; "": always
	Until    string `json:"until"` // a time likewise, or the last day; "": for ever
	Who      string `json:"who"`
	Why      string `json:"why"`
	Document string `json:"document"`
	Number   uint64 `json:"number"` // of the record
}

// Term is the category ("games") or service ("service:zalo") that the decision is
// about; "" if it is about a name.
func (d *Decision) Term() string {
	what := cmp.Or(d.Allow, d.Block)
	if code, is := strings.CutPrefix(what, CategoryPrefix); is {
		return code
	}
	if strings.HasPrefix(what, ServicePrefix) {
		return what
	}
	return ""
}

// What the terms of decisions begin with, and names that mean a public suffix.
const (
	NamePrefix     = "name:"
	CategoryPrefix = "category:"
	ServicePrefix  = "service:"
)

// Period is since when a decision counts and when it no longer does; each zero for
// no bound. Days are those of a time zone. The text says what is wrong with it.
func (d *Decision) Period(zone *time.Location) (from, until time.Time, wrong wording.Text) {
	var begin, end Moment
	if begin.UnmarshalText([]byte(d.From)) != nil {
		return from, until, textDecidedTime.With(d.From)
	}
	if end.UnmarshalText([]byte(d.Until)) != nil {
		return from, until, textDecidedTime.With(d.Until)
	}
	return begin.Begin(zone), end.End(zone), wrong
}

// Compiled is the part of console.yaml that is compiled: all above the decisions, and
// those about terms.
func Compiled(data []byte) (part []byte) {
	structure, decisions, _ := CutDecisions(data)
	part = append(bytes.Clone(structure), decisionsKey...)
	for at := 0; at < len(decisions); {
		line := lineAt(decisions, at)
		at += len(line)
		if mayBeTerm(line) {
			part = append(part, line...)
		}
	}
	return part
}

// ReadTerms are the decisions of console.yaml that are about terms. Lines that cannot
// be read are passed over.
func ReadTerms(data []byte) (list []Decision) {
	_, decisions, first := CutDecisions(data)
	for at, number := 0, first; at < len(decisions); number++ {
		line := lineAt(decisions, at)
		at += len(line)
		if !mayBeTerm(line) {
			continue
		}
		read, _ := ReadDecisions("", append([]byte(decisionsKey+"\n"), line...), number-1)
		for _, d := range read {
			if d.Term() != "" {
				list = append(list, d)
			}
		}
	}
	return list
}

func mayBeTerm(line []byte) bool {
	return bytes.Contains(line, []byte(CategoryPrefix)) || bytes.Contains(line, []byte(ServicePrefix))
}

// decisionsKey begins the list of decisions, which is the last key of console.yaml.
const decisionsKey = "decisions:"

// CutDecisions cuts the decisions off console.yaml; line is that of their key.
func CutDecisions(data []byte) (structure, decisions []byte, line int) {
	for at := 0; at < len(data); {
		text := lineAt(data, at)
		line++
		if bytes.HasPrefix(text, []byte(decisionsKey)) {
			return data[:at], data[at:], line
		}
		at += len(text)
	}
	return data, nil, line
}

// listsKey begins the lists that are fetched, which is the first key of console.yaml.
const listsKey = "lists:"

// WithoutLists is console.yaml with empty lines in place of its lists, each of which is a
// line: they are nothing of the policy, but of the configuration.
func WithoutLists(data []byte) []byte {
	for at := 0; at < len(data); {
		text := lineAt(data, at)
		if bytes.HasPrefix(text, []byte(listsKey)) {
			end := at + len(text)
			for end < len(data) && data[end] == '-' {
				end += len(lineAt(data, end))
			}
			empty := bytes.Repeat([]byte{'\n'}, bytes.Count(data[at:end], []byte{'\n'}))
			return slices.Concat(data[:at], empty, data[end:])
		}
		if text[0] != '#' {
			break
		}
		at += len(text)
	}
	return data
}

// ReadDecisions reads what CutDecisions has cut off the file at path. A line that
// cannot be read is a problem and none of the others.
func ReadDecisions(path string, text []byte, line int) (list []Decision, problems yamlfile.Problems) {
	if len(text) == 0 {
		return nil, nil
	}
	at := len(lineAt(text, 0))
	for line++; at < len(text); line++ {
		written := lineAt(text, at)
		at += len(written)
		if isBlank(written) {
			continue
		}
		d := Decision{Line: line}
		item, is := bytes.CutPrefix(bytes.TrimSpace(written), []byte("- "))
		if !is || json.Unmarshal(item, &d) != nil || (d.Allow == "") == (d.Block == "") {
			problems.Add(path, line, textDecision)
			continue
		}
		list = append(list, d)
	}
	return list, problems
}
