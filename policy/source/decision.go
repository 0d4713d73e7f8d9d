package source

import (
	"bytes"
	"encoding/json"

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
