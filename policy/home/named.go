package home

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"lachan/policy"
	"lachan/policy/source"
)

// A Named is a profile, a timetable or the calendar of all units as policy.yaml has it.
type Named struct {
	Kind  string // profile, timetable, calendar
	Name  string // "" of the calendar
	Value json.RawMessage
	File  string
	Line  int
}

// NamedIn are the profiles, the timetables and the calendar that are written in policy.yaml,
// in its order. Units are not read.
func NamedIn(o *policy.Origin) (list []Named, err error) {
	if o.Path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(o.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what policy.yaml names: %w", err)
	}
	data, _ = source.Split(data, source.PieceSize)
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("read what policy.yaml names: %w", err)
	}
	if len(root.Content) == 0 {
		return nil, nil
	}
	for _, section := range []string{"profiles", "timetables"} {
		of := valueOf(root.Content[0], section)
		for i := 0; of != nil && of.Kind == yaml.MappingNode && i+1 < len(of.Content); i += 2 {
			key, value := of.Content[i], of.Content[i+1]
			n := Named{Kind: strings.TrimSuffix(section, "s"), Name: key.Value, File: o.Path, Line: key.Line}
			list = append(list, n.with(value))
		}
	}
	if value := valueOf(root.Content[0], "calendar"); value != nil {
		n := Named{Kind: "calendar", File: o.Path, Line: value.Line}
		list = append(list, n.with(value))
	}
	return list, nil
}

// with has the value of a node; one that JSON has no form for is null.
func (n Named) with(value *yaml.Node) Named {
	text, err := toJSON(value)
	if err != nil || len(text) == 0 || text[0] != '{' {
		text = json.RawMessage("null")
	}
	n.Value = text
	return n
}
