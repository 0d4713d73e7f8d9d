package home

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"lachan/policy"
	"lachan/policy/source"
)

// Export is all that a policy is made of as one policy.yaml: the file with its
// comments, the rows of its tables, what was made in the console, and what was decided
// as entries of units. Decisions without effect, because their unit is not there or a
// lock is in their way, are comments at its end. r are the rules of the policy that o
// was made, with the lists.
func Export(o *policy.Origin, r *policy.Rules) ([]byte, error) {
	root, err := parse(o.Path)
	if err != nil {
		return nil, err
	}
	born, err := parseConsole(o.Console)
	if err != nil {
		return nil, err
	}
	e := &exported{top: root.Content[0], units: map[string]*yaml.Node{}}
	if err := e.takeTables(filepath.Dir(o.Path)); err != nil {
		return nil, err
	}
	for _, key := range []string{"profiles", "timetables", "units", "calendar"} {
		if value := valueOf(born, key); value != nil {
			e.add(key, value)
		}
	}
	if units := valueOf(e.top, "units"); units != nil {
		for _, unit := range units.Content {
			e.index(unit, "")
		}
	}
	entries, problems := policy.Decided(o.Console, o.Zone)
	if len(problems) > 0 {
		return nil, problems
	}
	for i := range entries {
		e.decide(&entries[i], r)
	}
	var b bytes.Buffer
	if err := encode(&b, root); err != nil {
		return nil, fmt.Errorf("export policy: %w", err)
	}
	if len(e.left) > 0 {
		fmt.Fprintf(&b, "# Decisions without effect:\n# %s\n", strings.Join(e.left, "\n# "))
	}
	return b.Bytes(), nil
}

// exported is a policy.yaml on its way.
type exported struct {
	top   *yaml.Node
	units map[string]*yaml.Node // by full id
	left  []string
}

// parse reads a file with a mapping; "" is an empty one.
func parse(path string) (*yaml.Node, error) {
	root := &yaml.Node{}
	if path != "" {
		data, err := os.ReadFile(path)
		if err == nil {
			err = yaml.Unmarshal(data, root)
		}
		if err != nil {
			return nil, fmt.Errorf("export policy: %w", err)
		}
	}
	if len(root.Content) == 0 {
		*root = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	return root, nil
}

// parseConsole reads what was made in the console.
func parseConsole(path string) (*yaml.Node, error) {
	data, err := os.ReadFile(path)
	if err != nil && path != "" && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("export policy: %w", err)
	}
	structure, _, _ := source.CutDecisions(data)
	root := &yaml.Node{}
	if err := yaml.Unmarshal(source.WithoutLists(structure), root); err != nil {
		return nil, fmt.Errorf("export policy: %w", err)
	}
	if len(root.Content) == 0 {
		return &yaml.Node{Kind: yaml.MappingNode}, nil
	}
	return root.Content[0], nil
}

// takeTables makes the rows of the tables units of the file.
func (e *exported) takeTables(beside string) error {
	tables := valueOf(e.top, "units_csv")
	if tables == nil {
		return nil
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, name := range tables.Content {
		path := name.Value
		if !filepath.IsAbs(path) {
			path = filepath.Join(beside, path)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("export policy: %w", err)
		}
		table := source.ReadTable(path, data)
		if wrong := append(table.Whole, table.Mistakes...); len(wrong) > 0 {
			return wrong
		}
		for i := range table.Rows {
			list.Content = append(list.Content, rowNode(&table.Rows[i]))
		}
	}
	for i := 0; i+1 < len(e.top.Content); i += 2 {
		if e.top.Content[i].Value == "units_csv" {
			e.top.Content = append(e.top.Content[:i:i], e.top.Content[i+2:]...)
			break
		}
	}
	if len(list.Content) > 0 {
		e.add("units", list)
	}
	return nil
}

// add adds to what a key has; a key that is not there is made.
func (e *exported) add(key string, value *yaml.Node) {
	there := valueOf(e.top, key)
	switch {
	case there == nil:
		e.top.Content = append(e.top.Content, word(key), value)
	case there.Kind != value.Kind: // it is written without a value
		*there = *value
	default:
		there.Style &^= yaml.FlowStyle
		there.Content = append(there.Content, value.Content...)
	}
}

// index enters a unit and the groups within it by their ids.
func (e *exported) index(unit *yaml.Node, school string) {
	id := itemID(unit)
	if school != "" {
		id = school + "/" + textOf(unit, "id")
	}
	e.units[id] = unit
	groups := valueOf(unit, "groups")
	if groups == nil {
		return
	}
	school, _, _ = strings.Cut(id, "/")
	for _, group := range groups.Content {
		e.index(group, school)
	}
}

// decide adds a decision to the entries of its unit.
func (e *exported) decide(d *policy.OverlayEntry, r *policy.Rules) {
	unit, there := e.units[d.Unit]
	void, err := policy.Void(r, *d)
	if !there || err != nil || d.IsTerm() && d.Allow && void != nil {
		e.left = append(e.left, fmt.Sprintf("%d: %s, %s", d.Number, d.Unit, d.Name))
		return
	}
	key := "block"
	if d.Allow {
		key = "allow"
	}
	list := valueOf(unit, key)
	if list == nil || list.Kind != yaml.SequenceNode {
		list = &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		unit.Content = append(unit.Content, word(key), list)
	}
	list.Content = append(list.Content, entryNode(d))
}

// entryNode is a decision as an entry of policy.yaml.
func entryNode(d *policy.OverlayEntry) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	what, name := "name", d.Name
	if code, is := strings.CutPrefix(d.Name, source.CategoryPrefix); is {
		what, name = "category", code
	} else if d.IsTerm() {
		what, name = "service", strings.TrimPrefix(d.Name, source.ServicePrefix)
	}
	why := cmp.Or(d.Why, fmt.Sprintf("decision %d", d.Number))
	for _, of := range []struct{ key, value string }{
		{what, name}, {"who", d.Who}, {"why", why}, {"document", d.Document}, {"from", timeText(d.From)}, {"until", timeText(d.Until)},
	} {
		if of.value != "" {
			n.Content = append(n.Content, word(of.key), word(of.value))
		}
	}
	return n
}

func timeText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}
